//! Group A: something that only a custom authorization server has is in use.
//!
//! Each row reports the needs of its capability; `needs` finds them.

use crate::lint::{Check, Lint, NeedText, lint};

/// A message: who uses what.
macro_rules! uses {
    ($what:literal) => {
        |who| format!(concat!("{} ", $what), who)
    };
}

/// What to do instead of buying a licence.
macro_rules! need {
    ($what:literal, instead: $instead:literal) => {
        Check::Need(NeedText { message: uses!($what), instead: $instead })
    };
}

pub(super) const LINTS: &[Lint] = &[
    lint!(
        "custom-scope", Warning, NeedsCustomServer,
        need!(
            "uses custom scopes, which only a custom authorization server issues",
            instead: "drop these scopes and use those of OpenID Connect"
        ),
        capability: CustomScopes,
        yields_to: &["custom-scope-from-org", "okta-scope-on-custom-server", "unknown-scope"]
    ),
    lint!(
        "custom-claim", Warning, NeedsCustomServer,
        need!(
            "uses custom claims, which only a custom authorization server puts into tokens",
            instead: "use federated claims or the app profile, which reach ID tokens of the org server"
        ),
        capability: CustomClaims,
        yields_to: &["custom-server-for-groups"]
    ),
    lint!(
        "machine-to-machine", Warning, NeedsCustomServer,
        need!(
            "uses client credentials beyond Okta's own APIs, which only a custom authorization server serves",
            instead: "call Okta's APIs only, as a service app with `private_key_jwt` and granted scopes, or drop the grant"
        ),
        capability: MachineToMachine,
        yields_to: &["m2m-without-custom-server", "m2m-without-scope"]
    ),
    lint!(
        "on-behalf-of-exchange", Warning, NeedsCustomServer,
        need!(
            "uses token exchange on behalf of a user, which only a custom authorization server offers",
            instead: "drop the exchange, and with it the grant and the trust between servers"
        ),
        capability: OnBehalfOfExchange,
        yields_to: &["exchange-without-rule"]
    ),
    lint!(
        "ai-agent-exchange", Warning, NeedsCustomServer,
        need!(
            "takes assertions of AI agents, which are redeemed at a custom authorization server",
            instead: "connect the agent to a secret, a service account or a resource server, which the org server serves"
        ),
        capability: AiAgentExchange
    ),
    lint!(
        "token-lifetime", Warning, NeedsCustomServer,
        need!(
            "sets its own token lifetimes, which only a custom authorization server can",
            instead: "live with 60 minutes for access tokens and 90 days for refresh tokens"
        ),
        capability: TokenLifetimes
    ),
    lint!(
        "token-hook", Warning, NeedsCustomServer,
        need!(
            "runs a token inline hook, which only a custom authorization server can",
            instead: "put what the hook adds into federated claims of the apps"
        ),
        capability: TokenInlineHook
    ),
    lint!(
        "user-consent", Warning, NeedsCustomServer,
        need!(
            "asks users for consent, which only a custom authorization server does",
            instead: "set `consent` to IMPLICIT and `consent_method` to TRUSTED"
        ),
        capability: UserConsent,
        yields_to: &["consent-without-custom-server"]
    ),
    lint!(
        "local-token-validation", Warning, NeedsCustomServer,
        need!(
            "has its access tokens validated locally, which works with those of a custom authorization server only",
            instead: "ask Okta's /introspect endpoint, or validate ID tokens"
        ),
        capability: LocalTokenValidation,
        yields_to: &["org-token-validated-locally"]
    ),
    lint!(
        "access-policy", Warning, NeedsCustomServer,
        need!(
            "decides by access policy who gets which scopes, which only a custom authorization server does",
            instead: "restrict people by assigning the app, and decide in the API itself"
        ),
        capability: ApiAuthorization
    ),
    lint!(
        "native-sso", Warning, NeedsCustomServer,
        need!(
            "uses single sign-on between native apps, which only a custom authorization server offers",
            instead: "drop `device_sso` and sign on in each app"
        ),
        capability: NativeSso,
        yields_to: &["device-sso-without-custom-server"]
    ),
    lint!(
        "jwt-bearer", Warning, NeedsCustomServer,
        need!(
            "uses the JWT bearer grant, which only a custom authorization server accepts",
            instead: "drop the grant"
        ),
        capability: JwtBearerGrant
    ),
    lint!(
        "encrypted-access-token", Warning, NeedsCustomServer,
        need!(
            "encrypts its access tokens, which only a custom authorization server can",
            instead: "encrypt ID tokens only"
        ),
        capability: EncryptedAccessTokens
    ),
    lint!(
        "own-audience", Warning, NeedsCustomServer,
        need!(
            "needs an audience of its own in access tokens, which only a custom authorization server sets",
            instead: "check ID tokens, whose audience is the client id"
        ),
        capability: OwnAudience,
        yields_to: &["unknown-audience"]
    ),
];
