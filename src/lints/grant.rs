//! Grants of Okta's own scopes to apps.

use crate::finding::Certainty::Definite;
use crate::lint::{Check, Cx, Lint, lint};
use crate::model::{ApplicationType, AuthMethod, Grant, GrantType, Key};
use crate::needs::ScopeKind;

pub(super) const LINTS: &[Lint] = &[
    lint!("grant-issuer-not-org", Error, WrongServer, Check::Org(issuer), capability: OktaApiScopes),
    lint!(
        "okta-grant-without-key-auth", Error, WrongServer, Check::Org(key_auth),
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
    for app in org.apps.items.iter().filter(|it| !it.status.is_inactive() && !it.is_integration()) {
        let Some(client) = &app.client else { continue };
        let is_service = client.application_type.known() == Some(&ApplicationType::Service);
        let asks = client.grant_types.place_of(&GrantType::ClientCredentials);
        let method = &client.token_endpoint_auth_method;
        let known = method.or_default(AuthMethod::DEFAULT);
        let Some(method_name) = known.filter(|it| *it != AuthMethod::PrivateKeyJwt) else { continue };
        let is_okta = |it: &&Grant| {
            !it.status.is_inactive()
                && it.scope_id.known().is_some_and(|it| ScopeKind::of(it) == ScopeKind::OktaApi)
        };
        let granted = app.grants.items.iter().find(is_okta);
        let (true, Some(_), Some(grant)) = (is_service, asks, granted) else { continue };
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
