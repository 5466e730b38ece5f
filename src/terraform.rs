//! Terraform, as the model.
//!
//! HCL, `.tf.json` and the TOML dialect are one language in three spellings: a
//! file becomes a [`Node`](crate::syntax::Node), the files of a folder become a
//! module, modules that are called become instances, the evaluator says what
//! each expression is as far as it can be known and where it came from, and
//! `okta` turns resources into the org. What cannot be known is unknown, with
//! the reason; it is never empty.

mod assemble;
mod attributes;
mod body;
mod collect;
mod decode;
mod evaluate;
mod functions;
mod instance;
mod module;
mod number;
mod okta;
mod overlay;
mod overrides;
mod recorded;
mod schema;
mod tree;
mod types;
mod value;
mod variables;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use elsa::FrozenMap;

use crate::finding::{Finding, UNREADABLE_FILE, WRONG_TYPE};
use crate::model::{Org, Origin};
use crate::source::{self, FileId, Sources, Span};
use crate::syntax::{Node, Value};

use self::evaluate::Evaluator;
use self::instance::Instance;
use self::module::Module;
use self::recorded::Recorded;
use self::tree::Tree;

pub use self::collect::{Evaluated, EvaluatedResource};
pub use self::recorded::is_recorded;

/// How a file spells Terraform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// `.tf`, `.tofu`.
    Hcl,
    /// Terraform's JSON syntax: `.tf.json`, `.tofu.json`.
    Json,
    /// The same syntax written in TOML.
    Toml,
}

impl Language {
    /// The language of a file, by its name; TOML only where the name is the
    /// dialect's.
    pub fn of(path: &Path) -> Option<Self> {
        let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
        let ends = |endings: &[&str]| endings.iter().any(|it| name.ends_with(it));
        match () {
            // Editors leave these behind; Terraform passes them over too.
            () if name.starts_with(['.', '#']) || name.ends_with(['~', '#']) => None,
            () if ends(&[".tf", ".tofu"]) => Some(Self::Hcl),
            () if ends(&[".tf.json", ".tofu.json"]) => Some(Self::Json),
            () if ends(&[".okta.toml", ".tf.toml"]) => Some(Self::Toml),
            () => None,
        }
    }
}

/// What is read.
#[derive(Clone, Copy, Debug, Default)]
pub struct Input<'i> {
    /// Files of Terraform.
    pub files: &'i [(FileId, Language)],
    /// Files of values: `.tfvars`, `.tfvars.json`.
    pub values: &'i [FileId],
    /// Plans and states: see [`is_recorded`].
    pub recorded: &'i [FileId],
    /// Folders that Terragrunt gives inputs to, which are not evaluated.
    pub terragrunt: &'i [PathBuf],
    /// Those of the plans and states that were asked for by name.
    pub asked: &'i [FileId],
    /// The root that plans and states belong to, if it is none beside them.
    pub source: Option<&'i Path>,
    /// Files that no text could be read from, or that are left out: what they
    /// declare is unknown, and so is what their folder does not.
    pub broken: &'i [FileId],
    /// Files of values that the command line names, in its order.
    pub given: &'i [FileId],
    /// Values that the command line gives: name, place and text.
    pub arguments: &'i [(String, Span, String)],
    /// Folders that modules and data files may be read from, canonical.
    pub reach: &'i [PathBuf],
}

/// What was read of a set of files.
#[derive(Debug, Default)]
pub struct Loaded {
    /// One org for each root, environment and provider configuration.
    pub orgs: Vec<Org>,
    /// What was wrong.
    pub findings: Vec<Finding>,
    /// The files that did not parse to their end.
    pub broken: Vec<FileId>,
    /// The files of folders that speak of Okta.
    pub recognised: Vec<FileId>,
    /// What no lint reads, by what it is: resources by type, remote modules.
    pub unread: BTreeMap<String, usize>,
    /// Literals that must not be shown.
    pub secrets: Vec<Span>,
}

/// The top-level names of Terraform's language.
pub const TOP_LEVEL: [&str; 13] = [
    "resource",
    "data",
    "ephemeral",
    "module",
    "locals",
    "variable",
    "provider",
    "output",
    "terraform",
    "import",
    "moved",
    "removed",
    "check",
];

/// The stack of the thread that evaluates: expressions may be within one
/// another as deep as the limit of the evaluator says.
const STACK_BYTES: usize = 512 << 20;

/// Reads files of Terraform. The files of one folder are one module; those that
/// no other calls are roots or libraries. A folder that neither speaks of Okta
/// nor leads to one that does is not parsed.
pub fn load(sources: &Sources, input: &Input<'_>) -> Loaded {
    on_a_large_stack(|| {
        let (parsed, values, arguments) = (FrozenMap::new(), FrozenMap::new(), arguments(input));
        let tree = Tree::new(sources, input, &parsed);
        let mut loaded = read(input, &tree, &values, &arguments, |evaluator, instance, run, loaded| {
            collect::orgs(evaluator, instance, run, loaded);
        });
        let state = tree.state.take();
        // What a parser made up to go on is not what somebody wrote.
        let broken = &state.broken;
        loaded.findings.retain(|it| it.lint != WRONG_TYPE || !broken.contains(&it.primary().file));
        loaded.findings.extend(state.findings);
        loaded.recognised.extend(state.recognised);
        loaded.recognised.sort_unstable();
        loaded.broken.extend(state.broken);
        loaded
    })
}

/// Every resource and output of the root in a folder, as evaluated: what the
/// differential tests compare with Terraform's own plan.
pub fn evaluate(sources: &Sources, input: &Input<'_>, root: &Path) -> Evaluated {
    on_a_large_stack(|| {
        let (parsed, values, arguments) = (FrozenMap::new(), FrozenMap::new(), arguments(input));
        let tree = Tree::new(sources, input, &parsed);
        let mut evaluated = Evaluated::default();
        read(input, &tree, &values, &arguments, |evaluator, instance, run, _| {
            if run.root == source::tidy(root) {
                collect::everything(evaluator, instance, &mut evaluated);
            }
        });
        evaluated
    })
}

/// The values of the command line, as nodes.
fn arguments(input: &Input<'_>) -> Vec<(String, Node)> {
    let node = |(name, span, text): &(String, Span, String)| {
        (name.clone(), Node { span: *span, value: Value::String(text.clone()) })
    };
    input.arguments.iter().map(node).collect()
}

fn on_a_large_stack<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    std::thread::scope(|scope| {
        let thread = std::thread::Builder::new().stack_size(STACK_BYTES).spawn_scoped(scope, run);
        match thread.map(std::thread::ScopedJoinHandle::join) {
            Ok(Ok(result)) => result,
            Ok(Err(panic)) => std::panic::resume_unwind(panic),
            Err(error) => panic!("the system refuses a thread: {error}"),
        }
    })
}

/// One evaluation of a root.
#[derive(Clone, Debug)]
struct Run<'r, 'a> {
    /// The folder.
    root: PathBuf,
    /// Which of the roots, in their order.
    index: usize,
    environment: Option<String>,
    /// Whether it is a module that nobody calls, read by itself.
    is_library: bool,
    /// Whether it rests on the defaults of such a module.
    assumed: bool,
    /// The plan that was made of it.
    plan: Option<&'r Recorded<'a>>,
    /// The states that it left.
    states: &'r [Recorded<'a>],
}

impl Run<'_, '_> {
    fn origin(&self) -> Origin {
        Origin {
            root: self.index + 1,
            folder: self.root.clone(),
            environment: self.environment.clone(),
            assumed: self.assumed,
        }
    }
}

/// Evaluates each root in each of its environments.
fn read<'a>(
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
        let ways = ways(input, tree, root, module, values, &mut loaded);
        let has_values = ways.iter().any(|it| !it.files.is_empty()) || !arguments.is_empty();
        let OfRoot { plans, states } = records.of(root);
        let inputs_of = |evaluator: &Evaluator<'a>, way: &variables::Environment, loaded: &mut Loaded| {
            variables::inputs(evaluator, way, values, arguments, &mut loaded.findings)
        };
        // A plan counts with the values that it was made with, if it still says
        // what the configuration does.
        let mut planned: Vec<(&variables::Environment, Recorded<'a>)> = Vec::new();
        for plan in plans {
            let made_with = |way: &&variables::Environment| {
                let evaluator = Evaluator::new(tree, &module.folder);
                let inputs = inputs_of(&evaluator, way, &mut Loaded::default());
                let instance = Instance::root(module, inputs, !way.is_open);
                collect::agrees(&evaluator, &instance, &plan)
            };
            match ways.iter().find(made_with) {
                Some(way) => planned.push((way, plan)),
                None if input.asked.contains(&plan.file) => records.alone.push(plan),
                None => *loaded.unread.entry(STALE.to_owned()).or_default() += 1,
            }
        }
        let is_planned = !planned.is_empty();
        let is_root = module.is_configured || has_values || is_planned || !is_library(root, module);
        let runs: Vec<(&variables::Environment, Option<&Recorded<'a>>)> = if is_planned {
            planned.iter().map(|(way, plan)| (*way, Some(plan))).collect()
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
                let inputs = inputs_of(&evaluator, way, &mut loaded);
                let instance = Instance::root(module, inputs, (is_root || assumed) && !way.is_open);
                use_it(&evaluator, &instance, &run, &mut loaded);
                evaluator.finish().into_loaded(&mut loaded);
            }
        }
    }
    for (index, recorded) in records.alone.into_iter().enumerate() {
        let folder = tree.sources.path(recorded.file).to_path_buf();
        let origin = Origin { root: tops.len() + index + 1, folder, ..Origin::default() };
        collect::recorded(tree.sources, recorded, &origin, &mut loaded);
    }
    loaded
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
) -> Vec<variables::Environment> {
    let sources = tree.sources;
    let findings = &mut loaded.findings;
    let (hidden, unreadable) = variables::passed_over(sources, root, input.values);
    let mut open = !unreadable.is_empty() || input.terragrunt.iter().any(|it| it == root);
    for (file, problem) in unreadable.into_iter().filter(|it| it.1.is_text()) {
        let finding =
            Finding::input(UNREADABLE_FILE, sources.head(file), "these values", problem.to_string());
        findings.push(finding.with_help("save the file as UTF-8"));
    }
    let own = variables::of_root(sources, root, &|it| tree.folders.contains_key(it), input.values);
    let mut set = BTreeMap::new();
    for &file in own.iter().chain(&hidden) {
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
        set.contains_key(&file) && folder.as_deref() == Some(root)
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
