//! What the configuration needs, and what shows it.
//!
//! A [`Need`] says that a client or a server uses a row of the matrix. It is
//! definite when the fields alone prove it. Needs do not depend on licences:
//! those decide only how loud a lint is about a need.

mod admission;
mod client;
mod reach;
mod scope_name;
mod server;

use std::borrow::Cow;
use std::collections::BTreeMap;

use crate::capability::{self, Licence};
use crate::finding::Certainty;
use crate::model::{App, Coverage, Id, Org, Place, Server};

pub use admission::{
    Answer, admits_grant, admits_scope, any_scope, covers, everyone, is_before, is_for_machines,
    lists_no_scope, machine_of,
};
pub use client::{has_okta_grant, is_for_oktas_apis_alone, is_without_users, refused_by_org};
pub use reach::{
    LiveRule, Naming, Reach, Reached, agents_absence, dormant, is_switched_off, live_rules, naming,
    rules_absence,
};
pub use scope_name::{SYSTEM_SCOPES, ScopeKind};
pub use server::{is_custom_scope, is_of_groups, is_other_sub};

/// Who needs something.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Subject {
    /// A client.
    Client(Id<App>),
    /// An authorization server: something on it is in use.
    Server(Id<Server>),
    /// What is known beside Okta only: an index into `Org::consumers`.
    Consumer(usize),
    /// The org as a whole.
    Org,
}

/// A place that shows a need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Where.
    pub at: Place,
    /// What is true of it: the text of a label.
    pub text: Cow<'static, str>,
}

/// A row of the matrix that is in use.
#[derive(Clone, Debug)]
pub struct Need {
    /// The row.
    pub capability: capability::Id,
    /// Who needs it.
    pub subject: Subject,
    /// How sure.
    pub certainty: Certainty,
    /// What shows it; never empty.
    pub evidence: Vec<Evidence>,
}

/// All needs of an org.
#[derive(Clone, Debug, Default)]
pub struct Needs {
    /// In the order of clients, servers and consumers.
    pub all: Vec<Need>,
    /// Where the needs of servers stand.
    of_servers: BTreeMap<(capability::Id, Subject), usize>,
}

impl Needs {
    /// The needs of an org, whose live rules are `reach`.
    pub fn of(org: &Org, reach: &Reach<'_>) -> Self {
        let mut needs = Self { all: Vec::with_capacity(org.apps.items.len()), ..Self::default() };
        for (id, app) in org.apps() {
            client::needs(org, reach, id, app, &mut needs);
        }
        for (id, server) in org.servers() {
            server::needs(org, id, server, &mut needs);
        }
        for index in 0..org.consumers.len() {
            client::consumer(org, index, &mut needs);
        }
        server::agents(org, &mut needs);
        server::integrations(org, &mut needs);
        needs
    }

    /// The needs for one row.
    pub fn for_capability(&self, capability: capability::Id) -> impl Iterator<Item = &Need> {
        self.all.iter().filter(move |it| it.capability == capability)
    }

    /// Adds a need that `evidence` shows, if there is any.
    fn add(
        &mut self,
        capability: capability::Id,
        subject: Subject,
        certainty: Certainty,
        evidence: Vec<Evidence>,
    ) {
        // What is asked of one server is one need, whoever asks.
        let shared = matches!(subject, Subject::Server(_));
        let before = self.of_servers.get(&(capability, subject)).copied();
        if let Some(need) = before.and_then(|it| self.all.get_mut(it)) {
            // What is certain is shown first.
            let place = if certainty > need.certainty { 0 } else { need.evidence.len() };
            need.evidence.splice(place..place, evidence);
            need.certainty = need.certainty.max(certainty);
        } else if !evidence.is_empty() {
            if shared {
                self.of_servers.insert((capability, subject), self.all.len());
            }
            self.all.push(Need { capability, subject, certainty, evidence });
        }
    }
}

/// Where the org stands with a licence.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stance {
    /// Nothing is said.
    Unsaid,
    /// It is held.
    Held,
    /// It is missing.
    Missing,
}

/// The licences that the configuration of okta-lint records.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Licences {
    /// What is held; `None` if nothing is said.
    pub held: Option<Vec<Licence>>,
}

impl Licences {
    /// Where the org stands with one licence.
    pub fn stance(&self, licence: Licence) -> Stance {
        match &self.held {
            None => Stance::Unsaid,
            Some(held) if held.contains(&licence) => Stance::Held,
            Some(_) => Stance::Missing,
        }
    }

    /// The licences of `wanted` that are not held.
    pub fn not_held(&self, wanted: &[Licence]) -> Vec<Licence> {
        wanted.iter().copied().filter(|&it| self.stance(it) != Stance::Held).collect()
    }
}

/// How sure it is that what a collection does not hold does not exist; `None`
/// if it may.
pub fn absence(coverage: Coverage) -> Option<Certainty> {
    match coverage {
        Coverage::Whole => Some(Certainty::Definite),
        Coverage::Root => Some(Certainty::Possible),
        Coverage::Part => None,
    }
}

/// A place and what it shows.
fn shows(at: Place, text: impl Into<Cow<'static, str>>) -> Evidence {
    Evidence { at, text: text.into() }
}
