//! For people: each finding drawn on its source, by miette.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use miette::{Diagnostic, GraphicalReportHandler, GraphicalTheme, LabeledSpan, Severity, SourceCode};

use super::{Report, Style, harmless, summary_lines};
use crate::config::Mistake;
use crate::finding::{Certainty, Finding, Label, Level};
use crate::lints;
use crate::source::{Excerpts, FileId, Sources, Span};

/// What miette puts around a line of source: numbers, bars, arrows.
const GUTTER: usize = 12;

/// All findings and a summary.
pub(super) fn report(report: &Report<'_>, style: Style) -> String {
    let handler = handler(style);
    let mut text = String::new();
    for finding in report.findings {
        draw(&mut text, &handler, &Drawn::finding(report.sources, finding, style));
    }
    text.push_str(&summary_lines(report));
    text
}

/// Mistakes in the configuration, in the same hand.
pub fn mistakes(sources: &Sources, mistakes: &[Mistake], style: Style) -> String {
    let handler = handler(style);
    let mut text = String::new();
    for mistake in mistakes {
        let label = Label::new(mistake.span, "");
        let mut drawn = Drawn::labels(sources, &[label], mistake.span, style);
        "configuration".clone_into(&mut drawn.code);
        drawn.message = harmless(&mistake.message);
        drawn.help = mistake.help.as_deref().map(harmless);
        draw(&mut text, &handler, &drawn);
    }
    text
}

fn handler(style: Style) -> GraphicalReportHandler {
    let theme = match (style.color, style.unicode) {
        (true, true) => GraphicalTheme::unicode(),
        (true, false) => GraphicalTheme::ascii(),
        (false, true) => GraphicalTheme::unicode_nocolor(),
        (false, false) => GraphicalTheme::none(),
    };
    GraphicalReportHandler::new_themed(theme)
        .with_width(style.width)
        .with_links(style.links)
        .with_link_display_text("")
        .with_context_lines(1)
        .with_show_related_as_nested(true)
        .with_break_words(false)
        .without_cause_chain()
}

fn draw(text: &mut String, handler: &GraphicalReportHandler, drawn: &Drawn) {
    let mut rendered = String::new();
    if handler.render_report(&mut rendered, drawn).is_err() {
        let _ = writeln!(rendered, "{}: {}", drawn.code, drawn.message);
    }
    for line in rendered.lines() {
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text.push('\n');
}

/// A finding as miette wants it: the labels of one file, and the other files
/// as related diagnostics.
#[derive(Debug)]
struct Drawn {
    code: String,
    message: String,
    help: Option<String>,
    url: Option<&'static str>,
    severity: Severity,
    excerpts: Excerpts,
    labels: Vec<LabeledSpan>,
    related: Vec<Drawn>,
}

impl Drawn {
    fn finding(sources: &Sources, finding: &Finding, style: Style) -> Self {
        let mut drawn = Self::labels(sources, &finding.labels, finding.primary(), style);
        let possible = if finding.certainty == Certainty::Possible { " (possible)" } else { "" };
        drawn.code = format!("{}[{}]{possible}", finding.level, finding.lint);
        drawn.message = harmless(&finding.message);
        drawn.help = finding.help.as_deref().map(harmless);
        drawn.url = lints::named(finding.lint).and_then(crate::lint::Lint::reference).filter(|_| style.links);
        drawn.severity = match finding.level {
            Level::Error => Severity::Error,
            Level::Warning => Severity::Warning,
            Level::Info => Severity::Advice,
        };
        drawn.related.iter_mut().for_each(|it| it.severity = drawn.severity);
        drawn
    }

    /// Labels, drawn file by file; the file of `primary` first.
    fn labels(sources: &Sources, labels: &[Label], primary: Span, style: Style) -> Self {
        let mut others: BTreeMap<FileId, Vec<&Label>> = BTreeMap::new();
        let mut here = Vec::new();
        for label in labels {
            if label.span.file == primary.file {
                here.push(label);
            } else {
                others.entry(label.span.file).or_default().push(label);
            }
        }
        let mut drawn = Self::of_file(sources, &here, primary, style.width);
        drawn.related = others
            .values()
            .map(|labels| {
                let mut other = Self::of_file(sources, labels, labels[0].span, style.width - 4);
                other.message = format!("in {}", harmless(&sources.display(labels[0].span.file)));
                other
            })
            .collect();
        drawn
    }

    fn of_file(sources: &Sources, labels: &[&Label], primary: Span, width: usize) -> Self {
        let spans: Vec<(Span, usize)> = labels.iter().map(|it| (it.span, it.text.chars().count())).collect();
        let width = width.saturating_sub(GUTTER).max(24);
        let (excerpts, places) = Excerpts::new(sources, primary.file, &spans, width);
        let labels = labels.iter().zip(places).map(|(label, place)| {
            let text = Some(harmless(&label.text)).filter(|it| !it.is_empty());
            if label.span == primary {
                LabeledSpan::new_primary_with_span(text, place)
            } else {
                LabeledSpan::new_with_span(text, place)
            }
        });
        Self {
            code: String::new(),
            message: String::new(),
            help: None,
            url: None,
            severity: Severity::Error,
            labels: labels.collect(),
            excerpts,
            related: Vec::new(),
        }
    }
}

impl fmt::Display for Drawn {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Drawn {}

impl Diagnostic for Drawn {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        (!self.code.is_empty()).then(|| Box::new(&self.code) as Box<dyn fmt::Display>)
    }

    fn severity(&self) -> Option<Severity> {
        Some(self.severity)
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.help.as_ref().map(|it| Box::new(it) as Box<dyn fmt::Display>)
    }

    fn url<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        self.url.map(|it| Box::new(it) as Box<dyn fmt::Display>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.excerpts)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        if self.related.is_empty() {
            return None;
        }
        Some(Box::new(self.related.iter().map(|it| it as &dyn Diagnostic)))
    }
}
