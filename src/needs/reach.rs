//! Which rules a client can reach: the live rules of the policies that name it.

use crate::finding::Certainty;
use crate::model::{App, Coverage, GrantType, Id, Member, Org, Place, Policy, Rule, Server, Target};

/// A rule that takes part: neither it nor its policy nor its server is inactive.
#[derive(Clone, Copy, Debug)]
pub struct LiveRule<'a> {
    /// The server.
    pub server: Id<Server>,
    /// The policy.
    pub policy: &'a Policy,
    /// The rule.
    pub rule: &'a Rule,
}

/// How a policy takes a client in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Naming {
    /// By its id, there.
    ByName(Place),
    /// As one of all.
    AsAll(Place),
    /// It may; a member is not known.
    Perhaps,
    /// Not at all.
    No,
}

/// A live rule that a client reaches, and how.
#[derive(Clone, Copy, Debug)]
pub struct Reached<'a> {
    /// The rule.
    pub live: LiveRule<'a>,
    /// How its policy takes the client in.
    pub naming: Naming,
}

/// The live rules of an org, ready to be asked for one client after another.
#[derive(Debug)]
pub struct Reach<'a> {
    rules: Vec<LiveRule<'a>>,
    /// What the absence of a rule is worth.
    coverage: Coverage,
}

impl<'a> Reach<'a> {
    /// The live rules of an org.
    pub fn new(org: &'a Org) -> Self {
        let rules = org.servers().flat_map(|(id, server)| live_rules(id, server)).collect();
        Self { rules, coverage: coverage(org) }
    }

    /// The live rules.
    pub fn rules(&self) -> impl Iterator<Item = &LiveRule<'a>> {
        self.rules.iter()
    }

    /// The live rules whose policies take `app` in, or may.
    pub fn of(&self, app: Id<App>) -> impl Iterator<Item = Reached<'a>> + '_ {
        self.rules.iter().filter_map(move |&live| match naming(live.policy, app) {
            Naming::No => None,
            naming => Some(Reached { live, naming }),
        })
    }

    /// How sure it is that no rule that `app` reaches admits `grant`; `None`
    /// if one does or may.
    pub fn lacks(&self, app: Id<App>, grant: &GrantType) -> Option<Certainty> {
        let admits_or_may = self.of(app).any(|it| !it.live.rule.grant_types.lacks(grant));
        self.absence().filter(|_| !admits_or_may)
    }

    /// How sure it is that there are no other live rules; `None` if there may be.
    pub fn absence(&self) -> Option<Certainty> {
        super::absence(self.coverage)
    }
}

/// The live rules of one server.
pub fn live_rules(id: Id<Server>, server: &Server) -> impl Iterator<Item = LiveRule<'_>> {
    let live = !server.status.is_inactive();
    let policies = server.policies.items.iter().filter(|it| !it.status.is_inactive());
    policies
        .filter(move |_| live)
        .flat_map(|policy| policy.rules.items.iter().map(move |rule| (policy, rule)))
        .filter(|(_, rule)| !rule.status.is_inactive())
        .map(move |(policy, rule)| LiveRule { server: id, policy, rule })
}

/// Whether a policy takes a client in.
pub fn naming(policy: &Policy, app: Id<App>) -> Naming {
    let Some(members) = policy.clients.known() else { return Naming::Perhaps };
    let mut naming = Naming::No;
    for member in members {
        match member {
            Member::Client(client) => match client.target {
                Target::Found(id) if id == app => return Naming::ByName(client.at),
                Target::Unknown(_) if naming == Naming::No => naming = Naming::Perhaps,
                _ => {}
            },
            Member::AllClients(at) => naming = Naming::AsAll(*at),
        }
    }
    naming
}

/// The least that is known of servers, policies and rules.
fn coverage(org: &Org) -> Coverage {
    let servers = org.servers.items.iter().filter(|it| !it.status.is_inactive());
    let inner = servers.flat_map(|server| {
        let rules = server.policies.items.iter().map(|it| it.rules.coverage);
        rules.chain([server.policies.coverage])
    });
    inner.chain([org.servers.coverage]).min().unwrap_or_default()
}
