//! Consent that nobody is asked for.

use crate::finding::Certainty::{self, Possible};
use crate::lint::{Check, Cx, Lint, lint};
use crate::model::{App, Client, Consent, ConsentMethod, GrantType, Id, Member, Org, Place, Scope, Server};
use crate::needs::{
    Answer, LiveRule, Naming, absence, admits_scope, any_scope, has_okta_grant, is_custom_scope,
    is_for_machines, is_without_users, machine_of, naming, rules_absence,
};

pub(super) const LINTS: &[Lint] = &[
    lint!(
        "consent-without-custom-server", Warning, WrongServer, Check::Org(without_server),
        capability: UserConsent
    ),
    lint!("consent-blocks-service", Error, BrokenServer, Check::Org(blocks), capability: UserConsent),
    lint!("consent-never-asked", Info, BrokenServer, Check::Org(never_asked), capability: UserConsent),
];

/// A client that asks for consent, and no server that would ask.
fn without_server(cx: &mut Cx<'_>) {
    let org = cx.org;
    for (id, app) in org.apps().filter(|(_, it)| !it.status.is_inactive() && it.is_own()) {
        let Some(client) = &app.client else { continue };
        let required = client.consent_method.known() == Some(&ConsentMethod::Required);
        // Without a user there is nobody to ask, whatever the app says.
        if !required || !client.consent_is_chosen || is_without_users(client) {
            continue;
        }
        let Some(certainty) = nobody_asks(org, id) else { continue };
        let message = format!("users of client `{}` are never asked for consent", app.title());
        cx.report(certainty, client.consent_method.at, "no server asks", message)
            .label_if(terms(client), "what users would be shown")
            .help(
                "set `consent` of a scope of a custom server to REQUIRED or FLEXIBLE and name the client \
                 in its policy, or set `consent_method` to TRUSTED: the org server never asks",
            )
            .on(&app.entry);
    }
}

fn terms(client: &Client) -> Option<Place> {
    [&client.tos_uri, &client.policy_uri].into_iter().find(|it| it.known().is_some()).map(|it| it.at)
}

/// How sure it is that no server which the client reaches asks for consent.
fn nobody_asks(org: &Org, id: Id<App>) -> Option<Certainty> {
    let mut least = org.servers.coverage;
    for server in org.servers.items.iter().filter(|it| !it.status.is_inactive()) {
        least = least.min(server.policies.coverage);
        let reached =
            server.policies.items.iter().any(|it| !it.status.is_inactive() && naming(it, id) != Naming::No);
        if reached {
            if may_ask(server) {
                return None;
            }
            least = least.min(server.scopes.coverage);
        }
    }
    absence(least)
}

fn may_ask(server: &Server) -> bool {
    server.scopes.items.iter().any(|it| it.consent.or_default(Consent::Implicit) != Some(Consent::Implicit))
}

/// A scope that needs consent, for clients without anybody who could give it.
fn blocks(cx: &mut Cx<'_>) {
    let (org, reach) = (cx.org, cx.reach);
    // One with scopes of Okta's APIs asks the org server.
    let has_machine = org.own_clients().any(|(app, client)| {
        !has_okta_grant(app) && client.grant_types.place_of(&GrantType::ClientCredentials).is_some()
    });
    for (id, rules) in reach.by_server() {
        // Those of OpenID Connect are never for client credentials, with consent or without.
        let required = |it: &&Scope| it.consent.known() == Some(&Consent::Required) && is_custom_scope(it);
        for scope in org.server(id).scopes.items.iter().filter(required) {
            let Some(name) = scope.name.known() else { continue };
            for live in rules {
                let Some(grant) = live.rule.grant_types.place_of(&GrantType::ClientCredentials) else {
                    continue;
                };
                let named = live.rule.scopes.place_of(name);
                let Some(at) = named.or_else(|| any_scope(live.rule)) else { continue };
                // Among the grants of users it may be there for them.
                let machine = machine_of(org, live.policy).filter(|_| !is_for_machines(live.rule));
                let asks = is_for_machines(live.rule) || machine.is_some();
                if !asks && (live.policy.all_clients().is_none() || !has_machine) {
                    continue;
                }
                let certainty = Certainty::definite_if(asks && named.is_some());
                let message = format!(
                    "rule `{}` lets clients without a user ask for `{name}`, which needs a user's consent",
                    live.rule.title()
                );
                cx.report(certainty, at, "a scope that needs consent", message)
                    .label(scope.consent.at, "always asks")
                    .label(grant, "nobody to ask")
                    .label_if(machine, "a client that asks so")
                    .help(
                        "set `consent` of the scope to FLEXIBLE, which asks where there is a user; or give \
                         clients without one a scope of their own: such a request ends with an error",
                    )
                    .on(&live.rule.entry);
            }
        }
    }
}

/// A scope that asks, and only clients that are trusted.
fn never_asked(cx: &mut Cx<'_>) {
    let (org, reach) = (cx.org, cx.reach);
    for (id, rules) in reach.by_server() {
        let server = org.server(id);
        if rules_absence(server).is_none() {
            continue;
        }
        let asking = |it: &&Scope| matches!(it.consent.known(), Some(Consent::Required | Consent::Flexible));
        for scope in server.scopes.items.iter().filter(asking) {
            let Some(name) = scope.name.known() else { continue };
            let gives =
                |it: &&LiveRule<'_>| admits_scope(it.rule, name) != Answer::No && !is_for_machines(it.rule);
            let Some(trusted) = all_trusted(org, rules.iter().filter(gives)) else { continue };
            let message =
                format!("nobody is asked for consent to `{name}`: all clients that get it are trusted");
            let mut report = cx.report(Possible, scope.consent.at, "to be asked for", message);
            for client in trusted {
                report = report.label(client.consent_method.at, "never asks");
            }
            report
                .help(
                    "set `consent_method` of the client to REQUIRED, or `consent` of the scope to IMPLICIT; a \
                     client may still ask by `prompt=consent`",
                )
                .on(&scope.entry);
        }
    }
}

/// The active clients of rules, if all are known and none of them asks.
fn all_trusted<'a>(org: &'a Org, rules: impl Iterator<Item = &'a LiveRule<'a>>) -> Option<Vec<&'a Client>> {
    let mut clients = Vec::new();
    for live in rules {
        for member in live.policy.clients.known()? {
            let Member::Client(client) = member else { return None };
            let app = org.app(client.found()?);
            if app.status.is_inactive() {
                continue;
            }
            let client = app.client.as_deref()?;
            // What nobody writes is TRUSTED in the provider, and always there in an answer.
            let default = ConsentMethod::Trusted;
            let method = client
                .consent_method
                .or_default(default)
                .filter(|_| org.origin.root > 0 || !client.consent_method.is_unset())?;
            if method != ConsentMethod::Trusted {
                return None;
            }
            clients.push(client);
        }
    }
    (!clients.is_empty()).then_some(clients)
}
