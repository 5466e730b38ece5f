//! `yamldecode`: YAML 1.2 as Terraform's library reads it, which takes some of
//! 1.1 (`yes`, merge keys) along.

use std::collections::HashMap;
use std::ops::Range;

use saphyr_parser::{Event, Parser, ScalarStyle, ScanError, Span, Tag};

use super::{Decoded, Fault, Origin, is_mapping, of_text};
use crate::finding::{Certainty, Finding, Level, SYNTAX_ERROR};
use crate::model::Why;
use crate::source::{self, Sources};
use crate::terraform::number::Number;
use crate::terraform::value::{Kind, MapKey, Value};

/// How deep a document may nest.
const MAX_DEPTH: usize = 128;

/// Decodes the one document of a text.
pub(in crate::terraform) fn yaml<'a>(sources: &Sources, value: &Value<'a>, text: &str) -> Decoded<'a> {
    let mut reader = Reader {
        parser: Parser::new_from_str(text),
        text,
        offsets: offsets(text),
        origin: Origin::new(sources, value, text),
        anchors: HashMap::new(),
    };
    // A tab indents nothing.
    if text.lines().find(|it| !it.trim().is_empty()).is_some_and(|it| it.starts_with('\t')) {
        return Err(Why::WrongType.into());
    }
    loop {
        match reader.next()? {
            (Event::StreamStart | Event::DocumentStart(_), _) => {}
            (Event::StreamEnd | Event::DocumentEnd, _) => return Err(Why::WrongType.into()),
            (event, span) => {
                let decoded = reader.value(event, span, 0)?;
                reader.expect_end()?;
                return Ok(of_text(decoded, value));
            }
        }
    }
}

/// The byte offset of each character, for texts in which they differ.
fn offsets(text: &str) -> Option<Vec<usize>> {
    (!text.is_ascii()).then(|| text.char_indices().map(|it| it.0).chain([text.len()]).collect())
}

struct Reader<'t, 'a> {
    parser: Parser<'t, saphyr_parser::StrInput<'t>>,
    text: &'t str,
    offsets: Option<Vec<usize>>,
    origin: Origin<'t>,
    anchors: HashMap<usize, Value<'a>>,
}

impl<'t, 'a> Reader<'t, 'a> {
    fn next(&mut self) -> Result<(Event<'t>, Span), Fault> {
        match self.parser.next_event() {
            Some(Ok(event)) => Ok(event),
            Some(Err(error)) => Err(self.broken(&error)),
            None => Err(Why::WrongType.into()),
        }
    }

    /// One document is all that there may be.
    fn expect_end(&mut self) -> Result<(), Fault> {
        loop {
            match self.next()?.0 {
                Event::DocumentEnd => {}
                Event::StreamEnd => return Ok(()),
                _ => return Err(Why::WrongType.into()),
            }
        }
    }

    /// What the parser refuses. Terraform's own may take it, so that nothing is
    /// certain but that the values are unknown.
    fn broken(&self, error: &ScanError) -> Fault {
        let start = source::floor_boundary(self.text, self.byte(error.marker().index()));
        let end = self.text[start..].chars().next().map_or(start, |it| start + it.len_utf8());
        let span = source::Span::new(source::FileId::default(), start, end);
        let message = format!("this is no YAML that okta-lint can read: {}", error.info());
        let mut finding = Finding::input(SYNTAX_ERROR, span, "the parser stopped here", message)
            .with_help("mend it; until then all that it holds is taken as unknown");
        finding.certainty = Certainty::Possible;
        finding.level = Level::Info;
        self.origin.broken(finding)
    }

    /// The byte offset of a character.
    fn byte(&self, index: usize) -> usize {
        match &self.offsets {
            Some(offsets) => offsets.get(index).copied().unwrap_or(self.text.len()),
            None => index.min(self.text.len()),
        }
    }

    fn range(&self, span: Span) -> Range<usize> {
        let range = self.byte(span.start.index())..self.byte(span.end.index().max(span.start.index()));
        let trimmed = self.text[range.clone()].trim_end().len();
        range.start..range.start + trimmed
    }

    fn value(&mut self, event: Event<'t>, span: Span, depth: usize) -> Decoded<'a> {
        if depth > MAX_DEPTH {
            return Err(Why::Limit.into());
        }
        let at = self.origin.place(self.range(span));
        let (value, anchor) = match event {
            Event::Alias(anchor) => {
                return self.anchors.get(&anchor).cloned().ok_or(Why::WrongType.into());
            }
            Event::Scalar(text, style, anchor, tag) => {
                let kind = scalar(&text, style, tag.as_deref())?;
                (Value::new(at, kind), anchor)
            }
            Event::SequenceStart(anchor, _) => {
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, _) => break,
                        (event, span) => items.push(self.value(event, span, depth + 1)?),
                    }
                }
                (Value::tuple(at, items), anchor)
            }
            Event::MappingStart(anchor, _) => (self.mapping(at, depth)?, anchor),
            _ => return Err(Why::WrongType.into()),
        };
        if anchor != 0 {
            self.anchors.insert(anchor, value.clone());
        }
        Ok(value)
    }

    fn mapping(&mut self, at: crate::model::Place, depth: usize) -> Decoded<'a> {
        let mut entries: Vec<(MapKey, Value<'a>)> = Vec::new();
        loop {
            let (event, span) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                return Ok(Value::object(at, entries));
            }
            let merges = matches!(&event, Event::Scalar(text, ScalarStyle::Plain, _, None) if text == "<<");
            let key = self.value(event, span, depth + 1)?;
            let (event, span) = self.next()?;
            let value = self.value(event, span, depth + 1)?;
            if merges && is_mapping(&value) {
                if let Kind::Mapping(base) = &value.kind {
                    entries.extend(base.entries.iter().cloned());
                }
            } else if merges {
                return Err(Why::WrongType.into());
            } else {
                entries.push((MapKey::of(&key)?, value));
            }
        }
    }
}

/// What a scalar means: only a plain one, or one with a tag, is more than text.
fn scalar<'a>(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result<Kind<'a>, Why> {
    let string = || Kind::String(text.into());
    if let Some(tag) = tag {
        if tag.suffix == "str" || style != ScalarStyle::Plain {
            return Ok(string());
        }
        if tag.suffix == "binary" {
            return Ok(string());
        }
    }
    if style != ScalarStyle::Plain {
        return Ok(string());
    }
    Ok(match text {
        "" | "~" | "null" | "Null" | "NULL" => Kind::Null,
        "true" | "True" | "TRUE" | "yes" | "Yes" | "YES" | "on" | "On" | "ON" | "y" | "Y" => Kind::Bool(true),
        "false" | "False" | "FALSE" | "no" | "No" | "NO" | "off" | "Off" | "OFF" | "n" | "N" => {
            Kind::Bool(false)
        }
        // Infinities and what is not a number: no argument takes them.
        ".inf" | ".Inf" | ".INF" | "-.inf" | "-.Inf" | "-.INF" | "+.inf" | ".nan" | ".NaN" | ".NAN" => {
            return Err(Why::Expression);
        }
        _ => number(text).map(Kind::Number).or_else(|| timestamp(text)).unwrap_or_else(string),
    })
}

fn number(text: &str) -> Option<Number> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    if let Some(digits) = unsigned.strip_prefix("0x") {
        return Number::in_base(digits, 16);
    }
    if let Some(digits) = unsigned.strip_prefix("0o") {
        return Number::in_base(digits, 8);
    }
    let starts = unsigned.starts_with(|it: char| it.is_ascii_digit() || it == '.');
    let has_digit = unsigned.contains(|it: char| it.is_ascii_digit());
    if starts && has_digit { Number::parse(text.strip_prefix('+').unwrap_or(text)) } else { None }
}

/// A date is the text of its first moment.
fn timestamp<'a>(text: &str) -> Option<Kind<'a>> {
    let starts_with_year = text.len() >= 8 && text.as_bytes()[..4].iter().all(u8::is_ascii_digit);
    if !starts_with_year || text.as_bytes()[4] != b'-' {
        return None;
    }
    if let Ok(date) = chrono::NaiveDate::parse_from_str(text, "%Y-%m-%d") {
        return Some(Kind::String(format!("{date}T00:00:00Z").into()));
    }
    let written = text.replacen(' ', "T", 1);
    let utc = chrono::NaiveDateTime::parse_from_str(&written, "%Y-%m-%dT%H:%M:%S%.f")
        .map(|it| it.and_utc().fixed_offset());
    let moment = chrono::DateTime::parse_from_rfc3339(&written).or(utc).ok()?;
    let utc = moment.offset().local_minus_utc() == 0;
    Some(Kind::String(moment.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, utc).into()))
}
