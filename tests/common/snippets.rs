//! Parts of an org, to put together.

#![allow(dead_code, reason = "each test uses a part of it")]

pub const SERVER: &str = r#"
resource "okta_auth_server" "orders" {
  name      = "orders"
  audiences = ["api://orders"]
}
resource "okta_auth_server_scope" "read" {
  auth_server_id = okta_auth_server.orders.id
  name           = "orders:read"
}
"#;

/// An app with these arguments; one that is written twice would be refused.
pub fn app(name: &str, arguments: &str) -> String {
    let default = |key: &str, value: &str| {
        if arguments.contains(key) { String::new() } else { format!("  {key} = {value}\n") }
    };
    format!(
        "resource \"okta_app_oauth\" \"{name}\" {{\n  label = \"{name}\"\n{}{}{}{}{arguments}\n}}\n",
        default("type", "\"web\""),
        default("grant_types", "[\"authorization_code\"]"),
        default("response_types", "[\"code\"]"),
        default("redirect_uris", "[\"https://app.example.com/callback\"]"),
    )
}

pub fn policy(clients: &str) -> String {
    format!(
        "resource \"okta_auth_server_policy\" \"apps\" {{\n  auth_server_id = okta_auth_server.orders.id\n  \
         name = \"apps\"\n  description = \"d\"\n  priority = 1\n  client_whitelist = [{clients}]\n}}\n"
    )
}

pub fn rule(name: &str, priority: u32, arguments: &str) -> String {
    let people =
        if arguments.contains("group_whitelist") { "" } else { "  group_whitelist = [\"EVERYONE\"]\n" };
    format!(
        "resource \"okta_auth_server_policy_rule\" \"{name}\" {{\n  auth_server_id = okta_auth_server.orders.id\n  \
         policy_id = okta_auth_server_policy.apps.id\n  name = \"{name}\"\n  priority = {priority}\n{people}{arguments}\n}}\n"
    )
}

pub const USERS: &str = "  grant_type_whitelist = [\"authorization_code\"]\n  scope_whitelist = [\"openid\", \"offline_access\", \"orders:read\"]";
pub const MACHINES: &str =
    "  grant_type_whitelist = [\"client_credentials\"]\n  scope_whitelist = [\"orders:read\"]";
const KEY: &str =
    "  token_endpoint_auth_method = \"private_key_jwt\"\n  jwks_uri = \"https://job.example.com/keys\"\n";

pub fn job() -> String {
    app(
        "job",
        &format!(
            "  type = \"service\"\n  grant_types = [\"client_credentials\"]\n  response_types = [\"token\"]\n  redirect_uris = []\n{KEY}"
        ),
    )
}

/// An app as the API answers it.
pub fn answer(kind: &str, grants: &str, more: &str) -> String {
    format!(
        r#"[{{"id":"0oa3m7x9rLw2KfJ8n5d7","name":"oidc_client","label":"Portal","status":"ACTIVE","signOnMode":"OPENID_CONNECT",
        "credentials":{{"oauthClient":{{"client_id":"0oa3m7x9rLw2KfJ8n5d7","token_endpoint_auth_method":"none","pkce_required":true}}}},
        "settings":{{"oauthClient":{{"application_type":"{kind}","grant_types":[{grants}],"response_types":["code"],"redirect_uris":["https://app.example.com/callback"]{more}}}}}}}]"#
    )
}

/// A server as the API answers it, with what else is in it.
pub fn server(more: &str) -> String {
    format!(
        r#"[{{"id":"aus1p8h3vNc6RsZ0y5d7","name":"orders","audiences":["api://orders"],"issuer":"https://acme.okta.com/oauth2/aus1p8h3vNc6RsZ0y5d7","status":"ACTIVE","default":false{more}}}]"#
    )
}
