//! Claims.

use crate::snippets::{MACHINES, SERVER, USERS, app, policy, rule};
use crate::{DEFINITE, NONE, POSSIBLE, check, claim, found, found_in};

/// The server of the snippets with a claim of its own.
fn with(arguments: &str) -> String {
    format!("{SERVER}{}", claim("tenant", arguments))
}

#[test]
fn a_claim_for_id_tokens_is_never_emitted_where_no_rule_is_for_users() {
    let body = |kind: &str, arguments: &str| {
        let claim = with(&format!("  claim_type = \"{kind}\"\n  value = \"user.tenant\""));
        format!("{claim}{}{}", policy("\"ALL_CLIENTS\""), rule("r", 1, arguments))
    };
    assert_eq!(found(&body("IDENTITY", MACHINES), "claim-never-emitted"), DEFINITE);
    assert_eq!(found(&body("RESOURCE", MACHINES), "claim-never-emitted"), NONE, "in access tokens");
    assert_eq!(found(&body("IDENTITY", USERS), "claim-never-emitted"), NONE, "in ID tokens");
}

#[test]
fn a_claim_for_id_tokens_takes_its_scope_in_a_rule_for_users() {
    let body = |kind: &str, users: &str| {
        let arguments =
            format!("  claim_type = \"{kind}\"\n  value = \"user.tenant\"\n  scopes = [\"orders:read\"]");
        let of_users =
            format!("  grant_type_whitelist = [\"authorization_code\"]\n  scope_whitelist = [{users}]");
        let rules = format!("{}{}", rule("m", 1, MACHINES), rule("u", 2, &of_users));
        format!("{}{}{rules}", with(&arguments), policy("\"ALL_CLIENTS\""))
    };
    let lint = "claim-never-emitted";
    assert_eq!(found(&body("IDENTITY", "\"openid\""), lint), DEFINITE, "machines alone get the scope");
    assert_eq!(found(&body("RESOURCE", "\"openid\""), lint), NONE);
    assert_eq!(found(&body("IDENTITY", "\"orders:read\""), lint), NONE);
}

#[test]
fn groups_in_id_tokens_are_no_certain_need() {
    let groups = "  value_type = \"GROUPS\"\n  group_filter_type = \"EQUALS\"\n  value = \"a\"\n";
    let of = |kind: &str| found(&with(&format!("{groups}  claim_type = \"{kind}\"")), "custom-claim");
    assert_eq!(of("IDENTITY"), POSSIBLE, "the org server has the like");
    assert_eq!(of("RESOURCE"), DEFINITE);
}

#[test]
fn a_name_is_reserved_in_one_kind_of_token_or_in_both() {
    let of = |name: &str, kind: &str| {
        let body = format!("  claim_type = \"{kind}\"\n  value = \"user.tenant\"");
        found(&format!("{SERVER}{}", claim(name, &body)), "reserved-claim-name")
    };
    for (name, identity, resource) in [
        ("iss", &DEFINITE[..], &DEFINITE[..]),
        ("sid", &POSSIBLE[..], &NONE[..]),
        ("rpt", &NONE[..], &POSSIBLE[..]),
        ("tenant", &NONE[..], &NONE[..]),
    ] {
        assert_eq!(of(name, "IDENTITY"), identity, "{name}");
        assert_eq!(of(name, "RESOURCE"), resource, "{name}");
    }
}

#[test]
fn a_filter_for_all_groups_is_one_of_groups() {
    let app = |kind: &str, status: &str| {
        app(
            "portal",
            &format!(
                "  status = \"{status}\"\n  groups_claim {{\n    type = \"{kind}\"\n    name = \"groups\"\n    \
                 filter_type = \"REGEX\"\n    value = \".*\"\n  }}"
            ),
        )
    };
    assert_eq!(found(&app("FILTER", "ACTIVE"), "unbounded-groups-claim"), POSSIBLE);
    assert_eq!(found(&app("EXPRESSION", "ACTIVE"), "unbounded-groups-claim"), NONE);
    assert_eq!(found(&app("FILTER", "INACTIVE"), "unbounded-groups-claim"), NONE);
    let claim = |kind: &str, value: &str| {
        with(&format!(
            "  claim_type = \"RESOURCE\"\n  value_type = \"GROUPS\"\n  group_filter_type = \"{kind}\"\n  value = \"{value}\""
        ))
    };
    for (kind, value, expected) in [
        ("REGEX", ".*", &POSSIBLE[..]),
        ("EQUALS", "", &NONE[..]),
        ("STARTS_WITH", "", &POSSIBLE[..]),
        ("STARTS_WITH", "app-", &NONE[..]),
        ("REGEX", "app-.*", &NONE[..]),
    ] {
        assert_eq!(found(&claim(kind, value), "unbounded-groups-claim"), expected, "{kind} {value}");
    }
    assert_eq!(found(&claim("REGEX", "*"), "groups-filter-as-text"), DEFINITE);
    assert_eq!(found(&claim("EQUALS", "*"), "groups-filter-as-text"), NONE, "the name of a group");
    assert_eq!(found(&claim("REGEX", "Groups: matches regex .*"), "groups-filter-as-text"), DEFINITE);
    assert_eq!(found(&claim("STARTS_WITH", "contains pii"), "groups-filter-as-text"), POSSIBLE, "a name?");
    assert_eq!(found(&claim("REGEX", "Matches regex: .*"), "groups-filter-as-text"), DEFINITE);
    assert_eq!(found(&claim("STARTS_WITH", "STARTS_WITH wh"), "groups-filter-as-text"), DEFINITE);
    assert_eq!(found(&claim("STARTS_WITH", "containers"), "groups-filter-as-text"), NONE);
}

#[test]
fn each_dialect_has_its_own_way_out() {
    for (value, certainty, help) in [
        ("appuser.entitlements.role", "definite", "make it a federated claim"),
        ("device.profile.managed", "possible", "do not see the device"),
        ("user.profile.department", "possible", "write `user.department`"),
    ] {
        let body = with(&format!("  claim_type = \"RESOURCE\"\n  value = \"{value}\""));
        let findings = check(&[("main.tf", &body)]).findings();
        let it = findings.iter().find(|it| it["lint"] == "claim-expression-dialect").expect(value);
        assert_eq!(it["certainty"], certainty, "{value}");
        assert!(it["help"].as_str().is_some_and(|it| it.contains(help)), "{value}: {}", it["help"]);
    }
    let plain = with("  claim_type = \"RESOURCE\"\n  value = \"user.department\"");
    assert_eq!(found(&plain, "claim-expression-dialect"), NONE);
}

#[test]
fn an_expression_is_of_users_in_access_tokens_that_machines_get() {
    let body = |kind: &str, scopes: &str, rules: &str| {
        let claim = with(&format!("  claim_type = \"{kind}\"\n  value = \"user.tenant\"\n{scopes}"));
        format!("{claim}{}{rules}", policy("\"ALL_CLIENTS\""))
    };
    let machines = rule("r", 1, MACHINES);
    let lint = "user-expression-for-m2m";
    assert_eq!(found(&body("RESOURCE", "", &machines), lint), POSSIBLE);
    assert_eq!(found(&body("IDENTITY", "", &machines), lint), NONE);
    assert_eq!(found(&body("RESOURCE", "", &rule("r", 1, USERS)), lint), NONE);
    assert_eq!(found(&body("RESOURCE", "  scopes = [\"orders:read\"]", &machines), lint), POSSIBLE);
    assert_eq!(found(&body("RESOURCE", "  scopes = [\"openid\"]", &machines), lint), NONE);
    assert_eq!(found(&body("RESOURCE", "  scopes = [var.scope]", &machines), lint), NONE, "not known");
    // A rule for users as well counts where the policy names a machine.
    let mixed = rule("r", 1, &MACHINES.replace("[\"client", "[\"authorization_code\", \"client"));
    let both = body("RESOURCE", "", &mixed);
    assert_eq!(found(&both, lint), NONE);
    let named = both.replace("\"ALL_CLIENTS\"", "okta_app_oauth.job.client_id");
    assert_eq!(found(&format!("{named}{}", crate::snippets::job()), lint), POSSIBLE);
}

#[test]
fn a_claim_that_okta_made_is_nobodys_mistake() {
    let servers = |system: &str| {
        let claims = format!(
            r#","claims":[{{"id":"ocl1","name":"sid","status":"ACTIVE","system":{system},"claimType":"IDENTITY","valueType":"EXPRESSION","value":"user.profile.x","conditions":{{"scopes":[]}}}}]"#
        );
        crate::snippets::server(&claims)
    };
    for lint in ["reserved-claim-name", "claim-expression-dialect"] {
        let of = |system| found_in(&[("authorizationServers.json", &servers(system))], lint);
        assert_eq!(of("false"), POSSIBLE, "{lint}");
        assert_eq!(of("true"), NONE, "{lint}");
    }
}

#[test]
fn okta_makes_the_claim_sub_and_takes_no_second_one() {
    let lint = "reserved-claim-name";
    let of = |arguments: &str| found(&format!("{SERVER}{}", claim("sub", arguments)), lint);
    let access = "  claim_type = \"RESOURCE\"\n";
    let own = format!("{access}  value = \"user.email\"");
    assert_eq!(of(&own), POSSIBLE);
    assert_eq!(of("  claim_type = \"IDENTITY\"\n  value = \"user.email\""), NONE);
    assert_eq!(of(&format!("{own}\n  status = \"INACTIVE\"")), NONE);
    assert_eq!(of(&format!("{access}  value = var.value")), NONE);
    let generated = format!("{access}  value = \"(appuser != null) ? appuser.userName : app.clientId\"");
    assert_eq!(of(&generated), NONE, "a generator wrote it down");
    let edited = claim("sub", "  value = \"user.email\"").replace("_claim\"", "_claim_default\"");
    assert_eq!(found(&format!("{SERVER}{edited}"), lint), NONE, "it edits the one that is there");
    let state = r#"{"version":4,"resources":[{"mode":"managed","type":"okta_auth_server_claim","name":"sub","instances":[{"attributes":{"id":"ocl1","auth_server_id":"aus1p8h3vNc6RsZ0y5d7","name":"sub","claim_type":"RESOURCE","value":"user.email"}}]}]}"#;
    assert_eq!(found_in(&[("terraform.tfstate", state)], lint), NONE, "it was imported");
    assert!(!found_in(&[("terraform.tfstate", state)], "custom-claim").is_empty(), "it is read");
}

#[test]
fn a_claim_of_id_tokens_is_released_by_rules_for_users() {
    let message = |kind: &str| {
        let arguments =
            format!("  claim_type = \"{kind}\"\n  value = \"user.tenant\"\n  scopes = [\"profile\"]");
        let body = format!("{}{}{}", with(&arguments), policy("\"ALL_CLIENTS\""), rule("r", 1, USERS));
        let findings =
            check(&[("main.tf", &body), ("okta-lint.toml", "[org]\ncomplete = true\n")]).findings();
        let it = findings.iter().find(|it| it["lint"] == "claim-never-emitted").expect("it is found");
        it["message"].as_str().unwrap_or_default().to_owned()
    };
    assert!(message("IDENTITY").contains("no rule for users hands out"), "{}", message("IDENTITY"));
    assert!(message("RESOURCE").contains("no rule hands out"), "{}", message("RESOURCE"));
}

#[test]
fn the_words_of_a_filter_are_those_of_apps_too() {
    let found = |kind: &str, more: &str| {
        let value = "    value = \"groups: matches regex .*portal.*\"";
        let filter = if kind == "FILTER" { "    filter_type = \"REGEX\"\n" } else { "" };
        let claim = format!(
            "  groups_claim {{\n    type = \"{kind}\"\n    name = \"groups\"\n{filter}{value}\n  }}\n{more}"
        );
        found(&app("portal", &claim), "groups-filter-as-text")
    };
    assert_eq!(found("FILTER", ""), DEFINITE);
    assert_eq!(found("EXPRESSION", ""), NONE);
    assert_eq!(found("FILTER", "  status = \"INACTIVE\""), NONE);
}
