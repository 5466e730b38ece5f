//! The edges of a plan. An id that is known after apply is not among the planned
//! values, but the configuration in the plan says what each argument refers to.

use std::collections::BTreeMap;
use std::rc::Rc;

use super::show::items;
use super::{Resource, without_keys};
use crate::model::{Place, Why};
use crate::syntax::Node;
use crate::terraform::value::{Kind, Value};

/// How far a reference is followed through modules.
const MAX_DEPTH: usize = 16;

/// The configuration of a plan.
pub(super) struct Edges<'n> {
    root: Option<&'n Node>,
    /// The addresses of instances, by address without keys.
    instances: BTreeMap<String, Vec<String>>,
}

/// Where something is: in which module, and in which instance of it.
#[derive(Clone)]
struct Within<'n> {
    module: &'n Node,
    /// The calls that lead there, with the keys of instances.
    path: Vec<String>,
}

impl<'n> Edges<'n> {
    pub(super) fn new(configuration: &'n Node, resources: &BTreeMap<String, Resource<'_>>) -> Self {
        let mut instances: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for address in resources.keys() {
            instances.entry(without_keys(address)).or_default().push(address.clone());
        }
        Self { root: configuration.get("root_module"), instances }
    }

    /// Gives every unknown argument the edges that the configuration shows, and
    /// every resource its provider configuration.
    pub(super) fn tie(&self, resources: &mut BTreeMap<String, Resource<'_>>) {
        let servers = of_type(resources, "okta_auth_server");
        let policies = of_type(resources, "okta_auth_server_policy");
        for (address, resource) in resources.iter_mut() {
            let Some((within, configuration)) = self.configuration(address) else { continue };
            if let Some(provider) = configuration.get("provider_config_key").and_then(Node::as_str) {
                provider.clone_into(&mut resource.provider);
            }
            let key = address
                [address.rfind(']').map_or(address.len(), |_| address.rfind('[').unwrap_or(0))..]
                .to_owned();
            for argument in &mut resource.arguments {
                let Some(expression) = configuration.get("expressions").and_then(|it| it.get(&argument.name))
                else {
                    continue;
                };
                argument.value = self.tied(&argument.value, expression, &within, &key);
                // What a local or a map leads to is not written down; but what is
                // known after apply is made by this plan.
                let only = match (argument.name.as_ref(), servers.as_slice(), policies.as_slice()) {
                    ("auth_server_id", [one], _) | ("policy_id", _, [one]) => Some(one),
                    _ => None,
                };
                if let (Some(only), Kind::Unknown(Why::Computed)) = (only, &argument.value.kind) {
                    argument.value = edge(argument.value.at, only, "id");
                }
            }
        }
    }

    /// The configuration of a resource, and the module that it stands in.
    fn configuration(&self, address: &str) -> Option<(Within<'n>, &'n Node)> {
        let mut within = Within { module: self.root?, path: Vec::new() };
        let mut rest = address;
        while let Some(after) = rest.strip_prefix("module.") {
            let (step, next) = split_step(after);
            within.module = within.module.get("module_calls")?.get(&without_keys(step))?.get("module")?;
            within.path.push(step.to_owned());
            rest = next;
        }
        let local = without_keys(rest);
        let resources = items(within.module.get("resources")?);
        let found = resources.iter().find(|it| it.get("address").and_then(Node::as_str) == Some(&local))?;
        Some((within, found))
    }

    /// A value with edges where it is unknown.
    fn tied<'a>(&self, value: &Value<'a>, expression: &Node, within: &Within<'n>, key: &str) -> Value<'a> {
        let is_unknown = |it: &Value<'_>| matches!(it.kind, Kind::Unknown(_) | Kind::Null);
        match &value.kind {
            Kind::Unknown(_) => {
                let found = self.targets(expression, within, key, 0);
                match found.as_slice() {
                    [(address, attribute)] => edge(value.at, address, attribute),
                    _ => value.clone(),
                }
            }
            Kind::Sequence(list) if list.items.iter().any(is_unknown) => {
                let found = self.targets(expression, within, key, 0);
                let missing = list.items.iter().filter(|it| is_unknown(it)).count();
                // Which is which cannot be told, and need not be: it is a set.
                if found.len() != missing {
                    return value.clone();
                }
                let mut found = found.iter();
                let item = |it: &Value<'a>| match found.next().filter(|_| is_unknown(it)) {
                    Some((address, attribute)) => edge(it.at, address, attribute),
                    None => it.clone(),
                };
                let (known, unknown): (Vec<_>, Vec<_>) =
                    list.items.iter().cloned().partition(|it| !is_unknown(it));
                let edges: Vec<Value<'a>> = unknown.iter().map(item).collect();
                Value::list(value.at, known.into_iter().chain(edges).collect())
            }
            _ => value.clone(),
        }
    }

    /// The resources that an expression refers to, and their attributes; empty
    /// if it refers to anything else as well.
    fn targets(
        &self,
        expression: &Node,
        within: &Within<'n>,
        key: &str,
        depth: usize,
    ) -> Vec<(String, String)> {
        let references: Vec<&str> = expression
            .get("references")
            .map(items)
            .unwrap_or_default()
            .iter()
            .filter_map(Node::as_str)
            .collect();
        let mut found = Vec::new();
        // Each reference comes with its own beginnings; the longest says all.
        let is_beginning = |it: &str| {
            references.iter().any(|other| {
                other.len() > it.len() && other.starts_with(it) && other[it.len()..].starts_with(['.', '['])
            })
        };
        // The key of an instance is an index here: the instance of the same key.
        let is_index = |it: &str| references.len() > 1 && matches!(it, "each.key" | "count.index");
        for reference in references.iter().filter(|it| !is_beginning(it) && !is_index(it)) {
            match self.follow(reference, within, key, depth) {
                Some(more) => found.extend(more),
                None => return Vec::new(),
            }
        }
        found.dedup();
        found
    }

    fn follow(
        &self,
        reference: &str,
        within: &Within<'n>,
        key: &str,
        depth: usize,
    ) -> Option<Vec<(String, String)>> {
        if depth > MAX_DEPTH {
            return None;
        }
        if let Some(name) = reference.strip_prefix("var.") {
            let (call, outer) = self.outer(within)?;
            let name = name.split(['.', '[']).next().unwrap_or_default();
            let expression = call.get("expressions")?.get(name)?;
            let found = self.targets(expression, &outer, key, depth + 1);
            return (!found.is_empty()).then_some(found);
        }
        if let Some(rest) = reference.strip_prefix("module.") {
            let (step, output) = split_step(rest);
            let name = without_keys(step);
            let module = within.module.get("module_calls")?.get(&name)?.get("module")?;
            let output = output.split(['.', '[']).next().unwrap_or_default();
            let expression = module.get("outputs")?.get(output)?.get("expression")?;
            let mut path = within.path.clone();
            path.push(step.to_owned());
            let found = self.targets(expression, &Within { module, path }, key, depth + 1);
            return (!found.is_empty()).then_some(found);
        }
        if ["local.", "each.", "count.", "path.", "terraform.", "self."]
            .iter()
            .any(|it| reference.starts_with(it))
        {
            return None;
        }
        self.instances_of(reference, within, key)
    }

    /// The call that leads to a module, and the module that makes it.
    fn outer(&self, within: &Within<'n>) -> Option<(&'n Node, Within<'n>)> {
        let (last, path) = within.path.split_last()?;
        let mut module = self.root?;
        for step in path {
            module = module.get("module_calls")?.get(&without_keys(step))?.get("module")?;
        }
        let call = module.get("module_calls")?.get(&without_keys(last))?;
        Some((call, Within { module, path: path.to_vec() }))
    }

    /// The instances that a reference to a resource means: the one that it names,
    /// the one of the same key, or the only one.
    fn instances_of(&self, reference: &str, within: &Within<'n>, key: &str) -> Option<Vec<(String, String)>> {
        let (address, attribute) = split_attribute(reference)?;
        let prefix: String = within.path.iter().flat_map(|it| ["module.", it, "."]).collect();
        let full = format!("{prefix}{address}");
        let attribute = attribute.to_owned();
        let all = self.instances.get(&without_keys(&full))?;
        if all.contains(&full) {
            return Some(vec![(full, attribute)]);
        }
        let alike: Vec<&String> = all.iter().filter(|it| it.ends_with(key) && !key.is_empty()).collect();
        match (alike.as_slice(), all.as_slice()) {
            ([one], _) => Some(vec![((*one).clone(), attribute)]),
            (_, [one]) => Some(vec![(one.clone(), attribute)]),
            _ => None,
        }
    }
}

/// The addresses of the resources of a type that are yet to be made.
fn of_type(resources: &BTreeMap<String, Resource<'_>>, kind: &str) -> Vec<String> {
    let is_new = |it: &Resource<'_>| {
        let id = it.arguments.iter().find(|it| it.name.as_ref() == "id");
        id.is_none_or(|it| matches!(it.value.kind, Kind::Unknown(_)))
    };
    let found = resources.iter().filter(|it| it.1.kind == kind && !it.1.is_data && is_new(it.1));
    found.map(|it| it.0.clone()).collect()
}

fn edge<'a>(at: Place, address: &str, attribute: &str) -> Value<'a> {
    let (address, attribute): (Rc<str>, Rc<str>) = (address.into(), attribute.into());
    Value::new(at, Kind::Reference { address, attribute })
}

/// `name["key"].rest` as `name["key"]` and `rest`.
fn split_step(text: &str) -> (&str, &str) {
    let mut in_key = false;
    for (at, character) in text.char_indices() {
        match character {
            '[' => in_key = true,
            ']' => in_key = false,
            '.' if !in_key => return (&text[..at], &text[at + 1..]),
            _ => {}
        }
    }
    (text, "")
}

/// `okta_x.y["k"].id` as its address and its attribute, which may be empty.
fn split_attribute(reference: &str) -> Option<(&str, &str)> {
    let is_data = reference.starts_with("data.");
    let start = if is_data { "data.".len() } else { 0 };
    let (kind, rest) = split_step(&reference[start..]);
    let (name, attribute) = split_step(rest);
    let end = start + kind.len() + 1 + name.len();
    (!name.is_empty()).then(|| (&reference[..end], attribute.split(['.', '[']).next().unwrap_or_default()))
}
