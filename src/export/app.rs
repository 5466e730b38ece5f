//! Apps and what belongs to them.

use serde_json::value::RawValue;

use super::layout::Context;
use super::raw;
use super::reader::{Reader, if_there, linked_app};
use crate::model::{
    App, Client, ConsentMethod, FederatedClaim, Grant, GroupFilter, GroupsClaim, IdpInitiatedLogin,
    IssuerMode, List, LoginMode, Place, RefreshTokenRotation, Set, Setting, Status, ValueType, Why,
    WildcardRedirect,
};
use crate::syntax::json;

/// An OAuth client; `None` for an app with another sign-on mode.
pub(super) fn app<'a>(reader: &mut Reader<'a>, raw: &raw::App<'a>) -> Option<App> {
    let is_oidc = raw.sign_on_mode.is_some_and(|it| it.get() == "\"OPENID_CONNECT\"");
    if !is_oidc {
        return None;
    }
    let entry = reader.entry("app", raw.label, raw.id);
    let settings = raw.settings.as_ref().and_then(|it| it.oauth_client.as_ref());
    let credentials = raw.credentials.as_ref().and_then(|it| it.oauth_client.as_ref());
    Some(App {
        id: reader.string(raw.id),
        label: reader.string(raw.label),
        name: reader.string(raw.name),
        status: reader.status(raw.status),
        client: client(reader, settings, credentials, raw.name).map(Box::new),
        grants: Set::default(),
        federated_claims: Set::default(),
        groups_claim: Setting::unknown(entry.at, Why::NotExported),
        profile_attributes: Set::default(),
        roles: Set::default(),
        implicit_assignment: if_there(
            raw.settings.is_some(),
            reader.boolean(raw.settings.as_ref().and_then(|it| it.implicit_assignment)),
        ),
        entry,
    })
}

/// The OAuth settings. Answers about Okta's own and integration-network apps
/// have none; those about an app of one's own have, unless they were trimmed.
fn client<'a>(
    reader: &mut Reader<'a>,
    settings: Option<&raw::ClientSettings<'a>>,
    credentials: Option<&raw::ClientCredentials<'a>>,
    name: raw::Leaf<'a>,
) -> Option<Client> {
    let is_own = name.is_some_and(|it| it.get().trim_matches('"') == App::CUSTOM);
    if settings.is_none() && !is_own {
        return None;
    }
    let trimmed = raw::ClientSettings::default();
    let (raw, has_settings) = (settings.unwrap_or(&trimmed), settings.is_some());
    let login = raw.idp_initiated_login.as_ref();
    let policy_uri = reader.string(raw.policy_uri).map(drop);
    let tos_uri = reader.string(raw.tos_uri).map(drop);
    let method = reader.word(credentials.and_then(|it| it.token_endpoint_auth_method));
    let consent_method = reader.choice(
        raw.consent_method,
        &[("TRUSTED", ConsentMethod::Trusted), ("REQUIRED", ConsentMethod::Required)],
    );
    Some(Client {
        client_id: reader.string(credentials.and_then(|it| it.client_id)),
        token_endpoint_auth_method: if_there(credentials.is_some(), method),
        application_type: if_there(has_settings, reader.word(raw.application_type)),
        grant_types: if_there(has_settings, reader.words(raw.grant_types)),
        consent_method: if_there(has_settings, consent_method),
        // The Admin Console writes REQUIRED by itself; a link to terms that a
        // user would be shown is a person's work.
        consent_is_chosen: policy_uri.known().is_some() || tos_uri.known().is_some(),
        policy_uri,
        tos_uri,
        idp_initiated_login: IdpInitiatedLogin {
            mode: reader.choice(login.and_then(|it| it.mode), &LoginMode::WORDS),
            default_scope: reader.strings(login.and_then(|it| it.default_scope)),
        },
        initiate_login_uri: if_there(has_settings, reader.string(raw.initiate_login_uri).map(drop)),
        response_types: if_there(has_settings, reader.words(raw.response_types)),
        redirect_uris: if_there(has_settings, reader.strings(raw.redirect_uris)),
        wildcard_redirect: if_there(
            has_settings,
            reader.choice(raw.wildcard_redirect, &WildcardRedirect::WORDS),
        ),
        pkce_required: if_there(
            credentials.is_some(),
            reader.boolean(credentials.and_then(|it| it.pkce_required)),
        ),
        keys: if_there(has_settings, keys(reader, raw.jwks.as_ref())),
        jwks_uri: if_there(has_settings, reader.string(raw.jwks_uri).map(drop)),
        refresh_token_rotation: if_there(
            has_settings,
            reader.choice(
                raw.refresh_token.as_ref().and_then(|it| it.rotation_type),
                &RefreshTokenRotation::WORDS,
            ),
        ),
        issuer_mode: if_there(has_settings, reader.choice(raw.issuer_mode, &IssuerMode::WORDS)),
    })
}

/// The status of each public key.
fn keys<'a>(reader: &mut Reader<'a>, raw: Option<&raw::Jwks<'a>>) -> List<Status> {
    let keys = reader.array(raw.and_then(|it| it.keys));
    keys.map(|keys| {
        let key = |it: &RawValue| {
            let status = if is_inactive(it) { Status::Inactive } else { Status::Active };
            Setting::new(Place::here(reader.text.span(it.get())), status)
        };
        keys.into_iter().map(key).collect()
    })
}

fn is_inactive(key: &RawValue) -> bool {
    let key: Option<raw::Key<'_>> = serde_json::from_str(key.get()).ok();
    key.and_then(|it| it.status).is_some_and(|it| it.get() == "\"INACTIVE\"")
}

/// A grant of an admin, and the app that has it. What a user consented to is
/// another thing of the same shape, and may well be a custom server's.
pub(super) fn grant<'a>(
    reader: &mut Reader<'a>,
    raw: &raw::Grant<'a>,
    context: &Context,
) -> Option<(Option<String>, Grant)> {
    let by_user = raw.source.is_some_and(|it| it.get() == "\"END_USER\"");
    if raw.user_id.is_some() || by_user {
        return None;
    }
    let entry = reader.entry("grant", raw.scope_id, raw.id);
    let client = reader.string(raw.client_id);
    let app =
        context.app.clone().or_else(|| linked_app(raw.links.as_ref())).or_else(|| client.known().cloned());
    let grant = Grant {
        scope_id: reader.string(raw.scope_id),
        issuer: reader.string(raw.issuer),
        issuer_of: None,
        status: reader.status(raw.status),
        entry,
    };
    Some((app, grant))
}

/// A federated claim, and the app that has it.
pub(super) fn federated_claim<'a>(
    reader: &mut Reader<'a>,
    raw: &raw::FederatedClaim<'a>,
    context: &Context,
) -> (Option<String>, FederatedClaim) {
    let entry = reader.entry("federated-claim", raw.name, raw.id);
    let app = context.app.clone().or_else(|| linked_app(raw.links.as_ref()));
    let claim =
        FederatedClaim { name: reader.string(raw.name), expression: reader.string(raw.expression), entry };
    (app, claim)
}

/// The legacy groups claim of an app. An answer without a name means that it has none.
pub(super) fn groups_claim<'a>(
    reader: &mut Reader<'a>,
    raw: &raw::IdToken<'a>,
    context: &Context,
) -> Option<(String, Setting<GroupsClaim>)> {
    let audience = reader.string(raw.audience);
    let app = context.app.clone().or_else(|| audience.known().cloned())?;
    let name = reader.string(raw.name);
    let claim = match (raw.name, raw.value_type) {
        (Some(_), Some(_)) => {
            let value_type = reader.choice(raw.value_type, &ValueType::WORDS);
            let filter = reader.choice(raw.group_filter_type, &GroupFilter::WORDS);
            let value = reader.string(raw.value);
            Setting::new(name.at, GroupsClaim { name, value_type, filter, value })
        }
        _ => Setting::unset(reader.owner),
    };
    Some((app, claim))
}

/// An admin role of a client, and the app that has it.
pub(super) fn role<'a>(
    reader: &mut Reader<'a>,
    raw: &raw::Role<'a>,
    context: &Context,
) -> Option<(String, Setting<String>)> {
    let is_live = !reader.status(raw.status).is_inactive();
    let kind = reader.string(raw.r#type.or(raw.id));
    Some((context.app.clone()?, kind)).filter(|_| is_live)
}

/// The custom attributes of an app's user schema.
pub(super) fn attributes<'a>(
    reader: &mut Reader<'a>,
    raw: &raw::AppUserSchema<'a>,
    context: &Context,
) -> Option<(String, Vec<Setting<String>>)> {
    let id = reader.string(raw.id);
    let from_id = || {
        let path = id.known()?;
        let after = path.split("/schemas/apps/").nth(1)?;
        after.split('/').next().map(str::to_owned)
    };
    let app = context.app.clone().or_else(from_id)?;
    let custom = raw.definitions.as_ref().and_then(|it| it.custom.as_ref());
    let properties = custom.and_then(|it| it.properties);
    let names = properties.and_then(|it| json::entries(&reader.text, it).ok()).unwrap_or_default();
    Some((app, names.into_iter().map(|(name, _)| reader.string(Some(name))).collect()))
}
