//! One cause is told once, by the lint that says most about it.

use crate::snippets::{SERVER, USERS, app, policy, rule};
use crate::{check, claim};

const PORTAL: &str = "okta_app_oauth.portal.client_id";
const SIGN_IN: &str = "  grant_types = [\"authorization_code\"]";
const LICENCES: &str = "licences = [\"api-access-management\", \"machine-to-machine\"]";

/// The lints of a root that is all there is of a licensed org.
fn lints(body: &str) -> Vec<String> {
    lints_of(body, "complete = true\n")
}

/// The lints of a root of a licensed org.
fn lints_of(body: &str, more: &str) -> Vec<String> {
    let config = format!("[org]\n{LICENCES}\n{more}");
    check(&[("main.tf", body), ("okta-lint.toml", &config)]).lints()
}

/// A server with a scope, a client, and a rule with these arguments.
fn root(grants: &str, arguments: &str) -> String {
    format!("{SERVER}{}{}{}", app("portal", grants), policy(PORTAL), rule("r", 1, arguments))
}

fn admitting(grants: &str) -> String {
    format!(
        "  grant_type_whitelist = [{grants}]\n  scope_whitelist = [\"orders:read\"]\n  group_whitelist = [\"EVERYONE\"]"
    )
}

#[test]
fn a_client_that_no_rule_admits() {
    let machine = admitting("\"client_credentials\"");
    assert_eq!(lints(&root(SIGN_IN, &machine)), ["grant-not-admitted"]);
    // Another root may have a rule for the client; that this one fits nobody is certain.
    assert_eq!(lints_of(&root(SIGN_IN, &machine), ""), ["grant-nobody-has"]);
    let both = admitting("\"client_credentials\", \"authorization_code\"");
    assert_eq!(lints(&root(SIGN_IN, &both)), ["grant-nobody-has"]);
    let mixed = "  type = \"web\"\n  grant_types = [\"authorization_code\", \"client_credentials\"]";
    let device = admitting("\"urn:ietf:params:oauth:grant-type:device_code\"");
    assert_eq!(lints(&root(mixed, &device)), ["grant-not-admitted"], "not by m2m-without-custom-server");
    let none = "  type = \"web\"\n  grant_types = [\"refresh_token\"]";
    assert!(
        !lints(&root(none, &device)).contains(&"grant-not-admitted".to_owned()),
        "it has no grant of rules"
    );
    let exchange =
        "  type = \"service\"\n  grant_types = [\"urn:ietf:params:oauth:grant-type:token-exchange\"]";
    assert_eq!(lints(&root(exchange, &device)), ["grant-not-admitted"], "not by exchange-without-rule");
}

#[test]
fn a_client_that_an_agent_may_be_bound_to() {
    let bearer = "\"urn:ietf:params:oauth:grant-type:jwt-bearer\"";
    let certainty = |grants: &str| {
        let config = format!("[org]\n{LICENCES}\ncomplete = true\n");
        let files = root(SIGN_IN, &admitting(grants));
        let findings = check(&[("main.tf", &files), ("okta-lint.toml", &config)]).findings();
        let told =
            findings.iter().filter(|it| it["lint"].as_str().is_some_and(|it| it.starts_with("grant-")));
        told.map(|it| format!("{} {}", it["lint"], it["certainty"]).replace('"', "")).collect::<Vec<_>>()
    };
    assert_eq!(certainty(bearer), ["grant-not-admitted possible"]);
    assert_eq!(certainty(&format!("{bearer}, \"authorization_code\"")), ["grant-nobody-has possible"]);
    let three = format!("{bearer}, \"authorization_code\", \"client_credentials\"");
    assert_eq!(certainty(&three), ["grant-nobody-has definite"]);
}

#[test]
fn a_scope_that_a_claim_misspells() {
    let sign_in = root(SIGN_IN, &admitting("\"authorization_code\""));
    let with = |scope: &str| {
        let arguments =
            format!("  claim_type = \"RESOURCE\"\n  value = \"user.email\"\n  scopes = [\"{scope}\"]");
        lints(&format!("{sign_in}{}", claim("mail", &arguments)))
    };
    assert_eq!(with("orders:reed"), ["unknown-scope"]);
    assert_eq!(with("groups"), ["missing-groups-scope"]);
    assert_eq!(with("orders:read"), [""; 0]);
    assert_eq!(with("profile"), ["claim-never-emitted"]);
}

#[test]
fn a_rule_without_scopes() {
    let arguments = "  grant_type_whitelist = [\"authorization_code\"]\n  group_whitelist = [\"EVERYONE\"]";
    let refreshing = "  grant_types = [\"authorization_code\", \"refresh_token\"]";
    let of_openid = "  claim_type = \"IDENTITY\"\n  value = \"user.email\"\n  scopes = [\"openid\"]";
    let body = format!("{}{}", root(refreshing, arguments), claim("mail", of_openid));
    assert_eq!(lints(&body), ["no-scope-rule"]);
}

#[test]
fn a_server_of_which_all_is_switched_off() {
    let off = rule("r", 1, &format!("{USERS}\n  status = \"INACTIVE\""));
    let body = |server: &str| format!("{server}{}{off}", policy("\"ALL_CLIENTS\""));
    assert_eq!(lints(&body(SERVER)), ["dead-custom-server"]);
    let default =
        SERVER.replace("\"okta_auth_server\" \"orders\"", "\"okta_auth_server_default\" \"orders\"");
    let at_default = body(&default).replace("okta_auth_server.orders", "okta_auth_server_default.orders");
    assert_eq!(lints(&at_default), ["shared-default-server", "policy-without-rule"], "it cannot be deleted");
}
