//! What an issuer says: which kind of server, and which one.
//!
//! Issuers are not compared as texts: a custom domain, the `-admin` host, a
//! slash at the end and the paths below an issuer all name one server, and
//! `/oauth2/v1` is a path of the org server's, no id.

use url::Url;

use crate::model::is_org_host;

/// A server, as an issuer names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Issuer {
    /// The org server.
    Org,
    /// A custom server, by its id; `default` is one of them.
    Custom(String),
}

/// The server that an issuer names, or an address below one; `None` for what is
/// not known to be Okta's. On a host that is not Okta's only the path tells.
pub(super) fn of(text: &str) -> Option<Issuer> {
    let url = Url::parse(&without_placeholders(text)).ok().filter(|it| it.scheme() == "https")?;
    let segments: Vec<&str> = url.path_segments()?.filter(|it| !it.is_empty()).collect();
    let is_okta = url.host_str().is_some_and(is_org_host);
    match segments.as_slice() {
        [] | ["oauth2"] | ["oauth2", "v1", ..] | [".well-known", ..] => is_okta.then_some(Issuer::Org),
        ["oauth2", id, ..] => (is_okta || is_id(id)).then(|| Issuer::Custom((*id).to_owned())),
        _ => None,
    }
}

/// The shape of a server's id, or the alias of one.
fn is_id(text: &str) -> bool {
    let rest = text.strip_prefix("aus");
    text == "default"
        || rest.is_some_and(|it| it.len() == 17 && it.chars().all(|it| it.is_ascii_alphanumeric()))
}

/// `${OKTA_DOMAIN}`, `{yourOktaDomain}` and `{{ domain }}` as a host that is none.
fn without_placeholders(text: &str) -> String {
    let Some((before, rest)) = text.trim().split_once(['{', '$']) else { return text.trim().to_owned() };
    let after = rest.rsplit_once('}').map_or("", |it| it.1);
    format!("{before}placeholder.invalid{after}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_read_and_not_compared() {
        let custom = |id: &str| Some(Issuer::Custom(id.to_owned()));
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
            ("https://${OKTA_DOMAIN}", None),
            ("https://developer.okta.com", None),
            ("https://accounts.google.com", None),
            ("https://acme.okta.com/app/oidc_client/exk1/sso", None),
            ("https://notokta.com/oauth2/x", None),
            ("acme.okta.com", None),
        ] {
            assert_eq!(of(text), issuer, "{text}");
        }
    }
}
