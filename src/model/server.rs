//! Custom authorization servers, their scopes and claims.

use super::{Entry, IssuerMode, List, Policy, Ref, Set, Setting, Status};

/// A custom authorization server. The one called `default` is one of them.
#[derive(Clone, Debug)]
pub struct Server {
    /// Place and name.
    pub entry: Entry,
    /// Whether the input holds the object itself, and not only things on it.
    pub declared: bool,
    /// `id`; `default` for a reference to that server by its alias.
    pub id: Setting<String>,
    /// `name`.
    pub name: Setting<String>,
    /// `default`: the server that every licensed org has.
    pub default: Setting<bool>,
    /// `status`.
    pub status: Setting<Status>,
    /// `audiences`.
    pub audiences: List<String>,
    /// `issuer`.
    pub issuer: Setting<String>,
    /// `issuerMode`.
    pub issuer_mode: Setting<IssuerMode>,
    /// `credentials.signing.rotationMode`.
    pub rotation_mode: Setting<RotationMode>,
    /// `accessTokenEncryptedResponseAlgorithm`.
    pub access_token_encrypted_response_algorithm: Setting<String>,
    /// Scopes.
    pub scopes: Set<Scope>,
    /// Claims.
    pub claims: Set<Claim>,
    /// Access policies.
    pub policies: Set<Policy>,
    /// `associatedServers`: servers whose tokens it takes in an exchange.
    pub trusted: Set<Ref<Server>>,
}

impl Server {
    /// What people call it.
    pub fn title(&self) -> &str {
        // A server that only its parts name is called by its id.
        let by_id = || self.entry.resource.strip_prefix("server:").unwrap_or(&self.entry.resource);
        self.name.known().map_or_else(by_id, String::as_str)
    }

    /// Whether the input holds it, or anything on it.
    pub fn is_in_input(&self) -> bool {
        self.declared
            || !self.scopes.items.is_empty()
            || !self.claims.items.is_empty()
            || !self.policies.items.is_empty()
    }

    /// Whether the input says which server it is. One that is only known by an
    /// expression may be any of those beside it.
    pub fn is_identified(&self) -> bool {
        let is_address = self.entry.resource.contains("okta_auth_server");
        self.declared || is_address || self.id.known().is_some() || self.default.known() == Some(&true)
    }
}

/// A scope of a server.
#[derive(Clone, Debug)]
pub struct Scope {
    /// Place and name.
    pub entry: Entry,
    /// `id`.
    pub id: Setting<String>,
    /// `name`.
    pub name: Setting<String>,
    /// `consent`.
    pub consent: Setting<Consent>,
    /// `default`: granted where a request names no scope.
    pub default: Setting<bool>,
    /// `system`: made by Okta and part of OpenID Connect.
    pub system: Setting<bool>,
}

/// `consent` of a scope.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Consent {
    /// Never asked.
    Implicit,
    /// Always asked; a grant without a person fails.
    Required,
    /// Asked where a person is there.
    Flexible,
}

/// A claim of a server.
#[derive(Clone, Debug)]
pub struct Claim {
    /// Place and name.
    pub entry: Entry,
    /// `id`.
    pub id: Setting<String>,
    /// `name`.
    pub name: Setting<String>,
    /// `claimType`.
    pub claim_type: Setting<ClaimType>,
    /// `valueType`.
    pub value_type: Setting<ValueType>,
    /// `value`: an expression, or the pattern of a group filter.
    pub value: Setting<String>,
    /// `group_filter_type`.
    pub filter: Setting<GroupFilter>,
    /// `alwaysIncludeInToken`: otherwise an ID token that comes with an access
    /// token leaves it out.
    pub always_include_in_token: Setting<bool>,
    /// `conditions.scopes`; an empty list means any scope.
    pub scopes: List<String>,
    /// `status`.
    pub status: Setting<Status>,
    /// `system`: one of the nineteen that Okta made.
    pub system: Setting<bool>,
}

/// `claimType`: which token it goes into.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimType {
    /// `IDENTITY`: the ID token.
    Identity,
    /// `RESOURCE`: the access token.
    Resource,
}

/// `valueType` of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueType {
    /// `EXPRESSION`.
    Expression,
    /// `GROUPS`.
    Groups,
    /// `SYSTEM`.
    System,
}

/// `group_filter_type` of a claim.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GroupFilter {
    /// `STARTS_WITH`.
    StartsWith,
    /// `EQUALS`.
    Equals,
    /// `CONTAINS`.
    Contains,
    /// `REGEX`.
    Regex,
}

impl GroupFilter {
    /// The API's words.
    pub const WORDS: [(&str, Self); 4] = [
        ("STARTS_WITH", Self::StartsWith),
        ("EQUALS", Self::Equals),
        ("CONTAINS", Self::Contains),
        ("REGEX", Self::Regex),
    ];
}

/// `credentials.signing.rotationMode` of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RotationMode {
    /// `AUTO`.
    Auto,
    /// `MANUAL`.
    Manual,
}

impl RotationMode {
    /// The API's words.
    pub const WORDS: [(&str, Self); 2] = [("AUTO", Self::Auto), ("MANUAL", Self::Manual)];
}

impl ValueType {
    /// The API's words.
    pub const WORDS: [(&str, Self); 3] =
        [("EXPRESSION", Self::Expression), ("GROUPS", Self::Groups), ("SYSTEM", Self::System)];
}
