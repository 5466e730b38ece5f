//! What asks for tokens and what takes them: no answer of Okta's shows it.

use super::{App, Entry, Id, Org, Place, Ref, Server, Setting};

/// A client or an API, as `[[client]]` of `okta-lint.toml` states it, or as the
/// configuration of a gateway or a service shows it. Stated facts are known facts.
#[derive(Clone, Debug)]
pub struct Consumer {
    /// The place to show for it as a whole.
    pub at: Place,
    /// What it is: "client", or such as "JWT authorizer".
    pub kind: &'static str,
    /// What it is called: of a stated client, a pattern for the names of apps.
    pub name: String,
    /// What a finding about it is about: an address, or `kind:name`.
    pub resource: String,
    /// Whether `[[client]]` states it.
    pub is_stated: bool,
    /// Whether it is certain what it does with tokens; the names of variables
    /// only suggest it.
    pub is_certain: bool,
    /// The apps that it is.
    pub apps: Vec<Id<App>>,
    /// Its client id, where it has one. `resolve` adds the app to `apps`.
    pub client: Option<Ref<App>>,
    /// The server whose tokens it asks for, or takes.
    pub server: Setting<Asked>,
    /// The host of the org in its issuer, where that is one of Okta's domains.
    pub host: Option<String>,
    /// What it asks for.
    pub scopes: Vec<Setting<String>>,
    /// Whether it checks access tokens without a call to Okta.
    pub validates_locally: Setting<bool>,
    /// The `aud` that it insists on, one of these; empty where nothing says so.
    pub audiences: Vec<Setting<String>>,
    /// What it reads from access tokens.
    pub access_token_claims: Vec<Setting<String>>,
    /// Whether it is to be submitted to the Okta Integration Network.
    pub integration: Setting<bool>,
}

/// The server that a consumer relies on.
#[derive(Clone, Debug)]
pub enum Asked {
    /// The org authorization server.
    Org,
    /// A custom server, by name; `default` for the one of that id.
    Named(String),
    /// A custom server, by the id in an issuer or by reference.
    Issued(Ref<Server>),
}

/// The domains that Okta gives to orgs (Okta: "Okta domains").
const DOMAINS: [&str; 5] = ["okta.com", "oktapreview.com", "okta-emea.com", "okta-gov.com", "okta.mil"];

/// Hosts of Okta's own, which are no org.
const NO_ORGS: [&str; 4] = ["www", "developer", "support", "help"];

/// Whether a host is certainly that of an org: custom domains are known by the
/// org alone.
pub fn is_org_host(host: &str) -> bool {
    DOMAINS.iter().any(|domain| {
        let name = host.strip_suffix(domain).and_then(|it| it.strip_suffix('.'));
        name.is_some_and(|it| !it.is_empty() && !it.contains('.') && !NO_ORGS.contains(&it))
    })
}

/// The org that a URL names: its host, if that is one of Okta's domains. The host
/// of the Admin Console names the same org.
pub fn org_of(url: &str) -> Option<String> {
    let host = url.strip_prefix("https://")?.split(['/', ':', '?', '#']).next()?.to_ascii_lowercase();
    let (name, domain) = host.split_once('.')?;
    let plain = format!("{}.{domain}", name.strip_suffix("-admin").unwrap_or(name));
    is_org_host(&plain).then_some(plain)
}

impl Consumer {
    /// What people call it, with what it is.
    pub fn title(&self) -> String {
        format!("{} `{}`", self.kind, self.name)
    }

    /// The object that a finding about it is about: its app, if it has one.
    pub fn entry(&self, org: &Org) -> Entry {
        match self.apps.as_slice() {
            [app] if self.is_stated => org.app(*app).entry.clone(),
            _ => Entry { at: self.at, resource: self.resource.clone(), certain: true },
        }
    }

    /// The custom server that it relies on, if the input holds that one.
    pub fn custom_server(&self, org: &Org) -> Option<Id<Server>> {
        let name = match self.server.known()? {
            Asked::Org => return None,
            Asked::Issued(server) => return server.found(),
            Asked::Named(name) => name,
        };
        let is_meant = |it: &Server| {
            it.name.known() == Some(name) || (name == "default" && it.default.known() == Some(&true))
        };
        org.servers().find(|(_, it)| is_meant(it)).map(|(id, _)| id)
    }

    /// Whether the server that it names can only be one of this org: `default` is
    /// in any, on whatever domain.
    pub fn is_surely_of(&self, org: &Org) -> bool {
        match self.server.known() {
            Some(Asked::Issued(server)) if server.literal() == Some("default") => {
                self.host.is_some() && self.host == org.host()
            }
            Some(Asked::Issued(_)) => true,
            _ => self.is_stated,
        }
    }

    /// Whether its issuer is certainly another org's.
    pub fn is_elsewhere(&self, org: &Org) -> bool {
        self.host.as_ref().zip(org.host()).is_some_and(|(own, other)| *own != other)
    }

    /// Whether it relies on the org server.
    pub fn asks_org(&self) -> bool {
        matches!(self.server.known(), Some(Asked::Org))
    }

    /// Whether it relies on a custom server, in the input or not.
    pub fn asks_custom(&self) -> bool {
        matches!(self.server.known(), Some(Asked::Named(_) | Asked::Issued(_)))
    }
}
