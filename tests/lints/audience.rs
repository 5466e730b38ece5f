//! Audiences.

use crate::snippets::{SERVER, app};
use crate::{DEFINITE, NONE, POSSIBLE, found};

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
