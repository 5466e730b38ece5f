//! Roots: the modules that nobody calls, evaluated in each of the ways in which
//! they may be applied, with the plans and states that belong to them.

use std::collections::BTreeMap;
use std::path::{Component, Path, PathBuf};
use std::rc::Rc;

use rayon::iter::{IndexedParallelIterator as _, IntoParallelRefIterator as _, ParallelIterator as _};

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

/// What all roots are evaluated with.
#[derive(Clone, Copy)]
pub(super) struct Project<'i, 'a> {
    pub(super) input: &'i Input<'i>,
    pub(super) tree: &'a Tree<'a>,
    pub(super) values: &'a variables::Values,
    /// The values of the command line.
    pub(super) arguments: &'a [(String, Node)],
}

/// Evaluates each root in each of its environments, the roots side by side.
pub(super) fn read<'a>(
    project: Project<'_, 'a>,
    use_it: impl Fn(&Evaluator<'a>, &Rc<Instance<'a>>, &Run<'_, 'a>, &mut Loaded) + Sync,
) -> Loaded {
    let tops = project.tree.tops();
    let records = Records::new(project.tree.sources, project.input, &tops);
    let of_root = |(index, folder): (usize, &PathBuf)| {
        let mut loaded = Loaded::default();
        if let Some(module) = project.tree.module(folder) {
            let recorded = records.of_root(folder);
            Root { project, folder, index, module }.read(recorded, &use_it, &mut loaded);
        }
        loaded
    };
    let mut loaded = Loaded::default();
    for of_root in tops.par_iter().enumerate().map(of_root).collect::<Vec<_>>() {
        loaded.append(of_root);
    }
    for &(index, file) in &records.alone {
        if let Some(recorded) = recorded(project.tree.sources, file, &mut loaded) {
            alone(project.tree.sources, recorded, tops.len() + index, &mut loaded);
        }
    }
    loaded
}

/// A module that nobody calls.
struct Root<'r, 'i, 'a> {
    project: Project<'i, 'a>,
    folder: &'r Path,
    /// Which of the roots, in their order.
    index: usize,
    module: &'a Module<'a>,
}

impl<'a> Root<'_, '_, 'a> {
    fn read(
        &self,
        recorded: &[(usize, FileId)],
        use_it: &impl Fn(&Evaluator<'a>, &Rc<Instance<'a>>, &Run<'_, 'a>, &mut Loaded),
        loaded: &mut Loaded,
    ) {
        let Project { tree, arguments, .. } = self.project;
        loaded.variables.extend(self.module.variables.keys().map(|it| (*it).to_owned()));
        let ways = ways(self.project.input, tree, self.folder, self.module, self.project.values, loaded);
        let has_values = ways.iter().any(|it| !it.files.is_empty()) || !arguments.is_empty();
        let (planned, states) = self.recorded(recorded, &ways, loaded);
        let is_root = self.module.is_configured
            || has_values
            || !planned.is_empty()
            || !is_library(self.folder, self.module, &tree.reach);
        // Of the other environments there is no plan.
        let others = ways.iter().filter(|way| planned.iter().all(|it| it.0 != *way));
        let runs = planned.iter().map(|(way, plan)| (*way, Some(plan))).chain(others.map(|it| (it, None)));
        let assumptions: &[bool] = if is_root { &[false] } else { &[false, true] };
        for (way, plan) in runs {
            for &assumed in assumptions {
                let several = plan.filter(|_| planned.len() > 1);
                let file =
                    several.map(|it| evaluate::name::relative(tree.sources.path(it.file), self.folder));
                let run = Run {
                    root: self.folder.to_path_buf(),
                    index: self.index,
                    environment: way.name.clone().or(file),
                    is_library: !is_root,
                    assumed,
                    plan,
                    states: &states,
                };
                let evaluator = Evaluator::new(tree, &self.module.folder);
                let mut inputs = self.inputs(way);
                inputs.extend(plan.into_iter().flat_map(|it| it.variables.clone()));
                let instance = Instance::root(self.module, inputs, (is_root || assumed) && !way.is_open);
                use_it(&evaluator, &instance, &run, loaded);
                evaluator.finish().into_loaded(loaded);
            }
        }
    }

    /// The plans that were made of the root, each with the way in which it was,
    /// and the states.
    fn recorded<'w>(
        &self,
        files: &[(usize, FileId)],
        ways: &'w [Environment],
        loaded: &mut Loaded,
    ) -> (Vec<(&'w Environment, Recorded<'a>)>, Vec<Recorded<'a>>) {
        let Project { input, tree, .. } = self.project;
        let (mut planned, mut states) = (Vec::new(), Vec::new());
        for &(index, file) in files {
            let Some(mut record) = recorded(tree.sources, file, loaded) else { continue };
            if record.record == recorded::Record::State {
                states.push(record);
            } else if let Some(way) = self.made_with(ways, &mut record) {
                planned.push((way, record));
            } else if input.asked.contains(&file) {
                alone(tree.sources, record, tree.tops().len() + index, loaded);
            } else {
                *loaded.unread.entry(STALE.to_owned()).or_default() += 1;
            }
        }
        (planned, states)
    }

    /// The values that the variables have in one of the ways.
    fn inputs(&self, way: &Environment) -> BTreeMap<String, Value<'a>> {
        let evaluator = Evaluator::new(self.project.tree, &self.module.folder);
        variables::inputs(&evaluator, way, self.project.values, self.project.arguments)
    }

    /// The way in which a plan was made, if it still says what the configuration
    /// does: with the values of files, or with those that it records, such as
    /// `-var` gives. Of the first kind nothing is left in the plan.
    fn made_with<'w>(&self, ways: &'w [Environment], plan: &mut Recorded<'a>) -> Option<&'w Environment> {
        let agrees = |way: &Environment, more: BTreeMap<String, Value<'a>>, plan: &Recorded<'a>| {
            let mut inputs = self.inputs(way);
            inputs.extend(more);
            let evaluator = Evaluator::new(self.project.tree, &self.module.folder);
            collect::agrees(&evaluator, &Instance::root(self.module, inputs, !way.is_open), plan)
        };
        if let Some(way) = ways.iter().find(|way| agrees(way, BTreeMap::new(), plan)) {
            plan.variables.clear();
            return Some(way);
        }
        ways.first().filter(|way| agrees(way, plan.variables.clone(), plan))
    }
}

/// Reads a plan or a state.
fn recorded<'a>(sources: &Sources, file: FileId, loaded: &mut Loaded) -> Option<Recorded<'a>> {
    match recorded::read(sources, file) {
        Ok(recorded) => {
            loaded.recognised.push(file);
            loaded.secrets.extend(&recorded.secrets);
            Some(recorded)
        }
        Err(finding) => {
            loaded.broken.push(file);
            loaded.findings.push(*finding);
            None
        }
    }
}

/// Reads a plan or a state that no configuration belongs to, as a root of its own.
fn alone(sources: &Sources, recorded: Recorded<'_>, index: usize, loaded: &mut Loaded) {
    let folder = sources.path(recorded.file).to_path_buf();
    let origin = Origin { root: index + 1, folder, ..Origin::default() };
    collect::recorded(sources, recorded, &origin, loaded);
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
        let parsed = variables::parsed(sources, file, values);
        // What is left out is not spoken of.
        if !hidden.contains(&file) {
            findings.extend_from_slice(&parsed.findings);
        }
        let is_broken = !parsed.findings.is_empty();
        let of_module = |name: &str| module.variables.contains_key(name);
        let sets = parsed.root.entries().iter().any(|(key, _)| of_module(&key.text));
        let folder = sources.path(file).parent().map(source::tidy);
        // A file that did not parse to its end may set any of them.
        open |= is_broken && (folder.as_deref() == Some(root) || input.given.contains(&file));
        set.insert(file, sets || is_broken);
    }
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
fn is_library(root: &Path, module: &Module<'_>, reach: &[PathBuf]) -> bool {
    module.has_required_variables() || !module.variables.is_empty() && is_kept(root, reach)
}

/// Whether a folder stands where modules are kept, wherever we stand ourselves:
/// in `modules`, or further below one within the project.
fn is_kept(root: &Path, reach: &[PathBuf]) -> bool {
    let Ok(root) = source::here_or(root).canonicalize() else { return false };
    let project = reach.iter().filter(|it| root.starts_with(it)).min_by_key(|it| it.components().count());
    let within = project.and_then(|it| root.strip_prefix(it).ok()).unwrap_or(Path::new(""));
    let above = root.parent().and_then(Path::file_name);
    within.components().map(Component::as_os_str).chain(above).any(|it| it == "modules")
}

/// Plans and states by the root that they belong to, each with its number.
#[derive(Debug, Default)]
struct Records {
    of_roots: BTreeMap<PathBuf, Vec<(usize, FileId)>>,
    /// Those of no root that is read.
    alone: Vec<(usize, FileId)>,
}

impl Records {
    fn new(sources: &Sources, input: &Input<'_>, tops: &[PathBuf]) -> Self {
        let mut records = Self::default();
        for (index, &file) in input.recorded.iter().enumerate() {
            let folder = source::tidy(sources.path(file).parent().unwrap_or(Path::new("")));
            let root = input.source.map_or(folder, source::tidy);
            if tops.contains(&root) {
                records.of_roots.entry(root).or_default().push((index, file));
            } else {
                records.alone.push((index, file));
            }
        }
        records
    }

    fn of_root(&self, root: &Path) -> &[(usize, FileId)] {
        self.of_roots.get(root).map(Vec::as_slice).unwrap_or_default()
    }
}
