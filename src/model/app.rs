//! OAuth clients.

use super::{Entry, GroupFilter, List, Set, Setting, Status, ValueType};

/// An app whose sign-on mode is `OPENID_CONNECT`.
#[derive(Clone, Debug)]
pub struct App {
    /// Place and name.
    pub entry: Entry,
    /// `id`.
    pub id: Setting<String>,
    /// `label`: what people call it.
    pub label: Setting<String>,
    /// `name`: the catalogue key; `oidc_client` for an app of one's own.
    pub name: Setting<String>,
    /// `status`.
    pub status: Setting<Status>,
    /// The OAuth settings; `None` for Okta's own and for integration-network
    /// apps, whose answers have none.
    pub client: Option<Box<Client>>,
    /// Active and revoked grants of Okta API scopes.
    pub grants: Set<Grant>,
    /// Federated claims.
    pub federated_claims: Set<FederatedClaim>,
    /// The legacy groups claim. Unknown unless its own answer is in the export.
    pub groups_claim: Setting<Box<GroupsClaim>>,
    /// Custom attributes of the app's user schema.
    pub profile_attributes: Set<Setting<String>>,
    /// Admin roles of the client: what its tokens for Okta's APIs may do.
    pub roles: Set<Setting<String>>,
    /// `implicitAssignment`: federation broker mode.
    pub implicit_assignment: Setting<bool>,
}

/// Okta's own apps whose catalogue keys do not start with `okta_`.
const OKTA_APPS: [&str; 4] = ["saasure", "flow", "partner_portal", "ldap_interface"];

impl App {
    /// The catalogue key of an app of one's own.
    pub const CUSTOM: &str = "oidc_client";

    /// Whether it certainly comes from the Okta Integration Network. Okta's own
    /// apps do not, although they too have a key of the catalogue.
    pub fn is_integration(&self) -> bool {
        let is_okta = |it: &str| it.starts_with("okta_") || OKTA_APPS.contains(&it);
        self.name.known().is_some_and(|it| it != Self::CUSTOM && !is_okta(it))
    }

    /// Whether it certainly is an app of one's own, of which all can be changed.
    pub fn is_own(&self) -> bool {
        self.name.or_default(Self::CUSTOM.to_owned()).is_some_and(|it| it == Self::CUSTOM)
    }

    /// What people call it.
    pub fn title(&self) -> &str {
        self.label.known().map_or(&self.entry.resource, |it| it)
    }
}

/// `credentials.oauthClient` and `settings.oauthClient`.
#[derive(Clone, Debug)]
pub struct Client {
    /// `client_id`: the app's id unless it was chosen.
    pub client_id: Setting<String>,
    /// `token_endpoint_auth_method`; `client_secret_basic` when unset.
    pub token_endpoint_auth_method: Setting<AuthMethod>,
    /// `application_type`.
    pub application_type: Setting<ApplicationType>,
    /// `grant_types`.
    pub grant_types: List<GrantType>,
    /// `consent_method`.
    pub consent_method: Setting<ConsentMethod>,
    /// `policy_uri`; where it leads is nobody's business.
    pub policy_uri: Setting<()>,
    /// `tos_uri`, likewise.
    pub tos_uri: Setting<()>,
    /// `idp_initiated_login`.
    pub idp_initiated_login: IdpInitiatedLogin,
    /// `initiate_login_uri`, likewise.
    pub initiate_login_uri: Setting<()>,
    /// `response_types`.
    pub response_types: List<String>,
    /// `redirect_uris`; what is not known of one is a [gap](super::gap).
    pub redirect_uris: List<String>,
    /// `wildcard_redirect`.
    pub wildcard_redirect: Setting<WildcardRedirect>,
    /// `pkce_required`.
    pub pkce_required: Setting<bool>,
    /// `jwks.keys`: the status of each public key.
    pub keys: List<Status>,
    /// `jwks_uri`; where it leads is nobody's business.
    pub jwks_uri: Setting<()>,
    /// `refresh_token.rotation_type`.
    pub refresh_token_rotation: Setting<RefreshTokenRotation>,
    /// `issuer_mode`: the host of the issuer in ID tokens, and nothing else.
    pub issuer_mode: Setting<IssuerMode>,
    /// Whether a person chose `consent_method`: the Admin Console and dynamic
    /// registration write `REQUIRED` by themselves, Terraform does not.
    pub consent_is_chosen: bool,
}

/// `idp_initiated_login`.
#[derive(Clone, Debug)]
pub struct IdpInitiatedLogin {
    /// `mode`.
    pub mode: Setting<LoginMode>,
    /// `default_scope`.
    pub default_scope: List<String>,
}

/// How a sign-in that starts at Okta goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LoginMode {
    /// `DISABLED`: none does.
    Disabled,
    /// `SPEC`: Okta sends the user to the app, which starts the sign-in.
    Spec,
    /// `OKTA`: Okta makes the request for the app.
    Okta,
}

impl LoginMode {
    /// The API's words.
    pub const WORDS: [(&str, Self); 3] =
        [("DISABLED", Self::Disabled), ("SPEC", Self::Spec), ("OKTA", Self::Okta)];
}

/// `wildcard_redirect`: whether a redirect URI may hold a `*`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum WildcardRedirect {
    /// `DISABLED`, the default.
    Disabled,
    /// `SUBDOMAIN`: for one label of the host.
    Subdomain,
}

impl WildcardRedirect {
    /// The API's words.
    pub const WORDS: [(&str, Self); 2] = [("DISABLED", Self::Disabled), ("SUBDOMAIN", Self::Subdomain)];
}

/// `rotation_type`: whether a refresh token is a new one after each use.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RefreshTokenRotation {
    /// `STATIC`, the default.
    Static,
    /// `ROTATE`.
    Rotate,
}

impl RefreshTokenRotation {
    /// The API's words.
    pub const WORDS: [(&str, Self); 2] = [("STATIC", Self::Static), ("ROTATE", Self::Rotate)];
}

/// `issuer_mode` of an app and `issuerMode` of a server: the host in `iss`. It
/// says nothing about which kind of server issues a token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IssuerMode {
    /// `ORG_URL`: the org's own domain.
    OrgUrl,
    /// `CUSTOM_URL`: the custom domain.
    CustomUrl,
    /// `DYNAMIC`: the domain of the request.
    Dynamic,
}

impl IssuerMode {
    /// The API's words.
    pub const WORDS: [(&str, Self); 3] =
        [("ORG_URL", Self::OrgUrl), ("CUSTOM_URL", Self::CustomUrl), ("DYNAMIC", Self::Dynamic)];
}

/// `application_type`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ApplicationType {
    /// `web`.
    Web,
    /// `native`.
    Native,
    /// `browser`.
    Browser,
    /// `service`.
    Service,
    /// A value of another release.
    Other(String),
}

impl From<&str> for ApplicationType {
    fn from(text: &str) -> Self {
        match text {
            "web" => Self::Web,
            "native" => Self::Native,
            "browser" => Self::Browser,
            "service" => Self::Service,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl ApplicationType {
    /// The API's word.
    pub fn name(&self) -> &str {
        match self {
            Self::Web => "web",
            Self::Native => "native",
            Self::Browser => "browser",
            Self::Service => "service",
            Self::Other(text) => text,
        }
    }
}

/// `token_endpoint_auth_method`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AuthMethod {
    /// `client_secret_basic`, `client_secret_post` or `client_secret_jwt`.
    Secret(&'static str),
    /// `private_key_jwt`.
    PrivateKeyJwt,
    /// `none`: a public client.
    None,
    /// A value of another release.
    Other(String),
}

impl From<&str> for AuthMethod {
    fn from(text: &str) -> Self {
        match text {
            "client_secret_basic" => Self::Secret("client_secret_basic"),
            "client_secret_post" => Self::Secret("client_secret_post"),
            "client_secret_jwt" => Self::Secret("client_secret_jwt"),
            "private_key_jwt" => Self::PrivateKeyJwt,
            "none" => Self::None,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl AuthMethod {
    /// What Okta takes when nothing is written.
    pub const DEFAULT: Self = Self::Secret("client_secret_basic");

    /// The API's word.
    pub fn name(&self) -> &str {
        match self {
            Self::Secret(name) => name,
            Self::PrivateKeyJwt => "private_key_jwt",
            Self::None => "none",
            Self::Other(text) => text,
        }
    }
}

/// `consent_method`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ConsentMethod {
    /// `TRUSTED`: never asks.
    Trusted,
    /// `REQUIRED`: asks where a scope of a custom server does.
    Required,
}

/// A grant type of an app or of a rule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum GrantType {
    /// `authorization_code`.
    AuthorizationCode,
    /// `client_credentials`.
    ClientCredentials,
    /// `implicit`.
    Implicit,
    /// `password`.
    Password,
    /// `refresh_token`.
    RefreshToken,
    /// `urn:ietf:params:oauth:grant-type:jwt-bearer`.
    JwtBearer,
    /// `urn:ietf:params:oauth:grant-type:token-exchange`.
    TokenExchange,
    /// Any other, as it is written.
    Other(String),
}

impl From<&str> for GrantType {
    fn from(text: &str) -> Self {
        match text {
            "authorization_code" => Self::AuthorizationCode,
            "client_credentials" => Self::ClientCredentials,
            "implicit" => Self::Implicit,
            "password" => Self::Password,
            "refresh_token" => Self::RefreshToken,
            "urn:ietf:params:oauth:grant-type:jwt-bearer" => Self::JwtBearer,
            "urn:ietf:params:oauth:grant-type:token-exchange" => Self::TokenExchange,
            other => Self::Other(other.to_owned()),
        }
    }
}

impl GrantType {
    /// The API's word.
    pub fn name(&self) -> &str {
        match self {
            Self::AuthorizationCode => "authorization_code",
            Self::ClientCredentials => "client_credentials",
            Self::Implicit => "implicit",
            Self::Password => "password",
            Self::RefreshToken => "refresh_token",
            Self::JwtBearer => "urn:ietf:params:oauth:grant-type:jwt-bearer",
            Self::TokenExchange => "urn:ietf:params:oauth:grant-type:token-exchange",
            Self::Other(text) => text,
        }
    }
}

/// A grant of an Okta API scope to an app: `/apps/{id}/grants`. Org server only.
#[derive(Clone, Debug)]
pub struct Grant {
    /// Place and name.
    pub entry: Entry,
    /// `scopeId`.
    pub scope_id: Setting<String>,
    /// `issuer`: must be the org's URL.
    pub issuer: Setting<String>,
    /// Set where the issuer is a reference to an authorization server.
    pub issuer_of: Option<super::Ref<super::Server>>,
    /// `status`; a revoked grant is inactive.
    pub status: Setting<Status>,
}

/// A federated claim: `/apps/{id}/federated-claims`.
#[derive(Clone, Debug)]
pub struct FederatedClaim {
    /// Place and name.
    pub entry: Entry,
    /// `name`.
    pub name: Setting<String>,
    /// `expression`.
    pub expression: Setting<String>,
}

/// The legacy groups claim of an app. The org server puts it into ID tokens.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupsClaim {
    /// The name of the claim.
    pub name: Setting<String>,
    /// Which groups: of those that match, or by an expression.
    pub value_type: Setting<ValueType>,
    /// How the filter compares.
    pub filter: Setting<GroupFilter>,
    /// What it compares with, or the expression.
    pub value: Setting<String>,
}
