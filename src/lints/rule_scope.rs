//! Scopes of rules that do not go with their grants.

use crate::finding::Certainty::{self, Definite, Possible};
use crate::lint::{Check, Cx, Lint, lint};
use crate::model::{Claim, ClaimType, GrantType, Place, Rule, Scope, Server};
use crate::needs::{
    Answer, LiveRule, Naming, Reached, ScopeKind, absence, admits_grant, admits_scope, is_custom_scope,
    is_for_machines, lists_no_scope, machine_of, rules_absence,
};

pub(super) const LINTS: &[Lint] = &[
    lint!(
        "refresh-without-offline-access", Info, BrokenServer, Check::Org(without_offline),
        capability: OidcScopes
    ),
    lint!(
        "sign-in-rule-without-openid", Info, BrokenServer, Check::Org(without_openid),
        capability: OidcScopes
    ),
    lint!("oidc-scope-for-m2m", Warning, Client, Check::Org(oidc_for_machines), capability: MachineToMachine),
    lint!(
        "server-without-scope-for-m2m", Warning, BrokenServer, Check::Org(without_machine_scope),
        capability: MachineToMachine
    ),
];

/// A client that wants refresh tokens of a server that never gives one.
fn without_offline(cx: &mut Cx<'_>) {
    let (org, reach) = (cx.org, cx.reach);
    for (id, app) in org.apps().filter(|(_, it)| !it.status.is_inactive()) {
        let Some(client) = &app.client else { continue };
        let Some(grant) = client.grant_types.place_of(&GrantType::RefreshToken) else { continue };
        // A rule for grants that the client has not gives it nothing.
        let fits = |it: &Reached<'_>| {
            !is_for_machines(it.live.rule)
                && client.grant_types.all_known().is_none_or(|it_has| {
                    let mut of_users = it_has.into_iter().filter(|it| **it != GrantType::ClientCredentials);
                    of_users.any(|grant| admits_grant(it.live.rule, grant) != Answer::No)
                })
        };
        let mut rules: Vec<_> = reach.of(id).filter(fits).collect();
        rules.sort_by_key(|it| it.live.server);
        for rules in rules.chunk_by(|a, b| a.live.server == b.live.server) {
            let named = rules.iter().any(|it| matches!(it.naming, Naming::ByName(_)));
            let gives = |it: &Rule| admits_scope(it, "offline_access") != Answer::No;
            let server = org.server(rules[0].live.server);
            if !named || rules_absence(server).is_none() {
                continue;
            }
            if rules.iter().any(|it| lists_no_scope(it.live.rule)) {
                continue;
            }
            let lists: Vec<_> = rules.iter().filter(|it| it.live.rule.scopes.known().is_some()).collect();
            if rules.iter().any(|it| gives(it.live.rule)) || lists.is_empty() {
                continue;
            }
            let message = format!(
                "client `{}` has `refresh_token`, and no rule of server `{}` gives it `offline_access`",
                app.title(),
                server.title()
            );
            // Okta's documents do not agree on whether rules have to list it.
            let mut report = cx.report(Possible, grant, "none from this server", message);
            for it in lists {
                report = report.label(it.live.rule.scopes.at, "not among these");
            }
            report
                .help(
                    "list `offline_access` in the rule, if the client is to have refresh tokens of this server; \
                     those of the org server need no rule",
                )
                .on(&app.entry);
        }
    }
}

/// The scopes that mean nothing without `openid`.
const OF_OPENID: [&str; 4] = ["profile", "email", "address", "phone"];

/// A rule for signing in that does not hand out `openid`.
fn without_openid(cx: &mut Cx<'_>) {
    let (org, reach) = (cx.org, cx.reach);
    for (id, rules) in reach.by_server() {
        if rules_absence(org.server(id)).is_none() {
            continue;
        }
        for live in rules {
            let Some(grant) = sign_in(live.rule) else { continue };
            let gives = |it: &LiveRule<'_>| {
                sign_in(it.rule).is_some() && admits_scope(it.rule, "openid") != Answer::No
            };
            if rules.iter().any(|it| gives(it) || lists_no_scope(it.rule)) {
                continue;
            }
            let Some((at, label)) = wants_openid(org.server(id), live.rule) else { continue };
            let message =
                format!("rule `{}` is for signing in, and does not hand out `openid`", live.rule.title());
            cx.report(Possible, live.rule.scopes.at, "no `openid`", message)
                .label(grant, "signs users in")
                .label(at, label)
                .help(
                    "list `openid` in the rule: without it there is no ID token. Where users sign in at the \
                     org server, drop what belongs to ID tokens here",
                )
                .on(&live.rule.entry);
        }
    }
}

/// A grant by which users sign in.
fn sign_in(rule: &Rule) -> Option<Place> {
    [GrantType::AuthorizationCode, GrantType::Implicit].iter().find_map(|it| rule.grant_types.place_of(it))
}

/// What shows that ID tokens of the server are expected.
fn wants_openid(server: &Server, rule: &Rule) -> Option<(Place, &'static str)> {
    let scope = rule.scopes.known_items().find(|(name, _)| OF_OPENID.contains(&name.as_str()));
    if let Some((_, at)) = scope {
        return Some((at, "goes with `openid` only"));
    }
    let for_identity = |it: &&Claim| {
        it.status.is_active()
            && it.system.known() == Some(&false)
            && it.claim_type.known() == Some(&ClaimType::Identity)
    };
    server.claims.items.iter().find(for_identity).map(|it| (it.name.at, "a claim for ID tokens"))
}

/// Scopes of a person where there is none.
fn oidc_for_machines(cx: &mut Cx<'_>) {
    let reach = cx.reach;
    for live in reach.rules().filter(|it| is_for_machines(it.rule)) {
        let of_people = |(name, _): &(&String, Place)| {
            matches!(ScopeKind::of(name), ScopeKind::Oidc | ScopeKind::DeviceSso)
        };
        let found: Vec<_> = live.rule.scopes.known_items().filter(of_people).collect();
        let Some(((name, at), rest)) = found.split_first() else { continue };
        let message =
            format!("rule `{}` is for client credentials, which never get `{name}`", live.rule.title());
        let mut report = cx.report(Definite, *at, "a scope of people", message);
        for (_, at) in rest {
            report = report.label(*at, "and this");
        }
        report
            .label(live.rule.grant_types.at, "comes without a user")
            .help(
                "list scopes of the API instead: a request for one of these fails with \"Cannot request \
                 'openid' scopes using client credentials\"",
            )
            .on(&live.rule.entry);
    }
}

/// Client credentials on a server that has nothing to give them.
fn without_machine_scope(cx: &mut Cx<'_>) {
    let (org, reach) = (cx.org, cx.reach);
    for (id, rules) in reach.by_server() {
        let server = org.server(id);
        let Some(certainty) = lacks_scope(server) else { continue };
        for live in rules.iter().filter(|it| is_for_machines(it.rule) || machine_of(org, it.policy).is_some())
        {
            if admits_grant(live.rule, &GrantType::ClientCredentials) != Answer::Yes {
                continue;
            }
            let grant = live.rule.grant_types.place_of(&GrantType::ClientCredentials);
            let at = grant.unwrap_or(live.rule.grant_types.at);
            let message =
                format!("server `{}` has no scope that client credentials may ask for", server.title());
            let machine = machine_of(org, live.policy).filter(|_| !is_for_machines(live.rule));
            cx.report(certainty, at, "nothing to ask for", message)
                .label_if(machine, "a client that asks so")
                .label(server.entry.at, "no scope of its own")
                .help(
                    "create a scope for the API on the server, and list it in the rule: client credentials may \
                     ask for none of OpenID Connect",
                )
                .on(&live.rule.entry);
            break;
        }
    }
}

/// How sure it is that a server has no scope of its own.
fn lacks_scope(server: &Server) -> Option<Certainty> {
    let may = |it: &Scope| it.name.known().is_none_or(|name| name == "groups") || is_custom_scope(it);
    absence(server.scopes.coverage).filter(|_| !server.scopes.items.iter().any(may))
}
