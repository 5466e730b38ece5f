//! What clients and APIs rely on.

use crate::common::text;
use crate::snippets::{SERVER, app};
use crate::{DEFINITE, NONE, POSSIBLE, check, claim, found_in};

const MESH: &str = "spec:\n  jwtRules:\n    - issuer: https://acme.okta.com\n      audiences: [warehouse]\n";

#[test]
fn an_audience_that_is_the_id_of_a_client_is_that_of_an_id_token() {
    let app = |id: &str| app("portal", &format!("  client_id = \"{id}\""));
    let lint = "org-token-validated-locally";
    let found = |app: &str| found_in(&[("main.tf", app), ("mesh.yaml", MESH)], lint);
    assert_eq!(found(&app("warehouse")), NONE);
    assert_eq!(found(&app("orders")), POSSIBLE, "a client of another root may be called so");
    let whole = ("okta-lint.toml", "[org]\ncomplete = true\n");
    assert_eq!(found_in(&[("main.tf", &app("orders")), ("mesh.yaml", MESH), whole], lint), DEFINITE);
    for (audience, expected) in [
        ("api://warehouse", DEFINITE),
        ("https://warehouse.example.com", DEFINITE),
        ("wares", DEFINITE),
        ("warehouse-web", POSSIBLE),
    ] {
        assert_eq!(
            found_in(&[("mesh.yaml", &MESH.replace("warehouse", audience))], lint),
            expected,
            "{audience}"
        );
    }
}

/// A federated claim that an API reads from access tokens of a server.
fn federated(server: &str, claims: &str) -> Vec<String> {
    let portal = app("portal", "");
    let claim = "resource \"okta_app_federated_claim\" \"c\" {\n  app_id = okta_app_oauth.portal.id\n  \
        name = \"role\"\n  expression = \"appuser.role\"\n}\n";
    let stated = format!(
        "[org]\ncomplete = true\n[[client]]\nname = \"portal\"\nserver = \"{server}\"\naccess-token-claims = [\"role\"]\n"
    );
    let body = format!("{portal}{claim}{SERVER}{claims}");
    found_in(&[("main.tf", &body), ("okta-lint.toml", &stated)], "federated-claim-outside-id-token")
}

#[test]
fn a_federated_claim_is_in_access_tokens_where_a_server_has_one_of_its_name() {
    let role = |arguments: &str| claim("role", &format!("  value = \"appuser.role\"\n{arguments}"));
    assert_eq!(federated("org", ""), DEFINITE);
    assert_eq!(federated("org", &role("  claim_type = \"RESOURCE\"")), DEFINITE, "that of another server");
    assert_eq!(federated("orders", ""), DEFINITE);
    assert_eq!(federated("orders", &role("  claim_type = \"RESOURCE\"")), NONE);
    assert_eq!(federated("orders", &role("  claim_type = \"IDENTITY\"")), DEFINITE, "in ID tokens again");
    let off = role("  claim_type = \"RESOURCE\"\n  status = \"INACTIVE\"");
    assert_eq!(federated("orders", &off), DEFINITE, "it is switched off");
    let other = claim("tenant", "  claim_type = \"RESOURCE\"\n  value = \"user.tenant\"");
    assert_eq!(federated("orders", &other), DEFINITE);
    let unknown = role("  claim_type = \"RESOURCE\"").replace("name = \"role\"", "name = var.name");
    assert_eq!(federated("orders", &unknown), NONE, "its name is not known");
}

#[test]
fn what_validates_tokens_of_one_server_is_told_once_the_certain_first() {
    let env =
        "ORDERS_ISSUER=https://acme.okta.com/oauth2/aus1p8h3vNc6RsZ0y5d7\nORDERS_AUDIENCE=api://orders\n";
    let mesh = "spec:\n  jwtRules:\n    - issuer: https://acme.okta.com/oauth2/aus1p8h3vNc6RsZ0y5d7\n      audiences: [api://orders]\n";
    let servers = crate::snippets::server("");
    for (first, second) in [(("a.env", env), ("b.yaml", mesh)), (("a.yaml", mesh), ("b.env", env))] {
        let output = check(&[("authorizationServers.json", &servers), first, second]);
        let findings = output.findings();
        let found: Vec<_> = findings.iter().filter(|it| it["lint"] == "local-token-validation").collect();
        assert_eq!(found.len(), 1, "{}", output.stdout);
        assert_eq!(found[0]["certainty"], "definite");
        let mesh = if first.0 == "a.yaml" { "a.yaml" } else { "b.yaml" };
        assert_eq!(found[0]["labels"][0]["path"], mesh, "{}", found[0]);
        assert_eq!(found[0]["labels"].as_array().map(Vec::len), Some(2), "{}", found[0]);
    }
    let twice = [("a.yaml", mesh), ("b.yaml", mesh)];
    let output = check(&[("authorizationServers.json", &servers), twice[0], twice[1]]);
    let findings = output.findings();
    let found = findings.iter().find(|it| it["lint"] == "local-token-validation").expect("it is found");
    assert_eq!(found["labels"][0]["path"], "a.yaml", "of equally certain ones the first");
}

#[test]
fn a_client_that_is_stated_is_called_by_its_name() {
    let message = |more: &str| {
        let config =
            format!("[[client]]\nname = \"reports\"\nserver = \"orders\"\nvalidates-locally = true\n{more}");
        let output = check(&[("main.tf", SERVER), ("okta-lint.toml", &config)]);
        let findings = output.findings();
        let it = findings.iter().find(|it| it["lint"] == "local-token-validation").expect("it is found");
        it["message"].as_str().unwrap_or_default().to_owned()
    };
    assert!(message("").starts_with("client `reports`"), "{}", message(""));
}

#[test]
fn a_rule_for_an_agent_is_a_need_of_the_agent() {
    let bearer = r#","policies":[{"id":"00p1","type":"OAUTH_AUTHORIZATION_POLICY","name":"p","status":"ACTIVE","priority":1,"system":false,
        "conditions":{"clients":{"include":["ALL_CLIENTS"]}},"rules":[{"id":"0pr1","type":"RESOURCE_ACCESS","name":"r","status":"ACTIVE","priority":1,
        "conditions":{"people":{"groups":{"include":["EVERYONE"]}},"grantTypes":{"include":["urn:ietf:params:oauth:grant-type:jwt-bearer"]},"scopes":{"include":["*"]}}}]}]"#;
    let servers = crate::snippets::server(bearer);
    let with = |id: &str| {
        let connection = format!(
            r#"[{{"id":"mcn1","connectionType":"IDENTITY_ASSERTION_CUSTOM_AS","status":"ACTIVE",
            "authorizationServer":{{"orn":"orn:okta:idp:00o1:authorization_servers:{id}"}}}}]"#
        );
        let files = [
            ("authorizationServers.json", servers.as_str()),
            ("ai-agents/wlp1/connections.json", &connection),
        ];
        [found_in(&files, "jwt-bearer"), found_in(&files, "ai-agent-exchange")]
    };
    let none = Vec::<String>::new();
    assert_eq!(with("aus1p8h3vNc6RsZ0y5d7"), [none, vec!["definite".to_owned()]]);
    assert_eq!(with("aus9z9z9z9z9z9z9z9z9")[0], DEFINITE, "the agent asks another server");
}

#[test]
fn a_custom_scope_of_a_server_is_one_need_whoever_asks() {
    let scopes = r#","scopes":[{"id":"scp1","name":"orders:read","system":false}]"#;
    let env = "ORDERS_ISSUER=https://acme.okta.com/oauth2/aus1p8h3vNc6RsZ0y5d7\nORDERS_CLIENT_ID=0oa1\nORDERS_SCOPES=orders:read\n";
    let files =
        |servers: &str| found_in(&[("authorizationServers.json", servers), ("a.env", env)], "custom-scope");
    assert_eq!(files(&crate::snippets::server(scopes)), DEFINITE);
    assert_eq!(files(&crate::snippets::server("")), DEFINITE, "its scopes are not in the input");
}

/// A client of a file, and a server with one policy for some clients.
fn in_no_policy(files: &[(&str, &str)], members: &str) -> Vec<String> {
    let apps = crate::snippets::answer("web", "\"authorization_code\"", "");
    let policy = format!(
        r#"{{"id":"00p1","type":"OAUTH_AUTHORIZATION_POLICY","name":"p","status":"ACTIVE","priority":1,"system":false,"conditions":{{"clients":{{"include":[{members}]}}}},"rules":[]}}"#
    );
    let server = crate::snippets::server(&format!(",\"policies\":[{policy}]"));
    let mut all = vec![("apps.json", apps.as_str()), ("authorizationServers.json", server.as_str())];
    all.extend(files);
    found_in(&all, "client-in-no-policy")
}

#[test]
fn a_client_that_the_input_does_not_hold_is_in_no_policy_all_the_same() {
    let env = |client: &str, server: &str| {
        format!("OKTA_OAUTH2_ISSUER=https://login.acme.com/oauth2/{server}\nOKTA_OAUTH2_CLIENT_ID={client}\n")
    };
    let of = |client: &str, members: &str| {
        in_no_policy(&[(".env", &env(client, "aus1p8h3vNc6RsZ0y5d7"))], members)
    };
    let (portal, other) = ("0oa3m7x9rLw2KfJ8n5d7", "0oa9z9z9z9z9z9z9z9z9");
    assert_eq!(of(other, &format!("\"{portal}\"")), DEFINITE);
    assert_eq!(of(other, "\"0oa8y8y8y8y8y8y8y8y8\""), DEFINITE, "neither is in the input");
    assert_eq!(of(other, &format!("\"{portal}\", \"{other}\"")), NONE);
    assert_eq!(of(other, "\"ALL_CLIENTS\""), NONE);
    assert_eq!(of(portal, &format!("\"{portal}\"")), NONE);
    assert_eq!(of(portal, &format!("\"{other}\"")), DEFINITE, "an app of the input");
    let elsewhere = in_no_policy(&[(".env", &env(other, "default"))], &format!("\"{portal}\""));
    assert_eq!(elsewhere, NONE, "`default` may be that of another org");
    let suggested = env(other, "aus1p8h3vNc6RsZ0y5d7").replace("OKTA_OAUTH2_", "PORTAL_");
    assert_eq!(in_no_policy(&[(".env", &suggested)], &format!("\"{portal}\"")), POSSIBLE);
}

#[test]
fn the_org_of_a_root_is_the_one_that_its_provider_is_configured_with() {
    let root = r#"
        variable "org_name" { default = "acme" }
        resource "okta_auth_server_default" "it" { audiences = ["api://default"] }
        resource "okta_auth_server_policy" "apps" {
          auth_server_id   = okta_auth_server_default.it.id
          name             = "apps"
          description      = "apps"
          priority         = 1
          client_whitelist = ["0oa9z9z9z9z9z9z9z9z9"]
        }
    "#;
    let asking = |provider: &str, host: &str| {
        let properties = format!(
            "okta.oauth2.issuer=https://{host}/oauth2/default\nokta.oauth2.client-id=0oa1p8h3vNc6RsZ0y5d7\n"
        );
        let root = format!("provider \"okta\" {{\n{provider}\n}}\n{root}");
        found_in(
            &[("main.tf", root.as_str()), ("application.properties", properties.as_str())],
            "client-in-no-policy",
        )
    };
    let acme = "org_name = var.org_name\nbase_url = \"okta.com\"";
    assert_eq!(asking(acme, "acme.okta.com"), POSSIBLE, "policies may be managed elsewhere");
    assert_eq!(asking(acme, "globex.okta.com"), NONE, "another org");
    assert_eq!(asking(acme, "login.acme.com"), NONE, "`default` of any org");
    assert_eq!(asking("org_name = var.org_name", "acme.okta.com"), NONE, "OKTA_BASE_URL tells the rest");
    assert_eq!(asking("org_name = uuid()\nbase_url = \"okta.com\"", "acme.okta.com"), NONE);
    let other = format!("alias = \"other\"\n{acme}");
    assert_eq!(asking(&other, "acme.okta.com"), NONE, "the org of another provider");
}

#[test]
fn a_policy_whose_clients_get_their_ids_later_may_take_any() {
    let users = "resource \"okta_auth_server_policy_rule\" \"r\" {\n  auth_server_id = okta_auth_server.orders.id\n  policy_id = okta_auth_server_policy.apps.id\n  name = \"r\"\n  priority = 1\n  grant_type_whitelist = [\"authorization_code\"]\n  scope_whitelist = [\"openid\"]\n  group_whitelist = [\"EVERYONE\"]\n}\n";
    let manifest = "resource \"kubernetes_manifest\" \"it\" {\n  manifest = { env = [{ name = \"OKTA_OAUTH2_ISSUER\", value = okta_auth_server.orders.issuer }, { name = \"OKTA_OAUTH2_CLIENT_ID\", value = \"portal-id\" }] }\n}\n";
    let of = |arguments: &str, client: &str| {
        let apps = app("portal", arguments);
        let policy = crate::snippets::policy(client);
        let body = format!("{apps}{SERVER}{policy}{users}{manifest}");
        crate::found(&body, "client-in-no-policy")
    };
    let portal = "okta_app_oauth.portal.client_id";
    assert_eq!(of("", portal), NONE, "its id is not known");
    assert_eq!(of("  client_id = \"portal-id\"", portal), NONE);
    assert_eq!(of("  client_id = \"shop-id\"", portal), DEFINITE);
    assert_eq!(of("  client_id = \"shop-id\"", "var.client"), NONE);
}

#[test]
fn what_is_stated_is_about_the_apps_that_it_names() {
    let asking = |label: &str, more: &str, name: &str| {
        let body = app("portal", more).replace("label = \"portal\"", &format!("label = {label}"));
        let table = format!("[[client]]\nname = \"{name}\"\nserver = \"org\"\nscopes = [\"orders:read\"]\n");
        let findings = check(&[("main.tf", &body), ("okta-lint.toml", &table)]).findings();
        let told = findings.iter().filter(|it| it["lint"] == "custom-scope-from-org");
        told.map(|it| format!("{} {}", text(&it["resource"]), text(&it["certainty"]))).collect::<Vec<_>>()
    };
    let portal = ["okta_app_oauth.portal definite"];
    assert_eq!(asking("\"Portal\"", "", "Por*"), portal);
    assert_eq!(asking("\"Portal [prod]\"", "", "Portal [prod]"), portal, "a label is no pattern");
    assert_eq!(asking("uuid()", "", "okta_app_oauth.portal"), portal, "as findings call it");
    assert_eq!(asking("uuid()", "", "okta_app_oauth.*"), portal, "or a pattern for that");
    assert_eq!(asking("\"Portal\"", "", "Other"), ["client:Other definite"], "made elsewhere");
    assert_eq!(asking("\"Portal\"", "  status = \"INACTIVE\"", "Portal"), [""; 0], "nobody asks");
    let unknown = asking("\"Portal\"", "  status = uuid()", "Portal");
    assert_eq!(unknown, ["okta_app_oauth.portal possible"]);
}

#[test]
fn an_audience_that_is_looked_up_is_still_none_of_the_org() {
    let message = |more: &str| {
        let table =
            format!("[[client]]\nname = \"A\"\nserver = \"org\"\naudience = \"api://orders\"\n{more}");
        let findings = check(&[("apps.json", "[]"), ("okta-lint.toml", &table)]).findings();
        let told =
            findings.iter().find(|it| it["lint"] == "org-token-validated-locally").expect("it is found");
        text(&told["message"])
    };
    assert!(message("validates-locally = false").contains("wants an audience of its own"));
    assert!(message("").contains("nobody but Okta can validate them"));
}
