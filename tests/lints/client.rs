//! Clients.

use crate::snippets::{answer, app};
use crate::{DEFINITE, NONE, POSSIBLE, found, found_in};

#[test]
fn a_secret_that_nobody_wrote_is_one_of_the_provider() {
    let lint = "secret-in-public-client";
    assert_eq!(found(&app("shop", "  type = \"browser\""), lint), DEFINITE);
    assert_eq!(found(&app("shop", "  type = \"web\""), lint), NONE);
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
