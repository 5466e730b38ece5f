//! From the instances of a root to orgs: one for each provider configuration.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Map, json};

use super::assemble::Draft;
use super::attributes::Attributes;
use super::evaluate::Evaluator;
use super::instance::{Each, ExpansionKind, Handle, Instance};
use super::module::bare;
use super::okta::{self, Groups, Resource};
use super::value::{Kind, Value};
use super::{Loaded, Run, body};
use crate::model::{Entry, Origin, Place};
use crate::syntax;
use crate::syntax::expression::ExprKind;

/// A resource or data source of an instance, with the provider that makes it.
struct Found<'a> {
    handle: Handle<'a>,
    provider: String,
    certain: bool,
}

/// All that a root holds of Okta.
#[derive(Default)]
struct Findings<'a> {
    resources: Vec<Found<'a>>,
    /// Whether a module that is not there may add more.
    opaque: bool,
}

/// Reads the resources of a root into orgs.
pub(super) fn orgs<'a>(
    evaluator: &Evaluator<'a>,
    instance: &Rc<Instance<'a>>,
    run: &Run,
    loaded: &mut Loaded,
) {
    let mut found = Findings { opaque: run.is_library, ..Findings::default() };
    gather(evaluator, instance, &mut found);
    let read: Vec<(Found<'a>, Resource<'a>)> = found
        .resources
        .into_iter()
        .map(|it| {
            let resource = resource(evaluator, &it);
            (it, resource)
        })
        .collect();
    let groups = groups(&read);
    let mut drafts: BTreeMap<String, Draft> = BTreeMap::new();
    for (it, mut resource) in read {
        let draft = drafts.entry(it.provider).or_default();
        let kind = it.handle.block.kind;
        if !resource.read(kind, it.handle.is_data(), &groups, draft)
            && kind.starts_with("okta_")
            && !run.assumed
        {
            *loaded.unread.entry(kind.to_owned()).or_default() += 1;
        }
        for finding in resource.attributes.findings {
            if !loaded.findings.contains(&finding) {
                loaded.findings.push(finding);
            }
        }
    }
    let trails = evaluator.trails();
    for draft in drafts.into_values() {
        let mut org = draft.into_org(found.opaque, trails.clone());
        org.origin = Origin {
            root: run.index + 1,
            folder: run.root.clone(),
            environment: run.environment.clone(),
            assumed: run.assumed,
        };
        if !org.is_empty() {
            loaded.orgs.push(org);
        }
    }
}

/// Goes through the instances of modules, in the order of their calls.
fn gather<'a>(evaluator: &Evaluator<'a>, instance: &Rc<Instance<'a>>, found: &mut Findings<'a>) {
    found.opaque |= instance.module.incomplete;
    for (index, block) in instance.module.blocks.iter().enumerate() {
        if !block.kind.starts_with("okta_") {
            continue;
        }
        let named = block.body.get("provider").and_then(bare);
        let provider = provider(instance, named.as_deref().unwrap_or("okta"));
        let expansion = evaluator.instances(instance, index);
        let more = (expansion.open && expansion.kind != ExpansionKind::Unknown).then_some(Each::Unknown);
        for each in expansion.items.iter().map(|it| it.1.clone()).chain(more) {
            let certain = instance.certain && !matches!(each, Each::Unknown);
            let handle = Handle { instance: instance.clone(), block, each };
            found.resources.push(Found { handle, provider: provider.clone(), certain });
        }
    }
    for (index, call) in instance.module.calls.iter().enumerate() {
        // What neither holds Okta's configuration nor leads to some adds nothing.
        let local = call.source().filter(|it| it.starts_with('.'));
        let folder = local.map(|it| crate::source::tidy(&instance.module.folder.join(it)));
        if folder.is_some_and(|it| !evaluator.tree.matters(&it)) {
            continue;
        }
        let calls = evaluator.calls(instance, index);
        found.opaque |= calls.open;
        for (_, child) in &calls.items {
            gather(evaluator, child, found);
        }
    }
}

/// The provider configuration that a name of a module stands for, in the root.
fn provider(instance: &Rc<Instance<'_>>, name: &str) -> String {
    let Some(caller) = &instance.caller else { return name.to_owned() };
    let passed = caller.call.body.get("providers").and_then(|it| passed(it, name));
    provider(&caller.instance, passed.as_deref().unwrap_or(name))
}

/// The name on the right of `providers = { okta = okta.preview }`.
fn passed(node: &syntax::Node, name: &str) -> Option<String> {
    match &node.value {
        syntax::Value::Object(entries) => {
            entries.iter().find(|(key, _)| key.text == name).and_then(|(_, it)| bare(it))
        }
        syntax::Value::Expression(expr) => match &expr.kind {
            ExprKind::Object(entries) => {
                let found = entries.iter().find(|(key, _)| key.address().as_deref() == Some(name));
                found.and_then(|(_, value)| value.address())
            }
            _ => None,
        },
        _ => None,
    }
}

/// The arguments of a resource, shown by its label or name.
fn resource<'a>(evaluator: &Evaluator<'a>, found: &Found<'a>) -> Resource<'a> {
    let here = Place::here(found.handle.block.name.span);
    let mut attributes = Attributes::new(body::of_resource(evaluator, &found.handle), here);
    let shown = ["label", "name"].iter().find_map(|name| attributes.value(name));
    let at = shown.filter(|it| it.why_unknown().is_none()).map_or(here, |it| it.at);
    attributes.owner = at;
    let entry = Entry { at, resource: found.handle.address(), certain: found.certain };
    Resource { sources: evaluator.sources, attributes, entry }
}

/// Which groups there are, and which is that of everybody.
fn groups(read: &[(Found<'_>, Resource<'_>)]) -> Groups {
    let mut groups = Groups::new();
    for (found, resource) in read {
        let kind = found.handle.block.kind;
        if let Some(everyone) = okta::is_everyone(kind, found.handle.is_data(), &resource.attributes) {
            groups.insert(resource.entry.resource.clone(), everyone);
        }
    }
    groups
}

/// Every resource of a root, whatever its provider, and its outputs.
#[derive(Debug, Default)]
pub struct Evaluated {
    /// By address.
    pub resources: BTreeMap<String, EvaluatedResource>,
    /// The outputs of the root, by name.
    pub outputs: BTreeMap<String, serde_json::Value>,
}

/// A resource, or some instances of one.
#[derive(Debug, Default)]
pub struct EvaluatedResource {
    /// Whether it stands for instances that are not known.
    pub is_some: bool,
    /// Its arguments and blocks. What is not known is `{"unknown": "reason"}`.
    pub arguments: Map<String, serde_json::Value>,
}

/// Evaluates all that a root holds.
pub(super) fn everything<'a>(
    evaluator: &Evaluator<'a>,
    instance: &Rc<Instance<'a>>,
    evaluated: &mut Evaluated,
) {
    for (index, block) in instance.module.blocks.iter().enumerate() {
        for (_, each) in &evaluator.instances(instance, index).items {
            let handle = Handle { instance: instance.clone(), block, each: each.clone() };
            let arguments = body::of_resource(evaluator, &handle);
            let arguments = arguments.into_iter().map(|it| (it.name.as_ref().to_owned(), plain(&it.value)));
            let resource = EvaluatedResource { is_some: handle.is_some(), arguments: arguments.collect() };
            evaluated.resources.insert(handle.address(), resource);
        }
    }
    for index in 0..instance.module.calls.len() {
        for (_, child) in &evaluator.calls(instance, index).items {
            everything(evaluator, child, evaluated);
        }
    }
    if instance.caller.is_none() {
        for (name, (key, _)) in &instance.module.outputs {
            let value = evaluator.output(instance, name, key.span);
            let value = value.unwrap_or_else(|why| Value::unknown(Place::here(key.span), why));
            evaluated.outputs.insert((*name).to_owned(), plain(&value));
        }
    }
}

/// A value as JSON.
fn plain(value: &Value<'_>) -> serde_json::Value {
    let unknown = |why: &dyn std::fmt::Display| json!({ "unknown": why.to_string() });
    match &value.kind {
        Kind::Null => serde_json::Value::Null,
        Kind::Bool(it) => json!(it),
        Kind::Number(it) => match it.text().and_then(|it| serde_json::from_str(&it).ok()) {
            Some(number) => number,
            None => it.to_float().map_or_else(|| unknown(&"a number"), |it| json!(it)),
        },
        Kind::String(it) => json!(it.as_ref()),
        Kind::Sequence(it) => {
            let items = it.items.iter().map(plain).chain(it.open.map(|why| unknown(&why)));
            serde_json::Value::Array(items.collect())
        }
        Kind::Mapping(it) => {
            let entries = it.entries.iter().map(|(key, it)| (key.as_ref().to_owned(), plain(it)));
            let open = it.open.map(|why| ("unknown".to_owned(), json!(why.to_string())));
            serde_json::Value::Object(entries.chain(open).collect())
        }
        // Nobody is shown what the tests compare.
        Kind::Secret(it) => plain(it),
        Kind::Reference { .. } | Kind::Resource(_) => unknown(&"known after apply"),
        Kind::Unknown(why) => unknown(why),
    }
}
