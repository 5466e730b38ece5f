//! HCL to [`Node`], by hcl-edit, which owns the grammar and its messages.
//!
//! A file becomes the tree that `.tf.json` gives: labels are levels of objects,
//! blocks are objects, repeated blocks repeated keys. Arguments keep their
//! expression. A file that does not parse is read block by block.

mod lower;
mod salvage;

use hcl_edit::Span as _;
use hcl_edit::structure::{Block, BlockLabel, Body, Structure};

use self::lower::Origin;
use super::expression::{Expr, ExprKind};
use super::{Key, Node, Parsed, Value};
use crate::finding::{Finding, SYNTAX_ERROR};
use crate::source::{FileId, Sources, Span};

/// Parses a file of HCL; after an error the tree holds the blocks around it.
pub fn parse(sources: &Sources, file: FileId) -> Parsed {
    let base = sources.start(file);
    let text = &sources.text(file)[base..];
    let span = sources.whole(file);
    match body(text, file, base) {
        Ok(entries) => {
            Parsed { root: Some(Node { span, value: Value::Object(entries) }), findings: Vec::new() }
        }
        Err(whole) => {
            let mut entries = Vec::new();
            let mut first = None;
            for piece in salvage::blocks(text) {
                match body(&text[piece.clone()], file, base + piece.start) {
                    Ok(more) => entries.extend(more),
                    Err(error) => first = first.or(Some(error)),
                }
            }
            let findings = vec![*first.unwrap_or(whole)];
            Parsed { root: Some(Node { span, value: Value::Object(entries) }), findings }
        }
    }
}

/// Parses the text of a template, as it stands in the strings of JSON and TOML.
/// `literal` is the place of that string.
///
/// # Errors
/// The parser's message.
pub fn template(sources: &Sources, text: &str, literal: Span) -> Result<Expr, String> {
    if !text.contains("${") && !text.contains("%{") {
        return Ok(Expr { span: literal, kind: ExprKind::String(text.to_owned()) });
    }
    let written = &sources.text(literal.file)[literal.start as usize..literal.end as usize];
    let origin = match written.find(text) {
        Some(at) => Origin::File { file: literal.file, base: literal.start as usize + at, text },
        None => Origin::Literal(literal, text),
    };
    let template = hcl_edit::parser::parse_template(text).map_err(|it| it.message().to_owned())?;
    Ok(lower::text(&template, literal, &origin))
}

/// Parses an expression that stands in a string, such as the type of a variable.
///
/// # Errors
/// The parser's message.
pub fn expression(text: &str, literal: Span) -> Result<Expr, String> {
    let parsed = hcl_edit::parser::parse_expr(text).map_err(|it| it.message().to_owned())?;
    Ok(lower::expression(&parsed, &Origin::Literal(literal, text)))
}

type Entries = Vec<(Key, Node)>;

fn body(text: &str, file: FileId, base: usize) -> Result<Entries, Box<Finding>> {
    let origin = Origin::File { file, base, text };
    match hcl_edit::parser::parse_body(text) {
        Ok(parsed) => Ok(Lowering { file, base, origin }.body(&parsed)),
        Err(error) => {
            let stopped = error.location().offset();
            if let Some(open) = salvage::open_string(text).filter(|it| it.start < stopped) {
                let span = Span::new(file, base + open.start, base + open.end);
                let message = "not valid HCL: a string does not end on its line".to_owned();
                let finding = Finding::input(SYNTAX_ERROR, span, "no closing quote", message);
                let help = "close it with `\"`; a text of several lines is a heredoc: `<<-EOT`";
                return Err(Box::new(finding.with_help(help)));
            }
            let start = base + stopped;
            let end = text.get(stopped..).and_then(|it| it.chars().next());
            let span = Span::new(file, start, start + end.map_or(0, char::len_utf8));
            let message = format!("not valid HCL: {}", plain(error.message()));
            let finding = Finding::input(SYNTAX_ERROR, span, "the parser stopped here", message);
            let help =
                "mend this block: what it declares is unknown until then; the blocks around it are read";
            Err(Box::new(finding.with_help(help)))
        }
    }
}

/// hcl-edit's message on one line.
fn plain(message: &str) -> String {
    message.split_whitespace().collect::<Vec<_>>().join(" ").replace("; expected", ", expected")
}

/// A file on its way to nodes.
struct Lowering<'t> {
    file: FileId,
    base: usize,
    origin: Origin<'t>,
}

impl Lowering<'_> {
    fn span(&self, range: Option<std::ops::Range<usize>>) -> Span {
        let range = range.unwrap_or_default();
        Span::new(self.file, self.base + range.start, self.base + range.end)
    }

    fn body(&self, body: &Body) -> Entries {
        body.iter()
            .map(|structure| match structure {
                Structure::Attribute(it) => {
                    let key = Key { span: self.span(it.key.span()), text: it.key.as_str().to_owned() };
                    let value = lower::expression(&it.value, &self.origin);
                    (key, Node { span: value.span, value: Value::Expression(Box::new(value)) })
                }
                Structure::Block(it) => self.block(it),
            })
            .collect()
    }

    /// A block as nested objects, one level a label.
    fn block(&self, block: &Block) -> (Key, Node) {
        let span = self.span(block.span());
        let mut node = Node { span, value: Value::Object(self.body(&block.body)) };
        for label in block.labels.iter().rev() {
            let range = match label {
                BlockLabel::Ident(it) => it.span(),
                BlockLabel::String(it) => it.span(),
            };
            let key = Key { span: self.span(range), text: label.as_str().to_owned() };
            node = Node { span, value: Value::Object(vec![(key, node)]) };
        }
        (Key { span: self.span(block.ident.span()), text: block.ident.as_str().to_owned() }, node)
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn parsed(text: &str) -> (String, Parsed) {
        let sources = Sources::default();
        let file = sources.add(Path::new("t.tf"), text.to_owned());
        (text.to_owned(), parse(&sources, file))
    }

    fn slice(text: &str, span: Span) -> &str {
        &text[span.start as usize..span.end as usize]
    }

    #[test]
    fn labels_are_levels_and_values_have_their_places() {
        let (text, parsed) = parsed("resource \"okta_auth_server\" \"api\" {\n  name = upper(\"x\")\n}\n");
        let root = parsed.root.unwrap();
        let body = ["resource", "okta_auth_server", "api"].iter().fold(&root, |it, key| it.get(key).unwrap());
        assert_eq!(slice(&text, body.get("name").unwrap().span), "upper(\"x\")");
        let names = root.get("resource").unwrap().get("okta_auth_server").unwrap();
        assert_eq!(slice(&text, names.entries()[0].0.span), "\"api\"");
    }

    #[test]
    fn a_broken_block_does_not_hide_its_neighbours() {
        let text =
            "locals {\n  a = 1\n}\nresource \"x\" \"y\" { b = 1; c = 2 }\nlocals {\n  d = <<EOT\n}\nEOT\n}\n";
        let (text, parsed) = parsed(text);
        assert_eq!(parsed.findings.len(), 1);
        assert_eq!(slice(&text, parsed.findings[0].primary()), ";");
        let root = parsed.root.unwrap();
        assert_eq!(root.get_all("locals").count(), 2);
        assert_eq!(root.get_all("resource").count(), 0);
    }

    #[test]
    fn deep_nesting_is_an_error_not_an_abort() {
        let text = format!("a = {}{}\n", "[".repeat(10_000), "]".repeat(10_000));
        assert_eq!(parsed(&text).1.findings.len(), 1);
    }

    #[test]
    fn strip_markers_are_applied() {
        let sources = Sources::default();
        let text = "a  %{ if true ~}\n  b  %{~ else }c%{ endif ~}\n d";
        let file = sources.add(Path::new("t"), text.to_owned());
        let expr = template(&sources, text, sources.whole(file)).unwrap();
        let ExprKind::Template(parts) = expr.kind else { panic!("a template") };
        let literal = |text: &str| Part::Literal(text.to_owned());
        assert_eq!(parts[0], literal("a  "));
        // To the end of the line and no further: the next one keeps its indent.
        assert_eq!(parts[2], literal(" d"));
        let Part::If(_, then, otherwise) = &parts[1] else { panic!("a directive") };
        assert_eq!((then, otherwise), (&vec![literal("  b")], &vec![literal("c")]));
    }

    use super::super::expression::Part;
}
