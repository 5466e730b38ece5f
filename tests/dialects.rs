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
    // `state` is a tfstate, `show` what `terraform show -json` prints of it.
    for dialect in ["toml", "tf", "state", "show"] {
        let other = check(dialect);
        assert_eq!(findings(&export), findings(&other), "{dialect}");
        assert_eq!(counts(&export), counts(&other), "{dialect}");
    }
    let org = repository().join("fixtures/acme");
    let plan = run(&org, &["check", "plan", "--source", "tf", "--format", "json"]);
    assert_eq!(findings(&export), findings(&plan), "a plan with its configuration");
    let places = |it: &Output| {
        let path = |it: &serde_json::Value| text(&it["labels"][0]["path"]);
        it.findings().iter().map(path).collect::<std::collections::BTreeSet<_>>()
    };
    assert!(
        places(&plan).iter().all(|it| it.starts_with("tf/") || it == "okta-lint.toml"),
        "{:?}",
        places(&plan)
    );
}

/// Without its configuration a plan does not say which server, policy or client
/// an id is that is known after apply and went through a local: locals are in no
/// plan. What turns on such an edge is possible or silent; nothing new is claimed.
#[test]
fn a_plan_alone_claims_nothing_that_is_not_so() {
    let lints = |it: &Output| {
        let definite = |it: &serde_json::Value| it["certainty"] == "definite";
        let found = it.findings();
        let found = found.iter().filter(|it| definite(it)).map(|it| text(&it["lint"]));
        found.collect::<std::collections::BTreeSet<_>>()
    };
    let (export, plan) = (check("export"), check("plan"));
    assert!(lints(&plan).is_subset(&lints(&export)), "{:?}", lints(&plan));
    for lint in ["grant-issuer-not-org", "okta-grant-without-key-auth", "custom-scope", "user-consent"] {
        assert!(lints(&plan).contains(lint), "{lint}");
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
