//! The org as the input describes it: inert, resolved, three-valued.
//!
//! Field names are the Management API's in snake case. Nothing here does I/O,
//! knows a file format or decides a level. Each value is a [`Setting`]: known,
//! unset or unknown; each collection is a [`Set`] that says what its absences
//! are worth; each edge is a [`Ref`].

mod agent;
mod app;
mod consumer;
pub mod gap;
mod hook;
mod policy;
mod server;
mod set;
mod setting;

pub use agent::{AgentConnection, ApiService, ConnectionType};
pub use app::{
    App, ApplicationType, AuthMethod, Client, ConsentMethod, FederatedClaim, Grant, GrantType, GroupsClaim,
    IdpInitiatedLogin, IssuerMode, LoginMode, RefreshTokenRotation, WildcardRedirect,
};
pub use consumer::{Asked, Consumer, is_org_host, org_of};
pub use hook::{Hook, TOKEN_HOOK};
pub use policy::{GroupRef, Include, Member, People, Policy, Rule};
pub use server::{Claim, ClaimType, Consent, GroupFilter, RotationMode, Scope, Server, ValueType};
pub use set::{Coverage, Id, Key, Ref, Set, Target};
pub use setting::{List, Place, Setting, State, Status, Step, TrailId, Trails, Why};

use std::path::PathBuf;

use crate::source::Span;

/// What every object of the input has: where it stands and what it is called.
#[derive(Clone, Debug)]
pub struct Entry {
    /// The place to show for the object as a whole: its name where it has one.
    pub at: Place,
    /// The Terraform address, or `kind:name` for an export.
    pub resource: String,
    /// False for a definition that may have no instance (`count`, `for_each`
    /// that are not known).
    pub certain: bool,
}

/// One org, or one Terraform root and provider configuration.
#[derive(Clone, Debug, Default)]
pub struct Org {
    /// OAuth clients: apps whose sign-on mode is `OPENID_CONNECT`.
    pub apps: Set<App>,
    /// Custom authorization servers, `default` included. The org server is
    /// never listed by the API.
    pub servers: Set<Server>,
    /// Inline hooks.
    pub hooks: Set<Hook>,
    /// API service integrations from the integration network.
    pub api_services: Set<ApiService>,
    /// What AI agents may connect to.
    pub agent_connections: Set<AgentConnection>,
    /// Custom domains, by name.
    pub domains: Set<Setting<String>>,
    /// Clients and APIs beside Okta: as stated, or as their configuration shows.
    pub consumers: Vec<Consumer>,
    /// An answer that says that API Access Management is not licensed
    /// (`E0000015` where the list of authorization servers belongs).
    pub unlicensed: Option<Span>,
    /// How evaluated values got to their place.
    pub trails: Trails,
    /// Blocks that may have no instance, or an inactive one, in the order of spans:
    /// what stands in them proves nothing.
    pub doubtful: Vec<Span>,
    /// Where it was read from.
    pub origin: Origin,
    /// The host of the org, where Terraform's provider is configured with it.
    pub configured_host: Option<String>,
}

/// Where an org was read from. A Terraform root is several orgs if there are
/// several ways to apply it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// Which root; roots count from 1, and 0 is an export.
    pub root: usize,
    /// The folder of the root.
    pub folder: PathBuf,
    /// The file of values that makes the environment, as seen from the root.
    pub environment: Option<String>,
    /// Whether it rests on defaults of a module that nobody calls, which are a
    /// suggestion and no fact.
    pub assumed: bool,
}

impl Org {
    /// The host of the org, as the provider, or the issuers of its servers and of its
    /// grants tell it: its own domain, not a custom one.
    pub fn host(&self) -> Option<String> {
        let issued = || self.servers.items.iter().find_map(|it| org_of(it.issuer.known()?));
        let grants = || self.apps.items.iter().flat_map(|it| &it.grants.items);
        let granted = || grants().find_map(|it| org_of(it.issuer.known()?));
        self.configured_host.clone().or_else(issued).or_else(granted)
    }

    /// Whether a value stands in a block that may have no active instance, or went
    /// through one.
    pub fn is_doubtful(&self, at: Place) -> bool {
        let is_within = |span: Span| {
            let after = self.doubtful.partition_point(|it| (it.file, it.start) <= (span.file, span.start));
            after.checked_sub(1).is_some_and(|it| self.doubtful[it].contains(span))
        };
        !self.doubtful.is_empty()
            && (is_within(at.span) || self.trails.steps(at.trail).into_iter().any(|it| is_within(it.span)))
    }

    /// An app by its id.
    pub fn app(&self, id: Id<App>) -> &App {
        &self.apps.items[id.index()]
    }

    /// A server by its id.
    pub fn server(&self, id: Id<Server>) -> &Server {
        &self.servers.items[id.index()]
    }

    /// A hook by its id.
    pub fn hook(&self, id: Id<Hook>) -> &Hook {
        &self.hooks.items[id.index()]
    }

    /// Each client with its id.
    pub fn apps(&self) -> impl Iterator<Item = (Id<App>, &App)> {
        self.apps.items.iter().enumerate().map(|(at, app)| (Id::new(at), app))
    }

    /// Each server with its id.
    pub fn servers(&self) -> impl Iterator<Item = (Id<Server>, &Server)> {
        self.servers.items.iter().enumerate().map(|(at, server)| (Id::new(at), server))
    }

    /// The active OAuth clients of one's own: those whose settings can be changed.
    pub fn own_clients(&self) -> impl Iterator<Item = (&App, &Client)> {
        let own = self.apps.items.iter().filter(|it| !it.status.is_inactive() && it.is_own());
        own.filter_map(|it| Some((it, it.client.as_deref()?)))
    }

    /// The app that a client is named by, and its client id, where it is named by
    /// the id of the app and that is another one: Okta knows no such client.
    pub fn misnamed(&self, client: &Ref<App>) -> Option<(&App, &str)> {
        let app = self.app(client.found()?);
        let own = app.client.as_ref()?.client_id.known()?;
        let by_id = match &client.key {
            Key::Literal(text) => app.id.known() == Some(text) && text != own,
            Key::Address { attribute, .. } => attribute == "id" && app.id.known() != Some(own),
            Key::Unknown(_) => false,
        };
        by_id.then_some((app, own.as_str()))
    }

    /// Whether nothing at all was found.
    pub fn is_empty(&self) -> bool {
        self.apps.items.is_empty()
            && self.servers.items.is_empty()
            && self.hooks.items.is_empty()
            && self.api_services.items.is_empty()
            && self.agent_connections.items.is_empty()
            && self.domains.items.is_empty()
            && self.consumers.is_empty()
            && self.unlicensed.is_none()
    }
}
