//! Which files to read.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use ignore::gitignore::{Gitignore, GitignoreBuilder};
use walkdir::{DirEntry, WalkDir};

/// Folders that never hold configuration of one's own.
const PRUNED: [&str; 3] = ["node_modules", "target", "vendor"];

/// A folder to look in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Root {
    /// The folder.
    pub folder: PathBuf,
    /// Whether folders in it are looked at too.
    pub deep: bool,
}

/// What was found under the paths that were given.
#[derive(Debug, Default)]
pub struct Found {
    /// Files that may hold configuration, sorted.
    pub files: Vec<PathBuf>,
    /// Those of the files that are links.
    pub links: BTreeSet<PathBuf>,
    /// Whether there are links at all, so that a file may have several names.
    pub has_links: bool,
    /// What was passed over, and why.
    pub skipped: Vec<(PathBuf, String)>,
    /// Files and folders that the system does not let be read, and its words.
    pub refused: Vec<(PathBuf, String)>,
    /// Files of Terragrunt, whose inputs are not evaluated.
    pub terragrunt: Vec<PathBuf>,
}

/// How to look.
#[derive(Debug, Default)]
pub struct Options<'a> {
    /// Patterns, as in a `.gitignore`, of what is not read.
    pub exclude: &'a [String],
    /// The folder that the patterns are relative to.
    pub exclude_root: PathBuf,
    /// Whether `.gitignore` files are obeyed.
    pub gitignore: bool,
    /// Folders that links may lead to, canonical.
    pub reach: &'a [PathBuf],
}

/// Finds the files in some folders.
pub fn find(roots: &[Root], options: &Options<'_>) -> Found {
    let mut found = Found::default();
    let exclude = matcher(&options.exclude_root, options.exclude);
    for root in roots {
        walk(root, &exclude, options, &mut found);
    }
    found.files.sort();
    found.files.dedup();
    found
}

/// A matcher of the patterns of the configuration.
fn matcher(root: &Path, patterns: &[String]) -> Gitignore {
    let mut builder = GitignoreBuilder::new(root);
    for pattern in patterns {
        // A bad pattern was refused before: see `mistake_in`.
        let _ = builder.add_line(None, pattern);
    }
    builder.build().unwrap_or_else(|_| Gitignore::empty())
}

/// What is wrong with a pattern of `exclude`, if anything. Git itself would take
/// `a[` for text; here it is a typing mistake that excludes nothing.
pub fn mistake_in(pattern: &str) -> Option<String> {
    let glob = globset::Glob::new(pattern.trim_start_matches(['!', '/']));
    glob.err().map(|it| it.kind().to_string())
}

/// Whether the patterns of the configuration leave a path out.
pub fn is_excluded(path: &Path, options: &Options<'_>) -> bool {
    let exclude = matcher(&options.exclude_root, options.exclude);
    exclude.matched_path_or_any_parents(path, false).is_ignore()
}

fn walk(root: &Root, exclude: &Gitignore, options: &Options<'_>, found: &mut Found) {
    let mut ignores = Ignores::default();
    let inside: Vec<PathBuf> = options.reach.iter().cloned().chain(root.folder.canonicalize().ok()).collect();
    let depth = if root.deep { usize::MAX } else { 1 };
    let walker = WalkDir::new(&root.folder).follow_links(true).max_depth(depth);
    let walker = walker.sort_by_file_name().into_iter();
    let keep = |entry: &DirEntry| {
        let is_dir = entry.file_type().is_dir();
        let pruned = is_dir && entry.depth() > 0 && is_pruned(entry);
        !pruned
            && (exclude.is_empty() || !exclude.matched_path_or_any_parents(entry.path(), is_dir).is_ignore())
    };
    let mut entries = walker.filter_entry(keep);
    while let Some(entry) = entries.next() {
        let entry = match entry {
            Ok(entry) => entry,
            Err(error) => {
                refuse(&root.folder, &error, found);
                continue;
            }
        };
        let is_dir = entry.file_type().is_dir();
        found.has_links |= entry.path_is_symlink();
        if entry.path_is_symlink() && leads_out(entry.path(), &inside) {
            found.skipped.push((entry.path().to_path_buf(), "links out of the folder".to_owned()));
            if is_dir {
                entries.skip_current_dir();
            }
            continue;
        }
        if options.gitignore && ignores.ignored(entry.path(), is_dir) {
            if is_dir {
                entries.skip_current_dir();
            }
            continue;
        }
        if is_dir && options.gitignore {
            ignores.enter(entry.path());
        } else if entry.file_type().is_file() {
            // A pipe or a device would never end.
            if entry.path_is_symlink() {
                found.links.insert(entry.path().to_path_buf());
            }
            add(entry.path(), found);
        }
    }
}

fn is_pruned(entry: &DirEntry) -> bool {
    let name = entry.file_name().to_string_lossy();
    (name.starts_with('.') && name != ".well-known") || PRUNED.contains(&name.as_ref())
}

fn leads_out(path: &Path, inside: &[PathBuf]) -> bool {
    path.canonicalize().is_ok_and(|target| !inside.iter().any(|it| target.starts_with(it)))
}

fn refuse(root: &Path, error: &walkdir::Error, found: &mut Found) {
    let path = error.path().unwrap_or(root).to_path_buf();
    match error.loop_ancestor() {
        Some(ancestor) => found.skipped.push((path, format!("links back to {}", ancestor.display()))),
        // A link to nothing leads nowhere; what is there and closed may hold anything.
        None if path.is_symlink() => found.skipped.push((path, "the link leads nowhere".to_owned())),
        None => {
            let words = error.io_error().map_or_else(|| error.to_string(), ToString::to_string);
            found.refused.push((path, words));
        }
    }
}

fn add(path: &Path, found: &mut Found) {
    match path.extension().and_then(|it| it.to_str()) {
        Some("json" | "ndjson" | "jsonl" | "toml" | "tf" | "tofu" | "tfvars" | "tfstate") => {
            found.files.push(path.to_path_buf());
        }
        Some("yaml" | "yml" | "properties" | "env") => found.files.push(path.to_path_buf()),
        _ if is_environment(path) => found.files.push(path.to_path_buf()),
        Some("hcl") if is_terragrunt(path) => found.terragrunt.push(path.to_path_buf()),
        _ => {}
    }
}

/// `.env`, `.env.production`.
fn is_environment(path: &Path) -> bool {
    path.file_name().is_some_and(|it| it == ".env" || it.to_string_lossy().starts_with(".env."))
}

fn is_terragrunt(path: &Path) -> bool {
    path.file_name().is_some_and(|it| it.to_string_lossy().starts_with("terragrunt"))
}

/// The `.gitignore` files on the way, by their folder.
#[derive(Default)]
struct Ignores(BTreeMap<PathBuf, Gitignore>);

impl Ignores {
    fn enter(&mut self, folder: &Path) {
        let file = folder.join(".gitignore");
        if file.is_file() {
            let (matcher, _) = Gitignore::new(&file);
            self.0.insert(folder.to_path_buf(), matcher);
        }
    }

    /// Whether the nearest `.gitignore` that has an opinion ignores the path.
    fn ignored(&self, path: &Path, is_dir: bool) -> bool {
        if self.0.is_empty() {
            return false;
        }
        let above = path.ancestors().skip(1).filter_map(|it| self.0.get(it));
        let verdict = above.map(|it| it.matched(path, is_dir)).find(|it| !it.is_none());
        verdict.is_some_and(|it| it.is_ignore())
    }
}
