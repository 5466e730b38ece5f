//! What the files of applications show for certain, and what they do not: other
//! orgs, placeholders, notations, parts that are not known, and values that are
//! nobody's to see.

mod common;

use common::{folder, run, text};

/// The findings of some lints, as `LINT certainty`.
fn found(files: &[(&str, &str)], lints: &[&str]) -> Vec<String> {
    let folder = folder(files);
    let output = run(folder.path(), &["check", ".", "--allow-empty", "--format", "json"]);
    let line = |it: &serde_json::Value| format!("{} {}", text(&it["lint"]), text(&it["certainty"]));
    let mut all: Vec<String> = output.findings().iter().map(line).collect();
    all.retain(|it| lints.iter().any(|lint| it.starts_with(lint)));
    all.sort();
    all
}

const NONE: [&str; 0] = [];

fn server(org: &str, status: &str) -> String {
    format!(
        r#"[{{"id":"ausdefault00000{}","name":"default","audiences":["api://default"],"issuer":"https://{org}/oauth2/default","status":"{status}","default":true}}]"#,
        org.len()
    )
}

fn mesh(issuer: &str) -> String {
    format!("spec:\n  jwtRules:\n    - issuer: {issuer}\n      audiences: [api://orders]\n")
}

#[test]
fn the_default_server_of_another_org_is_not_this_one() {
    let lint = ["inactive-server-in-use"];
    let acme = server("acme.okta.com", "INACTIVE");
    let of =
        |issuer: &str| found(&[("authorizationServers.json", &acme), ("mesh.yaml", &mesh(issuer))], &lint);
    assert_eq!(of("https://acme.okta.com/oauth2/default"), ["inactive-server-in-use definite"]);
    assert_eq!(of("https://acme-admin.okta.com/oauth2/default"), ["inactive-server-in-use definite"]);
    assert_eq!(of("https://globex.okta.com/oauth2/default"), NONE);
    assert_eq!(of("https://acme.oktapreview.com/oauth2/default"), NONE);
    assert_eq!(of("https://login.acme.com/oauth2/default"), ["inactive-server-in-use possible"]);
    assert_eq!(of("https://${HOST}/oauth2/default"), ["inactive-server-in-use possible"]);
}

#[test]
fn of_two_orgs_the_one_of_the_issuer_has_the_server() {
    let (dev, prod) = (server("acme-dev.okta.com", "INACTIVE"), server("acme.okta.com", "ACTIVE"));
    let of = |issuer: &str| {
        let files = [
            ("dev/authorizationServers.json", dev.as_str()),
            ("prod/authorizationServers.json", prod.as_str()),
            ("mesh.yaml", &mesh(issuer)),
        ];
        found(&files, &["inactive-server-in-use"])
    };
    assert_eq!(of("https://acme.okta.com/oauth2/default"), NONE);
    assert_eq!(of("https://acme-dev.okta.com/oauth2/default"), ["inactive-server-in-use definite"]);
    assert_eq!(of("https://globex.okta.com/oauth2/default"), NONE);
}

#[test]
fn a_list_that_may_have_more_is_not_all_known() {
    let of = |audience: &str| {
        let body = format!(
            "variable \"more\" {{ type = list(string) }}\nvariable \"one\" {{}}\n# okta\nresource \"aws_apigatewayv2_authorizer\" \"it\" {{\n  jwt_configuration {{\n    issuer = \"https://acme.okta.com\"\n    audience = {audience}\n  }}\n}}\n"
        );
        found(&[("main.tf", &body)], &["org-token-validated-locally"])
    };
    assert_eq!(of("[\"api://orders\"]"), ["org-token-validated-locally definite"]);
    for open in [
        "concat([\"api://orders\"], var.more)",
        "compact([\"api://orders\", var.one])",
        "distinct([\"api://orders\", var.one])",
        "flatten([[\"api://orders\"], var.more])",
        "[for it in concat([\"api://orders\"], var.more) : it]",
    ] {
        assert_eq!(of(open), NONE, "{open}");
    }
    let kong = |methods: &str| {
        let body = format!(
            "variable \"more\" {{ type = list(string) }}\n# okta\nresource \"kong_plugin\" \"it\" {{\n  name = \"openid-connect\"\n  config_json = jsonencode({{ issuer = \"https://acme.okta.com\", auth_methods = {methods}, audience_required = [\"api://orders\"] }})\n}}\n"
        );
        found(&[("main.tf", &body)], &["org-token-validated-locally"])
    };
    assert_eq!(kong("[\"bearer\"]"), ["org-token-validated-locally definite"]);
    assert_eq!(kong("concat([\"bearer\"], var.more)"), NONE, "it may sign people in");
}

#[test]
fn an_audience_may_come_with_what_is_not_known_of_a_policy() {
    let of = |more: &str| {
        let body = format!(
            "variable \"more\" {{}}\n# okta\nresource \"azurerm_api_management_policy\" \"it\" {{\n  xml_content = \"<policies><validate-jwt><openid-config url='https://acme.okta.com/.well-known/openid-configuration'/><audiences><audience>api://orders</audience>{more}</audiences></validate-jwt></policies>\"\n}}\n"
        );
        found(&[("main.tf", &body)], &["org-token-validated-locally"])
    };
    assert_eq!(of(""), ["org-token-validated-locally definite"]);
    assert_eq!(of("${var.more}"), NONE);
}

#[test]
fn what_may_not_be_there_is_possible() {
    let body = "variable \"on\" {}\n# okta\nresource \"aws_apigatewayv2_authorizer\" \"it\" {\n  count = var.on ? 1 : 0\n  jwt_configuration {\n    issuer = \"https://acme.okta.com\"\n    audience = [\"api://orders\"]\n  }\n}\n";
    assert_eq!(found(&[("main.tf", body)], &["org-token"]), ["org-token-validated-locally possible"]);
}

#[test]
fn scopes_are_read_in_each_notation_or_not_at_all() {
    let of = |scopes: &str| {
        let env = format!(
            "OKTA_OAUTH2_ISSUER=https://acme.okta.com\nOKTA_OAUTH2_CLIENT_ID=0oa1b2c3\nOKTA_OAUTH2_SCOPES={scopes}\n"
        );
        found(&[(".env", &env)], &["custom-scope-from-org"]).len()
    };
    assert_eq!(of("openid orders:read"), 1);
    assert_eq!(of("[\"openid\",\"orders:read\"]"), 1, "an array of JSON");
    for fine in [
        "[\"openid\",\"profile\"]",
        "['openid', 'profile']",
        "openid ${EXTRA_SCOPES}",
        "{{ scopes }}",
        "<scopes>",
        "__SCOPES__",
        "openid+profile",
        "openid%20profile",
        "openid;profile",
        "openid|profile",
    ] {
        assert_eq!(of(fine), 0, "{fine}");
    }
}

#[test]
fn a_placeholder_is_not_known() {
    let audience = |audience: &str| {
        let rule = format!(
            "spec:\n  jwtRules:\n    - issuer: https://acme.okta.com\n      audiences: [\"{audience}\"]\n"
        );
        found(&[("mesh.yaml", &rule), ("apps.json", "[]")], &["org-token-validated-locally"])
    };
    assert_eq!(audience("api://orders"), ["org-token-validated-locally definite"]);
    for it in [
        "${aud}",
        "{{ .Values.aud }}",
        "$(AUD)",
        "<client-id>",
        "__AUD__",
        "%%AUD%%",
        "${AUD:-api://x}",
        "#{Aud}#",
    ] {
        assert_eq!(audience(it), NONE, "{it}");
    }
    let server = r#"[{"id":"aus1p8h3vNc6RsZ0y5d7","name":"orders","audiences":["api://orders"],"issuer":"https://acme.okta.com/oauth2/aus1p8h3vNc6RsZ0y5d7","status":"ACTIVE","default":false,"policies":[{"id":"00p1","type":"OAUTH_AUTHORIZATION_POLICY","name":"p","status":"ACTIVE","priority":1,"conditions":{"clients":{"include":["0oa3m7x9rLw2KfJ8n5d7"]}},"rules":[]}]}]"#;
    let client = |client: &str| {
        let env = format!(
            "OKTA_OAUTH2_ISSUER=https://acme.okta.com/oauth2/aus1p8h3vNc6RsZ0y5d7\nOKTA_OAUTH2_CLIENT_ID={client}\n"
        );
        found(&[(".env", &env), ("authorizationServers.json", server)], &["client-in-no-policy"])
    };
    assert_eq!(client("0oa9z9z9z9z9z9z9z9z9"), ["client-in-no-policy definite"]);
    for it in ["#{ClientId}#", "{ClientId}", "ENC(abcdef)", "${CLIENT_ID}", ""] {
        assert_eq!(client(it), NONE, "{it}");
    }
}

#[test]
fn whoever_has_a_client_id_may_sign_people_in() {
    let spring = |more: &str| {
        let properties =
            format!("okta.oauth2.issuer=https://acme.okta.com\nokta.oauth2.audience=api://default\n{more}");
        found(&[("application.properties", &properties)], &["org-token-validated-locally"])
    };
    assert_eq!(spring(""), ["org-token-validated-locally definite"]);
    assert_eq!(spring("okta.oauth2.client-id=0oa1\n"), ["org-token-validated-locally possible"]);
    let providers = |more: &str| {
        let map = format!(
            "providers:\n  okta:\n    issuer: https://acme.okta.com\n    audiences: [api://orders]\n{more}"
        );
        found(&[("a.yaml", &map)], &["org-token-validated-locally"]).len()
    };
    assert_eq!(providers(""), 1);
    assert_eq!(providers("    clientID: portal\n"), 0);
}

#[test]
fn of_a_variable_that_is_assigned_twice_the_last_value_counts() {
    let env = "OKTA_OAUTH2_ISSUER=https://acme.okta.com\nOKTA_OAUTH2_AUDIENCE=api://orders\nOKTA_OAUTH2_ISSUER=https://acme.okta.com/oauth2/default\n";
    let all = found(&[(".env", env)], &["org-token-validated-locally", "local-token-validation"]);
    assert_eq!(all, ["local-token-validation definite"]);
}

#[test]
fn properties_as_java_writes_them_are_read() {
    let properties = "okta.oauth2.issuer = https\\://acme.okta.com\nokta.oauth2.audience : api\\://orders\n";
    let all = found(&[("application.properties", properties)], &["org-token-validated-locally"]);
    assert_eq!(all, ["org-token-validated-locally definite"]);
}

#[test]
fn the_values_of_a_root_may_name_okta_where_its_files_do_not() {
    let main = "variable \"issuer\" {}\nresource \"aws_apigatewayv2_authorizer\" \"it\" {\n  jwt_configuration {\n    issuer = var.issuer\n    audience = [\"api://orders\"]\n  }\n}\n";
    let values = "issuer = \"https://acme.okta.com\"\n";
    for name in ["terraform.tfvars", "env/prod.tfvars"] {
        let all = found(&[("main.tf", main), (name, values)], &["org-token-validated-locally"]);
        assert_eq!(all, ["org-token-validated-locally definite"], "{name}");
    }
}

#[test]
fn a_merge_key_of_yaml_brings_its_entries() {
    let compose = "x-env: &env\n  OKTA_OAUTH2_ISSUER: https://acme.okta.com\n  OKTA_OAUTH2_AUDIENCE: api://other\nservices:\n  api:\n    environment:\n      <<: *env\n      OKTA_OAUTH2_AUDIENCE: api://orders\n";
    let folder = folder(&[("compose.yaml", compose)]);
    let output = run(folder.path(), &["check", ".", "--format", "json"]);
    // The entry beside it counts, not the one that is merged.
    let shows = |it: &serde_json::Value| it["labels"][0]["start"]["line"] == 8;
    assert!(output.findings().iter().any(shows), "{}", output.stdout);
}

#[test]
fn what_else_a_container_is_told_is_nobodys_to_see() {
    let compose = "services:\n  api:\n    environment:\n      CODE: SHOWN\n      OKTA_OAUTH2_ISSUER: https://acme.okta.com\n      OKTA_OAUTH2_AUDIENCE: api://orders\n      LAST: SHOWN\n";
    let list = "services:\n  api:\n    environment:\n      - CODE=SHOWN\n      - OKTA_OAUTH2_ISSUER=https://acme.okta.com\n      - OKTA_OAUTH2_AUDIENCE=api://orders\n      - LAST=SHOWN\n";
    let deployment = "spec:\n  env:\n    - {name: CODE, value: SHOWN}\n    - {name: OKTA_OAUTH2_ISSUER, value: \"https://acme.okta.com\"}\n    - {name: OKTA_OAUTH2_AUDIENCE, value: \"api://orders\"}\n    - {name: LAST, value: SHOWN}\n";
    let properties =
        "a=postgres://app:SHOWN@db/x\nokta.oauth2.issuer=https://acme.okta.com\nokta.oauth2.audience=x\n";
    for (name, body) in [
        ("a.yaml", compose),
        ("b.yaml", list),
        ("c.yaml", deployment),
        ("application.properties", properties),
    ] {
        let folder = folder(&[(name, body)]);
        let output = run(folder.path(), &["check", "."]);
        assert!(output.stdout.contains("org-token-validated-locally"), "{name}: {}", output.stdout);
        assert!(!output.stdout.contains("SHOWN"), "{name}: {}", output.stdout);
    }
}

#[test]
fn plans_and_states_show_what_takes_tokens_too() {
    let lint = ["org-token-validated-locally"];
    let block = |audience: &str| format!(r#"[{{"issuer":"https://acme.okta.com"{audience}}}]"#);
    let state = |audience: &str| {
        let state = format!(
            r#"{{"version":4,"terraform_version":"1.11.0","resources":[{{"mode":"managed","type":"aws_apigatewayv2_authorizer","name":"it","provider":"provider[\"registry.example.com/hashicorp/aws\"].west","instances":[{{"attributes":{{"id":"a1","jwt_configuration":{}}}}}]}}]}}"#,
            block(audience)
        );
        found(&[("terraform.tfstate", &state)], &lint)
    };
    assert_eq!(state(r#","audience":["api://orders"]"#), ["org-token-validated-locally definite"]);
    assert_eq!(state(r#","audience":["0oa3m7x9rLw2KfJ8n5d7"]"#), NONE);
    let plan = |audience: &str, unknown: &str| {
        let values = format!(r#"{{"jwt_configuration":{}}}"#, block(audience));
        let plan = format!(
            r#"{{"format_version":"1.2","terraform_version":"1.11.0","planned_values":{{"root_module":{{"resources":[{{"address":"aws_apigatewayv2_authorizer.it","mode":"managed","type":"aws_apigatewayv2_authorizer","name":"it","values":{values},"sensitive_values":{{}}}}]}}}},"resource_changes":[{{"address":"aws_apigatewayv2_authorizer.it","mode":"managed","type":"aws_apigatewayv2_authorizer","name":"it","change":{{"actions":["create"],"before":null,"after":{values},"after_unknown":{{"id":true,"jwt_configuration":[{{{unknown}}}]}},"after_sensitive":{{}}}}}}]}}"#
        );
        found(&[("plan.json", &plan)], &lint)
    };
    assert_eq!(plan(r#","audience":["api://orders"]"#, ""), ["org-token-validated-locally definite"]);
    assert_eq!(plan("", r#""audience":true"#), NONE, "it is known after apply");
}
