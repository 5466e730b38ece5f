//! Decoded texts: every value knows where in the text it stands, and so, where
//! the text is a file, which characters of it a person must change.

mod yaml;

use std::ops::Range;
use std::rc::Rc;

use serde_json::value::RawValue;

use super::number::Number;
use super::value::{Kind, MapKey, Value};
use crate::finding::Finding;
use crate::model::{Place, TrailId, Why};
use crate::source::{Sources, Span, is_secret_name};
use crate::syntax::json::{self, Text};
use crate::syntax::{self, Node};

pub(super) use yaml::yaml;

/// Where parts of a decoded text stand.
#[derive(Clone, Copy, Debug)]
struct Origin<'t> {
    /// The literal, or the whole file.
    literal: Span,
    /// What is written there.
    written: &'t str,
    /// The text that is decoded.
    text: &'t str,
    /// Where the text starts in the file, if it stands there unchanged.
    start: Option<usize>,
}

/// How long a part is at least that is looked for in what is written: shorter
/// ones may stand there for something else.
const MIN_PART: usize = 8;

/// How long a source is at most that parts are looked for in, in bytes.
const MAX_WRITTEN: usize = 1 << 16;

impl<'t> Origin<'t> {
    fn new(sources: &'t Sources, value: &Value<'_>, text: &'t str) -> Self {
        let literal = value.at.span;
        let written = &sources.text(literal.file)[literal.start as usize..literal.end as usize];
        let start = written.find(text).filter(|_| !text.is_empty()).map(|at| literal.start as usize + at);
        Self { literal, written, text, start }
    }

    fn place(&self, part: Range<usize>) -> Place {
        let found = self.start.map(|start| start + part.start).or_else(|| self.only(part.clone()));
        Place::here(match found {
            Some(start) => Span::new(self.literal.file, start, start + part.len()),
            None => self.literal,
        })
    }

    /// Where a part of a text that is made up is written, if in one place only.
    fn only(&self, part: Range<usize>) -> Option<usize> {
        let part = self.text.get(part).filter(|it| it.len() >= MIN_PART)?;
        if self.written.len() > MAX_WRITTEN {
            return None;
        }
        let mut found = self.written.match_indices(part).map(|it| self.literal.start as usize + it.0);
        found.next().filter(|_| found.next().is_none())
    }

    /// A finding about the text, in the text, where it really stands.
    fn broken(&self, mut finding: Finding) -> Fault {
        for label in &mut finding.labels {
            label.span = match self.start {
                Some(_) => self.place(label.span.start as usize..label.span.end as usize).span,
                // Of a text that is made up nobody is shown all of the source.
                None => Span { end: self.literal.end.min(self.literal.start + 1), ..self.literal },
            };
        }
        Fault::Broken(Box::new(finding))
    }
}

/// Where a part of a text stands.
pub(super) fn place_in(sources: &Sources, value: &Value<'_>, text: &str, part: Range<usize>) -> Place {
    Place { trail: value.at.trail, ..Origin::new(sources, value, text).place(part) }
}

/// Why a text cannot be decoded.
pub(super) enum Fault {
    /// Its value is unknown, or is none that Terraform takes.
    Why(Why),
    /// It breaks the grammar.
    Broken(Box<Finding>),
}

impl From<Why> for Fault {
    fn from(why: Why) -> Self {
        Self::Why(why)
    }
}

/// What decoding gives.
pub(super) type Decoded<'a> = Result<Value<'a>, Fault>;

/// The decoded value went the way of its text.
fn of_text<'a>(mut decoded: Value<'a>, text: &Value<'a>) -> Value<'a> {
    if decoded.at.trail == TrailId::HERE {
        decoded.at.trail = text.at.trail;
    }
    decoded
}

/// `jsondecode`.
pub(super) fn json<'a>(sources: &Sources, value: &Value<'a>, text: &str) -> Decoded<'a> {
    let origin = Origin::new(sources, value, text);
    let within = Text { file: value.at.span.file, text, start: 0 };
    let help = "mend it: Terraform refuses to decode it";
    let broken = |error| origin.broken(within.error(0, &error).with_help(help));
    let raw: &RawValue = serde_json::from_str(text).map_err(broken)?;
    let node = json::lower(&within, raw, 0).map_err(|_| Why::WrongType)?;
    Ok(of_text(of_node(&node, &origin), value))
}

fn of_node<'a>(node: &Node, origin: &Origin<'_>) -> Value<'a> {
    let at = origin.place(node.span.start as usize..node.span.end as usize);
    match &node.value {
        syntax::Value::Null | syntax::Value::Expression(_) => Value::null(at),
        syntax::Value::Bool(it) => Value::bool(at, *it),
        syntax::Value::Number(it) => match Number::parse(it) {
            Some(number) => Value::number(at, number),
            None => Value::unknown(at, Why::Limit),
        },
        syntax::Value::String(it) => Value::string(at, it.as_str()),
        syntax::Value::Array(items) => Value::tuple(at, items.iter().map(|it| of_node(it, origin)).collect()),
        syntax::Value::Object(entries) => {
            let entry = |(key, it): &(syntax::Key, Node)| {
                let at = origin.place(key.span.start as usize..key.span.end as usize);
                (MapKey::written(key.text.as_str(), at), of_node(it, origin))
            };
            Value::object(at, entries.iter().map(entry).collect())
        }
    }
}

/// `csvdecode`: the first line names the columns.
pub(super) fn csv<'a>(sources: &Sources, value: &Value<'a>, text: &str) -> Decoded<'a> {
    let origin = Origin::new(sources, value, text);
    let mut reader = csv::ReaderBuilder::new().from_reader(text.as_bytes());
    let headers = reader.headers().map_err(|_| Why::WrongType)?.clone();
    let names: Vec<Rc<str>> = headers.iter().map(Rc::from).collect();
    let mut unique = names.clone();
    unique.sort_unstable();
    if unique.windows(2).any(|it| it[0] == it[1]) {
        return Err(Why::WrongType.into());
    }
    // The library takes a quote that is never closed; Terraform does not.
    if text.matches('"').count() % 2 == 1 {
        return Err(Why::WrongType.into());
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|_| Why::WrongType)?;
        let start = record.position().and_then(|it| usize::try_from(it.byte()).ok()).unwrap_or(0);
        let line = text.get(start..).and_then(|it| it.lines().next()).unwrap_or_default();
        let mut at = start;
        let fields = names.iter().zip(record.iter()).map(|(name, field)| {
            // A field in quotes is longer than its text; it is found all the same.
            let found = text[at..].find(field).filter(|it| at + it <= start + line.len()).unwrap_or(0);
            let span = at + found..at + found + field.len();
            at = span.end;
            if is_secret_name(name) {
                sources.hide(origin.place(span.clone()).span);
            }
            (name.clone().into(), Value::string(origin.place(span), field))
        });
        rows.push(Value::object(origin.place(start..start + line.len()), fields.collect()));
    }
    let whole = origin.place(0..text.len());
    Ok(of_text(Value::list(whole, rows), value))
}

/// Whether a value is a map, as a base of others must be.
fn is_mapping(value: &Value<'_>) -> bool {
    matches!(value.kind, Kind::Mapping(_))
}
