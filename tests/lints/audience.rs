//! Audiences.

use crate::common::text;
use crate::snippets::{SERVER, app};
use crate::{DEFINITE, NONE, POSSIBLE, check, found, found_in};

/// The server of the snippets with another audience.
fn of(audience: &str) -> String {
    SERVER.replace("api://orders", audience)
}

#[test]
fn an_audience_is_a_client_by_its_id_or_by_the_shape_of_one() {
    let lint = "audience-is-client-id";
    let portal = app("portal", "  client_id = \"portal\"");
    assert_eq!(found(&format!("{portal}{}", of("portal")), lint), DEFINITE);
    assert_eq!(found(&format!("{portal}{}", of("orders")), lint), NONE);
    assert_eq!(found(&of("0oa3m7x9rLw2KfJ8n5d7"), lint), DEFINITE, "an id of no app that is here");
    let off = of("portal").replace("name      = \"orders\"", "name = \"orders\"\n  status = \"INACTIVE\"");
    assert_eq!(found(&format!("{portal}{off}"), lint), NONE, "it issues nothing");
}

#[test]
fn two_servers_share_an_audience_while_both_are_active() {
    let lint = "shared-audience";
    let other = |audience: &str, more: &str| {
        format!(
            "resource \"okta_auth_server\" \"b\" {{\n  name = \"billing\"\n  audiences = [\"{audience}\"]\n{more}\n}}\n"
        )
    };
    assert_eq!(found(&format!("{SERVER}{}", other("api://orders", "")), lint), POSSIBLE);
    assert_eq!(found(&format!("{SERVER}{}", other("api://billing", "")), lint), NONE);
    let off = other("api://orders", "  status = \"INACTIVE\"");
    assert_eq!(found(&format!("{SERVER}{off}"), lint), NONE);
    assert_eq!(found(&of("api://default"), lint), POSSIBLE, "that of the server called `default`");
}

/// The certainty and the help of findings about audiences that no token has.
fn insisting(files: &[(&str, &str)]) -> Vec<String> {
    let servers = r#"[{"id":"aus1p8h3vNc6RsZ0y5d7","name":"orders","audiences":["api://orders"],"issuer":"https://acme.okta.com/oauth2/aus1p8h3vNc6RsZ0y5d7","status":"ACTIVE","default":false},
        {"id":"aus2p8h3vNc6RsZ0y5d7","name":"billing","audiences":["api://billing"],"issuer":"https://acme.okta.com/oauth2/aus2p8h3vNc6RsZ0y5d7","status":"ACTIVE","default":false}]"#;
    let all = [&[("authorizationServers.json", servers)], files].concat();
    let findings = check(&all).findings();
    let told = findings.iter().filter(|it| it["lint"] == "unknown-audience");
    let help =
        |it: &serde_json::Value| text(&it["help"]).split([',', ':']).next().unwrap_or_default().to_owned();
    told.map(|it| format!("{} {}", text(&it["certainty"]), help(it))).collect()
}

#[test]
fn whoever_insists_on_an_audience_asks_the_server_that_has_it() {
    let stated = |server: &str, audience: &str| {
        let table = format!("[[client]]\nname = \"API\"\nserver = \"{server}\"\naudience = \"{audience}\"\n");
        insisting(&[("apps.json", "[]"), ("okta-lint.toml", &table)])
    };
    assert_eq!(stated("orders", "api://orders"), NONE);
    assert_eq!(stated("orders", "api://billing"), ["definite ask server `billing`"]);
    assert_eq!(stated("orders", "api://other"), ["definite insist on `api"]);
    assert_eq!(stated("org", "api://other"), NONE, "another finding");
    assert_eq!(stated("orders", "0oa3m7x9rLw2KfJ8n5d7"), NONE, "an ID token");
    let table = "[[client]]\nname = \"API\"\nserver = \"orders\"\naudience = \"grafana\"\n";
    assert_eq!(insisting(&[("okta-lint.toml", table)]), NONE, "that it needs an audience is certain");
    let licensed = format!("[org]\nlicences = [\"api-access-management\"]\n{table}");
    let perhaps = insisting(&[("okta-lint.toml", &licensed)]);
    assert_eq!(perhaps, ["possible insist on `api"], "a client may be called so");
    let issuer = "https://acme.okta.com/oauth2/aus1p8h3vNc6RsZ0y5d7";
    let mesh = |audiences: &str| {
        let rules = format!("spec:\n  jwtRules:\n    - issuer: {issuer}\n      audiences: [{audiences}]\n");
        insisting(&[("mesh.yaml", &rules)])
    };
    assert_eq!(mesh("\"api://other\""), ["definite insist on `api"]);
    assert_eq!(mesh("\"api://other\", \"api://orders\""), NONE, "one of them");
    assert_eq!(mesh(""), NONE);
    let env = format!("ORDERS_ISSUER={issuer}\nORDERS_AUDIENCE=api://other\n");
    assert_eq!(insisting(&[(".env", &env)]), ["possible insist on `api"], "names only suggest it");
}

#[test]
fn an_audience_that_is_not_known_may_be_the_one() {
    let insisting = |arguments: &str, status: &str| {
        let server = format!(
            "resource \"okta_auth_server\" \"orders\" {{\n  name = \"orders\"\n{arguments}\n{status}\n}}\n"
        );
        let table = "[[client]]\nname = \"API\"\nserver = \"orders\"\naudience = \"api://other\"\n";
        let files = [("main.tf", server.as_str()), ("okta-lint.toml", table)];
        found_in(&files, "unknown-audience")
    };
    assert_eq!(insisting("  audiences = [\"api://orders\"]", ""), ["definite"]);
    assert_eq!(insisting("  audiences = [uuid()]", ""), NONE);
    assert_eq!(insisting("  audiences = uuid()", ""), NONE);
    assert_eq!(insisting("", ""), NONE);
    assert_eq!(insisting("  audiences = [\"api://orders\"]", "  status = \"INACTIVE\""), NONE);
}

#[test]
fn servers_of_one_name_are_told_by_their_addresses() {
    let message = |name: &str| {
        let server = |address: &str, name: &str| {
            format!(
                "resource \"okta_auth_server\" \"{address}\" {{\n  name = \"{name}\"\n  audiences = [\"api://orders\"]\n}}\n"
            )
        };
        let body = format!("{}{}", server("a", "orders"), server("b", name));
        let findings = check(&[("main.tf", &body)]).findings();
        let told = findings.iter().find(|it| it["lint"] == "shared-audience").expect("it is found");
        text(&told["message"])
    };
    assert_eq!(message("billing"), "servers `orders` and `billing` have one audience");
    assert_eq!(message("orders"), "servers `okta_auth_server.a` and `okta_auth_server.b` have one audience");
}
