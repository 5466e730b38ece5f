//! Scopes of rules that do not go with their grants.

use crate::finding::Certainty::{self, Definite, Possible};
use crate::lint::{Check, Cx, Lint, lint};
use crate::model::{App, Claim, ClaimType, Client, Consumer, GrantType, Place, Rule, Scope, Server};
use crate::needs::{
    Answer, LiveRule, Naming, Reached, ScopeKind, absence, admits_grant, admits_scope, is_custom_scope,
    is_for_machines, lists_no_scope, machine_of, rules_absence,
};

use super::scope::is_told_missing;

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
    lint!("scope-not-admitted", Error, BrokenServer, Check::Org(not_admitted), capability: ApiAuthorization),
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
        // A rule for grants that the client has not gives it nothing, and machines
        // get no refresh token.
        let fits = |it: &Reached<'_>| !is_for_machines(it.live.rule) && may_admit(client, it.live.rule);
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

/// Whether a scope is one of a person.
fn is_of_people(name: &str) -> bool {
    matches!(ScopeKind::of(name), ScopeKind::Oidc | ScopeKind::DeviceSso)
}

const OF_PEOPLE: &str = "list scopes of the API instead: a request for one of these fails with \"Cannot request \
    'openid' scopes using client credentials\"";

/// Scopes of a person where there is none.
fn oidc_for_machines(cx: &mut Cx<'_>) {
    let reach = cx.reach;
    for live in reach.rules().filter(|it| is_for_machines(it.rule)) {
        let found: Vec<_> = live.rule.scopes.known_items().filter(|it| is_of_people(it.0)).collect();
        let Some(((name, at), rest)) = found.split_first() else { continue };
        let message =
            format!("rule `{}` is for client credentials, which never get `{name}`", live.rule.title());
        let mut report = cx.report(Definite, *at, "a scope of people", message);
        for (_, at) in rest {
            report = report.label(*at, "and this");
        }
        report.label(live.rule.grant_types.at, "comes without a user").help(OF_PEOPLE).on(&live.rule.entry);
    }
    asked_by_machines(cx);
}

/// A client without users that is known to ask for scopes of theirs.
fn asked_by_machines(cx: &mut Cx<'_>) {
    let org = cx.org;
    for consumer in &org.consumers {
        let machine = consumer.apps.iter().find_map(|id| {
            let client = org.app(*id).client.as_ref()?;
            let grants = client.grant_types.all_known()?;
            (grants == [&GrantType::ClientCredentials]).then_some((org.app(*id), client.grant_types.at))
        });
        let Some((app, grants)) = machine else { continue };
        let mut scopes = consumer.scopes.iter().filter_map(|it| Some((it.known()?, it.at)));
        let Some((name, at)) = scopes.find(|it| is_of_people(it.0)) else { continue };
        let message =
            format!("client `{}` has client credentials only, which never get `{name}`", app.title());
        cx.report(Certainty::definite_if(consumer.is_certain), at, "a scope of people", message)
            .label(grants, "comes without a user")
            .help(OF_PEOPLE)
            .on(&consumer.entry(org));
    }
}

/// What a client asks of a server, and no rule gives it at once.
fn not_admitted(cx: &mut Cx<'_>) {
    let (org, reach) = (cx.org, cx.reach);
    for consumer in &org.consumers {
        let Some(id) = consumer.custom_server(org) else { continue };
        for &app in &consumer.apps {
            let Some(client) = &org.app(app).client else { continue };
            // A client that no rule is for is another finding.
            let reached = reach.at(app, id).map(|it| it.live);
            let rules: Vec<_> = reached.filter(|it| may_admit(client, it.rule)).collect();
            let unfinished = rules.iter().any(|it| lists_no_scope(it.rule));
            let (Some(certainty), false, false) =
                (rules_absence(org.server(id)), rules.is_empty(), unfinished)
            else {
                continue;
            };
            let asked = asked(consumer, org.server(id));
            let gives = |it: &LiveRule<'_>, name: &str| admits_scope(it.rule, name) != Answer::No;
            if rules.iter().any(|rule| asked.iter().all(|it| gives(rule, it.0))) {
                continue;
            }
            let nowhere = asked.iter().find(|it| !rules.iter().any(|rule| gives(rule, it.0)));
            // What is stated may be asked for in several requests.
            let settled = nowhere.is_some() || !consumer.is_stated;
            let settled = settled && consumer.is_certain && consumer.is_surely_of(org);
            let certainty = certainty.min(Certainty::definite_if(settled));
            let asked = nowhere.map_or(asked.as_slice(), std::slice::from_ref);
            report_not_admitted(cx, certainty, consumer, org.app(app), (asked, &rules));
        }
    }
}

/// Whether a rule admits a grant of a client, or may.
fn may_admit(client: &Client, rule: &Rule) -> bool {
    client.grant_types.all_known().is_none_or(|it| {
        let mut grants = it.into_iter().filter(|it| **it != GrantType::RefreshToken);
        grants.any(|grant| admits_grant(rule, grant) != Answer::No)
    })
}

/// The scopes of one's own that a consumer asks a server for. Whether a rule has to
/// list those of OpenID Connect, Okta's pages do not agree.
fn asked<'a>(consumer: &'a Consumer, server: &Server) -> Vec<(&'a str, Place)> {
    let known = consumer.scopes.iter().filter_map(|it| Some((it.known()?.as_str(), it.at)));
    let counts =
        |it: &str| matches!(ScopeKind::of(it), ScopeKind::Custom | ScopeKind::MyAccount) || it == "groups";
    known.filter(|it| counts(it.0) && !is_told_missing(server, it.0)).collect()
}

/// The scopes that no rule gives at once, and the rules.
type Withheld<'a> = (&'a [(&'a str, Place)], &'a [LiveRule<'a>]);

fn report_not_admitted(
    cx: &mut Cx<'_>,
    certainty: Certainty,
    consumer: &Consumer,
    app: &App,
    (asked, rules): Withheld<'_>,
) {
    let org = cx.org;
    let Some(((first, at), rest)) = asked.split_first() else { return };
    let (policy, server) = (rules[0].policy, org.server(rules[0].server));
    let (what, list) = match rest {
        [] => (format!("the scope `{first}`"), "list it in a rule for the client, or do not ask for it"),
        [(second, _)] => (
            format!("`{first}` and `{second}` at once"),
            "list both in one rule for the client, or ask for each by itself",
        ),
        _ => (
            format!("`{first}` and {} more scopes at once", rest.len()),
            "list all of them in one rule for the client, or ask for fewer at once",
        ),
    };
    let message = format!("no rule of server `{}` gives client `{}` {what}", server.title(), app.title());
    let mut report =
        cx.report(certainty, *at, "asked for", message).rests_on(&server.entry).rests_on(&policy.entry);
    for (_, at) in rest {
        report = report.label(*at, "with this");
    }
    for rule in rules {
        let text = if rest.is_empty() { "not among these" } else { "not all among these" };
        report = report.label(rule.rule.scopes.at, text);
    }
    report
        .help(format!(
            "{list}: a rule fits only a request all of whose scopes it hands out, and where none fits, the \
             request ends with \"Policy evaluation failed for this request\""
        ))
        .on(&if consumer.is_stated { app.entry.clone() } else { consumer.entry(org) });
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
