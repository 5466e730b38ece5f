//! API service integrations and AI agents.

use super::{Entry, List, Ref, Server, Setting, Status};

/// An API service integration: `/integrations/api/v1/api-services`. Org server only.
#[derive(Clone, Debug)]
pub struct ApiService {
    /// Place and name.
    pub entry: Entry,
    /// `id`: also its client id.
    pub id: Setting<String>,
    /// `grantedScopes`.
    pub granted_scopes: List<String>,
}

impl ApiService {
    /// What people call it.
    pub fn title(&self) -> &str {
        self.entry.resource.strip_prefix("api-service:").unwrap_or(&self.entry.resource)
    }
}

/// What an AI agent may connect to: `/ai-agents/{id}/connections`.
#[derive(Clone, Debug)]
pub struct AgentConnection {
    /// Place and name.
    pub entry: Entry,
    /// The client id of the agent, where the input says it: `wlp…`.
    pub agent: Setting<String>,
    /// `scopes`: what it may ask for.
    pub scopes: List<String>,
    /// `connectionType`.
    pub connection_type: Setting<ConnectionType>,
    /// `authorizationServer.orn`: the server of the resource.
    pub authorization_server: Option<Ref<Server>>,
    /// `status`.
    pub status: Setting<Status>,
}

/// `connectionType`. The set grows from month to month, so it is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ConnectionType {
    /// `IDENTITY_ASSERTION_CUSTOM_AS` and `IDENTITY_ASSERTION_MCP_SERVER`: the
    /// second leg is at a custom authorization server.
    CustomServer(String),
    /// `STS_…`: at the org server alone.
    OrgServer(String),
    /// `IDENTITY_ASSERTION_APP_INSTANCE` and what is not known: neither.
    Elsewhere(String),
}

impl From<&str> for ConnectionType {
    fn from(text: &str) -> Self {
        match text {
            "IDENTITY_ASSERTION_CUSTOM_AS" | "IDENTITY_ASSERTION_MCP_SERVER" => {
                Self::CustomServer(text.to_owned())
            }
            it if it.starts_with("STS_") => Self::OrgServer(it.to_owned()),
            other => Self::Elsewhere(other.to_owned()),
        }
    }
}
