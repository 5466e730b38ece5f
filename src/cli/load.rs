//! Reads the files of a project and tells what language each is.

use std::io;
use std::path::{Path, PathBuf};

use crate::config::FILE_NAMES;
use crate::finding::{Finding, UNREADABLE_FILE};
use crate::source::{self, FileId, Sources, Span, Unreadable};
use crate::syntax::{Node, toml};
use crate::terraform::{Language, TOP_LEVEL};
use crate::{consumer, export, terraform};

/// The files of a project, by language.
#[derive(Debug, Default)]
pub(super) struct Files {
    pub(super) terraform: Vec<(FileId, Language)>,
    /// Values of variables.
    pub(super) values: Vec<FileId>,
    pub(super) json: Vec<FileId>,
    /// Plans and states.
    pub(super) recorded: Vec<FileId>,
    /// Files of gateways and applications.
    pub(super) consumers: Vec<FileId>,
    /// Files that no text could be read from.
    pub(super) findings: Vec<Finding>,
}

/// A text that stands for a file.
#[derive(Clone, Debug)]
pub(super) struct Overlay {
    pub(super) path: PathBuf,
    pub(super) bytes: Vec<u8>,
}

/// Reads files and sorts them by language. What is plainly not Okta's is left out.
pub(super) fn read(
    sources: &Sources,
    paths: &[PathBuf],
    overlay: Option<&Overlay>,
    named: &dyn Fn(&Path) -> bool,
) -> Files {
    let mut files = Files::default();
    let mut tables = Vec::new();
    let is_overlaid = |path: &PathBuf| overlay.is_some_and(|it| it.path == *path);
    let (overlaid, stored): (Vec<_>, Vec<_>) = paths.iter().cloned().partition(is_overlaid);
    let mut read = sources.read_all(&stored);
    read.extend(
        overlaid
            .iter()
            .zip(overlay)
            .map(|(path, overlay)| sources.read_from(path, &mut io::Cursor::new(&overlay.bytes))),
    );
    for (path, (file, problem)) in stored.iter().chain(&overlaid).zip(read) {
        if let Some(problem) = problem {
            // Files of applications are of all kinds; who names one wants it read.
            let is_okta = || !consumer::is_consumer(path) && is_of_okta(sources, file, path);
            if named(path) || is_okta() {
                files.findings.push(unreadable(sources, file, &problem));
            }
            continue;
        }
        match kind(sources, file, path, named(path)) {
            Some(Kind::Terraform(Language::Toml)) => tables.push(file),
            Some(Kind::Terraform(language)) => files.terraform.push((file, language)),
            Some(Kind::Values) => files.values.push(file),
            Some(Kind::Recorded) => files.recorded.push(file),
            Some(Kind::Json) => files.json.push(file),
            Some(Kind::Consumer) => files.consumers.push(file),
            None => {}
        }
    }
    files.terraform.extend(dialect(sources, &tables, named));
    files.terraform.sort_by_key(|(file, _)| *file);
    files
}

/// The folders that a file of Terragrunt gives inputs to: its own, and the local
/// modules that it names; and whether it says in another way which ones.
pub(super) fn fed_by(sources: &Sources, path: &Path) -> (Vec<PathBuf>, bool) {
    let path = super::project::clean(path);
    let folder = source::tidy(path.parent().unwrap_or(Path::new("")));
    let file = sources.read(&path).0;
    let named = sources.text(file).split('"').filter(|it| it.starts_with("./") || it.starts_with("../"));
    let named: Vec<PathBuf> = named.map(|it| source::tidy(&folder.join(it))).collect();
    let is_literal = |it: &str| {
        let value = it.trim_start().strip_prefix('=').map(str::trim_start);
        value.is_none_or(|it| it.starts_with("\"./") || it.starts_with("\"../") || it.starts_with("\"tfr:"))
    };
    let elsewhere = sources.text(file).split("source").skip(1).any(|it| !is_literal(it));
    (named.into_iter().chain([folder]).collect(), elsewhere)
}

enum Kind {
    Terraform(Language),
    Values,
    Recorded,
    Json,
    Consumer,
}

fn kind(sources: &Sources, file: FileId, path: &Path, is_named: bool) -> Option<Kind> {
    let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
    if FILE_NAMES.contains(&name.as_str()) {
        return None;
    }
    let extension = Path::new(&name).extension().and_then(|it| it.to_str());
    let body = sources.text(file)[sources.start(file)..].trim_start();
    match () {
        () if name.ends_with(".tfvars") || name.ends_with(".tfvars.json") => Some(Kind::Values),
        () if matches!(Language::of(path), Some(Language::Hcl | Language::Json)) => {
            Language::of(path).map(Kind::Terraform)
        }
        () if extension == Some("tfstate") => Some(Kind::Recorded),
        () if matches!(extension, None | Some("json")) && terraform::is_recorded(body) => {
            speaks_of_okta(sources, file).then_some(Kind::Recorded)
        }
        () if consumer::is_consumer(path) => Some(Kind::Consumer),
        () if extension == Some("toml") => Some(Kind::Terraform(Language::Toml)),
        () if matches!(extension, Some("json" | "ndjson" | "jsonl")) => Some(Kind::Json),
        // Whoever names a file wants it looked at, whatever it is called; but
        // hooks name all kinds of files.
        () if extension.is_some() && !is_named => None,
        () if extension.is_some() && memchr::memmem::find(body.as_bytes(), b"okta").is_none() => None,
        // Standard input without a name; nothing at all is a broken pipe upstream.
        () if body.is_empty() => Some(Kind::Json),
        () if body.starts_with(['{', '[']) && !is_table(body) => Some(Kind::Json),
        () => Some(Kind::Terraform(Language::Toml)),
    }
}

/// Whether a text that starts with a bracket is a table of TOML.
fn is_table(body: &str) -> bool {
    let line = body.lines().next().unwrap_or_default().trim_end();
    line.starts_with('[') && line.ends_with(']') && !line.contains(['"', '{']) && line.len() > 2
}

/// The files that are Terraform in TOML: by their name, or by what they hold
/// and that they name something of Okta's; and with one, its neighbours.
fn dialect(sources: &Sources, tables: &[FileId], named: &dyn Fn(&Path) -> bool) -> Vec<(FileId, Language)> {
    let is_certain = |file: FileId| {
        let path = sources.path(file);
        let name = path.to_string_lossy();
        let by_name = name.ends_with(".okta.toml") || name.ends_with(".tf.toml");
        let broken = || !parses(sources, file) && (named(path) || has_header(sources.text(file)));
        by_name || mentions_okta(sources, file) && (is_terraform(sources, file) || broken())
    };
    let certain: Vec<FileId> = tables.iter().copied().filter(|&it| is_certain(it)).collect();
    let folder = |file: FileId| sources.path(file).parent().map(Path::to_path_buf);
    let folders: Vec<_> = certain.iter().map(|&it| folder(it)).collect();
    let neighbour = |file: FileId| {
        !certain.contains(&file) && folders.contains(&folder(file)) && is_terraform(sources, file)
    };
    let all = tables.iter().copied().filter(|&it| certain.contains(&it) || neighbour(it));
    all.map(|file| (file, Language::Toml)).collect()
}

/// Whether a line is the header of a table of Terraform's: of a file that does
/// not parse, the tree may not hold it.
fn has_header(text: &str) -> bool {
    let headers = ["[resource.okta_", "[data.okta_", "[[resource.okta_"];
    text.lines().any(|line| headers.iter().any(|it| line.starts_with(it)))
}

fn parses(sources: &Sources, file: FileId) -> bool {
    toml::parse(sources, file).findings.is_empty()
}

/// Whether the top level of a file of TOML is Terraform's.
fn is_terraform(sources: &Sources, file: FileId) -> bool {
    let keys = toml::parse(sources, file).root;
    let has = |root: &Node| root.entries().iter().any(|(key, _)| TOP_LEVEL.contains(&key.text.as_str()));
    keys.as_ref().is_some_and(has)
}

fn mentions_okta(sources: &Sources, file: FileId) -> bool {
    memchr::memmem::find(sources.text(file).as_bytes(), b"okta_").is_some()
}

fn speaks_of_okta(sources: &Sources, file: FileId) -> bool {
    memchr::memmem::find(sources.text(file).as_bytes(), b"okta").is_some()
}

/// Whether a file that cannot be decoded is Okta's, judged by its path and what
/// could be decoded.
fn is_of_okta(sources: &Sources, file: FileId, path: &Path) -> bool {
    export::root_of(path).is_some()
        || Language::of(path).is_some_and(|it| it != Language::Hcl)
        || memchr::memmem::find(sources.text(file).as_bytes(), b"okta").is_some()
}

fn unreadable(sources: &Sources, file: FileId, problem: &Unreadable) -> Finding {
    let at = match problem {
        Unreadable::NotUtf8(offset) => *offset,
        _ => 0,
    };
    let label = if matches!(problem, Unreadable::NotUtf8(_)) { "not UTF-8 from here" } else { "this file" };
    let help = match problem {
        Unreadable::Io(_) => "make the file readable, or exclude it",
        Unreadable::TooLarge(_) => "split the export into one file a page",
        Unreadable::NotUtf8(_) | Unreadable::Utf16 => "save the file as UTF-8",
    };
    let end =
        sources.text(file)[at..].char_indices().nth(1).map_or(sources.text(file).len(), |(it, _)| at + it);
    Finding::input(UNREADABLE_FILE, Span::new(file, at, end), label, problem.to_string()).with_help(help)
}

/// What the command line says of the evaluation of Terraform.
#[derive(Debug, Default)]
pub(super) struct Evaluation {
    /// Files of values, in their order.
    pub(super) given: Vec<FileId>,
    /// Values: name, place, text.
    pub(super) arguments: Vec<(String, Span, String)>,
    /// Folders that modules and data files may be read from, canonical.
    pub(super) reach: Vec<PathBuf>,
    /// Folders that Terragrunt gives inputs to.
    pub(super) terragrunt: Vec<PathBuf>,
    /// Whether it gives inputs to folders that it does not name plainly.
    pub(super) terragrunt_anywhere: bool,
    /// The root that plans and states belong to.
    pub(super) source: Option<PathBuf>,
}

/// What the files of a project say.
pub(super) fn evaluate(
    sources: &Sources,
    files: &Files,
    evaluation: &Evaluation,
    named: &dyn Fn(&Path) -> bool,
    is_folder_asked: bool,
) -> (export::Loaded, terraform::Loaded) {
    let is_named = |file: FileId| named(sources.path(file));
    let broken: Vec<FileId> = files.findings.iter().map(|it| it.primary().file).collect();
    let asked: Vec<FileId> = files.recorded.iter().copied().filter(|&it| is_named(it)).collect();
    // Who names plans wants those looked at.
    let recorded = if asked.is_empty() || is_folder_asked { &files.recorded } else { &asked };
    let input = terraform::Input {
        asked: &asked,
        terragrunt: &evaluation.terragrunt,
        terragrunt_anywhere: evaluation.terragrunt_anywhere,
        files: &files.terraform,
        values: &files.values,
        recorded,
        source: evaluation.source.as_deref(),
        broken: &broken,
        given: &evaluation.given,
        arguments: &evaluation.arguments,
        reach: &evaluation.reach,
    };
    (export::load(sources, &files.json, &is_named), terraform::load(sources, &input))
}
