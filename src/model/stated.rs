//! What `[[client]]` of `okta-lint.toml` states, because no export can show it.

use super::{App, Entry, Id, Org, Place, Server, Setting};

/// One `[[client]]` table. Stated facts are known facts.
#[derive(Clone, Debug)]
pub struct Stated {
    /// Where its `name` stands.
    pub at: Place,
    /// `name`, as it is written: a pattern for the names of apps.
    pub name: String,
    /// The apps whose label it matches.
    pub apps: Vec<Id<App>>,
    /// `server`: where it asks for tokens.
    pub server: Setting<StatedServer>,
    /// `scopes`: what it asks for.
    pub scopes: Vec<Setting<String>>,
    /// `validates-locally`: whether its tokens are checked without a call to Okta.
    pub validates_locally: Setting<bool>,
    /// `audience`: the `aud` that whoever takes its tokens insists on.
    pub audience: Setting<String>,
    /// `access-token-claims`: what whoever takes its access tokens reads from them.
    pub access_token_claims: Vec<Setting<String>>,
    /// `integration`: whether it is to be submitted to the Okta Integration Network.
    pub integration: Setting<bool>,
}

impl Stated {
    /// The object that a finding about it is about: its app, if it names one.
    pub fn entry(&self, org: &Org) -> Entry {
        match self.apps.as_slice() {
            [app] => org.app(*app).entry.clone(),
            _ => Entry { at: self.at, resource: format!("client:{}", self.name), certain: true },
        }
    }

    /// The custom server that it asks, if the input holds one of that name.
    pub fn custom_server(&self, org: &Org) -> Option<Id<Server>> {
        let Some(StatedServer::Custom(name)) = self.server.known() else { return None };
        let is_meant = |it: &Server| {
            it.name.known() == Some(name) || (name == "default" && it.default.known() == Some(&true))
        };
        org.servers().find(|(_, it)| is_meant(it)).map(|(id, _)| id)
    }

    /// Whether it asks the org server.
    pub fn asks_org(&self) -> bool {
        self.server.known() == Some(&StatedServer::Org)
    }
}

/// The server that a stated client asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatedServer {
    /// `"org"`: the org authorization server.
    Org,
    /// A custom server, by name; `default` for the one of that id.
    Custom(String),
}
