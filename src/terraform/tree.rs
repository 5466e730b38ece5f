//! The folders of a project that hold Terraform: which are modules, which call
//! which, and which speak of Okta.
//!
//! A repository is mostly not Okta's. Files are searched for the word, and for
//! sources of local modules; only folders that hold it, or lead to one that
//! does, are parsed before an expression asks for another.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{LazyLock, Mutex, PoisonError};

use elsa::sync::FrozenMap;
use memchr::memmem::Finder;
use rayon::iter::{IntoParallelRefIterator as _, ParallelIterator as _};

use super::module::Module;
use super::{Input, Language, foreign, overrides};
use crate::finding::Finding;
use crate::source::{self, FileId, Sources};
use crate::syntax::{Node, Parsed, hcl, json, toml};

/// The files of one folder, parsed.
#[derive(Debug, Default)]
pub(super) struct Folder {
    nodes: Vec<(Language, Node)>,
    /// Whether a file could not be read to its end.
    incomplete: bool,
}

/// The folders of a project.
pub(super) struct Tree<'a> {
    pub(super) sources: &'a Sources,
    /// The files of each folder.
    pub(super) folders: BTreeMap<PathBuf, Vec<(FileId, Language)>>,
    /// The local modules that each folder calls.
    calls: BTreeMap<PathBuf, BTreeSet<PathBuf>>,
    /// Folders that speak of Okta, or lead to one that does.
    pub(super) relevant: BTreeSet<PathBuf>,
    /// Folders of which a file has no text, or is left out.
    broken: BTreeSet<PathBuf>,
    /// Where else may be read: the folder of the project, and what was allowed.
    pub(super) reach: Vec<PathBuf>,
    parsed: &'a FrozenMap<PathBuf, Box<Folder>>,
    modules: FrozenMap<PathBuf, Box<Module<'a>>>,
    /// A module that declares nothing.
    pub(super) nothing: Module<'a>,
    state: Mutex<State>,
    /// The files that expressions read, by path.
    data: Mutex<BTreeMap<PathBuf, Option<FileId>>>,
}

/// What reading left behind.
#[derive(Debug, Default)]
pub(super) struct State {
    pub(super) findings: Vec<Finding>,
    pub(super) recognised: Vec<FileId>,
    pub(super) broken: Vec<FileId>,
    pub(super) unread: BTreeMap<String, usize>,
}

/// What is said of files that we were told not to read.
const LEFT_OUT: &str = "files of Terraform that are ignored or excluded";

impl<'a> Tree<'a> {
    /// Looks at files, and parses what matters.
    pub(super) fn new(
        sources: &'a Sources,
        input: &Input<'_>,
        parsed: &'a FrozenMap<PathBuf, Box<Folder>>,
    ) -> Self {
        let folder = |file: FileId| source::tidy(sources.path(file).parent().unwrap_or(Path::new("")));
        let mut folders: BTreeMap<PathBuf, Vec<(FileId, Language)>> = BTreeMap::new();
        // Files come in the order of their paths, so one lookup a folder is enough.
        for files in input.files.chunk_by(|a, b| sources.path(a.0).parent() == sources.path(b.0).parent()) {
            folders.entry(folder(files[0].0)).or_default().extend(files);
        }
        for files in folders.values_mut() {
            prefer_tofu(sources, files);
        }
        let mut scanned: Vec<(PathBuf, bool, BTreeSet<PathBuf>)> =
            folders.par_iter().map(|(path, files)| scan(sources, path, files)).collect();
        look_outside(sources, &folders, input.reach, &mut scanned);
        let mut speaking: BTreeSet<PathBuf> =
            scanned.iter().filter(|it| it.1).map(|it| it.0.clone()).collect();
        // The values of a root may name Okta where its files do not.
        let told = input.values.iter().filter(|it| names_okta(sources.text(**it))).map(|it| folder(*it));
        let told = told.flat_map(|it| [it.parent().map(Path::to_path_buf), Some(it)]).flatten();
        speaking.extend(told.filter(|it| folders.contains_key(it)));
        let calls: BTreeMap<_, _> = scanned.into_iter().map(|(path, _, calls)| (path, calls)).collect();
        let mut relevant = leading_to(speaking, &calls);
        relevant.extend(takers(sources, &folders, &calls, &relevant));
        let tree = Self {
            sources,
            folders,
            calls,
            relevant,
            broken: input.broken.iter().map(|&it| folder(it)).collect(),
            reach: input.reach.to_vec(),
            parsed,
            modules: FrozenMap::new(),
            nothing: Module::default(),
            state: Mutex::default(),
            data: Mutex::default(),
        };
        tree.parse_relevant();
        tree
    }

    fn parse_relevant(&self) {
        let (sources, folders) = (self.sources, &self.folders);
        let relevant: Vec<&PathBuf> = self.relevant.iter().collect();
        let read: Vec<_> = relevant
            .par_iter()
            .filter_map(|path| {
                let files = folders.get(*path)?.par_iter().map(|&it| parse(sources, it)).collect();
                Some(((*path).clone(), files))
            })
            .collect();
        let mut state = locked(&self.state);
        for (path, files) in read {
            self.add(path, files, &mut state);
        }
    }

    fn add(&self, path: PathBuf, files: Vec<(FileId, Language, Parsed)>, state: &mut State) {
        let left_out = self.left_out(&path);
        if left_out > 0 {
            *state.unread.entry(LEFT_OUT.to_owned()).or_default() += left_out;
        }
        let incomplete = left_out > 0 || self.broken.contains(&path);
        let mut folder = Folder { incomplete, ..Folder::default() };
        let mut nodes = Vec::new();
        for (file, language, parsed) in files {
            if !parsed.findings.is_empty() {
                folder.incomplete = true;
                state.broken.push(file);
            }
            state.findings.extend(parsed.findings);
            state.recognised.push(file);
            nodes.extend(parsed.root.map(|root| (file, language, root)));
        }
        folder.nodes = overrides::apply(self.sources, nodes);
        let folder = self.parsed.insert(path.clone(), Box::new(folder));
        let mut module = Module::new(path.clone(), &folder.nodes, &mut state.findings);
        module.incomplete |= folder.incomplete;
        self.modules.insert(path, Box::new(module));
    }

    /// How many files of a folder Terraform would read and we were told not to:
    /// ignored, excluded, links to elsewhere.
    fn left_out(&self, path: &Path) -> usize {
        let Some(read) = self.folders.get(path).filter(|_| !self.broken.contains(path)) else { return 0 };
        let read: BTreeSet<PathBuf> = read.iter().map(|it| source::tidy(self.sources.path(it.0))).collect();
        let is_left_out =
            |it: &&PathBuf| Language::of(it).is_some() && !read.contains(*it) && !is_replaced(it);
        let there = source::files_in(path);
        // A text from standard input stands alone.
        let is_alone = !there.iter().any(|it| read.contains(it));
        if is_alone { 0 } else { there.iter().filter(is_left_out).count() }
    }

    /// The module in a folder, read now if nobody has asked for it.
    pub(super) fn module(&self, folder: &Path) -> Option<&Module<'a>> {
        if let Some(known) = self.modules.get(folder) {
            return Some(known);
        }
        // Roots are evaluated side by side, and one reads it for all.
        let mut state = locked(&self.state);
        if self.modules.get(folder).is_none() {
            let files = match self.folders.get(folder) {
                Some(files) => files.clone(),
                None => files_of(self.sources, folder, &self.reach)?,
            };
            let files = files.into_iter().map(|it| parse(self.sources, it)).collect();
            self.add(folder.to_path_buf(), files, &mut state);
        }
        self.modules.get(folder)
    }

    /// A file that an expression reads, read once; `None` if it has no text.
    pub(super) fn data_file(&self, path: PathBuf) -> Option<FileId> {
        *locked(&self.data).entry(path).or_insert_with_key(|path| {
            let (file, problem) = self.sources.read(path);
            problem.is_none().then_some(file)
        })
    }

    /// What reading left behind.
    pub(super) fn state(&self) -> State {
        std::mem::take(&mut locked(&self.state))
    }

    /// Folders that no other folder calls, among those that matter.
    pub(super) fn tops(&self) -> Vec<PathBuf> {
        let called: BTreeSet<&PathBuf> = self
            .calls
            .iter()
            .filter(|(path, _)| self.relevant.contains(*path))
            .flat_map(|(path, calls)| calls.iter().filter(move |it| *it != path))
            .collect();
        let is_top = |it: &&PathBuf| !called.contains(*it) || self.is_configured(it);
        self.relevant.iter().filter(is_top).cloned().collect()
    }

    /// Whether a folder is set up to be applied by itself.
    fn is_configured(&self, folder: &Path) -> bool {
        self.modules.get(folder).is_some_and(|it| it.is_configured)
    }

    /// Whether a folder is worth looking for resources in.
    pub(super) fn matters(&self, folder: &Path) -> bool {
        self.relevant.contains(folder) || !self.folders.contains_key(folder)
    }
}

/// Whether a path lies in one of some folders, links followed.
pub(super) fn is_within(path: &Path, folders: &[PathBuf]) -> bool {
    let Ok(path) = source::here_or(path).canonicalize() else { return false };
    folders.iter().any(|it| path.starts_with(it))
}

/// What a lock holds. Whoever panics with it ends the run.
fn locked<T>(it: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    it.lock().unwrap_or_else(PoisonError::into_inner)
}

fn parse(sources: &Sources, (file, language): (FileId, Language)) -> (FileId, Language, Parsed) {
    let parsed = match language {
        Language::Hcl => hcl::parse(sources, file),
        Language::Json => json::parse(sources, file),
        Language::Toml => toml::parse(sources, file),
    };
    (file, language, parsed)
}

/// How many folders outside those that were asked for are looked at.
const MAX_OUTSIDE: usize = 1_000;

/// Looks at the modules that are called and stand elsewhere in the project: a
/// root may hold nothing of Okta's but such calls.
fn look_outside(
    sources: &Sources,
    folders: &BTreeMap<PathBuf, Vec<(FileId, Language)>>,
    reach: &[PathBuf],
    scanned: &mut Vec<(PathBuf, bool, BTreeSet<PathBuf>)>,
) {
    let mut queue: Vec<PathBuf> = scanned.iter().flat_map(|it| it.2.iter().cloned()).collect();
    let mut seen: BTreeSet<PathBuf> = BTreeSet::new();
    while let Some(folder) = queue.pop() {
        let is_new =
            !folders.contains_key(&folder) && seen.len() < MAX_OUTSIDE && seen.insert(folder.clone());
        if is_new && let Some(files) = files_of(sources, &folder, reach) {
            let found = scan(sources, &folder, &files);
            queue.extend(found.2.iter().cloned());
            scanned.push(found);
        }
    }
}

/// The files of a module outside the folders that were asked for, where the
/// project reaches so far.
fn files_of(sources: &Sources, folder: &Path, reach: &[PathBuf]) -> Option<Vec<(FileId, Language)>> {
    if !is_within(folder, reach) {
        return None;
    }
    let paths = source::files_in(folder);
    let files: Vec<_> = paths
        .iter()
        .filter_map(|path| Some((path, Language::of(path)?)))
        .filter_map(|(path, language)| {
            let (file, problem) = sources.read(path);
            problem.is_none().then_some((file, language))
        })
        .collect();
    (!files.is_empty()).then_some(files)
}

/// Whether OpenTofu reads another file instead.
fn is_replaced(path: &Path) -> bool {
    let name = path.to_string_lossy();
    let stem = name.strip_suffix(".json").unwrap_or(&name);
    stem.strip_suffix(".tf")
        .is_some_and(|it| Path::new(&format!("{it}.tofu{}", &name[stem.len()..])).is_file())
}

/// Leaves out `a.tf` where there is `a.tofu`, as OpenTofu does.
fn prefer_tofu(sources: &Sources, files: &mut Vec<(FileId, Language)>) {
    let name = |file: FileId| sources.path(file).to_string_lossy().into_owned();
    let replaced = |file: FileId| {
        let name = name(file);
        let stem = name.strip_suffix(".json").unwrap_or(&name);
        Some(format!("{}.tf{}", stem.strip_suffix(".tofu")?, &name[stem.len()..]))
    };
    let replaced: BTreeSet<String> = files.iter().filter_map(|it| replaced(it.0)).collect();
    if !replaced.is_empty() {
        files.retain(|it| !replaced.contains(&name(it.0)));
    }
}

fn names_okta(text: &str) -> bool {
    static OKTA: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("okta"));
    OKTA.find(text.as_bytes()).is_some()
}

/// Whether the files of a folder speak of Okta, and the local modules that they
/// name.
fn scan(
    sources: &Sources,
    folder: &Path,
    files: &[(FileId, Language)],
) -> (PathBuf, bool, BTreeSet<PathBuf>) {
    static LOCAL: LazyLock<Finder<'_>> = LazyLock::new(|| Finder::new("./"));
    let mut speaks = false;
    let mut calls = BTreeSet::new();
    for &(file, language) in files {
        let text = sources.text(file);
        let by_name =
            || language == Language::Toml && sources.path(file).to_string_lossy().ends_with(".okta.toml");
        speaks = speaks || names_okta(text) || by_name();
        for at in LOCAL.find_iter(text.as_bytes()) {
            // `"./x"` or `"../x"`.
            let head = &text[..at];
            let Some(start) = head.strip_suffix("\".").or(head.strip_suffix('"')).map(str::len) else {
                continue;
            };
            let source = text[start + 1..].split('"').next().unwrap_or_default();
            if source.len() < 512 && !source.contains(['$', '\n']) {
                calls.insert(source::tidy(&folder.join(source)));
            }
        }
    }
    (folder.to_path_buf(), speaks, calls)
}

/// The folders below relevant ones that hold a resource that takes tokens, or
/// lead to one: the issuer may be handed down to a module that never names Okta.
fn takers(
    sources: &Sources,
    folders: &BTreeMap<PathBuf, Vec<(FileId, Language)>>,
    calls: &BTreeMap<PathBuf, BTreeSet<PathBuf>>,
    relevant: &BTreeSet<PathBuf>,
) -> BTreeSet<PathBuf> {
    let called = |folder: &PathBuf| calls.get(folder).into_iter().flatten();
    let mut below: BTreeSet<PathBuf> = BTreeSet::new();
    let mut queue: Vec<&PathBuf> = relevant.iter().flat_map(called).collect();
    while let Some(folder) = queue.pop() {
        if !relevant.contains(folder) && below.insert(folder.clone()) {
            queue.extend(called(folder));
        }
    }
    let takes = |folder: &&PathBuf| {
        let files = folders.get(*folder).into_iter().flatten();
        files.into_iter().any(|it| foreign::names_consumer(sources.text(it.0)))
    };
    let taking = below.iter().filter(takes).cloned().collect();
    leading_to(taking, calls).intersection(&below).cloned().collect()
}

/// The folders of `speaking`, and those that call one of them.
fn leading_to(
    speaking: BTreeSet<PathBuf>,
    calls: &BTreeMap<PathBuf, BTreeSet<PathBuf>>,
) -> BTreeSet<PathBuf> {
    let mut callers: BTreeMap<&PathBuf, Vec<&PathBuf>> = BTreeMap::new();
    for (caller, called) in calls {
        for folder in called {
            callers.entry(folder).or_default().push(caller);
        }
    }
    let mut found = speaking;
    let mut queue: Vec<PathBuf> = found.iter().cloned().collect();
    while let Some(folder) = queue.pop() {
        for caller in callers.get(&folder).into_iter().flatten() {
            if found.insert((*caller).clone()) {
                queue.push((*caller).clone());
            }
        }
    }
    found
}
