//! Keys and hosts.

use crate::snippets::{SERVER, USERS, app, policy, rule};
use crate::{NONE, POSSIBLE, found, found_in};

#[test]
fn two_hosts_are_two_modes_that_do_not_change() {
    let lint = "issuer-host-mismatch";
    let body = |app_mode: &str, server_mode: &str| {
        let mode =
            |it: &str| if it.is_empty() { String::new() } else { format!("  issuer_mode = \"{it}\"\n") };
        let server =
            SERVER.replace("name      = \"orders\"", &format!("name = \"orders\"\n{}", mode(server_mode)));
        let portal = app("portal", &mode(app_mode));
        format!("{portal}{server}{}{}", policy("okta_app_oauth.portal.client_id"), rule("r", 1, USERS))
    };
    for (app, server, expected) in [
        ("ORG_URL", "CUSTOM_URL", &POSSIBLE[..]),
        ("CUSTOM_URL", "ORG_URL", &POSSIBLE[..]),
        ("CUSTOM_URL", "CUSTOM_URL", &NONE[..]),
        ("", "CUSTOM_URL", &POSSIBLE[..]),
        ("CUSTOM_URL", "", &POSSIBLE[..]),
        ("", "", &NONE[..]),
        ("DYNAMIC", "CUSTOM_URL", &NONE[..]),
        ("ORG_URL", "DYNAMIC", &NONE[..]),
    ] {
        assert_eq!(found(&body(app, server), lint), expected, "{app}, {server}");
    }
    let off = body("ORG_URL", "CUSTOM_URL").replace("label =", "status = \"INACTIVE\"\n  label =");
    assert_eq!(found(&off, lint), NONE);
}

#[test]
fn an_answer_that_leaves_the_host_out_says_nothing() {
    let apps = |mode: &str| crate::snippets::answer("web", "\"authorization_code\"", mode);
    let servers = crate::snippets::server(
        r#","issuerMode":"CUSTOM_URL","policies":[{"id":"00p1","type":"OAUTH_AUTHORIZATION_POLICY","name":"p","status":"ACTIVE","priority":1,"system":false,"conditions":{"clients":{"include":["0oa3m7x9rLw2KfJ8n5d7"]}}}]"#,
    );
    let found = |mode: &str| {
        found_in(
            &[("apps.json", &apps(mode)), ("authorizationServers.json", &servers)],
            "issuer-host-mismatch",
        )
    };
    assert_eq!(found(r#","issuer_mode":"ORG_URL""#), POSSIBLE);
    assert_eq!(found(""), NONE);
}
