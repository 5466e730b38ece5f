//! Scopes: asked of the wrong server, or not there.

use std::borrow::Cow;

use crate::finding::Certainty::{self, Definite, Possible};
use crate::lint::{Check, Cx, Lint, lint};
use crate::model::{Coverage, Entry, LoginMode, Org, Place, Server};
use crate::needs::{ScopeKind, absence, live_rules};

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
            let certainty = Certainty::definite_if(consumer.is_certain);
            cx.report(certainty, scope.at, "a custom scope", refused(&consumer.title(), name))
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

/// Whether a name is the id of a scope, as Terraform's configuration tells.
fn is_id(name: &str) -> bool {
    name.starts_with("okta_auth_server_scope.") && name.rsplit('.').next() == Some("id")
}

/// How sure it is that a server has no such scope; `None` if it has, or may.
fn absent(server: &Server, name: &str) -> Option<Certainty> {
    if is_id(name) {
        return Some(Definite);
    }
    let names = names(server);
    if names.contains(&name) || names.len() < server.scopes.items.len() {
        return None;
    }
    match (ScopeKind::of(name), server.scopes.coverage) {
        (ScopeKind::Custom | ScopeKind::SharedSignals, Coverage::Whole) => Some(Definite),
        (ScopeKind::MyAccount, Coverage::Whole) => Some(Possible),
        // Another root may make scopes; where this one makes none, it does.
        (ScopeKind::Custom | ScopeKind::SharedSignals | ScopeKind::MyAccount, Coverage::Root) => {
            (!server.scopes.items.is_empty()).then_some(Possible)
        }
        _ => None,
    }
}

/// Whether what a claim names is missing, and told: as an unknown scope, or as the
/// missing scope `groups`.
pub(super) fn is_told_missing(server: &Server, name: &str) -> bool {
    let names = names(server);
    let all_known = names.len() == server.scopes.items.len();
    let lacks_groups = name == "groups" && all_known && !names.contains(&name);
    absent(server, name).is_some() || (lacks_groups && absence(server.scopes.coverage).is_some())
}

fn report_unknown(cx: &mut Cx<'_>, mention: &Mention<'_>, at_most: Certainty) {
    let Some(certainty) = absent(mention.server, mention.name) else { return };
    let (by_id, names) = (is_id(mention.name), names(mention.server));
    let server = mention.server.title();
    let message = format!("{} names `{}`, which is no scope of server `{server}`", mention.by, mention.name);
    let help = if by_id {
        let name = mention.name.trim_end_matches(".id");
        format!("names of scopes belong here, not their ids: write `{name}.name`")
    } else {
        let near = nearest(mention.name, &names);
        near.map_or_else(
            || missing_help(mention),
            |near| format!("did you mean `{near}`? a request for a scope that is not there fails"),
        )
    };
    let label = if by_id { "an id, not a name" } else { "no such scope" };
    cx.report(certainty.min(at_most), mention.at, label, message).help(help).on(&mention.entry);
}

/// What to do about a scope that is not there and like no other.
fn missing_help(mention: &Mention<'_>) -> String {
    let server = mention.server.title();
    if mention.name.contains(char::is_whitespace) {
        return "list each scope by itself: this is one text, and names of scopes have no spaces".to_owned();
    }
    if mention.is_last_condition {
        return format!(
            "create the scope on server `{server}`; to remove it here puts the claim into every token of its \
             kind, as a claim without scopes is"
        );
    }
    format!("create the scope on server `{server}`, or remove it here: a request for it fails")
}

/// The names of a server's scopes, as far as they are known.
fn names(server: &Server) -> Vec<&str> {
    server.scopes.items.iter().filter_map(|it| it.name.known()).map(String::as_str).collect()
}

/// The known name that is closest, if it is so close that it may be a slip: scopes
/// of one API begin alike, and `orders:write` is not meant for `orders:read`.
fn nearest<'n>(wanted: &str, names: &[&'n str]) -> Option<&'n str> {
    let distance = |it: &&str| strsim::damerau_levenshtein(&wanted.to_lowercase(), &it.to_lowercase());
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
    /// Whether it is all that keeps a claim out of some tokens.
    is_last_condition: bool,
}

/// Where live rules and active claims name scopes.
pub(super) fn mentions(org: &Org) -> Vec<Mention<'_>> {
    let mut mentions = Vec::new();
    for (id, server) in org.servers() {
        for live in live_rules(id, server) {
            for (name, at) in live.rule.scopes.known_items() {
                let by = format!("rule `{}`", live.rule.title());
                let entry = Cow::Borrowed(&live.rule.entry);
                mentions.push(Mention { server, entry, name, at, by, is_last_condition: false });
            }
        }
        let live = !server.status.is_inactive();
        let claims = server.claims.items.iter().filter(|it| live && !it.status.is_inactive());
        for claim in claims {
            for (name, at) in claim.scopes.known_items() {
                let title = claim.name.known().map_or("", |it| it);
                let by = format!("claim `{title}`");
                let entry = Cow::Borrowed(&claim.entry);
                let is_last_condition = claim.scopes.known().is_some_and(|it| it.len() == 1);
                mentions.push(Mention { server, entry, name, at, by, is_last_condition });
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
            let mention = Mention {
                server: server?,
                entry,
                name: scope.known()?,
                at: scope.at,
                by: consumer.title(),
                is_last_condition: false,
            };
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
            Some(Mention {
                server,
                entry,
                name,
                at: scope.name.at,
                by: String::new(),
                is_last_condition: false,
            })
        })
    })
}
