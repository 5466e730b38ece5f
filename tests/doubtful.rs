//! What may have no instance, or may be switched off, proves nothing: the bad
//! examples of the pages, with one block after another under a `count` that is not
//! known, or of a status that is not.

mod common;

#[path = "common/examples.rs"]
mod examples;

use std::fmt::Write as _;

use examples::{Example, Kind, examples, in_json_syntax};
use okta_lint::lints;
use serde_json::Value;

/// Lints that are right with the block and without it, and say it of one only.
const EITHER_WAY: [(&str, &str); 5] = [
    // A scope that is not there is another finding.
    ("claim-never-emitted", "okta_auth_server_scope"),
    ("scope-not-admitted", "okta_auth_server_scope"),
    // Without its only rule the server issues nothing: another finding.
    ("claim-never-emitted", "okta_auth_server_policy_rule"),
    ("dead-custom-server", "okta_auth_server_policy_rule"),
    // It is about the day that has passed.
    ("expired-allow", "okta_auth_server_scope"),
];

/// Those that are right whether it is switched off or not, for one reason or another.
const ON_OR_OFF: [(&str, &str); 6] = [
    // Without a rule that takes part the server issues nothing: another finding.
    ("claim-never-emitted", "okta_auth_server_policy"),
    ("claim-never-emitted", "okta_auth_server_policy_rule"),
    ("dead-custom-server", "okta_auth_server_policy"),
    ("policy-without-rule", "okta_auth_server_policy"),
    ("policy-without-rule", "okta_auth_server_policy_rule"),
    ("expired-allow", "okta_auth_server"),
];

/// The types of resources that have a status.
const WITH_STATUS: [&str; 7] = [
    "okta_app_oauth",
    "okta_auth_server",
    "okta_auth_server_claim",
    "okta_auth_server_default",
    "okta_auth_server_policy",
    "okta_auth_server_policy_rule",
    "okta_inline_hook",
];

#[test]
fn what_may_have_no_instance_proves_nothing() {
    let (tried, wrong) = try_all(|lint, example, (kind, name)| {
        let doubtful = is_definite(example, lint, |root| {
            root["resource"][kind][name]["count"] = "${length(uuid()) > 40 ? 1 : 0}".into();
            through_splat(root, &format!("{kind}.{name}"))
        });
        let without = || {
            is_definite(example, lint, |root| {
                root["resource"][kind].as_object_mut().expect("resources of a type").remove(name);
                root.to_string()
            })
        };
        doubtful && !EITHER_WAY.contains(&(lint, kind)) && !without()
    });
    assert!(tried > 200, "{tried} blocks");
    assert_eq!(wrong, Vec::<String>::new());
}

#[test]
fn what_may_be_switched_off_proves_nothing() {
    let (tried, wrong) = try_all(|lint, example, (kind, name)| {
        let with_status = |status: &str| {
            is_definite(example, lint, |root| {
                root["resource"][kind][name]["status"] = status.into();
                root.to_string()
            })
        };
        let may_be_off = WITH_STATUS.contains(&kind) && !ON_OR_OFF.contains(&(lint, kind));
        may_be_off && with_status("${uuid()}") && !with_status("INACTIVE")
    });
    assert!(tried > 200, "{tried} blocks");
    assert_eq!(wrong, Vec::<String>::new());
}

/// Tries each resource of each bad example: how many there are, and those that
/// are wrong.
fn try_all(is_wrong: impl Fn(&'static str, &Example, (&str, &str)) -> bool) -> (usize, Vec<String>) {
    let (mut tried, mut wrong) = (0, Vec::new());
    for lint in lints::all().iter().filter(|it| it.is_optional()) {
        let in_toml = |it: &Example| it.languages.iter().any(|it| it == "toml");
        for example in examples(lint.page).iter().filter(|it| it.kind == Kind::Bad && in_toml(it)) {
            for (kind, name) in resources(example) {
                tried += 1;
                if is_wrong(lint.name, example, (&kind, &name)) {
                    wrong.push(format!("{}: {kind}.{name}", lint.name));
                }
            }
        }
    }
    (tried, wrong)
}

/// The types and names of the resources of an example.
fn resources(example: &Example) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for (name, body) in example.files.iter().map(in_json_syntax).filter(|it| it.0.ends_with(".tf.json")) {
        let root: Value = serde_json::from_str(&body).unwrap_or_else(|error| panic!("{name}: {error}"));
        for (kind, names) in root["resource"].as_object().into_iter().flatten() {
            let names = names.as_object().into_iter().flatten();
            found.extend(names.map(|(name, _)| (kind.clone(), name.clone())));
        }
    }
    found
}

/// Whether a lint is certain about an example that is changed so.
fn is_definite(example: &Example, lint: &str, change: impl Fn(&mut Value) -> String) -> bool {
    let folder = example.folder(|file| {
        let (name, body) = in_json_syntax(file);
        if !name.ends_with(".tf.json") {
            return (name, body);
        }
        let mut root: Value = serde_json::from_str(&body).expect("JSON");
        (name, change(&mut root))
    });
    let output = common::run(folder.path(), &["check", ".", "--format", "json"]);
    output.findings().iter().any(|it| it["lint"] == lint && it["certainty"] == "definite")
}

/// The text of a file in which what refers to a block does so through a splat.
fn through_splat(root: &Value, address: &str) -> String {
    let text = root.to_string();
    let opening = format!("${{{address}.");
    let mut parts = text.split(&opening);
    let mut whole = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let (attribute, rest) = part.split_once('}').expect("the end of a template");
        write!(whole, "${{one({address}[*].{attribute})}}{rest}").expect("a text takes all");
    }
    whole
}
