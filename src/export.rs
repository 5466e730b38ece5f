//! Exports of the Management API, to the model.
//!
//! An export is what a person or a script wrote down of the API's answers: one
//! object, an array, several values in a file, a wrapper, a flat folder, or a
//! tree that mirrors the API's paths. Objects are recognised by their shape;
//! paths and wrapper keys only say whose they are and whether a list is whole.
//!
//! Exports are the large input, so there is no tree of a document: elements are
//! borrowed, read by typed structs in parallel, and only the leaves that a lint
//! reads are decoded.

mod app;
mod assemble;
mod layout;
mod other;
mod raw;
mod reader;
mod server;
mod shape;
mod walk;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::finding::Finding;
use crate::model::Org;
use crate::source::{FileId, Sources};

/// What was read of a set of files.
#[derive(Debug, Default)]
pub struct Loaded {
    /// One org for each export, by the folder it lies in.
    pub orgs: Vec<Org>,
    /// What was wrong.
    pub findings: Vec<Finding>,
    /// Objects that no lint reads, by what they are.
    pub unread: BTreeMap<String, usize>,
    /// The files that could not be read to their end.
    pub broken: Vec<FileId>,
    /// The files that held something of Okta's.
    pub recognised: Vec<FileId>,
}

impl Loaded {
    fn count(&mut self, unread: BTreeMap<String, usize>) {
        for (name, count) in unread.into_iter().filter(|it| it.1 > 0) {
            *self.unread.entry(name).or_default() += count;
        }
    }
}

/// The folder of the export that a file is a part of, if its path follows the
/// API's.
pub fn root_of(path: &Path) -> Option<PathBuf> {
    layout::root_of(path)
}

/// Reads files of JSON that may be parts of exports. A file that holds nothing
/// of Okta's is passed over without a word, unless it was `named`, or its path
/// or text says that it should.
pub fn load(sources: &Sources, files: &[FileId], named: &dyn Fn(FileId) -> bool) -> Loaded {
    let paths: Vec<PathBuf> = files.iter().map(|&it| sources.path(it).to_path_buf()).collect();
    let homes = layout::homes(&paths);
    let mut drafts: BTreeMap<PathBuf, assemble::Draft> = BTreeMap::new();
    let mut loaded = Loaded::default();
    let mut others: Vec<(PathBuf, BTreeMap<String, usize>)> = Vec::new();
    for (&file, home) in files.iter().zip(homes) {
        let read = walk::file(sources, file, &home.context);
        let expected = home.context.kind.is_some() || named(file) || mentions_okta(sources, file);
        if read.recognised || expected {
            loaded.findings.extend(read.findings);
            loaded.broken.extend(read.broken.then_some(file));
        }
        if read.recognised {
            loaded.count(read.unread);
        } else {
            others.push((home.root.clone(), read.unread));
        }
        if read.recognised {
            loaded.recognised.push(file);
            drafts.entry(home.root).or_default().extend(read.draft);
        }
    }
    // What lies beside an export is a part of it, and is named; other JSON is not.
    for (root, unread) in others {
        if drafts.contains_key(&root) {
            loaded.count(unread);
        }
    }
    let other_apps: usize = drafts.values().map(assemble::Draft::count_other_apps).sum();
    loaded.count([("apps that are no OAuth clients".to_owned(), other_apps)].into());
    loaded.orgs = drafts.into_values().map(assemble::Draft::into_org).collect();
    loaded
}

/// Whether a text speaks of Okta where an export would.
fn mentions_okta(sources: &Sources, file: FileId) -> bool {
    let text = sources.text(file).as_bytes();
    let head = &text[..text.len().min(1 << 16)];
    [
        "\"signOnMode\"",
        "okta.com/api/v1",
        "oktapreview.com/api/v1",
        "okta-emea.com/api/v1",
        "OAUTH_AUTHORIZATION_POLICY",
    ]
    .iter()
    .any(|it| memchr::memmem::find(head, it.as_bytes()).is_some())
}
