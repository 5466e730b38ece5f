//! What `[[client]]` of `okta-lint.toml` states, because no export can show it.

use super::{App, Id, Place, Setting};

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
}

/// The server that a stated client asks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum StatedServer {
    /// `"org"`: the org authorization server.
    Org,
    /// A custom server, by name; `default` for the one of that id.
    Custom(String),
}
