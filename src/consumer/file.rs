//! The files of applications and of clusters, told by their names.

use std::path::Path;

use json_strip_comments::strip_comments_in_place;
use memchr::memmem;

use super::Tree;
use super::application::{is_variable, of_aspnet, of_okta_section, of_spring, okta_section, properties};
use super::gateway::of_tree;
use super::lines::{self, Dialect};
use crate::model::Consumer;
use crate::source::{FileId, Sources, is_secret_name};
use crate::syntax::{json, yaml};

/// The formats that are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Yaml,
    Properties,
    Environment,
    Json,
}

/// The format of a file, by its name.
fn format(path: &Path) -> Option<Format> {
    let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
    let extension = Path::new(&name).extension().and_then(|it| it.to_str());
    match extension {
        _ if name == ".env" || name.starts_with(".env.") => Some(Format::Environment),
        Some("yaml" | "yml") => Some(Format::Yaml),
        Some("properties") => Some(Format::Properties),
        Some("env") => Some(Format::Environment),
        Some("json")
            if name.starts_with("appsettings") || name.contains("openapi") || name.contains("swagger") =>
        {
            Some(Format::Json)
        }
        _ => None,
    }
}

/// Whether a file may show a consumer, judged by its name.
pub fn is_consumer(path: &Path) -> bool {
    format(path).is_some()
}

/// What a file shows.
#[derive(Debug, Default)]
pub struct Shown {
    /// The consumers.
    pub consumers: Vec<Consumer>,
    /// Whether it names an org, perhaps, and could not be read to its end.
    pub is_cut: bool,
}

/// The consumers that a file shows.
pub fn read(sources: &Sources, file: FileId) -> Shown {
    let path = sources.path(file);
    let text = sources.text(file).as_bytes();
    let names = |words: &[&str]| words.iter().any(|it| memmem::find(text, it.as_bytes()).is_some());
    let Some(format) = format(path).filter(|_| names(&["okta", "Okta", "OKTA", "/oauth2/"])) else {
        return Shown::default();
    };
    let (trees, is_whole) = trees(sources, file, format);
    let consumers = consumers(sources, file, format, &trees);
    Shown { consumers, is_cut: !is_whole && names(&["okta.com", "oktapreview.com", "/oauth2/"]) }
}

fn consumers(sources: &Sources, file: FileId, format: Format, trees: &[Tree]) -> Vec<Consumer> {
    let name = sources.display(file);
    let resource = format!("file:{name}");
    let mut found: Vec<Consumer> = Vec::new();
    trees.iter().flat_map(|it| secrets(it, format)).for_each(|it| sources.hide(it.at.span));
    for tree in trees {
        found.extend(of_tree(tree, &name, &resource));
        let properties = properties(tree);
        found.extend(of_spring(&properties).into_iter().filter_map(|it| it.consumer(&name, &resource)));
        found.extend(of_aspnet(tree).into_iter().filter_map(|it| it.consumer(&name, &resource)));
        let section = okta_section(tree);
        let witness = section.as_ref().and_then(of_okta_section);
        found.extend(witness.and_then(|it| it.consumer(&name, &resource)));
    }
    found
}

/// What the environment of a container is called.
const ENVIRONMENTS: [&str; 3] = ["environment", "env", "data"];

/// The values of the variables of an environment that this reader has no use for.
fn unused(environment: &Tree) -> Vec<&Tree> {
    let is_other = |name: &str| {
        let is_name = name.chars().all(|it| it.is_ascii_uppercase() || it.is_ascii_digit() || it == '_');
        is_name && !is_variable(name)
    };
    let listed =
        environment.items().iter().filter_map(|it| Some((it.get("name")?.text()?, it.get("value")?)));
    let named = environment.entries().iter().map(|(name, it)| (name.as_str(), it));
    named.chain(listed).filter(|it| is_other(it.0)).map(|it| it.1).collect()
}

/// What nobody is to see: of an environment all that this reader has no use
/// for, as secrets have any name there, and so of that of a container; of
/// Kubernetes what a `Secret` holds.
fn secrets(tree: &Tree, format: Format) -> Vec<&Tree> {
    let mut found = Vec::new();
    if format == Format::Environment {
        let others = tree.entries().iter().filter(|it| !is_variable(&it.0));
        found.extend(others.map(|it| &it.1));
    }
    // What is written over several lines is told by its name on the first.
    tree.walk(&mut |it| {
        found.extend(it.entries().iter().filter(|it| is_secret_name(&it.0)).map(|it| &it.1));
    });
    tree.walk(&mut |it| found.extend(ENVIRONMENTS.iter().filter_map(|name| it.get(name)).flat_map(unused)));
    if tree.get("kind").and_then(Tree::text) == Some("Secret") {
        let held = ["data", "stringData"].into_iter().filter_map(|it| tree.get(it));
        found.extend(held.flat_map(|it| it.entries().iter().map(|it| &it.1)));
    }
    found
}

/// The values of a file, and whether that is all of it.
fn trees(sources: &Sources, file: FileId, format: Format) -> (Vec<Tree>, bool) {
    let text = sources.text(file);
    let start = sources.start(file);
    match format {
        Format::Yaml => {
            let (documents, is_whole) = yaml::documents(file, text, start);
            (documents.iter().map(Tree::of).collect(), is_whole)
        }
        Format::Json => settings(file, text, start),
        Format::Properties => (vec![lines::tree(file, text, Dialect::Properties)], true),
        Format::Environment => (vec![lines::tree(file, text, Dialect::Environment)], true),
    }
}

/// A file of JSON with comments and commas at the ends of lists, as ASP.NET takes
/// it. What is no JSON becomes spaces, so that the rest stays in its place.
fn settings(file: FileId, text: &str, start: usize) -> (Vec<Tree>, bool) {
    let mut plain = text.to_owned();
    let is_whole = strip_comments_in_place(&mut plain).is_ok();
    let within = json::Text { file, text: &plain, start };
    let (values, mistake) = within.values();
    let nodes = values.into_iter().filter_map(|it| json::lower(&within, it, 0).ok());
    (nodes.map(|it| Tree::of(&it)).collect(), is_whole && mistake.is_none())
}
