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

use crate::finding::{Finding, WRONG_TYPE};
use crate::model::Org;
use crate::source::{FileId, Sources, Span};
use crate::syntax::{json, toml};

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
    /// The files that did not parse to their end.
    pub broken: Vec<FileId>,
    /// The files of folders that speak of Okta.
    pub recognised: Vec<FileId>,
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
/// is a root. A folder that does not speak of Okta is not parsed.
///
/// `broken` are files that no text could be read from: what they declare is
/// unknown, and so is what their folder does not.
pub fn load(sources: &Sources, files: &[(FileId, Language)], broken: &[FileId]) -> Loaded {
    let mut loaded = Loaded::default();
    let folder = |file: FileId| sources.path(file).parent().unwrap_or(Path::new("")).to_path_buf();
    let mut folders: BTreeMap<PathBuf, Vec<(FileId, Language)>> = BTreeMap::new();
    for &(file, language) in files {
        folders.entry(folder(file)).or_default().push((file, language));
    }
    let speaks_of_okta = |file: FileId| {
        let by_name = sources.path(file).to_string_lossy().ends_with(".okta.toml");
        by_name || memchr::memmem::find(sources.text(file).as_bytes(), b"okta").is_some()
    };
    folders.retain(|_, files| files.iter().any(|(file, _)| speaks_of_okta(*file)));
    for (path, files) in folders {
        let is_broken = broken.iter().any(|&it| folder(it) == path);
        read_folder(sources, &files, is_broken, &mut loaded);
    }
    loaded
}

/// Reads one root.
fn read_folder(sources: &Sources, files: &[(FileId, Language)], is_broken: bool, loaded: &mut Loaded) {
    let mut nodes = Vec::new();
    let mut incomplete = is_broken;
    for &(file, language) in files {
        let parsed = match language {
            Language::Json => json::parse(sources, file),
            Language::Toml => toml::parse(sources, file),
        };
        incomplete |= !parsed.findings.is_empty();
        loaded.broken.extend((!parsed.findings.is_empty()).then_some(file));
        loaded.findings.extend(parsed.findings);
        nodes.extend(parsed.root.map(|root| (language, root)));
        loaded.recognised.push(file);
    }
    let mut module = module::Module::new(&nodes, &mut loaded.findings);
    module.incomplete = incomplete;
    for key in &module.foreign {
        *loaded.unread.entry(format!("top level `{}`", key.text)).or_default() += 1;
    }
    okta::read(sources, &module, loaded);
    // What a parser made up to go on is not what somebody wrote.
    let broken = &loaded.broken;
    loaded.findings.retain(|it| it.lint != WRONG_TYPE || !broken.contains(&it.primary().file));
}
