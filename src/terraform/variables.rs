//! The values that the variables of a root are given: `.tfvars` files with
//! Terraform's precedence, and what the command line says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use elsa::FrozenMap;

use super::evaluate::{Evaluator, Scope};
use super::instance::{Each, Instance};
use super::value::{Kind, Value};
use crate::finding::Finding;
use crate::model::Place;
use crate::source::{self, FileId, Sources};
use crate::syntax::{self, Node, Parsed, hcl, json};

/// The most environments of one root that are evaluated.
const MAX_ENVIRONMENTS: usize = 64;

/// Files of values, parsed, by path.
pub(super) type Values = FrozenMap<PathBuf, Box<Node>>;

/// One way to apply a root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Environment {
    /// The file that makes it: `env/prod.tfvars`. `None` for a root of one way.
    pub(super) name: Option<String>,
    /// Its files of values, the last one wins.
    pub(super) files: Vec<FileId>,
}

/// The environments of a root. Terraform reads `terraform.tfvars` and
/// `*.auto.tfvars` by itself; other files beside or under the root are
/// environments, unless the command line names the files.
pub(super) fn environments(
    sources: &Sources,
    root: &Path,
    modules: &dyn Fn(&Path) -> bool,
    found: &[FileId],
    given: &[FileId],
) -> Vec<Environment> {
    let folder = |file: FileId| source::tidy(sources.path(file).parent().unwrap_or(Path::new("")));
    let name = |file: FileId| {
        let name = sources.path(file).file_name();
        name.map(|it| it.to_string_lossy().into_owned()).unwrap_or_default()
    };
    let own = found.iter().copied().filter(|&it| folder(it) == root);
    let mut loaded: Vec<FileId> = own.filter(|&it| rank(&name(it)).is_some()).collect();
    loaded.sort_by_key(|&it| (rank(&name(it)), name(it)));
    if !given.is_empty() {
        loaded.extend(given);
        return vec![Environment { name: None, files: loaded }];
    }
    // A file belongs to the nearest module above it.
    let is_under = |file: &FileId| {
        let folder = folder(*file);
        let owner = folder.ancestors().find(|it| modules(it));
        owner == Some(root) && !loaded.contains(file)
    };
    let mut others: Vec<FileId> = found.iter().copied().filter(is_under).collect();
    others.sort_by_key(|&it| sources.path(it).to_path_buf());
    others.truncate(MAX_ENVIRONMENTS);
    if others.is_empty() {
        return vec![Environment { name: None, files: loaded }];
    }
    let environment = |file: FileId| Environment {
        name: Some(super::evaluate::name::relative(sources.path(file), root)),
        files: loaded.iter().copied().chain([file]).collect(),
    };
    others.into_iter().map(environment).collect()
}

/// What Terraform reads by itself, of the environments of a root.
pub(super) fn base(ways: &[Environment]) -> Environment {
    let mut base = ways.first().cloned().unwrap_or_default();
    if base.name.take().is_some() {
        base.files.pop();
    }
    base
}

/// The place of a file in Terraform's order, if it is read without being named.
fn rank(name: &str) -> Option<u8> {
    match name {
        "terraform.tfvars" => Some(0),
        "terraform.tfvars.json" => Some(1),
        _ if name.ends_with(".auto.tfvars") || name.ends_with(".auto.tfvars.json") => Some(2),
        _ => None,
    }
}

/// Parses a file of values.
pub(super) fn parse(sources: &Sources, file: FileId) -> Parsed {
    let is_json = sources.path(file).extension().is_some_and(|it| it == "json");
    if is_json { json::parse(sources, file) } else { hcl::parse(sources, file) }
}

/// The values of an environment, by variable.
pub(super) fn inputs<'a>(
    evaluator: &Evaluator<'a>,
    environment: &Environment,
    nodes: &'a Values,
    arguments: &'a [(String, Node)],
    findings: &mut Vec<Finding>,
) -> BTreeMap<String, Value<'a>> {
    let mut inputs = BTreeMap::new();
    // Values are constants: nothing is declared where they stand.
    let nothing = Instance::root(&evaluator.tree.nothing, BTreeMap::new(), false);
    let scope = Scope::new(&nothing, &Each::None);
    for &file in &environment.files {
        let path = evaluator.sources.path(file).to_path_buf();
        if nodes.get(&path).is_none() {
            let parsed = parse(evaluator.sources, file);
            findings.extend(parsed.findings);
            let empty =
                || Node { span: evaluator.sources.whole(file), value: syntax::Value::Object(Vec::new()) };
            nodes.insert(path.clone(), Box::new(parsed.root.unwrap_or_else(empty)));
        }
        for (key, node) in nodes.get(&path).into_iter().flat_map(Node::entries) {
            let value = evaluator.constant(node, &scope);
            let value = value.unwrap_or_else(|why| Value::unknown(Place::here(node.span), why));
            inputs.insert(key.text.clone(), value);
        }
    }
    for (name, node) in arguments {
        inputs.insert(name.clone(), argument(evaluator, node, &scope));
    }
    inputs
}

/// A value of the command line: text, or an expression where it is a list or a
/// map.
fn argument<'a>(evaluator: &Evaluator<'a>, node: &'a Node, scope: &Scope<'_, 'a>) -> Value<'a> {
    let text = Value::string(Place::here(node.span), node.as_str().unwrap_or_default());
    let Kind::String(written) = &text.kind else { return text };
    if !written.trim_start().starts_with(['[', '{']) {
        return text;
    }
    let parsed = hcl::expression(written, node.span).ok();
    parsed.and_then(|it| evaluator.expression(&it, scope).ok()).unwrap_or(text)
}
