//! Orgs that are one: a root in several environments, and a module that nobody
//! calls with and without its defaults.

use std::collections::BTreeMap;
use std::path::PathBuf;

use crate::finding::{Certainty, Finding, Level};
use crate::model::Org;
use crate::source::Span;

/// The findings of orgs, gathered by root.
#[derive(Debug, Default)]
pub(super) struct Variants {
    roots: BTreeMap<(usize, PathBuf), Root>,
}

/// What the variants of one root gave.
#[derive(Debug, Default)]
struct Root {
    /// The findings of each environment, in their order.
    environments: BTreeMap<Option<String>, Vec<Finding>>,
    /// The most clients and servers that one environment has.
    clients: usize,
    servers: usize,
}

/// What makes two findings one.
type Key = (&'static str, Span, String, Option<String>);

fn key(finding: &Finding) -> Key {
    (finding.lint, finding.primary(), finding.message.clone(), finding.resource.clone())
}

impl Variants {
    /// Adds what was found in an org.
    pub(super) fn add(&mut self, org: &Org, mut found: Vec<Finding>) {
        let clients = org.apps.items.iter().filter(|it| it.client.is_some() || it.is_integration()).count();
        let in_input = || org.servers.items.iter().filter(|it| it.is_in_input());
        let identified = in_input().filter(|it| it.is_identified()).count();
        let servers = identified.max(usize::from(in_input().next().is_some()));
        let origin = &org.origin;
        let root = self.roots.entry((origin.root, origin.folder.clone())).or_default();
        let known = root.environments.entry(origin.environment.clone()).or_default();
        if origin.assumed {
            // What the literals of the module prove stays; what rests on its
            // defaults may be otherwise wherever it is called.
            found.retain(|it| {
                !known.iter().any(|known| known.lint == it.lint && known.primary() == it.primary())
            });
            found.iter_mut().for_each(suppose);
            root.clients = root.clients.max(clients);
            root.servers = root.servers.max(servers);
        } else if origin.root == 0 || origin.environment.is_none() {
            root.clients += clients;
            root.servers += servers;
        } else {
            root.clients = root.clients.max(clients);
            root.servers = root.servers.max(servers);
        }
        known.extend(found);
    }

    /// How many clients there are.
    pub(super) fn clients(&self) -> usize {
        self.roots.values().map(|it| it.clients).sum()
    }

    /// How many servers there are.
    pub(super) fn servers(&self) -> usize {
        self.roots.values().map(|it| it.servers).sum()
    }

    /// All findings. One that only some environments have says which.
    pub(super) fn into_findings(self) -> Vec<Finding> {
        self.roots.into_values().flat_map(Root::into_findings).collect()
    }
}

/// Makes a finding possible.
fn suppose(finding: &mut Finding) {
    if finding.certainty == Certainty::Definite {
        finding.certainty = Certainty::Possible;
        finding.level = Level::Info;
        finding.message = format!("with the defaults of this module, {}", finding.message);
    }
}

impl Root {
    fn into_findings(self) -> Vec<Finding> {
        let count = self.environments.len();
        if count < 2 {
            return self.environments.into_values().flatten().collect();
        }
        let mut names: BTreeMap<Key, Vec<String>> = BTreeMap::new();
        let mut findings: BTreeMap<Key, Finding> = BTreeMap::new();
        for (environment, found) in self.environments {
            let name = environment.unwrap_or_default();
            for finding in found {
                let key = key(&finding);
                let names = names.entry(key.clone()).or_default();
                if !names.contains(&name) {
                    names.push(name.clone());
                }
                findings.entry(key).or_insert(finding);
            }
        }
        findings
            .into_iter()
            .map(|(key, mut finding)| {
                let names = names.get(&key).map(Vec::as_slice).unwrap_or_default();
                let with = if names.len() == count && count > 2 {
                    format!("with each of {count} files of values")
                } else {
                    let names: Vec<String> = names.iter().map(|it| format!("`{it}`")).collect();
                    format!("with {}", names.join(", "))
                };
                finding.message = format!("{} ({with})", finding.message);
                finding
            })
            .collect()
    }
}
