//! Gateways and services that take Okta's tokens, read from the files beside
//! the configuration of Okta.

mod common;

use common::{Output, folder, run, text};

fn check(files: &[(&str, &str)]) -> Output {
    let folder = folder(files);
    run(folder.path(), &["check", ".", "--allow-empty", "--format", "json"])
}

/// The findings as `LINT certainty`, without those about Okta's own objects.
fn found(output: &Output) -> Vec<String> {
    let line = |it: &serde_json::Value| format!("{} {}", text(&it["lint"]), text(&it["certainty"]));
    let about =
        ["org-token", "local-token", "own-audience", "okta-scope", "custom-scope-from", "client-in-no"];
    let mut all: Vec<String> = output.findings().iter().map(line).collect();
    all.retain(|it| about.iter().any(|name| it.starts_with(name)));
    all.sort();
    all
}

/// The text under the first label of the finding of a lint.
fn shown(output: &Output, lint: &str, file: &str) -> String {
    let findings = output.findings();
    let it = findings.iter().find(|it| it["lint"] == lint).expect("it is found");
    let label = it["labels"][0].clone();
    let offset =
        |end: &str| usize::try_from(label[end]["offset"].as_u64().unwrap_or_default()).unwrap_or_default();
    file[offset("start")..offset("end")].to_owned()
}

const ORG: &str = "https://acme.okta.com";
const CUSTOM: &str = "https://acme.okta.com/oauth2/default";

/// Each format with a place for an issuer, and its name.
const FORMATS: [(&str, &str); 14] = [
    (
        "mesh/orders.yaml",
        "apiVersion: v1\nkind: Service\n---\nkind: RequestAuthentication\nspec:\n  jwtRules:\n    - issuer: %I\n      audiences: [api://orders]\n",
    ),
    (
        "envoy.yaml",
        "http_filters:\n  - name: envoy.filters.http.jwt_authn\n    typed_config:\n      providers:\n        okta:\n          issuer: %I\n          audiences:\n            - api://orders\n",
    ),
    (
        "gateway.yml",
        "kind: SecurityPolicy\nspec:\n  jwt:\n    providers:\n      - name: okta\n        issuer: %I\n        audiences: [api://orders]\n        remoteJWKS: {uri: x}\n",
    ),
    (
        "kong.yaml",
        "plugins:\n  - name: openid-connect\n    config:\n      issuer: %I\n      auth_methods: [bearer]\n      audience_required: [api://orders]\n",
    ),
    (
        "api/openapi.yaml",
        "securityDefinitions:\n  okta:\n    x-google-issuer: %I\n    x-google-audiences: api://orders\n",
    ),
    (
        "openapi.json",
        r#"{"components":{"securitySchemes":{"jwt":{"x-amazon-apigateway-authorizer":{"jwtConfiguration":{"issuer":"%I","audience":["api://orders"]}}}}}}"#,
    ),
    (
        "src/main/resources/application.yml",
        "spring:\n  security.oauth2:\n    resourceserver:\n      jwt:\n        issuer-uri: %I\n        audiences: api://orders\n",
    ),
    (
        "application.properties",
        "# orders\nspring.security.oauth2.resourceserver.jwt.issuerUri = %I\nspring.security.oauth2.resourceserver.jwt.audiences = api://orders\n",
    ),
    ("application-prod.properties", "okta.oauth2.issuer=%I\nokta.oauth2.audience=api://orders\n"),
    (
        "appsettings.Production.json",
        r#"{"Authentication":{"Schemes":{"Bearer":{"Authority":"%I","ValidAudiences":["api://orders"]}}}}"#,
    ),
    (".env", "export ORDERS_ISSUER=\"%I\" # the org\nORDERS_AUDIENCE=api://orders\n"),
    (
        "deploy.yaml",
        "spec:\n  containers:\n    - env:\n        - name: OKTA_OAUTH2_ISSUER\n          value: %I\n        - name: OKTA_OAUTH2_AUDIENCE\n          value: api://orders\n",
    ),
    (
        "docker-compose.yml",
        "services:\n  api:\n    environment:\n      - OKTA_OAUTH2_ISSUER=%I\n      - OKTA_OAUTH2_AUDIENCE=api://orders\n",
    ),
    ("values.yaml", "env:\n  OKTA_ISSUER: %I\n  OKTA_AUDIENCE: api://orders\n"),
];

/// Names of variables only suggest what a service does with tokens.
fn certainty(name: &str) -> &'static str {
    if [".env", "values.yaml"].contains(&name) { "possible" } else { "definite" }
}

#[test]
fn each_format_shows_who_validates_tokens_of_the_org_server() {
    for (name, body) in FORMATS {
        let body = body.replace("%I", ORG);
        let output = check(&[(name, &body)]);
        let expected = format!("org-token-validated-locally {}", certainty(name));
        assert_eq!(found(&output), [expected], "{name}: {}", output.stdout);
        assert_eq!(
            shown(&output, "org-token-validated-locally", &body).trim_matches(['"', '\'']),
            "api://orders",
            "{name}"
        );
    }
}

#[test]
fn a_custom_server_is_what_they_need() {
    for (name, body) in FORMATS {
        let output = check(&[(name, &body.replace("%I", CUSTOM))]);
        let expected =
            ["local-token-validation", "own-audience"].map(|it| format!("{it} {}", certainty(name)));
        assert_eq!(found(&output), expected, "{name}: {}", output.stdout);
    }
}

#[test]
fn what_is_not_oktas_is_nobodys_business() {
    for issuer in ["https://accounts.google.com", "https://login.acme.com", "https://developer.okta.com"] {
        for (name, body) in FORMATS {
            let output = check(&[(name, &body.replace("%I", issuer))]);
            assert_eq!(output.json()["summary"]["files"], 0, "{name}, {issuer}: {}", output.stdout);
        }
    }
}

#[test]
fn whoever_checks_id_tokens_is_fine_on_the_org_server() {
    for (name, body) in FORMATS {
        let body = body.replace("%I", ORG).replace("api://orders", "0oa3m7x9rLw2KfJ8n5d7");
        assert_eq!(found(&check(&[(name, &body)])), [""; 0], "{name}");
    }
}

#[test]
fn an_issuer_alone_is_possible_where_something_validates() {
    let istio = format!("spec:\n  jwtRules:\n    - issuer: {ORG}\n");
    assert_eq!(found(&check(&[("a.yaml", &istio)])), ["org-token-validated-locally possible"]);
    // The variables of a service may be there for signing in.
    let service = format!("OKTA_ISSUER={ORG}\n");
    assert_eq!(found(&check(&[(".env", &service)])), [""; 0]);
    // The org itself is what its access tokens have as audience.
    let org = format!("{istio}      audiences: [{ORG}]\n");
    assert_eq!(found(&check(&[("a.yaml", &org)])), ["org-token-validated-locally possible"]);
}

#[test]
fn what_signs_in_asks_and_does_not_validate() {
    for (name, body) in [
        (".env", "OKTA_ISSUER=%I\nOKTA_CLIENT_ID=0oa3m7x9rLw2KfJ8n5d7\nOKTA_AUDIENCE=api://orders\n"),
        (
            "kong.yaml",
            "name: openid-connect\nconfig:\n  issuer: %I\n  auth_methods: [bearer, authorization_code]\n  audience_required: [x]\n",
        ),
        ("kong.yml", "name: openid-connect\nconfig:\n  issuer: %I\n"),
        ("appsettings.json", r#"{"Okta":{"OktaDomain":"%I","AuthorizationServerId":"","ClientId":"0oa1"}}"#),
        (
            "application.yml",
            "spring.security.oauth2.client:\n  registration:\n    okta:\n      client-id: 0oa1\n      scope: openid\n  provider:\n    okta:\n      issuer-uri: %I\n",
        ),
        (
            "opaque.yml",
            "spring.security.oauth2.resourceserver.opaquetoken.introspection-uri: %I/oauth2/v1/introspect\n",
        ),
    ] {
        let output = check(&[(name, &body.replace("%I", ORG))]);
        assert_eq!(found(&output), [""; 0], "{name}: {}", output.stdout);
    }
}

#[test]
fn what_a_client_asks_for_is_judged_by_where_it_asks() {
    let registration = |issuer: &str, scope: &str| {
        let body = "spring.security.oauth2.client.registration.shop.client-id=0oa1\n\
             spring.security.oauth2.client.registration.shop.scope=SCOPE\n\
             spring.security.oauth2.client.registration.shop.provider=acme\n\
             spring.security.oauth2.client.provider.acme.issuer-uri=%I\n";
        body.replace("%I", issuer).replace("SCOPE", scope)
    };
    let output = check(&[("application.properties", &registration(ORG, "openid,orders:read"))]);
    assert_eq!(found(&output), ["custom-scope-from-org definite"]);
    assert_eq!(
        shown(&output, "custom-scope-from-org", &registration(ORG, "openid,orders:read")),
        "orders:read"
    );
    let output = check(&[("application.properties", &registration(CUSTOM, "openid,okta.users.read"))]);
    assert_eq!(found(&output), ["okta-scope-with-custom-issuer definite"]);
    let output = check(&[("application.properties", &registration(CUSTOM, "openid"))]);
    assert_eq!(found(&output), [""; 0]);
}

#[test]
fn okta_packages_for_aspnet_have_a_server_of_their_own_choice() {
    let settings =
        |server: &str| format!(r#"{{"Okta":{{"OktaDomain":"{ORG}/",{server}"Audience":"api://orders"}}}}"#);
    let custom = ["local-token-validation definite", "own-audience definite"];
    assert_eq!(found(&check(&[("appsettings.json", &settings(""))])), custom, "`default` by default");
    let org = settings(r#""AuthorizationServerId":"","#);
    assert_eq!(found(&check(&[("appsettings.json", &org)])), ["org-token-validated-locally definite"]);
    let null = settings(r#""AuthorizationServerId":null,"#);
    assert_eq!(found(&check(&[("appsettings.json", &null)])), [""; 0], "nobody knows which");
}

const OKTA: &str = r#"
resource "okta_auth_server" "orders" {
  name      = "orders"
  audiences = ["api://orders"]
}
resource "okta_app_oauth" "portal" {
  label          = "Portal"
  type           = "web"
  grant_types    = ["authorization_code"]
  response_types = ["code"]
  redirect_uris  = ["https://portal.example.com/callback"]
}
variable "issuer" {
  default = "https://acme.okta.com"
}
"#;

/// Resources of other providers, with an issuer and an audience to fill in.
const RESOURCES: [&str; 10] = [
    "resource \"aws_apigatewayv2_authorizer\" \"it\" {\n  authorizer_type = \"JWT\"\n  jwt_configuration {\n    issuer = %I\n    audience = [%A]\n  }\n}\n",
    "resource \"aws_apigatewayv2_api\" \"it\" {\n  body = jsonencode({ components = { securitySchemes = { jwt = { \"x-amazon-apigateway-authorizer\" = { jwtConfiguration = { issuer = %I, audience = [%A] } } } } } })\n}\n",
    "resource \"google_endpoints_service\" \"it\" {\n  openapi_config = yamlencode({ securityDefinitions = { okta = { x-google-issuer = %I, x-google-audiences = %A } } })\n}\n",
    "resource \"kubernetes_manifest\" \"it\" {\n  manifest = { kind = \"RequestAuthentication\", spec = { jwtRules = [{ issuer = %I, audiences = [%A] }] } }\n}\n",
    "resource \"kubectl_manifest\" \"it\" {\n  yaml_body = \"spec:\\n  jwtRules:\\n    - issuer: ${%I}\\n      audiences: [\\\"${%A}\\\"]\\n\"\n}\n",
    "resource \"kong_plugin\" \"it\" {\n  name = \"openid-connect\"\n  config_json = jsonencode({ issuer = %I, auth_methods = [\"bearer\"], audience_required = [%A] })\n}\n",
    "resource \"azurerm_api_management_api_policy\" \"it\" {\n  xml_content = \"<policies><inbound><validate-jwt header-name='Authorization'><openid-config url='${%I}/.well-known/openid-configuration'/><audiences><audience>${%A}</audience></audiences></validate-jwt></inbound></policies>\"\n}\n",
    // Expressions, which are no XML, and an issuer by its name.
    "resource \"azurerm_api_management_policy\" \"it\" {\n  xml_content = <<-XML\n    <policies><inbound>\n      <set-header name=\"x\"><value>@(context.Request.Headers.GetValueOrDefault(\"a\", \"<none>\"))</value></set-header>\n      <validate-jwt header-name=\"Authorization\" failed-validation-error-message=\"@(\"no\" + \" way\")\">\n        <audiences><audience>${%A}</audience></audiences>\n        <issuers><issuer>${%I}</issuer></issuers>\n      </validate-jwt>\n    </inbound></policies>\n  XML\n}\n",
    "resource \"google_api_gateway_api_config\" \"it\" {\n  api = \"orders\"\n  openapi_documents {\n    document {\n      path     = \"openapi.yaml\"\n      contents = base64encode(yamlencode({ securityDefinitions = { okta = { x-google-issuer = %I, x-google-audiences = %A } } }))\n    }\n  }\n}\n",
    "resource \"vault_jwt_auth_backend\" \"okta\" {\n  path = \"okta\"\n  oidc_discovery_url = %I\n}\nresource \"vault_jwt_auth_backend_role\" \"it\" {\n  backend = vault_jwt_auth_backend.okta.path\n  role_name = \"it\"\n  role_type = \"jwt\"\n  user_claim = \"sub\"\n  bound_audiences = [%A]\n}\n",
];

#[test]
fn gateways_in_terraform_are_evaluated() {
    for resource in RESOURCES {
        let of = |issuer: &str, audience: &str| {
            let body = resource.replace("%I", issuer).replace("%A", audience);
            found(&check(&[("main.tf", &format!("{OKTA}{body}"))]))
        };
        assert_eq!(
            of("var.issuer", "\"api://orders\""),
            ["org-token-validated-locally definite"],
            "{resource}"
        );
        let custom = "\"${var.issuer}/oauth2/default\"";
        let needs = ["local-token-validation definite", "own-audience definite"];
        assert_eq!(of(custom, "\"api://orders\""), needs, "{resource}");
        assert_eq!(of("var.issuer", "\"0oa3m7x9rLw2KfJ8n5d7\""), [""; 0], "{resource}");
    }
}

#[test]
fn an_issuer_of_which_a_part_is_unknown_tells_what_it_can() {
    let unknown = "variable \"domain\" {}\nvariable \"base\" {}\n";
    let custom = ["local-token-validation definite", "own-audience definite"];
    for resource in RESOURCES {
        for (issuer, wanted) in [
            ("\"https://${var.domain}/oauth2/default\"", custom.as_slice()),
            ("\"${var.base}/oauth2/default\"", custom.as_slice()),
            ("format(\"https://%s/oauth2/default\", var.domain)", custom.as_slice()),
            ("\"https://acme.okta.com/oauth2/${okta_auth_server.orders.id}\"", custom.as_slice()),
            ("\"${okta_auth_server.orders.issuer}\"", custom.as_slice()),
            ("\"https://${var.domain}.okta.com\"", ["org-token-validated-locally definite"].as_slice()),
            ("\"https://${var.domain}\"", [].as_slice()),
            ("\"https://acme.okta.com/oauth2/${var.base}\"", [].as_slice()),
            ("var.base", [].as_slice()),
        ] {
            let body = resource.replace("%I", issuer).replace("%A", "\"api://orders\"");
            let output = check(&[("main.tf", &format!("{OKTA}{unknown}{body}"))]);
            assert_eq!(found(&output), wanted, "{issuer}: {resource}");
        }
        let body = resource.replace("%I", "var.issuer").replace("%A", "\"api://${var.base}\"");
        let output = check(&[("main.tf", &format!("{OKTA}{unknown}{body}"))]);
        assert_eq!(found(&output), [""; 0], "an audience that is partly unknown: {resource}");
    }
}

#[test]
fn what_else_is_unknown_in_a_document_hides_nothing() {
    let authorizer = "\"x-amazon-apigateway-authorizer\" = { jwtConfiguration = { issuer = \"https://acme.okta.com\", audience = [\"api://orders\"] } }";
    let encoded = format!(
        "resource \"aws_apigatewayv2_api\" \"it\" {{\n  body = jsonencode({{ uri = aws_lambda_function.it.invoke_arn, {authorizer} }})\n}}\n"
    );
    let written = "resource \"aws_apigatewayv2_api\" \"it\" {\n  body = <<-EOT\n    uri: ${aws_lambda_function.it.invoke_arn}\n    x-amazon-apigateway-authorizer:\n      jwtConfiguration:\n        issuer: https://acme.okta.com\n        audience: [api://orders]\n  EOT\n}\n";
    let read = "resource \"aws_apigatewayv2_api\" \"it\" {\n  body = templatefile(\"api.tpl\", { uri = aws_lambda_function.it.invoke_arn })\n}\n";
    let template = "{\"uri\": \"${uri}\", \"x-amazon-apigateway-authorizer\": {\"jwtConfiguration\": {\"issuer\": \"https://acme.okta.com\", \"audience\": [\"api://orders\"]}}}";
    for (body, shows) in
        [(encoded.as_str(), "\"api://orders\""), (written, "api://orders"), (read, "\"api://orders\"")]
    {
        let main = format!("{OKTA}resource \"aws_lambda_function\" \"it\" {{}}\n{body}");
        let output = check(&[("main.tf", &main), ("api.tpl", template)]);
        assert_eq!(found(&output), ["org-token-validated-locally definite"], "{body}");
        let file = if body == read { template } else { &main };
        // In a text that is made up a part is found by what it says.
        assert_eq!(shown(&output, "org-token-validated-locally", file), shows, "{body}");
    }
}

#[test]
fn a_reference_to_a_server_is_a_custom_issuer_and_one_to_a_client_an_id_token() {
    let authorizer = |issuer: &str, audience: &str| {
        let body = RESOURCES[0].replace("%I", issuer).replace("[%A]", audience);
        check(&[("main.tf", &format!("{OKTA}{body}"))])
    };
    let own = authorizer("okta_auth_server.orders.issuer", "okta_auth_server.orders.audiences");
    assert_eq!(found(&own), ["local-token-validation definite", "own-audience definite"]);
    let message = text(
        &own.findings().iter().find(|it| it["lint"] == "local-token-validation").expect("it")["message"],
    );
    assert!(message.starts_with("server `orders` has its access tokens validated"), "{message}");
    let id_token = authorizer("var.issuer", "[okta_app_oauth.portal.client_id]");
    assert_eq!(found(&id_token), [""; 0]);
    let unknown = authorizer("var.issuer", "[var.nobody]");
    assert_eq!(found(&unknown), [""; 0]);
}

#[test]
fn a_server_that_an_api_relies_on_is_needed() {
    let rule = "resource \"okta_auth_server_policy\" \"p\" {\n  auth_server_id = okta_auth_server.orders.id\n  name = \"p\"\n  description = \"d\"\n  priority = 1\n  client_whitelist = [okta_app_oauth.portal.client_id]\n}\n\
         resource \"okta_auth_server_policy_rule\" \"r\" {\n  auth_server_id = okta_auth_server.orders.id\n  policy_id = okta_auth_server_policy.p.id\n  name = \"r\"\n  priority = 1\n  grant_type_whitelist = [\"authorization_code\"]\n  scope_whitelist = [\"openid\"]\n  group_whitelist = [\"EVERYONE\"]\n}\n";
    let plain = format!("{OKTA}{rule}");
    let unneeded =
        |body: &str| check(&[("main.tf", body)]).lints().contains(&"unneeded-custom-server".to_owned());
    assert!(unneeded(&plain));
    let authorizer = RESOURCES[0].replace("%I", "okta_auth_server.orders.issuer").replace("%A", "\"x\"");
    assert!(!unneeded(&format!("{plain}{authorizer}")));
}

#[test]
fn a_consumer_belongs_to_the_org_that_holds_its_server() {
    let servers = r#"[{"id":"aus1p8h3vNc6RsZ0y5d7","name":"orders","audiences":["api://orders"],"issuer":"https://acme.okta.com/oauth2/aus1p8h3vNc6RsZ0y5d7","status":"INACTIVE","default":false}]"#;
    let mesh = "spec:\n  jwtRules:\n    - issuer: https://login.acme.com/oauth2/aus1p8h3vNc6RsZ0y5d7\n";
    let output = check(&[("org/authorizationServers.json", servers), ("mesh.yaml", mesh)]);
    assert!(output.lints().contains(&"inactive-server-in-use".to_owned()), "{}", output.stdout);
}

#[test]
fn a_file_that_is_no_yaml_hides_nothing() {
    let broken = format!("spec:\n  jwtRules:\n    - issuer: {ORG}\n      audiences: [api://a]\n---\na: [\n");
    let output = check(&[("a.yaml", &broken), ("b.yaml", "\t- okta")]);
    assert_eq!(found(&output), ["org-token-validated-locally definite"]);
}

#[test]
fn what_else_an_environment_holds_is_nobodys_to_see() {
    let env = format!(
        "DATABASE=postgres://app:SHOWN@db/orders\nOKTA_OAUTH2_ISSUER={ORG}\nSTRIPE=0SHOWN\nOKTA_OAUTH2_AUDIENCE=api://orders\nCODE=SHOWN\n"
    );
    let secret = format!(
        "kind: Secret\nstringData:\n  first: SHOWN\n  OKTA_OAUTH2_ISSUER: {ORG}\n  OKTA_OAUTH2_AUDIENCE: api://orders\n  last: SHOWN\n"
    );
    let properties =
        format!("okta.oauth2.client-secret=0SHOWN\nokta.oauth2.issuer={ORG}\nokta.oauth2.audience=x\n");
    for (name, body) in [(".env", env), ("secret.yaml", secret), ("application.properties", properties)] {
        let folder = folder(&[(name, &body)]);
        let output = run(folder.path(), &["check", "."]);
        assert!(output.stdout.contains("org-token-validated-locally"), "{name}: {}", output.stdout);
        assert!(!output.stdout.contains("SHOWN"), "{name}: {}", output.stdout);
    }
}

#[test]
fn one_client_among_the_audiences_is_enough_for_id_tokens() {
    let rule = |audiences: &str| {
        format!("spec:\n  jwtRules:\n    - issuer: {ORG}\n      audiences: [{audiences}]\n")
    };
    assert_eq!(found(&check(&[("a.yaml", &rule("api://a, 0oa3m7x9rLw2KfJ8n5d7"))])), [""; 0]);
    assert_eq!(
        found(&check(&[("a.yaml", &rule("api://a, api://b"))])),
        ["org-token-validated-locally definite"]
    );
    let google = format!("x-google-issuer: {ORG}\nx-google-audiences: \"api://a,0oa3m7x9rLw2KfJ8n5d7\"\n");
    assert_eq!(found(&check(&[("a.yaml", &google)])), [""; 0]);
    let authorizer = RESOURCES[0]
        .replace("%I", "var.issuer")
        .replace("%A", "\"api://a\", okta_app_oauth.portal.client_id");
    assert_eq!(found(&check(&[("main.tf", &format!("{OKTA}{authorizer}"))])), [""; 0]);
}

#[test]
fn a_document_in_a_file_is_shown_in_that_file() {
    let config = "resource \"google_api_gateway_api_config\" \"it\" {\n  openapi_documents {\n    document {\n      path     = \"spec.txt\"\n      contents = filebase64(\"spec.txt\")\n    }\n  }\n}\n";
    let spec = format!(
        "swagger: '2.0'\nsecurityDefinitions:\n  okta:\n    x-google-issuer: {ORG}\n    x-google-audiences: api://orders\n"
    );
    let output = check(&[("main.tf", &format!("{OKTA}{config}")), ("spec.txt", &spec)]);
    assert_eq!(found(&output), ["org-token-validated-locally definite"]);
    assert_eq!(shown(&output, "org-token-validated-locally", &spec), "api://orders");
    // One that is read as a file too is found once.
    let config = config.replace("spec.txt", "openapi.yaml");
    let output = check(&[("main.tf", &format!("{OKTA}{config}")), ("openapi.yaml", &spec)]);
    assert_eq!(found(&output), ["org-token-validated-locally definite"], "{}", output.stdout);
}

#[test]
fn what_a_policy_of_azure_computes_is_unknown() {
    let policy = |url: &str, audience: &str| {
        let body = format!(
            "resource \"azurerm_api_management_policy\" \"it\" {{\n  xml_content = <<-XML\n    <policies><validate-jwt><openid-config url=\"{url}\"/><audiences><audience>{audience}</audience></audiences></validate-jwt></policies>\n  XML\n}}\n"
        );
        found(&check(&[("main.tf", &format!("{OKTA}{body}"))]))
    };
    let url = format!("{ORG}/.well-known/openid-configuration");
    assert_eq!(policy(&url, "api://orders"), ["org-token-validated-locally definite"]);
    assert_eq!(policy(&url, "{{audience}}"), [""; 0]);
    assert_eq!(policy(&url, "@(context.Variables[\"aud\"] + \"api://orders\")"), [""; 0]);
    assert_eq!(policy("@(\"https://acme.okta.com\")", "api://orders"), [""; 0]);
    assert_eq!(policy("{{issuer}}", "api://orders"), [""; 0]);
}

#[test]
fn the_audiences_of_vault_stand_in_its_roles() {
    let method = |arguments: &str| {
        format!(
            "resource \"vault_jwt_auth_backend\" \"okta\" {{\n  bound_issuer = \"{ORG}\"\n  {arguments}\n}}\n"
        )
    };
    let role = |name: &str, arguments: &str| {
        format!(
            "resource \"vault_jwt_auth_backend_role\" \"{name}\" {{\n  role_name = \"{name}\"\n  {arguments}\n}}\n"
        )
    };
    let findings = |body: &str| found(&check(&[("main.tf", &format!("{OKTA}{body}"))]));
    let definite = ["org-token-validated-locally definite"];
    let possible = ["org-token-validated-locally possible"];
    let api = "role_type = \"jwt\"\n  bound_audiences = [\"api://vault\"]";
    let id_token = "role_type = \"jwt\"\n  bound_audiences = [okta_app_oauth.portal.client_id]";

    assert_eq!(findings(&method("")), possible, "no role is known");
    assert_eq!(findings(&(method("") + &role("a", api))), definite, "both are at the default path");
    let both = method("path = \"okta/\"") + &role("a", &format!("backend = \"okta\"\n  {api}"));
    assert_eq!(findings(&both), definite, "a path is one with a slash");
    let other = method("path = \"okta\"") + &role("a", &format!("backend = \"other\"\n  {api}"));
    assert_eq!(findings(&other), possible, "the role of another method");
    assert_eq!(findings(&(method("") + &role("a", id_token))), [""; 0], "an ID token");
    let two = method("") + &role("a", id_token) + &role("b", api);
    assert_eq!(findings(&two), definite, "each role takes its own tokens");
    let signs_in = api.replace("jwt", "oidc");
    assert_eq!(findings(&(method("") + &role("a", &signs_in))), possible, "that role takes no tokens");
    assert_eq!(findings(&(method("type = \"oidc\"") + &role("a", api))), [""; 0], "a method for signing in");
    let any = "role_type = \"jwt\"";
    assert_eq!(findings(&(method("") + &role("a", any))), possible, "without an audience it takes any");
}

#[test]
fn settings_of_aspnet_may_have_comments_and_commas_at_the_end() {
    let settings = format!(
        "\u{feff}{{\n  // The org – and no custom server.\n  \"Okta\": {{\n    \"OktaDomain\": \"{ORG}\", /* here */\n    \"AuthorizationServerId\": \"\",\n    \"Audience\": \"api://orders\",\n  }},\n}}\n"
    );
    let elsewhere =
        "{\"Okta\": {\"OktaDomain\": \"https://login.acme.com\", \"Audience\": \"api://orders\"}}";
    let custom = ["local-token-validation definite", "own-audience definite"];
    assert_eq!(found(&check(&[("appsettings.json", elsewhere)])), custom, "`Okta` in capitals");
    for name in ["appsettings.json", "appsettings.Development.json"] {
        let output = check(&[(name, &settings)]);
        assert_eq!(found(&output), ["org-token-validated-locally definite"], "{name}");
        assert_eq!(shown(&output, "org-token-validated-locally", &settings), "\"api://orders\"");
    }
}

#[test]
fn what_cannot_be_read_to_its_end_is_mentioned() {
    let unread = |name: &str, body: &str| {
        let folder = folder(&[(name, body)]);
        run(folder.path(), &["check", ".", "--allow-empty"]).stdout
    };
    let rest = |name: &str| format!("the rest of {name}");
    let broken = format!("a: {ORG}\n---\nb: [\n");
    assert!(unread("mesh.yaml", &broken).contains(&rest("mesh.yaml")));
    let broken = format!("{{\"Okta\": {{\"OktaDomain\": \"{ORG}\"");
    assert!(unread("appsettings.json", &broken).contains(&rest("appsettings.json")));
    for (name, body) in
        [("mesh.yaml", format!("a: {ORG}\n")), ("chart.yaml", "okta: {{ x }}\nb: [".to_owned())]
    {
        assert!(!unread(name, &body).contains("the rest of"), "{name}");
    }
}
