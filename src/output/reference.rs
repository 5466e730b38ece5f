//! The tables of lints and capabilities.

use std::fmt::Write as _;

use super::wrapped;
use crate::capability::{Capability, MATRIX, SEED};
use crate::finding::Level;
use crate::lint::{Group, Lint};
use crate::lints;

/// `okta-lint lints`: a line for each lint, by group.
pub fn lints() -> String {
    let mut text = String::new();
    for (group, lints) in groups() {
        let _ = writeln!(text, "{}", group.title());
        for lint in lints {
            let _ = writeln!(text, "  {} ({})", lint.name, level(lint));
            let _ = writeln!(text, "{}", wrapped(&format!("      {}", lint.summary()), "      "));
        }
        text.push('\n');
    }
    text.push_str("`okta-lint explain NAME` prints the page of a lint.\n");
    text
}

/// The index of lints for the documentation, in Markdown: by subject, by
/// capability, by level.
pub fn lint_index() -> String {
    let mut text = String::from(
        "# Lints\n\nThis page is written by `BLESS=1 cargo test`.\n\n\
         By subject: below. [By capability](#by-capability). [By level](#by-level).\n",
    );
    for (group, lints) in groups() {
        let _ =
            writeln!(text, "\n## {}\n\n| lint | level | what is reported |\n|---|---|---|", group.title());
        for lint in lints {
            let _ = writeln!(
                text,
                "| [{0}](../lints/{0}.md) | {1} | {2} |",
                lint.name,
                level(lint),
                lint.summary()
            );
        }
    }
    text.push_str("\n## By capability\n\n| capability | what it is | lints |\n|---|---|---|\n");
    for row in &MATRIX {
        let links = links(|it| it.capability == Some(row.id));
        let _ = writeln!(text, "| `{}` | {} | {links} |", row.id.name(), row.title);
    }
    text.push_str("\n## By level\n\n| level when definite | lints |\n|---|---|\n");
    for level in [Level::Error, Level::Warning, Level::Info] {
        let _ = writeln!(text, "| {} | {} |", level.name(), links(|it| it.level == level));
    }
    text
}

/// Links to the pages of some lints.
fn links(which: impl Fn(&Lint) -> bool) -> String {
    let lints = lints::all().iter().filter(|it| which(it));
    let links: Vec<String> = lints.map(|it| format!("[{0}](../lints/{0}.md)", it.name)).collect();
    if links.is_empty() { "none of its own".to_owned() } else { links.join(", ") }
}

fn level(lint: &Lint) -> &'static str {
    lint.level.name()
}

fn groups() -> Vec<(Group, Vec<&'static Lint>)> {
    let mut groups: Vec<Group> = lints::all().iter().map(|it| it.group).collect();
    groups.sort_unstable();
    groups.dedup();
    let of = |group| lints::all().iter().copied().filter(move |it| it.group == group).collect();
    groups.into_iter().map(|group| (group, of(group))).collect()
}

/// `okta-lint capabilities`: the matrix.
pub fn capabilities() -> String {
    let mut text = line(["capability", "row", "org", "custom", "licences on a custom server"]);
    for row in &MATRIX {
        let custom = row.custom.text().split(',').next().unwrap_or_default();
        let mut licences = row.licences.iter().map(|it| it.name());
        let first = licences.next().unwrap_or_default();
        text.push_str(&line([row.id.name(), row.row, row.org.text(), custom, first]));
        for more in licences {
            text.push_str(&line(["", "", "", "", more]));
        }
    }
    let _ = write!(
        text,
        "\nS is a row of Okta's own table, X one that other pages of Okta give.\n{SEED}\n\
         `okta-lint explain CAPABILITY` tells more.\n"
    );
    text
}

/// A line of the matrix.
fn line([capability, row, org, custom, licence]: [&str; 5]) -> String {
    let line = format!("{capability:<28} {row:<4} {org:<10} {custom:<11} {licence}");
    format!("{}\n", line.trim_end())
}

fn licences(row: &Capability) -> String {
    let names: Vec<&str> = row.licences.iter().map(|it| it.name()).collect();
    names.join(", ")
}

/// `okta-lint explain CAPABILITY`.
pub fn explain_capability(row: &Capability) -> String {
    let mut text = format!("# {}\n\n{} (row {})\n\n", row.id.name(), row.title, row.row);
    let _ = writeln!(text, "- org authorization server: {}", row.org.text());
    let _ = writeln!(text, "- custom authorization server: {}", row.custom.text());
    if !row.licences.is_empty() {
        let _ = writeln!(text, "- licences when on a custom server: {}", licences(row));
    }
    if !row.note.is_empty() {
        let _ = writeln!(text, "\n{}", row.note);
    }
    let lints = lints::all().iter().filter(|it| it.capability == Some(row.id));
    let lints: Vec<&str> = lints.map(|it| it.name).collect();
    if !lints.is_empty() {
        let _ = writeln!(text, "\nLints: {}", lints.join(", "));
    }
    let _ = writeln!(text, "\n{}", row.source);
    text
}
