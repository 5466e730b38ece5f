//! What Terraform itself wrote down: plans and states.
//!
//! Alone, a plan or a state is an org whose places are in that file. Beside the
//! configuration that it was made from it fills in what the configuration
//! leaves unknown, and every place is in the configuration.

mod edges;
mod show;
mod state;

use std::collections::BTreeMap;

use super::body::Argument;
use super::foreign;
use super::value::{Kind, MappingKind, Value};
use crate::finding::{Finding, UNREADABLE_FILE};
use crate::model::{Place, Why};
use crate::source::{FileId, Sources, Span, is_secret_name};
use crate::syntax::{self, Node, json};

/// What a file of Terraform's own is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Record {
    /// What will be.
    Plan,
    /// What was applied.
    State,
}

/// A plan or a state.
#[derive(Debug)]
pub(super) struct Recorded<'a> {
    pub(super) file: FileId,
    pub(super) record: Record,
    /// By address.
    pub(super) resources: BTreeMap<String, Resource<'a>>,
    /// Values that must not be shown.
    pub(super) secrets: Vec<Span>,
    /// The values of the variables of the root, where the plan says them.
    pub(super) variables: BTreeMap<String, Value<'a>>,
}

/// A resource or data source of a plan or state.
#[derive(Debug)]
pub(super) struct Resource<'a> {
    pub(super) kind: String,
    pub(super) is_data: bool,
    /// The provider configuration that makes it.
    pub(super) provider: String,
    pub(super) arguments: Vec<Argument<'a>>,
    /// Where it stands.
    pub(super) at: Place,
}

/// Whether a file of JSON is a plan or a state, judged by its first keys.
pub fn is_recorded(text: &str) -> bool {
    let head = &text.as_bytes()[..text.len().min(4096)];
    let has = |word: &str| memchr::memmem::find(head, word.as_bytes()).is_some();
    let is_plan = has("\"format_version\"") && (has("\"terraform_version\"") || text.len() < 64);
    let is_state = has("\"terraform_version\"") && (has("\"lineage\"") || has("\"serial\""));
    let is_log = has("\"@level\"") && has("\"@module\"");
    is_plan || is_state || is_log
}

/// Reads a plan or a state; a finding for one of another kind or age.
///
/// # Errors
/// A finding with what to do.
pub(super) fn read<'a>(sources: &Sources, file: FileId) -> Result<Recorded<'a>, Box<Finding>> {
    let parsed = json::parse(sources, file);
    let Some(root) = parsed.root else {
        let whole = sources.whole(file);
        let broken = || refused(whole, "the file is not valid JSON", "write it again");
        return Err(Box::new(parsed.findings.into_iter().next().unwrap_or_else(broken)));
    };
    if root.get("@level").is_some() {
        let message = "this is the log of `terraform plan -json`, and no plan";
        return Err(Box::new(refused(
            head(&root),
            message,
            "write one: `terraform plan -out=FILE`, then `terraform show -json FILE`",
        )));
    }
    if root.get("format_version").is_some() {
        return Ok(show::read(&root, file));
    }
    match root.get("version").map(|it| (&it.value, it.span)) {
        Some((syntax::Value::Number(version), _)) if version == "4" => Ok(state::read(&root, file)),
        Some((syntax::Value::Number(version), span)) => {
            let message = format!("this state has version {version}, and only version 4 is read");
            Err(Box::new(refused(
                span,
                &message,
                "run `terraform show -json` with a Terraform of its age, and check that",
            )))
        }
        _ => Err(Box::new(refused(head(&root), "this is neither a plan nor a state", "write it again"))),
    }
}

/// The first byte of a value: a file is not drawn as a whole.
fn head(node: &Node) -> Span {
    Span { end: (node.span.start + 1).min(node.span.end), ..node.span }
}

fn refused(span: Span, message: &str, help: &str) -> Finding {
    Finding::input(UNREADABLE_FILE, span, "this file", message.to_owned()).with_help(help)
}

/// Turns nodes into values, and remembers what must not be shown.
#[derive(Default)]
struct Reader {
    secrets: Vec<Span>,
}

impl Reader {
    /// A value; `unknown` and `secret` are parallel trees of marks.
    fn value<'a>(&mut self, node: &Node, unknown: Option<&Node>, secret: Option<&Node>) -> Value<'a> {
        let at = Place::here(node.span);
        if is_marked(unknown) {
            return Value::unknown(at, Why::Computed);
        }
        if is_marked(secret) && !matches!(node.value, syntax::Value::Null) {
            self.secrets.push(node.span);
            return self.value(node, unknown, None).into_secret();
        }
        match &node.value {
            syntax::Value::Null | syntax::Value::Expression(_) => Value::null(at),
            syntax::Value::Bool(it) => Value::bool(at, *it),
            syntax::Value::Number(it) => match super::number::Number::parse(it) {
                Some(number) => Value::number(at, number),
                None => Value::unknown(at, Why::Limit),
            },
            syntax::Value::String(it) => Value::string(at, it.as_str()),
            syntax::Value::Array(items) => {
                let item = |(index, it): (usize, &Node)| {
                    self.value(it, element(unknown, index), element(secret, index))
                };
                Value::list(at, items.iter().enumerate().map(item).collect())
            }
            syntax::Value::Object(entries) => {
                let mut object = Vec::with_capacity(entries.len());
                for (key, it) in entries {
                    let mark = |tree: Option<&'_ Node>| tree.and_then(|it| it.get(&key.text)).cloned();
                    let hidden = is_secret_name(&key.text) && matches!(it.value, syntax::Value::String(_));
                    if hidden {
                        self.secrets.push(it.span);
                    }
                    object.push((
                        key.text.as_str().into(),
                        self.value(it, mark(unknown).as_ref(), mark(secret).as_ref()),
                    ));
                }
                // What is unknown as a whole is not among the values.
                for (key, _) in unknown.into_iter().flat_map(Node::entries).filter(|(_, it)| is_true(it)) {
                    if entries.iter().all(|it| it.0.text != key.text) {
                        object.push((key.text.as_str().into(), Value::unknown(at, Why::Computed)));
                    }
                }
                Value::mapping(at, MappingKind::Object, object, None)
            }
        }
    }

    /// The arguments of a resource. What is unset is left out: after apply that
    /// is null, empty text or an empty list alike.
    fn arguments<'a>(
        &mut self,
        values: &Node,
        unknown: Option<&Node>,
        secret: Option<&Node>,
    ) -> Vec<Argument<'a>> {
        let mut arguments = Vec::new();
        for (key, node) in values.entries() {
            let mark = |tree: Option<&Node>| tree.and_then(|it| it.get(&key.text)).cloned();
            let (unknown, secret) = (mark(unknown), mark(secret));
            let value = if is_secret_name(&key.text) && !matches!(node.value, syntax::Value::Null) {
                self.secrets.push(node.span);
                self.value(node, unknown.as_ref(), None).into_secret()
            } else {
                self.value(node, unknown.as_ref(), secret.as_ref())
            };
            let value = filled(value, unknown.as_ref());
            if !is_empty(&value) {
                arguments.push(Argument { name: key.text.as_str().into(), written: node.span, value });
            }
        }
        // An argument that is unknown as a whole is not among the values.
        let here = Place::here(head(values));
        for (key, _) in unknown.into_iter().flat_map(Node::entries).filter(|(_, it)| is_true(it)) {
            if arguments.iter().all(|it| it.name.as_ref() != key.text) {
                let value = Value::unknown(here, Why::Computed);
                arguments.push(Argument { name: key.text.as_str().into(), written: here.span, value });
            }
        }
        arguments
    }
}

/// The mark of an element.
fn element(tree: Option<&Node>, index: usize) -> Option<&Node> {
    match tree.map(|it| &it.value) {
        Some(syntax::Value::Array(items)) => items.get(index),
        _ => None,
    }
}

fn is_marked(tree: Option<&Node>) -> bool {
    tree.is_some_and(is_true)
}

fn is_true(node: &Node) -> bool {
    matches!(node.value, syntax::Value::Bool(true))
}

/// Elements that are unknown and not in the list at all.
fn filled<'a>(value: Value<'a>, unknown: Option<&Node>) -> Value<'a> {
    let (Kind::Sequence(sequence), Some(syntax::Value::Array(marks))) =
        (&value.kind, unknown.map(|it| &it.value))
    else {
        return value;
    };
    if marks.len() <= sequence.items.len() {
        return value;
    }
    let more = (sequence.items.len()..marks.len()).map(|_| Value::unknown(value.at, Why::Computed));
    Value::list(value.at, sequence.items.iter().cloned().chain(more).collect())
}

/// Whether a provider would say the same of nothing at all.
fn is_empty(value: &Value<'_>) -> bool {
    match &value.kind {
        Kind::Null => true,
        Kind::String(it) => it.is_empty(),
        Kind::Sequence(it) => it.items.is_empty(),
        _ => false,
    }
}

/// Whether resources of a type are read: those of Okta, and those that take tokens.
fn is_read(kind: &str) -> bool {
    kind.starts_with("okta_") || foreign::is_consumer(kind)
}

/// An address without the keys of instances: `module.a["k"].b.c[0]` is
/// `module.a.b.c`.
pub(super) fn without_keys(address: &str) -> String {
    let mut result = String::with_capacity(address.len());
    let mut rest = address;
    while let Some(open) = rest.find('[') {
        result.push_str(&rest[..open]);
        rest = &rest[open..];
        // A key in quotes may hold a bracket.
        let close = match rest.strip_prefix("[\"") {
            Some(quoted) => quoted.find("\"]").map(|at| at + 4),
            None => rest.find(']').map(|at| at + 1),
        };
        rest = close.and_then(|it| rest.get(it..)).unwrap_or_default();
    }
    result.push_str(rest);
    result
}
