//! Grants of Okta's own scopes.

use crate::snippets::{SERVER, app, job, policy, rule};
use crate::{DEFINITE, NONE, POSSIBLE, check, found};

/// A grant of a scope of Okta's APIs to an app.
fn granted(app: &str, arguments: &str) -> String {
    let issuer = if arguments.contains("issuer") { "" } else { "  issuer = \"https://acme.okta.com\"\n" };
    format!(
        "resource \"okta_app_oauth_api_scope\" \"g\" {{\n  app_id = okta_app_oauth.{app}.id\n{issuer}  scopes = [\"okta.users.read\"]\n{arguments}\n}}\n"
    )
}

#[test]
fn an_issuer_with_the_id_of_a_server_is_not_the_org() {
    for (issuer, expected) in [
        ("https://acme.okta.com", &NONE[..]),
        ("https://acme.okta.com/", &NONE[..]),
        ("https://acme.okta.com/oauth2/v1", &NONE[..]),
        ("https://acme.okta.com/oauth2/", &NONE[..]),
        ("https://acme.okta.com/oauth2/default", &DEFINITE[..]),
        ("https://acme.okta.com/oauth2/aus1p8h3vNc6RsZ0y5d7", &DEFINITE[..]),
        ("https://${uuid()}.okta.com/oauth2/default", &DEFINITE[..]),
        ("https://acme.okta.com/oauth2/${okta_auth_server.orders.id}", &DEFINITE[..]),
        ("https://acme.okta.com/oauth2/${uuid()}", &NONE[..]),
        ("https://${uuid()}", &NONE[..]),
    ] {
        let body = format!("{}{SERVER}{}", job(), granted("job", &format!("  issuer = \"{issuer}\"")));
        assert_eq!(found(&body, "grant-issuer-not-org"), expected, "{issuer}");
    }
}

#[test]
fn oktas_apis_take_a_key_of_a_service_app() {
    let lint = "okta-grant-without-key-auth";
    let service = |method: &str| {
        let grants = "  type = \"service\"\n  grant_types = [\"client_credentials\"]\n  response_types = [\"token\"]\n  redirect_uris = []\n";
        app("job", &format!("{grants}{method}"))
    };
    let secret = service("  token_endpoint_auth_method = \"client_secret_post\"");
    assert_eq!(found(&format!("{secret}{}", granted("job", "")), lint), DEFINITE);
    assert_eq!(found(&format!("{}{}", service(""), granted("job", "")), lint), DEFINITE, "by default");
    assert_eq!(found(&secret, lint), NONE, "nothing is granted");
    let signals = granted("job", "").replace("okta.users.read", "ssf.manage");
    assert_eq!(found(&format!("{secret}{signals}"), lint), DEFINITE, "shared signals are Okta's too");
    let my_account = granted("job", "").replace("okta.users.read", "okta.myAccount.profile.read");
    assert_eq!(found(&format!("{secret}{my_account}"), lint), NONE, "no scope of Okta's APIs");
    assert_eq!(found(&format!("{}{}", job(), granted("job", "")), lint), NONE, "it has a key");
    let unknown = service("  token_endpoint_auth_method = var.method");
    assert_eq!(found(&format!("{unknown}{}", granted("job", "")), lint), NONE);
}

#[test]
fn an_interactive_app_uses_oktas_scopes_for_its_users() {
    let lint = "okta-grant-on-interactive-app";
    let portal = |grants: &str| {
        let app = app("portal", &format!("  type = \"web\"\n  grant_types = [{grants}]"));
        format!("{app}{}", granted("portal", ""))
    };
    let machine = "\"client_credentials\"";
    assert_eq!(found(&portal(machine), lint), DEFINITE);
    assert_eq!(found(&portal("\"authorization_code\", \"client_credentials\""), lint), POSSIBLE);
    assert_eq!(found(&portal("\"authorization_code\""), lint), NONE);
    let device = "\"urn:ietf:params:oauth:grant-type:device_code\", \"client_credentials\"";
    assert_eq!(found(&portal(device), lint), POSSIBLE, "an administrator signs in");
    assert_eq!(found(&portal("\"client_credentials\", \"refresh_token\""), lint), DEFINITE);
    let policy = policy("okta_app_oauth.portal.client_id");
    let admits = |grant: &str| {
        let arguments = format!("  grant_type_whitelist = [{grant}]\n  scope_whitelist = [\"orders:read\"]");
        format!("{}{SERVER}{policy}{}", portal(machine), rule("r", 1, &arguments))
    };
    assert_eq!(found(&admits(machine), lint), NONE, "the grant is for a custom server");
    assert_eq!(found(&admits("\"authorization_code\""), lint), DEFINITE);
    assert_eq!(found(&admits("var.grant"), lint), NONE, "it may be for a custom server");
}

#[test]
fn a_service_app_needs_a_role_beside_its_grants() {
    let lint = "service-app-without-role";
    let body = format!("{}{}", job(), granted("job", ""));
    assert_eq!(found(&body, lint), POSSIBLE);
    let role = "resource \"okta_app_oauth_role_assignment\" \"r\" {\n  client_id = okta_app_oauth.job.client_id\n  type = \"READ_ONLY_ADMIN\"\n}\n";
    assert_eq!(found(&format!("{body}{role}"), lint), NONE);
    let off = body.replace("label =", "status = \"INACTIVE\"\n  label =");
    assert_eq!(check(&[("main.tf", &off)]).lints(), NONE);
}
