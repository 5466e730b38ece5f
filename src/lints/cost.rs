//! Custom servers that cost a licence and are not needed, or not as they are.

use std::collections::BTreeSet;

use crate::capability::{Id as Capability, Licence};
use crate::finding::Certainty::{self, Definite, Possible};
use crate::finding::Level;
use crate::lint::{Check, Cx, Lint, lint};
use crate::model::{
    Asked, Claim, ConnectionType, Consumer, Entry, GrantType, Id, Org, Place, Ref, RotationMode, Rule,
    Server, State,
};
use crate::needs::{
    Need, Subject, absence, dormant, everyone, is_custom_scope, is_of_groups, live_rules, rules_absence,
};

pub(super) const LINTS: &[Lint] = &[
    lint!(
        "unneeded-custom-server", Info, Cost, Check::Org(unneeded),
        yields_to: &["server-without-policy", "dead-custom-server"]
    ),
    lint!("custom-server-for-groups", Info, Cost, Check::Org(for_groups), capability: GroupsScope),
    lint!("dead-custom-server", Warning, Cost, Check::Org(dead), yields_to: &["server-without-policy"]),
    lint!(
        "unlicensed-custom-server", Error, Cost, Check::Org(unlicensed),
        yields_to: &["server-without-policy", "dead-custom-server"]
    ),
    lint!("inactive-server-in-use", Error, Cost, Check::Org(inactive)),
    lint!("shared-default-server", Info, Cost, Check::Org(shared_default)),
];

/// The servers that one decides about: `default` cannot be deleted.
fn own_servers(org: &Org) -> impl Iterator<Item = (Id<Server>, &Server)> {
    let own = |it: &Server| it.declared && !it.status.is_inactive() && it.default.known() == Some(&false);
    org.servers().filter(move |(_, it)| own(it))
}

/// A server that nothing shows a need for.
fn unneeded(cx: &mut Cx<'_>) {
    for (id, server) in own_servers(cx.org) {
        if !is_unneeded(cx, id, server) {
            continue;
        }
        let level = if cx.is_unlicensed() { Level::Warning } else { Level::Info };
        let message = format!("nothing on server `{}` needs a custom authorization server", server.title());
        cx.report(Possible, server.entry.at, "the org server can do all of this", message)
            .level(level)
            .help(
                "if no API validates its access tokens, sign users in at the org server: change the issuer \
                 in each app, and expect other keys, another `sub` and `aud` in access tokens, refresh tokens \
                 of 90 days, and one more sign-in",
            )
            .on(&server.entry);
    }
}

fn is_unneeded(cx: &Cx<'_>, id: Id<Server>, server: &Server) -> bool {
    is_plain(cx, id, server) && needs_of(cx, id).next().is_none() && !has_active_claim(server)
}

/// A server in an org that may have none.
fn unlicensed(cx: &mut Cx<'_>) {
    let org = cx.org;
    if !cx.is_unlicensed() {
        return;
    }
    let told = told(cx);
    // A server that is known by an expression only may be one of the others.
    let servers = org.servers().filter(|(_, it)| it.is_in_input() && it.is_identified());
    for (id, server) in servers.filter(|(_, it)| !it.status.is_inactive()) {
        // What is not needed is a finding with another way out, and so is each need.
        let own = server.declared && server.default.known() == Some(&false);
        if told.contains(&Subject::Server(id))
            || own && (is_unneeded(cx, id, server) || is_for_groups(cx, id, server))
        {
            continue;
        }
        let message =
            format!("server `{}` is a custom server, which the org has no licence for", server.title());
        let about = (Definite, server.entry.at, "needs API Access Management");
        report_unlicensed(cx, about, message, &server.entry);
    }
    for (index, consumer) in org.consumers.iter().enumerate() {
        let asks = matches!(consumer.server.known(), Some(Asked::Named(_) | Asked::Issued(_)));
        // A server that is not in the input may be one of another org.
        let is_of_org = consumer.is_stated || consumer.host.is_some() && consumer.host == org.host();
        let here = consumer.custom_server(org).is_none() && is_of_org;
        let of_client = consumer.apps.iter().any(|it| told.contains(&Subject::Client(*it)));
        if !asks || !here || told.contains(&Subject::Consumer(index)) || of_client {
            continue;
        }
        let message = format!("{} asks a custom server, which the org has no licence for", consumer.title());
        let entry = consumer.entry(org);
        let certainty = Certainty::definite_if(consumer.is_certain);
        report_unlicensed(cx, (certainty, consumer.server.at, "this server"), message, &entry);
    }
}

fn report_unlicensed(
    cx: &mut Cx<'_>,
    (certainty, at, label): (Certainty, Place, &'static str),
    message: String,
    entry: &Entry,
) {
    let said = cx.org.unlicensed.map(Place::here);
    cx.report(certainty, at, label, message)
        .label_if(said, "the org has no API Access Management")
        .help(
            "use the org server, whose issuer is the URL of the org; or license API Access Management and add \
             \"api-access-management\" to `licences` in okta-lint.toml: without it Okta answers every request \
             about custom servers, `default` included, with `E0000015`",
        )
        .on(entry);
}

/// Of whom a finding about a need says that the licence is missing.
fn told(cx: &Cx<'_>) -> BTreeSet<Subject> {
    let takes = |it: &&Need| it.capability.row().licences.contains(&Licence::ApiAccessManagement);
    // Of a server that may not be there, all is possible.
    let may_be_gone = |it: &Subject| match it {
        Subject::Server(id) => cx.org.is_doubtful(cx.org.server(*id).entry.at),
        Subject::Client(_) | Subject::Consumer(_) | Subject::Org => false,
    };
    let needs = cx.needs.all.iter().filter(|it| it.certainty == Definite || may_be_gone(&it.subject));
    needs.filter(takes).map(|it| it.subject).collect()
}

/// A server that is there for groups in ID tokens.
fn for_groups(cx: &mut Cx<'_>) {
    for (id, server) in own_servers(cx.org) {
        let claims: Vec<&Claim> = own_claims(server).collect();
        let Some((first, rest)) = claims.split_first().filter(|_| is_for_groups(cx, id, server)) else {
            continue;
        };
        let level = if cx.is_unlicensed() { Level::Warning } else { Level::Info };
        let message = format!("all that is special about server `{}` is groups in ID tokens", server.title());
        let mut report =
            cx.report(Possible, first.name.at, "the org server does this too", message).level(level);
        for claim in rest {
            report = report.label(claim.name.at, "and this");
        }
        report
            .label(server.entry.at, "needs a licence")
            .help(
                "sign users in at the org server, with the scope `groups`, which is built in there, and a \
                 groups claim of the app; keep this server where an API validates its access tokens",
            )
            .on(&server.entry);
    }
}

fn is_for_groups(cx: &Cx<'_>, id: Id<Server>, server: &Server) -> bool {
    let only_claims = needs_of(cx, id).all(|it| it.capability == Capability::CustomClaims);
    let mut claims = own_claims(server).peekable();
    only_claims && is_plain(cx, id, server) && claims.peek().is_some() && claims.all(is_of_groups)
}

/// Claims of one's own that take part.
fn own_claims(server: &Server) -> impl Iterator<Item = &Claim> {
    let own = |it: &&Claim| !it.status.is_inactive() && it.system.known() != Some(&true);
    server.claims.items.iter().filter(own)
}

fn has_active_claim(server: &Server) -> bool {
    own_claims(server).next().is_some()
}

fn needs_of<'a>(cx: &Cx<'a>, id: Id<Server>) -> impl Iterator<Item = &'a Need> + 'a {
    let needs = cx.needs;
    needs.all.iter().filter(move |it| it.subject == Subject::Server(id))
}

/// Whether all of a server is known, and is what signing in takes: no scope of
/// its own, everybody, no grant but those of users, nothing that leads to it.
fn is_plain(cx: &Cx<'_>, id: Id<Server>, server: &Server) -> bool {
    let org = cx.org;
    let named_scopes = server.scopes.items.iter().all(|it| it.name.known().is_some() && !is_custom_scope(it));
    rules_absence(server).is_some()
        && absence(server.scopes.coverage.min(server.claims.coverage)).is_some()
        && named_scopes
        && live_rules(id, server).next().is_some()
        && live_rules(id, server).all(|it| is_plain_rule(it.rule))
        && server.trusted.items.is_empty()
        && server.access_token_encrypted_response_algorithm.known().is_none()
        // Whoever keeps a key has an API that knows it.
        && server.rotation_mode.known() != Some(&RotationMode::Manual)
        && !is_asked(org, id)
}

/// Whether anything else says that the server is used for more.
fn is_asked(org: &Org, id: Id<Server>) -> bool {
    let leads_here = |it: &Ref<Server>| it.found() == Some(id);
    let agents = org.agent_connections.items.iter().filter_map(|it| it.authorization_server.as_ref());
    let trusted = org.servers.items.iter().flat_map(|it| &it.trusted.items);
    let consumed = org.consumers.iter().any(|it| it.custom_server(org) == Some(id));
    consumed || agents.chain(trusted).any(leads_here)
}

/// A rule that lets users sign in, and knows nothing that is not known.
fn is_plain_rule(rule: &Rule) -> bool {
    let machines = [GrantType::ClientCredentials, GrantType::JwtBearer, GrantType::TokenExchange];
    let grants = rule.grant_types.all_known().is_some_and(|it| it.iter().all(|it| !machines.contains(it)));
    let scopes = rule.scopes.all_known().is_some();
    let lifetimes = [&rule.access_token_lifetime, &rule.refresh_token_lifetime, &rule.refresh_token_window];
    let known = lifetimes.iter().all(|it| !matches!(it.state, State::Unknown(_)));
    let anybody = everyone(rule).is_some() || (rule.people.groups.is_unset() && rule.people.users.is_unset());
    grants && scopes && known && anybody && rule.inline_hook.is_unset()
}

/// A server without a rule that takes part.
fn dead(cx: &mut Cx<'_>) {
    for (id, server) in cx.org.servers() {
        let Some(certainty) = dormant(id, server) else { continue };
        let message =
            format!("server `{}` has no active rule: it is there and issues nothing", server.title());
        cx.report(certainty, server.entry.at, "active", message)
            .help("deactivate or delete it, or give one of its policies a rule")
            .on(&server.entry);
    }
}

/// A server that is switched off and that something relies on.
fn inactive(cx: &mut Cx<'_>) {
    let org = cx.org;
    for (id, server) in org.servers().filter(|(_, it)| it.declared && it.status.is_inactive()) {
        let users = users(org, id);
        let Some(((_, at, label), rest)) = users.split_first() else { continue };
        let certainty = users.iter().map(|it| it.0).max().unwrap_or(Possible);
        let message = format!("server `{}` is inactive, and in use", server.title());
        let mut report = cx.report(certainty, server.status.at, "switched off", message);
        report = report.label(*at, *label);
        for (_, at, label) in rest {
            report = report.label(*at, *label);
        }
        report
            .help("activate the server, or remove what relies on it: it answers no request")
            .on(&server.entry);
    }
}

/// What relies on a server, and how sure that is.
fn users(org: &Org, id: Id<Server>) -> Vec<(Certainty, Place, &'static str)> {
    let mut users = Vec::new();
    for connection in org.agent_connections.items.iter().filter(|it| !it.status.is_inactive()) {
        let server = connection.authorization_server.as_ref().filter(|it| it.found() == Some(id));
        let kind = connection.connection_type.known();
        if matches!(kind, Some(ConnectionType::CustomServer(_))) {
            users.extend(server.map(|it| (Definite, it.at, "an agent redeems assertions here")));
        }
    }
    for other in org.servers.items.iter().filter(|it| !it.status.is_inactive()) {
        let trusted = other.trusted.items.iter().filter(|it| it.found() == Some(id));
        let certainty = Certainty::definite_if(other.status.is_active());
        users.extend(trusted.map(|it| (certainty, it.at, "an active server trusts it")));
    }
    let consumers = org.consumers.iter().filter(|it| it.custom_server(org) == Some(id));
    let certainty = |it: &Consumer| Certainty::definite_if(it.is_surely_of(org) || it.is_stated);
    users.extend(consumers.map(|it| (certainty(it), it.server.at, "its tokens are asked for")));
    users
}

/// The server called `default`, as the home of an API.
fn shared_default(cx: &mut Cx<'_>) {
    let org = cx.org;
    let is_default = |it: &&Server| it.default.known() == Some(&true) && !it.status.is_inactive();
    for server in org.servers.items.iter().filter(is_default) {
        let Some(scope) = server.scopes.items.iter().find(|it| is_custom_scope(it)) else { continue };
        let message = match server.name.known().filter(|it| *it != "default") {
            Some(name) => format!("server `{name}`, which is `default` in issuers, is the home of an API"),
            None => "the server called `default` is the home of an API".to_owned(),
        };
        let at = if server.declared { server.entry.at } else { scope.name.at };
        cx.report(Possible, at, "shared by every sample and app", message)
            .label(scope.name.at, "a scope of an API")
            .help(
                "make a server for the API: `default` is a custom server like others, with the same licence, \
                 but it is the one that every sample asks, and it cannot be deleted",
            )
            .on(&server.entry);
    }
}
