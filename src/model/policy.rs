//! Access policies and rules of a custom authorization server.

use super::{App, Entry, GrantType, Hook, Id, List, Place, Ref, Set, Setting, Status};

/// An access policy.
#[derive(Clone, Debug)]
pub struct Policy {
    /// Place and name.
    pub entry: Entry,
    /// `id`.
    pub id: Setting<String>,
    /// `name`.
    pub name: Setting<String>,
    /// `status`.
    pub status: Setting<Status>,
    /// `system`: the policy that Okta made with the server.
    pub system: Setting<bool>,
    /// `priority`: lower ones are tried first.
    pub priority: Setting<i64>,
    /// `conditions.clients.include`.
    pub clients: Setting<Vec<Member>>,
    /// Its rules.
    pub rules: Set<Rule>,
}

impl Policy {
    /// What people call it.
    pub fn title(&self) -> &str {
        self.name.known().map_or(&self.entry.resource, |it| it)
    }

    /// Where it takes in every client.
    pub fn all_clients(&self) -> Option<Place> {
        self.clients.known()?.iter().find_map(|it| match it {
            Member::AllClients(at) => Some(*at),
            Member::Client(_) => None,
        })
    }

    /// The clients that it names, as far as the input holds them.
    pub fn named(&self) -> impl Iterator<Item = Id<App>> {
        self.clients.known().into_iter().flatten().filter_map(Member::app)
    }
}

/// A member of `conditions.clients.include`.
#[derive(Clone, Debug)]
pub enum Member {
    /// The literal `ALL_CLIENTS`.
    AllClients(Place),
    /// A client, by its client id or its app id.
    Client(Ref<App>),
}

impl Member {
    /// The client that is named.
    pub fn client(&self) -> Option<&Ref<App>> {
        match self {
            Self::Client(client) => Some(client),
            Self::AllClients(_) => None,
        }
    }

    /// The app that it is, if the input holds it.
    pub fn app(&self) -> Option<Id<App>> {
        self.client()?.found()
    }
}

/// A rule of an access policy.
#[derive(Clone, Debug)]
pub struct Rule {
    /// Place and name.
    pub entry: Entry,
    /// `name`.
    pub name: Setting<String>,
    /// `status`.
    pub status: Setting<Status>,
    /// `priority`, within its policy: lower ones are tried first.
    pub priority: Setting<i64>,
    /// `conditions.grantTypes.include`.
    pub grant_types: List<GrantType>,
    /// `conditions.scopes.include`: names, or `*`.
    pub scopes: List<String>,
    /// `conditions.people`.
    pub people: People,
    /// `actions.token.accessTokenLifetimeMinutes`, in minutes; 60 when unset.
    pub access_token_lifetime: Setting<i64>,
    /// `actions.token.refreshTokenLifetimeMinutes`, in minutes; 0, unlimited, when unset.
    pub refresh_token_lifetime: Setting<i64>,
    /// `actions.token.refreshTokenWindowMinutes`, in minutes; 10,080 when unset.
    pub refresh_token_window: Setting<i64>,
    /// `actions.token.inlineHook.id`.
    pub inline_hook: Setting<Ref<Hook>>,
}

impl Rule {
    /// What people call it.
    pub fn title(&self) -> &str {
        self.name.known().map_or(&self.entry.resource, |it| it)
    }
}

/// `conditions.people` of a rule. They do not apply to client credentials,
/// which have no user.
#[derive(Clone, Debug)]
pub struct People {
    /// `users.include`.
    pub users: List<String>,
    /// `groups.include`.
    pub groups: Include,
    /// `users.exclude`.
    pub excluded_users: List<String>,
    /// `groups.exclude`.
    pub excluded_groups: List<String>,
}

/// `groups.include`.
pub type Include = Setting<Vec<GroupRef>>;

/// A group that a rule names.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum GroupRef {
    /// Everyone: the literal `EVERYONE`, or the group of that name.
    Everyone(Place),
    /// A group that is certainly another one.
    Other(Place, String),
    /// An id, and the input does not say of which group.
    Id(Place, String),
    /// Not known.
    Unknown(Place),
}
