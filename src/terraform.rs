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

use crate::finding::{Finding, WRONG_TYPE};
use crate::model::{Org, Origin};
use crate::source::{self, FileId, Sources, Span};
use crate::syntax::{Node, Value};

use self::evaluate::Evaluator;
use self::instance::Instance;
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
        let is_module = |it: &Path| tree.folders.contains_key(it);
        let mut ways = variables::environments(tree.sources, root, &is_module, input.values, input.given);
        let has_values = ways.iter().any(|it| !it.files.is_empty()) || !arguments.is_empty();
        let of_root = records.of(root);
        let is_planned = !of_root.plans.is_empty();
        let is_root = module.is_configured || has_values || !module.has_required_variables() || is_planned;
        if is_planned {
            // A plan says itself with which values it was made.
            ways = vec![variables::base(&ways)];
        }
        let plans: Vec<Option<&Recorded<'a>>> =
            if is_planned { of_root.plans.iter().map(Some).collect() } else { vec![None] };
        let assumptions: &[bool] = if is_root { &[false] } else { &[false, true] };
        for (way, plan) in ways.iter().flat_map(|way| plans.iter().map(move |it| (way, *it))) {
            for &assumed in assumptions {
                let several = plan.filter(|_| plans.len() > 1);
                let file = several.map(|it| evaluate::name::relative(tree.sources.path(it.file), root));
                let run = Run {
                    root: root.clone(),
                    index,
                    environment: way.name.clone().or(file),
                    is_library: !is_root,
                    assumed,
                    plan,
                    states: &of_root.states,
                };
                let evaluator = Evaluator::new(tree, &module.folder);
                let inputs = variables::inputs(&evaluator, way, values, arguments, &mut loaded.findings);
                let instance = Instance::root(module, inputs, is_root || assumed);
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
