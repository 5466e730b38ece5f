//! The values that the variables of a root are given: `.tfvars` files with
//! Terraform's precedence, and what the command line says.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use elsa::sync::FrozenMap;

use super::evaluate::{Evaluator, Scope};
use super::instance::{Each, Instance};
use super::value::{Kind, Value};
use crate::finding::Finding;
use crate::model::{Place, Why};
use crate::source::{self, FileId, Sources, Unreadable};
use crate::syntax::{self, Node, Parsed, hcl, json};

/// The most environments of one root that are evaluated.
const MAX_ENVIRONMENTS: usize = 64;

/// Files of values, parsed, by path.
pub(super) type Values = FrozenMap<PathBuf, Box<File>>;

/// A file of values.
#[derive(Debug)]
pub(super) struct File {
    pub(super) root: Node,
    /// What is wrong with it.
    pub(super) findings: Vec<Finding>,
}

/// One way to apply a root.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Environment {
    /// The file that makes it: `env/prod.tfvars`. `None` for a root of one way.
    pub(super) name: Option<String>,
    /// Its files of values, the last one wins.
    pub(super) files: Vec<FileId>,
    /// Files that may give values too: those of other environments, as teams
    /// lay one file over another, and those that Terraform reads and we were
    /// told not to. What only they set is unknown.
    pub(super) others: Vec<FileId>,
    /// Whether values come from where nobody looked: defaults may not hold.
    pub(super) is_open: bool,
}

/// The environments of a root. Terraform reads `terraform.tfvars` and
/// `*.auto.tfvars` by itself; other files beside or under the root that set one
/// of its variables are environments, unless the command line names the files.
pub(super) fn environments(
    sources: &Sources,
    root: &Path,
    sets: &dyn Fn(FileId) -> bool,
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
        return vec![Environment { files: loaded, ..Environment::default() }];
    }
    let is_environment = |file: &FileId| !loaded.contains(file) && sets(*file);
    let mut others: Vec<FileId> = found.iter().copied().filter(is_environment).collect();
    others.sort_by_key(|&it| sources.path(it).to_path_buf());
    others.truncate(MAX_ENVIRONMENTS);
    if others.is_empty() {
        return vec![Environment { files: loaded, ..Environment::default() }];
    }
    let relative = |file: FileId| super::evaluate::name::relative(sources.path(file), root);
    let environment = |file: Option<FileId>| Environment {
        name: file.or(loaded.last().copied()).map(relative),
        files: loaded.iter().copied().chain(file).collect(),
        others: others.iter().copied().filter(|it| Some(*it) != file).collect(),
        is_open: false,
    };
    // Without any of them is a way of its own where Terraform finds values.
    let bare = (!loaded.is_empty()).then_some(None);
    bare.into_iter().chain(others.iter().copied().map(Some)).map(environment).collect()
}

/// The files beside a root that Terraform would read by itself and that are not
/// among those found: left out, ignored, links to elsewhere, or not readable,
/// and those of the last kind.
pub(super) fn passed_over(
    sources: &Sources,
    root: &Path,
    found: &[FileId],
) -> (Vec<FileId>, Vec<(FileId, Unreadable)>) {
    let is_found = |path: &PathBuf| found.iter().any(|&it| source::tidy(sources.path(it)) == *path);
    let files = source::files_in(root).into_iter();
    let own = files.filter(|it| it.file_name().is_some_and(|it| rank(&it.to_string_lossy()).is_some()));
    let read = own.filter(|it| !is_found(it)).map(|it| sources.read(&it));
    let mut files = Vec::new();
    let mut broken = Vec::new();
    for (file, problem) in read {
        match problem {
            None => files.push(file),
            Some(problem) => broken.push((file, problem)),
        }
    }
    (files, broken)
}

/// The files of values that belong to a root: those to which it is the nearest
/// module above.
pub(super) fn of_root(
    sources: &Sources,
    root: &Path,
    modules: &dyn Fn(&Path) -> bool,
    found: &[FileId],
) -> Vec<FileId> {
    let is_own = |file: &FileId| {
        let folder = source::tidy(sources.path(*file).parent().unwrap_or(Path::new("")));
        folder.ancestors().find(|it| modules(it)) == Some(root)
    };
    found.iter().copied().filter(is_own).collect()
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

/// A file of values, parsed once.
pub(super) fn parsed<'a>(sources: &Sources, file: FileId, values: &'a Values) -> &'a File {
    let path = sources.path(file);
    if let Some(known) = values.get(path) {
        return known;
    }
    let parsed = parse(sources, file);
    let empty = || Node { span: sources.whole(file), value: syntax::Value::Object(Vec::new()) };
    let file = File { root: parsed.root.unwrap_or_else(empty), findings: parsed.findings };
    values.insert(path.to_path_buf(), Box::new(file))
}

/// Parses a file of values.
fn parse(sources: &Sources, file: FileId) -> Parsed {
    let is_json = sources.path(file).extension().is_some_and(|it| it == "json");
    if is_json { json::parse(sources, file) } else { hcl::parse(sources, file) }
}

/// The values of an environment, by variable.
pub(super) fn inputs<'a>(
    evaluator: &Evaluator<'a>,
    environment: &Environment,
    values: &'a Values,
    arguments: &'a [(String, Node)],
) -> BTreeMap<String, Value<'a>> {
    let mut inputs = BTreeMap::new();
    // Values are constants: nothing is declared where they stand.
    let nothing = Instance::root(&evaluator.tree.nothing, BTreeMap::new(), false);
    let scope = Scope::new(&nothing, &Each::None);
    for &file in &environment.files {
        for (key, node) in parsed(evaluator.sources, file, values).root.entries() {
            let value = evaluator.constant(node, &scope);
            let value = value.unwrap_or_else(|why| Value::unknown(Place::here(node.span), why));
            inputs.insert(key.text.clone(), value);
        }
    }
    for &file in &environment.others {
        for (key, _) in parsed(evaluator.sources, file, values).root.entries() {
            let unknown = || Value::unknown(Place::here(key.span), Why::Variable);
            inputs.entry(key.text.clone()).or_insert_with(unknown);
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
