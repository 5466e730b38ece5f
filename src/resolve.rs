//! Ids, names and addresses to edges.
//!
//! A policy may name a client by its client id or, where nobody chose one, by
//! the id of its app; a server by its id or, for one of them, by `default`. A
//! literal that names nothing dangles only if the collection is whole.

use std::collections::HashMap;

use crate::model::{
    App, Asked, Coverage, Hook, Id, Key, Member, Org, Ref, Server, Set, Setting, State, Status, Target, Why,
};

/// Whether an address is that of a data source, in whatever module.
fn is_data(address: &str) -> bool {
    address.starts_with("data.") || address.contains(".data.")
}

/// Fills in the target of every reference of an org.
pub fn resolve(org: &mut Org) {
    settle(org);
    let has_addresses = org.origin.root > 0;
    let apps = Names::of_apps(&org.apps, has_addresses);
    let servers = Names::of_servers(&org.servers, has_addresses);
    let hooks = Names::of_hooks(&org.hooks, has_addresses);
    for server in &mut org.servers.items {
        for trusted in &mut server.trusted.items {
            servers.aim(trusted);
        }
        for policy in &mut server.policies.items {
            if let State::Known(members) = &mut policy.clients.state {
                for member in members {
                    if let Member::Client(client) = member {
                        apps.aim(client);
                    }
                }
            }
            for rule in &mut policy.rules.items {
                if let State::Known(hook) = &mut rule.inline_hook.state {
                    hooks.aim(hook);
                }
            }
        }
    }
    for app in &mut org.apps.items {
        for issuer in app.grants.items.iter_mut().filter_map(|it| it.issuer_of.as_mut()) {
            servers.aim(issuer);
        }
    }
    let elsewhere: Vec<bool> = org.consumers.iter().map(|it| it.is_elsewhere(org)).collect();
    for (consumer, is_elsewhere) in org.consumers.iter_mut().zip(elsewhere) {
        if let State::Known(Asked::Issued(server)) = &mut consumer.server.state {
            servers.aim(server);
        }
        // What another org has may be called as what this one has.
        if is_elsewhere {
            if let State::Known(Asked::Issued(server)) = &mut consumer.server.state {
                server.target = Target::Outside;
            }
            continue;
        }
        if let Some(client) = &mut consumer.client {
            apps.aim(client);
            consumer.apps.extend(client.found());
        }
    }
    for connection in &mut org.agent_connections.items {
        if let Some(server) = &mut connection.authorization_server {
            servers.aim(server);
        }
    }
}

/// What may be inactive is as uncertain as what may not exist, and nothing is
/// more certain than what it belongs to. A server that the input only names is
/// taken to be there: it is in use.
fn settle(org: &mut Org) {
    let unknown = |it: &Setting<Status>| matches!(it.state, State::Unknown(_));
    for app in &mut org.apps.items {
        app.entry.certain &= !unknown(&app.status);
        app.grants.items.iter_mut().for_each(|it| it.entry.certain &= app.entry.certain);
        app.federated_claims.items.iter_mut().for_each(|it| it.entry.certain &= app.entry.certain);
    }
    for hook in &mut org.hooks.items {
        hook.entry.certain &= !unknown(&hook.status);
    }
    for server in &mut org.servers.items {
        server.entry.certain &= !(server.declared && unknown(&server.status));
        let certain = server.entry.certain || !server.declared;
        server.scopes.items.iter_mut().for_each(|it| it.entry.certain &= certain);
        server.claims.items.iter_mut().for_each(|it| it.entry.certain &= certain && !unknown(&it.status));
        for policy in &mut server.policies.items {
            policy.entry.certain &= certain && !unknown(&policy.status);
            for rule in &mut policy.rules.items {
                rule.entry.certain &= policy.entry.certain && !unknown(&rule.status);
            }
        }
    }
}

/// Takes what a root declares for all that there is.
pub fn declare_complete(org: &mut Org) {
    fn whole<T>(set: &mut Set<T>) {
        if set.coverage == Coverage::Root {
            set.coverage = Coverage::Whole;
        }
    }
    whole(&mut org.apps);
    whole(&mut org.servers);
    whole(&mut org.hooks);
    whole(&mut org.api_services);
    whole(&mut org.domains);
    for app in &mut org.apps.items {
        whole(&mut app.grants);
        whole(&mut app.federated_claims);
        whole(&mut app.roles);
    }
    for server in &mut org.servers.items {
        whole(&mut server.scopes);
        whole(&mut server.claims);
        whole(&mut server.policies);
        whole(&mut server.trusted);
        for policy in &mut server.policies.items {
            whole(&mut policy.rules);
        }
    }
}

/// The names that objects of one kind answer to.
struct Names<T> {
    by_literal: HashMap<String, Id<T>>,
    by_address: HashMap<String, Id<T>>,
    /// Whether objects have addresses: those of an export have none.
    has_addresses: bool,
    /// Whether a literal that is not among the names is no object's id.
    closed: bool,
    /// Whether an object has no id that is known, so that any literal may be it.
    open: bool,
}

impl<T> Names<T> {
    fn new(coverage: Coverage, has_addresses: bool) -> Self {
        Self {
            has_addresses,
            by_literal: HashMap::new(),
            by_address: HashMap::new(),
            closed: coverage == Coverage::Whole,
            open: false,
        }
    }

    fn add(&mut self, index: usize, resource: &str, ids: &[Option<&String>]) {
        if self.has_addresses {
            self.by_address.entry(resource.to_owned()).or_insert(Id::new(index));
        }
        // An id that is known after apply may be any.
        let has_id = ids.iter().any(Option::is_some);
        self.closed &= has_id;
        self.open |= !has_id;
        for id in ids.iter().copied().flatten() {
            self.by_literal.entry(id.clone()).or_insert(Id::new(index));
        }
    }

    fn aim(&self, reference: &mut Ref<T>) {
        reference.target = match &reference.key {
            Key::Unknown(why) => Target::Unknown(*why),
            Key::Address { address, .. } => match self.by_address.get(address) {
                Some(&id) => Target::Found(id),
                // Looked up in the org, so it is there, and not in the input.
                None if is_data(address) => Target::Outside,
                None => Target::Unknown(Why::Undeclared),
            },
            Key::Literal(text) => match self.by_literal.get(text) {
                Some(&id) => Target::Found(id),
                None if self.closed => Target::Dangling,
                None if self.open => Target::Unknown(Why::Computed),
                None => Target::Outside,
            },
        };
    }
}

impl Names<App> {
    fn of_apps(apps: &Set<App>, has_addresses: bool) -> Self {
        let mut names = Self::new(apps.coverage, has_addresses);
        for (index, app) in apps.items.iter().enumerate() {
            let client = app.client.as_ref().and_then(|it| it.client_id.known());
            names.add(index, &app.entry.resource, &[client, app.id.known()]);
        }
        names
    }
}

impl Names<Server> {
    fn of_servers(servers: &Set<Server>, has_addresses: bool) -> Self {
        let mut names = Self::new(servers.coverage, has_addresses);
        let alias = "default".to_owned();
        for (index, server) in servers.items.iter().enumerate() {
            let default = (server.default.known() == Some(&true)).then_some(&alias);
            names.add(index, &server.entry.resource, &[server.id.known(), default]);
        }
        names
    }
}

impl Names<Hook> {
    fn of_hooks(hooks: &Set<Hook>, has_addresses: bool) -> Self {
        let mut names = Self::new(hooks.coverage, has_addresses);
        for (index, hook) in hooks.items.iter().enumerate() {
            names.add(index, &hook.entry.resource, &[hook.id.known()]);
        }
        names
    }
}
