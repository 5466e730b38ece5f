//! What is switched off breaks nothing: the bad examples of the pages, with one
//! kind of object inactive.

mod common;

#[path = "common/examples.rs"]
mod examples;

use std::collections::BTreeSet;

use examples::{Kind, examples, in_json_syntax};
use okta_lint::lints;

/// The kinds of objects that have a status, and their types.
const KINDS: [(&str, &[&str]); 6] = [
    ("app", &["okta_app_oauth"]),
    ("server", &["okta_auth_server", "okta_auth_server_default"]),
    ("policy", &["okta_auth_server_policy"]),
    ("rule", &["okta_auth_server_policy_rule"]),
    ("claim", &["okta_auth_server_claim"]),
    ("hook", &["okta_inline_hook"]),
];

/// Lints that speak all the same, and of what.
const STILL: [(&str, &[&str]); 23] = [
    // What is left of a server is enough: a rule of its own, or a scope.
    ("access-policy", &["app"]),
    ("custom-claim", &["claim"]), // `sub`, which has no status
    ("machine-to-machine", &["app", "policy", "rule", "server"]),
    ("on-behalf-of-exchange", &["app"]),
    ("okta-scope-on-custom-server", &["server"]), // Okta refuses to make it
    ("unknown-client", &["app", "rule"]),
    ("unknown-scope", &["app"]),
    // What is off is missing, which is the finding.
    ("client-in-no-policy", &["rule"]),
    ("consent-without-custom-server", &["policy", "rule", "server"]),
    ("dead-custom-server", &["rule"]),
    ("exchange-without-rule", &["policy", "rule", "server"]),
    ("grant-nobody-has", &["app"]),
    ("m2m-without-custom-server", &["policy", "rule", "server"]),
    ("unused-allow", &["server"]),
    ("unreachable-token-hook", &["policy", "rule", "server"]),
    ("untrusted-exchange", &["app", "policy", "rule"]),
    // A server without rules costs as much as one with them.
    ("unlicensed-custom-server", &["policy", "rule"]),
    // A rule that runs a hook that is off, whatever else it is.
    ("inactive-hook", &["hook"]),
    ("wrong-hook-type", &["hook"]),
    // It is of the org server.
    ("grant-issuer-not-org", &["server"]),
    // What a server writes into `aud` does not turn on its rules.
    ("unknown-audience", &["policy", "rule"]),
    // The hosts of ID tokens and of access tokens differ without rules too.
    ("issuer-host-mismatch", &["rule"]),
    // Okta refuses it whether it is active or not.
    ("malformed-audience", &["server"]),
];

#[test]
fn what_is_switched_off_breaks_nothing() {
    let mut found: BTreeSet<(&str, &str)> = BTreeSet::new();
    for lint in lints::all().iter().filter(|it| it.is_optional()) {
        let in_toml = |it: &examples::Example| it.languages.iter().any(|it| it == "toml");
        for example in examples(lint.page).iter().filter(|it| it.kind == Kind::Bad && in_toml(it)) {
            let has =
                |types: &[&str]| example.files.iter().any(|it| types.iter().any(|kind| holds(&it.1, kind)));
            for (kind, types) in KINDS.into_iter().filter(|it| has(it.1)) {
                let folder = example.folder(|file| switched_off(&in_json_syntax(file), types));
                let output = common::run(folder.path(), &["check", ".", "--format", "json"]);
                if output.lints().iter().any(|it| it == lint.name) {
                    found.insert((lint.name, kind));
                }
            }
        }
    }
    let still: BTreeSet<(&str, &str)> =
        STILL.iter().flat_map(|(lint, kinds)| kinds.iter().map(move |kind| (*lint, *kind))).collect();
    assert_eq!(found, still);
}

fn holds(body: &str, kind: &str) -> bool {
    body.contains(&format!("resource.{kind}."))
}

/// A file of Terraform with all resources of some types inactive; others as they are.
fn switched_off((name, body): &(String, String), types: &[&str]) -> (String, String) {
    if !name.ends_with(".tf.json") {
        return (name.clone(), body.clone());
    }
    let mut root: serde_json::Value = serde_json::from_str(body).expect("JSON");
    for kind in types {
        let resources = root["resource"][kind].as_object_mut().into_iter().flatten();
        for (_, resource) in resources {
            resource["status"] = "INACTIVE".into();
        }
    }
    (name.clone(), root.to_string())
}
