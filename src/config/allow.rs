//! `[[allow]]`: findings that somebody accepted, and why.

use chrono::NaiveDate;
use globset::Glob;

use super::Reader;
use crate::source::Span;
use crate::syntax::{Node, Value};

/// An `[[allow]]` table.
#[derive(Clone, Debug)]
pub struct AllowTable {
    /// `lint`: which findings.
    pub lint: (&'static str, Span),
    /// `resource`: a pattern for what they are about.
    pub resource: Option<String>,
    /// `path`: a pattern for the file of their first label, relative to the configuration.
    pub path: Option<String>,
    /// `reason`: why; said in no output, but it must be there.
    pub reason: String,
    /// `expires`: the last day on which it holds.
    pub expires: Option<(NaiveDate, Span)>,
}

const KEYS: [&str; 5] = ["lint", "resource", "path", "reason", "expires"];

impl Reader {
    pub(super) fn allow(&mut self, node: &Node) -> Vec<AllowTable> {
        let Value::Array(tables) = &node.value else {
            let help = Some("write `[[allow]]`".to_owned());
            self.mistake(node.span, "expected an array of tables".to_owned(), help);
            return Vec::new();
        };
        tables.iter().filter_map(|it| self.allowed(it)).collect()
    }

    fn allowed(&mut self, node: &Node) -> Option<AllowTable> {
        let (mut lint, mut reason) = (None, None);
        let (mut resource, mut path, mut expires) = (None, None, None);
        for (key, value) in self.table(node) {
            match key.text.as_str() {
                "lint" => lint = self.optional_lint(value),
                "resource" => resource = self.glob(value),
                "path" => path = self.glob(value),
                "reason" => reason = self.string(value).filter(|it| !it.0.trim().is_empty()),
                "expires" => expires = self.date(value),
                _ => self.unknown(key, &KEYS),
            }
        }
        let missing = match (&lint, &reason) {
            _ if self.has_mistake_in(node.span) => return None,
            (None, _) => "`lint`, the name of the lint whose findings are accepted",
            (_, None) => "`reason`: whoever reads it next year should know why",
            _ if resource.is_none() && path.is_none() => {
                "`resource` or `path`: to switch a lint off as a whole, use `[lints]`"
            }
            _ => "",
        };
        if !missing.is_empty() {
            self.mistake(node.span, "an incomplete table".to_owned(), Some(format!("add {missing}")));
            return None;
        }
        Some(AllowTable { lint: lint?, resource, path, reason: reason?.0, expires })
    }

    /// A lint that may be left out of a report.
    fn optional_lint(&mut self, node: &Node) -> Option<(&'static str, Span)> {
        let (name, span) = self.string(node)?;
        let lints = self.lints;
        let Some(lint) = lints.iter().find(|it| it.name == name) else {
            let names: Vec<&str> = lints.iter().map(|it| it.name).collect();
            self.unknown_name("lint", &name, span, &names);
            return None;
        };
        if !lint.is_optional() {
            let message = format!("`{name}` cannot be allowed: what could not be read is always an error");
            self.mistake(span, message, None);
            return None;
        }
        Some((lint.name, span))
    }

    fn glob(&mut self, node: &Node) -> Option<String> {
        let (pattern, span) = self.string(node)?;
        match Glob::new(&pattern) {
            Ok(_) => Some(pattern),
            Err(error) => {
                self.mistake(span, format!("not a pattern: {}", error.kind()), None);
                None
            }
        }
    }

    fn date(&mut self, node: &Node) -> Option<(NaiveDate, Span)> {
        let (text, span) = self.string(node)?;
        if let Ok(date) = NaiveDate::parse_from_str(&text, "%Y-%m-%d") {
            return Some((date, span));
        }
        self.mistake(span, format!("`{text}` is no date"), Some("write \"2027-03-31\"".to_owned()));
        None
    }

    fn has_mistake_in(&self, span: Span) -> bool {
        self.mistakes.iter().any(|it| span.contains(it.span))
    }
}
