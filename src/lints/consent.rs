//! Consent that nobody is asked for.

use crate::finding::Certainty;
use crate::lint::{Check, Cx, Lint, lint};
use crate::model::{App, Consent, ConsentMethod, Id, Org, Server};
use crate::needs::{Naming, absence, naming};

pub(super) const LINTS: &[Lint] = &[lint!(
    "consent-without-custom-server", Warning, WrongServer, Check::Org(without_server),
    capability: UserConsent
)];

/// A client that asks for consent, and no server that would ask.
fn without_server(cx: &mut Cx<'_>) {
    let org = cx.org;
    for (id, app) in org.apps().filter(|(_, it)| !it.status.is_inactive() && !it.is_integration()) {
        let Some(client) = &app.client else { continue };
        let required = client.consent_method.known() == Some(&ConsentMethod::Required);
        if !required || !client.consent_is_chosen {
            continue;
        }
        let Some(certainty) = nobody_asks(org, id) else { continue };
        let message = format!("users of client `{}` are never asked for consent", app.title());
        cx.report(certainty, client.consent_method.at, "no server asks", message)
            .label_if(terms(client), "what users would be shown")
            .help(
                "set `consent` of a scope of a custom server to REQUIRED or FLEXIBLE and name the client \
                 in its policy, or set `consent_method` to TRUSTED: the org server never asks",
            )
            .on(&app.entry);
    }
}

fn terms(client: &crate::model::Client) -> Option<crate::model::Place> {
    [&client.tos_uri, &client.policy_uri].into_iter().find(|it| it.known().is_some()).map(|it| it.at)
}

/// How sure it is that no server which the client reaches asks for consent.
fn nobody_asks(org: &Org, id: Id<App>) -> Option<Certainty> {
    let mut least = org.servers.coverage;
    for server in org.servers.items.iter().filter(|it| !it.status.is_inactive()) {
        least = least.min(server.policies.coverage);
        let reached =
            server.policies.items.iter().any(|it| !it.status.is_inactive() && naming(it, id) != Naming::No);
        if reached {
            if may_ask(server) {
                return None;
            }
            least = least.min(server.scopes.coverage);
        }
    }
    absence(least)
}

fn may_ask(server: &Server) -> bool {
    server.scopes.items.iter().any(|it| it.consent.or_default(Consent::Implicit) != Some(Consent::Implicit))
}
