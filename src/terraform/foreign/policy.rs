//! `validate-jwt` in the XML of a policy of Azure API Management.
//!
//! A policy may hold expressions of C#, `@(…)` and `@{…}`, with quotes and angle
//! brackets that XML does not take. They are masked before it is parsed; what one
//! of them says is unknown, and so is what a named value, `{{…}}`, stands for.

use std::ops::Range;

use roxmltree::{Document, Node};

use crate::consumer::{Branch, Tree};
use crate::model::{Why, gap};
use crate::source::Sources;
use crate::terraform::decode;
use crate::terraform::value::Value;

/// What validates tokens in a policy: issuers, each with its audiences.
pub(super) struct Validator {
    pub(super) issuer: Tree,
    pub(super) audiences: Tree,
}

/// A policy, and where its parts stand.
struct Policy<'p, 'a> {
    sources: &'p Sources,
    value: &'p Value<'a>,
    /// As it is written.
    text: &'p str,
    /// The same without its expressions.
    masked: &'p str,
}

/// The validators of a policy. Of one that is no XML nothing is known.
pub(super) fn validators(sources: &Sources, value: &Value<'_>) -> Vec<Validator> {
    let Ok(text) = value.gapped() else { return Vec::new() };
    let Some(masked) = masked(&text) else { return Vec::new() };
    let Ok(document) = Document::parse(&masked) else { return Vec::new() };
    let policy = Policy { sources, value, text: &text, masked: &masked };
    let elements = document.descendants().filter(|it| it.has_tag_name("validate-jwt"));
    elements.flat_map(|it| policy.validators(it)).collect()
}

impl Policy<'_, '_> {
    fn validators(&self, element: Node<'_, '_>) -> Vec<Validator> {
        let named = |name: &'static str| element.descendants().filter(move |it| it.has_tag_name(name));
        let texts = |name| named(name).filter_map(|it| self.text_of(it)).collect::<Vec<_>>();
        let configurations = named("openid-config").filter_map(|it| it.attribute_node("url"));
        let mut issuers: Vec<Tree> =
            configurations.map(|it| self.leaf(it.value(), it.range_value())).collect();
        // With keys of its own a policy names the issuers themselves.
        if issuers.is_empty() {
            issuers = texts("issuer");
        }
        // A part that is not known may bring others.
        let open = named("audiences").flat_map(|it| it.children()).filter(Node::is_text);
        let open = open.filter(|it| it.text().is_some_and(gap::has_gaps));
        let more = open.map(|_| Tree { at: self.value.at, value: Branch::Unknown(Why::Expression) });
        let audiences = texts("audience").into_iter().chain(more).collect();
        let audiences = Tree { at: self.value.at, value: Branch::List(audiences) };
        issuers.into_iter().map(|issuer| Validator { issuer, audiences: audiences.clone() }).collect()
    }

    fn text_of(&self, element: Node<'_, '_>) -> Option<Tree> {
        let text = element.first_child().filter(Node::is_text)?;
        Some(self.leaf(text.text()?, text.range()))
    }

    fn leaf(&self, decoded: &str, range: Range<usize>) -> Tree {
        let is_literal = self.text.get(range.clone()) == self.masked.get(range.clone());
        let value = match decoded.trim() {
            text if is_literal && !text.contains("{{") => Branch::of_text(text.to_owned()),
            _ => Branch::Unknown(Why::Expression),
        };
        Tree { at: decode::place_in(self.sources, self.value, self.text, range), value }
    }
}

/// The text with `_` for each byte of its expressions, so that what is left
/// stands where it stood; `None` if one of them does not end.
fn masked(text: &str) -> Option<String> {
    let mut masked = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = start_of_expression(rest) {
        let length = length_of_expression(&rest[start..])?;
        masked.push_str(&rest[..start]);
        masked.extend(std::iter::repeat_n('_', length));
        rest = &rest[start + length..];
    }
    masked.push_str(rest);
    Some(masked)
}

fn start_of_expression(text: &str) -> Option<usize> {
    ["@(", "@{"].iter().filter_map(|it| text.find(it)).min()
}

/// How long an expression is, from its `@` to the bracket that closes it.
fn length_of_expression(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    let mut quote = None;
    let mut is_escaped = false;
    for (at, it) in text.char_indices() {
        match (quote, it) {
            (Some(_), _) if is_escaped => is_escaped = false,
            (Some(_), '\\') => is_escaped = true,
            (Some(open), _) if it == open => quote = None,
            (None, '"' | '\'') => quote = Some(it),
            (None, '(' | '{' | '[') => depth += 1,
            (None, ')' | '}' | ']') => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + it.len_utf8());
                }
            }
            _ => {}
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn expressions_are_masked_and_the_rest_stays_in_its_place() {
        let text = r#"<a b="@(x("é)", '"') && y < 2)"><c>@{ return "}"; }</c></a>"#;
        let masked = masked(text).expect("it ends");
        assert_eq!(masked.len(), text.len());
        let document = Document::parse(&masked).expect("XML");
        let c = document.descendants().find(|it| it.has_tag_name("c")).expect("c");
        assert_eq!(&text[c.range()], r#"<c>@{ return "}"; }</c>"#);
    }

    #[test]
    fn an_expression_without_an_end_leaves_nothing() {
        assert_eq!(masked("<a>@(x</a>"), None);
        assert_eq!(masked("<a>ops@acme.com</a>").as_deref(), Some("<a>ops@acme.com</a>"));
    }
}
