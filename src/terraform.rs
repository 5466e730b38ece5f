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
mod foreign;
mod functions;
mod instance;
mod module;
mod number;
mod okta;
mod overlay;
mod overrides;
mod recorded;
mod roots;
mod schema;
mod tree;
mod types;
mod value;
mod variables;

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::Mutex;

use elsa::sync::FrozenMap;

use crate::finding::{Finding, WRONG_TYPE};
use crate::model::Org;
use crate::source::{self, FileId, Sources, Span};
use crate::syntax::{Node, Value};

use self::roots::Project;
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
    /// Whether Terragrunt gives inputs to folders that it does not name plainly.
    pub terragrunt_anywhere: bool,
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
    /// The variables of the roots.
    pub variables: BTreeSet<String>,
}

impl Loaded {
    /// Adds what was read of others.
    fn append(&mut self, other: Self) {
        self.orgs.extend(other.orgs);
        self.findings.extend(other.findings);
        self.broken.extend(other.broken);
        self.recognised.extend(other.recognised);
        for (name, count) in other.unread {
            *self.unread.entry(name).or_default() += count;
        }
        self.secrets.extend(other.secrets);
        self.variables.extend(other.variables);
    }
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

/// The stack of each thread that evaluates: expressions may be within one
/// another as deep as the limit of the evaluator says.
const STACK_BYTES: usize = 512 << 20;

/// Reads files of Terraform. The files of one folder are one module; those that
/// no other calls are roots or libraries. A folder that neither speaks of Okta
/// nor leads to one that does is not parsed.
pub fn load(sources: &Sources, input: &Input<'_>) -> Loaded {
    // Threads cost memory, and a start.
    if input.files.is_empty() && input.values.is_empty() && input.recorded.is_empty() {
        return Loaded::default();
    }
    on_large_stacks(|| {
        let (parsed, values, arguments) = (FrozenMap::new(), FrozenMap::new(), arguments(input));
        let tree = Tree::new(sources, input, &parsed);
        let project = Project { input, tree: &tree, values: &values, arguments: &arguments };
        let mut loaded = roots::read(project, collect::orgs);
        let state = tree.state();
        // What a parser made up to go on is not what somebody wrote.
        let broken = &state.broken;
        loaded.findings.retain(|it| it.lint != WRONG_TYPE || !broken.contains(&it.primary().file));
        loaded.findings.extend(state.findings);
        loaded.recognised.extend(state.recognised);
        loaded.recognised.sort_unstable();
        loaded.broken.extend(state.broken);
        loaded.unread.extend(state.unread);
        loaded
    })
}

/// Every resource and output of the root in a folder, as evaluated: what the
/// differential tests compare with Terraform's own plan.
pub fn evaluate(sources: &Sources, input: &Input<'_>, root: &Path) -> Evaluated {
    on_large_stacks(|| {
        let (parsed, values, arguments) = (FrozenMap::new(), FrozenMap::new(), arguments(input));
        let tree = Tree::new(sources, input, &parsed);
        let project = Project { input, tree: &tree, values: &values, arguments: &arguments };
        let evaluated = Mutex::new(Evaluated::default());
        roots::read(project, |evaluator, instance, run, _| {
            if run.root == source::tidy(root)
                && let Ok(mut evaluated) = evaluated.lock()
            {
                collect::everything(evaluator, instance, &mut evaluated);
            }
        });
        evaluated.into_inner().unwrap_or_default()
    })
}

/// The values of the command line, as nodes.
fn arguments(input: &Input<'_>) -> Vec<(String, Node)> {
    let node = |(name, span, text): &(String, Span, String)| {
        (name.clone(), Node { span: *span, value: Value::String(text.clone()) })
    };
    input.arguments.iter().map(node).collect()
}

fn on_large_stacks<T: Send>(run: impl FnOnce() -> T + Send) -> T {
    match rayon::ThreadPoolBuilder::new().stack_size(STACK_BYTES).build() {
        Ok(pool) => pool.install(run),
        Err(error) => panic!("the system refuses threads: {error}"),
    }
}
