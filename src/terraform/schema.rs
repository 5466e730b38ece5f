//! The types of the okta provider's arguments, as far as it matters: an argument
//! that is read back is what the provider made of it.

use super::types::Type;

/// Sets of strings, provider v6.12.
const SETS: [&str; 22] = [
    "audiences",
    "client_whitelist",
    "grant_type_whitelist",
    "grant_types",
    "group_assignments",
    "group_blacklist",
    "group_whitelist",
    "login_scopes",
    "post_logout_redirect_uris",
    "response_types",
    "scope_whitelist",
    "scopes",
    "trusted",
    "user_blacklist",
    "user_whitelist",
    "groups",
    "users",
    "users_excluded",
    "groups_included",
    "groups_excluded",
    "include",
    "exclude",
];

/// Lists of strings.
const LISTS: [&str; 1] = ["redirect_uris"];

/// Maps of strings.
const MAPS: [&str; 2] = ["channel", "auth"];

/// Numbers.
const NUMBERS: [&str; 5] = [
    "priority",
    "access_token_lifetime_minutes",
    "refresh_token_lifetime_minutes",
    "refresh_token_window_minutes",
    "refresh_token_leeway",
];

/// Booleans.
const BOOLS: [&str; 14] = [
    "accessibility_self_service",
    "always_include_in_token",
    "auto_key_rotation",
    "auto_submit_toolbar",
    "default",
    "frontchannel_logout_session_required",
    "hide_ios",
    "hide_web",
    "implicit_assignment",
    "omit_secret",
    "optional",
    "participate_slo",
    "pkce_required",
    "skip_authentication_policy",
];

/// Strings of which people write numbers or booleans.
const STRINGS: [&str; 24] = [
    "label",
    "name",
    "description",
    "value",
    "version",
    "status",
    "type",
    "client_id",
    "auth_server_id",
    "policy_id",
    "app_id",
    "inline_hook_id",
    "issuer",
    "kid",
    "kty",
    "key",
    "e",
    "n",
    "x",
    "y",
    "admin_note",
    "enduser_note",
    "profile",
    "display_name",
];

/// Arguments that Okta fills in, so that they are never null.
const COMPUTED: [&str; 4] = ["id", "client_id", "issuer", "kid"];

/// The type of an argument of one of the provider's resources.
pub(super) fn type_of(resource: &str, argument: &str) -> Option<Type> {
    let of_strings = || Box::new(Type::String);
    let is = |names: &[&str]| names.contains(&argument);
    match () {
        () if !resource.starts_with("okta_") => None,
        () if is(&SETS) => Some(Type::Set(of_strings())),
        () if is(&LISTS) => Some(Type::List(of_strings())),
        () if is(&MAPS) => Some(Type::Map(of_strings())),
        () if is(&NUMBERS) => Some(Type::Number),
        () if is(&BOOLS) => Some(Type::Bool),
        () if is(&STRINGS) => Some(Type::String),
        () => None,
    }
}

/// Whether an argument has a value after apply, whatever is written.
pub(super) fn is_computed(argument: &str) -> bool {
    COMPUTED.contains(&argument)
}

/// Whether blocks of a name are a set.
pub(super) fn is_set_of_blocks(name: &str) -> bool {
    name == "headers"
}
