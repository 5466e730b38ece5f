//! The Management API's objects, as far as a lint reads them.
//!
//! A leaf is the borrowed text of a value: its address is its place. `null` and
//! absent are one. No `flatten` and no tagged enums: serde would buffer the
//! values, and the places would be lost.

use serde::Deserialize;
use serde_json::value::RawValue;

/// A value that is decoded later.
pub(super) type Leaf<'a> = Option<&'a RawValue>;

/// Declares structs whose fields are all optional.
macro_rules! raw {
    ($($(#[$meta:meta])* struct $name:ident { $($(#[$field_meta:meta])* $field:ident: $type:ty,)* })*) => {$(
        #[derive(Debug, Default, Deserialize)]
        #[serde(default)]
        $(#[$meta])*
        #[allow(clippy::struct_field_names, reason = "the names are the API's")]
        pub(super) struct $name<'a> {
            $($(#[$field_meta])* #[serde(borrow)] pub(super) $field: $type,)*
        }
    )*};
}

raw! {
    #[serde(rename_all = "camelCase")]
    struct App {
        id: Leaf<'a>,
        name: Leaf<'a>,
        label: Leaf<'a>,
        status: Leaf<'a>,
        sign_on_mode: Leaf<'a>,
        credentials: Option<Credentials<'a>>,
        settings: Option<AppSettings<'a>>,
    }

    #[serde(rename_all = "camelCase")]
    struct Credentials {
        oauth_client: Option<ClientCredentials<'a>>,
    }

    struct ClientCredentials {
        client_id: Leaf<'a>,
        token_endpoint_auth_method: Leaf<'a>,
        pkce_required: Leaf<'a>,
    }

    #[serde(rename_all = "camelCase")]
    struct AppSettings {
        oauth_client: Option<ClientSettings<'a>>,
        implicit_assignment: Leaf<'a>,
    }

    struct ClientSettings {
        application_type: Leaf<'a>,
        grant_types: Leaf<'a>,
        consent_method: Leaf<'a>,
        policy_uri: Leaf<'a>,
        tos_uri: Leaf<'a>,
        idp_initiated_login: Option<IdpInitiatedLogin<'a>>,
        initiate_login_uri: Leaf<'a>,
        response_types: Leaf<'a>,
        redirect_uris: Leaf<'a>,
        wildcard_redirect: Leaf<'a>,
        jwks: Option<Jwks<'a>>,
        jwks_uri: Leaf<'a>,
        refresh_token: Option<RefreshToken<'a>>,
        issuer_mode: Leaf<'a>,
    }

    struct Jwks {
        keys: Leaf<'a>,
    }

    struct RefreshToken {
        rotation_type: Leaf<'a>,
    }

    struct Key {
        status: Leaf<'a>,
    }

    struct IdpInitiatedLogin {
        mode: Leaf<'a>,
        default_scope: Leaf<'a>,
    }

    #[serde(rename_all = "camelCase")]
    struct Grant {
        id: Leaf<'a>,
        scope_id: Leaf<'a>,
        issuer: Leaf<'a>,
        status: Leaf<'a>,
        client_id: Leaf<'a>,
        user_id: Leaf<'a>,
        source: Leaf<'a>,
        #[serde(rename = "_links")]
        links: Option<Links<'a>>,
    }

    struct FederatedClaim {
        id: Leaf<'a>,
        name: Leaf<'a>,
        expression: Leaf<'a>,
        #[serde(rename = "_links")]
        links: Option<Links<'a>>,
    }

    #[serde(rename_all = "camelCase")]
    struct IdToken {
        audience: Leaf<'a>,
        name: Leaf<'a>,
        value_type: Leaf<'a>,
        group_filter_type: Leaf<'a>,
        value: Leaf<'a>,
    }

    struct Role {
        id: Leaf<'a>,
        r#type: Leaf<'a>,
        status: Leaf<'a>,
    }

    struct AppUserSchema {
        id: Leaf<'a>,
        definitions: Option<Definitions<'a>>,
    }

    struct Definitions {
        custom: Option<CustomDefinition<'a>>,
    }

    struct CustomDefinition {
        properties: Leaf<'a>,
    }

    #[serde(rename_all = "camelCase")]
    struct Server {
        id: Leaf<'a>,
        name: Leaf<'a>,
        default: Leaf<'a>,
        status: Leaf<'a>,
        audiences: Leaf<'a>,
        issuer: Leaf<'a>,
        issuer_mode: Leaf<'a>,
        credentials: Option<ServerCredentials<'a>>,
        access_token_encrypted_response_algorithm: Leaf<'a>,
    }

    struct ServerCredentials {
        signing: Option<Signing<'a>>,
    }

    #[serde(rename_all = "camelCase")]
    struct Signing {
        rotation_mode: Leaf<'a>,
    }

    struct Scope {
        id: Leaf<'a>,
        name: Leaf<'a>,
        consent: Leaf<'a>,
        default: Leaf<'a>,
        system: Leaf<'a>,
        #[serde(rename = "_links")]
        links: Option<Links<'a>>,
    }

    #[serde(rename_all = "camelCase")]
    struct Claim {
        id: Leaf<'a>,
        name: Leaf<'a>,
        claim_type: Leaf<'a>,
        value_type: Leaf<'a>,
        value: Leaf<'a>,
        // Snake case among camel case: so the API answers.
        #[serde(rename = "group_filter_type")]
        group_filter_type: Leaf<'a>,
        always_include_in_token: Leaf<'a>,
        status: Leaf<'a>,
        system: Leaf<'a>,
        conditions: Option<ClaimConditions<'a>>,
        #[serde(rename = "_links")]
        links: Option<Links<'a>>,
    }

    struct ClaimConditions {
        scopes: Leaf<'a>,
    }

    struct Policy {
        id: Leaf<'a>,
        name: Leaf<'a>,
        status: Leaf<'a>,
        system: Leaf<'a>,
        priority: Leaf<'a>,
        conditions: Option<PolicyConditions<'a>>,
        #[serde(rename = "_links")]
        links: Option<Links<'a>>,
    }

    struct PolicyConditions {
        clients: Option<Include<'a>>,
    }

    struct Include {
        include: Leaf<'a>,
    }

    struct Rule {
        id: Leaf<'a>,
        name: Leaf<'a>,
        status: Leaf<'a>,
        priority: Leaf<'a>,
        conditions: Option<RuleConditions<'a>>,
        actions: Option<RuleActions<'a>>,
        #[serde(rename = "_links")]
        links: Option<Links<'a>>,
    }

    #[serde(rename_all = "camelCase")]
    struct RuleConditions {
        people: Option<People<'a>>,
        grant_types: Option<Include<'a>>,
        scopes: Option<Include<'a>>,
    }

    struct People {
        users: Option<Selection<'a>>,
        groups: Option<Selection<'a>>,
    }

    struct Selection {
        include: Leaf<'a>,
        exclude: Leaf<'a>,
    }

    struct RuleActions {
        token: Option<TokenAction<'a>>,
    }

    #[serde(rename_all = "camelCase")]
    struct TokenAction {
        access_token_lifetime_minutes: Leaf<'a>,
        refresh_token_lifetime_minutes: Leaf<'a>,
        refresh_token_window_minutes: Leaf<'a>,
        inline_hook: Option<HookRef<'a>>,
    }

    struct HookRef {
        id: Leaf<'a>,
    }

    struct Hook {
        id: Leaf<'a>,
        name: Leaf<'a>,
        r#type: Leaf<'a>,
        status: Leaf<'a>,
    }

    #[serde(rename_all = "camelCase")]
    struct ApiService {
        id: Leaf<'a>,
        name: Leaf<'a>,
        granted_scopes: Leaf<'a>,
    }

    #[serde(rename_all = "camelCase")]
    struct AgentConnection {
        id: Leaf<'a>,
        connection_type: Leaf<'a>,
        scopes: Leaf<'a>,
        status: Leaf<'a>,
        authorization_server: Option<Orn<'a>>,
    }

    struct Orn {
        orn: Leaf<'a>,
    }

    struct Domain {
        domain: Leaf<'a>,
    }

    struct Group {
        id: Leaf<'a>,
        r#type: Leaf<'a>,
        profile: Option<GroupProfile<'a>>,
    }

    struct GroupProfile {
        name: Leaf<'a>,
    }

    #[serde(rename_all = "camelCase")]
    struct Error {
        error_code: Leaf<'a>,
        error_summary: Leaf<'a>,
    }

    struct Links {
        #[serde(rename = "self")]
        own: Leaf<'a>,
        app: Leaf<'a>,
    }
}
