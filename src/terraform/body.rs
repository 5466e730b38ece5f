//! The arguments and nested blocks of a block, evaluated.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::evaluate::{Evaluator, Scope};
use super::instance::Handle;
use super::module::{bare, bare_list, each, twice};
use super::value::{Evaluated, SequenceKind, Value};
use super::{Language, schema};
use crate::model::{Place, Why};
use crate::source::Span;
use crate::syntax::{self, Node};

/// What Terraform itself reads, and no provider.
const META: [&str; 9] = [
    "count",
    "for_each",
    "depends_on",
    "provider",
    "lifecycle",
    "provisioner",
    "connection",
    "timeouts",
    "//",
];

/// Nested blocks of the okta provider. In JSON and TOML only the schema tells a
/// block from a map.
const BLOCKS: [&str; 12] = [
    "groups_claim",
    "jwks",
    "network",
    "headers",
    "mappings",
    "granted_scopes",
    "grant_scopes",
    "one_of",
    "array_one_of",
    "platform_include",
    "group",
    "mapping",
];

/// An argument, or all nested blocks of one name.
#[derive(Clone, Debug)]
pub(super) struct Argument<'a> {
    pub(super) name: Rc<str>,
    /// The expression, or the first of the blocks.
    pub(super) written: Span,
    pub(super) value: Value<'a>,
}

/// The evaluated body of a resource.
pub(super) fn of_resource<'a>(evaluator: &Evaluator<'a>, handle: &Handle<'a>) -> Vec<Argument<'a>> {
    let scope = Scope::new(&handle.instance, &handle.each);
    let body = handle.block.body;
    let mut arguments =
        Reader { evaluator, kind: handle.block.kind, language: handle.block.language }.body(body, &scope);
    let ignored = ignored(body);
    // What nobody writes has its default when it is made, and not for ever.
    let at = Place::here(handle.block.name.span);
    for name in ignored.iter().filter(|it| it.as_str() != "all") {
        if arguments.iter().all(|it| it.name.as_ref() != name) {
            let value = Value::unknown(at, Why::Ignored);
            arguments.push(Argument { name: name.as_str().into(), written: at.span, value });
        }
    }
    for argument in &mut arguments {
        let name = argument.name.as_ref();
        // What an object is and belongs to is fixed when it is made.
        let is_fixed = name.ends_with("_id") || matches!(name, "name" | "label" | "type");
        if ignored.iter().any(|it| it == name || it == "all" && !is_fixed) {
            argument.value = Value::unknown(argument.value.at, Why::Ignored);
        }
    }
    arguments
}

/// The arguments that `ignore_changes` leaves to whoever changes them in Okta.
fn ignored(body: &Node) -> Vec<String> {
    let lists = body.get_all("lifecycle").flat_map(each).filter_map(|it| it.get("ignore_changes"));
    lists.flat_map(bare_list).collect()
}

/// An argument as the provider has it. What has another type is kept as it is
/// written, to be refused by who reads it.
fn converted<'a>(kind: &str, name: &str, value: Value<'a>) -> Value<'a> {
    let Some(kind) = schema::type_of(kind, name) else { return value };
    let at = value.at;
    kind.convert(value.clone(), &|_| Err(Why::WrongType)).map_or(value, |it| Value { at, ..it })
}

/// One argument of a resource, or its blocks of that name; `None` if nobody
/// wrote it.
pub(super) fn argument<'a>(
    evaluator: &Evaluator<'a>,
    handle: &Handle<'a>,
    name: &str,
) -> Option<Evaluated<'a>> {
    let body = handle.block.body;
    let scope = Scope::new(&handle.instance, &handle.each);
    let node = body.get(name);
    let is_dynamic = || body.get_all("dynamic").flat_map(each).any(|it| it.get(name).is_some());
    match node {
        Some(node) if !is_block(name, node, handle.block.language) && !META.contains(&name) => {
            // The provider has a default of its own for what is null.
            let value = evaluator.node(node, &scope).map(|it| converted(handle.block.kind, name, it));
            if value.as_ref().is_ok_and(Value::is_null) { None } else { Some(value) }
        }
        Some(_) => blocks(evaluator, handle, name),
        None if is_dynamic() => blocks(evaluator, handle, name),
        None => None,
    }
}

fn blocks<'a>(evaluator: &Evaluator<'a>, handle: &Handle<'a>, name: &str) -> Option<Evaluated<'a>> {
    let body = of_resource(evaluator, handle);
    body.into_iter().find(|it| it.name.as_ref() == name).map(|it| Ok(it.value))
}

fn is_block(name: &str, node: &Node, language: Language) -> bool {
    match language {
        Language::Hcl => matches!(node.value, syntax::Value::Object(_)),
        Language::Json | Language::Toml => BLOCKS.contains(&name),
    }
}

/// Evaluates the bodies of one resource.
struct Reader<'e, 'a> {
    evaluator: &'e Evaluator<'a>,
    /// The type of the resource.
    kind: &'a str,
    language: Language,
}

impl<'a> Reader<'_, 'a> {
    fn body(&self, node: &'a Node, scope: &Scope<'_, 'a>) -> Vec<Argument<'a>> {
        let mut arguments: Vec<Argument<'a>> = Vec::new();
        let mut blocks = Blocks::default();
        for (key, node) in node.entries() {
            let name = key.text.as_str();
            if META.contains(&name) {
                continue;
            }
            if name == "dynamic" {
                for (label, dynamic) in each(node).flat_map(Node::entries) {
                    for dynamic in each(dynamic) {
                        self.expand(&label.text, dynamic, scope, &mut blocks);
                    }
                }
            } else if is_block(name, node, self.language) {
                for node in each(node).filter(|it| !matches!(it.value, syntax::Value::Null)) {
                    blocks.add(name, node.span, self.block(node, scope));
                }
            } else if let Some(first) = arguments.iter().find(|it| it.name.as_ref() == name) {
                self.evaluator.find(twice(&format!("argument `{name}`"), first.written, key.span));
            } else {
                let value = converted(self.kind, name, self.evaluator.known_or_not(node, scope));
                let value = self.evaluator.spread(value);
                arguments.push(Argument { name: name.into(), written: node.span, value });
            }
        }
        arguments.extend(blocks.finish());
        arguments
    }

    /// One nested block. What is no table is kept as it is, to be refused by who
    /// reads it.
    fn block(&self, node: &'a Node, scope: &Scope<'_, 'a>) -> Value<'a> {
        if !matches!(node.value, syntax::Value::Object(_)) {
            return self.evaluator.known_or_not(node, scope);
        }
        let entries = self.body(node, scope);
        Value::object(
            Place::here(node.span),
            entries.into_iter().map(|it| (it.name.into(), it.value)).collect(),
        )
    }

    /// The blocks that a `dynamic` block makes.
    fn expand(&self, label: &str, dynamic: &'a Node, scope: &Scope<'_, 'a>, blocks: &mut Blocks<'a>) {
        blocks.touch(label, dynamic.span);
        let (Some(for_each), Some(content)) = (dynamic.get("for_each"), dynamic.get("content")) else {
            blocks.open(label, Why::Expression);
            return;
        };
        let collection = self.evaluator.known_or_not(for_each, scope);
        let (items, open) = match self.evaluator.elements(&collection) {
            Ok(it) => it,
            Err(why) => {
                blocks.open(label, why);
                return;
            }
        };
        if let Some(why) = open {
            blocks.open(label, why);
        }
        let iterator = dynamic.get("iterator").and_then(bare).unwrap_or_else(|| label.to_owned());
        for (key, value) in items {
            let item = Value::object(value.at, vec![("key".into(), key), ("value".into(), value)]);
            let made = scope.bind(&iterator, item, |scope| {
                each(content).map(|it| self.block(it, scope)).collect::<Vec<_>>()
            });
            for block in made {
                blocks.add(label, dynamic.span, block);
            }
        }
    }
}

/// Nested blocks by name, in the order in which they are written.
#[derive(Default)]
struct Blocks<'a>(BTreeMap<String, (Span, Vec<Value<'a>>, Option<Why>)>);

impl<'a> Blocks<'a> {
    fn touch(&mut self, name: &str, span: Span) -> &mut (Span, Vec<Value<'a>>, Option<Why>) {
        self.0.entry(name.to_owned()).or_insert_with(|| (span, Vec::new(), None))
    }

    fn add(&mut self, name: &str, span: Span, value: Value<'a>) {
        self.touch(name, span).1.push(value);
    }

    fn open(&mut self, name: &str, why: Why) {
        if let Some(it) = self.0.get_mut(name) {
            it.2 = Some(why);
        }
    }

    fn finish(self) -> impl Iterator<Item = Argument<'a>> {
        self.0.into_iter().map(|(name, (span, items, open))| {
            let at = Place::here(span);
            let value = if schema::is_set_of_blocks(&name) {
                Value::set(at, items, open)
            } else {
                Value::sequence(at, SequenceKind::List, items, open)
            };
            Argument { name: name.into(), written: span, value }
        })
    }
}
