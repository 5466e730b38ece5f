//! What a client shows by itself.

use super::reach::{Naming, Reach};
use super::{Evidence, Needs, ScopeKind, Subject, shows};
use crate::capability::Id as Capability;
use crate::finding::Certainty::{self, Definite, Possible};
use crate::model::{App, ApplicationType, AuthMethod, Client, ConsentMethod, GrantType, Id, Org, Place};

/// The needs that a client shows.
pub(super) fn needs(org: &Org, reach: &Reach<'_>, id: Id<App>, app: &App, needs: &mut Needs) {
    if app.status.is_inactive() {
        return;
    }
    let subject = Subject::Client(id);
    let certainty = Certainty::definite_if(app.entry.certain);
    let mut add = |capability, certainty: Certainty, evidence: Option<Evidence>| {
        let settled = Certainty::definite_if(!evidence.iter().any(|it| org.is_doubtful(it.at)));
        needs.add(capability, subject, certainty.min(settled), evidence.into_iter().collect());
    };
    if app.is_integration() {
        let evidence = shows(app.name.at, "from the integration network");
        add(Capability::IntegrationNetwork, certainty, Some(evidence));
    }
    for (capability, evidence) in [
        (Capability::OktaApiScopes, grants(app, ScopeKind::OktaApi)),
        (Capability::MyAccountScopes, grants(app, ScopeKind::MyAccount)),
        (Capability::AppProfileClaims, groups_claim(app)),
        (Capability::FederatedClaims, federated(app)),
    ] {
        add(capability, certainty, evidence);
    }
    // Attributes are made for provisioning as well, so they prove nothing.
    if app.groups_claim.known().is_none() {
        let attribute = app.profile_attributes.items.first();
        let evidence = attribute.map(|it| shows(it.at, "an attribute of the app's own"));
        add(Capability::AppProfileClaims, Possible, evidence);
    }
    let Some(client) = &app.client else { return };
    if let Some(at) = interactive(client) {
        add(Capability::BasicSso, certainty, Some(shows(at, "signs users in")));
    }
    // Apps of Okta and of the integration network live on the org server.
    if !app.is_own() {
        return;
    }
    add(Capability::JwtBearerGrant, Possible, jwt_bearer(client));
    add(Capability::UserConsent, Possible, consent(client));
    if let Some((certain, evidence)) = exchange(reach, id, client) {
        add(Capability::OnBehalfOfExchange, certain.min(certainty), Some(evidence));
    }
    if let Some((certain, capability, evidence)) = client_credentials(reach, id, app, client) {
        let settled = Certainty::definite_if(!evidence.iter().any(|it| org.is_doubtful(it.at)));
        needs.add(capability, subject, certain.min(certainty).min(settled), evidence);
    }
}

/// An active grant of a kind of scope.
fn grants(app: &App, kind: ScopeKind) -> Option<Evidence> {
    let granted = app.grants.items.iter().filter(|it| !it.status.is_inactive());
    let is_kind = |name: &String| {
        let found = ScopeKind::of(name);
        found == kind || (kind == ScopeKind::OktaApi && found == ScopeKind::SharedSignals)
    };
    let grant = granted.into_iter().find(|it| it.scope_id.known().is_some_and(is_kind))?;
    Some(shows(grant.scope_id.at, "a granted scope of Okta's APIs"))
}

/// Whether the app has an active grant of a scope of Okta's APIs.
pub fn has_okta_grant(app: &App) -> bool {
    grants(app, ScopeKind::OktaApi).is_some()
}

fn groups_claim(app: &App) -> Option<Evidence> {
    app.groups_claim.known().map(|it| shows(it.name.at, "a groups claim of the app"))
}

fn federated(app: &App) -> Option<Evidence> {
    app.federated_claims.items.first().map(|it| shows(it.name.at, "a federated claim"))
}

/// A grant that a person takes part in.
fn interactive(client: &Client) -> Option<Place> {
    client.grant_types.known_items().find(|(it, _)| !MACHINES.contains(it)).map(|(_, at)| at)
}

/// What the client credentials grant of a client is for.
fn client_credentials(
    reach: &Reach<'_>,
    id: Id<App>,
    app: &App,
    client: &Client,
) -> Option<(Certainty, Capability, Vec<Evidence>)> {
    let at = client.grant_types.place_of(&GrantType::ClientCredentials)?;
    let okta = has_okta_grant(app);
    let key = client.token_endpoint_auth_method.or_default(AuthMethod::DEFAULT);
    if okta && key == Some(AuthMethod::PrivateKeyJwt) && is_service(client) {
        let evidence = vec![shows(at, "client credentials for Okta's APIs")];
        return Some((Definite, Capability::OktaApiClientCredentials, evidence));
    }
    let mut evidence = vec![shows(at, "the client credentials grant")];
    let named = reach.of(id).find_map(|it| match it.naming {
        Naming::ByName(at) if it.live.rule.entry.certain => {
            it.live.rule.grant_types.place_of(&GrantType::ClientCredentials).map(|_| at)
        }
        _ => None,
    });
    // What is granted scopes of Okta's APIs for no user, and is no service app, is
    // another finding.
    if named.is_none() && !is_service(client) && is_for_oktas_apis_alone(app, client) {
        return None;
    }
    // Grants say that a service app is meant for the org server, which then
    // refuses its secret: another finding. No grant makes a web app a service app.
    let refusal = refused_by_org(client).filter(|_| !okta || !is_service(client));
    // A scope of Okta's APIs among those that are not known: it is the secret then
    // that has to go.
    let may_be_granted = app.grants.items.iter().any(|it| it.scope_id.known().is_none());
    let certainty = match (named, refusal) {
        (Some(at), _) => {
            evidence.push(shows(at, "a rule admits it for this client"));
            Definite
        }
        (None, Some(refusal)) => {
            evidence.push(refusal);
            Certainty::definite_if(!may_be_granted || !is_service(client))
        }
        (None, None) if !okta && app.grants.complete().is_some() => Possible,
        (None, None) => return None,
    };
    Some((certainty, Capability::MachineToMachine, evidence))
}

/// Whether all that a client can want is Okta's APIs: it is granted scopes of
/// theirs, and no user signs in.
pub fn is_for_oktas_apis_alone(app: &App, client: &Client) -> bool {
    has_okta_grant(app) && (is_service(client) || is_without_users(client))
}

/// Whether certainly no user signs in to a client.
pub fn is_without_users(client: &Client) -> bool {
    let machine = |it: &&GrantType| MACHINES.contains(it) || **it == GrantType::RefreshToken;
    client.grant_types.all_known().is_some_and(|it| it.iter().all(machine))
}

/// Grants that no person takes part in.
const MACHINES: [GrantType; 3] =
    [GrantType::ClientCredentials, GrantType::TokenExchange, GrantType::JwtBearer];

/// Whether the client may be a service app.
pub fn is_service(client: &Client) -> bool {
    client.application_type.known().is_none_or(|it| *it == ApplicationType::Service)
}

/// Why the org server refuses client credentials of a client: it serves
/// service apps with a key.
pub fn refused_by_org(client: &Client) -> Option<Evidence> {
    if let Some(kind) = client.application_type.known()
        && *kind != ApplicationType::Service
    {
        let text = format!("a `{}` app, not a `service` app", kind.name());
        return Some(shows(client.application_type.at, text));
    }
    let method = &client.token_endpoint_auth_method;
    match method.or_default(AuthMethod::DEFAULT)? {
        AuthMethod::Secret(_) if method.is_unset() => {
            Some(shows(method.at, "authenticates with a secret by default"))
        }
        AuthMethod::Secret(_) => Some(shows(method.at, "the org server refuses a secret")),
        AuthMethod::PrivateKeyJwt | AuthMethod::None | AuthMethod::Other(_) => None,
    }
}

/// On behalf of a user, or one of the exchanges of the org server: the grant
/// type is the same.
fn exchange(reach: &Reach<'_>, id: Id<App>, client: &Client) -> Option<(Certainty, Evidence)> {
    let at = client.grant_types.place_of(&GrantType::TokenExchange)?;
    let kind = client.application_type.known()?;
    if !matches!(kind, ApplicationType::Service | ApplicationType::Web) {
        return None;
    }
    let admitted = reach.of(id).any(|it| {
        matches!(it.naming, Naming::ByName(_))
            && it.live.rule.entry.certain
            && it.live.rule.grant_types.place_of(&GrantType::TokenExchange).is_some()
            && it.live.rule.scopes.known_items().any(|(name, _)| ScopeKind::of(name) == ScopeKind::Custom)
    });
    Some((Certainty::definite_if(admitted), shows(at, "has the token exchange grant")))
}

/// In a native app the grant is a habit of the Admin Console.
fn jwt_bearer(client: &Client) -> Option<Evidence> {
    let at = client.grant_types.place_of(&GrantType::JwtBearer)?;
    let kind = client.application_type.known()?;
    (*kind != ApplicationType::Native).then(|| shows(at, "has the JWT bearer grant"))
}

fn consent(client: &Client) -> Option<Evidence> {
    let required = client.consent_method.known() == Some(&ConsentMethod::Required);
    // Without a user there is nobody to ask, whatever the app says.
    let has_users = !is_without_users(client);
    (required && has_users && client.consent_is_chosen)
        .then(|| shows(client.consent_method.at, "asks users for consent"))
}

/// The needs of what is known beside Okta.
pub(super) fn consumer(org: &Org, index: usize, needs: &mut Needs) {
    let consumer = &org.consumers[index];
    let subject = match (consumer.apps.as_slice(), consumer.custom_server(org)) {
        ([app], _) => Subject::Client(*app),
        // An API is nobody's client: it is the server that is needed.
        (_, Some(server)) if !consumer.is_stated => Subject::Server(server),
        _ => Subject::Consumer(index),
    };
    // A client that may not be asks for nothing.
    let there = Certainty::definite_if(match subject {
        Subject::Client(app) => org.app(app).entry.certain,
        Subject::Server(_) | Subject::Consumer(_) | Subject::Org => true,
    });
    let certainty = there.min(Certainty::definite_if(consumer.is_certain));
    let scopes = |kind: ScopeKind, text: &'static str| {
        let of_kind =
            consumer.scopes.iter().filter(|it| it.known().is_some_and(|it| ScopeKind::of(it) == kind));
        of_kind.map(|it| shows(it.at, text)).collect::<Vec<_>>()
    };
    needs.add(Capability::CustomScopes, subject, there, scopes(ScopeKind::Custom, "asks for a custom scope"));
    needs.add(Capability::OktaApiScopes, subject, there, scopes(ScopeKind::OktaApi, "asks for Okta's APIs"));
    needs.add(Capability::NativeSso, subject, there, scopes(ScopeKind::DeviceSso, "asks for `device_sso`"));
    // Whoever was read and relies on the org server checks ID tokens, or is a finding.
    let counts = consumer.is_stated || !consumer.asks_org();
    if counts && consumer.validates_locally.known() == Some(&true) {
        let evidence = vec![shows(consumer.validates_locally.at, "validated without a call to Okta")];
        needs.add(Capability::LocalTokenValidation, subject, certainty, evidence);
    }
    // The org server writes an `aud` of its own: that is a finding, not a need.
    if !consumer.asks_org() {
        let known = consumer.audiences.iter().find(|it| it.known().is_some());
        let evidence = known.map(|it| shows(it.at, "the `aud` that is checked")).into_iter().collect();
        needs.add(Capability::OwnAudience, subject, certainty, evidence);
    }
}
