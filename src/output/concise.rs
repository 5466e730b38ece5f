//! A line for each finding: `path:line:column: level[lint] message; help`.

use std::fmt::Write as _;

use super::{Report, harmless, summary_lines};
use crate::finding::Certainty;

pub(super) fn report(report: &Report<'_>) -> String {
    let mut text = String::new();
    for finding in report.findings {
        let span = finding.primary();
        let at = report.sources.position(span.file, span.start);
        let path = harmless(&report.sources.display(span.file));
        let possible = if finding.certainty == Certainty::Possible { " (possible)" } else { "" };
        let _ = write!(
            text,
            "{path}:{}:{}: {}[{}]{possible} {}",
            at.line,
            at.column,
            finding.level,
            finding.lint,
            harmless(&finding.message)
        );
        if let Some(help) = &finding.help {
            let _ = write!(text, "; help: {}", harmless(help));
        }
        text.push('\n');
    }
    text.push_str(&summary_lines(report));
    text
}
