//! Access rules: grants, scopes, people, lifetimes, and which of them is reached.

use crate::common::text;
use crate::snippets::{MACHINES, SERVER, USERS, app, job, policy, rule};
use crate::{DEFINITE, NONE, POSSIBLE, check, claim, found};

/// The server of the snippets with a policy for `clients`, and its rules.
fn own(clients: &str, rules: &[&str]) -> String {
    format!("{SERVER}{}{}", policy(clients), rules.concat())
}

/// Arguments of a rule.
fn arguments(grants: &str, scopes: &str, more: &str) -> String {
    format!("  grant_type_whitelist = [{grants}]\n  scope_whitelist = [{scopes}]\n{more}")
}

const CODE: &str = "\"authorization_code\"";
const READ: &str = "\"orders:read\"";
const OTHERS: &str = "\"orders:read\", \"openid\"";

#[test]
fn a_rule_is_shadowed_by_one_that_takes_each_of_its_requests() {
    let found = |earlier: &str, later: &str| {
        found(&own("\"ALL_CLIENTS\"", &[&rule("a", 1, earlier), &rule("b", 2, later)]), "shadowed-rule")
    };
    let later = arguments(CODE, READ, "");
    for (earlier, expected, why) in [
        (arguments(CODE, READ, ""), &DEFINITE[..], "the same"),
        (arguments(CODE, OTHERS, ""), &DEFINITE[..], "more scopes"),
        (arguments(CODE, "\"*\"", ""), &DEFINITE[..], "any scope"),
        (arguments("\"authorization_code\", \"password\"", READ, ""), &DEFINITE[..], "more grants"),
        (arguments("\"password\"", READ, ""), &NONE[..], "another grant"),
        (arguments("var.grant", READ, ""), &NONE[..], "a grant that is not known"),
        (arguments(CODE, "\"openid\"", ""), &NONE[..], "another scope"),
        (arguments(CODE, "var.scope", ""), &NONE[..], "a scope that is not known"),
        (arguments(CODE, READ, "  status = \"INACTIVE\""), &NONE[..], "inactive"),
        (arguments(CODE, READ, "  count = var.n"), &NONE[..], "that may not be there"),
        (arguments(CODE, READ, "  group_whitelist = [\"00g1\"]"), &NONE[..], "other people"),
        (arguments(CODE, READ, "  group_blacklist = [\"00g1\"]"), &NONE[..], "not for everybody"),
        (arguments(CODE, READ, "  user_blacklist = [var.user]"), &NONE[..], "not for everybody, perhaps"),
    ] {
        assert_eq!(found(&earlier, &later), expected, "{why}");
    }
    assert_eq!(found(&later, &arguments("var.grant", READ, "")), NONE);
    assert_eq!(found(&later, &arguments("", READ, "")), NONE, "no grant");
    assert_eq!(found(&later, &arguments(CODE, "", "")), NONE, "no scope");
    assert_eq!(found(&later, &arguments(CODE, OTHERS, "")), NONE, "it hands out more");
    assert_eq!(
        found(&later, &arguments("\"authorization_code\", \"password\"", READ, "")),
        NONE,
        "more grants"
    );
}

#[test]
fn people_shadow_those_who_are_among_them() {
    let found = |earlier: &str, later: &str| {
        let rules =
            [rule("a", 1, &arguments(CODE, READ, earlier)), rule("b", 2, &arguments(CODE, READ, later))];
        found(&own("\"ALL_CLIENTS\"", &[&rules[0], &rules[1]]), "shadowed-rule")
    };
    let group = |names: &str| format!("  group_whitelist = [{names}]");
    let (a, b) = ("\"00ga1b2c3d4e5f6g7h8\"", "\"00gz9y8x7w6v5u4t3s2\"");
    assert_eq!(found(&group(a), &group(a)), DEFINITE);
    assert_eq!(found(&group(&format!("{a}, {b}")), &group(a)), DEFINITE, "one of them");
    assert_eq!(found(&group(a), &group(b)), NONE, "others");
    assert_eq!(found(&group(a), &group(&format!("{a}, {b}"))), NONE, "others as well");
    assert_eq!(found(&group(a), ""), NONE, "everybody");
    assert_eq!(found(&group("var.g"), &group("var.g")), NONE, "nobody knows who");
    let user = |names: &str| format!("  group_whitelist = []\n  user_whitelist = [{names}]");
    assert_eq!(found(&user("\"00u1\""), &user("\"00u1\"")), DEFINITE);
    assert_eq!(found(&user("\"00u1\""), &user("\"00u2\"")), NONE);
    assert_eq!(found(&user("\"00ga1b2c3d4e5f6g7h8\""), &group(a)), NONE, "a user is no group");
    assert_eq!(found(&user("\"00u1\""), &user("")), NONE, "nobody");
    // Whether people count for client credentials, Okta's pages do not agree.
    let machines = |earlier: &str| {
        let rules = [
            rule("a", 1, &format!("{MACHINES}\n{earlier}")),
            rule("b", 2, &format!("{MACHINES}\n{}", group(b))),
        ];
        crate::found(&own("\"ALL_CLIENTS\"", &[&rules[0], &rules[1]]), "shadowed-rule")
    };
    assert_eq!(machines(&group(a)), NONE);
    assert_eq!(machines(""), DEFINITE);
    assert_eq!(machines(&group("")), DEFINITE, "machines need no people");
    assert_eq!(found(&group(""), &group(a)), NONE, "users do");
}

#[test]
fn an_exclusion_is_ignored_where_there_are_people() {
    let excluding = |arguments: &str| {
        let rule = rule("r", 1, &format!("{arguments}\n  group_blacklist = [\"00ga1b2c3d4e5f6g7h8\"]"));
        found(&own("\"ALL_CLIENTS\"", &[&rule]), "ignored-exclusion")
    };
    assert_eq!(excluding(USERS), DEFINITE);
    assert_eq!(excluding(MACHINES), NONE, "nobody to exclude");
}

#[test]
fn a_policy_shadows_those_of_clients_that_it_takes_in() {
    let found = |earlier: &str, later: &str| {
        let users = rule("b", 1, USERS).replace("policy.apps", "policy.more");
        let policy = policy(later).replace("\"apps\"", "\"more\"").replace("priority = 1", "priority = 2");
        let apps = format!("{}{}", app("portal", ""), app("shop", ""));
        found(&format!("{apps}{}{policy}{users}", own(earlier, &[&rule("a", 1, USERS)])), "shadowed-rule")
    };
    let (portal, shop) = ("okta_app_oauth.portal.client_id", "okta_app_oauth.shop.client_id");
    assert_eq!(found("\"ALL_CLIENTS\"", portal), DEFINITE);
    assert_eq!(found(portal, portal), DEFINITE);
    assert_eq!(found(&format!("{portal}, {shop}"), shop), DEFINITE);
    assert_eq!(found(portal, &format!("{portal}, {shop}")), NONE);
    assert_eq!(found(portal, shop), NONE);
    assert_eq!(found(portal, "\"ALL_CLIENTS\""), NONE);
    assert_eq!(found(portal, ""), NONE, "it takes in nobody");
    assert_eq!(found("var.client", portal), NONE);
    assert_eq!(found(portal, "var.client"), NONE);
}

#[test]
fn a_policy_that_misnames_its_client_shadows_nothing() {
    let portal = app("portal", "  client_id = \"portal-id\"");
    let found = |earlier: &str, later: &str, lint: &str| {
        let users = rule("b", 1, USERS).replace("policy.apps", "policy.more");
        let policy = policy(later).replace("\"apps\"", "\"more\"").replace("priority = 1", "priority = 2");
        found(&format!("{portal}{}{policy}{users}", own(earlier, &[&rule("a", 1, USERS)])), lint)
    };
    let (right, wrong) = ("\"portal-id\"", "okta_app_oauth.portal.id");
    assert_eq!(found(right, right, "shadowed-rule"), DEFINITE);
    for (earlier, later) in [(right, wrong), (wrong, right), (wrong, wrong)] {
        assert_eq!(found(earlier, later, "shadowed-rule"), NONE, "{earlier} {later}");
        assert!(!found(earlier, later, "unknown-client").is_empty(), "{earlier} {later}");
    }
}

#[test]
fn a_rule_for_users_needs_people() {
    let found = |grants: &str, people: &str| {
        found(
            &own("\"ALL_CLIENTS\"", &[&rule("r", 1, &arguments(grants, READ, people))]),
            "rule-without-people",
        )
    };
    let nobody = "  group_whitelist = []";
    assert_eq!(found(CODE, nobody), POSSIBLE);
    assert_eq!(found(CODE, ""), NONE, "everybody");
    assert_eq!(found(CODE, "  group_whitelist = var.groups"), NONE, "nobody knows whom");
    assert_eq!(found(CODE, &format!("{nobody}\n  user_whitelist = [\"00u1\"]")), NONE);
    assert_eq!(found(CODE, &format!("{nobody}\n  user_whitelist = var.users")), NONE);
    assert_eq!(found(CODE, &format!("{nobody}\n  user_whitelist = [\"EVERYONE\"]")), POSSIBLE, "a group");
    assert_eq!(found(CODE, &format!("{nobody}\n  user_whitelist = [\"EVERYONE\", \"00u1\"]")), NONE);
    assert_eq!(found(CODE, "  group_whitelist = [\"EVERYONE\"]\n  user_whitelist = [\"EVERYONE\"]"), NONE);
    assert_eq!(found("\"client_credentials\"", nobody), NONE, "no person takes part");
    assert_eq!(found("\"authorization_code\", \"client_credentials\"", nobody), POSSIBLE);
    assert_eq!(found("var.grant", nobody), NONE);
    assert_eq!(found("", nobody), NONE, "no grant");
}

#[test]
fn people_of_a_rule_for_machines_are_never_there() {
    let lint = "m2m-rule-with-people";
    let machines = |people: &str| {
        found(&own("\"ALL_CLIENTS\"", &[&rule("r", 1, &format!("{MACHINES}\n{people}"))]), lint)
    };
    let nobody = "  group_whitelist = []\n";
    assert_eq!(machines(""), NONE, "everybody");
    assert_eq!(machines("  group_whitelist = [\"00g1\"]"), POSSIBLE, "the id may be that of Everyone");
    let group = "resource \"okta_group\" \"g\" {\n  name = \"g\"\n}\n";
    let named = rule("r", 1, &format!("{MACHINES}\n  group_whitelist = [okta_group.g.id]"));
    assert_eq!(found(&own("\"ALL_CLIENTS\"", &[group, &named]), lint), DEFINITE, "another group");
    assert_eq!(machines("  group_whitelist = [\"00g1\", \"EVERYONE\"]"), NONE, "everybody is among them");
    assert_eq!(machines("  group_whitelist = var.groups"), NONE);
    assert_eq!(machines(&format!("{nobody}  user_whitelist = [\"00u1\"]")), DEFINITE);
    assert_eq!(machines(&format!("{nobody}  user_whitelist = [\"EVERYONE\"]")), NONE);
    assert_eq!(machines(&format!("{nobody}  user_whitelist = var.users")), NONE);
    assert_eq!(
        machines("  group_whitelist = [\"00g1\"]\n  user_whitelist = var.users"),
        NONE,
        "it may be EVERYONE"
    );
    assert_eq!(machines(nobody), NONE);
    let users_alone = rule("r", 1, &format!("{MACHINES}\n  user_whitelist = [\"00u1\"]"));
    let users_alone = users_alone.replace("  group_whitelist = [\"EVERYONE\"]\n", "");
    assert_eq!(found(&own("\"ALL_CLIENTS\"", &[&users_alone]), lint), DEFINITE, "groups are not written");

    // Among other grants it takes a client that nothing else lets in.
    let mixed = arguments(
        "\"authorization_code\", \"client_credentials\"",
        READ,
        "  group_whitelist = []\n  user_whitelist = [\"00u1\"]",
    );
    let own_job =
        |rules: &[&str]| found(&format!("{}{}", job(), own("okta_app_oauth.job.client_id", rules)), lint);
    assert_eq!(own_job(&[&rule("r", 1, &mixed)]), DEFINITE);
    assert_eq!(own_job(&[&rule("r", 1, &mixed), &rule("s", 2, MACHINES)]), NONE, "another rule lets it in");
    assert_eq!(own_job(&[&rule("r", 1, &mixed), &rule("s", 2, USERS)]), DEFINITE);
    let portal = |grants: &str| {
        let app = app("portal", &format!("  type = \"web\"\n  grant_types = [{grants}]"));
        found(&format!("{app}{}", own("okta_app_oauth.portal.client_id", &[&rule("r", 1, &mixed)])), lint)
    };
    assert_eq!(portal(CODE), NONE, "the client signs users in");
    assert_eq!(portal("\"authorization_code\", \"client_credentials\""), DEFINITE);
}

#[test]
fn refresh_tokens_take_offline_access_in_a_rule() {
    let lint = "refresh-without-offline-access";
    let portal =
        app("portal", "  type = \"web\"\n  grant_types = [\"authorization_code\", \"refresh_token\"]");
    let found = |clients: &str, rules: &[&str]| found(&format!("{portal}{}", own(clients, rules)), lint);
    let named = "okta_app_oauth.portal.client_id";
    let (with, without) = (rule("a", 1, USERS), rule("b", 2, &arguments(CODE, READ, "")));
    assert_eq!(found(named, &[&without]), POSSIBLE);
    assert_eq!(found(named, &[&with]), NONE);
    assert_eq!(found(named, &[&with, &without]), NONE, "one of its rules does");
    assert_eq!(found("\"ALL_CLIENTS\"", &[&without]), NONE, "it may sign in elsewhere");
    assert_eq!(found(named, &[&rule("m", 1, MACHINES)]), NONE, "a rule for machines is none of its");
    assert_eq!(found(named, &[&rule("u", 1, &arguments(CODE, "var.scope", ""))]), NONE);
    let device = "\"urn:ietf:params:oauth:grant-type:device_code\"";
    let of_devices = rule("d", 2, &arguments(device, "\"openid\", \"offline_access\"", ""));
    assert_eq!(found(named, &[&without, &of_devices]), POSSIBLE, "a rule for a grant that it has not");
    assert_eq!(found(named, &[&of_devices]), NONE, "no rule is for it: another finding");
    // Each server by itself: what another one hands out is no help here.
    let other = SERVER.replace("orders", "billing");
    let rules =
        format!("{}{}", policy(named), with).replace("orders.id", "billing.id").replace("apps", "more");
    assert_eq!(found(named, &[&without, &other, &rules]), POSSIBLE);
}

#[test]
fn signing_in_takes_openid_where_id_tokens_are_expected() {
    let lint = "sign-in-rule-without-openid";
    let found = |rules: &[&str]| found(&own("\"ALL_CLIENTS\"", rules), lint);
    let profile = rule("r", 1, &arguments(CODE, "\"profile\"", ""));
    let plain = rule("r", 1, &arguments(CODE, READ, ""));
    assert_eq!(found(&[&profile]), POSSIBLE);
    assert_eq!(found(&[&plain]), NONE, "access tokens alone");
    let tenant = |arguments: &str| claim("tenant", &format!("  value = \"user.tenant\"\n{arguments}"));
    assert_eq!(found(&[&plain, &tenant("  claim_type = \"IDENTITY\"")]), POSSIBLE);
    assert_eq!(found(&[&plain, &tenant("  claim_type = \"RESOURCE\"")]), NONE);
    assert_eq!(found(&[&plain, &tenant("  claim_type = \"IDENTITY\"\n  status = \"INACTIVE\"")]), NONE);
    let sub = "resource \"okta_auth_server_claim_default\" \"sub\" {\n  auth_server_id = okta_auth_server.orders.id\n  name = \"address\"\n}\n";
    assert_eq!(found(&[&plain, sub]), NONE, "Okta's own");
    assert_eq!(found(&[&profile, &rule("s", 2, USERS)]), NONE, "another rule hands it out");
    assert_eq!(found(&[&profile, &rule("s", 2, MACHINES)]), POSSIBLE);
    let machines = rule("s", 2, &MACHINES.replace("orders:read", "openid"));
    assert_eq!(found(&[&profile, &machines]), POSSIBLE, "not to users");
}

#[test]
fn machines_take_a_scope_of_the_servers_own() {
    let lint = "server-without-scope-for-m2m";
    let bare = &SERVER[..SERVER.find("resource \"okta_auth_server_scope\"").expect("a scope")];
    let scope = |name: &str| {
        format!(
            "resource \"okta_auth_server_scope\" \"s\" {{\n  auth_server_id = okta_auth_server.orders.id\n  name = {name}\n}}\n"
        )
    };
    let found = |scopes: &str| {
        let rules = format!("{}{}", policy("\"ALL_CLIENTS\""), rule("r", 1, MACHINES));
        found(&format!("{bare}{scopes}{rules}"), lint)
    };
    assert_eq!(found(""), DEFINITE);
    assert_eq!(found(&scope("\"orders:read\"")), NONE);
    assert_eq!(found(&scope("\"groups\"")), NONE);
    assert_eq!(found(&scope("var.name")), NONE);
    assert_eq!(found(&scope("\"openid\"")), DEFINITE);
}

#[test]
fn lifetimes_go_from_short_to_long() {
    let lint = "lifetime-out-of-range";
    let found = |lifetimes: &str| {
        found(&own("\"ALL_CLIENTS\"", &[&rule("r", 1, &format!("{USERS}\n{lifetimes}"))]), lint)
    };
    let minutes = |access: &str, refresh: &str, window: &str| {
        let line = |name: &str, value: &str| {
            if value.is_empty() { String::new() } else { format!("  {name}_minutes = {value}\n") }
        };
        [
            line("access_token_lifetime", access),
            line("refresh_token_lifetime", refresh),
            line("refresh_token_window", window),
        ]
        .concat()
    };
    for (access, refresh, window, expected) in [
        ("5", "", "", &NONE[..]),
        ("4", "", "", &DEFINITE[..]),
        ("1440", "", "", &NONE[..]),
        ("1441", "", "", &DEFINITE[..]),
        ("", "-1", "", &DEFINITE[..]),
        ("", "0", "", &NONE[..]),
        ("60", "60", "60", &NONE[..]),
        ("60", "59", "", &DEFINITE[..]),
        ("60", "600", "60", &NONE[..]),
        ("60", "600", "59", &DEFINITE[..]),
        ("60", "600", "600", &NONE[..]),
        ("60", "600", "601", &DEFINITE[..]),
        ("", "600", "", &DEFINITE[..]),
        ("", "10080", "", &NONE[..]),
        ("", "", "4", &DEFINITE[..]),
        ("", "", "5", &POSSIBLE[..]),
        ("", "", "9", &POSSIBLE[..]),
        ("", "", "10", &NONE[..]),
        ("", "", "2628000", &NONE[..]),
        ("", "", "2628001", &DEFINITE[..]),
    ] {
        assert_eq!(found(&minutes(access, refresh, window)), expected, "{access}/{refresh}/{window}");
    }
    // An answer of Okta's has been accepted, whatever the provider compares.
    let exported = |access: u32, refresh: u32, window: u32| {
        let servers = crate::snippets::server(&format!(
            r#","policies":[{{"id":"00p1","type":"OAUTH_AUTHORIZATION_POLICY","name":"p","status":"ACTIVE","priority":1,"system":false,
            "conditions":{{"clients":{{"include":["ALL_CLIENTS"]}}}},"rules":[{{"id":"0pr1","type":"RESOURCE_ACCESS","name":"r","status":"ACTIVE","priority":1,
            "conditions":{{"people":{{"groups":{{"include":["EVERYONE"]}}}},"grantTypes":{{"include":["authorization_code"]}},"scopes":{{"include":["openid"]}}}},
            "actions":{{"token":{{"accessTokenLifetimeMinutes":{access},"refreshTokenLifetimeMinutes":{refresh},"refreshTokenWindowMinutes":{window}}}}}}}]}}]"#
        ));
        crate::found_in(&[("authorizationServers.json", &servers)], lint)
    };
    assert_eq!(exported(60, 600, 601), POSSIBLE);
    assert_eq!(exported(60, 600, 600), NONE);
}

#[test]
fn what_lives_long_is_dangerous_without_a_user_and_in_the_browser() {
    let lint = "long-lived-token";
    let own = |grants: &str, scopes: &str, minutes: u32| {
        let more = format!("  access_token_lifetime_minutes = {minutes}");
        found(&own("\"ALL_CLIENTS\"", &[&rule("r", 1, &arguments(grants, scopes, &more))]), lint)
    };
    assert_eq!(own("\"client_credentials\"", READ, 720), DEFINITE);
    assert_eq!(own("\"client_credentials\"", READ, 719), NONE);
    assert_eq!(own(CODE, "\"*\"", 720), DEFINITE);
    assert_eq!(own(CODE, READ, 720), NONE);

    let browser = |kind: &str, lifetime: &str, scopes: &str, grants: &str| {
        let app = app(
            "shop",
            &format!(
                "  type = \"{kind}\"\n  token_endpoint_auth_method = \"none\"\n  grant_types = [\"authorization_code\", \"refresh_token\"]"
            ),
        );
        let rule = rule("r", 1, &arguments(grants, scopes, lifetime));
        found(&format!("{app}{SERVER}{}{rule}", policy("okta_app_oauth.shop.client_id")), lint)
    };
    let offline = "\"openid\", \"offline_access\"";
    assert_eq!(browser("browser", "  refresh_token_lifetime_minutes = 0", offline, CODE), DEFINITE);
    assert_eq!(browser("browser", "", offline, CODE), POSSIBLE, "by default");
    assert_eq!(browser("browser", "  refresh_token_lifetime_minutes = 11000", offline, CODE), NONE);
    assert_eq!(browser("browser", "  refresh_token_lifetime_minutes = var.m", offline, CODE), NONE);
    assert_eq!(browser("browser", "", "\"openid\"", CODE), NONE, "no refresh token");
    assert_eq!(browser("browser", "", offline, "\"password\""), NONE, "not by a code");
    assert_eq!(browser("web", "", offline, CODE), NONE, "not in the browser");
    let rotating = "browser\"\n  refresh_token_rotation = \"ROTATE";
    assert_eq!(browser(rotating, "", offline, CODE), NONE, "a copy is noticed");
}

#[test]
fn rules_of_one_name_are_told_apart() {
    let message = |name: &str| {
        let second =
            rule("b", 2, &arguments(CODE, READ, "")).replace("name = \"b\"", &format!("name = \"{name}\""));
        let body = own("\"ALL_CLIENTS\"", &[&rule("a", 1, &arguments(CODE, READ, "")), &second]);
        let findings = check(&[("main.tf", &body)]).findings();
        let told = findings.iter().find(|it| it["lint"] == "shadowed-rule").expect("it is found");
        text(&told["message"])
    };
    assert_eq!(message("b"), "rule `b` never applies: rule `a` takes each of its requests first");
    assert_eq!(
        message("a"),
        "rule `a` never applies: an earlier one of that name takes each of its requests first"
    );
}

#[test]
fn a_machine_is_shown_where_the_rule_does_not_tell() {
    let labels = |grants: &str| {
        let bare = SERVER.split("resource \"okta_auth_server_scope\"").next().expect("a server");
        let rule = rule("r", 1, &arguments(grants, "\"openid\"", ""));
        let body = format!("{}{bare}{}{rule}", job(), policy("okta_app_oauth.job.client_id"));
        let files = [("main.tf", body.as_str()), ("okta-lint.toml", "[org]\ncomplete = true\n")];
        let findings = check(&files).findings();
        let told =
            findings.iter().find(|it| it["lint"] == "server-without-scope-for-m2m").expect("it is found");
        told["labels"].as_array().map(Vec::len)
    };
    assert_eq!(labels("\"client_credentials\""), Some(2));
    assert_eq!(labels("\"authorization_code\", \"client_credentials\""), Some(3), "the client that asks");
}
