//! What is reported: a fact about the configuration, and where it stands.

use std::fmt;
use std::path::Path;

use crate::source::{Sources, Span};

/// How bad it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Worth knowing; never fails a run by default.
    Info,
    /// A mistake, or a decision to record.
    Warning,
    /// Does not work, or is refused.
    Error,
}

impl Level {
    /// The word used in every output and in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::Info => "info",
            Self::Warning => "warning",
            Self::Error => "error",
        }
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.name())
    }
}

/// How sure a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Certainty {
    /// Follows unless something outside the input says otherwise.
    Possible,
    /// Follows from the input and from a rule of the platform.
    Definite,
}

impl Certainty {
    /// The word used in every output.
    pub fn name(self) -> &'static str {
        match self {
            Self::Possible => "possible",
            Self::Definite => "definite",
        }
    }

    /// Definite when `proven`, else possible.
    pub fn definite_if(proven: bool) -> Self {
        if proven { Self::Definite } else { Self::Possible }
    }
}

/// A place and what is true of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Label {
    /// The characters.
    pub span: Span,
    /// Two to six words, lower case.
    pub text: String,
}

impl Label {
    /// A label on `span`.
    pub fn new(span: Span, text: impl Into<String>) -> Self {
        Self { span, text: text.into() }
    }
}

/// One finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The name of the lint.
    pub lint: &'static str,
    /// How bad.
    pub level: Level,
    /// How sure.
    pub certainty: Certainty,
    /// The row of the matrix, where the finding is about one.
    pub capability: Option<&'static str>,
    /// The fact: lower case, no full stop, user text in backticks.
    pub message: String,
    /// What to do: an imperative.
    pub help: Option<String>,
    /// The Terraform address, or `kind:name` for an export.
    pub resource: Option<String>,
    /// The places. The first is primary: what a person must edit. Never empty.
    pub labels: Vec<Label>,
}

impl Finding {
    /// The place that must change.
    pub fn primary(&self) -> Span {
        self.labels[0].span
    }

    /// A finding about a file that could not be used, under one of the names
    /// that cannot be switched off.
    pub fn input(lint: &'static str, span: Span, label: &str, message: String) -> Self {
        Self {
            lint,
            level: Level::Error,
            certainty: Certainty::Definite,
            capability: None,
            message,
            help: None,
            resource: None,
            labels: vec![Label::new(span, label)],
        }
    }

    /// Adds what to do.
    #[must_use]
    pub fn with_help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

/// The lint for input that does not parse.
pub const SYNTAX_ERROR: &str = "syntax-error";
/// The lint for files that cannot be read or decoded.
pub const UNREADABLE_FILE: &str = "unreadable-file";
/// The lint for a value of another type than the format has there.
pub const WRONG_TYPE: &str = "wrong-type";

/// Sorts for a report: by place, then by lint. What two orgs say of the same
/// characters is said once.
pub fn sort(sources: &Sources, findings: &mut Vec<Finding>) {
    // Of two that are one, the one that shows more is kept.
    let by_labels = |a: &Finding, b: &Finding| b.labels.len().cmp(&a.labels.len());
    findings.sort_by(|a, b| key(sources, a).cmp(&key(sources, b)).then_with(|| by_labels(a, b)));
    findings.dedup_by(|a, b| key(sources, a) == key(sources, b));
}

/// What a report is sorted by. Files have paths in one order in every run;
/// those that expressions read have ids as it happens.
fn key<'a>(sources: &'a Sources, it: &'a Finding) -> (&'a Path, u32, u32, &'static str, &'a str) {
    let Span { file, start, end } = it.primary();
    (sources.path(file), start, end, it.lint, &it.message)
}
