//! Which rules a client can reach: the live rules of the policies that name it.

use std::collections::BTreeMap;

use crate::finding::Certainty;
use crate::model::{App, Client, Coverage, GrantType, Id, Member, Org, Place, Policy, Rule, Server, Target};

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
    /// The rules of policies that name a client, by that client.
    by_name: BTreeMap<Id<App>, Vec<(usize, Place)>>,
    /// The other rules that any client reaches, or may.
    by_all: Vec<(usize, Naming)>,
    /// What the absence of a rule is worth.
    coverage: Coverage,
}

impl<'a> Reach<'a> {
    /// The live rules of an org.
    pub fn new(org: &'a Org) -> Self {
        let rules: Vec<_> = org.servers().flat_map(|(id, server)| live_rules(id, server)).collect();
        let mut by_name: BTreeMap<Id<App>, Vec<(usize, Place)>> = BTreeMap::new();
        let mut by_all = Vec::new();
        for (index, live) in rules.iter().enumerate() {
            let (named, rest) = members(live.policy);
            for (app, at) in named {
                by_name.entry(app).or_default().push((index, at));
            }
            if rest != Naming::No {
                by_all.push((index, rest));
            }
        }
        Self { rules, by_name, by_all, coverage: coverage(org) }
    }

    /// The live rules.
    pub fn rules(&self) -> impl Iterator<Item = &LiveRule<'a>> {
        self.rules.iter()
    }

    /// The live rules of each server.
    pub fn by_server(&self) -> impl Iterator<Item = (Id<Server>, &[LiveRule<'a>])> {
        self.rules.chunk_by(|a, b| a.server == b.server).map(|it| (it[0].server, it))
    }

    /// The live rules whose policies take `app` in, or may; those that name it first.
    pub fn of(&self, app: Id<App>) -> impl Iterator<Item = Reached<'a>> + '_ {
        let named = self.by_name.get(&app).map(Vec::as_slice).unwrap_or_default();
        let is_named = |index: usize| named.iter().any(|it| it.0 == index);
        let by_name = named.iter().map(|&(index, at)| (index, Naming::ByName(at)));
        let others = self.by_all.iter().copied().filter(move |it| !is_named(it.0));
        by_name.chain(others).map(|(index, naming)| Reached { live: self.rules[index], naming })
    }

    /// The live rules of one server whose policies take `app` in, or may; those that
    /// name it first.
    pub fn at(&self, app: Id<App>, server: Id<Server>) -> impl Iterator<Item = Reached<'a>> + '_ {
        let here = move |index: usize| self.rules[index].server == server;
        let named = self.by_name.get(&app).map(Vec::as_slice).unwrap_or_default();
        let is_named = |index: usize| named.iter().any(|it| it.0 == index);
        // Rules stand in the order of their servers.
        let start = self.by_all.partition_point(|it| self.rules[it.0].server < server);
        let others = self.by_all[start..].iter().copied().take_while(move |it| here(it.0));
        let others = others.filter(move |it| !is_named(it.0));
        let by_name = named.iter().filter(move |it| here(it.0));
        let by_name = by_name.map(|&(index, at)| (index, Naming::ByName(at)));
        by_name.chain(others).map(|(index, naming)| Reached { live: self.rules[index], naming })
    }

    /// How sure it is that no rule that `app` reaches admits `grant`; `None`
    /// if one does or may.
    pub fn lacks(&self, app: Id<App>, grant: &GrantType) -> Option<Certainty> {
        let admits_or_may = self.of(app).any(|it| !it.live.rule.grant_types.lacks(grant));
        self.absence().filter(|_| !admits_or_may)
    }

    /// The grants of a client, where no rule of a server that it reaches admits any
    /// of them. A refresh token is no grant of rules.
    pub fn refused<'c>(
        &self,
        app: Id<App>,
        client: &'c Client,
        server: Id<Server>,
    ) -> Option<Vec<&'c GrantType>> {
        let mut asked = client.grant_types.all_known()?;
        asked.retain(|it| **it != GrantType::RefreshToken);
        let mut rules = self.at(app, server).peekable();
        let reached = rules.peek().is_some() && !asked.is_empty();
        let refuses = |it: Reached<'_>| asked.iter().all(|grant| it.live.rule.grant_types.lacks(grant));
        (reached && rules.all(refuses)).then_some(asked)
    }

    /// Whether a server names a client and admits none of its grants, so far as the
    /// input tells: a finding of its own, which says all.
    pub fn is_refused_where_named(&self, org: &Org, app: Id<App>, client: &Client) -> bool {
        let named = self.by_name.get(&app).map(Vec::as_slice).unwrap_or_default();
        let named = named.iter().map(|it| self.rules[it.0]);
        let mut servers = named.filter(|it| it.policy.status.is_active()).map(|it| it.server);
        servers.any(|id| rules_absence(org.server(id)).is_some() && self.refused(app, client, id).is_some())
    }

    /// How sure it is that there are no other live rules; `None` if there may be.
    pub fn absence(&self) -> Option<Certainty> {
        super::absence(self.coverage)
    }
}

/// How sure it is that no AI agent is connected; `None` if one is. An agent may be
/// bound to an app, and then comes under the app's client id with assertions of its
/// own (Okta: "Connect an AI agent to an authorization server").
pub fn agents_absence(org: &Org) -> Option<Certainty> {
    let connected = org.agent_connections.items.iter().any(|it| !it.status.is_inactive());
    let whole = org.agent_connections.is_whole();
    (!connected).then_some(Certainty::definite_if(whole))
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

/// How sure it is that a server has no other rules; `None` if it may.
pub fn rules_absence(server: &Server) -> Option<Certainty> {
    let rules = server.policies.items.iter().map(|it| it.rules.coverage);
    super::absence(rules.chain([server.policies.coverage]).min().unwrap_or_default())
}

/// How sure it is that an active server of one's own is switched off by its
/// parts: it has rules, or no policy, and none of them takes part. A policy that
/// has no rule at all is a mistake of its own.
pub fn dormant(id: Id<Server>, server: &Server) -> Option<Certainty> {
    let is_own = server.declared && server.status.is_active() && server.default.known() == Some(&false);
    rules_absence(server).filter(|_| is_own && is_switched_off(id, server))
}

/// Whether none of the policies and rules of a server takes part, and each active
/// policy has some rule.
pub fn is_switched_off(id: Id<Server>, server: &Server) -> bool {
    let mut active = server.policies.items.iter().filter(|it| it.status.is_active());
    live_rules(id, server).next().is_none() && active.all(|it| !it.rules.items.is_empty())
}

/// Whether a policy takes a client in.
pub fn naming(policy: &Policy, app: Id<App>) -> Naming {
    let (named, rest) = members(policy);
    named.iter().find(|it| it.0 == app).map_or(rest, |&(_, at)| Naming::ByName(at))
}

/// The clients that a policy names, and how it takes in any other.
fn members(policy: &Policy) -> (Vec<(Id<App>, Place)>, Naming) {
    let Some(members) = policy.clients.known() else { return (Vec::new(), Naming::Perhaps) };
    let mut named = Vec::new();
    let mut rest = Naming::No;
    for member in members {
        match member {
            Member::AllClients(at) => rest = Naming::AsAll(*at),
            Member::Client(client) => match client.target {
                Target::Found(id) => named.push((id, client.at)),
                Target::Unknown(_) if rest == Naming::No => rest = Naming::Perhaps,
                Target::Unknown(_) | Target::Outside | Target::Dangling => {}
            },
        }
    }
    (named, rest)
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
