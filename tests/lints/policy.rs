//! Policies, and who is named in them.

use crate::common::text;
use crate::snippets::{MACHINES, SERVER, USERS, answer, app, policy, rule};
use crate::{DEFINITE, NONE, POSSIBLE, check, found, found_in};

/// The first label of a second place, of the first finding of a lint.
fn second_label(body: &str, lint: &str) -> String {
    let findings = check(&[("main.tf", body)]).findings();
    let it = findings.iter().find(|it| it["lint"] == lint).expect("it is found");
    it["labels"][1]["text"].as_str().unwrap_or_default().to_owned()
}

#[test]
fn a_policy_for_all_clients_shows_a_scope_that_they_get() {
    let lint = "all-clients-policy";
    let second = "resource \"okta_auth_server_scope\" \"write\" {\n  auth_server_id = okta_auth_server.orders.id\n  name = \"orders:write\"\n}\n";
    let body = |scopes: &str, more: &str| {
        let arguments = format!(
            "  grant_type_whitelist = [\"authorization_code\"]\n  scope_whitelist = [{scopes}]\n{more}"
        );
        format!("{SERVER}{second}{}{}", policy("\"ALL_CLIENTS\""), rule("r", 1, &arguments))
    };
    assert_eq!(found(&body("\"orders:write\"", ""), lint), DEFINITE);
    assert_eq!(second_label(&body("\"orders:read\"", ""), lint), "a scope that they may get");
    assert_eq!(second_label(&body("\"*\"", ""), lint), "a scope that they may get");
    assert_eq!(second_label(&body("\"openid\"", ""), lint), "a scope of the server");
    let off = body("\"orders:read\"", "  status = \"INACTIVE\"")
        + &rule("s", 2, MACHINES).replace("orders:read", "openid");
    assert_eq!(second_label(&off, lint), "a scope of the server");
    // The scope shown is the one that is handed out, not the first one.
    let findings = check(&[("main.tf", &body("\"orders:write\"", ""))]).findings();
    let it = findings.iter().find(|it| it["lint"] == lint).expect("it is found");
    let first = check(&[("main.tf", &body("\"orders:read\"", ""))]).findings();
    let first = first.iter().find(|it| it["lint"] == lint).expect("it is found");
    assert_ne!(it["labels"][1]["start"]["line"], first["labels"][1]["start"]["line"]);
    let none = format!("{SERVER}{}", policy("\"ALL_CLIENTS\""));
    assert_eq!(found(&none, lint), NONE, "a policy that admits nothing");
    let named = body("\"orders:read\"", "").replace("\"ALL_CLIENTS\"", "okta_app_oauth.portal.client_id");
    assert_eq!(found(&format!("{named}{}", app("portal", "")), lint), NONE);
}

#[test]
fn a_literal_may_be_no_client() {
    let lint = "unknown-client";
    let portal = app("portal", "").replace("label = \"portal\"", "label = \"Portal\"");
    let of =
        |client: &str| found(&format!("{portal}{SERVER}{}{}", policy(client), rule("r", 1, USERS)), lint);
    for client in [
        "*",
        "all_clients",
        "ALL_CLIENT",
        "ALL_CLEINTS",
        "All Clients",
        "all",
        "Portal",
        "a b c d e f",
        "abcde",
        "",
    ] {
        assert_eq!(of(&format!("\"{client}\"")), DEFINITE, "{client}");
    }
    for client in ["abcdef", "0oa3m7x9rLw2KfJ8n5d7", "wlp5b7k0x3qYw8ZtVr47", "callable"] {
        assert_eq!(of(&format!("\"{client}\"")), NONE, "{client}");
    }
    assert_eq!(of("okta_app_oauth.portal.id"), NONE, "the provider gives both the same value");
    let own = portal.replace("label =", "client_id = \"portal-id\"\n  label =");
    let by_id = format!("{own}{SERVER}{}{}", policy("okta_app_oauth.portal.id"), rule("r", 1, USERS));
    assert_eq!(found(&by_id, lint), DEFINITE, "its client id is another one");
    let by_client_id = by_id.replace("portal.id", "portal.client_id");
    assert_eq!(found(&by_client_id, lint), NONE);
}

/// A policy of an export that names a client, in an org with an app and a service.
fn exported(client: &str, client_id: &str) -> Vec<String> {
    let apps = answer("web", "\"authorization_code\"", "").replacen(
        "\"client_id\":\"0oa3m7x9rLw2KfJ8n5d7\"",
        &format!("\"client_id\":\"{client_id}\""),
        1,
    );
    let services =
        r#"[{"id":"0oaint1a2b3c4d5e6f7","name":"siem","type":"siem","grantedScopes":["okta.logs.read"]}]"#;
    let servers = crate::snippets::server(&format!(
        r#","policies":[{{"id":"00p1","type":"OAUTH_AUTHORIZATION_POLICY","name":"p","status":"ACTIVE","priority":1,"system":false,"conditions":{{"clients":{{"include":["{client}"]}}}}}}]"#
    ));
    let files = [
        ("apps.json", apps.as_str()),
        ("api-services.json", services),
        ("authorizationServers.json", &servers),
    ];
    found_in(&files, "unknown-client")
}

#[test]
fn a_client_that_is_gone_may_have_registered_itself() {
    let exported = |client: &str| exported(client, "portal-id");
    assert_eq!(exported("0oa9z9z9z9z9z9z9z9z9"), POSSIBLE);
    assert_eq!(exported("wlp9z9z9z9z9z9z9z9z9"), NONE, "an agent");
    assert_eq!(exported("0oaint1a2b3c4d5e6f7"), NONE, "an API service");
    assert_eq!(exported("portal-id"), NONE);
    assert_eq!(exported("0oa3m7x9rLw2KfJ8n5d7"), DEFINITE, "the id of the app, not of its client");
    let both = "0oa3m7x9rLw2KfJ8n5d7";
    assert_eq!(self::exported(both, both), NONE, "one id for both");
}

#[test]
fn a_server_needs_an_active_policy() {
    let lint = "server-without-policy";
    let bare = |arguments: &str| {
        SERVER.replace("name      = \"orders\"", &format!("name = \"orders\"\n  {arguments}"))
    };
    assert_eq!(found(SERVER, lint), DEFINITE);
    assert_eq!(found(&bare("status = \"INACTIVE\""), lint), NONE);
    assert_eq!(found(&bare("status = var.status"), lint), NONE, "it may be inactive");
    let own = |status: &str| {
        let policy =
            policy("\"ALL_CLIENTS\"").replace("priority = 1", &format!("priority = 1\n  status = {status}"));
        found(&format!("{SERVER}{policy}{}", rule("r", 1, USERS)), lint)
    };
    assert_eq!(own("\"ACTIVE\""), NONE);
    assert_eq!(own("\"INACTIVE\""), DEFINITE);
    assert_eq!(own("var.status"), NONE, "it may be active");
    let answer = crate::snippets::server(",\"policies\":[]");
    assert_eq!(found_in(&[("authorizationServers.json", &answer)], lint), DEFINITE);
    let default = answer.replace("\"default\":false", "\"default\":true");
    assert_eq!(found_in(&[("authorizationServers.json", &default)], lint), POSSIBLE, "nobody may mind");
    let asked = "[[client]]\nname = \"Portal\"\nserver = \"default\"\n";
    let files = [("authorizationServers.json", default.as_str()), ("okta-lint.toml", asked)];
    assert_eq!(found_in(&files, lint), DEFINITE, "somebody does");
    let data = "data \"okta_auth_server\" \"orders\" {\n  name = \"orders\"\n}\n";
    assert_eq!(found(data, lint), NONE, "it is managed elsewhere");
}

#[test]
fn a_server_without_a_rule_is_told_once() {
    let users = rule("r", 1, USERS);
    let off = users.replace("priority = 1", "priority = 1\n  status = \"INACTIVE\"");
    let more =
        policy("\"ALL_CLIENTS\"").replace("\"apps\"", "\"more\"").replace("priority = 1", "priority = 2");
    let of_more = |rule: &str| rule.replace("policy.apps", "policy.more").replace("\"r\"", "\"s\"");
    let of = |rules: &str| {
        let body = format!("{SERVER}{}{rules}", policy("\"ALL_CLIENTS\""));
        (found(&body, "policy-without-rule").len(), found(&body, "dead-custom-server").len())
    };
    assert_eq!(of(""), (1, 0), "the policy lacks a rule");
    assert_eq!(of(&off), (0, 1), "the server is switched off by its rule");
    assert_eq!(of(&users), (0, 0));
    assert_eq!(of(&format!("{users}{more}")), (1, 0));
    assert_eq!(of(&format!("{users}{more}{}", of_more(&off))), (1, 0), "the other policy has a rule");
    assert_eq!(of(&format!("{off}{more}")), (2, 0), "one of the policies has no rule at all");
    assert_eq!(of(&format!("{off}{more}{}", of_more(&off))), (0, 1));
}

#[test]
fn default_may_be_switched_off_by_its_rules_where_nobody_asks_it() {
    let policy = r#"{"id":"00p1","type":"OAUTH_AUTHORIZATION_POLICY","name":"p","status":"ACTIVE","priority":1,"system":true,"conditions":{"clients":{"include":["ALL_CLIENTS"]}},
        "rules":[{"id":"0pr1","type":"RESOURCE_ACCESS","name":"r","status":"INACTIVE","priority":1,"conditions":{"people":{"groups":{"include":["EVERYONE"]}},"grantTypes":{"include":["authorization_code"]},"scopes":{"include":["openid"]}}}]}"#;
    let server = crate::snippets::server(&format!(",\"policies\":[{policy}]"))
        .replace("\"default\":false", "\"default\":true");
    let asked = |client: &str| {
        let files = [("authorizationServers.json", server.as_str()), ("okta-lint.toml", client)];
        found_in(&files, "policy-without-rule")
    };
    assert_eq!(asked(""), POSSIBLE);
    assert_eq!(asked("[[client]]\nname = \"Portal\"\nserver = \"org\"\n"), POSSIBLE);
    assert_eq!(asked("[[client]]\nname = \"Portal\"\nserver = \"default\"\n"), DEFINITE);
    let by_file = |host: &str| {
        let properties =
            format!("okta.oauth2.issuer=https://{host}/oauth2/default\nokta.oauth2.client-id=0oa1\n");
        let files = [("authorizationServers.json", server.as_str()), ("application.properties", &properties)];
        found_in(&files, "policy-without-rule")
    };
    assert_eq!(by_file("acme.okta.com"), DEFINITE);
    assert_eq!(by_file("login.acme.com"), POSSIBLE, "it may be that of another org");
}

#[test]
fn a_status_that_is_left_to_others_is_not_known() {
    let body = |more: &str| {
        let policy = policy("\"ALL_CLIENTS\"").replace("priority = 1", &format!("priority = 1\n{more}"));
        format!("{SERVER}{policy}{}", rule("r", 1, USERS))
    };
    assert_eq!(found(&body(""), "all-clients-policy"), DEFINITE);
    let ignored = body("  lifecycle {\n    ignore_changes = [status]\n  }");
    assert_ne!(found(&ignored, "all-clients-policy"), DEFINITE);
}

#[test]
fn what_is_meant_for_all_clients_is_said_to_be() {
    let message = |client: &str| {
        let body = format!("{SERVER}{}{}", policy(&format!("\"{client}\"")), rule("r", 1, USERS));
        let findings = check(&[("main.tf", &body)]).findings();
        let told = findings.iter().find(|it| it["lint"] == "unknown-client").expect(client);
        text(&told["message"])
    };
    for client in ["*", "all", "ALL_CLIENT", "all-clients"] {
        assert_eq!(message(client), format!("policy `apps` names `{client}`, which stands for no client"));
    }
    assert!(message("abcde").ends_with("which can be no client's id"));
}
