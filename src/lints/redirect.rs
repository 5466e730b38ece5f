//! Redirect URIs that let a code or a token go astray.

use url::{Host, Url};

use crate::finding::Certainty::{self, Definite};
use crate::finding::Level;
use crate::lint::{Check, Cx, Lint, lint};
use crate::model::{ApplicationType, Place, State, WildcardRedirect};

pub(super) const LINTS: &[Lint] = &[
    lint!("wildcard-redirect", Warning, Client, Check::Org(wildcard)),
    lint!("plain-http-redirect", Warning, Client, Check::Org(plain_http)),
];

/// `*` in a redirect URI: refused, or open to every subdomain.
fn wildcard(cx: &mut Cx<'_>) {
    let org = cx.org;
    for (app, client) in org.own_clients() {
        let found: Vec<Place> =
            client.redirect_uris.known_items().filter(|(it, _)| it.contains('*')).map(|(_, at)| at).collect();
        let Some((first, rest)) = found.split_first() else { continue };
        let mode = &client.wildcard_redirect;
        let is_off = mode.or_default(WildcardRedirect::Disabled) == Some(WildcardRedirect::Disabled);
        let (message, help) = if is_off {
            (
                format!("Okta refuses a redirect URI of client `{}`: wildcards are off", app.title()),
                "name each host; or, if they cannot be counted, set `wildcard_redirect` to SUBDOMAIN and \
                 make sure that nobody else can get a subdomain",
            )
        } else {
            (
                format!("client `{}` sends codes and tokens to any subdomain", app.title()),
                "name each host: whoever gets hold of one subdomain, by a forgotten DNS record for example, \
                 gets the codes of your users",
            )
        };
        // One that is not known either refuses it or lets it stand.
        let certainty = Certainty::definite_if(!matches!(mode.state, State::Unknown(_)));
        let mut report = cx.report(certainty, *first, "a wildcard", message);
        if certainty == Definite {
            report = report.level(if is_off { Level::Error } else { Level::Warning });
        }
        for at in rest {
            report = report.label(*at, "and here");
        }
        let switch = mode.known().map(|_| mode.at);
        report.label_if(switch, "decides about wildcards").help(help).on(&app.entry);
    }
}

/// `http:` to another machine.
fn plain_http(cx: &mut Cx<'_>) {
    let org = cx.org;
    for (app, client) in org.own_clients() {
        let kind = client.application_type.known();
        if !matches!(kind, Some(ApplicationType::Web | ApplicationType::Browser)) {
            continue;
        }
        let found: Vec<Place> = client
            .redirect_uris
            .known_items()
            .filter(|(it, _)| is_plain_http(it))
            .map(|(_, at)| at)
            .collect();
        let Some((first, rest)) = found.split_first() else { continue };
        let message =
            format!("client `{}` sends codes or tokens over a connection in the clear", app.title());
        let mut report = cx.report(Definite, *first, "not encrypted", message);
        for at in rest {
            report = report.label(*at, "nor this");
        }
        report
            .help("write `https://`; without encryption, only `localhost` and loopback addresses are safe")
            .on(&app.entry);
    }
}

/// Whether a URI is plain HTTP to a host that is not this machine.
fn is_plain_http(uri: &str) -> bool {
    let Ok(url) = Url::parse(uri) else { return false };
    let loopback = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => true,
    };
    url.scheme() == "http" && !loopback
}

#[cfg(test)]
mod tests {
    use super::is_plain_http;

    #[test]
    fn only_other_machines_need_encryption() {
        for (uri, plain) in [
            ("http://app.example.com/callback", true),
            ("HTTP://app.example.com/callback", true),
            ("http://10.0.0.7/callback", true),
            ("http://*.example.com/callback", true),
            ("https://app.example.com/callback", false),
            ("http://localhost:8080/callback", false),
            ("http://127.0.0.2/callback", false),
            ("http://[::1]:3000/callback", false),
            ("http://app.localhost/callback", false),
            ("com.example.app:/callback", false),
            ("not a uri", false),
        ] {
            assert_eq!(is_plain_http(uri), plain, "{uri}");
        }
    }
}
