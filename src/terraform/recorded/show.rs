//! What `terraform show -json` prints of a plan or of a state.

use std::collections::BTreeMap;

use super::edges::Edges;
use super::{Reader, Record, Recorded, Resource, is_read};
use crate::model::Place;
use crate::source::FileId;
use crate::syntax::{Node, Value};

/// Reads the document. A plan holds what will be, without what is destroyed or
/// forgotten; data sources that were read stand with what was before.
pub(super) fn read<'a>(root: &Node, file: FileId) -> Recorded<'a> {
    let record = if root.get("planned_values").is_some() { Record::Plan } else { Record::State };
    let mut shown = Shown { reader: Reader::default(), resources: BTreeMap::new(), changes: changes(root) };
    match record {
        Record::State => shown.module(root.get("values").and_then(|it| it.get("root_module"))),
        Record::Plan => {
            let before = root.get("prior_state").and_then(|it| it.get("values"));
            shown.module(before.and_then(|it| it.get("root_module")));
            shown.resources.retain(|_, it| it.is_data);
            shown.module(root.get("planned_values").and_then(|it| it.get("root_module")));
        }
    }
    let mut resources = shown.resources;
    if let Some(configuration) = root.get("configuration") {
        Edges::new(configuration, &resources).tie(&mut resources);
    }
    let mut variables = BTreeMap::new();
    for (key, node) in root.get("variables").into_iter().flat_map(Node::entries) {
        if let Some(value) = node.get("value") {
            variables.insert(key.text.clone(), shown.reader.value(value, None, None));
        }
    }
    Recorded { file, record, resources, secrets: shown.reader.secrets, variables }
}

/// What happens to each resource, by address; what is left of a replacement that
/// failed has the address of the object that lives.
fn changes(root: &Node) -> BTreeMap<&str, &Node> {
    let items = root.get("resource_changes").map(items).unwrap_or_default();
    let live = items.iter().filter(|it| it.get("deposed").is_none());
    live.filter_map(|it| Some((it.get("address")?.as_str()?, it.get("change")?))).collect()
}

/// The elements of an array.
pub(super) fn items(node: &Node) -> &[Node] {
    match &node.value {
        Value::Array(items) => items,
        _ => &[],
    }
}

struct Shown<'n, 'a> {
    reader: Reader,
    resources: BTreeMap<String, Resource<'a>>,
    changes: BTreeMap<&'n str, &'n Node>,
}

impl Shown<'_, '_> {
    fn module(&mut self, module: Option<&Node>) {
        let Some(module) = module else { return };
        for resource in module.get("resources").map(items).unwrap_or_default() {
            self.resource(resource);
        }
        for child in module.get("child_modules").map(items).unwrap_or_default() {
            self.module(Some(child));
        }
    }

    fn resource(&mut self, node: &Node) {
        let text = |key: &str| node.get(key).and_then(Node::as_str);
        let (Some(address), Some(kind)) = (text("address"), text("type")) else { return };
        let change = self.changes.get(address).copied();
        let goes = change.is_some_and(is_leaving);
        if goes || !is_read(kind) || text("deposed_key").is_some() {
            return;
        }
        let Some(values) = node.get("values") else { return };
        let unknown = change.and_then(|it| it.get("after_unknown"));
        let arguments = self.reader.arguments(values, unknown, node.get("sensitive_values"));
        let resource = Resource {
            kind: kind.to_owned(),
            is_data: text("mode") == Some("data"),
            provider: "okta".to_owned(),
            arguments,
            at: Place::here(node.get("address").map_or(node.span, |it| it.span)),
        };
        self.resources.insert(address.to_owned(), resource);
    }
}

/// Whether a change destroys or forgets.
fn is_leaving(change: &Node) -> bool {
    let actions: Vec<&str> =
        change.get("actions").map(items).unwrap_or_default().iter().filter_map(Node::as_str).collect();
    matches!(actions.as_slice(), ["delete" | "forget"])
}
