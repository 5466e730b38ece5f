//! Terraform, as the model.
//!
//! `.tf.json` and the TOML dialect are one language in two spellings: a file
//! becomes a [`Node`](crate::syntax::Node), the files of a folder become a
//! [`Module`](module::Module), the evaluator says what each expression is as
//! far as it can be known, and `okta` turns resources into the org. What is
//! not evaluated is unknown, with the reason; it is never empty.

mod assemble;
mod attributes;
mod evaluate;
mod module;
mod okta;
mod value;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::finding::Finding;
use crate::model::Org;
use crate::source::{FileId, Sources, Span};
use crate::syntax::{Node, json, toml};

/// How a file spells Terraform.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Language {
    /// Terraform's JSON syntax: `.tf.json`, `.tofu.json`.
    Json,
    /// The same syntax written in TOML.
    Toml,
}

/// What was read of a set of files.
#[derive(Debug, Default)]
pub struct Loaded {
    /// One org for each root and provider configuration.
    pub orgs: Vec<Org>,
    /// What was wrong.
    pub findings: Vec<Finding>,
    /// Resources that no lint reads, by type.
    pub unread: BTreeMap<String, usize>,
    /// Literals of variables that are marked sensitive.
    pub secrets: Vec<Span>,
    /// Calls of modules, which are not evaluated.
    pub opaque_modules: usize,
}

/// The top-level names of Terraform's language.
pub const TOP_LEVEL: [&str; 12] = [
    "resource",
    "data",
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

/// Reads files of Terraform. The files of one folder are one module, and each
/// is a root.
/// `broken` are files that no text could be read from: what they declare is
/// unknown, and so is what their folder does not.
pub fn load(sources: &Sources, files: &[(FileId, Language)], broken: &[FileId]) -> Loaded {
    let mut loaded = Loaded::default();
    let mut folders: BTreeMap<PathBuf, Vec<(Language, Node)>> = BTreeMap::new();
    let folder = |file: FileId| sources.path(file).parent().unwrap_or(Path::new("")).to_path_buf();
    let mut incomplete: Vec<PathBuf> = broken.iter().map(|&it| folder(it)).collect();
    for &(file, language) in files {
        let parsed = match language {
            Language::Json => json::parse(sources, file),
            Language::Toml => toml::parse(sources, file),
        };
        if !parsed.findings.is_empty() {
            incomplete.push(folder(file));
        }
        loaded.findings.extend(parsed.findings);
        let nodes = folders.entry(folder(file)).or_default();
        nodes.extend(parsed.root.map(|root| (language, root)));
    }
    for (folder, nodes) in folders {
        let mut module = module::Module::new(&nodes, &mut loaded.findings);
        module.incomplete = incomplete.contains(&folder);
        for key in &module.foreign {
            *loaded.unread.entry(format!("top level `{}`", key.text)).or_default() += 1;
        }
        okta::read(sources, &module, &mut loaded);
    }
    loaded
}
