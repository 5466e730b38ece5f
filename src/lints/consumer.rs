//! What clients and APIs rely on, against what the configuration says.

use url::Url;

use crate::finding::Certainty::{self, Definite, Possible};
use crate::lint::{Check, Cx, Lint, lint};
use crate::model::{
    App, ApplicationType, Claim, ClaimType, Consumer, Entry, GrantType, Org, Place, Policy, Ref, Server,
    Setting, is_org_host,
};
use crate::needs::{Naming, ScopeKind, absence, naming};

pub(super) const LINTS: &[Lint] = &[
    lint!(
        "okta-scope-with-custom-issuer", Error, WrongServer, Check::Org(okta_scope),
        capability: OktaApiScopes
    ),
    lint!(
        "org-token-validated-locally", Error, WrongServer, Check::Org(validated),
        capability: LocalTokenValidation
    ),
    lint!(
        "groups-claim-outside-id-token", Warning, WrongServer, Check::Org(groups_claim),
        capability: AppProfileClaims
    ),
    lint!(
        "federated-claim-outside-id-token", Info, WrongServer, Check::Org(federated),
        capability: FederatedClaims
    ),
    lint!(
        "unsupported-integration-scope", Info, WrongServer, Check::Org(integration),
        capability: IntegrationNetwork
    ),
    lint!("client-in-no-policy", Warning, BrokenServer, Check::Org(in_no_policy), capability: ApiAuthorization),
];

/// The apps of a consumer client that are active.
fn apps<'a>(org: &'a Org, consumer: &Consumer) -> Vec<&'a App> {
    let apps = consumer.apps.iter().map(|id| org.app(*id));
    apps.filter(|it| !it.status.is_inactive()).collect()
}

/// A scope of Okta's APIs, asked of a custom server.
fn okta_scope(cx: &mut Cx<'_>) {
    let org = cx.org;
    for consumer in org.consumers.iter().filter(|it| it.asks_custom()) {
        for scope in &consumer.scopes {
            let is_okta = |it: &&String| ScopeKind::of(it) == ScopeKind::OktaApi;
            let Some(name) = scope.known().filter(is_okta) else { continue };
            let message =
                format!("{} asks a custom server for `{name}`, which it cannot issue", consumer.title());
            cx.report(Definite, scope.at, "a scope of Okta's own APIs", message)
                .label(consumer.server.at, "asked here")
                .help(
                    "ask the org server for it, at `/oauth2/v1/token` without the id of a server, with a token \
                     of its own for Okta's APIs",
                )
                .on(&consumer.entry(org));
        }
    }
}

/// An access token of the org server, checked without a call to Okta.
fn validated(cx: &mut Cx<'_>) {
    let org = cx.org;
    for consumer in org.consumers.iter().filter(|it| it.asks_org()) {
        let Some((certainty, at, label)) = check_of_org_token(org, consumer) else { continue };
        let perhaps = if certainty == Possible { "perhaps " } else { "" };
        let asks_okta = consumer.validates_locally.known() == Some(&false);
        let message = if asks_okta {
            format!(
                "{} wants an audience of its own, and the org server writes another one",
                consumer.title()
            )
        } else if consumer.is_stated {
            format!(
                "access tokens of {} come from the org server, and nobody but Okta can validate them",
                consumer.title()
            )
        } else {
            format!(
                "{perhaps}{} validates access tokens of the org server, which nobody but Okta can",
                consumer.title()
            )
        };
        let help = if asks_okta {
            "let a custom authorization server issue the tokens: `aud` in those of the org server is the org \
             itself, whoever asks"
        } else {
            "let a custom authorization server issue them; or ask Okta about each token, at \
                 `/oauth2/v1/introspect`; or, where only the sign-in matters, validate the ID token, whose \
             audience is the client id"
        };
        cx.report(certainty, at, label, message)
            .label(consumer.server.at, "the org server")
            .help(help)
            .on(&consumer.entry(org));
    }
}

/// How sure it is that a consumer of the org server checks access tokens itself,
/// and what shows it.
fn check_of_org_token(org: &Org, consumer: &Consumer) -> Option<(Certainty, Place, &'static str)> {
    let checks = consumer.validates_locally.known() == Some(&true);
    let here = |certainty| Some((certainty, consumer.validates_locally.at, "checked without a call to Okta"));
    if consumer.is_stated && checks {
        return here(Definite);
    }
    let Some(first) = consumer.audiences.first() else {
        return here(Possible).filter(|_| checks);
    };
    // What is not known may be a client id.
    let known: Vec<&String> = consumer.audiences.iter().map(Setting::known).collect::<Option<_>>()?;
    match () {
        // The audience of an ID token is a client: that one is there to be checked.
        () if known.iter().any(|it| is_client(org, it)) => None,
        // The org itself is the audience that its access tokens have.
        () if known.iter().any(|it| is_org(it)) => here(Possible).filter(|_| checks),
        () if checks || consumer.is_stated => {
            // A client that is not in the input may be called so.
            let certain = (org.apps.is_whole() && !consumer.is_elsewhere(org))
                || known.iter().all(|it| is_no_client(it));
            let certainty = Certainty::definite_if(consumer.is_certain && certain);
            Some((certainty, first.at, "no `aud` of the org server's"))
        }
        () => None,
    }
}

/// Whether an audience is an org.
fn is_org(audience: &str) -> bool {
    Url::parse(audience).is_ok_and(|it| it.host_str().is_some_and(is_org_host))
}

/// Whether an audience is a client: one that is known, or of the shape of its id.
pub(super) fn is_client(org: &Org, audience: &str) -> bool {
    let is_of = |app: &App| {
        let id = app.client.as_ref().and_then(|it| it.client_id.known());
        id.is_some_and(|it| it == audience)
    };
    audience.starts_with("0oa") || org.apps.items.iter().any(is_of)
}

/// Whether a text can be no client's id: those have 6 to 100 characters, and no
/// colon or slash among them (Okta: "Create an application", `client_id`).
pub(super) fn is_no_client(audience: &str) -> bool {
    audience.contains([':', '/'])
        || audience.chars().any(char::is_whitespace)
        || !(6..=100).contains(&audience.len())
}

/// The groups claim of an app, read from access tokens.
fn groups_claim(cx: &mut Cx<'_>) {
    let org = cx.org;
    for consumer in org.consumers.iter().filter(|it| it.asks_org()) {
        for app in apps(org, consumer) {
            let Some(name) = app.groups_claim.known().map(|it| &it.name) else { continue };
            let Some(read) = read_claim(consumer, name.known()) else { continue };
            let message = format!(
                "access tokens of app `{}` never carry its groups claim, only ID tokens do",
                app.title()
            );
            cx.report(Definite, read, "read from access tokens", message)
                .label(name.at, "put into ID tokens")
                .label(consumer.server.at, "the org server")
                .help(
                    "read the groups from the ID token or from `/userinfo`; an access token with groups takes a \
                     custom server, with a claim of claim type RESOURCE",
                )
                .on(&app.entry);
        }
    }
}

/// Where a consumer client's API reads the claim of a name.
fn read_claim(consumer: &Consumer, name: Option<&String>) -> Option<Place> {
    let name = name?;
    consumer.access_token_claims.iter().find(|it| it.known() == Some(name)).map(|it| it.at)
}

/// A federated claim, read from access tokens.
fn federated(cx: &mut Cx<'_>) {
    let org = cx.org;
    for consumer in &org.consumers {
        let server = consumer.custom_server(org).map(|id| org.server(id));
        for app in apps(org, consumer) {
            for claim in &app.federated_claims.items {
                let Some(read) = read_claim(consumer, claim.name.known()) else { continue };
                let Some(certainty) = missing(consumer, server, claim.name.known()) else { continue };
                let name = claim.name.known().map_or("", |it| it);
                let message = format!(
                    "access tokens of app `{}` never carry the federated claim `{name}`",
                    app.title()
                );
                cx.report(certainty, read, "read from access tokens", message)
                    .label(claim.name.at, "put into ID tokens")
                    .help(
                        "read it from the ID token or from `/userinfo`; for access tokens, add a claim of claim \
                         type RESOURCE to a custom server",
                    )
                    .on(&app.entry);
            }
        }
    }
}

/// How sure it is that the server's access tokens have no claim of that name.
fn missing(consumer: &Consumer, server: Option<&Server>, name: Option<&String>) -> Option<Certainty> {
    if consumer.asks_org() {
        return Some(Definite);
    }
    let server = server?;
    let may_be = |it: &Claim| {
        !it.status.is_inactive()
            && it.claim_type.known() != Some(&ClaimType::Identity)
            && (it.name.known().is_none() || it.name.known() == name)
    };
    absence(server.claims.coverage).filter(|_| !server.claims.items.iter().any(may_be))
}

/// What the integration network takes no app with.
fn integration(cx: &mut Cx<'_>) {
    let org = cx.org;
    for consumer in org.consumers.iter().filter(|it| it.integration.known() == Some(&true)) {
        let mut found: Vec<(Place, String)> = Vec::new();
        for scope in &consumer.scopes {
            let refused = |it: &&String| {
                let kind = ScopeKind::of(it);
                *it == "offline_access" || matches!(kind, ScopeKind::Groups | ScopeKind::Custom)
            };
            found.extend(
                scope.known().filter(refused).map(|it| (scope.at, format!("`{it}` is not supported"))),
            );
        }
        if consumer.asks_custom() {
            found.push((consumer.server.at, "a custom server".to_owned()));
        }
        for app in apps(org, consumer) {
            let Some(client) = &app.client else { continue };
            let refresh = client.grant_types.place_of(&GrantType::RefreshToken);
            found.extend(refresh.map(|at| (at, "no refresh tokens".to_owned())));
            let kind = &client.application_type;
            let other = kind.known().filter(|it| **it != ApplicationType::Web);
            found.extend(other.map(|it| (kind.at, format!("a `{}` app, not a `web` app", it.name()))));
        }
        let Some(((at, label), rest)) = found.split_first() else { continue };
        let message =
            format!("the Okta Integration Network does not take client `{}` as it is", consumer.name);
        let mut report = cx.report(Definite, *at, label.clone(), message);
        for (at, label) in rest {
            report = report.label(*at, label.clone());
        }
        report
            .label(consumer.integration.at, "to be submitted")
            .help(
                "an integration is a `web` app, asks the org server, and does without `offline_access`, \
                 `groups`, refresh tokens and scopes of its own",
            )
            .on(&consumer.entry(org));
    }
}

/// A client that uses a server whose policies do not let it in.
fn in_no_policy(cx: &mut Cx<'_>) {
    let org = cx.org;
    for consumer in &org.consumers {
        let Some(id) = consumer.custom_server(org) else { continue };
        let server = org.server(id);
        // A server that is switched off, or without any policy, is another finding.
        if server.status.is_inactive() {
            continue;
        }
        let policies: Vec<&Policy> =
            server.policies.items.iter().filter(|it| !it.status.is_inactive()).collect();
        let certainty = absence(server.policies.coverage).filter(|_| !policies.is_empty());
        let Some(certainty) = certainty else { continue };
        let shut = Shut { consumer, server, policies: &policies };
        for app in consumer.apps.iter().filter(|it| !org.app(**it).status.is_inactive()) {
            if policies.iter().all(|it| naming(it, *app) == Naming::No) {
                let app = org.app(*app);
                shut.report(cx, certainty, app.title(), app.entry.at, &app.entry);
            }
        }
        let Some((client, text)) = elsewhere(org, consumer) else { continue };
        if policies.iter().all(|it| lacks(org, it, text)) {
            let certainty = certainty.min(Certainty::definite_if(consumer.is_certain));
            shut.report(cx, certainty, text, client.at, &consumer.entry(org));
        }
    }
}

/// A client id that is no app of the input, and surely of the same org: a server
/// that is called `default` is in any.
fn elsewhere<'a>(org: &Org, consumer: &'a Consumer) -> Option<(&'a Ref<App>, &'a str)> {
    let client = consumer.client.as_ref().filter(|it| it.found().is_none())?;
    client.literal().filter(|_| consumer.is_surely_of(org)).map(|text| (client, text))
}

/// Whether a policy certainly does not take in a client of that id.
fn lacks(org: &Org, policy: &Policy, id: &str) -> bool {
    let is_other = |client: &Ref<App>| match client.found() {
        Some(app) => {
            let own = org.app(app).client.as_ref().and_then(|it| it.client_id.known());
            own.is_some_and(|it| it != id)
        }
        None => client.literal().is_some_and(|it| it != id),
    };
    let members = policy.clients.known();
    members.is_some_and(|it| it.iter().all(|it| it.client().is_some_and(is_other)))
}

/// A consumer that the active policies of its server do not let in.
struct Shut<'a> {
    consumer: &'a Consumer,
    server: &'a Server,
    policies: &'a [&'a Policy],
}

impl Shut<'_> {
    fn report(&self, cx: &mut Cx<'_>, certainty: Certainty, client: &str, at: Place, entry: &Entry) {
        let message = format!(
            "client `{client}` uses server `{}`, and none of its policies lets it in",
            self.server.title()
        );
        let [first, rest @ ..] = self.policies else { return };
        let report = cx.report(certainty, first.clients.at, "the client is not among these", message);
        let mut report = report.rests_on(&self.server.entry);
        for policy in rest {
            report = report.label(policy.clients.at, "nor among these");
        }
        report
            .label(self.consumer.server.at, "says that it asks this server")
            .label(at, "the client")
            .help(
                "name its client id in a policy of the server: until then it gets \"Policy evaluation failed \
                 for this request\"",
            )
            .on(entry);
    }
}
