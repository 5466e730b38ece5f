//! JSON to [`Node`], by `serde_json`, which owns the grammar and its messages.
//!
//! Each value is borrowed as a [`RawValue`]; the distance of its first byte
//! from the start of the text is its place. `RawValue` checks the grammar but
//! not what a string or a number means, so those are checked when they are
//! read here.

use std::borrow::Cow;
use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;

use super::{Key, MAX_DEPTH, Node, Parsed, Value};
use crate::finding::{Finding, SYNTAX_ERROR};
use crate::source::{FileId, Sources, Span};

/// A text, and the file it is the text of: turns borrowed values into places.
#[derive(Clone, Copy, Debug)]
pub struct Text<'a> {
    /// The file.
    pub file: FileId,
    /// All of its text.
    pub text: &'a str,
    /// Where parsing starts: after a byte order mark.
    pub start: usize,
}

impl<'a> Text<'a> {
    /// The text of `file`.
    pub fn new(sources: &'a Sources, file: FileId) -> Self {
        Self { file, text: sources.text(file), start: sources.start(file) }
    }

    /// Where a part of the text stands in it.
    pub fn span(&self, part: &str) -> Span {
        let start = (part.as_ptr() as usize).saturating_sub(self.text.as_ptr() as usize);
        let start = start.min(self.text.len());
        Span::new(self.file, start, (start + part.len()).min(self.text.len()))
    }

    /// The first characters of a part, to show it without drawing all of it.
    pub fn head(&self, part: &str) -> Span {
        let end = part.char_indices().nth(60).map_or(part.len(), |(at, _)| at);
        let line = part[..end].lines().next().unwrap_or_default();
        self.span(&part[..line.len()])
    }

    /// The elements of a text that is one array and nothing else: one walk
    /// through a large export, where [`Text::values`] would need two.
    pub fn only_array(&self) -> Option<Vec<&'a RawValue>> {
        let body = &self.text[self.start..];
        let is_array = body.trim_start().starts_with('[');
        is_array.then(|| serde_json::from_str(body).ok()).flatten()
    }

    /// The values that stand one after another in the text.
    ///
    /// # Errors
    /// The first error of the grammar, as a finding, beside the values before it.
    pub fn values(&self) -> (Vec<&'a RawValue>, Option<Finding>) {
        let mut values = Vec::new();
        let stream = serde_json::Deserializer::from_str(&self.text[self.start..]);
        for value in stream.into_iter::<&RawValue>() {
            match value {
                Ok(value) => values.push(value),
                Err(error) => return (values, Some(self.error(self.start, &error))),
            }
        }
        (values, None)
    }

    /// A finding for an error in the text that starts at `base`.
    pub fn error(&self, base: usize, error: &serde_json::Error) -> Finding {
        let start = self.offset(base, error.line(), error.column());
        let end = self.text[start..].char_indices().nth(1).map_or(self.text.len(), |(at, _)| start + at);
        let words = error.to_string();
        let words = words.split(" at line ").next().unwrap_or_default();
        let (message, label) = if error.is_eof() {
            (format!("the file ends too early: {}", lower_eof(words)), "the file ends here")
        } else {
            (format!("not valid JSON: {words}"), "the parser stopped here")
        };
        Finding::input(SYNTAX_ERROR, Span::new(self.file, start, end), label, message)
    }

    /// The byte that a line and a column (in bytes, from 1) of serde_json name.
    fn offset(&self, base: usize, line: usize, column: usize) -> usize {
        let body = &self.text.as_bytes()[base..];
        let line_start = match line {
            0 | 1 => 0,
            _ => memchr::memchr_iter(b'\n', body).nth(line - 2).map_or(body.len(), |at| at + 1),
        };
        let mut at = (base + line_start + column.saturating_sub(1)).min(self.text.len());
        while !self.text.is_char_boundary(at) {
            at -= 1;
        }
        at
    }
}

/// `EOF while parsing a list` in words for people.
fn lower_eof(words: &str) -> String {
    words.replacen("EOF while parsing", "it breaks off in", 1)
}

/// Parses a file of one JSON value.
pub fn parse(sources: &Sources, file: FileId) -> Parsed {
    let text = Text::new(sources, file);
    let (values, error) = text.values();
    let help = "mend the file: what it declares is unknown until then";
    let mut findings: Vec<Finding> = error.into_iter().map(|it| it.with_help(help)).collect();
    if values.len() > 1 {
        let span = text.span(values[1].get());
        let message = "the file holds more than one JSON value".to_owned();
        let finding = Finding::input(SYNTAX_ERROR, span, "a second value starts here", message);
        findings.push(finding.with_help("keep one object in the file: only the first one is read"));
    }
    let root = values.first().and_then(|value| match lower(&text, value, 0) {
        Ok(node) => Some(node),
        Err(finding) => {
            findings.push(*finding);
            None
        }
    });
    Parsed { root, findings }
}

/// A finding is large, and the path on which there is none is hot.
type Lowered<T> = Result<T, Box<Finding>>;

/// Builds the tree of one value.
///
/// # Errors
/// A finding where a string or number has no meaning, or the depth is too great.
pub fn lower(text: &Text<'_>, raw: &RawValue, depth: usize) -> Lowered<Node> {
    let body = raw.get();
    let span = text.span(body);
    if depth >= MAX_DEPTH {
        let message = format!("values nest deeper than {MAX_DEPTH} levels, which is the limit");
        let finding = Finding::input(SYNTAX_ERROR, span, "nested too deep", message);
        return Err(Box::new(finding.with_help("take levels out, or leave the file out with `exclude`")));
    }
    let value = match body.as_bytes().first() {
        Some(b'n') => Value::Null,
        Some(b't' | b'f') => Value::Bool(body == "true"),
        Some(b'"') => Value::String(string(text, raw)?.into_owned()),
        Some(b'[') => Value::Array(
            elements(text, raw)?.into_iter().map(|it| lower(text, it, depth + 1)).collect::<Lowered<_>>()?,
        ),
        Some(b'{') => Value::Object(object(text, raw, depth)?),
        _ => Value::Number(number(text, raw)?),
    };
    Ok(Node { span, value })
}

fn object(text: &Text<'_>, raw: &RawValue, depth: usize) -> Lowered<Vec<(Key, Node)>> {
    entries(text, raw)?
        .into_iter()
        .map(|(key, value)| {
            let key = Key { span: text.span(key.get()), text: string(text, key)?.into_owned() };
            Ok((key, lower(text, value, depth + 1)?))
        })
        .collect()
}

/// The decoded text of a JSON string.
///
/// # Errors
/// A finding for an escape that names no character, such as a lone surrogate.
pub fn string<'a>(text: &Text<'_>, raw: &'a RawValue) -> Lowered<Cow<'a, str>> {
    let body = raw.get();
    let inner = body.strip_prefix('"').and_then(|it| it.strip_suffix('"'));
    match inner {
        Some(inner) if memchr::memchr(b'\\', inner.as_bytes()).is_none() => Ok(Cow::Borrowed(inner)),
        _ => serde_json::from_str::<String>(body).map(Cow::Owned).map_err(|error| {
            let message = format!("the string has no meaning: {}", first_words(&error));
            let finding = Finding::input(SYNTAX_ERROR, text.span(body), "this string", message);
            Box::new(finding.with_help("write the characters themselves, or escapes that name one each"))
        }),
    }
}

fn number(text: &Text<'_>, raw: &RawValue) -> Lowered<String> {
    let body = raw.get();
    let finite = body.parse::<f64>().is_ok_and(f64::is_finite);
    if finite {
        return Ok(body.to_owned());
    }
    let message = format!("the number `{body}` is out of range");
    let finding = Finding::input(SYNTAX_ERROR, text.span(body), "this number", message);
    Err(Box::new(finding.with_help("write a number that a 64-bit float holds")))
}

/// The elements of a JSON array.
///
/// # Errors
/// None in practice: the grammar was checked when `raw` was made.
pub fn elements<'a>(text: &Text<'_>, raw: &'a RawValue) -> Lowered<Vec<&'a RawValue>> {
    serde_json::from_str(raw.get())
        .map_err(|error| Box::new(text.error(text.span(raw.get()).start as usize, &error)))
}

/// The keys and values of a JSON object, repeated keys included.
///
/// # Errors
/// None in practice: the grammar was checked when `raw` was made.
pub fn entries<'a>(text: &Text<'_>, raw: &'a RawValue) -> Lowered<Vec<(&'a RawValue, &'a RawValue)>> {
    serde_json::from_str::<Entries<'a>>(raw.get())
        .map(|it| it.0)
        .map_err(|error| Box::new(text.error(text.span(raw.get()).start as usize, &error)))
}

fn first_words(error: &serde_json::Error) -> String {
    let words = error.to_string();
    words.split(" at line ").next().unwrap_or_default().to_owned()
}

/// An object as its entries: `serde_json::Map` would keep the last of a
/// repeated key only.
struct Entries<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de: 'a, 'a> Deserialize<'de> for Entries<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct All;
        impl<'de> Visitor<'de> for All {
            type Value = Vec<(&'de RawValue, &'de RawValue)>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut entries = Vec::with_capacity(map.size_hint().unwrap_or(0));
                while let Some(entry) = map.next_entry::<&RawValue, &RawValue>()? {
                    entries.push(entry);
                }
                Ok(entries)
            }
        }
        deserializer.deserialize_map(All).map(Entries)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn parsed(text: &str) -> (Sources, Parsed) {
        let sources = Sources::default();
        let file = sources.add(Path::new("t.json"), text.to_owned());
        let parsed = parse(&sources, file);
        (sources, parsed)
    }

    fn plain(node: &Node) -> serde_json::Value {
        match &node.value {
            Value::Null => serde_json::Value::Null,
            Value::Bool(it) => (*it).into(),
            Value::Number(it) => serde_json::from_str(it).unwrap(),
            Value::String(it) => it.clone().into(),
            Value::Array(it) => it.iter().map(plain).collect::<Vec<_>>().into(),
            Value::Expression(_) => unreachable!("JSON has none"),
            Value::Object(it) => serde_json::Value::Object(
                it.iter().map(|(key, node)| (key.text.clone(), plain(node))).collect(),
            ),
        }
    }

    #[test]
    fn the_tree_is_what_serde_json_reads() {
        let text = r#" {"a": [1, -2.5e3, true, null, "x\n\u00e4"], "b": {"c\"": {}}, "d": []} "#;
        let (_, parsed) = parsed(text);
        let expected: serde_json::Value = serde_json::from_str(text).unwrap();
        assert_eq!(plain(&parsed.root.unwrap()), expected);
    }

    #[test]
    fn every_node_has_its_place() {
        let text = r#"{"a": ["x", {"b": 12}]}"#;
        let (_, parsed) = parsed(text);
        let root = parsed.root.unwrap();
        let slice = |node: &Node| &text[node.span.start as usize..node.span.end as usize];
        let Value::Array(items) = &root.get("a").unwrap().value else { panic!("an array") };
        assert_eq!(slice(&items[0]), "\"x\"");
        assert_eq!(slice(items[1].get("b").unwrap()), "12");
    }

    #[test]
    fn keys_may_repeat() {
        let (_, parsed) = parsed(r#"{"a": 1, "a": 2}"#);
        assert_eq!(parsed.root.unwrap().get_all("a").count(), 2);
    }

    #[test]
    fn what_a_raw_value_skims_over_is_found() {
        for (text, words) in [
            (r#"["\ud800"]"#, "no meaning"),
            ("[1e999]", "out of range"),
            (r#"{"a": 1"#, "ends too early"),
            (r#"{"a": nope}"#, "not valid JSON"),
            ("{} {}", "more than one"),
        ] {
            let (_, parsed) = parsed(text);
            let message = &parsed.findings.first().expect(text).message;
            assert!(message.contains(words), "{text}: {message}");
        }
    }

    #[test]
    fn depth_has_a_limit() {
        let text = format!("{}{}", "[".repeat(10_000), "]".repeat(10_000));
        let (_, parsed) = parsed(&text);
        assert!(parsed.root.is_none());
        assert!(parsed.findings[0].message.contains("128"));
    }
}
