//! What makes a custom server needed: each reason alone keeps the finding away.

use crate::common::{folder, run, text};

/// A server on which nothing needs a custom one: parts that a test replaces.
const SERVER: &str = r#"
resource "okta_auth_server" "sso" {
  name      = "sso"
  audiences = ["api://sso"]
}
resource "okta_auth_server_policy" "apps" {
  auth_server_id   = okta_auth_server.sso.id
  name             = "apps"
  description      = "d"
  priority         = 1
  client_whitelist = ["0oa3m7x9rLw2KfJ8n5d7"]
}
resource "okta_auth_server_policy_rule" "users" {
  auth_server_id       = okta_auth_server.sso.id
  policy_id            = okta_auth_server_policy.apps.id
  name                 = "users"
  priority             = 1
  grant_type_whitelist = ["authorization_code"]
  scope_whitelist      = ["openid"]
  group_whitelist      = ["EVERYONE"]
}
"#;

/// The findings of lints about cost, as `LINT level`.
fn found(body: &str, more: &[&str]) -> Vec<String> {
    let folder = folder(&[("main.tf", body)]);
    let output = run(folder.path(), &[&["check", ".", "--format", "json"], more].concat());
    let about = ["unneeded-custom-server", "custom-server-for-groups", "dead-custom-server"];
    let findings = output.findings();
    let cost = findings.iter().filter(|it| about.contains(&text(&it["lint"]).as_str()));
    cost.map(|it| format!("{} {}", text(&it["lint"]), text(&it["level"]))).collect()
}

fn with(from: &str, to: &str) -> Vec<String> {
    assert!(SERVER.contains(from), "{from}");
    found(&SERVER.replace(from, to), &[])
}

fn claim(arguments: &str) -> String {
    format!(
        "{SERVER}resource \"okta_auth_server_claim\" \"c\" {{\n  auth_server_id = okta_auth_server.sso.id\n{arguments}\n}}\n"
    )
}

#[test]
fn a_plain_server_is_not_needed() {
    assert_eq!(found(SERVER, &[]), ["unneeded-custom-server info"]);
    // A needless licence is worth a warning to whoever has not got it.
    assert_eq!(found(SERVER, &["--licence", "machine-to-machine"]), ["unneeded-custom-server warning"]);
    assert_eq!(found(SERVER, &["--licence", "api-access-management"]), ["unneeded-custom-server info"]);
}

#[test]
fn each_reason_alone_makes_a_server_needed() {
    let none: [&str; 0] = [];
    for (from, to) in [
        ("[\"authorization_code\"]", "[\"client_credentials\"]"),
        (
            "[\"authorization_code\"]",
            "[\"authorization_code\", \"urn:ietf:params:oauth:grant-type:jwt-bearer\"]",
        ),
        (
            "[\"authorization_code\"]",
            "[\"authorization_code\", \"urn:ietf:params:oauth:grant-type:token-exchange\"]",
        ),
        ("[\"authorization_code\"]", "var.grants"),
        ("[\"openid\"]", "[\"openid\", \"device_sso\"]"),
        ("[\"openid\"]", "var.scopes"),
        ("[\"EVERYONE\"]", "[\"00g4b9t2kXm7QwE1z5d7\"]"),
        ("[\"EVERYONE\"]", "var.groups"),
        ("[\"EVERYONE\"]", "[\"EVERYONE\"]\n  access_token_lifetime_minutes = 5"),
        ("[\"EVERYONE\"]", "[\"EVERYONE\"]\n  refresh_token_window_minutes = 60"),
        ("[\"EVERYONE\"]", "[\"EVERYONE\"]\n  refresh_token_lifetime_minutes = var.minutes"),
        ("[\"EVERYONE\"]", "[\"EVERYONE\"]\n  inline_hook_id = \"cal1a2b3c4d5e6f7g8h9\""),
        ("  name      = \"sso\"", "  name = \"sso\"\n  credentials_rotation_mode = \"MANUAL\""),
    ] {
        assert_eq!(with(from, to), none, "{to}");
    }
    let scope = "resource \"okta_auth_server_scope\" \"s\" {\n  auth_server_id = okta_auth_server.sso.id\n  name = NAME\n}\n";
    for name in ["\"orders:read\"", "var.name"] {
        assert_eq!(found(&format!("{SERVER}{}", scope.replace("NAME", name)), &[]), none, "{name}");
    }
    let other = "resource \"okta_auth_server\" \"o\" {\n  name = \"o\"\n  audiences = [\"api://o\"]\n}\n\
        resource \"okta_trusted_server\" \"t\" {\n  auth_server_id = okta_auth_server.A.id\n  trusted = [okta_auth_server.B.id]\n}\n";
    for (a, b) in [("o", "sso"), ("sso", "o")] {
        let body = other.replace("r.A.", &format!("r.{a}.")).replace("r.B.", &format!("r.{b}."));
        assert_eq!(found(&format!("{SERVER}{body}"), &[]), none, "{a} trusts {b}");
    }
    // Children of a server that is not known may be its own.
    let stray = scope.replace("okta_auth_server.sso.id", "var.server").replace("NAME", "\"x:y\"");
    assert_eq!(found(&format!("{SERVER}{stray}"), &[]), none);
}

#[test]
fn groups_in_id_tokens_alone_are_a_reason_of_their_own() {
    let groups = "  name = \"groups\"\n  claim_type = \"IDENTITY\"\n  value_type = \"GROUPS\"\n  group_filter_type = \"EQUALS\"\n  value = \"a\"";
    assert_eq!(found(&claim(groups), &[]), ["custom-server-for-groups info"]);
    assert_eq!(found(&claim(groups), &["--licence", "ai-agents"]), ["custom-server-for-groups warning"]);
    let none: [&str; 0] = [];
    assert_eq!(found(&claim(&groups.replace("IDENTITY", "RESOURCE")), &[]), none, "groups in access tokens");
    let tenant = "  name = \"tenant\"\n  claim_type = \"IDENTITY\"\n  value = \"user.tenant\"";
    assert_eq!(found(&claim(tenant), &[]), none);
    let both = format!("{}{}", claim(groups), claim(tenant).replace(SERVER, "").replace("\"c\"", "\"d\""));
    assert_eq!(found(&both, &[]), none);
    let unknown =
        "  name = \"tenant\"\n  claim_type = \"IDENTITY\"\n  value = \"user.tenant\"\n  status = var.status";
    assert_eq!(found(&claim(unknown), &[]), none, "a claim that may be active");
    let inactive = "  name = \"tenant\"\n  claim_type = \"IDENTITY\"\n  value = \"user.tenant\"\n  status = \"INACTIVE\"";
    assert_eq!(found(&claim(inactive), &[]), ["unneeded-custom-server info"]);
}

#[test]
fn a_server_without_live_rules_is_dead_and_not_unneeded() {
    let off = SERVER.replace("name                 = \"users\"", "name = \"users\"\n  status = \"INACTIVE\"");
    assert_eq!(found(&off, &["--complete"]), ["dead-custom-server warning"]);
    assert_eq!(found(&off, &[]), ["dead-custom-server info"]);
}

#[test]
fn only_a_server_of_ones_own_can_be_given_up() {
    let none: [&str; 0] = [];
    let default = SERVER.replace(
        "resource \"okta_auth_server\" \"sso\" {\n  name      = \"sso\"\n  audiences = [\"api://sso\"]\n}",
        "resource \"okta_auth_server_default\" \"sso\" {\n}",
    );
    let default = default.replace("okta_auth_server.sso", "okta_auth_server_default.sso");
    assert_eq!(found(&default, &[]), none, "`default` cannot be deleted");
    let elsewhere = SERVER
        .replace("resource \"okta_auth_server\" \"sso\"", "data \"okta_auth_server\" \"sso\"")
        .replace("  audiences = [\"api://sso\"]\n", "")
        .replace("okta_auth_server.sso", "data.okta_auth_server.sso");
    assert_eq!(found(&elsewhere, &[]), none, "it is managed elsewhere");
    assert_eq!(with("name      = \"sso\"", "name = \"sso\"\n  status = \"INACTIVE\""), none);
}

#[test]
fn a_consumer_counts_for_its_own_server() {
    let other = "resource \"okta_auth_server\" \"o\" {\n  name = \"o\"\n  audiences = [\"api://o\"]\n}\n";
    let body = format!("{SERVER}{other}");
    let stated = |server: &str| {
        let config = format!("[[client]]\nname = \"api\"\nserver = \"{server}\"\nvalidates-locally = true\n");
        let folder = folder(&[("main.tf", &body), ("okta-lint.toml", &config)]);
        let output = run(folder.path(), &["check", ".", "--format", "json"]);
        output.lints().iter().any(|it| it == "unneeded-custom-server")
    };
    assert!(stated("o"));
    assert!(!stated("sso"));
}

#[test]
fn what_is_off_itself_relies_on_nothing() {
    let in_use = |files: &[(&str, &str)]| {
        let folder = folder(files);
        let output = run(folder.path(), &["check", ".", "--format", "json"]);
        output.lints().iter().any(|it| it == "inactive-server-in-use")
    };
    let trust = |status: &str| {
        format!(
            "resource \"okta_auth_server\" \"a\" {{\n  name = \"a\"\n  audiences = [\"api://a\"]\n  status = \"{status}\"\n}}\n\
             resource \"okta_auth_server\" \"b\" {{\n  name = \"b\"\n  audiences = [\"api://b\"]\n  status = \"INACTIVE\"\n}}\n\
             resource \"okta_trusted_server\" \"t\" {{\n  auth_server_id = okta_auth_server.a.id\n  trusted = [okta_auth_server.b.id]\n}}\n"
        )
    };
    assert!(in_use(&[("main.tf", &trust("ACTIVE"))]));
    assert!(!in_use(&[("main.tf", &trust("INACTIVE"))]));
    let servers = crate::snippets::server("").replace("ACTIVE", "INACTIVE");
    let connection = |status: &str, id: &str| {
        format!(
            r#"[{{"id":"mcn1","connectionType":"IDENTITY_ASSERTION_CUSTOM_AS","status":"{status}",
            "authorizationServer":{{"orn":"orn:okta:idp:00o1:authorization_servers:{id}"}}}}]"#
        )
    };
    let agent = |status: &str, id: &str| {
        in_use(&[
            ("authorizationServers.json", &servers),
            ("ai-agents/wlp1/connections.json", &connection(status, id)),
        ])
    };
    assert!(agent("ACTIVE", "aus1p8h3vNc6RsZ0y5d7"));
    assert!(!agent("INACTIVE", "aus1p8h3vNc6RsZ0y5d7"));
    assert!(!agent("ACTIVE", "aus9z9z9z9z9z9z9z9z9"), "another server");
}

#[test]
fn a_scope_without_a_name_may_be_a_custom_one() {
    let found = |scopes: &str| {
        let policy = r#"{"id":"00p1","type":"OAUTH_AUTHORIZATION_POLICY","name":"p","status":"ACTIVE","priority":1,"system":false,"conditions":{"clients":{"include":["0oa3m7x9rLw2KfJ8n5d7"]}},"rules":[{"id":"0pr1","type":"RESOURCE_ACCESS","name":"r","status":"ACTIVE","priority":1,"conditions":{"people":{"groups":{"include":["EVERYONE"]}},"grantTypes":{"include":["authorization_code"]},"scopes":{"include":["openid"]}},"actions":{"token":{"accessTokenLifetimeMinutes":60,"refreshTokenLifetimeMinutes":0,"refreshTokenWindowMinutes":10080}}}]}"#;
        let more = format!(r#","claims":[],"scopes":[{scopes}],"policies":[{policy}]"#);
        crate::found_in(
            &[("authorizationServers.json", &crate::snippets::server(&more))],
            "unneeded-custom-server",
        )
    };
    assert_eq!(found(""), crate::POSSIBLE);
    assert_eq!(found(r#"{"id":"scp1","name":null,"system":false}"#), crate::NONE);
}

/// The findings about an org without the licence, as `LINT certainty`.
fn unlicensed(files: &[(&str, &str)]) -> Vec<String> {
    let folder = folder(files);
    let output = run(folder.path(), &["check", ".", "--format", "json"]);
    let findings = output.findings();
    let told = findings.iter().filter(|it| it["level"] == "error" || it["lint"] == "unneeded-custom-server");
    told.map(|it| format!("{} {}", text(&it["lint"]), text(&it["certainty"]))).collect()
}

#[test]
fn an_org_without_the_licence_has_no_custom_server() {
    let in_org = |body: &str, licences: &str| {
        unlicensed(&[("main.tf", body), ("okta-lint.toml", &format!("[org]\n{licences}\n"))])
    };
    let without = |body: &str| in_org(body, "licences = [\"ai-agents\"]");
    let default = "resource \"okta_auth_server_default\" \"d\" {}\n";
    let found = ["unlicensed-custom-server definite"];
    let none: [&str; 0] = [];
    assert_eq!(without(default), found);
    assert_eq!(in_org(default, ""), none, "nothing is said");
    assert_eq!(in_org(default, "licences = [\"api-access-management\"]"), none);
    assert_eq!(without(&format!("{default}# \n").replace("{}", "{ status = \"INACTIVE\" }")), none);
    let some = default.replace("{}", "{ count = var.n }");
    assert_eq!(without(&format!("variable \"n\" {{}}\n{some}")), none, "it may not be there");
    assert_eq!(without(SERVER), ["unneeded-custom-server possible"], "with a way out");
    let restricted = SERVER.replace("[\"EVERYONE\"]", "[\"00g4b9t2kXm7QwE1z5d7\"]");
    assert_eq!(without(&restricted), found, "who that is, nobody knows");
    let scope = "resource \"okta_auth_server_scope\" \"s\" {\n  auth_server_id = okta_auth_server.sso.id\n  name = \"orders:read\"\n}\n";
    assert_eq!(without(&format!("{SERVER}{scope}")), ["custom-scope definite"], "told by what needs it");
    let stray = scope.replace("okta_auth_server.sso.id", "uuid()").replace("orders:read", "openid");
    assert_eq!(without(&stray), none, "it may be a server that is told elsewhere");
    let one_of_two = format!("{SERVER}{scope}{default}");
    assert_eq!(without(&one_of_two), ["custom-scope definite", "unlicensed-custom-server definite"]);
    let perhaps = scope.replace("name =", "count = length(uuid()) > 40 ? 1 : 0\n  name =");
    assert_eq!(without(&format!("{SERVER}{perhaps}")), found, "what may need it is not told");
    let looked_up =
        SERVER.replace("resource \"okta_auth_server\" \"sso\"", "data \"okta_auth_server\" \"sso\"");
    let looked_up = looked_up
        .replace("okta_auth_server.sso", "data.okta_auth_server.sso")
        .replace("audiences = [\"api://sso\"]", "");
    assert_eq!(without(&looked_up), found);
    assert_eq!(without("resource \"okta_app_oauth\" \"a\" {\n  label = \"a\"\n  type = \"web\"\n}\n"), none);
}

#[test]
fn clients_of_an_org_without_the_licence_ask_the_org_server() {
    let refused = r#"{"errorCode":"E0000015","errorSummary":"You do not have permission to access the feature you are requesting"}"#;
    let asking = |server: &str| {
        let table = format!("[[client]]\nname = \"Portal\"\nserver = \"{server}\"\nscopes = [\"openid\"]\n");
        unlicensed(&[("authorizationServers.json", refused), ("okta-lint.toml", &table)])
    };
    assert_eq!(asking("default"), ["unlicensed-custom-server definite"]);
    assert_eq!(asking("org"), [""; 0]);
    let spring = |host: &str| {
        let root = "provider \"okta\" {\n  org_name = \"acme\"\n  base_url = \"okta.com\"\n}\nresource \"okta_app_oauth\" \"a\" {\n  label = \"a\"\n  type = \"web\"\n}\n";
        let issuer = format!(
            "okta.oauth2.issuer=https://{host}/oauth2/aus1p8h3vNc6RsZ0y5d7\nokta.oauth2.client-id=0oa1\n"
        );
        let config = "[org]\nlicences = []\n";
        unlicensed(&[("main.tf", root), ("application.properties", &issuer), ("okta-lint.toml", config)])
    };
    assert_eq!(spring("acme.okta.com"), ["unlicensed-custom-server definite"]);
    assert_eq!(spring("globex.okta.com"), [""; 0], "another org");
    assert_eq!(spring("login.acme.com"), [""; 0], "nobody knows which");
    // The issuers of grants tell the host of an export.
    let apps = crate::snippets::answer("web", "\"authorization_code\"", "");
    let grants = r#"[{"id":"oag1","status":"ACTIVE","issuer":"https://acme.okta.com","clientId":"0oa3m7x9rLw2KfJ8n5d7","scopeId":"okta.users.read"}]"#;
    let properties = "okta.oauth2.issuer=https://acme.okta.com/oauth2/default\nokta.oauth2.client-id=0oa3m7x9rLw2KfJ8n5d7\n";
    let files = [
        ("apps.json", apps.as_str()),
        ("apps/0oa3m7x9rLw2KfJ8n5d7/grants.json", grants),
        ("authorizationServers.json", refused),
        ("application.properties", properties),
    ];
    assert_eq!(unlicensed(&files), ["unlicensed-custom-server definite"]);
    assert_eq!(unlicensed(&[files[0], files[2], files[3]]), [""; 0], "of which org it is, nobody knows");
}
