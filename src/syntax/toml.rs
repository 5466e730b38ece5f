//! TOML to [`Node`], by the `toml` crate's spanned tree.

use std::ops::Range;

use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::{Key, Node, Parsed, Value};
use crate::finding::{Finding, Label, SYNTAX_ERROR};
use crate::source::{FileId, Sources, Span};

/// Parses a file; after an error the tree holds what could be recovered.
pub fn parse(sources: &Sources, file: FileId) -> Parsed {
    let base = sources.start(file);
    let (table, errors) = DeTable::parse_recoverable(&sources.text(file)[base..]);
    let place = Place { file, base };
    // One mistake makes several errors; the first is the one to mend.
    let findings = errors.first().map(|error| {
        let range = error.span().unwrap_or(0..0);
        let text = &sources.text(file)[base..];
        if let Some((name, first)) = declared_before(text, &range) {
            let message = format!("`{name}` is declared twice");
            let mut finding = Finding::input(SYNTAX_ERROR, place.span(range), "declared again here", message)
                .with_help("give one of the two another name, or remove it; the first one is read");
            finding.labels.push(Label::new(place.span(first), "first declared here"));
            return finding;
        }
        let message = format!("not valid TOML: {}", error.message().trim());
        Finding::input(SYNTAX_ERROR, place.span(range), "the parser stopped here", message)
            .with_help("mend this line: what stands after it may not be read until then")
    });
    let span = place.span(table.span());
    let root = Node { span, value: Value::Object(place.table(table.get_ref())) };
    Parsed { root: Some(root), findings: findings.into_iter().collect() }
}

/// The header of the table that an error is in, if the same header stands
/// before it: a table that is declared twice.
fn declared_before(text: &str, error: &Range<usize>) -> Option<(String, Range<usize>)> {
    let start = text[..error.start].rfind('\n').map_or(0, |at| at + 1);
    let header = text[start..].lines().next()?.trim();
    let name = header.strip_prefix('[')?.strip_suffix(']').filter(|it| !it.starts_with('['))?;
    let mut at = 0;
    for line in text[..start].split_inclusive('\n') {
        if line.trim() == header {
            return Some((name.to_owned(), at..at + line.trim_end().len()));
        }
        at += line.len();
    }
    None
}

/// Turns ranges of the parsed text into places of the file.
struct Place {
    file: FileId,
    base: usize,
}

impl Place {
    fn span(&self, range: Range<usize>) -> Span {
        Span::new(self.file, self.base + range.start, self.base + range.end)
    }

    fn table(&self, table: &DeTable<'_>) -> Vec<(Key, Node)> {
        let mut entries: Vec<(Key, Node)> = table
            .iter()
            .map(|(key, value)| {
                let text = key.get_ref().to_string();
                (Key { span: self.span(key.span()), text }, self.node(value))
            })
            .collect();
        // The crate keeps tables sorted by name; a report follows the file.
        entries.sort_by_key(|(key, node)| (key.span.start, node.span.start));
        entries
    }

    fn node(&self, value: &Spanned<DeValue<'_>>) -> Node {
        let value_of = |value: &DeValue<'_>| match value {
            DeValue::String(text) => Value::String(text.to_string()),
            DeValue::Integer(it) => Value::Number(integer(it)),
            DeValue::Float(it) => Value::Number(it.as_str().to_owned()),
            DeValue::Boolean(it) => Value::Bool(*it),
            // Terraform has no dates: they are their text.
            DeValue::Datetime(it) => Value::String(it.to_string()),
            DeValue::Array(items) => Value::Array(items.iter().map(|it| self.node(it)).collect()),
            DeValue::Table(table) => Value::Object(self.table(table)),
        };
        Node { span: self.span(value.span()), value: value_of(value.get_ref()) }
    }
}

/// An integer in decimal, whatever its radix.
fn integer(it: &toml::de::DeInteger<'_>) -> String {
    i128::from_str_radix(it.as_str(), it.radix()).map_or_else(|_| it.to_string(), |it| it.to_string())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn parsed(text: &str) -> Parsed {
        let sources = Sources::default();
        let file = sources.add(Path::new("t.toml"), text.to_owned());
        parse(&sources, file)
    }

    #[test]
    fn values_have_their_places() {
        let text = "[a.b]\nc = \"x\" # note\nd = [1, 0x10]\n";
        let root = parsed(text).root.unwrap();
        let body = root.get("a").and_then(|it| it.get("b")).unwrap();
        let slice = |node: &Node| &text[node.span.start as usize..node.span.end as usize];
        assert_eq!(slice(body.get("c").unwrap()), "\"x\"");
        let Value::Array(items) = &body.get("d").unwrap().value else { panic!("an array") };
        assert_eq!(items[1].value, Value::Number("16".to_owned()));
    }

    #[test]
    fn an_error_has_its_place_and_the_rest_is_kept() {
        let text = "[a]\nb = \"x\"\n[a]\nc = 1\n";
        let parsed = parsed(text);
        assert_eq!(parsed.findings.len(), 1);
        assert_eq!(parsed.findings[0].primary().start, 13);
        assert!(parsed.root.unwrap().get("a").is_some());
    }

    #[test]
    fn deep_nesting_is_an_error_not_an_abort() {
        let text = format!("a = {}{}", "[".repeat(10_000), "]".repeat(10_000));
        assert!(!parsed(&text).findings.is_empty());
    }
}
