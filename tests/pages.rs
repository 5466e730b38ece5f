//! The page of each lint is run: a bad example must be found, a good or an
//! unknown one must not, and the output that it shows is the real one.
//!
//! `BLESS=1 cargo test` rewrites the second line, the output, and the index.

mod common;

#[path = "common/examples.rs"]
mod examples;

use std::collections::BTreeMap;
use std::fmt::Write as _;

use okta_lint::lint::Lint;
use okta_lint::{lints, output};

use examples::{Example, Kind, examples, in_json_syntax};

/// Lints that one input format cannot show: the provider has no argument for it.
const JSON_ONLY: [&str; 3] = ["ai-agent-exchange", "encrypted-access-token", "jwt-bearer-without-rule"];

/// Lints that an export cannot show: Okta never answers such a thing.
const TERRAFORM_ONLY: [&str; 3] =
    ["equal-priorities", "groups-claim-outside-id-token", "paid-groups-claim-migration"];

/// Lints that are never more than possible.
const POSSIBLE: [&str; 15] = [
    "m2m-without-scope",
    "no-scope-rule",
    "rule-without-people",
    "unbounded-groups-claim",
    "refresh-without-offline-access",
    "sign-in-rule-without-openid",
    "shared-audience",
    "issuer-host-mismatch",
    "unneeded-custom-server",
    "custom-server-for-groups",
    "shared-default-server",
    "consent-never-asked",
    "service-app-without-role",
    "unknown-expression-object",
    "user-expression-for-m2m",
];

/// The findings of a lint on an example, and the report that shows them.
fn check(lint: &Lint, example: &Example) -> (Vec<String>, String) {
    let folder = example.folder(Clone::clone);
    let all = common::run(folder.path(), &["check", ".", "--format", "json"]);
    assert!(all.code < 2, "{} {}: {}", lint.name, example.heading, all.stderr);
    let shown = common::run(folder.path(), &["check", ".", "--select", lint.name]);
    let findings = shown.stdout.split("\n\n").filter(|it| !it.contains(" info in ")).collect::<Vec<_>>();
    (all.lints(), findings.join("\n\n"))
}

#[test]
fn examples_are_found_or_not() {
    for lint in lints::all() {
        for example in examples(lint.page) {
            let (found, _) = check(lint, &example);
            let fires = found.iter().any(|it| it == lint.name);
            let place = format!("{} {}", lint.name, example.heading);
            assert_eq!(fires, example.kind == Kind::Bad, "{place}: found {found:?}");
            let broken = found.iter().find(|it| !lints::named(it).is_some_and(Lint::is_optional));
            assert!(broken.is_none_or(|it| it == lint.name), "{place}: {broken:?}");
        }
    }
}

#[test]
fn each_lint_is_shown_in_each_format_in_which_it_can_fire() {
    for lint in lints::all().iter().filter(|it| it.is_optional()) {
        let examples = examples(lint.page);
        let has = |kind: Kind, language: &str| {
            examples.iter().any(|it| it.kind == kind && it.languages.iter().any(|it| it == language))
        };
        let terraform_only = TERRAFORM_ONLY.contains(&lint.name);
        assert_eq!(has(Kind::Bad, "json"), !terraform_only, "{}: bad example in JSON", lint.name);
        for language in ["toml", "hcl"] {
            let json_only = JSON_ONLY.contains(&lint.name);
            assert_eq!(has(Kind::Bad, language), !json_only, "{}: bad example in {language}", lint.name);
            assert!(json_only || has(Kind::Silent, language), "{}: silent in {language}", lint.name);
        }
        assert!(examples.iter().any(|it| it.kind == Kind::Good), "{} has no good example", lint.name);
        assert!(examples.iter().any(|it| it.kind == Kind::Silent), "{} has no silent example", lint.name);
    }
}

/// Terraform's JSON syntax is the same language: what is found in the one is
/// found in the other, and what is not is not.
#[test]
fn examples_in_toml_say_the_same_in_json_syntax() {
    for lint in lints::all().iter().filter(|it| it.is_optional()) {
        for example in examples(lint.page).iter().filter(|it| it.languages.contains(&"toml".to_owned())) {
            let folder = example.folder(in_json_syntax);
            let found = common::run(folder.path(), &["check", ".", "--format", "json"]).lints();
            let fires = found.iter().any(|it| it == lint.name);
            assert_eq!(fires, example.kind == Kind::Bad, "{} {}: {found:?}", lint.name, example.heading);
        }
    }
}

#[test]
fn pages_show_the_row_and_the_real_output() {
    for lint in lints::all() {
        let mut shown: BTreeMap<String, String> = BTreeMap::new();
        for example in examples(lint.page).into_iter().filter(|it| it.kind == Kind::Bad) {
            let (_, report) = check(lint, &example);
            shown.insert(example.heading, report);
        }
        let path = common::repository().join(format!("lints/{}.md", lint.name));
        common::expect_file(&path, &rewritten(lint, &shown));
    }
}

/// The page with its second line and its output written anew.
fn rewritten(lint: &Lint, shown: &BTreeMap<String, String>) -> String {
    let mut page = String::new();
    let mut heading = String::new();
    let mut pending: Option<&String> = None;
    let mut lines = lint.page.lines().enumerate().peekable();
    while let Some((index, line)) = lines.next() {
        if index == 1 {
            let _ = writeln!(page, "{}", fact_line(lint));
            continue;
        }
        if line == "```text" {
            lines.by_ref().find(|it| it.1 == "```");
            continue;
        }
        if line.starts_with('#') {
            flush(&mut page, &mut pending);
            line.clone_into(&mut heading);
            pending = shown.get(&heading);
        }
        page.push_str(line);
        page.push('\n');
        if line.starts_with("```") && line != "```" {
            for (_, inner) in lines.by_ref() {
                page.push_str(inner);
                page.push('\n');
                if inner == "```" {
                    break;
                }
            }
        }
    }
    flush(&mut page, &mut pending);
    format!("{}\n", page.trim_end())
}

/// Writes the output of an example at the end of its section.
fn flush(page: &mut String, pending: &mut Option<&String>) {
    if let Some(report) = pending.take() {
        page.truncate(page.trim_end().len());
        let _ = write!(page, "\n```text\n{}\n```\n\n", report.trim_end());
    }
}

/// The second line of a page.
fn fact_line(lint: &Lint) -> String {
    let certainty = if POSSIBLE.contains(&lint.name) { "possible" } else { "definite" };
    let capability = lint.capability.map_or(String::new(), |it| format!(" · capability {}", it.name()));
    format!("> {} · {certainty}{capability} · since {}", lint.level, lint.since)
}

#[test]
fn the_index_is_up_to_date() {
    common::expect_file(&common::repository().join("docs/lints.md"), &output::lint_index());
}

#[test]
fn every_page_belongs_to_a_lint() {
    for entry in std::fs::read_dir(common::repository().join("lints")).expect("a folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().expect("a name").to_string_lossy().into_owned();
        assert!(lints::named(&name).is_some(), "{name}.md has no row");
    }
}

#[test]
fn no_line_of_output_is_wider_than_80_columns() {
    for lint in lints::all() {
        let fences = lint.page.split("```text\n").skip(1);
        // A path is never cut: it must stay one that an editor can open.
        let is_path = |line: &&str| line.trim_start().starts_with(",-[");
        let lines = fences.flat_map(|it| it.split("\n```").next().unwrap_or_default().lines());
        for line in lines.filter(|it| !is_path(it)) {
            assert!(line.chars().count() <= 80, "{}: {line}", lint.name);
        }
    }
}
