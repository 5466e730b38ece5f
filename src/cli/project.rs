//! Which project a path belongs to, and which configuration holds for it.

use std::path::{Path, PathBuf};

use crate::config::FILE_NAMES;
use crate::discover::Root;
use crate::export;
use crate::source;

/// A set of folders under one configuration.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Project {
    /// The configuration, if there is one.
    pub(super) config: Option<PathBuf>,
    /// What to read.
    pub(super) roots: Vec<Root>,
}

/// The projects of some paths: folders are read as they are, a file with what
/// is around it.
pub(super) fn projects(paths: &[PathBuf], config: Config<'_>) -> Vec<Project> {
    let mut projects: Vec<Project> = Vec::new();
    for path in paths {
        let folder = if path.is_dir() { tidy(path) } else { tidy(path.parent().unwrap_or(Path::new(""))) };
        let config = match config {
            Config::Nearest => nearest(&folder),
            Config::Given(file) => Some(file.to_path_buf()),
            Config::None => None,
        };
        let root = if path.is_dir() { Root { folder, deep: true } } else { around(path, folder) };
        // What is around a pipe or a device says nothing about it.
        let is_device = path.exists() && !path.is_dir() && !path.is_file();
        if is_device {
            if !projects.iter().any(|it| it.config == config) {
                projects.push(Project { config, roots: Vec::new() });
            }
            continue;
        }
        match projects.iter_mut().find(|it| it.config == config) {
            Some(project) if !project.roots.contains(&root) => project.roots.push(root),
            Some(_) => {}
            None => projects.push(Project { config, roots: vec![root] }),
        }
    }
    projects
}

/// Where the configuration comes from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Config<'a> {
    /// From the nearest file above the input.
    Nearest,
    /// From this file.
    Given(&'a Path),
    /// There is none.
    None,
}

/// What a file is read with: the folder with the configuration or the
/// repository, else its export, else the files beside it.
fn around(file: &Path, folder: PathBuf) -> Root {
    let is_marked = |it: &PathBuf| it.join(".git").exists() || config_in(it).is_some();
    let marked = ancestors(&folder).into_iter().find(is_marked);
    match marked.or_else(|| export::root_of(file).map(|it| tidy(&it))) {
        Some(folder) => Root { folder, deep: true },
        None => Root { folder, deep: false },
    }
}

/// The nearest configuration, no further than the repository.
fn nearest(folder: &Path) -> Option<PathBuf> {
    for folder in ancestors(folder) {
        if let Some(file) = config_in(&folder) {
            return Some(file);
        }
        if folder.join(".git").exists() {
            break;
        }
    }
    None
}

impl Project {
    /// The folder that paths of a report are told apart by: of the
    /// configuration, else the repository, else what was given.
    pub(super) fn home(&self) -> PathBuf {
        let given = || self.roots.first().map(|it| it.folder.clone()).unwrap_or_default();
        match &self.config {
            Some(config) => config.parent().map(Path::to_path_buf).unwrap_or_default(),
            None => ancestors(&given()).into_iter().find(|it| it.join(".git").exists()).unwrap_or_else(given),
        }
    }
}

/// A second configuration beside the one that holds, which is not read.
pub(super) fn passed_over(config: &Path) -> Option<PathBuf> {
    let other = FILE_NAMES.iter().map(|name| config.with_file_name(name)).find(|it| it != config);
    other.filter(|it| it.is_file() && FILE_NAMES.iter().any(|name| config.ends_with(name)))
}

fn config_in(folder: &Path) -> Option<PathBuf> {
    FILE_NAMES.iter().map(|name| clean(&folder.join(name))).find(|it| it.is_file())
}

/// A folder and those above it, as a person would write them: a report must
/// not hold the machine's directories.
fn ancestors(folder: &Path) -> Vec<PathBuf> {
    let depth = folder.canonicalize().map_or(1, |it| it.ancestors().count());
    let mut folders = vec![folder.to_path_buf()];
    while folders.len() < depth {
        let last = &folders[folders.len() - 1];
        let above = match last.parent() {
            _ if last == Path::new(".") => PathBuf::from(".."),
            _ if last.ends_with("..") => last.join(".."),
            Some(parent) => tidy(parent),
            None => break,
        };
        folders.push(above);
    }
    folders
}

/// `.` for the empty path.
fn tidy(path: &Path) -> PathBuf {
    source::here_or(path).to_path_buf()
}

/// A path without a leading `./`.
pub(super) fn clean(path: &Path) -> PathBuf {
    path.strip_prefix(".").map_or_else(|_| path.to_path_buf(), Path::to_path_buf)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_configuration_holds_and_the_repository_ends_the_search() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir_all(root.join("repo/.git")).unwrap();
        std::fs::create_dir_all(root.join("repo/live/prod")).unwrap();
        std::fs::write(root.join("okta-lint.toml"), "").unwrap();
        assert_eq!(nearest(&root.join("repo/live/prod")), None);
        std::fs::write(root.join("repo/live/okta-lint.toml"), "").unwrap();
        assert_eq!(nearest(&root.join("repo/live/prod")), Some(root.join("repo/live/okta-lint.toml")));
    }

    #[test]
    fn a_file_brings_its_project() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        std::fs::create_dir_all(root.join("repo/.git")).unwrap();
        std::fs::create_dir_all(root.join("repo/org")).unwrap();
        let file = root.join("repo/org/apps.json");
        std::fs::write(&file, "[]").unwrap();
        let found = projects(&[file], Config::Nearest);
        assert_eq!(
            found,
            [Project { config: None, roots: vec![Root { folder: root.join("repo"), deep: true }] }]
        );
    }
}
