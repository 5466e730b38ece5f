//! What an issuer says: which kind of server, and which one.
//!
//! Issuers are not compared as texts: a custom domain, the `-admin` host, a
//! slash at the end and the paths below an issuer all name one server, and
//! `/oauth2/v1` is a path of the org server's, no id.

use std::fmt::Write as _;

use url::Url;

use super::placeholder;
use crate::model::gap::{self, Piece};
use crate::model::{Key, is_org_host};

/// A server, as an issuer names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Issuer {
    /// The org server.
    Org,
    /// A custom server: its id, of which `default` is one, or its resource.
    Custom(Key),
}

/// The server that an issuer names, or an address below one; `None` for what is
/// not known to be Okta's. On a host that is not Okta's only the path tells.
///
/// Gaps and placeholders may be anything: what is there has to tell.
pub(super) fn of(text: &str) -> Option<Issuer> {
    let text = placeholder::as_gaps(text.trim());
    let pieces = gap::pieces(&text);
    if let [Piece::Edge { address, attribute: "issuer" }, rest @ ..] = pieces.as_slice() {
        let is_whole = rest.is_empty() || is_path(rest);
        return (is_whole && is_server(address)).then(|| server(address, "issuer"));
    }
    let url = Url::parse(&address(&pieces)).ok().filter(|it| it.scheme() == "https")?;
    let segments: Vec<&str> = url.path_segments()?.filter(|it| !it.is_empty()).collect();
    let is_okta = url.host_str().is_some_and(is_org_host);
    match segments.as_slice() {
        [] | ["oauth2"] | ["oauth2", "v1", ..] | [".well-known", ..] => is_okta.then_some(Issuer::Org),
        ["oauth2", id, ..] if id.contains(STAND_IN) => match stand_in(id, &pieces)? {
            Piece::Edge { address, attribute: "id" } if is_server(address) => Some(server(address, "id")),
            _ => None,
        },
        ["oauth2", id, ..] => (is_okta || is_id(id)).then(|| Issuer::Custom(Key::Literal((*id).to_owned()))),
        _ => None,
    }
}

/// What stands in an address for the piece of a number.
const STAND_IN: &str = "gap-";

/// An address that can be parsed.
fn address(pieces: &[Piece<'_>]) -> String {
    let mut address = String::new();
    // What may be known of a base is what stands after it.
    if matches!(pieces, [Piece::Gap | Piece::Edge { .. }, rest @ ..] if is_path(rest)) {
        address.push_str("https://");
    }
    for (number, piece) in pieces.iter().enumerate() {
        match piece {
            Piece::Text(text) => address.push_str(text),
            Piece::Gap | Piece::Edge { .. } => {
                let _ = write!(address, "{STAND_IN}{number}");
            }
        }
    }
    address
}

fn is_path(pieces: &[Piece<'_>]) -> bool {
    matches!(pieces, [Piece::Text(text), ..] if text.starts_with('/'))
}

/// The piece that a whole segment of a path stands for.
fn stand_in<'t>(segment: &str, pieces: &[Piece<'t>]) -> Option<Piece<'t>> {
    pieces.get(segment.strip_prefix(STAND_IN)?.parse::<usize>().ok()?).copied()
}

/// Whether an address is that of a custom server.
pub(super) fn is_server(address: &str) -> bool {
    address.contains("okta_auth_server.") || address.contains("okta_auth_server_default.")
}

fn server(address: &str, attribute: &str) -> Issuer {
    let address = address.replace('\'', "\"");
    Issuer::Custom(Key::Address { address, attribute: attribute.to_owned() })
}

/// The shape of a server's id, or the alias of one.
fn is_id(text: &str) -> bool {
    let rest = text.strip_prefix("aus");
    text == "default"
        || rest.is_some_and(|it| it.len() == 17 && it.chars().all(|it| it.is_ascii_alphanumeric()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_read_and_not_compared() {
        let custom = |id: &str| Some(Issuer::Custom(Key::Literal(id.to_owned())));
        for (text, issuer) in [
            ("https://acme.okta.com", Some(Issuer::Org)),
            ("https://acme.okta.com/", Some(Issuer::Org)),
            ("https://acme-admin.oktapreview.com", Some(Issuer::Org)),
            ("https://acme.okta.com/oauth2", Some(Issuer::Org)),
            ("https://acme.okta.com/oauth2/v1/keys", Some(Issuer::Org)),
            ("https://acme.okta.com/.well-known/openid-configuration", Some(Issuer::Org)),
            ("https://acme.okta.com/oauth2/default", custom("default")),
            ("https://acme.okta.com/oauth2/default/", custom("default")),
            ("https://acme.okta.com/oauth2/aus1p8h3vNc6RsZ0y5d7/v1/keys", custom("aus1p8h3vNc6RsZ0y5d7")),
            ("https://login.acme.com/oauth2/aus1p8h3vNc6RsZ0y5d7", custom("aus1p8h3vNc6RsZ0y5d7")),
            ("https://${OKTA_DOMAIN}/oauth2/default", custom("default")),
            ("https://{yourOktaDomain}/oauth2/default", custom("default")),
            ("https://login.acme.com", None),
            ("https://login.acme.com/oauth2/token", None),
            ("${OKTA_BASE}/oauth2/default", custom("default")),
            ("https://$OKTA_DOMAIN/oauth2/default/v1/keys", custom("default")),
            ("https://${ORG}.okta.com", Some(Issuer::Org)),
            ("https://{{ org }}.{{ base }}/oauth2/aus1p8h3vNc6RsZ0y5d7", custom("aus1p8h3vNc6RsZ0y5d7")),
            ("https://${OKTA_DOMAIN}", None),
            ("https://${ORG}.${BASE}/oauth2/v1/keys", None),
            ("${OKTA_ISSUER}", None),
            ("${OKTA_ISSUER}/v1/keys", None),
            ("https://acme.okta.com/oauth2/${SERVER}", None),
            ("https://acme.okta.com/oauth2/aus${SERVER}", None),
            ("https://acme.okta.com${PATH}", None),
            ("https://acme.okta.com/oauth2/#{OktaServer}#", None),
            ("https://acme.okta.com#{Path}", None),
            ("https://developer.okta.com", None),
            ("https://accounts.google.com", None),
            ("https://acme.okta.com/app/oidc_client/exk1/sso", None),
            ("https://notokta.com/oauth2/x", None),
            ("acme.okta.com", None),
        ] {
            assert_eq!(of(text), issuer, "{text}");
        }
    }

    #[test]
    fn a_resource_of_terraform_is_a_server() {
        let id = gap::edge("module.m[\"k\"].okta_auth_server.api", "id");
        let issuer = gap::edge("okta_auth_server_default.it", "issuer");
        let policy = gap::edge("okta_auth_server_policy.apps", "id");
        let of_key = |text: &str| match of(text)? {
            Issuer::Custom(Key::Address { address, attribute }) => Some(format!("{address}.{attribute}")),
            other => Some(format!("{other:?}")),
        };
        let api = Some("module.m[\"k\"].okta_auth_server.api.id".to_owned());
        assert_eq!(of_key(&format!("https://acme.okta.com/oauth2/{id}")), api);
        assert_eq!(of_key(&format!("https://{}/oauth2/{id}/v1/keys", gap::gap())), api);
        let default = Some("okta_auth_server_default.it.issuer".to_owned());
        assert_eq!(of_key(&format!("{issuer}/v1/keys")), default);
        for other in [
            format!("{issuer}{}", gap::gap()),
            format!("{issuer}-test"),
            format!("https://{issuer}"),
            format!("https://acme.okta.com/oauth2/{policy}"),
        ] {
            assert_eq!(of_key(&other), None, "{other}");
        }
    }
}
