//! Scopes that are not there.

use crate::snippets::{SERVER, policy, rule};
use crate::{DEFINITE, NONE, POSSIBLE, check, claim, found, found_in};

/// The server of the snippets with a rule that names scopes.
fn naming(scopes: &str) -> String {
    let arguments =
        format!("  grant_type_whitelist = [\"authorization_code\"]\n  scope_whitelist = [{scopes}]");
    format!("{SERVER}{}{}", policy("\"ALL_CLIENTS\""), rule("r", 1, &arguments))
}

#[test]
fn a_scope_is_unknown_where_all_scopes_are_known() {
    let lint = "unknown-scope";
    let part = |body: &str| found_in(&[("main.tf", body)], lint);
    let other = naming("\"orders:write\"");
    assert_eq!(found(&other, lint), DEFINITE);
    assert_eq!(part(&other), POSSIBLE, "another root may make it");
    assert_eq!(found(&naming("\"orders:read\""), lint), NONE);
    assert_eq!(part(&naming("\"orders.id\"")), POSSIBLE, "a name that ends like an id");
    for name in ["openid", "*", "groups", "offline_access", "device_sso"] {
        assert_eq!(found(&naming(&format!("\"{name}\"")), lint), NONE, "{name}");
    }
    assert_eq!(found(&naming("\"okta.myAccount.profile.read\""), lint), POSSIBLE);
    let unnamed = SERVER.replace("\"orders:read\"", "var.scope");
    assert_eq!(found(&other.replace(SERVER, &unnamed), lint), NONE, "it may be that one");
    let bare = &SERVER[..SERVER.find("resource \"okta_auth_server_scope\"").expect("a scope")];
    assert_eq!(found(&other.replace(SERVER, bare), lint), DEFINITE);
    assert_eq!(part(&other.replace(SERVER, bare)), NONE, "all scopes are made elsewhere");
    let of_claim = |arguments: &str| {
        let claim = claim(
            "tenant",
            &format!("  value = \"user.tenant\"\n  scopes = [\"orders:write\"]\n{arguments}"),
        );
        found(&format!("{SERVER}{claim}"), lint)
    };
    assert_eq!(of_claim(""), DEFINITE);
    assert_eq!(of_claim("  status = \"INACTIVE\""), NONE);
}

#[test]
fn a_near_name_is_suggested() {
    let help = |scope: &str| {
        let findings = check(&[("main.tf", &naming(&format!("\"{scope}\"")))]).findings();
        let it = findings.iter().find(|it| it["lint"] == "unknown-scope").expect("it is found");
        it["help"].as_str().unwrap_or_default().to_owned()
    };
    assert!(help("orders:raed").starts_with("did you mean `orders:read`?"));
    assert!(help("order:reed").starts_with("did you mean `orders:read`?"), "a third of it");
    assert!(help("ordr:rd").starts_with("create the scope"), "more than a third");
    assert!(help("billing:write").starts_with("create the scope"));
}

#[test]
fn the_id_of_a_scope_is_not_its_name() {
    assert_eq!(found(&naming("okta_auth_server_scope.read.id"), "unknown-scope"), DEFINITE);
    assert_eq!(found(&naming("okta_auth_server_scope.read.name"), "unknown-scope"), NONE);
}
