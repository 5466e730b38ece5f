//! Override files: `override.tf` and `*_override.tf` replace arguments of blocks
//! that stand elsewhere in their folder.

use super::Language;
use crate::source::{FileId, Sources};
use crate::syntax::{Key, Node, Value};

/// Kinds of block, and how many labels each has.
const KINDS: [(&str, usize); 6] =
    [("resource", 2), ("data", 2), ("module", 1), ("variable", 1), ("output", 1), ("provider", 1)];

/// Merges the override files of a folder into the others, in the order of their
/// names. The others keep theirs.
pub(super) fn apply(sources: &Sources, files: Vec<(FileId, Language, Node)>) -> Vec<(Language, Node)> {
    let (overriding, mut others): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|(file, ..)| is_override(sources, *file));
    for (_, _, root) in overriding {
        let roots = match root.value {
            Value::Array(items) => items,
            _ => vec![root],
        };
        for (key, node) in roots.iter().flat_map(Node::entries) {
            let labels = KINDS.iter().find(|it| it.0 == key.text).map(|it| it.1);
            match labels {
                Some(labels) => merge_blocks(&mut others, &key.text, node, labels, &mut Vec::new()),
                // Each local by itself: they may come from several blocks.
                None if key.text == "locals" => {
                    for entry in node.entries() {
                        let one = Node { span: node.span, value: Value::Object(vec![entry.clone()]) };
                        merge_blocks(&mut others, "locals", &one, 0, &mut Vec::new());
                    }
                }
                None => {}
            }
        }
    }
    others.into_iter().map(|(_, language, root)| (language, root)).collect()
}

fn is_override(sources: &Sources, file: FileId) -> bool {
    let name = sources.path(file).file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = name.split('.').next().unwrap_or_default();
    stem == "override" || stem.ends_with("_override")
}

/// Merges each block below `node`, which is `labels` levels of names deep.
fn merge_blocks(
    others: &mut [(FileId, Language, Node)],
    kind: &str,
    node: &Node,
    labels: usize,
    path: &mut Vec<String>,
) {
    let nodes = match &node.value {
        Value::Array(items) => items.as_slice(),
        _ => std::slice::from_ref(node),
    };
    for node in nodes {
        if labels > 0 {
            for (key, inner) in node.entries() {
                path.push(key.text.clone());
                merge_blocks(others, kind, inner, labels - 1, path);
                path.pop();
            }
        } else if let Some(body) = others.iter_mut().find_map(|it| find(&mut it.2, kind, path, node)) {
            merge(body, node);
        }
    }
}

/// The body of a block. For `locals`, one that holds a name that `wanted` has.
fn find<'n>(root: &'n mut Node, kind: &str, path: &[String], wanted: &Node) -> Option<&'n mut Node> {
    let is_locals = kind == "locals";
    let mut steps = vec![kind.to_owned()];
    steps.extend(path.iter().cloned());
    descend(root, &steps)
        .filter(|body| !is_locals || wanted.entries().iter().any(|(key, _)| body.get(&key.text).is_some()))
}

fn descend<'n>(node: &'n mut Node, steps: &[String]) -> Option<&'n mut Node> {
    let (is_list, is_end) = (matches!(node.value, Value::Array(_)), steps.is_empty());
    if is_end && !is_list {
        return Some(node);
    }
    match &mut node.value {
        Value::Array(items) => items.iter_mut().find_map(|it| descend(it, steps)),
        Value::Object(entries) => {
            let (step, rest) = steps.split_first()?;
            entries.iter_mut().filter(|(key, _)| key.text == *step).find_map(|(_, it)| descend(it, rest))
        }
        _ => None,
    }
}

/// Arguments replace arguments, and all nested blocks of one name those of that
/// name.
fn merge(body: &mut Node, over: &Node) {
    let Value::Object(entries) = &mut body.value else { return };
    let replaced: Vec<&str> = over.entries().iter().map(|(key, _)| key.text.as_str()).collect();
    entries.retain(|(key, _)| !replaced.contains(&key.text.as_str()));
    entries.extend(over.entries().iter().map(|(key, node): &(Key, Node)| (key.clone(), node.clone())));
}
