//! The matrix: what each kind of authorization server can do, and what it costs.
//!
//! One table, printed by `okta-lint capabilities` and explained by
//! `okta-lint explain ID`. The rows come from Okta's own table of when to use
//! which server ([`SEED`]); where that table is silent or ambiguous, the page
//! named in [`Capability::source`] settled it.

/// Okta's table of when to use which authorization server.
pub const SEED: &str = "https://support.okta.com/help/s/article/when-to-use-the-org-authorization-server-vs-a-custom-authorization-server-in-okta";

/// A row of the matrix.
#[derive(Debug)]
pub struct Capability {
    /// What it is called everywhere.
    pub id: Id,
    /// The row: S for Okta's table, X for a row that only other pages give.
    pub row: &'static str,
    /// What it is, in a few words.
    pub title: &'static str,
    /// Whether the org authorization server has it.
    pub org: Support,
    /// Whether a custom authorization server has it.
    pub custom: Support,
    /// What using it on a custom server needs to be licensed.
    pub licences: &'static [Licence],
    /// What the table alone does not say.
    pub note: &'static str,
    /// Okta's page.
    pub source: &'static str,
}

/// Whether a kind of server has a capability.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Support {
    /// It has.
    Yes,
    /// It has not.
    No,
    /// It has, with the words given.
    Partly(&'static str),
}

impl Support {
    /// The cell of the table.
    pub fn text(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::Partly(words) => words,
        }
    }
}

/// Something that Okta sells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Licence {
    /// API Access Management: custom authorization servers at all.
    ApiAccessManagement,
    /// Machine-to-machine tokens.
    MachineToMachine,
    /// Okta for AI Agents.
    AiAgents,
    /// Okta Identity Governance.
    IdentityGovernance,
}

impl Licence {
    /// All of them.
    pub const ALL: [Self; 4] =
        [Self::ApiAccessManagement, Self::MachineToMachine, Self::AiAgents, Self::IdentityGovernance];

    /// The name in the configuration.
    pub fn name(self) -> &'static str {
        match self {
            Self::ApiAccessManagement => "api-access-management",
            Self::MachineToMachine => "machine-to-machine",
            Self::AiAgents => "ai-agents",
            Self::IdentityGovernance => "identity-governance",
        }
    }

    /// The name in Okta's words.
    pub fn title(self) -> &'static str {
        match self {
            Self::ApiAccessManagement => "API Access Management",
            Self::MachineToMachine => "Machine-to-Machine",
            Self::AiAgents => "Okta for AI Agents",
            Self::IdentityGovernance => "Okta Identity Governance",
        }
    }

    /// The licence of a name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|it| it.name() == name)
    }
}

/// The name of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(missing_docs, reason = "each is a row of the table below")]
pub enum Id {
    BasicSso,
    ApiAuthorization,
    OidcScopes,
    GroupsScope,
    OktaApiScopes,
    MyAccountScopes,
    CustomScopes,
    OidcClaims,
    FederatedClaims,
    AppProfileClaims,
    CustomClaims,
    OktaApiClientCredentials,
    MachineToMachine,
    OnBehalfOfExchange,
    AiAgentExchange,
    IntegrationNetwork,
    TokenLifetimes,
    TokenInlineHook,
    UserConsent,
    LocalTokenValidation,
    NativeSso,
    JwtBearerGrant,
    EncryptedAccessTokens,
    OwnAudience,
}

impl Id {
    /// The row.
    pub fn row(self) -> &'static Capability {
        &MATRIX[self as usize]
    }

    /// The kebab-case name.
    pub fn name(self) -> &'static str {
        NAMES[self as usize]
    }

    /// The row of a name.
    pub fn named(name: &str) -> Option<Self> {
        MATRIX.iter().map(|it| it.id).find(|it| it.name() == name)
    }

    /// Whether only a custom server has it.
    pub fn needs_custom(self) -> bool {
        self.row().org == No
    }

    /// Whether only the org server has it.
    pub fn needs_org(self) -> bool {
        matches!(self.row().custom, No | Partly("by hand"))
    }
}

const NAMES: [&str; 24] = [
    "basic-sso",
    "api-authorization",
    "oidc-scopes",
    "groups-scope",
    "okta-api-scopes",
    "my-account-scopes",
    "custom-scopes",
    "oidc-claims",
    "federated-claims",
    "app-profile-claims",
    "custom-claims",
    "okta-api-client-credentials",
    "machine-to-machine",
    "on-behalf-of-exchange",
    "ai-agent-exchange",
    "integration-network",
    "token-lifetimes",
    "token-inline-hook",
    "user-consent",
    "local-token-validation",
    "native-sso",
    "jwt-bearer-grant",
    "encrypted-access-tokens",
    "own-audience",
];

use Licence::{AiAgents, ApiAccessManagement, IdentityGovernance};
use Support::{No, Partly, Yes};

/// What a custom server costs for most of its rows.
const API_AM: &[Licence] = &[ApiAccessManagement];

const fn row(
    id: Id,
    row: &'static str,
    title: &'static str,
    (org, custom): (Support, Support),
    licences: &'static [Licence],
    note: &'static str,
    source: &'static str,
) -> Capability {
    Capability { id, row, title, org, custom, licences, note, source }
}

/// The matrix, in the order of [`Id`].
pub const MATRIX: [Capability; 24] = [
    row(
        Id::BasicSso,
        "S1",
        "basic sign-on with OpenID Connect",
        (Yes, Yes),
        &[],
        "A custom server does it too, but then needs its licence.",
        "https://developer.okta.com/docs/concepts/auth-servers/",
    ),
    row(
        Id::ApiAuthorization,
        "S2",
        "authorization for one's own APIs",
        (No, Yes),
        API_AM,
        "Who may get which scope of one's own API is decided by access policies, which only a custom server has.",
        "https://developer.okta.com/docs/concepts/api-access-management/",
    ),
    row(
        Id::OidcScopes,
        "S3",
        "OpenID Connect scopes",
        (Yes, Yes),
        &[],
        "`device_sso` is the exception: see native-sso. Client credentials may ask for none of them on either server.",
        "https://developer.okta.com/docs/concepts/auth-servers/",
    ),
    row(
        Id::GroupsScope,
        "S4",
        "the built-in `groups` scope and claim",
        (Yes, Partly("by hand")),
        &[],
        "On a custom server the scope and a claim have to be created. The org server puts groups into ID tokens and the userinfo answer, never into access tokens.",
        "https://developer.okta.com/docs/guides/customize-tokens-groups-claim/",
    ),
    row(
        Id::OktaApiScopes,
        "S5",
        "scopes of Okta's own APIs (`okta.users.read`)",
        (Yes, No),
        &[],
        "Only the org server mints tokens for Okta's APIs; names that start with `okta.` cannot be created on a custom server.",
        "https://developer.okta.com/docs/guides/implement-oauth-for-okta/",
    ),
    row(
        Id::MyAccountScopes,
        "S6",
        "MyAccount scopes (`okta.myAccount.*`)",
        (Yes, Partly("yes, may have to be created")),
        &[],
        "Okta's documents disagree on whether a new custom server has them; they can be created there, unlike other `okta.` names.",
        "https://developer.okta.com/docs/guides/configure-user-scoped-account-management/",
    ),
    row(
        Id::CustomScopes,
        "S7",
        "custom scopes in access tokens",
        (No, Yes),
        API_AM,
        "The org server answers `invalid_scope`: \"Custom scopes are not allowed for this request\".",
        "https://support.okta.com/help/s/article/okta-authorization-error-occurs-stating-custom-scopes-are-not-allowed-for-this-request",
    ),
    row(
        Id::OidcClaims,
        "S8",
        "OpenID Connect claims",
        (Yes, Yes),
        &[],
        "How much an ID token holds differs: the org server decides by flow, a custom server by `alwaysIncludeInToken`.",
        "https://developer.okta.com/docs/concepts/auth-servers/",
    ),
    row(
        Id::FederatedClaims,
        "S9",
        "federated claims in ID tokens",
        (Yes, Yes),
        &[IdentityGovernance],
        "Identity Governance is needed only where an expression reads `appuser.entitlements`.",
        "https://developer.okta.com/docs/guides/federated-claims/",
    ),
    row(
        Id::AppProfileClaims,
        "S10",
        "claims from the app profile, and the legacy groups claim",
        (Yes, No),
        &[],
        "A custom server ignores both; there they are claims of the server.",
        "https://support.okta.com/help/s/article/How-to-add-custom-attributes-of-user-profile-as-claims-in-token",
    ),
    row(
        Id::CustomClaims,
        "S11",
        "custom claims in access and ID tokens",
        (No, Yes),
        API_AM,
        "Federated claims and app profile claims are something else: they reach ID tokens of the org server.",
        "https://developer.okta.com/docs/guides/customize-tokens-returned-from-okta/",
    ),
    row(
        Id::OktaApiClientCredentials,
        "S12",
        "client credentials for Okta's own APIs",
        (Yes, No),
        &[],
        "The client must be a service app with `private_key_jwt`, granted scopes and an admin role. API service integrations use a secret.",
        "https://developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp/",
    ),
    row(
        Id::MachineToMachine,
        "S13",
        "client credentials for one's own APIs",
        (No, Yes),
        &[ApiAccessManagement, Licence::MachineToMachine],
        "A custom scope is mandatory. Tokens may count against the Machine-to-Machine licence.",
        "https://developer.okta.com/docs/guides/implement-grant-type/clientcreds/main/",
    ),
    row(
        Id::OnBehalfOfExchange,
        "S14",
        "on-behalf-of token exchange",
        (No, Yes),
        API_AM,
        "Across two servers the second must trust the first.",
        "https://developer.okta.com/docs/guides/set-up-token-exchange/main/",
    ),
    row(
        Id::AiAgentExchange,
        "S15",
        "token exchange by AI agents",
        (Partly("first leg"), Partly("second leg")),
        &[ApiAccessManagement, AiAgents],
        "An agent gets its identity assertion, secret or service account from the org server; it redeems an assertion at a custom server.",
        "https://developer.okta.com/docs/guides/ai-agent-token-exchange/",
    ),
    row(
        Id::IntegrationNetwork,
        "S16",
        "apps of the Okta Integration Network",
        (Yes, No),
        &[],
        "An integration cannot use a custom server, `default` included, nor custom scopes.",
        "https://developer.okta.com/docs/guides/submit-app-prereq/main/",
    ),
    row(
        Id::TokenLifetimes,
        "S17",
        "own lifetimes of access and refresh tokens",
        (No, Yes),
        API_AM,
        "The org server is fixed: 60 minutes for access and ID tokens, 90 days for refresh tokens.",
        "https://support.okta.com/help/s/article/What-is-the-lifetime-of-the-JWT-tokens",
    ),
    row(
        Id::TokenInlineHook,
        "S18",
        "token inline hooks",
        (No, Yes),
        API_AM,
        "A hook runs through a rule of an access policy, and is the only way to change the lifetime of an ID token.",
        "https://developer.okta.com/docs/guides/token-inline-hook/",
    ),
    row(
        Id::UserConsent,
        "S19",
        "asking users for consent",
        (No, Yes),
        API_AM,
        "The scope decides, and the app must be `REQUIRED`. Grants of `okta.*` scopes to an app are something else.",
        "https://developer.okta.com/docs/guides/request-user-consent/main/",
    ),
    row(
        Id::LocalTokenValidation,
        "S20",
        "validating access tokens without a call to Okta",
        (No, Yes),
        API_AM,
        "An access token of the org server is opaque to everybody but Okta: its audience and its keys are not yours.",
        "https://developer.okta.com/docs/guides/validate-access-tokens/",
    ),
    row(
        Id::NativeSso,
        "X1",
        "single sign-on between native apps (`device_sso`)",
        (No, Yes),
        API_AM,
        "",
        "https://developer.okta.com/docs/guides/configure-native-sso/main/",
    ),
    row(
        Id::JwtBearerGrant,
        "X2",
        "the JWT bearer grant",
        (No, Yes),
        API_AM,
        "In a native app's grant types it is a habit of the Admin Console and shows nothing.",
        "https://developer.okta.com/docs/api/openapi/okta-oauth/oauth/tag/CustomAS/",
    ),
    row(
        Id::EncryptedAccessTokens,
        "X5",
        "encrypted access tokens",
        (No, Yes),
        API_AM,
        "Encrypted ID tokens are possible on both.",
        "https://developer.okta.com/docs/guides/key-management/main/",
    ),
    row(
        Id::OwnAudience,
        "X6",
        "an audience of one's own in access tokens",
        (No, Yes),
        API_AM,
        "The audience of an org server's access token is the org's URL and cannot be set.",
        "https://developer.okta.com/docs/concepts/auth-servers/",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_stand_in_the_order_of_their_names() {
        for (index, row) in MATRIX.iter().enumerate() {
            assert_eq!(row.id as usize, index, "{}", row.title);
            assert_eq!(Id::named(row.id.name()), Some(row.id));
        }
    }

    #[test]
    fn every_row_that_only_a_custom_server_has_costs_api_access_management() {
        for row in MATRIX.iter().filter(|it| it.org == No) {
            assert!(row.licences.contains(&ApiAccessManagement), "{}", row.title);
        }
    }
}
