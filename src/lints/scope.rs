//! Scopes: asked of the wrong server, or not there.

use std::borrow::Cow;

use crate::finding::Certainty::{self, Definite, Possible};
use crate::lint::{Check, Cx, Lint, lint};
use crate::model::{Entry, LoginMode, Org, Place, Server};
use crate::needs::{ScopeKind, live_rules};

pub(super) const LINTS: &[Lint] = &[
    lint!("custom-scope-from-org", Error, WrongServer, Check::Org(from_org), capability: CustomScopes),
    lint!("okta-scope-on-custom-server", Error, WrongServer, Check::Org(okta_scope), capability: OktaApiScopes),
    lint!("unknown-scope", Error, BrokenServer, Check::Org(unknown)),
];

/// A custom scope that a client asks of the org server.
fn from_org(cx: &mut Cx<'_>) {
    let org = cx.org;
    for consumer in &org.consumers {
        if !consumer.asks_org() {
            continue;
        }
        for scope in &consumer.scopes {
            let Some(name) = scope.known().filter(|it| ScopeKind::of(it) == ScopeKind::Custom) else {
                continue;
            };
            cx.report(Definite, scope.at, "a custom scope", refused(&consumer.title(), name))
                .label(consumer.server.at, "asked of the org server")
                .help(HELP)
                .on(&consumer.entry(org));
        }
    }
    for app in &org.apps.items {
        let Some(client) = app.client.as_ref().filter(|_| !app.status.is_inactive()) else { continue };
        let login = &client.idp_initiated_login;
        // In mode SPEC the app makes the request, and may make another one.
        if login.mode.known() != Some(&LoginMode::Okta) {
            continue;
        }
        for (name, at) in login.default_scope.known_items() {
            if ScopeKind::of(name) == ScopeKind::Custom {
                cx.report(
                    Possible,
                    at,
                    "a custom scope",
                    refused(&format!("client `{}`", app.title()), name),
                )
                .label(login.mode.at, "sign-in that starts at the org server")
                .help(HELP)
                .on(&app.entry);
            }
        }
    }
}

const HELP: &str = "ask a custom authorization server that has the scope, or leave the scope out; \
    the org server answers `invalid_scope`: \"Custom scopes are not allowed for this request\"";

fn refused(client: &str, scope: &str) -> String {
    format!("{client} asks the org server for `{scope}`, which it refuses")
}

/// A scope of Okta's own APIs on a custom server.
fn okta_scope(cx: &mut Cx<'_>) {
    let org = cx.org;
    for mention in mentions(org).into_iter().chain(declarations(org)) {
        if ScopeKind::of(mention.name) != ScopeKind::OktaApi {
            continue;
        }
        let message = format!(
            "`{}` is a scope of Okta's own APIs, which server `{}` cannot issue",
            mention.name,
            mention.server.title()
        );
        cx.report(Definite, mention.at, "only the org server issues it", message)
            .help("remove it here, and grant it to the app: the org server then issues it")
            .on(&mention.entry);
    }
}

/// A scope that a rule, a claim or a client names and its server does not have.
fn unknown(cx: &mut Cx<'_>) {
    let org = cx.org;
    for mention in mentions(org) {
        report_unknown(cx, &mention, Definite);
    }
    for (mention, certainty) in requests(org) {
        report_unknown(cx, &mention, certainty);
    }
}

fn report_unknown(cx: &mut Cx<'_>, mention: &Mention<'_>, at_most: Certainty) {
    let by_id =
        mention.name.starts_with("okta_auth_server_scope.") && mention.name.rsplit('.').next() == Some("id");
    let kind = ScopeKind::of(mention.name);
    let own = matches!(kind, ScopeKind::Custom | ScopeKind::MyAccount | ScopeKind::SharedSignals);
    let names = names(mention.server);
    let certainty = match mention.server.scopes.complete() {
        _ if by_id => Definite,
        Some(_) if own => Certainty::definite_if(kind != ScopeKind::MyAccount),
        // Another root may make scopes; where this one makes none, it does.
        None if own && mention.server.scopes.declared().is_some_and(|it| !it.is_empty()) => Possible,
        _ => return,
    };
    if !by_id && (names.contains(&mention.name) || names.len() < mention.server.scopes.items.len()) {
        return;
    }
    let server = mention.server.title();
    let message = format!("{} names `{}`, which is no scope of server `{server}`", mention.by, mention.name);
    let help = if by_id {
        let name = mention.name.trim_end_matches(".id");
        format!("a rule takes the names of scopes, not their ids: write `{name}.name`")
    } else {
        nearest(mention.name, &names).map_or_else(
            || format!("create the scope on server `{server}`, or remove it here: a request for it fails"),
            |near| format!("did you mean `{near}`? a request for a scope that is not there fails"),
        )
    };
    let label = if by_id { "an id, not a name" } else { "no such scope" };
    cx.report(certainty.min(at_most), mention.at, label, message).help(help).on(&mention.entry);
}

/// The names of a server's scopes, as far as they are known.
fn names(server: &Server) -> Vec<&str> {
    server.scopes.items.iter().filter_map(|it| it.name.known()).map(String::as_str).collect()
}

/// The known name that is closest, if it is so close that it may be a slip: scopes
/// of one API begin alike, and `orders:write` is not meant for `orders:read`.
fn nearest<'n>(wanted: &str, names: &[&'n str]) -> Option<&'n str> {
    let distance = |it: &&str| strsim::damerau_levenshtein(wanted, it);
    names.iter().copied().min_by_key(distance).filter(|it| distance(it) <= (wanted.len() / 5).max(1))
}

/// A place that names a scope of a server.
pub(super) struct Mention<'a> {
    pub(super) server: &'a Server,
    pub(super) entry: Cow<'a, Entry>,
    pub(super) name: &'a str,
    pub(super) at: Place,
    /// Who: "rule `users`".
    by: String,
}

/// Where live rules and active claims name scopes.
pub(super) fn mentions(org: &Org) -> Vec<Mention<'_>> {
    let mut mentions = Vec::new();
    for (id, server) in org.servers() {
        for live in live_rules(id, server) {
            for (name, at) in live.rule.scopes.known_items() {
                let by = format!("rule `{}`", live.rule.title());
                mentions.push(Mention { server, entry: Cow::Borrowed(&live.rule.entry), name, at, by });
            }
        }
        let live = !server.status.is_inactive();
        let claims = server.claims.items.iter().filter(|it| live && !it.status.is_inactive());
        for claim in claims {
            for (name, at) in claim.scopes.known_items() {
                let title = claim.name.known().map_or("", |it| it);
                let by = format!("claim `{title}`");
                mentions.push(Mention { server, entry: Cow::Borrowed(&claim.entry), name, at, by });
            }
        }
    }
    mentions
}

/// Where clients name scopes of an active server, and how sure it is that they
/// ask that one for them: a server that is called `default` is in any org.
fn requests(org: &Org) -> impl Iterator<Item = (Mention<'_>, Certainty)> {
    org.consumers.iter().flat_map(move |consumer| {
        let server = consumer.custom_server(org).map(|it| org.server(it));
        let server = server.filter(|it| !it.status.is_inactive());
        let certainty = Certainty::definite_if(consumer.is_certain && consumer.is_surely_of(org));
        consumer.scopes.iter().filter_map(move |scope| {
            let entry = Cow::Owned(consumer.entry(org));
            let mention =
                Mention { server: server?, entry, name: scope.known()?, at: scope.at, by: consumer.title() };
            Some((mention, certainty))
        })
    })
}

/// The scopes that servers declare.
fn declarations(org: &Org) -> impl Iterator<Item = Mention<'_>> {
    org.servers.items.iter().flat_map(|server| {
        server.scopes.items.iter().filter_map(move |scope| {
            let name = scope.name.known()?;
            let entry = Cow::Borrowed(&scope.entry);
            Some(Mention { server, entry, name, at: scope.name.at, by: String::new() })
        })
    })
}
