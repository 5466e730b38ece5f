//! YAML to [`Node`], by `saphyr-parser`, whose every event has its place.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Span as Marks, StrInput};

use super::{Key, MAX_DEPTH, Node, Value};
use crate::source::{FileId, Span};

/// How many values aliases may stand for in one file: each is copied, and a few
/// lines of aliases to aliases would fill any memory.
const MAX_COPIES: usize = 100_000;

/// The documents of a text, as far as it can be read, and whether that is all of
/// it: what stands before a mistake, or before an alias that is too much, counts,
/// and what stands after it does not.
pub fn documents(file: FileId, text: &str, start: usize) -> (Vec<Node>, bool) {
    let body = &text[start..];
    let offsets = body.char_indices().map(|it| it.0).chain([body.len()]).collect();
    let parser = Parser::new_from_str(body);
    let mut reader =
        Reader { parser, file, body, start, offsets, anchors: HashMap::new(), made: 0, copies: 0 };
    let mut documents = Vec::new();
    while let Some((event, marks)) = reader.next() {
        match event {
            Event::StreamStart | Event::DocumentStart(_) | Event::DocumentEnd | Event::Nothing => {}
            Event::StreamEnd => return (documents, true),
            event => match reader.node(event, marks, 0) {
                Some(node) => documents.push(node),
                None => break,
            },
        }
    }
    (documents, false)
}

struct Reader<'t> {
    parser: Parser<'t, StrInput<'t>>,
    file: FileId,
    body: &'t str,
    start: usize,
    /// The byte offset of each character.
    offsets: Vec<usize>,
    /// Each with the number of values in it.
    anchors: HashMap<usize, (Node, usize)>,
    /// How many values there are so far.
    made: usize,
    /// How many of them are copies.
    copies: usize,
}

impl<'t> Reader<'t> {
    fn next(&mut self) -> Option<(Event<'t>, Marks)> {
        self.parser.next_event()?.ok()
    }

    fn span(&self, marks: Marks) -> Span {
        let byte = |index: usize| self.offsets.get(index).copied().unwrap_or(self.body.len());
        let from = byte(marks.start.index());
        let to = byte(marks.end.index()).max(from);
        let to = from + self.body[from..to].trim_end().len();
        Span::new(self.file, self.start + from, self.start + to)
    }

    fn node(&mut self, event: Event<'t>, marks: Marks, depth: usize) -> Option<Node> {
        if depth > MAX_DEPTH {
            return None;
        }
        let span = self.span(marks);
        let before = self.made;
        self.made += 1;
        let (value, anchor) = match event {
            Event::Alias(anchor) => return self.copy(anchor),
            Event::Scalar(text, style, anchor, _) => (scalar(&text, style), anchor),
            Event::SequenceStart(anchor, _) => {
                let mut items = Vec::new();
                loop {
                    match self.next()? {
                        (Event::SequenceEnd, _) => break,
                        (event, marks) => items.push(self.node(event, marks, depth + 1)?),
                    }
                }
                (Value::Array(items), anchor)
            }
            Event::MappingStart(anchor, _) => (Value::Object(self.entries(depth)?), anchor),
            _ => return None,
        };
        let node = Node { span, value };
        if anchor != 0 {
            let size = self.made - before;
            self.anchors.insert(anchor, (node.clone(), size));
            self.copies += size;
        }
        (self.copies <= MAX_COPIES).then_some(node)
    }

    /// What stands under an anchor, unless that is too much.
    fn copy(&mut self, anchor: usize) -> Option<Node> {
        let (node, size) = self.anchors.get(&anchor)?;
        self.made += size;
        self.copies += size;
        (self.copies <= MAX_COPIES).then(|| node.clone())
    }

    fn entries(&mut self, depth: usize) -> Option<Vec<(Key, Node)>> {
        let mut entries = Vec::new();
        loop {
            let (event, marks) = self.next()?;
            if matches!(event, Event::MappingEnd) {
                return Some(merged(entries));
            }
            let key = self.node(event, marks, depth + 1)?;
            let (event, marks) = self.next()?;
            let value = self.node(event, marks, depth + 1)?;
            let text = match key.value {
                Value::String(text) | Value::Number(text) => text,
                Value::Bool(it) => it.to_string(),
                _ => continue,
            };
            entries.push((Key { span: key.span, text }, value));
        }
    }
}

/// The entries of a mapping, and those that `<<` merges into it (YAML 1.1 "merge"),
/// which Compose and others take.
fn merged(mut entries: Vec<(Key, Node)>) -> Vec<(Key, Node)> {
    while let Some(at) = entries.iter().position(|it| it.0.text == "<<") {
        let merged = entries.remove(at).1;
        let sources = match merged.value {
            Value::Array(items) => items,
            value => vec![Node { value, ..merged }],
        };
        for source in sources {
            let Value::Object(more) = source.value else { continue };
            for entry in more {
                if entries.iter().all(|it| it.0.text != entry.0.text) {
                    entries.push(entry);
                }
            }
        }
    }
    entries
}

/// A scalar. What is quoted is text; what is plain is told by its looks.
fn scalar(text: &str, style: ScalarStyle) -> Value {
    match text {
        _ if style != ScalarStyle::Plain => Value::String(text.to_owned()),
        "" | "~" | "null" => Value::Null,
        "true" => Value::Bool(true),
        "false" => Value::Bool(false),
        _ if text.parse::<f64>().is_ok() => Value::Number(text.to_owned()),
        _ => Value::String(text.to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_value_knows_its_place() {
        let text = "a:\n  - ünï: \"x\"\n    n: 5\n---\nb: &it [true, ~]\nc: *it\n";
        let (documents, is_whole) = documents(FileId::default(), text, 0);
        assert!(is_whole);
        let at = |node: &Node| &text[node.span.start as usize..node.span.end as usize];
        let item = documents[0].get("a").map(|it| match &it.value {
            Value::Array(items) => items[0].clone(),
            _ => unreachable!("a list"),
        });
        let item = item.unwrap();
        assert_eq!(item.get("ünï").map(at), Some("\"x\""));
        assert_eq!(item.get("n").map(|it| &it.value), Some(&Value::Number("5".to_owned())));
        assert_eq!(documents[1].get("b"), documents[1].get("c"), "an alias is what it stands for");
    }

    #[test]
    fn aliases_of_aliases_end() {
        let mut text = "a: 1\n---\nk0: &a0 [x]\n".to_owned();
        for level in 1..12 {
            let alias = format!("*a{},", level - 1).repeat(10);
            text += &["k: &a", &level.to_string(), " [", &alias, "]\n"].concat();
        }
        let (documents, is_whole) = documents(FileId::default(), &text, 0);
        assert_eq!((documents.len(), is_whole), (1, false));
    }

    #[test]
    fn what_stands_before_a_mistake_counts() {
        let of = |text| {
            let (documents, is_whole) = documents(FileId::default(), text, 0);
            (documents.len(), is_whole)
        };
        assert_eq!(of("a: 1\n---\nb: [1\nc: }"), (1, false));
        assert_eq!(of("[1"), (0, false));
        assert_eq!(of(""), (0, true));
    }
}
