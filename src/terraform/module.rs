//! The blocks of one folder, merged as Terraform merges them.

use crate::finding::{Finding, SYNTAX_ERROR, WRONG_TYPE};
use crate::source::Span;
use crate::syntax::{Key, Node, Value};

use super::{Language, TOP_LEVEL};

/// The blocks of a module.
#[derive(Debug, Default)]
pub(super) struct Module<'a> {
    pub(super) resources: Vec<Block<'a>>,
    pub(super) data: Vec<Block<'a>>,
    pub(super) variables: Vec<(&'a Key, &'a Node)>,
    pub(super) locals: Vec<(&'a Key, &'a Node)>,
    pub(super) calls: Vec<&'a Key>,
    /// Whether a file of it could not be read to its end.
    pub(super) incomplete: bool,
    /// Top-level names that are not Terraform's.
    pub(super) foreign: Vec<&'a Key>,
}

/// A `resource` or `data` block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block<'a> {
    pub(super) kind: &'a str,
    pub(super) name: &'a Key,
    pub(super) body: &'a Node,
}

impl Block<'_> {
    /// `okta_auth_server.api`.
    pub(super) fn address(&self) -> String {
        format!("{}.{}", self.kind, self.name.text)
    }
}

impl<'a> Module<'a> {
    /// The module of these files. Blocks of one name merge; what Terraform
    /// refuses is a finding, and the first of it is read.
    pub(super) fn new(files: &'a [(Language, Node)], findings: &mut Vec<Finding>) -> Self {
        let mut module = Self::default();
        for (language, root) in files {
            for root in each(root) {
                for (key, node) in root.entries() {
                    module.top_level(key, node, findings);
                }
                if !matches!(root.value, Value::Object(_)) {
                    findings.push(unexpected(root, "an object of blocks", *language));
                }
            }
        }
        module
    }

    fn top_level(&mut self, key: &'a Key, node: &'a Node, findings: &mut Vec<Finding>) {
        match key.text.as_str() {
            "resource" => add_blocks(&mut self.resources, node, findings),
            "data" => add_blocks(&mut self.data, node, findings),
            "variable" => self.variables.extend(labelled(node)),
            "locals" => self.locals.extend(labelled(node)),
            "module" => self.calls.extend(labelled(node).map(|(key, _)| key)),
            "//" => {}
            name if TOP_LEVEL.contains(&name) => {}
            _ => self.foreign.push(key),
        }
    }

    /// The value of a local.
    pub(super) fn local(&self, name: &str) -> Option<&'a Node> {
        self.locals.iter().find(|(key, _)| key.text == name).map(|(_, node)| *node)
    }

    /// The block of a variable.
    pub(super) fn variable(&self, name: &str) -> Option<&'a Node> {
        self.variables.iter().find(|(key, _)| key.text == name).map(|(_, node)| *node)
    }
}

/// A value, or each element of an array: at every level of blocks both are legal.
pub(super) fn each(node: &Node) -> impl Iterator<Item = &Node> {
    let items = match &node.value {
        Value::Array(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    items.iter()
}

/// The entries of a label level, without the comment property `//`.
fn labelled(node: &Node) -> impl Iterator<Item = (&Key, &Node)> {
    each(node).flat_map(Node::entries).filter(|(key, _)| key.text != "//").map(|(key, node)| (key, node))
}

fn add_blocks<'a>(blocks: &mut Vec<Block<'a>>, node: &'a Node, findings: &mut Vec<Finding>) {
    for (kind, names) in labelled(node) {
        for (name, bodies) in labelled(names) {
            if !is_name(&name.text) {
                findings.push(bad_name(name));
            }
            for body in each(bodies) {
                let block = Block { kind: &kind.text, name, body };
                let same = |it: &&Block<'_>| it.kind == kind.text && it.name.text == name.text;
                match blocks.iter().find(same) {
                    Some(first) => findings.push(declared_twice(first, name.span)),
                    None => blocks.push(block),
                }
            }
        }
    }
}

/// Terraform's identifiers: letters, digits, `_` and `-`, no digit or dash first.
fn is_name(text: &str) -> bool {
    let part = |it: char| it.is_alphanumeric() || matches!(it, '_' | '-');
    let first = |it: char| it.is_alphabetic() || it == '_';
    text.chars().next().is_some_and(first) && text.chars().all(part)
}

fn bad_name(name: &Key) -> Finding {
    let message = format!("`{}` is no name that Terraform accepts", name.text);
    Finding::input(SYNTAX_ERROR, name.span, "this name", message)
        .with_help("use letters, digits, `_` and `-`, and start with a letter or `_`")
}

fn declared_twice(first: &Block<'_>, again: Span) -> Finding {
    let message = format!("`{}` is declared twice", first.address());
    let mut finding = Finding::input(SYNTAX_ERROR, again, "declared again here", message)
        .with_help("give one of the two another name, or remove it; the first one is read");
    finding.labels.push(crate::finding::Label::new(first.name.span, "first declared here"));
    finding
}

fn unexpected(node: &Node, expected: &str, language: Language) -> Finding {
    let spelling = match language {
        Language::Json => "Terraform's JSON syntax",
        Language::Toml => "Terraform in TOML",
    };
    let message = format!("expected {expected}, found {}", node.kind());
    Finding::input(WRONG_TYPE, node.span, "this value", message)
        .with_help(format!("a file of {spelling} is an object, or an array of objects"))
}
