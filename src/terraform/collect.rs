//! From the instances of a root to orgs: one for each provider configuration.

use std::collections::BTreeMap;
use std::rc::Rc;

use serde_json::{Map, json};

use super::assemble::Draft;
use super::attributes::Attributes;
use super::body::Argument;
use super::evaluate::{Evaluator, Scope};
use super::instance::{Each, ExpansionKind, Handle, Instance};
use super::module::bare;
use super::okta::{self, Groups, Resource};
use super::overlay::{self, Written};
use super::recorded::{self, Recorded};
use super::roots::Run;
use super::value::{Kind, Value};
use super::{Loaded, body, foreign};
use crate::model::{Entry, Origin, Place, Trails, is_org_host};
use crate::source::{Sources, Span};
use crate::syntax;
use crate::syntax::expression::ExprKind;

/// A resource or data source, on its way into an org.
#[derive(Clone)]
pub(super) struct Found<'a> {
    /// The address of the instance.
    pub(super) address: String,
    /// The type.
    pub(super) kind: Rc<str>,
    pub(super) is_data: bool,
    /// The name of its block.
    pub(super) at: Place,
    pub(super) provider: String,
    /// Whether it certainly is made.
    pub(super) certain: bool,
    /// The block and its instance; `None` if only a plan knows it.
    pub(super) handle: Option<Rc<Handle<'a>>>,
}

impl Found<'_> {
    /// A resource that only a plan or state knows.
    pub(super) fn recorded(address: &str, resource: &recorded::Resource<'_>) -> Self {
        Self {
            address: address.to_owned(),
            kind: resource.kind.as_str().into(),
            is_data: resource.is_data,
            at: resource.at,
            provider: resource.provider.clone(),
            certain: true,
            handle: None,
        }
    }
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
    run: &Run<'_, 'a>,
    loaded: &mut Loaded,
) {
    let (mut written, mut opaque) = written(evaluator, instance);
    opaque |= run.is_library;
    for state in run.states {
        overlay::identified(&mut written, state);
    }
    if let Some(plan) = run.plan {
        written = overlay::planned(written, plan);
        opaque = false;
    }
    let hosts = if run.assumed { Hosts::new() } else { hosts(evaluator, instance) };
    let (trails, doubtful) = (evaluator.trails(), doubtful(&written));
    let read = Read { written, opaque, hosts, trails, doubtful };
    add(evaluator.sources, read, &run.origin(), loaded);
}

/// The blocks of which no instance is certain to be there and to take part.
fn doubtful(written: &[Written<'_>]) -> Vec<Span> {
    let mut blocks: BTreeMap<Span, bool> = BTreeMap::new();
    let may_be_off = |it: &[Argument<'_>]| {
        it.iter().any(|it| it.name.as_ref() == "status" && it.value.why_unknown().is_some())
    };
    for (found, arguments) in written {
        let Some(handle) = &found.handle else { continue };
        let name = handle.block.name.span;
        let whole = Span { end: handle.block.body.span.end.max(name.end), ..name };
        *blocks.entry(whole).or_default() |= found.certain && !may_be_off(arguments);
    }
    blocks.into_iter().filter(|(_, certain)| !certain).map(|it| it.0).collect()
}

/// The hosts of orgs, by provider configuration.
type Hosts = BTreeMap<String, String>;

/// The orgs that a root configures its providers with. What is not written may
/// come from the environment (provider: `OKTA_ORG_NAME`, `OKTA_BASE_URL`).
fn hosts<'a>(evaluator: &Evaluator<'a>, root: &Rc<Instance<'a>>) -> Hosts {
    let scope = Scope::new(root, &Each::None);
    let text = |body: &'a syntax::Node, name: &str| {
        let value = evaluator.forgiving(|| evaluator.node(body.get(name)?, &scope).ok())?;
        value.text().ok().map(|it| it.to_ascii_lowercase())
    };
    let host =
        |body: &'a syntax::Node| Some(format!("{}.{}", text(body, "org_name")?, text(body, "base_url")?));
    let configured = root.module.providers.iter().filter_map(|body| {
        let alias = body.get("alias").and_then(bare);
        let name = alias.map_or_else(|| "okta".to_owned(), |it| format!("okta.{it}"));
        Some((name, host(body).filter(|it| is_org_host(it))?))
    });
    configured.collect()
}

/// The resources of a root with their arguments, and whether there may be more.
fn written<'a>(evaluator: &Evaluator<'a>, instance: &Rc<Instance<'a>>) -> (Vec<Written<'a>>, bool) {
    let mut found = Findings::default();
    gather(evaluator, instance, &mut found);
    let arguments = |it: &Found<'a>| it.handle.as_ref().map(|it| body::of_resource(evaluator, it));
    let written =
        found.resources.into_iter().map(|it| (it.clone(), arguments(&it).unwrap_or_default())).collect();
    (written, found.opaque)
}

/// Whether a plan was made of a root as it stands.
pub(super) fn agrees<'a>(
    evaluator: &Evaluator<'a>,
    instance: &Rc<Instance<'a>>,
    plan: &Recorded<'a>,
) -> bool {
    overlay::agrees(&written(evaluator, instance).0, plan)
}

/// Reads a plan or a state alone.
pub(super) fn recorded(sources: &Sources, recorded: Recorded<'_>, origin: &Origin, loaded: &mut Loaded) {
    let written = recorded.resources.into_iter().map(|(address, it)| {
        let found = Found::recorded(&address, &it);
        (found, it.arguments)
    });
    add(sources, Read { written: written.collect(), ..Read::default() }, origin, loaded);
}

/// What was read of a root, a plan or a state.
#[derive(Default)]
struct Read<'a> {
    written: Vec<Written<'a>>,
    /// Whether there may be more.
    opaque: bool,
    hosts: Hosts,
    trails: Trails,
    doubtful: Vec<Span>,
}

/// Makes orgs of resources, one for each provider configuration.
fn add<'a>(sources: &Sources, mut all: Read<'a>, origin: &Origin, loaded: &mut Loaded) {
    let read: Vec<(Found<'a>, Resource<'_, 'a>)> = all
        .written
        .into_iter()
        .map(|(found, arguments)| {
            let resource = resource(sources, &found, arguments);
            (found, resource)
        })
        .collect();
    let groups = groups(&read);
    let mut drafts: BTreeMap<String, Draft> = BTreeMap::new();
    for (it, mut resource) in read {
        let draft = drafts.entry(it.provider).or_default();
        if foreign::is_consumer(&it.kind) {
            if !it.is_data {
                draft.foreign.read(sources, &it.kind, &it.address, it.certain, &resource.attributes);
            }
            continue;
        }
        let is_read = resource.read(&it.kind, it.is_data, &groups, draft);
        if !is_read && it.kind.starts_with("okta_") && !origin.assumed {
            *loaded.unread.entry(it.kind.as_ref().to_owned()).or_default() += 1;
        }
        for finding in resource.attributes.findings {
            if !loaded.findings.contains(&finding) {
                loaded.findings.push(finding);
            }
        }
    }
    for (provider, draft) in drafts {
        let mut org = draft.into_org(all.opaque, all.trails.clone());
        org.configured_host = all.hosts.remove(&provider);
        org.doubtful.clone_from(&all.doubtful);
        org.origin = origin.clone();
        if !org.is_empty() {
            loaded.orgs.push(org);
        }
    }
}

/// Goes through the instances of modules, in the order of their calls.
fn gather<'a>(evaluator: &Evaluator<'a>, instance: &Rc<Instance<'a>>, found: &mut Findings<'a>) {
    found.opaque |= instance.module.incomplete;
    for (index, block) in instance.module.blocks.iter().enumerate() {
        if !block.kind.starts_with("okta_") && !foreign::is_consumer(block.kind) {
            continue;
        }
        // What another provider makes is put to the first org.
        let named = block.body.get("provider").and_then(bare).filter(|_| block.kind.starts_with("okta_"));
        let provider = provider(instance, named.as_deref().unwrap_or("okta"));
        let expansion = evaluator.instances(instance, index);
        let more = (expansion.open && expansion.kind != ExpansionKind::Unknown).then_some(Each::Unknown);
        for each in expansion.items.iter().map(|it| it.1.clone()).chain(more) {
            let certain = instance.certain && !matches!(each, Each::Unknown);
            let handle = Handle { instance: instance.clone(), block, each };
            found.resources.push(Found {
                address: handle.address(),
                kind: block.kind.into(),
                is_data: handle.is_data(),
                at: Place::here(block.name.span),
                provider: provider.clone(),
                certain,
                handle: Some(Rc::new(handle)),
            });
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
fn resource<'s, 'a>(
    sources: &'s Sources,
    found: &Found<'a>,
    arguments: Vec<Argument<'a>>,
) -> Resource<'s, 'a> {
    let mut attributes = Attributes::new(arguments, found.at);
    let shown = ["label", "name"].iter().find_map(|name| attributes.value(name));
    let at = shown.filter(|it| it.why_unknown().is_none()).map_or(found.at, |it| it.at);
    attributes.owner = at;
    let entry = Entry { at, resource: found.address.clone(), certain: found.certain };
    Resource { sources, attributes, entry }
}

/// Which groups there are, and which is that of everybody: by address and by id.
fn groups(read: &[(Found<'_>, Resource<'_, '_>)]) -> Groups {
    let mut groups = Groups::new();
    for (found, resource) in read {
        if let Some(everyone) = okta::is_everyone(&found.kind, found.is_data, &resource.attributes) {
            groups.insert(resource.entry.resource.clone(), everyone);
            let id = resource.attributes.value("id").and_then(|it| it.text().ok());
            groups.extend(id.map(|id| (id.as_ref().to_owned(), everyone)));
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
        Kind::Unknown(why) | Kind::Partial(_, why) => unknown(why),
    }
}
