//! Redirect URIs that let a code or a token go astray.

use url::{Host, Url};

use crate::finding::Certainty::{self, Definite, Possible};
use crate::finding::Level;
use crate::lint::{Check, Cx, Lint, lint};
use crate::model::{App, ApplicationType, Place, State, WildcardRedirect};

pub(super) const LINTS: &[Lint] = &[
    lint!("wildcard-redirect", Warning, Client, Check::Org(wildcard)),
    lint!("plain-http-redirect", Warning, Client, Check::Org(plain_http)),
];

/// `*` in a redirect URI: refused, or open to every subdomain.
fn wildcard(cx: &mut Cx<'_>) {
    let org = cx.org;
    for (app, client) in org.own_clients() {
        let with_star = client.redirect_uris.known_items().filter(|(it, _)| it.contains('*'));
        let (found, misplaced): (Vec<_>, Vec<_>) = with_star.partition(|(it, _)| is_of_subdomains(it));
        report_misplaced(cx, app, &misplaced);
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
        let mut report = cx.report(certainty, first.1, "a wildcard", message);
        if certainty == Definite {
            report = report.level(if is_off { Level::Error } else { Level::Warning });
        }
        for (_, at) in rest {
            report = report.label(*at, "and here");
        }
        let switch = mode.known().map(|_| mode.at);
        report.label_if(switch, "decides about wildcards").help(help).on(&app.entry);
    }
}

/// Whether the wildcard of a URI stands for subdomains: in the first label of a
/// host, and nowhere else.
fn is_of_subdomains(uri: &str) -> bool {
    let after = uri.split_once("://").map_or("", |it| it.1);
    let host = after.split(['/', '?', '#', ':']).next().unwrap_or_default();
    let first = host.split('.').next().unwrap_or_default();
    first.contains('*') && uri.matches('*').count() == first.matches('*').count()
}

/// A `*` where it stands for nothing but itself, or makes a URI that is refused:
/// Okta's pages speak of wildcards in subdomains only.
fn report_misplaced(cx: &mut Cx<'_>, app: &App, places: &[(&String, Place)]) {
    let Some(((_, first), rest)) = places.split_first() else { return };
    let message = format!("a redirect URI of client `{}` has a `*` that is no subdomain", app.title());
    let mut report = cx.report(Possible, *first, "no wildcard here", message);
    for (_, at) in rest {
        report = report.label(*at, "nor here");
    }
    report
        .help(
            "write the URI in full: Okta compares paths and queries letter by letter, and takes a wildcard for \
             a subdomain at the most",
        )
        .on(&app.entry);
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
    use super::{is_of_subdomains, is_plain_http};

    #[test]
    fn a_wildcard_is_one_of_subdomains_in_the_first_label_of_a_host() {
        for (uri, is_wildcard) in [
            ("https://*.example.com/callback", true),
            ("https://app-*.example.com:8443/callback", true),
            ("https://app.*.com/callback", false),
            ("https://app.example.com/callback?to=*", false),
            ("https://*.example.com/*", false),
            ("https://app.example.com/*", false),
        ] {
            assert_eq!(is_of_subdomains(uri), is_wildcard, "{uri}");
        }
    }

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
