//! Recognises an object by its keys: `terraform.md` calls these shape tests.

use serde_json::value::RawValue;

use super::layout::{Context, Kind};

/// What an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shape {
    /// Something that lints read.
    Known(Kind),
    /// An error body of the API.
    Error,
    /// An object that holds lists or objects and is none itself.
    Wrapper,
    /// Another object of the API: it has an id.
    Unread,
    /// Something else.
    Foreign,
}

/// The keys and values of an object.
pub(super) struct Entries<'a>(pub(super) Vec<(&'a RawValue, &'a RawValue)>);

impl<'a> Entries<'a> {
    /// The value under a key.
    pub(super) fn get(&self, key: &str) -> Option<&'a RawValue> {
        let is = |it: &&(&'a RawValue, &'a RawValue)| it.0.get().trim_matches('"') == key;
        self.0.iter().find(is).map(|it| it.1)
    }

    fn has(&self, key: &str) -> bool {
        self.get(key).is_some()
    }

    /// The text under a key, as it is written; empty for none.
    pub(super) fn text(&self, key: &str) -> &'a str {
        self.get(key).map_or("", |it| it.get().trim_matches('"'))
    }

    /// Whether it is a description of an API, whose examples look like answers.
    pub(super) fn is_api_description(&self) -> bool {
        self.has("openapi") || self.has("swagger")
    }

    /// What the object is, seen in its context.
    pub(super) fn shape(&self, context: &Context) -> Shape {
        if self.has("errorCode") && self.has("errorSummary") {
            return Shape::Error;
        }
        if let Some(kind) = self.kind(context) {
            return Shape::Known(kind);
        }
        let holds = |it: &(&RawValue, &RawValue)| it.1.get().starts_with(['[', '{']);
        if !self.has("id") && !self.has("_links") && self.0.iter().any(holds) {
            return Shape::Wrapper;
        }
        if self.has("id") { Shape::Unread } else { Shape::Foreign }
    }

    fn kind(&self, context: &Context) -> Option<Kind> {
        let expected = |kind| context.kind == Some(kind);
        let kind = match () {
            () if self.has("signOnMode") && self.has("label") => Kind::App,
            () if self.has("audiences") && self.has("issuer") => match context.kind {
                Some(Kind::AssociatedServer) => Kind::AssociatedServer,
                _ => Kind::Server,
            },
            () if self.has("claimType") && self.has("valueType") => Kind::Claim,
            () if self.has("metadataPublish") && self.has("name") => Kind::Scope,
            () if expected(Kind::Scope) && self.has("name") && self.has("system") => Kind::Scope,
            () if self.text("type") == "OAUTH_AUTHORIZATION_POLICY" => Kind::Policy,
            () if self.text("type") == "RESOURCE_ACCESS" => Kind::Rule,
            () if self.has("channel") && self.text("type").starts_with("com.okta.") => Kind::Hook,
            () if self.has("scopeId") && self.has("issuer") => Kind::Grant,
            () if self.has("expression") && self.has("name") && !self.has("valueType") => {
                let is_claim = expected(Kind::FederatedClaim) || self.text("id").starts_with("ofc");
                return is_claim.then_some(Kind::FederatedClaim);
            }
            () if self.has("grantedScopes") && self.has("type") => Kind::ApiService,
            () if self.has("connectionType") => Kind::AgentConnection,
            () if self.has("audience") && self.has("issuerMode") && self.has("orgUrl") => Kind::IdToken,
            () if self.has("definitions") && self.text("id").contains("/meta/schemas/apps/") => {
                Kind::AppUserSchema
            }
            () if self.has("definitions") && expected(Kind::AppUserSchema) => Kind::AppUserSchema,
            () if expected(Kind::Role) && self.has("type") => Kind::Role,
            () if self.has("domain") && self.has("validationStatus") => Kind::Domain,
            () if self.has("objectClass") && self.has("profile") && self.has("type") => Kind::Group,
            () => return None,
        };
        Some(kind)
    }
}
