//! From the resources of a root to an org.

use std::collections::BTreeMap;

use super::foreign::Foreign;
use crate::model::{
    ApiService, App, Claim, Coverage, Entry, FederatedClaim, Grant, Hook, Key, List, Org, Policy, Ref, Rule,
    Scope, Server, Set, Setting, State, Trails, Why,
};

/// The object that another one names as its parent.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Parent {
    /// A resource or data source of the root.
    Address(String),
    /// An id.
    Literal(String),
    /// An expression that is not known, by its text.
    Unknown(String),
}

/// The objects of a root, before they are tied together.
#[derive(Debug, Default)]
pub(super) struct Draft {
    pub(super) apps: Vec<App>,
    pub(super) grants: Vec<(Setting<Ref<App>>, Grant)>,
    /// Apps with grants of scopes that are not known.
    pub(super) open_grants: Vec<Setting<Ref<App>>>,
    pub(super) federated_claims: Vec<(Setting<Ref<App>>, FederatedClaim)>,
    pub(super) roles: Vec<(Setting<Ref<App>>, Setting<String>)>,
    pub(super) redirect_uris: Vec<(Setting<Ref<App>>, Setting<String>)>,
    pub(super) servers: Vec<Server>,
    pub(super) scopes: Vec<(Parent, Scope)>,
    pub(super) claims: Vec<(Parent, Claim)>,
    pub(super) policies: Vec<(Parent, Policy)>,
    /// Server, policy, rule.
    pub(super) rules: Vec<(Parent, Parent, Rule)>,
    pub(super) trusted: Vec<(Parent, Ref<Server>)>,
    pub(super) hooks: Vec<Hook>,
    pub(super) api_services: Vec<ApiService>,
    pub(super) domains: Vec<Setting<String>>,
    /// Resources of other providers that take Okta's tokens.
    pub(super) foreign: Foreign,
}

/// What is known of the children of all parents of one kind.
struct Children {
    coverage: Coverage,
}

impl Children {
    /// A child whose parent is unknown may belong to any; so may what an
    /// opaque module makes, and a child of a literal id that is not among the
    /// `known`: it may be that of any resource whose id is known after apply.
    fn new<'p>(opaque: bool, known: &[&String], mut parents: impl Iterator<Item = &'p Parent>) -> Self {
        let stray = parents.any(|it| match it {
            Parent::Unknown(_) => true,
            Parent::Literal(id) => id != "default" && !known.contains(&id),
            Parent::Address(_) => false,
        });
        Self { coverage: if opaque || stray { Coverage::Part } else { Coverage::Root } }
    }

    /// What the children of one parent cover.
    fn of(&self, declared: bool) -> Coverage {
        if declared { self.coverage } else { Coverage::Part }
    }
}

impl Draft {
    /// Ties the objects together. `opaque`: a module that is not evaluated may
    /// add more of anything.
    pub(super) fn into_org(mut self, opaque: bool, trails: Trails) -> Org {
        let root = if opaque { Coverage::Part } else { Coverage::Root };
        self.tie_apps(root);
        self.tie_policies(opaque);
        self.tie_servers(opaque);
        Org {
            consumers: self.foreign.into_consumers(),
            apps: Set::new(self.apps, root),
            servers: Set::new(self.servers, root),
            hooks: Set::new(self.hooks, root),
            api_services: Set::new(self.api_services, root),
            domains: Set::new(self.domains, root),
            trails,
            ..Org::default()
        }
    }

    fn tie_apps(&mut self, root: Coverage) {
        let addresses: BTreeMap<String, usize> =
            self.apps.iter().enumerate().map(|(at, it)| (it.entry.resource.clone(), at)).collect();
        let ids: BTreeMap<String, usize> = self
            .apps
            .iter()
            .enumerate()
            .flat_map(|(at, app)| {
                let client = app.client.as_ref().and_then(|it| it.client_id.known().cloned());
                app.id.known().cloned().into_iter().chain(client).map(move |id| (id, at))
            })
            .collect();
        let find = |app: &Setting<Ref<App>>| match app.known().map(|it| &it.key) {
            Some(Key::Address { address, .. }) => addresses.get(address).copied(),
            Some(Key::Literal(id)) => ids.get(id).copied(),
            _ => None,
        };
        let stray = |app: &Setting<Ref<App>>| find(app).is_none();
        let grants_are_whole = !self.grants.iter().map(|(app, _)| app).chain(&self.open_grants).any(stray);
        let claims_are_whole = !self.federated_claims.iter().any(|(app, _)| stray(app));
        let roles_are_whole = !self.roles.iter().any(|(app, _)| stray(app));
        for app in &mut self.apps {
            app.grants.coverage = if grants_are_whole { root } else { Coverage::Part };
            app.federated_claims.coverage = if claims_are_whole { root } else { Coverage::Part };
            app.roles.coverage = if roles_are_whole { root } else { Coverage::Part };
        }
        for index in self.open_grants.iter().filter_map(find) {
            self.apps[index].grants.coverage = Coverage::Part;
        }
        for (app, grant) in std::mem::take(&mut self.grants) {
            match find(&app) {
                Some(index) => self.apps[index].grants.items.push(grant),
                // It may be that of any.
                None if app.known().is_none() => {
                    let unknown = || Setting::unknown(app.at, Why::Variable);
                    let some = Grant { scope_id: unknown(), issuer: unknown(), issuer_of: None, ..grant };
                    self.apps.iter_mut().for_each(|it| it.grants.items.push(some.clone()));
                }
                None => {}
            }
        }
        for (app, role) in std::mem::take(&mut self.roles) {
            if let Some(index) = find(&app) {
                self.apps[index].roles.items.push(role);
            }
        }
        for (app, uri) in std::mem::take(&mut self.redirect_uris) {
            if let Some(client) = find(&app).and_then(|it| self.apps[it].client.as_mut()) {
                add(&mut client.redirect_uris, uri);
            }
        }
        for (app, claim) in std::mem::take(&mut self.federated_claims) {
            if let Some(index) = find(&app) {
                self.apps[index].federated_claims.items.push(claim);
            }
        }
    }

    /// Puts each rule into its policy.
    fn tie_policies(&mut self, opaque: bool) {
        let known: Vec<&String> = self.policies.iter().filter_map(|(_, it)| it.id.known()).collect();
        let rules = Children::new(opaque, &known, self.rules.iter().map(|(_, policy, _)| policy));
        let index = |(at, (_, policy)): (usize, &(Parent, Policy))| (policy.entry.resource.clone(), at);
        let mut by_name: BTreeMap<String, usize> = self.policies.iter().enumerate().map(index).collect();
        for (at, (_, policy)) in self.policies.iter().enumerate() {
            by_name.extend(policy.id.known().map(|id| (made_up(&Parent::Literal(id.clone())), at)));
        }
        for (_, policy) in &mut self.policies {
            policy.rules.coverage = rules.of(true);
        }
        for (server, name, rule) in std::mem::take(&mut self.rules) {
            let index = *by_name.entry(made_up(&name)).or_insert_with(|| {
                self.policies.push((server, unseen_policy(&name, &rule.entry)));
                self.policies.len() - 1
            });
            self.policies[index].1.rules.items.push(rule);
        }
    }

    /// Puts everything else into its server.
    fn tie_servers(&mut self, opaque: bool) {
        let known: Vec<&String> = self.servers.iter().filter_map(|it| it.id.known()).collect();
        let scopes = Children::new(opaque, &known, self.scopes.iter().map(|it| &it.0));
        let claims = Children::new(opaque, &known, self.claims.iter().map(|it| &it.0));
        let policies = Children::new(opaque, &known, self.policies.iter().map(|it| &it.0));
        let trusted = Children::new(opaque, &known, self.trusted.iter().map(|it| &it.0));
        let aliases = self.merge_defaults();
        let mut by_name = self.server_names();
        let default = self.servers.iter().position(is_default);
        by_name.extend(aliases.into_iter().zip(default.into_iter().cycle()));
        for (parent, scope) in std::mem::take(&mut self.scopes) {
            let entry = scope.entry.clone();
            self.server(&mut by_name, &parent, &entry).scopes.items.push(scope);
        }
        for (parent, claim) in std::mem::take(&mut self.claims) {
            let entry = claim.entry.clone();
            self.server(&mut by_name, &parent, &entry).claims.items.push(claim);
        }
        for (parent, policy) in std::mem::take(&mut self.policies) {
            let entry = policy.entry.clone();
            self.server(&mut by_name, &parent, &entry).policies.items.push(policy);
        }
        for (parent, edge) in std::mem::take(&mut self.trusted) {
            let entry = Entry { at: edge.at, resource: String::new(), certain: true };
            self.server(&mut by_name, &parent, &entry).trusted.items.push(edge);
        }
        for server in &mut self.servers {
            let declared = server.declared;
            let unnamed = server.scopes.items.iter().any(|it| it.name.known().is_none());
            server.scopes.coverage = if unnamed { Coverage::Part } else { scopes.of(declared) };
            server.claims.coverage = claims.of(declared);
            // Okta gives `default` a policy, which a root need not declare.
            let adopted = is_default(server) && server.policies.items.is_empty();
            server.policies.coverage = policies.of(declared && !adopted);
            server.trusted.coverage = trusted.of(declared);
        }
    }

    /// An org has one server `default`, by however many names: keeps the one that
    /// is managed here, and gives the names of the others.
    fn merge_defaults(&mut self) -> Vec<String> {
        let managed = self.servers.iter().position(|it| is_default(it) && it.declared);
        let kept = managed.or_else(|| self.servers.iter().position(is_default));
        let mut names = Vec::new();
        let mut index = 0;
        self.servers.retain(|it| {
            let is_kept = !is_default(it) || Some(index) == kept;
            index += 1;
            if !is_kept {
                names.push(it.entry.resource.clone());
            }
            is_kept
        });
        names
    }

    /// The names that servers answer to.
    fn server_names(&self) -> BTreeMap<String, usize> {
        let mut names = BTreeMap::new();
        for (index, server) in self.servers.iter().enumerate() {
            names.entry(server.entry.resource.clone()).or_insert(index);
            let id = server.id.known().cloned();
            let default = is_default(server).then(|| "default".to_owned());
            for id in id.into_iter().chain(default) {
                names.entry(made_up(&Parent::Literal(id))).or_insert(index);
            }
        }
        names
    }

    /// The server that something names, made up if the root does not declare it.
    fn server(&mut self, names: &mut BTreeMap<String, usize>, parent: &Parent, child: &Entry) -> &mut Server {
        let name = made_up(parent);
        let is_default = matches!(parent, Parent::Literal(id) if id == "default");
        let index = *names.entry(name.clone()).or_insert_with(|| {
            let entry = Entry { resource: name, ..child.clone() };
            let at = entry.at;
            let mut server = outside(entry, Setting::new(at, is_default));
            if let Parent::Literal(id) = parent {
                server.id = Setting::new(at, id.clone());
            }
            self.servers.push(server);
            self.servers.len() - 1
        });
        &mut self.servers[index]
    }
}

/// Whether a server is the one that every org with the licence has.
fn is_default(server: &Server) -> bool {
    server.default.known() == Some(&true)
}

/// A name for a parent that the root does not declare.
fn made_up(parent: &Parent) -> String {
    match parent {
        Parent::Address(address) => address.clone(),
        Parent::Literal(id) => format!("server:{id}"),
        Parent::Unknown(text) => text.clone(),
    }
}

/// A server that is made elsewhere: nothing is known of it.
pub(super) fn outside(entry: Entry, default: Setting<bool>) -> Server {
    let at = entry.at;
    Server {
        entry,
        declared: false,
        id: Setting::unknown(at, Why::Data),
        name: Setting::unknown(at, Why::Data),
        default,
        status: Setting::unknown(at, Why::Data),
        audiences: Setting::unknown(at, Why::Data),
        issuer: Setting::unknown(at, Why::Data),
        issuer_mode: Setting::unknown(at, Why::Data),
        rotation_mode: Setting::unknown(at, Why::Data),
        access_token_encrypted_response_algorithm: Setting::unknown(at, Why::Data),
        scopes: Set::default(),
        claims: Set::default(),
        policies: Set::default(),
        trusted: Set::default(),
    }
}

/// A policy that is made elsewhere, for the rules on it.
fn unseen_policy(name: &Parent, rule: &Entry) -> Policy {
    Policy {
        entry: Entry { resource: made_up(name), ..rule.clone() },
        id: Setting::unknown(rule.at, Why::Data),
        name: Setting::unknown(rule.at, Why::Data),
        status: Setting::unknown(rule.at, Why::Data),
        system: Setting::unknown(rule.at, Why::Data),
        priority: Setting::unknown(rule.at, Why::Data),
        clients: Setting::unknown(rule.at, Why::Data),
        rules: Set::default(),
    }
}

/// Adds an element to a list that may not be known.
fn add<T: Clone>(list: &mut List<T>, element: Setting<T>) {
    let mut all = match &list.state {
        State::Known(elements) => elements.clone(),
        State::Unset => Vec::new(),
        State::Unknown(why) => vec![Setting::unknown(list.at, *why)],
    };
    all.push(element);
    *list = Setting::new(list.at, all);
}
