//! From the arguments of `check` to findings.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::fmt::Write as _;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use rayon::iter::{IntoParallelRefMutIterator as _, ParallelIterator as _};

use super::allow::Allowed;
use super::load::{self, Evaluation, Overlay};
use super::project::{self, Project, clean};
use super::variants::Variants;
use super::{CheckArgs, consumers, stated};
use crate::capability::Licence;
use crate::config::{Config, Mistake, Threshold};
use crate::discover;
use crate::finding::{self, Certainty, Finding, Level, UNREADABLE_FILE};
use crate::lint::{self, Lint};
use crate::lints;
use crate::model::Org;
use crate::needs::Licences;
use crate::output::{self, Style, Summary};
use crate::resolve;
use crate::source::{self, FileId, Sources};
use crate::terraform::Language;

/// What a run found.
#[derive(Debug, Default)]
pub(super) struct Run {
    pub(super) sources: Sources,
    pub(super) findings: Vec<Finding>,
    pub(super) summary: Summary,
    /// The lowest level that fails.
    pub(super) fail_on: Threshold,
    /// Sentences for standard error.
    pub(super) notes: Vec<String>,
    /// Whether nothing of Okta's was there.
    pub(super) is_empty: bool,
    /// Files and folders that are closed to us.
    unreadable: Vec<Finding>,
    /// The variables of all Terraform roots.
    variables: BTreeSet<String>,
}

/// Why a run could not be carried out. Each is the caller's to mend.
#[derive(Debug, thiserror::Error)]
pub(super) enum Error {
    /// A path that was given does not exist.
    #[error("{0}: no such file or folder")]
    Missing(String),
    /// Standard input could not be read.
    #[error("standard input cannot be read: {0}")]
    Stdin(std::io::Error),
    /// The configuration could not be read.
    #[error("{0}: {1}")]
    ConfigUnreadable(String, String),
    /// Flags that do not go together.
    #[error("{0}")]
    Usage(String),
    /// The configuration holds mistakes, drawn on its source.
    #[error("the configuration has mistakes")]
    Config(Box<Sources>, Vec<Mistake>),
}

impl Error {
    /// What to print.
    pub(super) fn text(&self, style: Style) -> String {
        let mut text = String::from("nothing was checked\n\n");
        match self {
            Self::Config(sources, mistakes) => text.push_str(&output::mistakes(sources, mistakes, style)),
            other => {
                let _ = writeln!(text, "{other}");
            }
        }
        text
    }
}

/// Carries out `check`.
pub(super) fn run(args: &CheckArgs) -> Result<Run, Error> {
    let request = Request::new(args)?;
    let mut run = Run { fail_on: Threshold::At(Level::Warning), ..Run::default() };
    let mut unread: BTreeMap<String, usize> = BTreeMap::new();
    for project in project::projects(&request.paths, Request::config(args)) {
        run.sources.add_home(&project.home());
        let config = configuration(&mut run.sources, &project)?;
        if let Some(other) = project.config.as_deref().and_then(project::passed_over) {
            run.notes.push(format!("{}: not read: another configuration lies beside it", other.display()));
        }
        run.fail_on = config.fail_on.unwrap_or(run.fail_on);
        let request = request.within(&project);
        if let Err(mistakes) = request.project(args, &project, &config, &mut run, &mut unread) {
            return Err(Error::Config(Box::new(std::mem::take(&mut run.sources)), mistakes));
        }
    }
    let names = args.var.iter().filter_map(|it| it.split_once('=')).map(|it| it.0.trim());
    if let Some(name) = names.into_iter().find(|it| !run.variables.contains(*it)) {
        let words = format!("--var: no root of Terraform here declares a variable `{name}`");
        return Err(Error::Usage(words));
    }
    run.fail_on = args.fail_on.map_or(run.fail_on, super::FailOn::threshold);
    run.summary.unread = unread.into_iter().collect();
    run.is_empty = run.summary.files == 0 && run.findings.is_empty();
    finding::sort(&run.sources, &mut run.findings);
    Ok(run)
}

/// What is asked for.
struct Request {
    paths: Vec<PathBuf>,
    overlay: Option<Overlay>,
}

impl Request {
    fn new(args: &CheckArgs) -> Result<Self, Error> {
        let mut paths = Vec::new();
        let mut overlay = None;
        if let Some(words) = mistake_in(args) {
            return Err(Error::Usage(words));
        }
        for path in &args.paths {
            if path == Path::new("-") {
                let name = args.stdin_filename.clone().unwrap_or_else(|| PathBuf::from(STDIN));
                let mut bytes = Vec::new();
                std::io::stdin().lock().read_to_end(&mut bytes).map_err(Error::Stdin)?;
                overlay = Some(Overlay { path: clean(&name), bytes });
                paths.push(clean(&name));
            } else if path.exists() {
                paths.push(if path == Path::new(".") { path.clone() } else { clean(path) });
            } else {
                return Err(Error::Missing(path.display().to_string()));
            }
        }
        Ok(Self { paths, overlay })
    }

    /// The same, with files named as the project names them.
    fn within(&self, project: &Project) -> Self {
        let above = project.roots.iter().map(|it| it.folder.as_path()).find(|it| it.starts_with(".."));
        let named = |path: &PathBuf| match above {
            Some(root) if !path.is_dir() && path != Path::new(STDIN) => source::seen_from(root, path),
            _ => path.clone(),
        };
        Self {
            paths: self.paths.iter().map(named).collect(),
            overlay: self.overlay.as_ref().map(|it| Overlay { path: named(&it.path), ..it.clone() }),
        }
    }

    fn config(args: &CheckArgs) -> project::Config<'_> {
        match (&args.config, args.no_config) {
            (Some(file), _) => project::Config::Given(file),
            (None, true) => project::Config::None,
            (None, false) => project::Config::Nearest,
        }
    }

    /// Whether all there is is a text of no name, which stands alone.
    fn is_alone(&self) -> bool {
        self.paths.iter().all(|it| it == Path::new(STDIN))
    }

    /// Whether a file was named by itself.
    fn names(&self, path: &Path) -> bool {
        self.paths.iter().any(|it| it == path)
    }

    /// Whether the findings of a file are asked for.
    fn covers(&self, path: &Path) -> bool {
        let within = |it: &PathBuf| it == Path::new(".") || path.starts_with(it);
        self.paths.iter().any(|it| it == path || (it.is_dir() && within(it)))
    }

    /// Whether all findings of all of a project are asked for.
    fn is_whole(&self, project: &Project) -> bool {
        let home = source::here_or(&project.home()).to_path_buf();
        self.paths.iter().any(|it| it.is_dir() && (*it == home || home.starts_with(it)))
    }

    /// Lints one project.
    fn project(
        &self,
        args: &CheckArgs,
        project: &Project,
        config: &Config,
        run: &mut Run,
        unread: &mut BTreeMap<String, usize>,
    ) -> Result<(), Vec<Mistake>> {
        let mut evaluation = evaluation(args, project, &run.sources);
        let (paths, terragrunt) = self.files(args, project, config, &evaluation.reach, run, unread);
        for (folders, elsewhere) in terragrunt.iter().map(|it| load::fed_by(&run.sources, it)) {
            evaluation.terragrunt.extend(folders);
            evaluation.terragrunt_anywhere |= elsewhere;
        }
        let named = |path: &Path| self.names(path);
        let has_folder = self.paths.iter().any(|it| it.is_dir());
        let files = load::read(&run.sources, &paths, self.overlay.as_ref(), &named);
        let (export, terraform) = load::evaluate(&run.sources, &files, &evaluation, &named, has_folder);
        terraform.secrets.iter().for_each(|&span| run.sources.hide(span));

        let mut findings = std::mem::take(&mut run.unreadable);
        findings.extend(files.findings);
        run.variables.extend(terraform.variables);
        run.summary.files += export.recognised.len() + terraform.recognised.len();
        findings.extend(export.findings);
        findings.extend(terraform.findings);
        run.summary.unreadable += unreadable(&findings, export.broken.into_iter().chain(terraform.broken));

        let mut orgs: Vec<Org> = export.orgs.into_iter().chain(terraform.orgs).collect();
        let added = consumers::add(&mut orgs, &run.sources, &files.consumers);
        run.summary.files += added.files;
        let cut = added.unread.into_iter().map(|it| (it, 1));
        for (name, count) in export.unread.into_iter().chain(terraform.unread).chain(cut) {
            *unread.entry(name).or_default() += count;
        }
        let mistakes = stated::mistakes(&orgs, &config.clients);
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        state(&mut orgs, config);
        findings.extend(lint_orgs(args, config, &mut orgs, run));
        // Findings about a plan that was named stand in the configuration that it
        // was made from.
        let beside = files.recorded.iter().map(|&it| run.sources.path(it).to_path_buf());
        let beside = beside.filter(|it| self.names(it)).filter_map(|it| it.parent().map(Path::to_path_buf));
        let beside =
            beside.filter(|it| files.terraform.iter().any(|file| run.sources.path(file.0).starts_with(it)));
        let sources: Vec<PathBuf> = beside.chain(args.source.iter().map(|it| clean(it))).collect();
        self.keep(args, project, &sources, findings, config, run);
        Ok(())
    }

    /// The files of a project, sorted, and those of Terragrunt.
    fn files(
        &self,
        args: &CheckArgs,
        project: &Project,
        config: &Config,
        reach: &[PathBuf],
        run: &mut Run,
        unread: &mut BTreeMap<String, usize>,
    ) -> (Vec<PathBuf>, Vec<PathBuf>) {
        let exclude: Vec<String> = config.exclude.iter().chain(&args.exclude).cloned().collect();
        let root = project.config.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
        let options = discover::Options {
            exclude: &exclude,
            exclude_root: root.to_path_buf(),
            gitignore: !args.no_gitignore,
            reach,
        };
        let mut roots = if self.is_alone() { Vec::new() } else { project.roots.clone() };
        if let Some(source) = &args.source {
            roots.push(discover::Root { folder: source.clone(), deep: true });
        }
        let found = discover::find(&roots, &options);
        for (path, why) in found.skipped.iter().filter(|it| !self.names(&clean(&it.0))) {
            run.notes.push(format!("{}: passed over: {why}", path.display()));
        }
        for (path, words) in &found.refused {
            let file = run.sources.add(&clean(path), String::new());
            let message = format!("it cannot be read: {words}");
            let span = run.sources.whole(file);
            let finding = Finding::input(UNREADABLE_FILE, span, "not looked into", message);
            run.unreadable.push(finding.with_help("make it readable, or exclude it"));
        }
        if !found.terragrunt.is_empty() {
            *unread.entry("inputs of Terragrunt".to_owned()).or_default() += found.terragrunt.len();
        }
        let mut paths: Vec<PathBuf> = found.files.iter().map(|it| clean(it)).collect();
        // What is named is read even where a walk would pass it over, unless the
        // configuration leaves it out: hooks name files too.
        for path in self.paths.iter().filter(|it| !it.is_dir()) {
            if discover::is_excluded(path, &options) {
                run.notes.push(format!("{}: passed over: excluded by the configuration", path.display()));
            } else {
                paths.push(path.clone());
            }
        }
        if !found.has_links && self.paths.len() == 1 && roots.len() == 1 {
            paths.sort();
            paths.dedup();
            return (paths, found.terragrunt);
        }
        let paths = self.once(paths, &found);
        (paths, found.terragrunt)
    }

    /// Each file once, sorted: of several names that lead to one the one that was
    /// given counts.
    fn once(&self, paths: Vec<PathBuf>, found: &discover::Found) -> Vec<PathBuf> {
        let (named, others): (Vec<_>, Vec<_>) = paths.into_iter().partition(|it| self.names(it));
        let mut real = Real::default();
        let mut seen = HashSet::new();
        let mut paths: Vec<PathBuf> = named.into_iter().chain(others).collect();
        paths.retain(|it| {
            // In another folder, a file of Terraform is part of another module.
            let folder = Language::of(it).and(it.parent()).map(Path::to_path_buf);
            let is_link = self.names(it) || found.links.contains(it);
            seen.insert((folder, real.path(it, is_link)))
        });
        paths.sort();
        paths
    }

    /// Applies levels, and keeps what is asked for.
    fn keep(
        &self,
        args: &CheckArgs,
        project: &Project,
        sources: &[PathBuf],
        findings: Vec<Finding>,
        config: &Config,
        run: &mut Run,
    ) {
        let folder = project.config.as_deref().and_then(Path::parent).unwrap_or(Path::new(""));
        let mut allowed = Allowed::new(&config.allow, folder);
        let (mut kept, others) = (Vec::new(), findings);
        for finding in others {
            if allowed.covers(&finding, run.sources.path(finding.primary().file)) {
                run.summary.suppressed += 1;
            } else {
                kept.push(finding);
            }
        }
        lint::count_alike(&mut kept);
        kept.extend(allowed.findings(self.is_whole(project)));
        for mut finding in kept {
            if !is_chosen(args, finding.lint) {
                continue;
            }
            match config.level(finding.lint, finding.level) {
                // Only what is definite can be made to fail a run.
                Threshold::At(level) if finding.certainty == Certainty::Definite => finding.level = level,
                Threshold::At(level) => finding.level = finding.level.min(level),
                Threshold::Off => {
                    run.summary.suppressed += 1;
                    continue;
                }
            }
            // What the configuration states holds wherever the project is looked at.
            let has_folder = self.paths.iter().any(|it| it.is_dir());
            let is_config = |path: &Path| has_folder && project.config.as_deref() == Some(path);
            let asked = |label: &finding::Label| {
                let path = run.sources.path(label.span.file);
                self.covers(path) || is_config(path) || sources.iter().any(|it| path.starts_with(it))
            };
            if finding.labels.iter().any(asked) {
                run.findings.push(finding);
            } else {
                run.summary.elsewhere += 1;
            }
        }
    }
}

/// The findings of all orgs, those of several environments told once.
fn lint_orgs(args: &CheckArgs, config: &Config, orgs: &mut [Org], run: &mut Run) -> Vec<Finding> {
    let licences = licences(args, config);
    let complete = args.complete || config.complete;
    let roots: BTreeSet<usize> = orgs.iter().map(|it| it.origin.root).filter(|it| *it > 0).collect();
    if complete && roots.len() > 1 {
        run.notes.push(format!(
            "there are {} Terraform roots, and none is the whole org: `complete` is left out",
            roots.len()
        ));
    }
    let lint = |org: &mut Org| {
        if complete && roots.len() <= 1 {
            resolve::declare_complete(org);
        }
        resolve::resolve(org);
        lint::run(lints::all(), org, &licences)
    };
    let found: Vec<Vec<Finding>> = orgs.par_iter_mut().map(lint).collect();
    let mut variants = Variants::default();
    orgs.iter().zip(found).for_each(|(org, found)| variants.add(org, found));
    run.summary.clients += variants.clients();
    run.summary.servers += variants.servers();
    variants.into_findings()
}

/// The number of files that could not be read, or not be parsed.
fn unreadable(findings: &[Finding], broken: impl Iterator<Item = FileId>) -> usize {
    let unreadable = findings.iter().filter(|it| it.lint == UNREADABLE_FILE).map(|it| it.primary().file);
    unreadable.chain(broken).collect::<BTreeSet<_>>().len()
}

/// The real paths of files. A folder is looked up once.
#[derive(Default)]
struct Real(HashMap<PathBuf, PathBuf>);

impl Real {
    fn path(&mut self, path: &Path, is_link: bool) -> PathBuf {
        let parent = path.parent().unwrap_or(Path::new(""));
        let Some(name) = path.file_name().filter(|_| !is_link) else {
            return path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        };
        if let Some(known) = self.0.get(parent) {
            return known.join(name);
        }
        let folder = source::here_or(parent);
        let real = folder.canonicalize().unwrap_or_else(|_| folder.to_path_buf());
        self.0.insert(parent.to_path_buf(), real.clone());
        real.join(name)
    }
}

/// What the command line says of Terraform.
fn evaluation(args: &CheckArgs, project: &Project, sources: &Sources) -> Evaluation {
    let given = args.var_file.iter().map(|it| sources.read(it).0).collect();
    let arguments = args.var.iter().filter_map(|it| it.split_once('=')).map(|(name, value)| {
        let file = sources.add(Path::new(&format!("--var {name}")), value.to_owned());
        (name.trim().to_owned(), sources.whole(file), value.to_owned())
    });
    let home = project.home();
    let home = source::here_or(&home).to_path_buf();
    let given_folders = args.allow_read.iter().chain(&args.source);
    let folders = project.roots.iter().map(|it| &it.folder).chain(given_folders).chain([&home]);
    let reach = folders.filter_map(|it| it.canonicalize().ok()).collect();
    let source = args.source.as_deref().map(clean);
    Evaluation { given, arguments: arguments.collect(), reach, source, ..Evaluation::default() }
}

/// The name of a text that has none.
const STDIN: &str = "<stdin>";

/// What is wrong with the flags of `check`, if anything.
fn mistake_in(args: &CheckArgs) -> Option<String> {
    let reads_stdin = args.paths.iter().any(|it| it == Path::new("-"));
    match &args.stdin_filename {
        Some(_) if !reads_stdin => {
            return Some("--stdin-filename names standard input, so `-` must be among the paths".to_owned());
        }
        Some(name) if name.is_dir() => {
            return Some(format!("--stdin-filename: {} is a folder", name.display()));
        }
        _ => {}
    }
    if let Some(path) = args.var_file.iter().find(|it| !it.is_file()) {
        return Some(format!("--var-file: {}: no such file", path.display()));
    }
    if let Some(path) = args.allow_read.iter().chain(&args.source).find(|it| !it.is_dir()) {
        return Some(format!("{}: no such folder", path.display()));
    }
    if let Some(text) = args.var.iter().find(|it| !it.contains('=')) {
        return Some(format!("--var: `{text}` is no NAME=VALUE"));
    }
    args.exclude.iter().find_map(|pattern| {
        discover::mistake_in(pattern).map(|words| format!("--exclude: `{pattern}` is no pattern: {words}"))
    })
}

/// The configuration of a project.
fn configuration(sources: &mut Sources, project: &Project) -> Result<Config, Error> {
    let Some(path) = &project.config else { return Ok(Config::default()) };
    let (file, problem) = sources.read(path);
    if let Some(problem) = problem {
        return Err(Error::ConfigUnreadable(path.display().to_string(), problem.to_string()));
    }
    Config::parse(sources, file, lints::all())
        .map_err(|mistakes| Error::Config(Box::new(std::mem::take(sources)), mistakes))
}

/// The command line wins over the configuration.
fn licences(args: &CheckArgs, config: &Config) -> Licences {
    let given: Vec<Licence> = args.licence.iter().filter_map(|it| Licence::named(it)).collect();
    Licences { held: if given.is_empty() { config.licences.clone() } else { Some(given) } }
}

/// Whether `--select` and `--ignore` leave a lint in.
fn is_chosen(args: &CheckArgs, lint: &str) -> bool {
    let optional = lints::named(lint).is_some_and(Lint::is_optional);
    let has = |names: &[String]| names.iter().any(|it| it == lint);
    !optional || ((args.select.is_empty() || has(&args.select)) && !has(&args.ignore))
}

/// Gives each `[[client]]` table to the orgs that it names an app of, or to the
/// first org if it names none.
fn state(orgs: &mut [Org], config: &Config) {
    for table in &config.clients {
        let concerned: Vec<usize> = orgs
            .iter()
            .enumerate()
            .filter(|(_, org)| stated::concerns(org, table))
            .map(|(index, _)| index)
            .collect();
        let targets = if concerned.is_empty() { vec![0] } else { concerned };
        for index in targets {
            if let Some(org) = orgs.get_mut(index) {
                stated::add(org, std::slice::from_ref(table));
            }
        }
    }
}
