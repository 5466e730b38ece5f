//! Grants of Okta's own scopes to apps.

use crate::finding::Certainty::{self, Definite, Possible};
use crate::lint::{Check, Cx, Lint, lint};
use crate::model::{App, ApplicationType, AuthMethod, Grant, GrantType, Key, Rule};
use crate::needs::{Answer, ScopeKind, admits_grant, is_without_users};

pub(super) const LINTS: &[Lint] = &[
    lint!("grant-issuer-not-org", Error, WrongServer, Check::Org(issuer), capability: OktaApiScopes),
    lint!(
        "okta-grant-without-key-auth", Error, WrongServer, Check::Org(key_auth),
        capability: OktaApiClientCredentials
    ),
    lint!(
        "okta-grant-on-interactive-app", Warning, WrongServer, Check::Org(interactive),
        capability: OktaApiClientCredentials
    ),
    lint!(
        "service-app-without-role", Info, WrongServer, Check::Org(without_role),
        capability: OktaApiClientCredentials
    ),
];

/// Grants whose issuer is an authorization server: only the org issues these scopes.
fn issuer(cx: &mut Cx<'_>) {
    let org = cx.org;
    for app in org.apps.items.iter().filter(|it| !it.status.is_inactive()) {
        let active = app.grants.items.iter().filter(|it| !it.status.is_inactive());
        let wrong: Vec<&Grant> = active.filter(|it| names_a_server(it)).collect();
        let Some((first, rest)) = wrong.split_first() else { continue };
        let message =
            format!("grants of client `{}` name an authorization server as issuer, not the org", app.title());
        let mut report = cx.report(Definite, first.issuer.at, "a custom server's issuer", message);
        report = report.label(first.scope_id.at, "only the org server issues this scope");
        for grant in rest {
            report = report.label(grant.issuer.at, "here too");
        }
        report.help("write the org's URL, such as https://example.okta.com, without a path").on(&first.entry);
    }
}

/// Whether the issuer is `…/oauth2/{id}`. `/oauth2/v1` is the org server's own path.
fn names_a_server(grant: &Grant) -> bool {
    let by_reference = grant
        .issuer_of
        .as_ref()
        .is_some_and(|it| matches!(&it.key, Key::Address { attribute, .. } if attribute == "issuer"));
    let by_path = grant.issuer.known().is_some_and(|issuer| {
        let id = issuer.split("/oauth2/").nth(1).and_then(|it| it.split('/').next());
        id.is_some_and(|it| !it.is_empty() && it != "v1")
    });
    by_reference || by_path
}

/// Client credentials for Okta's APIs without a key.
fn key_auth(cx: &mut Cx<'_>) {
    let org = cx.org;
    // Integrations may use a secret.
    for app in org.apps.items.iter().filter(|it| !it.status.is_inactive() && it.is_own()) {
        let Some(client) = &app.client else { continue };
        let is_service = client.application_type.known() == Some(&ApplicationType::Service);
        let asks = client.grant_types.place_of(&GrantType::ClientCredentials);
        let method = &client.token_endpoint_auth_method;
        let known = method.or_default(AuthMethod::DEFAULT);
        let Some(method_name) = known.filter(|it| *it != AuthMethod::PrivateKeyJwt) else { continue };
        let (true, Some(_), Some(grant)) = (is_service, asks, okta_grant(app)) else { continue };
        let label = if method.is_unset() {
            "`client_secret_basic` by default".to_owned()
        } else {
            format!("`{}` is refused", method_name.name())
        };
        let message = format!(
            "client `{}` is granted scopes of Okta's APIs, which it cannot get without a key",
            app.title()
        );
        cx.report(Definite, method.at, label, message)
            .label(grant.scope_id.at, "granted here")
            .help(
                "set `token_endpoint_auth_method` to `private_key_jwt` and register a public key: for \
                 client credentials the org server accepts nothing else",
            )
            .on(&app.entry);
    }
}

/// An active grant of a scope of Okta's APIs.
fn okta_grant(app: &App) -> Option<&Grant> {
    app.grants.items.iter().find(|it| {
        !it.status.is_inactive()
            && it
                .scope_id
                .known()
                .is_some_and(|it| matches!(ScopeKind::of(it), ScopeKind::OktaApi | ScopeKind::SharedSignals))
    })
}

/// Okta's scopes for an app that signs users in and has client credentials too.
fn interactive(cx: &mut Cx<'_>) {
    let (org, reach) = (cx.org, cx.reach);
    for (id, app) in org.apps().filter(|(_, it)| !it.status.is_inactive() && it.is_own()) {
        let Some(client) = &app.client else { continue };
        let kind = &client.application_type;
        let Some(name) = kind.known().filter(|it| **it != ApplicationType::Service) else { continue };
        let machine = client.grant_types.place_of(&GrantType::ClientCredentials);
        let (Some(at), Some(grant)) = (machine, okta_grant(app)) else { continue };
        // The grant is for a custom server then, and the scopes are for users.
        let admits = |rule: &Rule| admits_grant(rule, &GrantType::ClientCredentials) != Answer::No;
        if reach.of(id).any(|it| admits(it.live.rule)) {
            continue;
        }
        // An administrator who signs in uses the scopes as well.
        let certainty = Certainty::definite_if(is_without_users(client));
        let message = format!(
            "client `{}` cannot use its scopes of Okta's APIs without a user: it is no service app",
            app.title()
        );
        cx.report(certainty, grant.scope_id.at, "a scope of Okta's APIs", message)
            .label(at, "comes without a user")
            .label(kind.at, format!("a `{}` app", name.name()))
            .help(
                "make a `service` app with `private_key_jwt` for what runs without a user, and grant it the \
                 scopes; take `client_credentials` from this one",
            )
            .on(&app.entry);
    }
}

/// A service app for Okta's APIs that no role lets do anything.
fn without_role(cx: &mut Cx<'_>) {
    let org = cx.org;
    for app in org.apps.items.iter().filter(|it| !it.status.is_inactive() && it.is_own()) {
        let Some(client) = &app.client else { continue };
        let is_service = client.application_type.known() == Some(&ApplicationType::Service);
        let asks = client.grant_types.place_of(&GrantType::ClientCredentials);
        let has_key = client.token_endpoint_auth_method.known() == Some(&AuthMethod::PrivateKeyJwt);
        let (true, true, Some(grant), Some(_)) = (is_service, has_key, okta_grant(app), asks) else {
            continue;
        };
        if app.roles.declared().is_none_or(|it| !it.is_empty()) {
            continue;
        }
        let message =
            format!("service app `{}` may ask for scopes of Okta's APIs, and has no role", app.title());
        cx.report(Possible, grant.scope_id.at, "granted", message)
            .label(app.entry.at, "no administrator role")
            .help(
                "assign a role: `okta_app_oauth_role_assignment`, in the API `/oauth2/v1/clients/{id}/roles`; \
                 without one it gets a token, and each call answers 403",
            )
            .on(&app.entry);
    }
}
