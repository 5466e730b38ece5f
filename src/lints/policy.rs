//! Access policies: missing, empty, or open to every client.

use crate::finding::Certainty::{self, Definite, Possible};
use crate::lint::{Check, Cx, Lint, lint};
use crate::model::{Member, Place, Policy, Scope, Server, Set, Setting, Status};
use crate::needs::{absence, is_custom_scope};

pub(super) const LINTS: &[Lint] = &[
    lint!("server-without-policy", Error, BrokenServer, Check::Org(without_policy)),
    lint!("policy-without-rule", Error, BrokenServer, Check::Org(without_rule)),
    lint!("all-clients-policy", Warning, BrokenServer, Check::Org(all_clients), capability: ApiAuthorization),
];

/// How sure it is that a collection has no active item; `None` if it has, or may.
fn without_active<T>(set: &Set<T>, status: impl Fn(&T) -> &Setting<Status>) -> Option<Certainty> {
    let all_inactive = set.items.iter().all(|it| status(it).is_inactive());
    absence(set.coverage).filter(|_| all_inactive)
}

const DENIED: &str = "every request ends with `access_denied`: \"Policy evaluation failed for this request\"";

fn without_policy(cx: &mut Cx<'_>) {
    let org = cx.org;
    for server in org.servers.items.iter().filter(|it| it.declared && it.status.is_active()) {
        let Some(certainty) = without_active(&server.policies, |it| &it.status) else { continue };
        // Okta itself gives `default` a policy, which a root need not declare.
        if certainty == Possible && server.default.known() != Some(&false) {
            continue;
        }
        let message = format!("server `{}` has no active access policy and issues no token", server.title());
        let inactive = server.policies.items.first().map(|it| it.status.at);
        cx.report(certainty, server.entry.at, "no policy lets a client in", message)
            .label_if(inactive, "inactive here")
            .help(format!("add a policy with a rule, or deactivate the server: until then {DENIED}"))
            .on(&server.entry);
    }
}

fn without_rule(cx: &mut Cx<'_>) {
    let org = cx.org;
    for server in org.servers.items.iter().filter(|it| !it.status.is_inactive()) {
        for policy in server.policies.items.iter().filter(|it| it.status.is_active()) {
            let Some(certainty) = without_active(&policy.rules, |it| &it.status) else { continue };
            let message = format!(
                "policy `{}` of server `{}` has no active rule and admits nothing",
                policy.title(),
                server.title()
            );
            let inactive = policy.rules.items.first().map(|it| it.status.at);
            cx.report(certainty, policy.entry.at, "no rule says what is admitted", message)
                .label_if(inactive, "inactive here")
                .help(format!("add a rule, or remove the policy: where no other policy fits, {DENIED}"))
                .on(&policy.entry);
        }
    }
}

/// A policy for all clients on a server with scopes of one's own.
fn all_clients(cx: &mut Cx<'_>) {
    let org = cx.org;
    for server in org.servers.items.iter().filter(|it| !it.status.is_inactive()) {
        let Some(scope) = custom_scope(server) else { continue };
        for policy in server.policies.items.iter().filter(|it| it.status.is_active()) {
            // One that admits nothing is another finding.
            if without_active(&policy.rules, |it| &it.status) == Some(Definite) {
                continue;
            }
            let label = if hands_out(policy, scope.1) {
                "a scope that they may get"
            } else {
                "a scope of the server"
            };
            for member in policy.clients.known().into_iter().flatten() {
                let Member::AllClients(at) = member else { continue };
                // The policy that Okta made is nobody's decision.
                let certainty = Certainty::definite_if(policy.system.known() == Some(&false));
                let message = format!(
                    "policy `{}` lets every client ask server `{}` for tokens",
                    policy.title(),
                    server.title()
                );
                cx.report(certainty, *at, "every client, present and future", message)
                    .label(scope.0, label)
                    .help(
                        "name the clients that call this API: integrations and clients that register \
                         themselves count as clients too",
                    )
                    .on(&policy.entry);
            }
        }
    }
}

/// A scope of one's own: one that some rule hands out, where there is one.
fn custom_scope(server: &Server) -> Option<(Place, &str)> {
    let custom = || server.scopes.items.iter().filter(|it| is_custom_scope(it));
    let named = |it: &&Scope| {
        let name = it.name.known().map_or("", |it| it);
        server.policies.items.iter().any(|it| hands_out(it, name))
    };
    let scope = custom().find(named).or_else(|| custom().next())?;
    Some((scope.name.at, scope.name.known()?))
}

/// Whether an active rule of a policy certainly hands out a scope.
fn hands_out(policy: &Policy, scope: &str) -> bool {
    let active = policy.rules.items.iter().filter(|it| it.status.is_active());
    active.flat_map(|it| it.scopes.known_items()).any(|(name, _)| name == scope || name == "*")
}
