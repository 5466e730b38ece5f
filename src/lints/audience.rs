//! Audiences: what a server writes into `aud`.

use std::collections::BTreeMap;

use url::Url;

use crate::finding::Certainty::{self, Definite, Possible};
use crate::lint::{Check, Cx, Lint, lint};
use crate::model::{App, Org, Place, Server, Setting};

use super::consumer::{is_client, is_no_client};

pub(super) const LINTS: &[Lint] = &[
    lint!("malformed-audience", Error, BrokenServer, Check::Org(malformed), capability: OwnAudience),
    lint!("shared-audience", Info, BrokenServer, Check::Org(shared), capability: OwnAudience),
    lint!("unknown-audience", Error, BrokenServer, Check::Org(unknown), capability: OwnAudience),
    lint!("audience-is-client-id", Warning, BrokenServer, Check::Org(client_id), capability: OwnAudience),
];

/// The audience of the server called `default`.
const DEFAULT_AUDIENCE: &str = "api://default";

fn live_servers(org: &Org) -> impl Iterator<Item = &Server> {
    org.servers.items.iter().filter(|it| it.declared && !it.status.is_inactive())
}

/// An audience that Okta refuses.
fn malformed(cx: &mut Cx<'_>) {
    let org = cx.org;
    for server in org.servers.items.iter().filter(|it| it.declared) {
        let audiences = &server.audiences;
        let number = audiences.known().map(Vec::len).filter(|it| *it != 1);
        if let Some(number) = number {
            let message =
                format!("server `{}` has {number} audiences; Okta takes exactly one", server.title());
            let mut report = cx.report(Definite, audiences.at, "not one", message);
            for (_, at) in audiences.known_items().skip(1) {
                report = report.label(at, "one too many");
            }
            report
                .help(
                    "write the one address that stands for the API; an API of another audience needs a server \
                     of its own, as a request cannot choose",
                )
                .on(&server.entry);
            continue;
        }
        for (audience, at) in audiences.known_items() {
            let Some(why) = refused(audience) else { continue };
            let message = format!("the audience of server `{}` is refused: {why}", server.title());
            cx.report(Definite, at, "no valid URI", message)
                .help("write a URI, such as `api://orders` or `https://api.example.com`, or a name without a colon")
                .on(&server.entry);
        }
    }
}

/// Why Okta refuses an audience: with a colon in it, it has to be a URI.
fn refused(audience: &str) -> Option<String> {
    if audience.is_empty() {
        return Some("it is empty".to_owned());
    }
    if !audience.contains(':') {
        return None;
    }
    if audience.contains(char::is_whitespace) {
        return Some("a URI has no spaces".to_owned());
    }
    Url::parse(audience).err().map(|error| format!("as a URI, {error}"))
}

/// One audience for several servers.
fn shared(cx: &mut Cx<'_>) {
    let org = cx.org;
    let mut first: BTreeMap<&str, (&Server, Place)> = BTreeMap::new();
    for server in live_servers(org) {
        for (audience, at) in server.audiences.known_items() {
            let Some(&(other, there)) = first.get(audience.as_str()) else {
                first.insert(audience, (server, at));
                continue;
            };
            if std::ptr::eq(other, server) {
                continue;
            }
            let names = match (other.title(), server.title()) {
                (a, b) if a == b => (other.entry.resource.as_str(), server.entry.resource.as_str()),
                names => names,
            };
            let message = format!("servers `{}` and `{}` have one audience", names.0, names.1);
            cx.report(Possible, at, "the same again", message)
                .label(there, "here first")
                .help(
                    "give each API an audience of its own: an API that looks at `aud` alone takes the tokens of \
                     either server",
                )
                .on(&server.entry);
        }
    }
    let is_own = |it: &&Server| it.default.known() == Some(&false);
    let Some((server, at)) = first.get(DEFAULT_AUDIENCE).filter(|(it, _)| is_own(it)) else { return };
    let message = format!("server `{}` has the audience of the server called `default`", server.title());
    cx.report(Possible, *at, "that of `default`", message)
        .help("choose an audience that names the API: samples and other apps use this one")
        .on(&server.entry);
}

/// The id of a client where the API's address belongs.
fn client_id(cx: &mut Cx<'_>) {
    let org = cx.org;
    let clients: BTreeMap<&str, &App> =
        org.apps.items.iter().flat_map(|app| ids(app).map(move |id| (id, app))).collect();
    for server in live_servers(org) {
        for (audience, at) in server.audiences.known_items() {
            let app = clients.get(audience.as_str()).copied();
            if app.is_none() && !is_id(audience) {
                continue;
            }
            let message =
                format!("the audience of server `{}` is the id of a client, not of an API", server.title());
            cx.report(Definite, at, "a client id", message)
                .label_if(app.map(|it| it.entry.at), "the client")
                .help(
                    "write what stands for the API, such as `api://orders`: with a client id an access token \
                     passes for an ID token of that client",
                )
                .on(&server.entry);
        }
    }
}

/// An audience that somebody insists on, and its server does not write.
fn unknown(cx: &mut Cx<'_>) {
    let org = cx.org;
    for consumer in &org.consumers {
        let server = consumer.custom_server(org).map(|id| org.server(id));
        let Some(server) = server.filter(|it| !it.status.is_inactive()) else { continue };
        let written = server.audiences.all_known().filter(|it| !it.is_empty());
        let wanted: Option<Vec<&String>> = consumer.audiences.iter().map(Setting::known).collect();
        let (Some(written), Some(wanted)) = (written, wanted) else { continue };
        // The audience of an ID token is a client.
        let fits = |it: &&&String| written.contains(*it) || is_client(org, it);
        if wanted.iter().any(|it| fits(&it)) {
            continue;
        }
        let (Some(first), Some(at)) = (wanted.first(), consumer.audiences.first().map(|it| it.at)) else {
            continue;
        };
        let is_checked = consumer.is_stated || consumer.validates_locally.known() == Some(&true);
        let no_client = org.apps.is_whole() || wanted.iter().all(|it| is_no_client(it));
        let sure = consumer.is_certain && consumer.is_surely_of(org) && is_checked && no_client;
        let message = format!(
            "{} insists on another audience than that of server `{}`",
            consumer.title(),
            server.title()
        );
        let other = live_servers(org).find(|it| it.audiences.place_of(first).is_some());
        let help = match other {
            Some(other) => {
                format!(
                    "ask server `{}`, which has that audience, or insist on `{}`",
                    other.title(),
                    written[0]
                )
            }
            None => format!("insist on `{}`, or ask a server that has the other audience", written[0]),
        };
        let entry = if consumer.is_stated { consumer.entry(org) } else { server.entry.clone() };
        cx.report(Certainty::definite_if(sure), at, "none of this server's", message)
            .label(server.audiences.at, "what its tokens have")
            .label(consumer.server.at, "the server that is asked")
            .help(format!("{help}: until then each token is refused"))
            .on(&entry);
    }
}

/// The ids that a client goes by.
fn ids(app: &App) -> impl Iterator<Item = &str> {
    let client = app.client.as_ref().and_then(|it| it.client_id.known());
    [client, app.id.known()].into_iter().flatten().map(String::as_str)
}

/// The shape of an app's id: `0oa` and 17 letters or digits.
fn is_id(text: &str) -> bool {
    let rest = text.strip_prefix("0oa");
    rest.is_some_and(|it| it.len() == 17 && it.chars().all(|it| it.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_has_a_colon_is_a_uri() {
        for ok in
            ["orders", "api://orders", "https://api.example.com/orders", "urn:example:orders", "orders/v1"]
        {
            assert_eq!(refused(ok), None, "{ok}");
        }
        for wrong in ["", "http:://api.example.com", "https://", "my api: orders", ":orders"] {
            assert!(refused(wrong).is_some(), "{wrong}");
        }
    }

    #[test]
    fn ids_have_a_shape() {
        assert!(is_id("0oa3m7x9rLw2KfJ8n5d7"));
        assert!(!is_id("0oa3m7x9rLw2KfJ8n5d"));
        assert!(!is_id("0oa-orders"));
    }
}
