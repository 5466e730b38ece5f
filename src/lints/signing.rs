//! Keys and hosts of what a server signs.

use crate::finding::Certainty::{Definite, Possible};
use crate::lint::{Check, Cx, Lint, lint};
use crate::model::{App, Client, IssuerMode, Org, Policy, RotationMode, Server, Setting};

pub(super) const LINTS: &[Lint] = &[
    lint!("manual-key-rotation", Info, BrokenServer, Check::Org(manual), capability: OwnAudience),
    lint!("issuer-host-mismatch", Info, BrokenServer, Check::Org(hosts)),
];

/// Keys that nobody changes unless somebody does.
fn manual(cx: &mut Cx<'_>) {
    let org = cx.org;
    for server in org.servers.items.iter().filter(|it| it.declared && !it.status.is_inactive()) {
        let mode = &server.rotation_mode;
        if mode.known() != Some(&RotationMode::Manual) {
            continue;
        }
        let message = format!("the signing key of server `{}` changes only by hand", server.title());
        cx.report(Definite, mode.at, "until somebody rotates it", message)
            .help(
                "set it to AUTO, which rotates four times a year; keep MANUAL only where an API pins the key, \
                 and put the rotation into a calendar",
            )
            .on(&server.entry);
    }
}

/// ID tokens from one host, access tokens from another.
fn hosts(cx: &mut Cx<'_>) {
    let org = cx.org;
    // What nobody writes is the org's own domain in the provider; an answer always says.
    let mode = |it: &Setting<IssuerMode>| match org.origin.root {
        0 => it.known().copied(),
        _ => it.or_default(IssuerMode::OrgUrl),
    };
    for server in org.servers.items.iter().filter(|it| it.declared && !it.status.is_inactive()) {
        for (app, client) in named(org, server) {
            let (Some(own), Some(other)) = (mode(&client.issuer_mode), mode(&server.issuer_mode)) else {
                continue;
            };
            let fixed = [IssuerMode::OrgUrl, IssuerMode::CustomUrl];
            if own == other || !fixed.contains(&own) || !fixed.contains(&other) {
                continue;
            }
            let (at, there) = if client.issuer_mode.is_unset() {
                (server.issuer_mode.at, client.issuer_mode.at)
            } else {
                (client.issuer_mode.at, server.issuer_mode.at)
            };
            let message = format!(
                "tokens of client `{}` name two hosts as issuer: its own and that of server `{}`",
                app.title(),
                server.title()
            );
            cx.report(Possible, at, "one host", message)
                .label(there, "another host")
                .help(
                    "choose one `issuer_mode` for both: a library that learns the issuer from one token refuses \
                     the other. It decides about the host alone, not about the kind of server",
                )
                .on(&app.entry);
        }
    }
}

/// The active clients that policies of a server name.
fn named<'a>(org: &'a Org, server: &'a Server) -> Vec<(&'a App, &'a Client)> {
    let policies = server.policies.items.iter().filter(|it| !it.status.is_inactive());
    let mut ids: Vec<_> = policies.flat_map(Policy::named).collect();
    ids.sort_unstable();
    ids.dedup();
    let apps = ids.into_iter().map(|id| org.app(id)).filter(|it| !it.status.is_inactive());
    apps.filter_map(|it| Some((it, it.client.as_deref()?))).collect()
}
