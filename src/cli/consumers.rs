//! What the files of gateways and applications show, as facts of an org.

use std::collections::HashSet;

use crate::consumer;
use crate::model::{Asked, Consumer, Org, Server};
use crate::source::{FileId, Sources, tidy};

/// What became of files.
#[derive(Debug, Default)]
pub(super) struct Added {
    /// How many show a consumer.
    pub(super) files: usize,
    /// What of them could not be read.
    pub(super) unread: Vec<String>,
}

/// Adds the consumers of some files to the orgs that they belong to.
///
/// A consumer belongs to the org that holds its server. Of several, or of none,
/// the first one takes it that may be the one of its issuer: what it says of the
/// kind of server holds in any. One
/// that a resource of Terraform has shown in the same file is there already.
pub(super) fn add(orgs: &mut Vec<Org>, sources: &Sources, files: &[FileId]) -> Added {
    let mut added = Added::default();
    // A file that an expression reads is another one than that of the tree.
    let place = |it: &Consumer| (tidy(sources.path(it.at.span.file)), it.at.span.start, it.at.span.end);
    let known: HashSet<_> = orgs.iter().flat_map(|it| &it.consumers).map(place).collect();
    for &file in files {
        let shown = consumer::read(sources, file);
        added.files += usize::from(!shown.consumers.is_empty());
        added.unread.extend(shown.is_cut.then(|| format!("the rest of {}", sources.display(file))));
        for consumer in shown.consumers.into_iter().filter(|it| !known.contains(&place(it))) {
            let here = |org: &Org| !consumer.is_elsewhere(org);
            let holds = |org: &Org| here(org) && org.servers.items.iter().any(|it| is_asked(it, &consumer));
            let home = orgs.iter().position(holds).or_else(|| orgs.iter().position(here));
            let home = home.unwrap_or(orgs.len());
            if home == orgs.len() {
                orgs.push(Org::default());
            }
            orgs[home].consumers.push(consumer);
        }
    }
    added
}

/// Whether a consumer names a server by its id.
fn is_asked(server: &Server, consumer: &Consumer) -> bool {
    let Some(Asked::Issued(asked)) = consumer.server.known() else { return false };
    let id = asked.literal();
    id.is_some() && (server.id.known().map(String::as_str) == id || is_default(server, id))
}

fn is_default(server: &Server, id: Option<&str>) -> bool {
    id == Some("default") && server.default.known() == Some(&true)
}
