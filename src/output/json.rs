//! One JSON document. Its shape is a contract: every key is always there, and
//! `schema_version` changes when one goes.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;
use sha2::{Digest, Sha256};

use super::{Report, count};
use crate::finding::{Finding, Level};
use crate::source::{FileId, Position, Sources, Span};

#[derive(Serialize)]
struct Document<'a> {
    schema_version: u32,
    tool: Tool,
    summary: Counts,
    findings: Vec<Entry<'a>>,
}

#[derive(Serialize)]
struct Tool {
    name: &'static str,
    version: &'static str,
}

#[derive(Serialize)]
struct Counts {
    files: usize,
    unreadable: usize,
    clients: usize,
    servers: usize,
    error: usize,
    warning: usize,
    info: usize,
    suppressed: usize,
}

#[derive(Serialize)]
struct Entry<'a> {
    lint: &'a str,
    level: &'a str,
    certainty: &'a str,
    capability: Option<&'a str>,
    message: &'a str,
    help: Option<&'a str>,
    resource: Option<&'a str>,
    fingerprint: String,
    labels: Vec<LabelEntry<'a>>,
}

#[derive(Serialize)]
struct LabelEntry<'a> {
    path: String,
    start: Point,
    end: Point,
    text: &'a str,
    primary: bool,
}

#[derive(Serialize)]
struct Point {
    line: usize,
    column: usize,
    offset: usize,
}

impl From<Position> for Point {
    fn from(it: Position) -> Self {
        Self { line: it.line, column: it.column, offset: it.offset }
    }
}

pub(super) fn report(report: &Report<'_>) -> String {
    let document = Document {
        schema_version: 1,
        tool: Tool { name: "okta-lint", version: env!("CARGO_PKG_VERSION") },
        summary: Counts {
            files: report.summary.files,
            unreadable: report.summary.unreadable,
            clients: report.summary.clients,
            servers: report.summary.servers,
            error: count(report.findings, Level::Error),
            warning: count(report.findings, Level::Warning),
            info: count(report.findings, Level::Info),
            suppressed: report.summary.suppressed,
        },
        findings: entries(report),
    };
    // A document of strings and numbers always serialises.
    let mut text = serde_json::to_string_pretty(&document).unwrap_or_default();
    text.push('\n');
    text
}

fn entries<'a>(report: &Report<'a>) -> Vec<Entry<'a>> {
    let fingerprints = fingerprints(report.sources, report.findings);
    report
        .findings
        .iter()
        .zip(fingerprints)
        .map(|(finding, fingerprint)| Entry {
            lint: finding.lint,
            level: finding.level.name(),
            certainty: finding.certainty.name(),
            capability: finding.capability,
            message: &finding.message,
            help: finding.help.as_deref(),
            resource: finding.resource.as_deref(),
            fingerprint,
            labels: labels(report.sources, finding),
        })
        .collect()
}

fn labels<'a>(sources: &Sources, finding: &'a Finding) -> Vec<LabelEntry<'a>> {
    let point = |file: FileId, offset: u32| sources.position(file, offset).into();
    let entry = |(index, label): (usize, &'a crate::finding::Label)| {
        let Span { file, start, end } = label.span;
        LabelEntry {
            path: sources.display(file),
            start: point(file, start),
            end: point(file, end),
            text: &label.text,
            primary: index == 0,
        }
    };
    finding.labels.iter().enumerate().map(entry).collect()
}

/// What identifies a finding from run to run: lint, file, object, and which of
/// several alike. No line, message or value, so that edits elsewhere keep it.
fn fingerprints(sources: &Sources, findings: &[Finding]) -> Vec<String> {
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    findings
        .iter()
        .map(|finding| {
            let path = sources.identity(finding.primary().file);
            let resource = finding.resource.as_deref().unwrap_or_default();
            let key = format!("{}\0{path}\0{resource}", finding.lint);
            let ordinal = seen.entry(key.clone()).or_default();
            let hash = Sha256::digest(format!("{key}\0{ordinal}"));
            *ordinal += 1;
            hex(&hash[..16])
        })
        .collect()
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
