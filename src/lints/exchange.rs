//! Exchanges of tokens that no rule, or no trust, makes possible.

use crate::finding::Certainty::{self, Definite, Possible};
use crate::lint::{Check, Cx, Lint, lint};
use crate::model::{
    AgentConnection, ApplicationType, ConnectionType, Consumer, GrantType, Id, Key, Member, Place, Policy,
    Server, Setting, Target,
};
use crate::needs::{
    Answer, LiveRule, Naming, admits_grant, admits_scope, agents_absence, has_okta_grant, live_rules,
    rules_absence,
};

pub(super) const LINTS: &[Lint] = &[
    lint!(
        "device-sso-without-custom-server", Error, WrongServer, Check::Org(device_sso),
        capability: NativeSso
    ),
    lint!(
        "exchange-without-rule", Error, WrongServer, Check::Org(without_rule),
        capability: OnBehalfOfExchange
    ),
    lint!("jwt-bearer-without-rule", Error, WrongServer, Check::Org(jwt_bearer), capability: AiAgentExchange),
    lint!("untrusted-exchange", Error, BrokenServer, Check::Org(untrusted), capability: OnBehalfOfExchange),
];

/// `device_sso` of the org server, which has no such scope.
fn device_sso(cx: &mut Cx<'_>) {
    let org = cx.org;
    for consumer in org.consumers.iter().filter(|it| it.asks_org()) {
        for scope in consumer.scopes.iter().filter(|it| it.known().is_some_and(|it| it == "device_sso")) {
            let message =
                format!("{} asks the org server for `device_sso`, which it has not", consumer.title());
            let certainty = Certainty::definite_if(consumer.is_certain);
            cx.report(certainty, scope.at, "for single sign-on of native apps", message)
                .label(consumer.server.at, "asked of the org server")
                .help(
                    "ask a custom authorization server, with a rule for token exchange that hands out \
                     `device_sso`, `openid` and `offline_access`",
                )
                .on(&consumer.entry(org));
        }
    }
    native_exchange(cx);
}

/// The scopes that single sign-on of native apps takes.
const NATIVE_SSO: [&str; 3] = ["device_sso", "openid", "offline_access"];

/// A native app with token exchange, and no rule for single sign-on.
fn native_exchange(cx: &mut Cx<'_>) {
    let (org, reach) = (cx.org, cx.reach);
    for (id, app) in org.apps().filter(|(_, it)| !it.status.is_inactive() && it.is_own()) {
        let Some(client) = &app.client else { continue };
        let is_native = client.application_type.known() == Some(&ApplicationType::Native);
        let grant = client.grant_types.place_of(&GrantType::TokenExchange).filter(|_| is_native);
        let (Some(at), Some(_)) = (grant, reach.absence()) else { continue };
        // It takes a sign-in to the web, which needs no rule.
        let asks = |it: &&Consumer| it.apps.contains(&id);
        let scopes = org.consumers.iter().filter(asks).flat_map(|it| &it.scopes);
        if scopes.filter_map(Setting::known).any(|it| it == "interclient_access") {
            continue;
        }
        let serves = |it: &LiveRule<'_>| {
            admits_grant(it.rule, &GrantType::TokenExchange) != Answer::No
                && NATIVE_SSO.iter().all(|scope| admits_scope(it.rule, scope) != Answer::No)
        };
        if reach.of(id).any(|it| serves(&it.live)) {
            continue;
        }
        let message = format!("no rule lets native app `{}` share a sign-in with others", app.title());
        // Single sign-on from native apps to the web has the same grant, at the org server.
        cx.report(Possible, at, "token exchange", message)
            .label(client.application_type.at, "a native app")
            .help(
                "for single sign-on between native apps, name the client in a policy of a custom server whose \
                 rule admits token exchange and hands out `device_sso`, `openid` and `offline_access`; to take a \
                 sign-in to the web, no rule is needed",
            )
            .on(&app.entry);
    }
}

/// Token exchange of a backend that no rule admits.
fn without_rule(cx: &mut Cx<'_>) {
    let (org, reach) = (cx.org, cx.reach);
    // An agent, or what acts for one, exchanges tokens at the org server.
    let Some(without_agents) = agents_absence(org) else { return };
    for (id, app) in org.apps().filter(|(_, it)| !it.status.is_inactive() && it.is_own()) {
        let Some(client) = app.client.as_ref().filter(|_| !has_okta_grant(app)) else { continue };
        let kind = client.application_type.known();
        let Some(at) = client.grant_types.place_of(&GrantType::TokenExchange) else { continue };
        if !matches!(kind, Some(ApplicationType::Service | ApplicationType::Web)) {
            continue;
        }
        let Some(certainty) = reach.lacks(id, &GrantType::TokenExchange) else { continue };
        // `grant-not-admitted` shows the rules.
        if reach.is_refused_where_named(org, id, client) {
            continue;
        }
        let named = reach.of(id).find_map(|it| match it.naming {
            Naming::ByName(at) => Some((at, it.live.rule.grant_types.at)),
            Naming::AsAll(_) | Naming::Perhaps | Naming::No => None,
        });
        let certainty = certainty.min(without_agents).min(Certainty::definite_if(named.is_some()));
        let message = format!("no rule lets client `{}` exchange a token on behalf of a user", app.title());
        let mut report = cx.report(certainty, at, "token exchange", message);
        if let Some((member, grants)) = named {
            report = report.label(member, "a policy names it").label(grants, "no token exchange here");
        }
        report
            .help(
                "add a rule for token exchange with the scopes of the API to the custom server of that API, and \
                 name the client in its policy; the org server has no exchange on behalf of users. Or drop the \
                 grant",
            )
            .on(&app.entry);
    }
}

/// Assertions that the server they are meant for does not take.
fn jwt_bearer(cx: &mut Cx<'_>) {
    let org = cx.org;
    for connection in org.agent_connections.items.iter().filter(|it| !it.status.is_inactive()) {
        let kind = connection.connection_type.known();
        let server = connection.authorization_server.as_ref();
        let found = server.and_then(|it| Some((it.at, it.found()?)));
        let (Some(ConnectionType::CustomServer(_)), Some((at, id))) = (kind, found) else { continue };
        if org.server(id).status.is_inactive() {
            continue;
        }
        let Some(certainty) = refuses(org.server(id), id, connection) else { continue };
        let server = org.server(id);
        let message =
            format!("server `{}` takes no assertion of the agent that is connected to it", server.title());
        let mut report = cx.report(certainty, at, "its assertions go here", message);
        for live in live_rules(id, server) {
            report = report.label(live.rule.grant_types.at, "no JWT bearer for this agent");
        }
        report
            .help(format!(
                "add a rule for `{}` to the server, and name the client id of the agent in its policy: until \
                 then the agent gets `no_matching_policy`",
                GrantType::JwtBearer.name()
            ))
            .on(&connection.entry);
    }
}

/// How sure it is that no rule of a server admits the assertions of an agent.
fn refuses(server: &Server, id: Id<Server>, connection: &AgentConnection) -> Option<Certainty> {
    let may = |it: LiveRule<'_>| {
        admits_grant(it.rule, &GrantType::JwtBearer) != Answer::No
            && connection.agent.known().is_none_or(|agent| may_name(it.policy, agent))
    };
    rules_absence(server).filter(|_| !live_rules(id, server).any(may))
}

/// Whether a policy takes in an agent, or may. A policy may name the app that
/// an agent is bound to, which no answer tells.
fn may_name(policy: &Policy, agent: &str) -> bool {
    let Some(members) = policy.clients.known() else { return true };
    members.iter().any(|it| match it {
        Member::AllClients(_) => true,
        Member::Client(client) => match (&client.key, client.target) {
            (Key::Literal(text), Target::Dangling | Target::Outside) => text == agent,
            _ => true,
        },
    })
}

/// Trust in a server that issues nothing, or in a server that exchanges nothing.
fn untrusted(cx: &mut Cx<'_>) {
    let org = cx.org;
    for (id, server) in org.servers().filter(|(_, it)| !it.status.is_inactive()) {
        let mut trusts = None;
        for trusted in &server.trusted.items {
            match trusted.target {
                Target::Found(other) => trusts = trusts.or(Some((trusted.at, Some(other)))),
                Target::Dangling => {
                    let message = format!("server `{}` trusts a server that does not exist", server.title());
                    cx.report(Definite, trusted.at, "no server has this id", message)
                        .help("name a server that exists, or remove it: its tokens cannot be exchanged here")
                        .on(&server.entry);
                }
                // Which server it is does not matter, if it is one.
                Target::Outside | Target::Unknown(_) if !matches!(trusted.key, Key::Unknown(_)) => {
                    trusts = trusts.or(Some((trusted.at, None)));
                }
                Target::Outside | Target::Unknown(_) => {}
            }
        }
        if let Some(trust) = trusts {
            without_exchange(cx, id, server, trust);
        }
    }
}

/// A server that takes the tokens of others, and has no rule to exchange them.
fn without_exchange(
    cx: &mut Cx<'_>,
    id: Id<Server>,
    server: &Server,
    (at, other): (Place, Option<Id<Server>>),
) {
    let may = |it: LiveRule<'_>| admits_grant(it.rule, &GrantType::TokenExchange) != Answer::No;
    let Some(certainty) = rules_absence(server).filter(|_| !live_rules(id, server).any(may)) else { return };
    let message =
        format!("server `{}` trusts another server, and no rule of it exchanges a token", server.title());
    let org = cx.org;
    let mut report = cx.report(certainty, at, "its tokens are trusted", message);
    if let Some(other) = other {
        report = report.rests_on(&org.server(other).entry);
    }
    for live in live_rules(id, server) {
        report = report.label(live.rule.grant_types.at, "no token exchange here");
    }
    report
        .help(format!("add a rule for `{}`, or remove the trust", GrantType::TokenExchange.name()))
        .on(&server.entry);
}
