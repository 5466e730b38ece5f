//! The only code that prints: one file a format.
//!
//! Reports go to standard output, everything else to standard error.

mod concise;
mod human;
mod json;
mod reference;

use std::fmt::Write as _;
use std::io::{self, Write};

use crate::finding::{Finding, Level};
use crate::source::Sources;

pub use human::mistakes;
pub use reference::{capabilities, explain_capability, lint_index, lints};

/// A format of the report.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Format {
    /// For people: each finding drawn on its source.
    #[default]
    Human,
    /// A line for each finding.
    Concise,
    /// One JSON document, stable.
    Json,
}

/// How a report for people looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Style {
    /// ANSI colours.
    pub color: bool,
    /// Box drawing characters.
    pub unicode: bool,
    /// Hyperlinks from the names of lints to Okta's pages.
    pub links: bool,
    /// The width of the terminal, in columns.
    pub width: usize,
}

impl Style {
    /// For a pipe, a file, a log.
    pub const PLAIN: Self = Self { color: false, unicode: false, links: false, width: 80 };
}

/// What a run was about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Summary {
    /// Files that held configuration of Okta.
    pub files: usize,
    /// Files that could not be read or parsed.
    pub unreadable: usize,
    /// OAuth clients.
    pub clients: usize,
    /// Custom authorization servers.
    pub servers: usize,
    /// Findings left out by the configuration.
    pub suppressed: usize,
    /// Findings in other files than those that were asked for.
    pub elsewhere: usize,
    /// What was there and is not read, by what it is.
    pub unread: Vec<(String, usize)>,
}

/// A report.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// The files.
    pub sources: &'a Sources,
    /// The findings, sorted.
    pub findings: &'a [Finding],
    /// What the run was about.
    pub summary: &'a Summary,
}

/// Writes a report.
///
/// # Errors
/// What the writer refuses; a closed pipe is for the caller to forgive.
pub fn write(out: &mut dyn Write, report: &Report<'_>, format: Format, style: Style) -> io::Result<()> {
    let text = match format {
        Format::Human => human::report(report, style),
        Format::Concise => concise::report(report),
        Format::Json => json::report(report),
    };
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// How many findings have a level.
fn count(findings: &[Finding], level: Level) -> usize {
    findings.iter().filter(|it| it.level == level).count()
}

/// "1 error", "2 errors".
fn counted(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

/// The lines that end a report for people.
fn summary_lines(report: &Report<'_>) -> String {
    let summary = report.summary;
    let found = report.findings;
    let mut text = format!(
        "{}, {}, {} in {}",
        counted(count(found, Level::Error), "error"),
        counted(count(found, Level::Warning), "warning"),
        format_args!("{} info", count(found, Level::Info)),
        counted(summary.files, "file"),
    );
    let _ = write!(
        text,
        " ({}, {})",
        counted(summary.clients, "client"),
        counted(summary.servers, "custom server")
    );
    text.push('\n');
    if summary.unreadable > 0 {
        let _ = writeln!(text, "could not be read: {}", counted(summary.unreadable, "file"));
    }
    if summary.suppressed > 0 {
        let _ = writeln!(text, "switched off or allowed: {}", counted(summary.suppressed, "finding"));
    }
    if summary.elsewhere > 0 {
        let _ = writeln!(text, "not shown: {} in other files", counted(summary.elsewhere, "finding"));
    }
    if !summary.unread.is_empty() {
        let parts: Vec<String> =
            summary.unread.iter().map(|(name, count)| format!("{name} ({count})")).collect();
        let _ = writeln!(text, "{}", wrapped(&format!("not looked at: {}", parts.join(", ")), "  "));
    }
    text
}

/// Text in lines of 80 columns; all but the first are indented.
fn wrapped(text: &str, indent: &str) -> String {
    textwrap::fill(text, textwrap::Options::new(80).subsequent_indent(indent).break_words(false))
}

/// A character that a terminal prints and does not obey.
fn harmless(text: &str) -> String {
    // A line break in a name is what is wrong with the name.
    text.replace('\n', "\\n").chars().map(crate::source::harmless).collect()
}
