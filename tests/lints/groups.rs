//! Groups.

use crate::snippets::{SERVER, USERS, app, policy, rule};
use crate::{DEFINITE, NONE, claim, found, found_in};

const GROUPS_CLAIM: &str = "  groups_claim {\n    type = \"FILTER\"\n    filter_type = \"STARTS_WITH\"\n    name = \"roles\"\n    value = \"app-\"\n  }";

#[test]
fn a_groups_claim_of_an_app_is_lost_on_a_server_that_has_none_of_its_name() {
    let lint = "app-groups-claim-on-custom-server";
    let portal = app("portal", GROUPS_CLAIM);
    let own = |rules: &str| format!("{portal}{SERVER}{}{rules}", policy("okta_app_oauth.portal.client_id"));
    let body = own(&rule("r", 1, USERS));
    assert_eq!(found(&body, lint), DEFINITE);
    let roles = |arguments: &str| {
        let groups = "  value_type = \"GROUPS\"\n  group_filter_type = \"STARTS_WITH\"\n  value = \"app-\"\n";
        format!("{body}{}", claim("roles", &format!("{groups}{arguments}")))
    };
    assert_eq!(found(&roles("  claim_type = \"IDENTITY\""), lint), NONE);
    let off = roles("  claim_type = \"IDENTITY\"\n  status = \"INACTIVE\"");
    assert_eq!(found(&off, lint), DEFINITE, "it is switched off");
    let other = roles("  claim_type = \"IDENTITY\"")
        .replace("name = \"roles\"\n  value_type", "name = \"other\"\n  value_type");
    assert_eq!(found(&other, lint), DEFINITE, "of another name");
    let unknown = roles("  claim_type = \"IDENTITY\"")
        .replace("name = \"roles\"\n  value_type", "name = var.name\n  value_type");
    assert_eq!(found(&unknown, lint), NONE, "its name is not known");
    let named = body.replace("name = \"roles\"", "name = var.name");
    assert_eq!(
        found(&format!("{named}{}", claim("tenant", "  value = \"user.tenant\"")), lint),
        NONE,
        "nor is the app's"
    );
    assert_eq!(found(&own(""), lint), NONE, "the server issues nothing");
}

#[test]
fn who_is_stated_to_use_a_server_is_taken_at_that_word() {
    let lint = "app-groups-claim-on-custom-server";
    let portal = app("portal", GROUPS_CLAIM);
    let body = format!("{portal}{SERVER}{}{}", policy("\"ALL_CLIENTS\""), rule("r", 1, USERS));
    let stated = |name: &str, server: &str| {
        let config =
            format!("[org]\ncomplete = true\n[[client]]\nname = \"{name}\"\nserver = \"{server}\"\n");
        found_in(&[("main.tf", &body), ("okta-lint.toml", &config)], lint)
    };
    assert_eq!(found(&body, lint), NONE, "one of all clients may well sign in at the org server");
    assert_eq!(stated("portal", "orders"), DEFINITE);
    assert_eq!(stated("portal", "org"), NONE);
    assert_eq!(stated("other", "orders"), NONE);
    let second =
        "resource \"okta_auth_server\" \"b\" {\n  name = \"billing\"\n  audiences = [\"api://billing\"]\n}\n";
    let config = "[org]\ncomplete = true\n[[client]]\nname = \"portal\"\nserver = \"billing\"\n";
    let both = format!("{body}{second}");
    assert_eq!(found_in(&[("main.tf", &both), ("okta-lint.toml", config)], lint), NONE, "of another server");
    let named = body.replace("\"ALL_CLIENTS\"", "okta_app_oauth.portal.client_id");
    let at_org = "[org]\ncomplete = true\n[[client]]\nname = \"portal\"\nserver = \"org\"\n";
    assert_eq!(found_in(&[("main.tf", &named), ("okta-lint.toml", at_org)], lint), NONE);
    let other = at_org.replace("portal", "other");
    assert_eq!(found_in(&[("main.tf", &named), ("okta-lint.toml", &other)], lint), DEFINITE);
}

#[test]
fn a_scope_called_groups_takes_a_claim_that_may_hold_groups() {
    let lint = "groups-scope-without-claim";
    let server = SERVER.replace("orders:read", "groups");
    assert_eq!(found(&server, lint), DEFINITE);
    for (name, arguments, expected) in [
        ("team", "  value_type = \"GROUPS\"\n  group_filter_type = \"EQUALS\"\n  value = \"a\"", &NONE[..]),
        (
            "team",
            "  value_type = \"GROUPS\"\n  group_filter_type = \"EQUALS\"\n  value = \"a\"\n  status = \"INACTIVE\"",
            &DEFINITE[..],
        ),
        ("team", "  value_type = \"EXPRESSION\"\n  value = \"user.team\"", &DEFINITE[..]),
        (
            "team",
            "  value_type = \"EXPRESSION\"\n  value = \"getFilteredGroups({\\\"a\\\"}, \\\"group.name\\\", 50)\"",
            &NONE[..],
        ),
        ("myGroups", "  value_type = \"EXPRESSION\"\n  value = \"user.team\"", &NONE[..]),
        ("team", "  value_type = \"EXPRESSION\"\n  value = var.value", &NONE[..]),
        ("team", "  value_type = var.type\n  value = \"user.team\"", &NONE[..]),
        ("team", "  value_type = \"EXPRESSION\"", &DEFINITE[..]),
    ] {
        let body = format!("{server}{}", claim(name, arguments));
        assert_eq!(found(&body, lint), expected, "{name} {arguments}");
    }
    let unnamed = claim("team", "  value_type = \"EXPRESSION\"\n  value = \"user.team\"");
    let unnamed = unnamed.replace("name = \"team\"", "name = var.name");
    assert_eq!(found(&format!("{server}{unnamed}"), lint), NONE, "it may be called groups");
}

#[test]
fn the_providers_advice_costs_a_licence_that_may_be_held() {
    let lint = "paid-groups-claim-migration";
    let portal = app("portal", GROUPS_CLAIM);
    let with = |licences: &str| {
        found_in(
            &[("main.tf", &portal), ("okta-lint.toml", &format!("[org]\nlicences = [{licences}]\n"))],
            lint,
        )
    };
    assert_eq!(found(&portal, lint), DEFINITE);
    assert_eq!(with("\"machine-to-machine\""), DEFINITE);
    assert_eq!(with("\"api-access-management\""), NONE);
    let off = portal.replace("label =", "status = \"INACTIVE\"\n  label =");
    assert_eq!(found(&off, lint), NONE);
    assert_eq!(found(&app("portal", ""), lint), NONE);
    let policy = |clients: &str| format!("{portal}{SERVER}{}{}", policy(clients), rule("r", 1, USERS));
    assert_eq!(found(&policy("okta_app_oauth.portal.client_id"), lint), NONE, "it loses the claim there");
    assert_eq!(found(&policy("var.client"), lint), NONE);
    assert_eq!(found(&policy("\"ALL_CLIENTS\""), lint), DEFINITE);
    // An export is nobody's advice.
    let more = r#","id_token_groups":1"#;
    assert_eq!(
        found_in(&[("apps.json", &crate::snippets::answer("web", "\"authorization_code\"", more))], lint),
        NONE
    );
}

#[test]
fn integrations_ask_the_org_server() {
    let lint = "integration-app-on-custom-server";
    let services =
        r#"[{"id":"0oaint1a2b3c4d5e6f7","name":"siem","type":"siem","grantedScopes":["okta.logs.read"]}]"#;
    let policies = |client: &str| {
        crate::snippets::server(&format!(
            r#","policies":[{{"id":"00p1","type":"OAUTH_AUTHORIZATION_POLICY","name":"p","status":"ACTIVE","priority":1,"system":false,"conditions":{{"clients":{{"include":["{client}"]}}}}}}]"#
        ))
    };
    let found = |client: &str| {
        found_in(&[("api-services.json", services), ("authorizationServers.json", &policies(client))], lint)
    };
    assert_eq!(found("0oaint1a2b3c4d5e6f7"), DEFINITE);
    assert_eq!(found("0oa9z9z9z9z9z9z9z9z9"), NONE);
}
