//! Exchanges of tokens.

use crate::snippets::{SERVER, answer, app, policy, rule};
use crate::{DEFINITE, NONE, POSSIBLE, found, found_in};

const EXCHANGE: &str = "urn:ietf:params:oauth:grant-type:token-exchange";
const NATIVE: &str = "device-sso-without-custom-server";

fn rule_for_exchange(scopes: &str) -> String {
    let arguments = format!("  grant_type_whitelist = [\"{EXCHANGE}\"]\n  scope_whitelist = [{scopes}]");
    rule("r", 1, &arguments)
}

#[test]
fn single_sign_on_of_native_apps_takes_a_rule_with_its_scopes() {
    let app = |kind: &str, grant: &str| {
        app("phone", &format!("  type = \"{kind}\"\n  grant_types = [\"authorization_code\", \"{grant}\"]"))
    };
    let named = policy("okta_app_oauth.phone.client_id");
    let native = app("native", EXCHANGE);
    assert_eq!(found(&native, NATIVE), POSSIBLE);
    assert_eq!(found(&app("web", EXCHANGE), NATIVE), NONE, "a web app");
    assert_eq!(found(&app("native", "refresh_token"), NATIVE), NONE, "no exchange");
    let off = native.replace("label =", "status = \"INACTIVE\"\n  label =");
    assert_eq!(found(&off, NATIVE), NONE, "switched off");
    let stated = |scope: &str| {
        let table = format!("[org]\ncomplete = true\n[[client]]\nname = \"phone\"\nscopes = [\"{scope}\"]\n");
        found_in(&[("main.tf", &native), ("okta-lint.toml", &table)], NATIVE)
    };
    assert_eq!(stated("openid"), POSSIBLE);
    assert_eq!(stated("interclient_access"), NONE, "it goes to the web");
    let all = "\"openid\", \"offline_access\", \"device_sso\"";
    let body = |rule: &str| format!("{native}{SERVER}{named}{rule}");
    assert_eq!(found(&body(&rule_for_exchange(all)), NATIVE), NONE);
    assert_eq!(found(&body(&rule_for_exchange("var.scope")), NATIVE), NONE, "it may be the scope");
    assert_eq!(found(&body(&rule_for_exchange("\"openid\"")), NATIVE), POSSIBLE, "scopes are missing");
    let code = rule_for_exchange(all).replace(EXCHANGE, "authorization_code");
    assert_eq!(found(&body(&code), NATIVE), POSSIBLE, "the grant is missing");
}

/// An export in which a service exchanges tokens, with agents as they are listed.
fn exported(agents: Option<&str>, policies: &str) -> Vec<String> {
    let apps = answer("service", &format!("\"client_credentials\",\"{EXCHANGE}\""), "")
        .replace("\"none\"", "\"client_secret_post\"");
    let servers = crate::snippets::server(&format!(",\"scopes\":[],\"claims\":[],\"policies\":[{policies}]"));
    let mut files = vec![("apps.json", apps.as_str()), ("authorizationServers.json", servers.as_str())];
    files.extend(agents.map(|it| ("ai-agents/wlp1/connections.json", it)));
    found_in(&files, "exchange-without-rule")
}

const POLICY: &str = r#"{"id":"00p1","type":"OAUTH_AUTHORIZATION_POLICY","name":"p","status":"ACTIVE","priority":1,"system":false,
    "conditions":{"clients":{"include":["0oa3m7x9rLw2KfJ8n5d7"]}},
    "rules":[{"id":"0pr1","type":"RESOURCE_ACCESS","name":"r","status":"ACTIVE","priority":1,"conditions":{
    "people":{"groups":{"include":["EVERYONE"]}},"grantTypes":{"include":["client_credentials"]},"scopes":{"include":["*"]}}}]}"#;

#[test]
fn an_exchange_without_a_rule_is_certain_in_an_org_without_agents() {
    let agent = |status: &str| {
        format!(r#"[{{"id":"mcn1","connectionType":"STS_ACCESS_TOKEN","status":"{status}"}}]"#)
    };
    assert_eq!(exported(None, POLICY), POSSIBLE, "agents are not exported");
    assert_eq!(exported(Some("[]"), POLICY), DEFINITE);
    assert_eq!(exported(Some("[]"), ""), POSSIBLE, "no policy names it");
    assert_eq!(exported(Some(&agent("ACTIVE")), POLICY), NONE, "an agent exchanges at the org server");
    assert_eq!(exported(Some(&agent("INACTIVE")), POLICY), DEFINITE);
    let admitted = POLICY.replace("client_credentials", EXCHANGE);
    assert_eq!(exported(Some("[]"), &admitted), NONE);
}

#[test]
fn assertions_of_an_agent_take_a_rule_of_a_policy_that_names_it() {
    let bearer = "urn:ietf:params:oauth:grant-type:jwt-bearer";
    let connection = r#"[{"id":"mcn1","connectionType":"IDENTITY_ASSERTION_CUSTOM_AS","status":"ACTIVE",
        "authorizationServer":{"orn":"orn:okta:idp:00o1n8sbwArJ7OQRw406:authorization_servers:aus1p8h3vNc6RsZ0y5d7"}}]"#;
    let found = |policies: &str| {
        let servers = crate::snippets::server(&format!(",\"policies\":[{policies}]"));
        let apps = answer("web", "\"authorization_code\"", "");
        found_in(
            &[
                ("apps.json", &apps),
                ("authorizationServers.json", &servers),
                ("ai-agents/wlp1a2b3c/connections.json", connection),
            ],
            "jwt-bearer-without-rule",
        )
    };
    let of =
        |client: &str| POLICY.replace("client_credentials", bearer).replace("0oa3m7x9rLw2KfJ8n5d7", client);
    assert_eq!(found(POLICY), DEFINITE, "the rule is for another grant");
    assert_eq!(found(&of("wlp1a2b3c")), NONE);
    assert_eq!(found(&of("wlp9z8y7x")), DEFINITE, "another agent");
    assert_eq!(found(&of("ALL_CLIENTS")), NONE);
    assert_eq!(found(&of("0oa3m7x9rLw2KfJ8n5d7")), NONE, "an app that the agent may be bound to");
    assert_eq!(found(&of("0oa9z9z9z9z9z9z9z9z9")), DEFINITE, "a client that is not there");
}

#[test]
fn a_trust_counts_whichever_server_it_is() {
    let trust = |server: &str| {
        let rules = format!("{}{}", policy("\"ALL_CLIENTS\""), rule("r", 1, crate::snippets::USERS));
        let trust = format!(
            "resource \"okta_trusted_server\" \"t\" {{\n  auth_server_id = okta_auth_server.orders.id\n  trusted = [{server}]\n}}\n"
        );
        found(&format!("{SERVER}{rules}{trust}"), "untrusted-exchange")
    };
    assert_eq!(trust("\"aus1p8h3vNc6RsZ0y5d7\""), DEFINITE, "no rule exchanges its tokens");
    assert_eq!(trust("uuid()"), NONE, "it may be no server at all");
    assert_eq!(trust("var.undeclared"), NONE);
    assert_eq!(trust(""), NONE);
}
