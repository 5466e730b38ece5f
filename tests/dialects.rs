//! One org, written as an API export and as TOML, gives the same findings up to
//! their places.

mod common;

use std::collections::BTreeMap;

use common::{Output, repository, run, text};

fn check(dialect: &str) -> Output {
    let org = repository().join("fixtures/acme");
    let output = run(&org, &["check", dialect, "--format", "json"]);
    assert_eq!(output.code, 1, "{}", output.stderr);
    output
}

/// Findings without their places, and how often each occurs.
fn findings(output: &Output) -> BTreeMap<String, usize> {
    let mut found = BTreeMap::new();
    for finding in output.findings() {
        let parts = ["lint", "level", "certainty", "capability", "message", "help"];
        let key = parts.map(|it| text(&finding[it])).join(" | ");
        *found.entry(key).or_default() += 1;
    }
    found
}

#[test]
fn all_dialects_give_the_same_findings() {
    let export = check("export");
    let counts = |it: &Output| {
        let summary = it.json()["summary"].clone();
        ["clients", "error", "warning", "info"].map(|key| summary[key].as_u64())
    };
    for dialect in ["toml", "tf"] {
        let other = check(dialect);
        assert_eq!(findings(&export), findings(&other), "{dialect}");
        assert_eq!(counts(&export), counts(&other), "{dialect}");
    }
}

/// TOML and Terraform's JSON syntax are two spellings of one language.
#[test]
fn terraform_json_gives_the_same_findings_as_toml() {
    let source = repository().join("fixtures/acme/toml");
    let root = common::folder(&[("okta-lint.toml", "[org]\ncomplete = true\n")]);
    for entry in std::fs::read_dir(&source).expect("a folder") {
        let path = entry.expect("an entry").path();
        let table: toml::Table = common::read(&path).parse().expect("TOML");
        let json = serde_json::to_string_pretty(&table).expect("JSON");
        let name = path.file_name().expect("a name").to_string_lossy().replace(".okta.toml", ".tf.json");
        common::write(root.path(), &name, json.as_bytes());
    }
    let json = run(root.path(), &["check", ".", "--format", "json"]);
    let toml = run(&source, &["check", ".", "--no-config", "--complete", "--format", "json"]);
    assert_eq!(findings(&json), findings(&toml));
}

#[test]
fn acme_shows_most_of_the_catalogue() {
    let found: std::collections::BTreeSet<String> = check("toml").lints().into_iter().collect();
    assert!(found.len() >= 20, "{found:?}");
}

#[test]
fn the_secret_of_acme_is_masked() {
    let org = repository().join("fixtures/acme");
    let written = common::read(&org.join("toml/hooks.okta.toml"));
    assert!(written.contains("acme-hook-secret-not-real"), "the fixture holds a secret");
    let shown = run(&org, &["check", "toml"]).stdout;
    assert!(!shown.contains("acme-hook-secret"), "{shown}");
    assert!(shown.contains("auth.value"), "and it stands in an excerpt: {shown}");
}

#[test]
fn a_report_depends_on_its_input_alone() {
    let org = repository().join("fixtures/acme");
    let first = run(&org, &["check", "."]).stdout;
    for _ in 0..5 {
        assert_eq!(run(&org, &["check", "."]).stdout, first);
    }
}
