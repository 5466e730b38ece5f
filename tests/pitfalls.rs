//! The ways in which a linter of Okta configuration is wrong, a test for each:
//! what an engineer who knows Okta would see at once.

mod common;

#[path = "common/snippets.rs"]
mod snippets;

use common::{Output, folder, run, text};
use snippets::{MACHINES, SERVER, USERS, answer, app, job, policy, rule, server};

fn check(files: &[(&str, &str)]) -> Output {
    let folder = folder(files);
    run(folder.path(), &["check", ".", "--allow-empty", "--format", "json"])
}

/// A root that is all there is of the org.
fn terraform(body: &str) -> Output {
    check(&[("main.tf", body), ("okta-lint.toml", "[org]\ncomplete = true\n")])
}

fn has(output: &Output, lint: &str) -> bool {
    output.lints().iter().any(|it| it == lint)
}

/// The certainty of each finding of a lint.
fn certainties(output: &Output, lint: &str) -> Vec<String> {
    let findings = output.findings();
    findings.iter().filter(|it| it["lint"] == lint).map(|it| text(&it["certainty"])).collect()
}

fn errors(output: &Output) -> Vec<String> {
    let findings = output.findings();
    findings.iter().filter(|it| it["level"] == "error").map(|it| text(&it["lint"])).collect()
}

#[test]
fn w01_issuer_mode_chooses_a_host_and_no_kind_of_server() {
    let output = terraform(&app("portal", "  issuer_mode = \"CUSTOM_URL\""));
    assert!(output.lints().is_empty(), "{}", output.stdout);
    let own = SERVER.replace("name      = \"orders\"", "name = \"orders\"\n  issuer_mode = \"ORG_URL\"");
    assert!(has(&terraform(&own), "custom-scope"), "a server with ORG_URL is a custom one");
}

#[test]
fn w02_the_server_called_default_is_a_custom_one_whatever_its_name() {
    let body = "resource \"okta_auth_server_default\" \"d\" {}\nresource \"okta_auth_server_scope\" \"s\" {\n  auth_server_id = okta_auth_server_default.d.id\n  name = \"orders:read\"\n}\n";
    assert!(has(&terraform(body), "custom-scope"));
    let renamed = server("")
        .replace("\"default\":false", "\"default\":true")
        .replace("/oauth2/aus1p8h3vNc6RsZ0y5d7", "/oauth2/default");
    let off = renamed.replace("ACTIVE", "INACTIVE");
    let mesh = "spec:\n  jwtRules:\n    - issuer: https://acme.okta.com/oauth2/default\n";
    let output = check(&[("authorizationServers.json", &off), ("mesh.yaml", mesh)]);
    assert!(has(&output, "inactive-server-in-use"), "its id in an issuer stays `default`: {}", output.stdout);
}

#[test]
fn w03_scopes_that_okta_made_are_not_custom() {
    let scopes = r#","scopes":[{"id":"scp1","name":"okta.myAccount.profile.read","system":false},{"id":"scp2","name":"openid","system":true}]"#;
    let output = check(&[("authorizationServers.json", &server(scopes))]);
    assert!(
        !has(&output, "custom-scope") && !has(&output, "okta-scope-on-custom-server"),
        "{}",
        output.stdout
    );
}

#[test]
fn w04_sub_is_custom_only_where_it_was_edited() {
    let claims = |value: &str| {
        let claim = format!(
            r#","claims":[{{"id":"ocl1","name":"sub","claimType":"RESOURCE","valueType":"EXPRESSION","value":"{value}","status":"ACTIVE","system":true,"conditions":{{"scopes":[]}}}}]"#
        );
        check(&[("authorizationServers.json", &server(&claim))])
    };
    assert!(!has(&claims("(appuser != null) ? appuser.userName : app.clientId"), "custom-claim"));
    assert!(has(&claims("user.email"), "custom-claim"));
}

#[test]
fn w05_an_app_in_no_policy_signs_in_at_the_org_server() {
    let body =
        format!("{SERVER}{}{}{}", job(), policy("okta_app_oauth.job.client_id"), rule("jobs", 1, MACHINES));
    let output = terraform(&format!("{body}{}", app("portal", "")));
    assert!(!has(&output, "client-in-no-policy"), "{}", output.stdout);
    assert!(output.findings().iter().all(|it| !text(&it["message"]).contains("portal")), "{}", output.stdout);
}

#[test]
fn w06_the_sign_in_policy_of_an_app_is_no_access_policy() {
    let apps = answer("browser", r#""authorization_code""#, "").replace(
        "}}}]",
        r#"}},"_links":{"accessPolicy":{"href":"https://acme.okta.com/api/v1/policies/rst1"}}}]"#,
    );
    assert!(apps.contains("accessPolicy"));
    let output = check(&[("apps.json", &apps)]);
    assert!(output.lints().is_empty(), "{}", output.stdout);
}

#[test]
fn w07_a_rule_needs_no_refresh_token() {
    let portal = app("portal", "  grant_types = [\"authorization_code\", \"refresh_token\"]");
    let body =
        format!("{SERVER}{portal}{}{}", policy("okta_app_oauth.portal.client_id"), rule("users", 1, USERS));
    let output = terraform(&body);
    for lint in ["grant-not-admitted", "refresh-without-offline-access", "refresh-token-in-rule"] {
        assert!(!has(&output, lint), "{lint}: {}", output.stdout);
    }
}

#[test]
fn w08_what_the_console_writes_by_itself_is_no_evidence() {
    let apps = answer(
        "native",
        r#""authorization_code","urn:ietf:params:oauth:grant-type:jwt-bearer""#,
        r#","consent_method":"REQUIRED""#,
    );
    let output = check(&[("apps.json", &apps), ("authorizationServers.json", "[]")]);
    assert!(output.lints().is_empty(), "{}", output.stdout);
}

#[test]
fn w09_token_exchange_is_not_always_on_behalf_of_a_user() {
    let exchange = r#""authorization_code","urn:ietf:params:oauth:grant-type:token-exchange""#;
    let native =
        check(&[("apps.json", &answer("native", exchange, "")), ("authorizationServers.json", "[]")]);
    assert!(
        !has(&native, "on-behalf-of-exchange") && !has(&native, "exchange-without-rule"),
        "{}",
        native.stdout
    );
    // An agent exchanges at the org server.
    let agent = r#"[{"id":"mcn1","connectionType":"STS_ACCESS_TOKEN","status":"ACTIVE"}]"#;
    let web = check(&[
        ("apps.json", &answer("web", exchange, "")),
        ("authorizationServers.json", "[]"),
        ("ai-agents/wlp1/connections.json", agent),
    ]);
    assert!(!has(&web, "exchange-without-rule"), "{}", web.stdout);
    assert!(!certainties(&web, "on-behalf-of-exchange").contains(&"definite".to_owned()), "{}", web.stdout);
}

#[test]
fn w10_machine_to_machine_with_oktas_apis_needs_the_org_server() {
    let grant = "resource \"okta_app_oauth_api_scope\" \"s\" {\n  app_id = okta_app_oauth.job.id\n  issuer = \"https://acme.okta.com\"\n  scopes = [\"okta.users.read\"]\n}\n\
        resource \"okta_app_oauth_role_assignment\" \"r\" {\n  client_id = okta_app_oauth.job.client_id\n  type = \"READ_ONLY_ADMIN\"\n}\n";
    let output = terraform(&format!("{}{grant}", job()));
    assert!(output.lints().is_empty(), "{}", output.stdout);
    let integration = r#"[{"id":"0oa72lrepvp4WqEET1d9","type":"acme_backup","name":"Backup","configGuideUrl":"x","grantedScopes":["okta.users.read"]}]"#;
    let output = check(&[("integrations/api/v1/api-services.json", integration)]);
    assert!(output.lints().is_empty(), "{}", output.stdout);
}

#[test]
fn w11_a_groups_claim_that_no_export_shows_may_be_there() {
    let rules = r#","policies":[{"id":"00p1","type":"OAUTH_AUTHORIZATION_POLICY","name":"p","status":"ACTIVE","conditions":{"clients":{"include":["0oa3m7x9rLw2KfJ8n5d7"]}},"rules":[]}]"#;
    let apps = answer("browser", r#""authorization_code""#, "");
    let output = check(&[("apps.json", &apps), ("authorizationServers.json", &server(rules))]);
    assert!(!has(&output, "app-groups-claim-on-custom-server"), "{}", output.stdout);
}

#[test]
fn w12_the_providers_advice_is_not_passed_on_as_neutral() {
    let claim = "  groups_claim {\n    name = \"groups\"\n    type = \"FILTER\"\n    filter_type = \"STARTS_WITH\"\n    value = \"a-\"\n  }";
    let output = terraform(&app("portal", claim));
    let finding =
        output.findings().into_iter().find(|it| it["lint"] == "paid-groups-claim-migration").expect("it");
    let help = text(&finding["help"]);
    assert!(help.starts_with("keep it") && help.contains("licence"), "{help}");
}

#[test]
fn w13_a_server_that_no_app_lists_is_not_unused() {
    let plain = "  grant_type_whitelist = [\"authorization_code\"]\n  scope_whitelist = [\"openid\"]";
    let bare = SERVER.split("resource \"okta_auth_server_scope\"").next().unwrap_or_default();
    let output = terraform(&format!("{SERVER}{}{}", policy("\"ALL_CLIENTS\""), rule("users", 1, USERS)));
    assert!(
        !has(&output, "unneeded-custom-server") && !has(&output, "dead-custom-server"),
        "{}",
        output.stdout
    );
    // Even one that needs nothing may have an API behind it: that is possible at most.
    let output = terraform(&format!("{bare}{}{}", policy("\"ALL_CLIENTS\""), rule("users", 1, plain)));
    assert_eq!(certainties(&output, "unneeded-custom-server"), ["possible"]);
}

#[test]
fn w14_moving_to_the_org_server_names_what_changes() {
    let plain = "  grant_type_whitelist = [\"authorization_code\"]\n  scope_whitelist = [\"openid\"]";
    let bare = SERVER.split("resource \"okta_auth_server_scope\"").next().unwrap_or_default();
    let output = terraform(&format!("{bare}{}{}", policy("\"ALL_CLIENTS\""), rule("users", 1, plain)));
    let finding =
        output.findings().into_iter().find(|it| it["lint"] == "unneeded-custom-server").expect("it");
    let help = text(&finding["help"]);
    for what in ["issuer", "keys", "`sub`", "`aud`", "90 days", "sign-in"] {
        assert!(help.contains(what), "{what}: {help}");
    }
}

#[test]
fn w15_oktas_own_and_integration_apps_are_not_ones_own() {
    for name in ["saasure", "okta_enduser", "okta_flow_sso", "acme_crm"] {
        let apps = format!(
            r#"[{{"id":"0oa3m7x9rLw2KfJ8n5d7","name":"{name}","label":"X","status":"ACTIVE","signOnMode":"OPENID_CONNECT","credentials":{{}},"settings":{{"app":{{}}}}}}]"#
        );
        let output = check(&[("apps.json", &apps), ("authorizationServers.json", "[]")]);
        assert!(output.lints().is_empty(), "{name}: {}", output.stdout);
    }
}

#[test]
fn w16_issuers_are_not_compared_as_texts() {
    for issuer in [
        "https://acme.okta.com/oauth2/aus1p8h3vNc6RsZ0y5d7",
        "https://acme.okta.com/oauth2/aus1p8h3vNc6RsZ0y5d7/",
        "https://acme-admin.okta.com/oauth2/aus1p8h3vNc6RsZ0y5d7",
        "https://login.acme.com/oauth2/aus1p8h3vNc6RsZ0y5d7",
        "https://{yourOktaDomain}/oauth2/aus1p8h3vNc6RsZ0y5d7",
    ] {
        let mesh =
            format!("spec:\n  jwtRules:\n    - issuer: \"{issuer}\"\n      audiences: [api://orders]\n");
        let output = check(&[("authorizationServers.json", &server("")), ("mesh.yaml", &mesh)]);
        let message = output.findings().iter().map(|it| text(&it["message"])).collect::<String>();
        assert!(message.contains("server `orders` has its access tokens validated"), "{issuer}: {message}");
    }
    let mesh = "spec:\n  jwtRules:\n    - issuer: https://acme.okta.com/oauth2/v1\n      audiences: [api://orders]\n";
    assert!(has(&check(&[("mesh.yaml", mesh)]), "org-token-validated-locally"), "`v1` is no id of a server");
}

#[test]
fn w17_policies_name_client_ids_which_may_be_chosen() {
    let apps = answer("browser", r#""authorization_code""#, "")
        .replace(r#""client_id":"0oa3m7x9rLw2KfJ8n5d7""#, r#""client_id":"portal-client""#);
    let named = |id: &str| {
        let policy = format!(
            r#","policies":[{{"id":"00p1","type":"OAUTH_AUTHORIZATION_POLICY","name":"p","status":"ACTIVE","conditions":{{"clients":{{"include":["{id}"]}}}}}}]"#
        );
        check(&[("apps.json", &apps), ("authorizationServers.json", &server(&policy))])
    };
    assert!(!has(&named("portal-client"), "unknown-client"));
    assert_eq!(
        certainties(&named("0oa3m7x9rLw2KfJ8n5d7"), "unknown-client"),
        ["definite"],
        "the id of the app"
    );
}

#[test]
fn w18_people_do_not_count_for_clients_without_a_user() {
    let with = |group: &str| {
        let jobs = rule("jobs", 1, &format!("{MACHINES}\n  group_whitelist = [{group}]"));
        let everyone = "data \"okta_everyone_group\" \"all\" {}\n";
        terraform(&format!("{everyone}{SERVER}{}{}{jobs}", job(), policy("okta_app_oauth.job.client_id")))
    };
    for everyone in ["\"EVERYONE\"", "data.okta_everyone_group.all.id"] {
        let output = with(everyone);
        assert!(!has(&output, "m2m-rule-with-people") && !has(&output, "access-policy"), "{}", output.stdout);
    }
    assert!(has(&with("\"00g4b9t2kXm7QwE1z5d7\""), "m2m-rule-with-people"));
}

#[test]
fn w19_names_of_scopes_are_free_but_for_one_prefix() {
    for name in ["https://api.example.com/read", "com.acme.read", "myokta.read", "orders:read"] {
        let output = terraform(&SERVER.replace("orders:read", name));
        assert!(!has(&output, "okta-scope-on-custom-server"), "{name}: {}", output.stdout);
        assert!(errors(&output).iter().all(|it| it == "server-without-policy"), "{name}: {}", output.stdout);
    }
    assert!(has(
        &terraform(&SERVER.replace("orders:read", "okta.orders.read")),
        "okta-scope-on-custom-server"
    ));
}

#[test]
fn w20_the_lifetime_of_id_tokens_is_a_matter_of_hooks() {
    let output = run(&common::repository(), &["explain", "token-hook"]);
    assert!(output.stdout.contains("ID token"), "{}", output.stdout);
    let lifetime = format!("{USERS}\n  access_token_lifetime_minutes = 60");
    let body = format!(
        "{SERVER}{}{}{}",
        app("portal", ""),
        policy("okta_app_oauth.portal.client_id"),
        rule("users", 1, &lifetime)
    );
    assert!(!has(&terraform(&body), "token-lifetime"), "sixty minutes are Okta's own");
}

#[test]
fn w21_dpop_does_not_forbid_client_credentials() {
    let apps = answer(
        "service",
        r#""client_credentials""#,
        r#","dpop_bound_access_tokens":true,"jwks":{"keys":[{"kid":"a","status":"ACTIVE"}]}"#,
    )
    .replace("\"none\",\"pkce_required\":true", "\"private_key_jwt\"");
    assert!(errors(&check(&[("apps.json", &apps)])).is_empty());
}

#[test]
fn w22_terraform_is_data_and_much_of_it_unknown() {
    let unknown = "variable \"any\" {\n  type = any\n}\n";
    for (argument, value) in [
        ("scope_whitelist", "var.any"),
        ("scope_whitelist", "[for s in var.any : s.name]"),
        ("grant_type_whitelist", "tolist(var.any)"),
        ("access_token_lifetime_minutes", "var.any.minutes"),
    ] {
        let others: Vec<&str> = USERS.lines().filter(|it| !it.contains(argument)).collect();
        let arguments = others.join("\n");
        let users = rule("users", 1, &format!("{arguments}\n  {argument} = {value}"));
        let output = terraform(&format!(
            "{unknown}{SERVER}{}{}{users}",
            app("portal", ""),
            policy("okta_app_oauth.portal.client_id")
        ));
        let rest: Vec<String> = output.lints().into_iter().filter(|it| it != "custom-scope").collect();
        assert!(rest.is_empty(), "{argument} = {value}: {}", output.stdout);
    }
    let text = rule("users", 1, &format!("{USERS}\n  access_token_lifetime_minutes = \"15\""));
    let body = |rule: &str| {
        format!("{SERVER}{}{}{rule}", app("portal", ""), policy("okta_app_oauth.portal.client_id"))
    };
    assert!(has(&terraform(&body(&text)), "token-lifetime"), "a number may be a text");
    let omitted = rule("users", 1, "  grant_type_whitelist = [\"authorization_code\"]");
    let any =
        rule("users", 1, "  grant_type_whitelist = [\"authorization_code\"]\n  scope_whitelist = [\"*\"]");
    assert!(has(&terraform(&body(&omitted)), "no-scope-rule"));
    assert!(!has(&terraform(&body(&any)), "no-scope-rule"));
}

#[test]
fn w23_which_grants_go_with_which_type_is_not_judged() {
    for (kind, grant) in [
        ("service", "urn:ietf:params:oauth:grant-type:saml2-bearer"),
        ("browser", "interaction_code"),
        ("native", "urn:openid:params:grant-type:ciba"),
    ] {
        let apps = answer(kind, &format!("\"{grant}\""), "");
        assert!(errors(&check(&[("apps.json", &apps)])).is_empty(), "{kind} {grant}");
    }
}

#[test]
fn w24_which_server_a_client_asks_is_told_by_its_own_files() {
    let portal = app("portal", "  client_id = \"portal-client\"");
    let body = format!(
        "{SERVER}{}{portal}{}{}",
        job(),
        policy("okta_app_oauth.job.client_id"),
        rule("jobs", 1, MACHINES)
    );
    assert!(!has(&terraform(&body), "custom-scope-from-org"));
    let env =
        "OKTA_ISSUER=https://acme.okta.com\nOKTA_CLIENT_ID=portal-client\nOKTA_SCOPES=openid orders:read\n";
    assert!(has(&check(&[("main.tf", &body), (".env", env)]), "custom-scope-from-org"));
}

#[test]
fn w25_a_hook_may_add_what_seems_to_be_missing() {
    let groups = SERVER.replace("orders:read", "groups");
    let hook = "resource \"okta_inline_hook\" \"h\" {\n  name = \"h\"\n  version = \"1.0.0\"\n  type = \"com.okta.oauth2.tokens.transform\"\n}\n";
    let arguments =
        "  grant_type_whitelist = [\"authorization_code\"]\n  scope_whitelist = [\"openid\", \"groups\"]";
    let with = |more: &str| {
        let users = rule("users", 1, &format!("{arguments}\n{more}"));
        let portal = app("portal", "");
        terraform(&format!("{groups}{hook}{portal}{}{users}", policy("okta_app_oauth.portal.client_id")))
    };
    assert_eq!(certainties(&with(""), "groups-scope-without-claim"), ["definite"]);
    assert_eq!(
        certainties(&with("  inline_hook_id = okta_inline_hook.h.id"), "groups-scope-without-claim"),
        ["possible"]
    );
}

#[test]
fn w26_what_is_not_exported_is_not_missing() {
    let output = check(&[("authorizationServers.json", &server(""))]);
    assert!(output.lints().is_empty(), "{}", output.stdout);
    let policies = r#"[{"id":"00p1","type":"OAUTH_AUTHORIZATION_POLICY","name":"p","status":"ACTIVE","conditions":{"clients":{"include":["ALL_CLIENTS"]}}}]"#;
    let output = check(&[
        ("authorizationServers.json", &server("")),
        ("authorizationServers/aus1p8h3vNc6RsZ0y5d7/policies.json", policies),
    ]);
    assert!(!has(&output, "policy-without-rule") && !has(&output, "dead-custom-server"), "{}", output.stdout);
}

#[test]
fn w27_the_first_rule_that_fits_decides_and_scopes_are_never_trimmed() {
    let wide = "  grant_type_whitelist = [\"authorization_code\"]\n  scope_whitelist = [\"*\"]";
    let with = |first: &str, second: &str| {
        let rules = format!("{}{}", rule("first", 1, first), rule("second", 2, second));
        terraform(&format!(
            "{SERVER}{}{}{rules}",
            app("portal", ""),
            policy("okta_app_oauth.portal.client_id")
        ))
    };
    assert!(has(&with(wide, USERS), "shadowed-rule"));
    assert!(!has(&with(USERS, wide), "shadowed-rule"), "a strict rule before a wide one hides nothing");
    // A request for both scopes fits neither of these as a whole, so both are needed.
    let one = "  grant_type_whitelist = [\"authorization_code\"]\n  scope_whitelist = [\"openid\"]";
    assert!(!has(&with(one, USERS), "shadowed-rule"));
}

#[test]
fn w28_what_a_feature_switches_is_said_and_not_assumed() {
    let output = run(&common::repository(), &["explain", "user-consent"]);
    assert!(output.stdout.contains("feature"), "{}", output.stdout);
}

#[test]
fn w29_an_org_without_the_licence_makes_every_need_an_error() {
    let folder = folder(&[("main.tf", SERVER)]);
    let level = |licence: &[&str]| {
        let output = run(folder.path(), &[&["check", ".", "--format", "json"], licence].concat());
        output.findings().iter().find(|it| it["lint"] == "custom-scope").map(|it| text(&it["level"]))
    };
    assert_eq!(level(&[]).as_deref(), Some("warning"));
    assert_eq!(level(&["--licence", "machine-to-machine"]).as_deref(), Some("error"));
    assert_eq!(level(&["--licence", "api-access-management"]), None);
}

#[test]
fn w30_profiles_and_schemas_stand_elsewhere() {
    let claim = "resource \"okta_auth_server_claim\" \"c\" {\n  auth_server_id = okta_auth_server.orders.id\n  name = \"tier\"\n  claim_type = \"RESOURCE\"\n  value = \"app.profile.tier\"\n}\n";
    let output = terraform(&format!("{SERVER}{claim}"));
    for lint in ["unknown-expression-object", "claim-expression-dialect"] {
        assert!(!has(&output, lint), "{lint}: {}", output.stdout);
    }
}

#[test]
fn w31_what_is_new_at_okta_is_no_error() {
    let connection = r#"[{"id":"mcn1","connectionType":"IDENTITY_ASSERTION_OF_TOMORROW","status":"ACTIVE","resourceIndicator":"x"}]"#;
    let output = check(&[("ai-agents/wlp1/connections.json", connection)]);
    assert!(output.lints().is_empty(), "{}", output.stdout);
    let apps = answer("kiosk", r#""urn:okta:params:oauth:grant-type:tomorrow""#, "");
    let output = check(&[("apps.json", &apps)]);
    assert!(output.lints().is_empty(), "{}", output.stdout);
}

#[test]
fn w32_where_oktas_pages_disagree_a_finding_is_possible() {
    let users = |scopes: &str, more: &str| {
        let arguments = format!(
            "  grant_type_whitelist = [\"authorization_code\"]\n  scope_whitelist = [{scopes}]\n{more}"
        );
        let portal = app("portal", "  grant_types = [\"authorization_code\", \"refresh_token\"]");
        terraform(&format!(
            "{SERVER}{portal}{}{}",
            policy("okta_app_oauth.portal.client_id"),
            rule("users", 1, &arguments)
        ))
    };
    let output = users("\"profile\", \"orders:read\"", "");
    assert_eq!(certainties(&output, "sign-in-rule-without-openid"), ["possible"]);
    assert_eq!(certainties(&output, "refresh-without-offline-access"), ["possible"]);
    let window = "  refresh_token_lifetime_minutes = 0\n  refresh_token_window_minutes = 7\n  access_token_lifetime_minutes = 5";
    let output = users("\"openid\", \"offline_access\"", window);
    assert_eq!(certainties(&output, "lifetime-out-of-range"), ["possible"]);
    let claim = |name: &str| {
        let claim = format!(
            "resource \"okta_auth_server_claim\" \"c\" {{\n  auth_server_id = okta_auth_server.orders.id\n  name = \"{name}\"\n  claim_type = \"RESOURCE\"\n  value = \"user.department\"\n}}\n"
        );
        certainties(&terraform(&format!("{SERVER}{claim}")), "reserved-claim-name")
    };
    assert_eq!(claim("groups"), [""; 0]);
    assert_eq!(claim("scope"), [""; 0]);
    assert_eq!(claim("acr"), ["possible"]);
    assert_eq!(claim("iss"), ["definite"]);
}

#[test]
fn w33_what_nobody_has_settled_is_possible() {
    let users = rule("users", 1, USERS).replace("  group_whitelist = [\"EVERYONE\"]\n", "");
    let output = terraform(&format!(
        "{SERVER}{}{}{users}",
        app("portal", ""),
        policy("okta_app_oauth.portal.client_id")
    ));
    assert_eq!(certainties(&output, "rule-without-people"), ["possible"]);
}
