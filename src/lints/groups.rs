//! Groups: built in on the org server, to be made on a custom one; and
//! integration-network apps on a custom server.

use std::cmp::Reverse;

use crate::capability::Licence;
use crate::finding::Certainty::{self, Definite, Possible};
use crate::lint::{Check, Cx, Lint, lint};
use crate::model::{App, Claim, Consumer, Id, Member, Org, Place, Ref, Scope, Server, ValueType};
use crate::needs::{Naming, Stance, absence, live_rules, naming};

use super::scope::{Mention, mentions};

pub(super) const LINTS: &[Lint] = &[
    lint!(
        "app-groups-claim-on-custom-server", Warning, WrongServer, Check::Org(app_claim),
        capability: AppProfileClaims
    ),
    lint!("missing-groups-scope", Error, WrongServer, Check::Org(missing_scope), capability: GroupsScope),
    lint!(
        "integration-app-on-custom-server", Warning, WrongServer, Check::Org(integration),
        capability: IntegrationNetwork
    ),
    lint!(
        "groups-scope-without-claim", Warning, WrongServer, Check::Org(without_claim),
        capability: GroupsScope
    ),
    lint!(
        "paid-groups-claim-migration", Info, WrongServer, Check::Org(migration),
        capability: AppProfileClaims
    ),
];

/// An app's groups claim where its policy names the app on a custom server.
fn app_claim(cx: &mut Cx<'_>) {
    let org = cx.org;
    for (id, app) in org.apps().filter(|(_, it)| !it.status.is_inactive()) {
        let Some(claim) = app.groups_claim.known() else { continue };
        // Such an app gets its ID tokens, with the claim, where the claim is added.
        let at_org = |it: &Consumer| it.asks_org() && it.apps.contains(&id);
        if org.consumers.iter().any(at_org) {
            continue;
        }
        for (server_id, server) in org.servers().filter(|(_, it)| !it.status.is_inactive()) {
            let asks = |it: &&Consumer| it.apps.contains(&id) && it.custom_server(org) == Some(server_id);
            let asked = org.consumers.iter().find(asks).map(|it| it.server.at);
            let Some(named) = named_by(server, id).or(asked) else { continue };
            let Some(certainty) = lacks_claim(server, claim.name.known()) else { continue };
            // A server that issues nothing is another finding; a hook may add the claim.
            let live: Vec<_> = live_rules(server_id, server).collect();
            let issues = !live.is_empty() || server.policies.items.iter().any(|it| !it.rules.is_whole());
            if !issues {
                continue;
            }
            let has_hook = live.iter().any(|it| !it.rule.inline_hook.is_unset());
            let may_issue_none = !live.is_empty() && live.iter().all(|it| !it.rule.entry.certain);
            let certainty = if has_hook || may_issue_none { Possible } else { certainty };
            let name = claim.name.known().map_or("groups", |it| it);
            let message = format!(
                "tokens of server `{}` never carry the claim `{name}` of app `{}`",
                server.title(),
                app.title()
            );
            let inactive = server.claims.items.iter().find(|it| it.name.known() == claim.name.known());
            let remedy = match inactive {
                Some(_) => "activate the claim of that name on the server",
                None => "add a claim of that name to the server",
            };
            cx.report(certainty, claim.name.at, "only the org server adds it", message)
                .label(named, "the app uses a custom server")
                .label_if(inactive.map(|it| it.status.at), "inactive")
                .help(format!(
                    "if the app reads `{name}` from tokens of this server, {remedy}; if it signs users in at the org server and only calls an API with this one, \
                     state it in okta-lint.toml: `[[client]]` with name = \"{}\" and server = \"org\"",
                    app.title()
                ))
                .on(&app.entry);
        }
    }
}

/// Where an active policy of the server names the app.
fn named_by(server: &Server, app: Id<App>) -> Option<Place> {
    let active = server.policies.items.iter().filter(|it| !it.status.is_inactive());
    active.into_iter().find_map(|it| match naming(it, app) {
        Naming::ByName(at) => Some(at),
        Naming::AsAll(_) | Naming::Perhaps | Naming::No => None,
    })
}

/// How sure it is that the server has no active claim of that name.
fn lacks_claim(server: &Server, name: Option<&String>) -> Option<Certainty> {
    let claims = server.claims.items.iter().filter(|it| !it.status.is_inactive());
    let has =
        claims.into_iter().any(|it| name.is_none() || it.name.known().is_none() || it.name.known() == name);
    absence(server.claims.coverage).filter(|_| !has)
}

/// `groups` asked of a custom server that has no such scope.
fn missing_scope(cx: &mut Cx<'_>) {
    let org = cx.org;
    let mentions = mentions(org);
    let mentions: Vec<&Mention<'_>> = mentions.iter().filter(|it| it.name == "groups").collect();
    for server in org.servers.items.iter().filter(|it| !it.status.is_inactive()) {
        let Some(certainty) = absence(server.scopes.coverage) else { continue };
        // A scope whose name is not known may be it.
        if server.scopes.items.iter().any(|it| it.name.known().is_none_or(|it| it == "groups")) {
            continue;
        }
        let mut places = asked_for_groups(org, &mentions, server);
        places.sort_by_key(|it| Reverse(it.2));
        let Some((first, rest)) = places.split_first() else { continue };
        let certainty = certainty.min(first.2);
        let message = format!("server `{}` has no scope `groups`: it is not built in there", server.title());
        let mut report = cx.report(certainty, first.0, first.1, message);
        for (at, label, _) in rest {
            report = report.label(*at, *label);
        }
        report
            .help(
                "create the scope `groups` on the server, and a claim of value type GROUPS that it \
                 releases; only the org server has it built in. A request for it fails until then: \"One \
                 or more scopes are not configured for the authorization server resource\"",
            )
            .on(&server.entry);
    }
}

/// A place that asks for `groups`, what it says, and how sure that is.
type Asked = (Place, &'static str, Certainty);

fn asked_for_groups(org: &Org, mentions: &[&Mention<'_>], server: &Server) -> Vec<Asked> {
    let named = mentions.iter().filter(|it| std::ptr::eq(it.server, server));
    let mut places: Vec<Asked> = named.map(|it| (it.at, "named here", Definite)).collect();
    for consumer in &org.consumers {
        let here = consumer.custom_server(org).is_some_and(|id| std::ptr::eq(org.server(id), server));
        let asked = consumer.scopes.iter().filter(|it| here && it.known().is_some_and(|it| it == "groups"));
        let certainty = Certainty::definite_if(consumer.is_certain);
        places.extend(asked.map(|it| (it.at, "asked for here", certainty)));
    }
    places
}

/// The app or API service of the integration network that a member is.
fn integration_of<'a>(org: &'a Org, client: &Ref<App>) -> Option<(&'a str, Place, &'static str)> {
    if let Some(app) = client.found().map(|id| org.app(id)) {
        let live = app.is_integration() && !app.status.is_inactive();
        return live.then(|| (app.title(), app.name.at, "its key in the integration network"));
    }
    let id = client.literal()?;
    let service = org.api_services.items.iter().find(|it| it.id.known().is_some_and(|it| it == id))?;
    Some((service.title(), service.entry.at, "an API service integration"))
}

/// An integration-network app that a policy names.
fn integration(cx: &mut Cx<'_>) {
    let org = cx.org;
    for server in org.servers.items.iter().filter(|it| !it.status.is_inactive()) {
        for policy in server.policies.items.iter().filter(|it| !it.status.is_inactive()) {
            for member in policy.clients.known().into_iter().flatten() {
                let Member::Client(client) = member else { continue };
                let Some((title, at, label)) = integration_of(org, client) else { continue };
                let message = format!(
                    "policy `{}` of server `{}` names `{title}`, an app of the integration network",
                    policy.title(),
                    server.title(),
                );
                cx.report(Definite, client.at, "never asks this server", message)
                    .label(at, label)
                    .help("remove it from the policy: integrations use the org server only")
                    .on(&policy.entry);
            }
        }
    }
}

/// A scope `groups` that brings no groups.
fn without_claim(cx: &mut Cx<'_>) {
    let org = cx.org;
    for (id, server) in org.servers().filter(|(_, it)| !it.status.is_inactive()) {
        let is_groups = |it: &&Scope| it.name.known().is_some_and(|it| it == "groups");
        let Some(scope) = server.scopes.items.iter().find(is_groups) else { continue };
        let Some(certainty) = absence(server.claims.coverage) else { continue };
        if server.claims.items.iter().any(may_hold_groups) {
            continue;
        }
        // A hook may add the claim.
        let has_hook = live_rules(id, server).any(|it| !it.rule.inline_hook.is_unset());
        let certainty = if has_hook { Possible } else { certainty };
        let message =
            format!("server `{}` grants the scope `groups`, and no claim brings groups", server.title());
        cx.report(certainty, scope.name.at, "adds nothing to a token", message)
            .help(
                "add a claim of value type GROUPS that this scope releases: on a custom server the scope alone \
                 does nothing",
            )
            .on(&scope.entry);
    }
}

/// Whether an active claim holds groups, or may.
fn may_hold_groups(claim: &Claim) -> bool {
    let functions = ["Groups.", "getFilteredGroups", "getGroups", "isMemberOf"];
    let by_value = claim.value.known().map(|value| functions.iter().any(|it| value.contains(it)));
    let by_type = claim.value_type.known().map(|it| *it == ValueType::Groups);
    let named = claim.name.known().is_none_or(|it| it.to_lowercase().contains("group"));
    // A value of Okta's own, such as that of `email`, is not written.
    let is_written = by_value.unwrap_or(!claim.value.is_unset());
    let is_other = by_type == Some(false) && !is_written && !named;
    !claim.status.is_inactive() && !is_other
}

/// A groups claim of an app, which the provider advises to move to a paid server.
fn migration(cx: &mut Cx<'_>) {
    let org = cx.org;
    let licence = Licence::ApiAccessManagement;
    if org.origin.root == 0 || cx.licences.stance(licence) == Stance::Held {
        return;
    }
    for (id, app) in org.apps().filter(|(_, it)| !it.status.is_inactive()) {
        let Some(claim) = app.groups_claim.known() else { continue };
        // An app that has a custom server already loses the claim there: another finding.
        let mut policies = org.servers.items.iter().flat_map(|it| &it.policies.items);
        if policies.any(|it| matches!(naming(it, id), Naming::ByName(_) | Naming::Perhaps)) {
            continue;
        }
        let message =
            format!("the groups claim of app `{}` is deprecated in the provider, not in Okta", app.title());
        cx.report(Definite, claim.name.at, "free, in ID tokens of the org server", message)
            .help(
                "keep it: `okta_auth_server_claim`, which the provider names instead, belongs to a custom server, \
                 with another issuer and a licence. Move only if an API is to read groups from access tokens",
            )
            .on(&app.entry);
    }
}
