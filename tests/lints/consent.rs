//! Consent.

use crate::snippets::{MACHINES, SERVER, answer, app, policy, rule, server};
use crate::{DEFINITE, NONE, POSSIBLE, found, found_in};

/// The server of the snippets, whose scope asks.
fn asking(consent: &str) -> String {
    SERVER.replace("\"orders:read\"", &format!("\"orders:read\"\n  consent = \"{consent}\""))
}

const REQUIRED: &str = "  consent_method = \"REQUIRED\"\n  tos_uri = \"https://app.example.com/tos\"";

#[test]
fn consent_is_asked_by_servers_that_name_the_client() {
    let lint = "consent-without-custom-server";
    let portal = app("portal", REQUIRED);
    let body =
        |server: &str, clients: &str| format!("{portal}{}{server}{}", app("other", ""), policy(clients));
    let named = "okta_app_oauth.portal.client_id";
    assert_eq!(found(&body(&asking("FLEXIBLE"), named), lint), NONE);
    assert_eq!(found(&body(SERVER, named), lint), DEFINITE, "its scope does not ask");
    let other = "okta_app_oauth.other.client_id";
    assert_eq!(found(&body(&asking("FLEXIBLE"), other), lint), DEFINITE, "it names another client");
    assert_eq!(found(&body(&asking("FLEXIBLE"), "var.client"), lint), NONE, "it may name the client");
    let trusted = app("portal", "  consent_method = \"TRUSTED\"");
    assert_eq!(found(&trusted, lint), NONE);
    let users = app("portal", &format!("{REQUIRED}\n  grant_types = [\"authorization_code\"]"));
    assert_eq!(found(&users, lint), DEFINITE);
    let machine = app("job", &format!("{REQUIRED}\n  grant_types = [\"client_credentials\"]"));
    assert_eq!(found(&machine, lint), NONE, "nobody is there to be asked");
    assert_eq!(found(&machine, "user-consent"), NONE);
}

#[test]
fn a_scope_that_needs_consent_blocks_machines() {
    let lint = "consent-blocks-service";
    let body = |rule: &str| format!("{}{}{rule}", asking("REQUIRED"), policy("\"ALL_CLIENTS\""));
    assert_eq!(found(&body(&rule("r", 1, MACHINES)), lint), DEFINITE);
    let any = MACHINES.replace("\"orders:read\"", "\"*\"");
    assert_eq!(found(&body(&rule("r", 1, &any)), lint), POSSIBLE, "by any scope");
    let others = MACHINES.replace("\"orders:read\"", "\"orders:write\"");
    assert_eq!(found(&body(&rule("r", 1, &others)), lint), NONE);
    let mixed = MACHINES.replace("[\"client", "[\"authorization_code\", \"client");
    assert_eq!(found(&body(&rule("r", 1, &mixed)), lint), NONE, "it may be there for users");
    let job = crate::snippets::job();
    let with_job = format!("{}{job}", body(&rule("r", 1, &mixed)));
    assert_eq!(found(&with_job, lint), POSSIBLE, "a machine is one of all clients");
    let grant = "resource \"okta_app_oauth_api_scope\" \"g\" {\n  app_id = okta_app_oauth.job.id\n  issuer = \"https://acme.okta.com\"\n  scopes = [\"okta.users.read\"]\n}\n";
    assert_eq!(found(&format!("{with_job}{grant}"), lint), NONE, "it asks the org server");
    let off = with_job.replace("label =", "status = \"INACTIVE\"\n  label =");
    assert_eq!(found(&off, lint), NONE, "it is switched off");
    let named = format!(
        "{}{}{}{}",
        asking("REQUIRED"),
        job,
        policy("okta_app_oauth.job.client_id"),
        rule("r", 1, &mixed)
    );
    assert_eq!(found(&named, lint), DEFINITE, "the policy names a machine");
    let phone = body(&rule("r", 1, &any)).replace("name           = \"orders:read\"", "name = \"phone\"");
    assert_eq!(found(&phone, lint), NONE, "machines never get it");
    let flexible = body(&rule("r", 1, MACHINES)).replace("REQUIRED", "FLEXIBLE");
    assert_eq!(found(&flexible, lint), NONE);
}

#[test]
fn nobody_is_asked_where_all_who_get_a_scope_are_trusted() {
    let lint = "consent-never-asked";
    let users = "  grant_type_whitelist = [\"authorization_code\"]\n  scope_whitelist = [\"orders:read\"]";
    let body = |consent: &str, rules: &str| {
        let portal = app("portal", &format!("  consent_method = \"{consent}\""));
        format!("{portal}{}{}{rules}", asking("FLEXIBLE"), policy("okta_app_oauth.portal.client_id"))
    };
    assert_eq!(found(&body("TRUSTED", &rule("r", 1, users)), lint), POSSIBLE);
    assert_eq!(found(&body("REQUIRED", &rule("r", 1, users)), lint), NONE);
    let other = users.replace("orders:read", "openid");
    assert_eq!(found(&body("TRUSTED", &rule("r", 1, &other)), lint), NONE, "nobody gets it");
    // Clients of another policy count only where its rule hands the scope out to users.
    let second = |arguments: &str| {
        let policy = policy("okta_app_oauth.shop.client_id")
            .replace("\"apps\"", "\"shops\"")
            .replace("priority = 1", "priority = 2");
        let rule = rule("s", 1, arguments).replace("policy.apps", "policy.shops");
        let shop = app("shop", "  consent_method = \"REQUIRED\"");
        format!("{shop}{}{policy}{rule}", body("TRUSTED", &crate::snippets::rule("r", 1, users)))
    };
    assert_eq!(found(&second(users), lint), NONE, "the other one is asked");
    assert_eq!(found(&second(MACHINES), lint), POSSIBLE, "a machine is not");
    assert_eq!(found(&second(&other), lint), POSSIBLE, "it does not get the scope");
    let off = body("TRUSTED", &rule("r", 1, users))
        .replace("label = \"portal\"", "label = \"portal\"\n  status = \"INACTIVE\"");
    assert_eq!(found(&off, lint), NONE, "nobody is there");
}

#[test]
fn a_consent_method_that_an_answer_leaves_out_is_not_known() {
    let apps = |more: &str| answer("web", "\"authorization_code\"", more);
    let servers = server(
        r#","scopes":[{"id":"scp1","name":"orders:read","system":false,"consent":"FLEXIBLE"}],
        "policies":[{"id":"00p1","type":"OAUTH_AUTHORIZATION_POLICY","name":"p","status":"ACTIVE","priority":1,"system":false,
        "conditions":{"clients":{"include":["0oa3m7x9rLw2KfJ8n5d7"]}},
        "rules":[{"id":"0pr1","type":"RESOURCE_ACCESS","name":"r","status":"ACTIVE","priority":1,"conditions":{
        "people":{"groups":{"include":["EVERYONE"]}},"grantTypes":{"include":["authorization_code"]},"scopes":{"include":["orders:read"]}}}]}]"#,
    );
    let found = |apps: &str| {
        found_in(&[("apps.json", apps), ("authorizationServers.json", &servers)], "consent-never-asked")
    };
    assert_eq!(found(&apps(r#","consent_method":"TRUSTED""#)), POSSIBLE);
    assert_eq!(found(&apps("")), NONE);
}
