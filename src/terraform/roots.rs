//! Roots: the modules that nobody calls, evaluated in each of the ways in which
//! they may be applied, with the plans and states that belong to them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::evaluate::{self, Evaluator};
use super::instance::Instance;
use super::module::Module;
use super::recorded::{self, Recorded};
use super::tree::Tree;
use super::value::Value;
use super::variables::{self, Environment};
use super::{Input, Loaded, collect};
use crate::finding::{Finding, UNREADABLE_FILE};
use crate::model::Origin;
use crate::source::{self, FileId, Sources};
use crate::syntax::Node;

/// One evaluation of a root.
#[derive(Clone, Debug)]
pub(super) struct Run<'r, 'a> {
    /// The folder.
    pub(super) root: PathBuf,
    /// Which of the roots, in their order.
    pub(super) index: usize,
    pub(super) environment: Option<String>,
    /// Whether it is a module that nobody calls, read by itself.
    pub(super) is_library: bool,
    /// Whether it rests on the defaults of such a module.
    pub(super) assumed: bool,
    /// The plan that was made of it.
    pub(super) plan: Option<&'r Recorded<'a>>,
    /// The states that it left.
    pub(super) states: &'r [Recorded<'a>],
}

impl Run<'_, '_> {
    pub(super) fn origin(&self) -> Origin {
        Origin {
            root: self.index + 1,
            folder: self.root.clone(),
            environment: self.environment.clone(),
            assumed: self.assumed,
        }
    }
}

/// Evaluates each root in each of its environments.
pub(super) fn read<'a>(
    input: &Input<'_>,
    tree: &'a Tree<'a>,
    values: &'a variables::Values,
    arguments: &'a [(String, Node)],
    mut use_it: impl FnMut(&Evaluator<'a>, &Rc<Instance<'a>>, &Run<'_, 'a>, &mut Loaded),
) -> Loaded {
    let mut loaded = Loaded::default();
    let tops = tree.tops();
    let mut records = Records::new(tree.sources, input, &tops, &mut loaded);
    for (index, root) in tops.iter().enumerate() {
        let Some(module) = tree.module(root) else { continue };
        loaded.variables.extend(module.variables.keys().map(|it| (*it).to_owned()));
        let ways = ways(input, tree, root, module, values, &mut loaded);
        let has_values = ways.iter().any(|it| !it.files.is_empty()) || !arguments.is_empty();
        let OfRoot { plans, states } = records.of(root);
        let mut planned: Vec<(&Environment, Recorded<'a>)> = Vec::new();
        for mut plan in plans {
            let inputs = |way: &Environment| {
                variables::inputs(
                    &Evaluator::new(tree, &module.folder),
                    way,
                    values,
                    arguments,
                    &mut Vec::new(),
                )
            };
            match made_with(tree, module, &ways, &inputs, &mut plan) {
                Some(way) => planned.push((way, plan)),
                None if input.asked.contains(&plan.file) => records.alone.push(plan),
                None => *loaded.unread.entry(STALE.to_owned()).or_default() += 1,
            }
        }
        let is_planned = !planned.is_empty();
        let is_root = module.is_configured || has_values || is_planned || !is_library(root, module);
        let runs: Vec<(&Environment, Option<&Recorded<'a>>)> = if is_planned {
            // Of the other environments there is no plan.
            let others = ways.iter().filter(|way| planned.iter().all(|it| it.0 != *way));
            planned.iter().map(|(way, plan)| (*way, Some(plan))).chain(others.map(|it| (it, None))).collect()
        } else {
            ways.iter().map(|way| (way, None)).collect()
        };
        let assumptions: &[bool] = if is_root { &[false] } else { &[false, true] };
        for (way, plan) in runs {
            for &assumed in assumptions {
                let several = plan.filter(|_| planned.len() > 1);
                let file = several.map(|it| evaluate::name::relative(tree.sources.path(it.file), root));
                let run = Run {
                    root: root.clone(),
                    index,
                    environment: way.name.clone().or(file),
                    is_library: !is_root,
                    assumed,
                    plan,
                    states: &states,
                };
                let evaluator = Evaluator::new(tree, &module.folder);
                let mut inputs = variables::inputs(&evaluator, way, values, arguments, &mut loaded.findings);
                inputs.extend(plan.into_iter().flat_map(|it| it.variables.clone()));
                let instance = Instance::root(module, inputs, (is_root || assumed) && !way.is_open);
                use_it(&evaluator, &instance, &run, &mut loaded);
                evaluator.finish().into_loaded(&mut loaded);
            }
        }
    }
    alone(tree.sources, records.alone, tops.len(), &mut loaded);
    loaded
}

/// The way in which a plan was made, if it still says what the configuration
/// does: with the values of files, or with those that it records, such as `-var`
/// gives. Of the first kind nothing is left in the plan.
fn made_with<'w, 'a>(
    tree: &'a Tree<'a>,
    module: &'a Module<'a>,
    ways: &'w [Environment],
    inputs: &dyn Fn(&Environment) -> BTreeMap<String, Value<'a>>,
    plan: &mut Recorded<'a>,
) -> Option<&'w Environment> {
    let agrees = |way: &Environment, more: BTreeMap<String, Value<'a>>, plan: &Recorded<'a>| {
        let mut inputs = inputs(way);
        inputs.extend(more);
        let evaluator = Evaluator::new(tree, &module.folder);
        collect::agrees(&evaluator, &Instance::root(module, inputs, !way.is_open), plan)
    };
    if let Some(way) = ways.iter().find(|way| agrees(way, BTreeMap::new(), plan)) {
        plan.variables.clear();
        return Some(way);
    }
    ways.first().filter(|way| agrees(way, plan.variables.clone(), plan))
}

/// Reads plans and states that no configuration belongs to, after some roots.
fn alone(sources: &Sources, records: Vec<Recorded<'_>>, roots: usize, loaded: &mut Loaded) {
    for (index, recorded) in records.into_iter().enumerate() {
        let folder = sources.path(recorded.file).to_path_buf();
        let origin = Origin { root: roots + index + 1, folder, ..Origin::default() };
        collect::recorded(sources, recorded, &origin, loaded);
    }
}

/// What is said of a plan that no longer says what the configuration does.
const STALE: &str = "plans that do not match the configuration beside them";

/// The ways in which a root may be applied.
fn ways<'a>(
    input: &Input<'_>,
    tree: &Tree<'a>,
    root: &Path,
    module: &Module<'a>,
    values: &variables::Values,
    loaded: &mut Loaded,
) -> Vec<Environment> {
    let sources = tree.sources;
    let findings = &mut loaded.findings;
    let (hidden, unreadable) = variables::passed_over(sources, root, input.values);
    let mut open = !unreadable.is_empty()
        || input.terragrunt.iter().any(|it| it == root)
        || input.terragrunt_anywhere && !module.is_configured;
    for (file, problem) in unreadable.into_iter().filter(|it| it.1.is_text()) {
        let finding =
            Finding::input(UNREADABLE_FILE, sources.head(file), "these values", problem.to_string());
        findings.push(finding.with_help("save the file as UTF-8"));
    }
    let own = variables::of_root(sources, root, &|it| tree.folders.contains_key(it), input.values);
    let mut set = BTreeMap::new();
    for &file in own.iter().chain(&hidden).chain(input.given) {
        let before = findings.len();
        let node = variables::parsed(sources, file, values, findings);
        let sets = node.entries().iter().any(|(key, _)| module.variables.contains_key(key.text.as_str()));
        let is_broken = findings[before..].iter().any(|it| it.primary().file == file);
        set.insert(file, sets || is_broken);
    }
    // A file that did not parse to its end may set any of them.
    open |= findings.iter().any(|it| {
        let file = it.primary().file;
        let folder = sources.path(file).parent().map(source::tidy);
        let is_read = folder.as_deref() == Some(root) || input.given.contains(&file);
        set.contains_key(&file) && is_read
    });
    // What is left out is not spoken of.
    findings.retain(|it| !hidden.contains(&it.primary().file));
    let sets = |file: FileId| set.get(&file).copied().unwrap_or(false);
    let mut ways = variables::environments(sources, root, &sets, &own, input.given);
    for way in &mut ways {
        way.others.extend(&hidden);
        way.is_open |= open;
    }
    ways
}

/// Whether a module that nobody calls is one for others to call: it asks for
/// values, or stands where modules are kept and takes some.
fn is_library(root: &Path, module: &Module<'_>) -> bool {
    let is_kept = root.components().any(|it| it.as_os_str() == "modules");
    module.has_required_variables() || is_kept && !module.variables.is_empty()
}

/// Plans and states, by the root that they belong to.
#[derive(Debug, Default)]
struct Records<'a> {
    of_roots: BTreeMap<PathBuf, OfRoot<'a>>,
    /// Those of no root that was read.
    alone: Vec<Recorded<'a>>,
}

#[derive(Debug, Default)]
struct OfRoot<'a> {
    plans: Vec<Recorded<'a>>,
    states: Vec<Recorded<'a>>,
}

impl<'a> Records<'a> {
    fn new(sources: &Sources, input: &Input<'_>, tops: &[PathBuf], loaded: &mut Loaded) -> Self {
        let mut records = Self::default();
        for &file in input.recorded {
            let recorded = match recorded::read(sources, file) {
                Ok(recorded) => recorded,
                Err(finding) => {
                    loaded.broken.push(file);
                    loaded.findings.push(*finding);
                    continue;
                }
            };
            loaded.recognised.push(file);
            loaded.secrets.extend(&recorded.secrets);
            let folder = source::tidy(sources.path(file).parent().unwrap_or(Path::new("")));
            let root = input.source.map_or(folder, source::tidy);
            let record = recorded.record;
            if !tops.contains(&root) {
                records.alone.push(recorded);
            } else if record == recorded::Record::Plan {
                records.of_roots.entry(root).or_default().plans.push(recorded);
            } else {
                records.of_roots.entry(root).or_default().states.push(recorded);
            }
        }
        records
    }

    fn of(&mut self, root: &Path) -> OfRoot<'a> {
        self.of_roots.remove(root).unwrap_or_default()
    }
}
