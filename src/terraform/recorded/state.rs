//! `terraform.tfstate`, version 4.

use std::collections::BTreeMap;

use super::show::items;
use super::{Reader, Record, Recorded, Resource, is_read};
use crate::model::Place;
use crate::source::FileId;
use crate::syntax::{Node, Value};

/// Reads a state.
pub(super) fn read<'a>(root: &Node, file: FileId) -> Recorded<'a> {
    let mut reader = Reader::default();
    let mut resources = BTreeMap::new();
    for entry in root.get("resources").map(items).unwrap_or_default() {
        let text = |key: &str| entry.get(key).and_then(Node::as_str);
        let (Some(kind), Some(name)) = (text("type"), text("name")) else { continue };
        if !is_read(kind) {
            continue;
        }
        let is_data = text("mode") == Some("data");
        let module = text("module").map(|it| format!("{it}.")).unwrap_or_default();
        let prefix = if is_data { "data." } else { "" };
        for instance in entry.get("instances").map(items).unwrap_or_default() {
            let Some(attributes) = instance.get("attributes") else { continue };
            if instance.get("deposed").is_some() {
                continue;
            }
            let address = format!("{module}{prefix}{kind}.{name}{}", key(instance));
            hide(&mut reader, attributes, instance);
            let resource = Resource {
                kind: kind.to_owned(),
                is_data,
                provider: provider(kind, text("provider").unwrap_or_default()),
                arguments: reader.arguments(attributes, None, None),
                at: Place::here(entry.get("name").map_or(entry.span, |it| it.span)),
            };
            resources.insert(address, resource);
        }
    }
    Recorded { file, record: Record::State, resources, secrets: reader.secrets, variables: BTreeMap::new() }
}

/// `["key"]`, `[0]`, or nothing.
fn key(instance: &Node) -> String {
    match instance.get("index_key").map(|it| &it.value) {
        Some(Value::String(key)) => format!("[{key:?}]"),
        Some(Value::Number(index)) => format!("[{index}]"),
        _ => String::new(),
    }
}

/// The alias of `provider["…/okta/okta"].alias`. What another provider makes may
/// belong to any org, so it is put to the first.
fn provider(kind: &str, text: &str) -> String {
    match text.rsplit_once("].") {
        Some((_, alias)) if kind.starts_with("okta_") => format!("okta.{alias}"),
        _ => "okta".to_owned(),
    }
}

/// Remembers the attributes that the state says are sensitive.
fn hide(reader: &mut Reader, attributes: &Node, instance: &Node) {
    for path in instance.get("sensitive_attributes").map(items).unwrap_or_default() {
        let mut at = Some(attributes);
        for step in items(path) {
            let key = step.get("value").and_then(|it| it.as_str().or_else(|| it.get("value")?.as_str()));
            at = at.and_then(|it| key.and_then(|key| it.get(key)));
        }
        reader.secrets.extend(at.map(|it| it.span));
    }
}
