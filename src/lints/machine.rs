//! Client credentials without a server that serves them.

use std::collections::BTreeMap;

use crate::finding::Certainty::{Definite, Possible};
use crate::lint::{Check, Cx, Lint, lint};
use crate::model::{App, ApplicationType, AuthMethod, Client, GrantType, Id, Org, Place, Rule};
use crate::needs::{Evidence, is_for_oktas_apis_alone, is_without_users, refused_by_org};

pub(super) const LINTS: &[Lint] = &[
    lint!(
        "m2m-without-custom-server", Error, WrongServer, Check::Org(without_server),
        capability: MachineToMachine
    ),
    lint!("m2m-without-scope", Info, WrongServer, Check::Org(without_scope), capability: MachineToMachine),
];

/// Client credentials that the org server refuses and no custom server admits.
fn without_server(cx: &mut Cx<'_>) {
    let org = cx.org;
    let off = switched_off(org);
    for (id, app) in org.apps() {
        let Some(client) = own_client(app) else { continue };
        let Some(at) = client.grant_types.place_of(&GrantType::ClientCredentials) else { continue };
        // What is granted scopes of Okta's APIs is meant for the org server.
        if is_for_oktas_apis_alone(app, client) {
            continue;
        }
        let public = public(client);
        // A public client gets nothing whatever the rules say.
        let certainty = match &public {
            Some(_) => Some(Definite),
            None => cx.reach.lacks(id, &GrantType::ClientCredentials),
        };
        let Some(certainty) = certainty else { continue };
        let Some(why) = public.clone().or_else(|| refused_by_org(client)) else { continue };
        // `grant-not-admitted` shows the rules, too.
        if public.is_none() && cx.reach.is_refused_where_named(org, id, client) {
            continue;
        }
        let message = format!(
            "client `{}` has client credentials, and no authorization server gives it a token",
            app.title()
        );
        let inactive = off.get(&id).copied();
        let help = match () {
            () if public.is_some() => AUTHENTICATE,
            () if cx.is_unlicensed() => WITHOUT_LICENCE,
            () if inactive.is_some() => ACTIVATE,
            () if !is_without_users(client) => APART,
            () => ADD_A_RULE,
        };
        let label =
            if public.is_some() { "for confidential clients" } else { "no rule admits this for the client" };
        cx.report(certainty, at, label, message)
            .label(why.at, why.text)
            .label_if(inactive, "inactive here")
            .help(help)
            .on(&app.entry);
    }
}

const AUTHENTICATE: &str = "set `token_endpoint_auth_method` to `private_key_jwt`, and grant it scopes of Okta's APIs \
    or name it in a policy of a custom server; or drop the grant";
const WITHOUT_LICENCE: &str = "for Okta's own APIs, make it a service app with `private_key_jwt`, give it a key and \
    grant it scopes; for one's own, license API Access Management, as the org has none; or drop the grant";
const ACTIVATE: &str = "activate what is to serve it; or, for Okta's own APIs, make it a service app with \
    `private_key_jwt`, give it a key and grant it scopes; or drop the grant";
const APART: &str = "take the grant from it, as users sign in to it: what runs without one is a `service` app of its \
    own, with `private_key_jwt` and granted scopes for Okta's APIs, or with a rule for `client_credentials` and a \
    custom scope on a custom server";
const ADD_A_RULE: &str = "add a rule for `client_credentials` with a custom scope to a custom server, and name the \
    client in its policy; or, for Okta's own APIs, make it a service app with `private_key_jwt`, give it a key and \
    grant it scopes; or drop the grant";

/// What is inactive and would admit client credentials, by the clients that its
/// policy names.
fn switched_off(org: &Org) -> BTreeMap<Id<App>, Place> {
    let mut found = BTreeMap::new();
    for server in &org.servers.items {
        for policy in &server.policies.items {
            let admits = |it: &&Rule| it.grant_types.place_of(&GrantType::ClientCredentials).is_some();
            let off = policy.rules.items.iter().filter(admits).find_map(|rule| {
                let status = [&server.status, &policy.status, &rule.status];
                status.into_iter().find(|it| it.is_inactive()).map(|it| it.at)
            });
            if let Some(at) = off {
                policy.named().for_each(|app| {
                    found.entry(app).or_insert(at);
                });
            }
        }
    }
    found
}

/// What shows that a client has nothing to authenticate with: client credentials
/// are for confidential clients (RFC 6749, 4.4).
fn public(client: &Client) -> Option<Evidence> {
    let method = &client.token_endpoint_auth_method;
    let text = "a public client: nothing to authenticate with";
    (method.known() == Some(&AuthMethod::None)).then(|| Evidence { at: method.at, text: text.into() })
}

/// An active client of one's own. Integrations follow rules of their own.
fn own_client(app: &App) -> Option<&Client> {
    let own = !app.status.is_inactive() && app.is_own();
    app.client.as_deref().filter(|_| own)
}

/// A service app that may ask for nothing on either server.
fn without_scope(cx: &mut Cx<'_>) {
    let org = cx.org;
    for (id, app) in org.apps() {
        let Some(client) = own_client(app) else { continue };
        let Some(at) = client.grant_types.place_of(&GrantType::ClientCredentials) else { continue };
        let is_service = client.application_type.known() == Some(&ApplicationType::Service);
        let has_key = client.token_endpoint_auth_method.known() == Some(&AuthMethod::PrivateKeyJwt);
        let has_grant = |it: &crate::model::Grant| !it.status.is_inactive();
        let ungranted = app.grants.declared().is_some_and(|it| !it.iter().any(has_grant));
        if !is_service || !has_key || !ungranted {
            continue;
        }
        if cx.reach.lacks(id, &GrantType::ClientCredentials).is_none() {
            continue;
        }
        let message = format!("client `{}` may ask for no scope on either server", app.title());
        cx.report(Possible, at, "nothing to ask for", message)
            .help(
                "grant it scopes of Okta's APIs, or name it in a policy of a custom server whose rule \
                 admits `client_credentials`",
            )
            .on(&app.entry);
    }
}
