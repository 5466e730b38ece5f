//! From a pile of objects to an org: children find their parents, lists say
//! whether they are whole.

use std::collections::BTreeMap;

use super::layout::Kind;
use super::server::{Parent, name_groups};
use crate::model::{
    AgentConnection, ApiService, App, Claim, Coverage, Entry, FederatedClaim, Grant, GroupsClaim, Hook, Org,
    Place, Policy, Ref, Rule, Scope, Server, Set, Setting, Why,
};
use crate::source::Span;

/// An answer of the API that is a list.
#[derive(Clone, Debug)]
pub(super) struct Listing {
    pub(super) kind: Kind,
    pub(super) app: Option<String>,
    pub(super) server: Option<String>,
    pub(super) policy: Option<String>,
    /// Whether there may be another page.
    pub(super) may_be_cut: bool,
}

impl Listing {
    /// A list of the whole org that ends here.
    pub(super) fn whole(kind: Kind) -> Self {
        Self { kind, app: None, server: None, policy: None, may_be_cut: false }
    }
}

/// The objects of an export, before they are tied together.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) apps: Vec<App>,
    /// Ids of apps that are no OAuth clients.
    pub(super) other_apps: Vec<String>,
    pub(super) grants: Vec<(Option<String>, Grant)>,
    pub(super) federated_claims: Vec<(Option<String>, FederatedClaim)>,
    pub(super) groups_claims: Vec<(String, Setting<GroupsClaim>)>,
    pub(super) roles: Vec<(String, Setting<String>)>,
    pub(super) attributes: Vec<(String, Vec<Setting<String>>)>,
    pub(super) servers: Vec<Server>,
    pub(super) scopes: Vec<(Parent, Scope)>,
    pub(super) claims: Vec<(Parent, Claim)>,
    pub(super) policies: Vec<(Parent, Policy)>,
    pub(super) rules: Vec<(Parent, Rule)>,
    pub(super) trusted: Vec<(String, Ref<Server>)>,
    pub(super) hooks: Vec<Hook>,
    pub(super) api_services: Vec<ApiService>,
    pub(super) agent_connections: Vec<AgentConnection>,
    pub(super) domains: Vec<Setting<String>>,
    /// Ids of groups, and whether each is the group of everybody.
    pub(super) groups: Vec<(String, bool)>,
    pub(super) listings: Vec<Listing>,
    /// Kinds of which an object could not be read.
    pub(super) broken: Vec<Kind>,
    pub(super) unlicensed: Option<Span>,
}

impl Draft {
    /// Adds the objects of another file.
    pub(super) fn extend(&mut self, other: Self) {
        let Self {
            apps,
            other_apps,
            grants,
            federated_claims,
            groups_claims,
            roles,
            attributes,
            servers,
            scopes,
            claims,
            policies,
            rules,
            trusted,
            hooks,
            api_services,
            agent_connections,
            domains,
            groups,
            listings,
            broken,
            unlicensed,
        } = other;
        // The one list that is large: a file's first list is taken as it is.
        if self.apps.is_empty() && self.apps.capacity() == 0 {
            self.apps = apps;
        } else {
            self.apps.extend(apps);
        }
        self.other_apps.extend(other_apps);
        self.grants.extend(grants);
        self.federated_claims.extend(federated_claims);
        self.groups_claims.extend(groups_claims);
        self.roles.extend(roles);
        self.attributes.extend(attributes);
        self.servers.extend(servers);
        self.scopes.extend(scopes);
        self.claims.extend(claims);
        self.policies.extend(policies);
        self.rules.extend(rules);
        self.trusted.extend(trusted);
        self.hooks.extend(hooks);
        self.api_services.extend(api_services);
        self.agent_connections.extend(agent_connections);
        self.domains.extend(domains);
        self.groups.extend(groups);
        self.listings.extend(listings);
        self.broken.extend(broken);
        self.unlicensed = self.unlicensed.or(unlicensed);
    }

    /// Whole, if the API's list of `kind` that `matches` is there to its end.
    fn coverage(&self, kind: Kind, matches: impl Fn(&Listing) -> bool) -> Coverage {
        let mut pages = self.listings.iter().filter(|it| it.kind == kind && matches(it));
        if !self.broken.contains(&kind) && pages.any(|it| !it.may_be_cut) {
            Coverage::Whole
        } else {
            Coverage::Part
        }
    }

    fn of_org(&self, kind: Kind) -> Coverage {
        self.coverage(kind, |_| true)
    }

    /// Ties the objects together.
    pub(super) fn into_org(mut self) -> Org {
        self.name_default();
        self.drop_repeats();
        let mut org = Org {
            servers: Set::new(std::mem::take(&mut self.servers), self.of_org(Kind::Server)),
            hooks: Set::new(std::mem::take(&mut self.hooks), self.of_org(Kind::Hook)),
            api_services: Set::new(std::mem::take(&mut self.api_services), self.of_org(Kind::ApiService)),
            agent_connections: Set::new(
                std::mem::take(&mut self.agent_connections),
                self.of_org(Kind::AgentConnection),
            ),
            domains: Set::new(std::mem::take(&mut self.domains), self.of_org(Kind::Domain)),
            apps: Set::new(std::mem::take(&mut self.apps), self.of_org(Kind::App)),
            unlicensed: self.unlicensed,
            ..Org::default()
        };
        self.tie_servers(&mut org.servers.items);
        self.tie_apps(&mut org.apps.items);
        org
    }

    /// The API calls one server by its id and by `default`: one name for both.
    fn name_default(&mut self) {
        let Some(id) = self.servers.iter().find(|it| is_called(it, "default")).and_then(|it| it.id.known())
        else {
            return;
        };
        let id = id.clone();
        let parents =
            self.scopes.iter_mut().map(|it| &mut it.0).chain(self.claims.iter_mut().map(|it| &mut it.0));
        let parents = parents.chain(self.policies.iter_mut().map(|it| &mut it.0));
        let parents = parents.chain(self.rules.iter_mut().map(|it| &mut it.0)).map(|it| &mut it.server);
        for server in parents.chain(self.listings.iter_mut().map(|it| &mut it.server)).flatten() {
            if server == "default" {
                server.clone_from(&id);
            }
        }
    }

    /// Pages may overlap, and an object may be exported alone and in its list:
    /// the first counts.
    fn drop_repeats(&mut self) {
        // Ids are unique in a real org; redacted exports repeat them, so an id
        // counts within its kind and its parent only.
        let mut seen = std::collections::BTreeSet::new();
        let mut first = |kind: Kind, parent: &Parent, id: &Setting<String>| {
            id.known().is_none_or(|id| seen.insert((kind, parent.clone(), id.clone())))
        };
        let org = Parent::default();
        self.apps.retain(|it| first(Kind::App, &org, &it.id));
        self.servers.retain(|it| first(Kind::Server, &org, &it.id));
        self.hooks.retain(|it| first(Kind::Hook, &org, &it.id));
        self.policies.retain(|(parent, it)| first(Kind::Policy, parent, &it.id));
        self.scopes.retain(|(parent, it)| first(Kind::Scope, parent, &it.id));
    }

    /// How many apps are no OAuth clients.
    pub(super) fn count_other_apps(&self) -> usize {
        let mut ids: Vec<&String> = self.other_apps.iter().collect();
        ids.sort_unstable();
        ids.dedup_by(|a, b| a == b && !a.is_empty());
        ids.len()
    }

    fn tie_servers(&mut self, servers: &mut Vec<Server>) {
        // By server and policy; a rule that lies alone may not know its server.
        let mut policies: BTreeMap<(Option<String>, String), Vec<Rule>> = BTreeMap::new();
        let everyone: BTreeMap<String, bool> = std::mem::take(&mut self.groups).into_iter().collect();
        let mut orphans: Vec<(Parent, Rule)> = Vec::new();
        for (parent, mut rule) in std::mem::take(&mut self.rules) {
            name_groups(&mut rule.people.groups, &|id| everyone.get(id).copied());
            match &parent.policy {
                Some(policy) => {
                    policies.entry((parent.server.clone(), policy.clone())).or_default().push(rule);
                }
                None => orphans.push((parent, rule)),
            }
        }
        for (parent, mut policy) in std::mem::take(&mut self.policies) {
            let id = policy.id.known().cloned().unwrap_or_default();
            let coverage = self.coverage(Kind::Rule, |it| {
                let elsewhere = it.server.is_some() && parent.server.is_some() && it.server != parent.server;
                it.policy.as_deref() == Some(&id) && !elsewhere
            });
            let mut rules = policies.remove(&(parent.server.clone(), id.clone())).unwrap_or_default();
            rules.extend(policies.remove(&(None, id)).unwrap_or_default());
            policy.rules = Set::new(rules, coverage);
            if let Some(server) = parent_of(servers, &parent, policy.entry.at) {
                let title = server.title().to_owned();
                within(&mut policy.entry, &title);
                let title = format!("{title}/{}", policy.title());
                policy.rules.items.iter_mut().for_each(|it| within(&mut it.entry, &title));
                server.policies.items.push(policy);
            }
        }
        for (parent, mut scope) in std::mem::take(&mut self.scopes) {
            if let Some(server) = parent_of(servers, &parent, scope.entry.at) {
                within(&mut scope.entry, server.title());
                server.scopes.items.push(scope);
            }
        }
        for (parent, mut claim) in std::mem::take(&mut self.claims) {
            if let Some(server) = parent_of(servers, &parent, claim.entry.at) {
                within(&mut claim.entry, server.title());
                server.claims.items.push(claim);
            }
        }
        for (server, trusted) in std::mem::take(&mut self.trusted) {
            let parent = Parent { server: Some(server), policy: None };
            if let Some(server) = parent_of(servers, &parent, trusted.at) {
                server.trusted.items.push(trusted);
            }
        }
        for server in servers {
            self.cover_server(server);
        }
    }

    fn cover_server(&self, server: &mut Server) {
        let own = |it: &Listing| it.server.as_deref().is_some_and(|id| is_called(server, id));
        let [scopes, claims, policies, trusted] =
            [Kind::Scope, Kind::Claim, Kind::Policy, Kind::AssociatedServer]
                .map(|kind| self.coverage(kind, own));
        server.scopes.coverage = scopes;
        server.claims.coverage = claims;
        server.policies.coverage = policies;
        server.trusted.coverage = trusted;
    }

    fn tie_apps(&mut self, apps: &mut [App]) {
        let mut by_id: BTreeMap<String, usize> = BTreeMap::new();
        for (index, app) in apps.iter().enumerate() {
            let client = app.client.as_ref().and_then(|it| it.client_id.known());
            for id in app.id.known().into_iter().chain(client) {
                by_id.insert(id.clone(), index);
            }
        }
        let find = |id: Option<String>| id.and_then(|id| by_id.get(&id).copied());
        for (app, mut grant) in std::mem::take(&mut self.grants) {
            if let Some(index) = find(app) {
                within(&mut grant.entry, apps[index].title());
                apps[index].grants.items.push(grant);
            }
        }
        for (app, claim) in std::mem::take(&mut self.federated_claims) {
            if let Some(index) = find(app) {
                apps[index].federated_claims.items.push(claim);
            }
        }
        for (app, claim) in std::mem::take(&mut self.groups_claims) {
            if let Some(index) = find(Some(app)) {
                apps[index].groups_claim = claim.map(Box::new);
            }
        }
        for (app, names) in std::mem::take(&mut self.attributes) {
            if let Some(index) = find(Some(app)) {
                apps[index].profile_attributes = Set::new(names, Coverage::Whole);
            }
        }
        for (app, role) in std::mem::take(&mut self.roles) {
            if let Some(index) = find(Some(app)) {
                apps[index].roles.items.push(role);
            }
        }
        for listing in self.listings.iter().filter(|it| !it.may_be_cut) {
            let Some(index) = find(listing.app.clone()) else { continue };
            match listing.kind {
                Kind::Grant => apps[index].grants.coverage = Coverage::Whole,
                Kind::FederatedClaim => apps[index].federated_claims.coverage = Coverage::Whole,
                Kind::Role => apps[index].roles.coverage = Coverage::Whole,
                _ => {}
            }
        }
    }
}

/// Names an object by what it belongs to: `scope:orders/read`.
fn within(entry: &mut Entry, parent: &str) {
    if let Some((kind, name)) = entry.resource.split_once(':') {
        entry.resource = format!("{kind}:{parent}/{name}");
    }
}

/// Whether `id` names the server: its id, or `default` for that one.
fn is_called(server: &Server, id: &str) -> bool {
    let is_default = || {
        server.default.known() == Some(&true)
            || server.issuer.known().is_some_and(|it| it.ends_with("/oauth2/default"))
    };
    server.id.known().is_some_and(|it| it == id) || (id == "default" && is_default())
}

/// The server that something belongs to. A server that the export does not
/// hold is made up from its id: things on it still have to fit together.
fn parent_of<'a>(servers: &'a mut Vec<Server>, parent: &Parent, at: Place) -> Option<&'a mut Server> {
    let id = parent.server.as_deref()?;
    let index = servers.iter().position(|it| is_called(it, id)).unwrap_or_else(|| {
        servers.push(outside(id, at));
        servers.len() - 1
    });
    Some(&mut servers[index])
}

/// A server that is named and not part of the export.
fn outside(id: &str, at: Place) -> Server {
    fn hidden<T>(at: Place) -> Setting<T> {
        Setting::unknown(at, Why::NotExported)
    }
    Server {
        entry: Entry { at, resource: format!("server:{id}"), certain: true },
        declared: false,
        id: Setting::new(at, id.to_owned()),
        name: hidden(at),
        default: Setting::new(at, id == "default"),
        status: hidden(at),
        audiences: hidden(at),
        issuer: hidden(at),
        issuer_mode: hidden(at),
        rotation_mode: hidden(at),
        access_token_encrypted_response_algorithm: hidden(at),
        scopes: Set::default(),
        claims: Set::default(),
        policies: Set::default(),
        trusted: Set::default(),
    }
}
