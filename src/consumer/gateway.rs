//! Gateways and meshes: whoever puts a validator in front of an API.
//!
//! The shapes are those of the products' own references: Istio's
//! `RequestAuthentication`, Envoy's `jwt_authn` filter and Envoy Gateway's
//! `SecurityPolicy`, Kong's `openid-connect`, the OpenAPI extensions of Google
//! and of AWS.

use super::{Tree, Witness, application};
use crate::model::Consumer;

/// The consumers that a tree shows, whichever of the shapes it holds.
///
/// `name` is what people call it, and `resource` what a finding is about.
pub fn of_tree(tree: &Tree, name: &str, resource: &str) -> Vec<Consumer> {
    let mut found = Vec::new();
    tree.walk(&mut |tree| {
        found.extend(istio(tree));
        found.extend(envoy(tree));
        found.extend(kong(tree));
        found.extend(google(tree));
        found.extend(aws(tree));
        found.extend(application::of_environment(tree));
    });
    found.into_iter().filter_map(|it| it.consumer(name, resource)).collect()
}

/// `spec.jwtRules` of Istio.
fn istio(tree: &Tree) -> Vec<Witness<'_>> {
    let rules = tree.get("jwtRules").map(Tree::items).unwrap_or_default();
    let witness =
        |it| Some(Witness::of_api("RequestAuthentication", Tree::get(it, "issuer")?, it.get("audiences")));
    rules.iter().filter_map(witness).collect()
}

/// `providers` of Envoy's filter, by name, and of Envoy Gateway's policy, a list.
fn envoy(tree: &Tree) -> Vec<Witness<'_>> {
    let Some(providers) = tree.get("providers") else { return Vec::new() };
    let by_name = providers.entries().iter().map(|it| &it.1);
    let is_provider = |it: &&Tree| {
        ["remote_jwks", "local_jwks", "remoteJWKS", "localJWKS", "audiences"]
            .iter()
            .any(|key| it.get(key).is_some())
            // With a client id it signs people in.
            && ["clientID", "clientId", "client_id"].iter().all(|key| it.get(key).is_none())
    };
    by_name
        .chain(providers.items())
        .filter(is_provider)
        .filter_map(|it| Some(Witness::of_api("JWT filter", it.get("issuer")?, it.get("audiences"))))
        .collect()
}

/// Kong's plugin `openid-connect`, where it takes bearer tokens.
fn kong(tree: &Tree) -> Option<Witness<'_>> {
    let is_plugin =
        ["name", "plugin"].iter().any(|it| tree.get(it).and_then(Tree::text) == Some("openid-connect"));
    let config = tree.get("config").filter(|_| is_plugin)?;
    // Without this list the plugin does everything, sign-in included.
    let methods = config.get("auth_methods")?;
    if methods.items().iter().any(|it| it.text().is_none()) {
        return None;
    }
    let bearer = methods.items().iter().any(|it| it.text() == Some("bearer"));
    let signs_in = methods.items().iter().any(|it| it.text() == Some("authorization_code"));
    let witness = Witness::of_api("Kong plugin", config.get("issuer")?, config.get("audience_required"));
    (bearer && !signs_in).then_some(witness)
}

/// A security definition of Google's gateways.
fn google(tree: &Tree) -> Option<Witness<'_>> {
    let issuer = tree.get("x-google-issuer")?;
    Some(Witness::of_api("API gateway", issuer, tree.get("x-google-audiences")))
}

/// A security scheme of AWS's HTTP APIs.
fn aws(tree: &Tree) -> Option<Witness<'_>> {
    let configuration = tree.path(&["x-amazon-apigateway-authorizer", "jwtConfiguration"])?;
    Some(Witness::of_api("JWT authorizer", configuration.get("issuer")?, configuration.get("audience")))
}
