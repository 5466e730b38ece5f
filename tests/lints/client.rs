//! Clients.

use crate::snippets::{answer, app};
use crate::{DEFINITE, NONE, POSSIBLE, found, found_in};

#[test]
fn a_secret_that_nobody_wrote_is_one_of_the_provider() {
    let lint = "secret-in-public-client";
    assert_eq!(found(&app("shop", "  type = \"browser\""), lint), DEFINITE);
    assert_eq!(found(&app("shop", "  type = \"web\""), lint), NONE);
    let ignored =
        "  type = \"browser\"\n  lifecycle {\n    ignore_changes = [token_endpoint_auth_method]\n  }";
    assert_eq!(found(&app("shop", ignored), lint), NONE, "what it is by now, nobody knows");
    let none = "  type = \"browser\"\n  token_endpoint_auth_method = \"none\"";
    assert_eq!(found(&app("shop", none), lint), NONE);
    let method = r#""token_endpoint_auth_method":"none","#;
    let cut = answer("browser", "\"authorization_code\"", "").replace(method, "");
    assert_eq!(found_in(&[("apps.json", &cut)], lint), POSSIBLE, "an answer always says it");
    let secret =
        answer("browser", "\"authorization_code\"", "").replace("\"none\"", "\"client_secret_post\"");
    assert_eq!(found_in(&[("apps.json", &secret)], lint), DEFINITE);
}

#[test]
fn a_key_is_missing_only_where_its_list_is_there() {
    let lint = "key-auth-without-key";
    let of = |keys: &str| {
        let grants = "\"client_credentials\"";
        answer("service", grants, keys).replace("\"none\"", "\"private_key_jwt\"")
    };
    let empty = of(r#","jwks":{"keys":[]}"#);
    let found = |body: &str| found_in(&[("apps.json", body)], lint);
    assert_eq!(found(&empty), DEFINITE);
    assert_eq!(found(&of("")), POSSIBLE, "an answer without the list");
    let id = r#""id":"0oa3m7x9rLw2KfJ8n5d7","#;
    assert_eq!(found(&empty.replacen(id, "", 1)), POSSIBLE, "a request without an id");
    let key = |status: &str| {
        of(&format!(
            r#","jwks":{{"keys":[{{"kty":"RSA","e":"AQAB","n":"x","kid":"a","status":"{status}"}}]}}"#
        ))
    };
    assert_eq!(found(&key("INACTIVE")), DEFINITE);
    assert_eq!(found(&key("ACTIVE")), NONE);
    assert_eq!(found(&of(r#","jwks_uri":"https://job.example.com/keys""#)), NONE);
}

#[test]
fn a_wildcard_is_refused_or_open_by_a_switch() {
    let levels = |switch: &str| {
        let body = app("portal", &format!("  redirect_uris = [\"https://*.example.com/cb\"]\n{switch}"));
        let findings = crate::check(&[("main.tf", &body)]).findings();
        let all = findings.iter().filter(|it| it["lint"] == "wildcard-redirect");
        all.map(|it| format!("{} {}", crate::text(&it["level"]), crate::text(&it["certainty"])))
            .collect::<Vec<_>>()
    };
    assert_eq!(levels(""), ["error definite"]);
    assert_eq!(levels("  wildcard_redirect = \"DISABLED\""), ["error definite"]);
    assert_eq!(levels("  wildcard_redirect = \"SUBDOMAIN\""), ["warning definite"]);
    assert_eq!(levels("  wildcard_redirect = var.wildcards"), ["info possible"], "either is wrong");
}

#[test]
fn a_star_is_a_wildcard_in_the_first_label_of_a_host_only() {
    let found = |uri: &str, switch: &str| {
        let body = app("portal", &format!("  redirect_uris = [\"{uri}\"]\n{switch}"));
        found(&body, "wildcard-redirect")
    };
    let on = "  wildcard_redirect = \"SUBDOMAIN\"";
    for uri in ["https://app.example.com/callback?to=*", "https://app.*.com/callback"] {
        assert_eq!(found(uri, ""), POSSIBLE, "{uri}");
        assert_eq!(found(uri, on), POSSIBLE, "{uri}");
    }
    assert_eq!(found("https://app-*.example.com/callback", on), DEFINITE);
}

#[test]
fn what_is_no_app_of_ones_own_is_left_alone() {
    let named = |name: &str| {
        let answer = answer("web", "\"authorization_code\", \"password\"", "");
        found_in(&[("apps.json", &answer.replace("oidc_client", name))], "password-grant")
    };
    assert_eq!(named("oidc_client"), DEFINITE);
    assert_eq!(named("okta_enduser"), NONE, "Okta's own");
    assert_eq!(named("saasure"), NONE, "Okta's own, too");
    assert_eq!(named("slack"), NONE, "of the integration network");
    let preconfigured = |name: &str| {
        let arguments = format!("  grant_types = [\"password\"]\n  preconfigured_app = {name}");
        found(&app("portal", &arguments), "password-grant")
    };
    assert_eq!(preconfigured("null"), DEFINITE);
    assert_eq!(preconfigured("\"\""), DEFINITE, "to the provider it is none");
    assert_eq!(preconfigured("\"slack\""), NONE);
    assert_eq!(preconfigured("uuid()"), NONE, "not known");
}

#[test]
fn what_never_redeems_a_code_needs_no_pkce() {
    let lint = "public-client-without-pkce";
    let public = "  token_endpoint_auth_method = \"none\"\n  pkce_required = false";
    assert_eq!(found(&app("shop", public), lint), DEFINITE);
    let machine = format!("{public}\n  type = \"service\"\n  grant_types = [\"client_credentials\"]");
    assert_eq!(found(&app("shop", &machine), lint), NONE);
    let unknown = format!("{public}\n  grant_types = uuid()");
    assert_eq!(found(&app("shop", &unknown), lint), DEFINITE);
}

#[test]
fn an_empty_address_is_none() {
    let keyless = "  type = \"service\"\n  grant_types = [\"client_credentials\"]\n  token_endpoint_auth_method = \"private_key_jwt\"";
    let with =
        |uri: &str| found(&app("job", &format!("{keyless}\n  jwks_uri = {uri}")), "key-auth-without-key");
    assert_eq!(with("\"\""), DEFINITE);
    assert_eq!(with("\"https://job.example.com/keys\""), NONE);
    assert_eq!(with("uuid()"), NONE);
}

#[test]
fn a_redirect_uri_may_stand_by_itself_or_be_known_in_part() {
    let lint = "plain-http-redirect";
    let with = |uri: &str| found(&app("portal", &format!("  redirect_uris = [\"{uri}\"]")), lint);
    assert_eq!(with("http://app.example.com/${uuid()}"), DEFINITE);
    assert_eq!(with("http://${uuid()}/callback"), NONE, "it may be this machine");
    assert_eq!(with("${uuid()}://app.example.com/callback"), NONE);
    let wildcard =
        |uri: &str| found(&app("portal", &format!("  redirect_uris = [\"{uri}\"]")), "wildcard-redirect");
    assert_eq!(wildcard("https://*.${uuid()}.example.com/callback"), DEFINITE);
    assert_eq!(wildcard("https://${uuid()}.example.com/callback"), NONE);
    let of = |app_id: &str, arguments: &str| {
        let uri = format!(
            "resource \"okta_app_oauth_redirect_uri\" \"more\" {{\n  app_id = {app_id}\n  uri = \"http://app.example.com/callback\"\n}}\n"
        );
        found(&format!("{}{uri}", app("portal", arguments)), lint)
    };
    let portal = "okta_app_oauth.portal.id";
    assert_eq!(of(portal, ""), DEFINITE);
    assert_eq!(of(portal, "  lifecycle {\n    ignore_changes = [redirect_uris]\n  }"), DEFINITE);
    assert_eq!(of("\"0oa9z9z9z9z9z9z9z9z9\"", ""), NONE, "that of another app");
    assert_eq!(of(portal, "  type = \"native\""), NONE);
}
