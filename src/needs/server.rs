//! What is in use on a custom authorization server.

use super::reach::{LiveRule, live_rules};
use super::{Evidence, Needs, ScopeKind, Subject, shows};
use crate::capability::Id as Capability;
use crate::finding::Certainty;
use crate::model::{
    Claim, ClaimType, ConnectionType, Consent, GrantType, GroupRef, Hook, Id, Key, Member, Org, Place, Ref,
    Rule, Scope, Server, State, TOKEN_HOOK, Target, ValueType,
};

/// The value of the `sub` claim of a new server.
const DEFAULT_SUB: &str = "(appuser != null) ? appuser.userName : app.clientId";

/// Okta's lifetimes, in minutes: access token, refresh token (unlimited), idle window.
const DEFAULT_LIFETIMES: (i64, i64, i64) = (60, 0, 10_080);

/// The needs that a server shows.
pub(super) fn needs(org: &Org, id: Id<Server>, server: &Server, needs: &mut Needs) {
    if server.status.is_inactive() {
        return;
    }
    let subject = Subject::Server(id);
    let live: Vec<LiveRule<'_>> = live_rules(id, server).collect();
    let mut add = |capability, evidence: Vec<(bool, Evidence)>| {
        let certain = evidence.iter().any(|(certain, it)| *certain && !org.is_doubtful(it.at));
        let evidence = evidence.into_iter().map(|(_, it)| it).collect();
        needs.add(capability, subject, Certainty::definite_if(certain), evidence);
    };
    add(Capability::CustomScopes, custom_scopes(server));
    add(Capability::CustomClaims, custom_claims(server));
    add(Capability::UserConsent, consent(server));
    add(Capability::EncryptedAccessTokens, encryption(server));
    add(Capability::TokenLifetimes, of_rules(&live, lifetimes));
    add(Capability::TokenInlineHook, hooks(org, &live));
    add(Capability::NativeSso, of_rules(&live, device_sso));
    add(Capability::MachineToMachine, of_rules(&live, client_credentials_alone));
    add(Capability::OnBehalfOfExchange, exchange(org, server, &live));
    add(Capability::ApiAuthorization, restrictions(&live));
    if !has_agent(org, id) {
        add(Capability::JwtBearerGrant, of_rules(&live, jwt_bearer));
    }
}

/// Evidence of each rule; a rule that may have no instance proves nothing.
fn of_rules(live: &[LiveRule<'_>], evidence: impl Fn(&Rule) -> Vec<Evidence>) -> Vec<(bool, Evidence)> {
    live.iter()
        .flat_map(|it| evidence(it.rule).into_iter().map(|found| (it.rule.entry.certain, found)))
        .collect()
}

/// Whether a scope is one of the org's own making.
pub fn is_custom_scope(scope: &Scope) -> bool {
    scope.system.known() != Some(&true)
        && scope
            .name
            .known()
            .is_some_and(|name| matches!(ScopeKind::of(name), ScopeKind::Custom | ScopeKind::SharedSignals))
}

fn custom_scopes(server: &Server) -> Vec<(bool, Evidence)> {
    let custom = server.scopes.items.iter().filter(|it| is_custom_scope(it));
    custom.map(|it| (it.entry.certain, shows(it.name.at, "custom scope"))).collect()
}

fn custom_claims(server: &Server) -> Vec<(bool, Evidence)> {
    let active = server.claims.items.iter().filter(|it| it.status.is_active());
    active.filter_map(|it| Some((it.entry.certain && !is_of_groups(it), custom_claim(it)?))).collect()
}

/// Whether a claim puts groups into ID tokens, as the org server can.
pub fn is_of_groups(claim: &Claim) -> bool {
    claim.claim_type.known() == Some(&ClaimType::Identity)
        && claim.value_type.known() == Some(&ValueType::Groups)
}

/// A claim of one's own, or the `sub` of Okta's with another value.
fn custom_claim(claim: &Claim) -> Option<Evidence> {
    if claim.system.known() == Some(&false) {
        let of_groups = is_of_groups(claim);
        let text = if of_groups { "groups in ID tokens: the org server can too" } else { "custom claim" };
        return Some(shows(claim.entry.at, text));
    }
    let is_sub = claim.name.known().is_some_and(|it| it == "sub");
    (is_sub && is_other_sub(claim)).then(|| shows(claim.value.at, "another `sub` than Okta's"))
}

/// Whether the value of a `sub` is certainly not the one that Okta gives it.
pub fn is_other_sub(claim: &Claim) -> bool {
    let spaceless = |it: &str| it.split_whitespace().collect::<String>();
    claim.value.known().is_some_and(|it| spaceless(it) != spaceless(DEFAULT_SUB))
}

fn consent(server: &Server) -> Vec<(bool, Evidence)> {
    let asking = server.scopes.items.iter().filter_map(|scope| {
        let text = match scope.consent.known()? {
            Consent::Required => "asks for consent",
            Consent::Flexible => "asks where a user is there",
            Consent::Implicit => return None,
        };
        Some((scope.entry.certain, shows(scope.consent.at, text)))
    });
    asking.collect()
}

fn encryption(server: &Server) -> Vec<(bool, Evidence)> {
    let algorithm = &server.access_token_encrypted_response_algorithm;
    let text = "access tokens are encrypted";
    algorithm.known().map(|_| (server.entry.certain, shows(algorithm.at, text))).into_iter().collect()
}

fn lifetimes(rule: &Rule) -> Vec<Evidence> {
    let (access, refresh, window) = DEFAULT_LIFETIMES;
    let own = |value: &crate::model::Setting<i64>, default: i64, what: &str| {
        let minutes = *value.known().filter(|it| **it != default)?;
        Some(shows(value.at, format!("{what}: {}", duration(minutes))))
    };
    [
        own(&rule.access_token_lifetime, access, "access token"),
        own(&rule.refresh_token_lifetime, refresh, "refresh token"),
        own(&rule.refresh_token_window, window, "refresh token when idle"),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Minutes as people say them.
fn duration(minutes: i64) -> String {
    match minutes {
        1440.. if minutes % 1440 == 0 => format!("{} d", minutes / 1440),
        60.. if minutes % 60 == 0 => format!("{} h", minutes / 60),
        _ => format!("{minutes} min"),
    }
}

/// The hooks that rules run. One that certainly cannot run shows no need: it is
/// a defect, which other lints report.
fn hooks(org: &Org, live: &[LiveRule<'_>]) -> Vec<(bool, Evidence)> {
    let run = live.iter().filter_map(|it| {
        let named = it.rule.inline_hook.known()?;
        let hook = named.found().map(|id| org.hook(id));
        let is_other = |it: &Hook| it.kind.known().is_some_and(|kind| kind != TOKEN_HOOK);
        let cannot = hook.is_some_and(|it| it.status.is_inactive() || is_other(it));
        let is_there = hook.is_none_or(|it| !org.is_doubtful(it.entry.at));
        let evidence = shows(named.at, "runs a token hook");
        (named.target != Target::Dangling && !cannot).then_some((it.rule.entry.certain && is_there, evidence))
    });
    run.collect()
}

fn device_sso(rule: &Rule) -> Vec<Evidence> {
    let at = rule.scopes.place_of(&"device_sso".to_owned());
    at.map(|at| shows(at, "grants `device_sso`")).into_iter().collect()
}

/// A rule for client credentials and nothing else. Among other grants it is
/// what the Admin Console ticks by itself.
fn client_credentials_alone(rule: &Rule) -> Vec<Evidence> {
    let alone = rule.grant_types.all_known().is_some_and(|it| it == [&GrantType::ClientCredentials]);
    let at = rule.grant_types.place_of(&GrantType::ClientCredentials).filter(|_| alone);
    at.map(|at| shows(at, "a rule for client credentials")).into_iter().collect()
}

fn jwt_bearer(rule: &Rule) -> Vec<Evidence> {
    let at = rule.grant_types.place_of(&GrantType::JwtBearer);
    at.map(|at| shows(at, "admits the JWT bearer grant")).into_iter().collect()
}

fn exchange(org: &Org, server: &Server, live: &[LiveRule<'_>]) -> Vec<(bool, Evidence)> {
    let is_there = |it: &Ref<Server>| match it.found() {
        Some(id) => org.server(id).entry.certain,
        None => !matches!(it.key, Key::Unknown(_)),
    };
    let trusted = server
        .trusted
        .items
        .iter()
        .map(|it| (server.entry.certain && is_there(it), shows(it.at, "a trusted server")));
    let rules = live.iter().filter_map(|it| {
        let at = it.rule.grant_types.place_of(&GrantType::TokenExchange)?;
        if it.rule.scopes.place_of(&"device_sso".to_owned()).is_some() {
            return None; // single sign-on between native apps
        }
        let custom = it.rule.scopes.known_items().any(|(name, _)| ScopeKind::of(name) == ScopeKind::Custom);
        Some((custom && it.rule.entry.certain, shows(at, "admits token exchange")))
    });
    trusted.chain(rules).collect()
}

/// Where rules tell people, clients or grants apart: that is what access
/// policies are for. Naming one client is how a server is used at all.
fn restrictions(live: &[LiveRule<'_>]) -> Vec<(bool, Evidence)> {
    let people = live.iter().filter_map(|it| {
        let certain = it.rule.entry.certain;
        // Users and groups are alternatives: with everybody in one of them,
        // nobody is left out.
        if takes_everyone(it.rule) {
            return None;
        }
        let user = it.rule.people.users.known_items().find(|(user, _)| *user != "EVERYONE");
        let at = match user {
            Some((_, at)) => at,
            None => restricting_group(it.rule)?,
        };
        // Client credentials have no user, so people do not restrict them.
        let has_people =
            it.rule.grant_types.all_known().is_none_or(|it| it != [&GrantType::ClientCredentials]);
        has_people.then(|| (certain, shows(at, "only these people")))
    });
    let found: Vec<_> = people.collect();
    if found.is_empty() { differences(live) } else { found }
}

/// Whether everybody is, or may be, among the groups of a rule.
fn takes_everyone(rule: &Rule) -> bool {
    match &rule.people.groups.state {
        State::Known(groups) => groups.iter().any(|it| !matches!(it, GroupRef::Other(..))),
        State::Unset => false,
        State::Unknown(_) => true,
    }
}

/// A group that is certainly not everybody.
fn restricting_group(rule: &Rule) -> Option<Place> {
    rule.people.groups.known()?.iter().find_map(|it| match it {
        GroupRef::Other(at, _) => Some(*at),
        GroupRef::Everyone(_) | GroupRef::Id(..) | GroupRef::Unknown(_) => None,
    })
}

/// Two live rules that give different scopes to different clients, people or grants.
fn differences(live: &[LiveRule<'_>]) -> Vec<(bool, Evidence)> {
    let facts = |it: &LiveRule<'_>| {
        let mut scopes: Vec<String> = it.rule.scopes.all_known()?.into_iter().cloned().collect();
        // A rule without scopes matches no request of use.
        if scopes.is_empty() {
            return None;
        }
        let mut grants: Vec<GrantType> = it.rule.grant_types.all_known()?.into_iter().cloned().collect();
        scopes.sort();
        grants.sort();
        Some((scopes, grants, clients(it)?, people(it.rule)))
    };
    let known: Vec<_> = live.iter().filter_map(|it| Some((it, facts(it)?))).collect();
    for (index, (rule, a)) in known.iter().enumerate() {
        let other = known[..index].iter().find(|(_, b)| {
            a.0 != b.0 && (a.1 != b.1 || a.2 != b.2 || are_others(a.3.as_deref(), b.3.as_deref()))
        });
        if let Some((first, _)) = other {
            let certain = rule.rule.entry.certain && first.rule.entry.certain;
            return vec![
                (certain, shows(first.rule.scopes.at, "these scopes here")),
                (certain, shows(rule.rule.scopes.at, "other scopes here")),
            ];
        }
    }
    Vec::new()
}

/// The members of a policy, if all are known.
fn clients(live: &LiveRule<'_>) -> Option<Vec<Option<usize>>> {
    let mut members = Vec::new();
    for member in live.policy.clients.known()? {
        members.push(match member {
            Member::AllClients(_) => None,
            Member::Client(client) => match client.target {
                Target::Found(id) => Some(id.index()),
                Target::Outside | Target::Dangling | Target::Unknown(_) => return None,
            },
        });
    }
    members.sort_unstable();
    Some(members)
}

/// The groups of a rule, if all are known by name or id, and none is Everyone.
fn people(rule: &Rule) -> Option<Vec<String>> {
    let name = |group: &GroupRef| match group {
        GroupRef::Other(_, name) | GroupRef::Id(_, name) => Some(name.clone()),
        GroupRef::Everyone(_) | GroupRef::Unknown(_) => None,
    };
    rule.people.groups.known()?.iter().map(name).collect()
}

/// Whether two lists of groups certainly mean different people. An id that they
/// share may be that of Everyone, and they then mean the same.
fn are_others(a: Option<&[String]>, b: Option<&[String]>) -> bool {
    let (Some(a), Some(b)) = (a, b) else { return false };
    !a.is_empty() && !b.is_empty() && a.iter().all(|it| !b.contains(it))
}

/// Whether an active agent connection leads to a server.
fn has_agent(org: &Org, server: Id<Server>) -> bool {
    org.agent_connections
        .items
        .iter()
        .any(|it| it.authorization_server.as_ref().and_then(Ref::found) == Some(server))
}

/// API service integrations: Okta's own APIs, by way of the integration network.
pub(super) fn integrations(org: &Org, needs: &mut Needs) {
    for service in &org.api_services.items {
        let scopes = service.granted_scopes.known_items();
        let evidence: Vec<Evidence> = scopes.map(|(_, at)| shows(at, "granted to an integration")).collect();
        needs.add(Capability::OktaApiScopes, Subject::Org, Certainty::Definite, evidence);
        let evidence = vec![shows(service.entry.at, "an API service integration")];
        needs.add(Capability::IntegrationNetwork, Subject::Org, Certainty::Definite, evidence);
    }
}

/// The servers that agents redeem assertions at.
pub(super) fn agents(org: &Org, needs: &mut Needs) {
    for connection in &org.agent_connections.items {
        let kind = connection.connection_type.known();
        if connection.status.is_inactive() || !matches!(kind, Some(ConnectionType::CustomServer(_))) {
            continue;
        }
        let server = connection.authorization_server.as_ref().and_then(Ref::found);
        let subject = server.map_or(Subject::Org, Subject::Server);
        let evidence = vec![shows(connection.connection_type.at, "an agent redeems assertions")];
        needs.add(Capability::AiAgentExchange, subject, Certainty::Definite, evidence);
    }
}
