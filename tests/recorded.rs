//! Each lint in plans and states: those of the pages' examples, as the real
//! Terraform makes them.
//!
//! They are recorded in `fixtures/recorded`, a folder for each lint and kind of
//! example, so they are checked everywhere. `BLESS=1` makes those anew whose
//! example has changed, where `terraform` and the stand-in provider are at hand.

mod common;

#[path = "common/examples.rs"]
mod examples;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use examples::{Example, Kind, examples, in_json_syntax};
use okta_lint::lint::Lint;
use okta_lint::lints;
use sha2::{Digest as _, Sha256};

/// Lints of what Terraform refuses to plan.
const REFUSED: [&str; 2] = ["syntax-error", "wrong-type"];

/// Lints of what no resource of the provider has.
const JSON_ONLY: [&str; 4] =
    ["ai-agent-exchange", "encrypted-access-token", "jwt-bearer-without-rule", "unreadable-file"];

const FILES: [&str; 2] = ["plan.json", "state.json"];

/// A bad and a good example of each lint that a plan can show.
fn recorded() -> Vec<(&'static Lint, Example)> {
    let skipped = |lint: &Lint| REFUSED.contains(&lint.name) || JSON_ONLY.contains(&lint.name);
    let of = |lint: &'static Lint, kind: Kind| {
        let is_terraform = |it: &String| it == "hcl" || it == "toml";
        let mut all = examples(lint.page).into_iter();
        let found = all.find(|it| it.kind == kind && it.languages.iter().all(is_terraform));
        (lint, found.unwrap_or_else(|| panic!("{}: no {kind:?} example in Terraform", lint.name)))
    };
    let lints = lints::all().iter().copied().filter(|it| !skipped(it));
    lints.flat_map(|lint| [of(lint, Kind::Bad), of(lint, Kind::Good)]).collect()
}

fn folder_of(lint: &Lint, example: &Example) -> PathBuf {
    let kind = if example.kind == Kind::Bad { "bad" } else { "good" };
    common::repository().join("fixtures/recorded").join(lint.name).join(kind)
}

/// What an example is, in few letters: a record that was made of another one is
/// out of date.
fn digest(example: &Example) -> String {
    let mut hash = Sha256::new();
    for (name, body) in example.files.iter().filter(|it| !is_configuration(it)) {
        hash.update(format!("{name}\n{body}\n"));
    }
    hash.finalize().iter().take(8).fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

fn is_configuration((name, _): &(String, String)) -> bool {
    name.ends_with("okta-lint.toml")
}

/// A record beside the configuration of okta-lint that its example has.
fn beside_configuration(example: &Example, name: &str, record: &Path) -> tempfile::TempDir {
    let folder = common::folder(&[]);
    common::write(folder.path(), name, common::read(record).as_bytes());
    for (name, body) in example.files.iter().filter(|it| is_configuration(it)) {
        common::write(folder.path(), name, body.as_bytes());
    }
    folder
}

#[test]
fn plans_and_states_say_what_their_configuration_says() {
    for (lint, example) in recorded() {
        let place = folder_of(lint, &example);
        for name in FILES {
            let folder = beside_configuration(&example, name, &place.join(name));
            let output = common::run(folder.path(), &["check", ".", "--format", "json"]);
            let fires = output.lints().iter().any(|it| it == lint.name);
            let wanted = example.kind == Kind::Bad;
            assert_eq!(fires, wanted, "{}/{name}: {:?}", place.display(), output.lints());
        }
    }
}

#[test]
fn the_records_are_of_the_examples() {
    for (lint, example) in recorded() {
        let place = folder_of(lint, &example);
        let made_of = place.join("example.sha256");
        let digest = format!("{}\n", digest(&example));
        if std::fs::read(&made_of).is_ok_and(|it| it == digest.as_bytes()) {
            continue;
        }
        assert!(common::blessing(), "{} is out of date: BLESS=1 makes it anew", place.display());
        record(&example, &place);
        common::write(&place, "example.sha256", digest.as_bytes());
    }
}

/// Plans and applies an example with the stand-in provider.
fn record(example: &Example, place: &Path) {
    let script = common::repository().join("../shared/oracle/plan");
    let folder = example.folder(in_json_syntax);
    for (name, arguments) in FILES.into_iter().zip([&[][..], &["--apply"]]) {
        let output = Command::new(&script).args(arguments).arg(folder.path()).output();
        let output = output.unwrap_or_else(|error| panic!("the script that plans does not run: {error}"));
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{}: Terraform refuses it: {stderr}", place.display());
        common::write(place, name, anywhere(&String::from_utf8_lossy(&output.stdout)).as_bytes());
    }
}

/// A record without the host that the provider came from.
fn anywhere(record: &str) -> String {
    let Some((_, rest)) = record.split_once("\"provider_name\":\"") else { return record.to_owned() };
    let host = rest.split('/').next().unwrap_or_default();
    record.replace(&format!("\"{host}/okta/"), "\"registry.example.com/okta/")
}

#[test]
fn nothing_else_is_recorded() {
    let wanted: Vec<PathBuf> = recorded().iter().map(|(lint, example)| folder_of(lint, example)).collect();
    for lint in std::fs::read_dir(common::repository().join("fixtures/recorded")).expect("the records") {
        for kind in std::fs::read_dir(lint.expect("an entry").path()).expect("a folder") {
            let path = kind.expect("an entry").path();
            assert!(wanted.contains(&path), "{} is of no example", path.display());
        }
    }
}
