//! Access policies: missing, empty, or open to every client.

use crate::finding::Certainty::{self, Definite, Possible};
use crate::lint::{Check, Cx, Lint, lint};
use crate::model::{
    App, GrantType, Id, Member, Org, Place, Policy, Ref, Scope, Server, Set, Setting, Status, Target,
};
use crate::needs::{absence, any_scope, dormant, is_custom_scope, is_switched_off};

pub(super) const LINTS: &[Lint] = &[
    lint!("server-without-policy", Error, BrokenServer, Check::Org(without_policy)),
    lint!("policy-without-rule", Error, BrokenServer, Check::Org(without_rule)),
    lint!("all-clients-policy", Warning, BrokenServer, Check::Org(all_clients), capability: ApiAuthorization),
    lint!(
        "all-clients-m2m-any-scope", Error, BrokenServer, Check::Org(any_machine),
        capability: MachineToMachine
    ),
    lint!("unknown-client", Error, BrokenServer, Check::Org(unknown_client), capability: ApiAuthorization),
];

/// How sure it is that a collection has no active item; `None` if it has, or may.
fn without_active<T>(set: &Set<T>, status: impl Fn(&T) -> &Setting<Status>) -> Option<Certainty> {
    let all_inactive = set.items.iter().all(|it| status(it).is_inactive());
    absence(set.coverage).filter(|_| all_inactive)
}

const DENIED: &str = "every request ends with `access_denied`: \"Policy evaluation failed for this request\"";

fn without_policy(cx: &mut Cx<'_>) {
    let org = cx.org;
    for (id, server) in org.servers().filter(|(_, it)| it.declared && it.status.is_active()) {
        let Some(certainty) = without_active(&server.policies, |it| &it.status) else { continue };
        // Okta itself gives `default` a policy, which a root need not declare; in
        // orgs of the Integrator Free Plan it gives none, and nobody may mind.
        let certainty = match (certainty, server.default.known()) {
            (certainty, Some(false)) => certainty,
            (certainty, _) if is_asked(org, id) => certainty,
            (Definite, _) => Possible,
            (Possible, _) => continue,
        };
        let message = format!("server `{}` has no active access policy and issues no token", server.title());
        let inactive = server.policies.items.first().map(|it| it.status.at);
        let what = if inactive.is_some() { "activate a policy" } else { "add a policy with a rule" };
        cx.report(certainty, server.entry.at, "no policy lets a client in", message)
            .label_if(inactive, "inactive here")
            .help(format!("{what}, or deactivate the server: until then {DENIED}"))
            .on(&server.entry);
    }
}

fn without_rule(cx: &mut Cx<'_>) {
    let org = cx.org;
    // Where all rules are switched off the server is another finding.
    let awake = org.servers().filter(|(id, it)| !it.status.is_inactive() && dormant(*id, it).is_none());
    for (id, server) in awake {
        // That may be how `default` is switched off, unless somebody asks it.
        let most = Certainty::definite_if(!is_switched_off(id, server) || is_asked(org, id));
        for policy in server.policies.items.iter().filter(|it| it.status.is_active()) {
            let Some(certainty) = without_active(&policy.rules, |it| &it.status) else { continue };
            let certainty = certainty.min(most);
            let message = format!(
                "policy `{}` of server `{}` has no active rule and admits nothing",
                policy.title(),
                server.title()
            );
            let inactive = policy.rules.items.first().map(|it| it.status.at);
            let what = if inactive.is_some() { "activate a rule" } else { "add a rule" };
            cx.report(certainty, policy.entry.at, "no rule says what is admitted", message)
                .label_if(inactive, "inactive here")
                .help(format!("{what}, or remove the policy: where no other policy fits, {DENIED}"))
                .on(&policy.entry);
        }
    }
}

/// Whether somebody is known to ask a server for tokens.
fn is_asked(org: &Org, id: Id<Server>) -> bool {
    org.consumers.iter().any(|it| {
        it.custom_server(org) == Some(id) && it.is_certain && (it.is_stated || it.is_surely_of(org))
    })
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
    let certain = |it: &&Scope| it.entry.certain;
    let scope = custom().find(|it| certain(it) && named(it)).or_else(|| custom().find(certain));
    let scope = scope.or_else(|| custom().find(named)).or_else(|| custom().next())?;
    Some((scope.name.at, scope.name.known()?))
}

/// Whether an active rule of a policy certainly hands out a scope.
fn hands_out(policy: &Policy, scope: &str) -> bool {
    let active = policy.rules.items.iter().filter(|it| it.status.is_active());
    active.flat_map(|it| it.scopes.known_items()).any(|(name, _)| name == scope || name == "*")
}

/// Every service app gets every scope.
fn any_machine(cx: &mut Cx<'_>) {
    let (org, reach) = (cx.org, cx.reach);
    for live in reach.rules() {
        let server = org.server(live.server);
        let all = live.policy.all_clients();
        let grant = live.rule.grant_types.place_of(&GrantType::ClientCredentials);
        let (Some(all), Some(grant), Some(any)) = (all, grant, any_scope(live.rule)) else { continue };
        let Some((scope, _)) = custom_scope(server) else { continue };
        // The policy that Okta made is nobody's decision.
        let certainty = Certainty::definite_if(live.policy.system.known() == Some(&false));
        let message = format!(
            "rule `{}` gives any service app every scope of server `{}`, without a user",
            live.rule.title(),
            server.title()
        );
        cx.report(certainty, any, "every scope", message)
            .label(all, "to every client")
            .label(grant, "without a user")
            .label(scope, "this one, for example")
            .help(
                "make a policy that names the service apps, and a rule for `client_credentials` that lists \
                 what they need; take `client_credentials` out of this rule",
            )
            .on(&live.rule.entry);
    }
}

/// A literal that is no client's id.
fn unknown_client(cx: &mut Cx<'_>) {
    let org = cx.org;
    for server in org.servers.items.iter().filter(|it| !it.status.is_inactive()) {
        for policy in server.policies.items.iter().filter(|it| !it.status.is_inactive()) {
            for member in policy.clients.known().into_iter().flatten() {
                let Member::Client(client) = member else { continue };
                let Some((certainty, label, why, help)) = mistaken(org, client) else { continue };
                let message = format!("policy `{}` names {why}", policy.title());
                cx.report(certainty, client.at, label, message).help(help).on(&policy.entry);
            }
        }
    }
}

type Mistaken = (Certainty, &'static str, String, String);

/// Why a member is no client: certainty, label, message, help.
fn mistaken(org: &Org, client: &Ref<App>) -> Option<Mistaken> {
    if client.found().is_some() {
        return org.misnamed(client).map(|(app, own)| {
            let why = format!("app `{}` by the id of the app, which is not its client id", app.title());
            (Definite, "the app's id", why, format!("write its client id, `{own}`"))
        });
    }
    let text = client.literal()?;
    if is_all_clients(text) {
        let why = format!("`{text}`, which stands for no client");
        return Some((
            Definite,
            "no client's id",
            why,
            "write `ALL_CLIENTS`, or name the clients".to_owned(),
        ));
    }
    let by_label = org.apps.items.iter().find(|it| it.label.known().is_some_and(|it| it == text));
    if let Some(app) = by_label {
        let why = format!("an app by its label `{text}`");
        let own = &app.entry.resource;
        let help = if own.starts_with("okta_") {
            format!("write `{own}.client_id`: Okta takes nothing else")
        } else {
            "write the client id of the app: Okta takes nothing else".to_owned()
        };
        return Some((Definite, "a label, not a client id", why, help));
    }
    if text.chars().any(char::is_whitespace) || text.len() < 6 {
        let why = format!("`{text}`, which can be no client's id");
        let help = "write the client id of an app, or `ALL_CLIENTS`".to_owned();
        return Some((Definite, "no client's id", why, help));
    }
    // An agent's id, and those of clients that register themselves, are in no list of apps.
    let is_gone = client.target == Target::Dangling && !text.starts_with("wlp");
    let is_service = |it: &crate::model::ApiService| it.id.known().is_some_and(|it| it == text);
    if !is_gone || org.api_services.items.iter().any(is_service) {
        return None;
    }
    let why = format!("the client `{text}`, which is no OAuth client of the org");
    let help = "remove it if the app was deleted, or signs in by SAML; a client that registered itself is not in the \
                list of apps";
    Some((Possible, "no app has this id", why, help.to_owned()))
}

/// Whether a text was meant for `ALL_CLIENTS`.
fn is_all_clients(text: &str) -> bool {
    let plain: String = text.chars().filter(char::is_ascii_alphanumeric).collect();
    let slips = strsim::damerau_levenshtein(&plain.to_ascii_lowercase(), "allclients");
    text == "*" || plain.eq_ignore_ascii_case("all") || slips <= 2
}
