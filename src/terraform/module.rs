//! The blocks of one folder, merged as Terraform merges them.

use std::collections::{BTreeMap, HashMap};
use std::path::PathBuf;

use crate::finding::{Finding, Label, SYNTAX_ERROR, WRONG_TYPE};
use crate::source::Span;
use crate::syntax::expression::{Expr, ExprKind};
use crate::syntax::{Key, Node, Value};

use super::{Language, TOP_LEVEL};

/// The places that one finding shows at the most.
const MAX_LABELS: usize = 8;

/// The blocks of a module.
#[derive(Debug, Default)]
pub(super) struct Module<'a> {
    /// The folder that it lies in.
    pub(super) folder: PathBuf,
    /// Resources and data sources, in the order of the files.
    pub(super) blocks: Vec<Block<'a>>,
    pub(super) variables: BTreeMap<&'a str, (&'a Key, &'a Node)>,
    pub(super) locals: BTreeMap<&'a str, (&'a Key, &'a Node)>,
    pub(super) outputs: BTreeMap<&'a str, (&'a Key, &'a Node)>,
    pub(super) calls: Vec<Call<'a>>,
    /// Configurations of the okta provider.
    pub(super) providers: Vec<&'a Node>,
    /// Whether it configures a provider or a backend, as roots do.
    pub(super) is_configured: bool,
    /// Whether a file of it could not be read to its end.
    pub(super) incomplete: bool,
    /// Top-level names that are not Terraform's.
    pub(super) foreign: Vec<&'a Key>,
    by_name: HashMap<(Mode, &'a str, &'a str), usize>,
}

/// Who makes an object.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Mode {
    /// A `resource`: this configuration.
    Managed,
    /// A `data` source: it is only looked up.
    Data,
}

/// A `resource` or `data` block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Block<'a> {
    pub(super) mode: Mode,
    pub(super) kind: &'a str,
    pub(super) name: &'a Key,
    pub(super) body: &'a Node,
    pub(super) language: Language,
}

/// A `module` block.
#[derive(Clone, Copy, Debug)]
pub(super) struct Call<'a> {
    pub(super) name: &'a Key,
    pub(super) body: &'a Node,
}

impl Block<'_> {
    /// `okta_auth_server.api` or `data.okta_group.everyone`.
    pub(super) fn address(&self) -> String {
        let prefix = if self.mode == Mode::Data { "data." } else { "" };
        format!("{prefix}{}.{}", self.kind, self.name.text)
    }
}

impl Call<'_> {
    /// The source, as it is written.
    pub(super) fn source(&self) -> Option<String> {
        self.body.get("source").and_then(bare)
    }
}

impl<'a> Module<'a> {
    /// The module of these files. Blocks of one name merge; what Terraform
    /// refuses is a finding, and the first of it is read.
    pub(super) fn new(folder: PathBuf, files: &'a [(Language, Node)], findings: &mut Vec<Finding>) -> Self {
        let mut module = Self { folder, ..Self::default() };
        for (language, root) in files {
            for root in each(root) {
                for (key, node) in root.entries() {
                    module.top_level(key, node, *language, findings);
                }
                if !matches!(root.value, Value::Object(_)) {
                    findings.push(unexpected(root, "an object of blocks"));
                }
            }
        }
        module
    }

    fn top_level(&mut self, key: &'a Key, node: &'a Node, language: Language, findings: &mut Vec<Finding>) {
        match key.text.as_str() {
            "resource" => self.add_blocks(Mode::Managed, node, language, findings),
            "data" => self.add_blocks(Mode::Data, node, language, findings),
            "variable" => add_named(&mut self.variables, "variable", node, findings),
            "locals" => add_named(&mut self.locals, "local", node, findings),
            "output" => add_named(&mut self.outputs, "output", node, findings),
            "module" => {
                for (name, bodies) in labelled(node, findings) {
                    self.calls.extend(each(bodies).map(|body| Call { name, body }));
                }
            }
            "provider" => {
                self.is_configured = true;
                let okta = each(node).filter_map(|it| it.get("okta"));
                self.providers.extend(okta.flat_map(each));
            }
            "terraform" => {
                let has = |name: &str| each(node).any(|it| it.get(name).is_some());
                self.is_configured |= has("backend") || has("cloud");
            }
            "//" => {}
            name if TOP_LEVEL.contains(&name) => {}
            _ => self.foreign.push(key),
        }
    }

    fn add_blocks(&mut self, mode: Mode, node: &'a Node, language: Language, findings: &mut Vec<Finding>) {
        for (kind, names) in labelled(node, findings) {
            for (name, bodies) in labelled(names, findings) {
                if !is_name(&name.text) {
                    findings.push(bad_name(name));
                }
                for body in each(bodies) {
                    let block = Block { mode, kind: &kind.text, name, body, language };
                    if !matches!(body.value, Value::Object(_)) {
                        findings.push(unexpected(body, "an object of arguments"));
                        self.incomplete = true;
                        continue;
                    }
                    let key = (mode, kind.text.as_str(), name.text.as_str());
                    if let Some(&first) = self.by_name.get(&key) {
                        declared_again(&self.blocks[first], name.span, findings);
                    } else {
                        self.by_name.insert(key, self.blocks.len());
                        self.blocks.push(block);
                    }
                }
            }
        }
    }

    /// The index of a block by its mode, type and name.
    pub(super) fn find(&self, mode: Mode, kind: &str, name: &str) -> Option<usize> {
        self.by_name.get(&(mode, kind, name)).copied()
    }

    /// The index of the call of a module by its name.
    pub(super) fn find_call(&self, name: &str) -> Option<usize> {
        self.calls.iter().position(|it| it.name.text == name)
    }

    /// Whether a variable has no default, so that a caller must give a value.
    pub(super) fn has_required_variables(&self) -> bool {
        self.variables.values().any(|(_, node)| each(node).all(|it| it.get("default").is_none()))
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

/// The text of a literal string or of a plain reference: what stands where
/// Terraform evaluates nothing.
pub(super) fn bare(node: &Node) -> Option<String> {
    match &node.value {
        Value::String(text) => Some(text.clone()),
        Value::Expression(expr) => expr.address(),
        _ => None,
    }
}

/// The texts and references of a list, or the one that stands there.
pub(super) fn bare_list(node: &Node) -> Vec<String> {
    match &node.value {
        Value::Array(items) => items.iter().filter_map(bare).collect(),
        Value::Expression(expr) => match &expr.kind {
            ExprKind::Tuple(items) => items.iter().filter_map(Expr::address).collect(),
            _ => expr.address().into_iter().collect(),
        },
        _ => bare(node).into_iter().collect(),
    }
}

/// The entries of a label level, without the comment property `//`.
fn labelled<'a>(node: &'a Node, findings: &mut Vec<Finding>) -> Vec<(&'a Key, &'a Node)> {
    let mut entries = Vec::new();
    for node in each(node) {
        if matches!(node.value, Value::Object(_) | Value::Null) {
            entries
                .extend(node.entries().iter().filter(|(key, _)| key.text != "//").map(|(key, it)| (key, it)));
        } else {
            findings.push(unexpected(node, "an object of blocks"));
        }
    }
    entries
}

fn add_named<'a>(
    into: &mut BTreeMap<&'a str, (&'a Key, &'a Node)>,
    what: &str,
    node: &'a Node,
    findings: &mut Vec<Finding>,
) {
    for (key, value) in labelled(node, findings) {
        if let Some((first, _)) = into.get(key.text.as_str()) {
            findings.push(twice(&format!("{what} `{}`", key.text), first.span, key.span));
        } else {
            into.insert(&key.text, (key, value));
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

/// One finding for each name, however often it is declared.
fn declared_again(first: &Block<'_>, again: Span, findings: &mut Vec<Finding>) {
    let is_known =
        |it: &&mut Finding| it.lint == SYNTAX_ERROR && it.labels.iter().any(|it| it.span == first.name.span);
    match findings.iter_mut().rev().find(is_known) {
        Some(known) if known.labels.len() < MAX_LABELS => known.labels.push(Label::new(again, "and here")),
        Some(_) => {}
        None => findings.push(twice(&format!("`{}`", first.address()), first.name.span, again)),
    }
}

/// A finding for a name that is declared again.
pub(super) fn twice(what: &str, first: Span, again: Span) -> Finding {
    let message = format!("{what} is declared twice");
    let mut finding = Finding::input(SYNTAX_ERROR, again, "declared again here", message)
        .with_help("give one of the two another name, or remove it; the first one is read");
    finding.labels.push(Label::new(first, "first declared here"));
    finding
}

fn unexpected(node: &Node, expected: &str) -> Finding {
    let message = format!("expected {expected}, found {}", node.kind());
    Finding::input(WRONG_TYPE, node.span, "this value", message)
        .with_help(format!("write {expected} here: Terraform refuses what stands there"))
}
