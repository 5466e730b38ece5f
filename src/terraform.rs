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
mod overrides;
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
use crate::model::Org;
use crate::source::{self, FileId, Sources, Span};
use crate::syntax::{Node, Value};

use self::evaluate::Evaluator;
use self::instance::Instance;
use self::tree::Tree;

pub use self::collect::{Evaluated, EvaluatedResource};

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
struct Run {
    /// The folder.
    root: PathBuf,
    /// Which of the roots, in their order.
    index: usize,
    environment: Option<String>,
    /// Whether it is a module that nobody calls, read by itself.
    is_library: bool,
    /// Whether it rests on the defaults of such a module.
    assumed: bool,
}

/// Evaluates each root in each of its environments.
fn read<'a>(
    input: &Input<'_>,
    tree: &'a Tree<'a>,
    values: &'a variables::Values,
    arguments: &'a [(String, Node)],
    mut use_it: impl FnMut(&Evaluator<'a>, &Rc<Instance<'a>>, &Run, &mut Loaded),
) -> Loaded {
    let mut loaded = Loaded::default();
    for (index, root) in tree.tops().into_iter().enumerate() {
        let Some(module) = tree.module(&root) else { continue };
        let is_module = |it: &Path| tree.folders.contains_key(it);
        let ways = variables::environments(tree.sources, &root, &is_module, input.values, input.given);
        let has_values = ways.iter().any(|it| !it.files.is_empty()) || !arguments.is_empty();
        let is_root = module.is_configured || has_values || !module.has_required_variables();
        let runs = if is_root { vec![false] } else { vec![false, true] };
        for (way, assumed) in ways.iter().flat_map(|way| runs.iter().map(move |it| (way, *it))) {
            let run = Run {
                root: root.clone(),
                index,
                environment: way.name.clone(),
                is_library: !is_root,
                assumed,
            };
            let evaluator = Evaluator::new(tree, &module.folder);
            let inputs = variables::inputs(&evaluator, way, values, arguments, &mut loaded.findings);
            let instance = Instance::root(module, inputs, is_root || assumed);
            use_it(&evaluator, &instance, &run, &mut loaded);
            evaluator.finish().into_loaded(&mut loaded);
        }
    }
    loaded
}
