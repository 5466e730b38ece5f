//! Resources of other providers that take Okta's tokens: gateways, meshes,
//! vaults. What the providers' documentation calls issuer and audience is read;
//! texts of OpenAPI, of Kubernetes and of plugins are decoded first.

use super::attributes::Attributes;
use super::decode;
use super::value::{Kind, Value};
use crate::consumer::{self, Branch, Tree};
use crate::model::{Consumer, Why};
use crate::source::Sources;

/// How a resource shows its consumer.
#[derive(Clone, Copy, Debug)]
enum Shape {
    /// `jwt_configuration`, as an HTTP API of AWS has it.
    Authorizer,
    /// An argument that is a text of JSON or YAML.
    Text(&'static str),
    /// An argument that is an object.
    Object(&'static str),
    /// `validate-jwt` in the XML of a policy of Azure API Management.
    Policy,
    /// Vault's method `jwt`; `oidc` is for signing in.
    Vault,
    /// Kong's plugin, whose configuration is a text of JSON.
    Kong,
}

/// The types that are read.
const SHAPES: [(&str, Shape); 12] = [
    ("aws_apigatewayv2_authorizer", Shape::Authorizer),
    ("aws_apigatewayv2_api", Shape::Text("body")),
    ("aws_api_gateway_rest_api", Shape::Text("body")),
    ("azurerm_api_management_api_operation_policy", Shape::Policy),
    ("azurerm_api_management_api_policy", Shape::Policy),
    ("azurerm_api_management_policy", Shape::Policy),
    ("azurerm_api_management_product_policy", Shape::Policy),
    ("google_endpoints_service", Shape::Text("openapi_config")),
    ("kubernetes_manifest", Shape::Object("manifest")),
    ("kubectl_manifest", Shape::Text("yaml_body")),
    ("vault_jwt_auth_backend", Shape::Vault),
    ("kong_plugin", Shape::Kong),
];

fn shape(kind: &str) -> Option<Shape> {
    SHAPES.iter().find(|it| it.0 == kind).map(|it| it.1)
}

/// Whether a type may take tokens.
pub(super) fn is_consumer(kind: &str) -> bool {
    shape(kind).is_some()
}

/// The consumers that a resource shows.
pub(super) fn consumers(
    sources: &Sources,
    kind: &str,
    address: &str,
    attributes: &Attributes<'_>,
) -> Vec<Consumer> {
    let Some(shape) = shape(kind) else { return Vec::new() };
    let tree = |name: &str| attributes.value(name).map(|it| tree(&it, 0));
    let entries = |names: &[(&str, &str)]| {
        let entry = |&(name, argument): &(&str, &str)| Some((name.to_owned(), tree(argument)?));
        names.iter().filter_map(entry).collect::<Vec<_>>()
    };
    let whole = |entries| Tree { at: attributes.owner, value: Branch::Map(entries) };
    let found = match shape {
        Shape::Authorizer => tree("jwt_configuration").map(authorizer),
        Shape::Text(name) => attributes.value(name).and_then(|it| text(sources, &it)),
        Shape::Object(name) => tree(name),
        Shape::Policy => attributes.value("xml_content").and_then(|it| policy(sources, &it)),
        Shape::Vault => {
            let signs_in = tree("type").is_some_and(|it| it.text() != Some("jwt"));
            let entries = entries(&[("ISSUER", "bound_issuer"), ("ISSUER_URL", "oidc_discovery_url")]);
            (!signs_in).then(|| whole(entries))
        }
        Shape::Kong => {
            let config = attributes.value("config_json").and_then(|it| text(sources, &it));
            let mut entries = entries(&[("name", "name")]);
            entries.extend(config.map(|it| ("config".to_owned(), it)));
            Some(whole(entries))
        }
    };
    found.map_or_else(Vec::new, |it| consumer::of_tree(&it, address, address))
}

/// The block of an authorizer, as the extension of OpenAPI that it is elsewhere.
fn authorizer(block: Tree) -> Tree {
    let at = block.at;
    let one = match block.value {
        Branch::List(mut items) if !items.is_empty() => items.swap_remove(0),
        value => Tree { at, value },
    };
    let within = |name: &str, tree| Tree { at, value: Branch::Map(vec![(name.to_owned(), tree)]) };
    within("x-amazon-apigateway-authorizer", within("jwtConfiguration", one))
}

/// The first `validate-jwt` of a policy, as the providers of a JWT filter. A
/// policy with expressions of its own may be no XML; then nothing is known.
fn policy(sources: &Sources, value: &Value<'_>) -> Option<Tree> {
    let text = value.text().ok()?;
    let document = roxmltree::Document::parse(&text).ok()?;
    let validator = document.descendants().find(|it| it.has_tag_name("validate-jwt"))?;
    let leaf = |text_of: &str, range| Tree {
        at: decode::place_in(sources, value, &text, range),
        value: Branch::Text(text_of.trim().to_owned()),
    };
    let named = |name: &'static str| validator.descendants().filter(move |it| it.has_tag_name(name));
    let config = named("openid-config").find_map(|it| it.attribute_node("url"));
    let issuer = config.map(|it| leaf(it.value(), it.range_value()));
    let audiences = named("audience").filter_map(|it| {
        let text = it.first_child().filter(roxmltree::Node::is_text)?;
        Some(leaf(text.text()?, text.range()))
    });
    let audiences = Tree { at: value.at, value: Branch::List(audiences.collect()) };
    let provider = vec![("issuer".to_owned(), issuer?), ("audiences".to_owned(), audiences)];
    let within = |branch| Tree { at: value.at, value: branch };
    let providers = within(Branch::List(vec![within(Branch::Map(provider))]));
    Some(within(Branch::Map(vec![("providers".to_owned(), providers)])))
}

/// A text of JSON or YAML, decoded; its parts keep their places.
fn text(sources: &Sources, value: &Value<'_>) -> Option<Tree> {
    let written = value.text().ok()?;
    let decoded = decode::json(sources, value, &written).or_else(|_| decode::yaml(sources, value, &written));
    decoded.ok().map(|it| tree(&it, 0))
}

/// How deep a value may nest.
const MAX_DEPTH: usize = 128;

fn tree(value: &Value<'_>, depth: usize) -> Tree {
    let inner = |it: &Value<'_>| tree(it, depth + 1);
    let branch = match &value.kind {
        _ if depth > MAX_DEPTH => Branch::Unknown(Why::Limit),
        Kind::Null => Branch::Map(Vec::new()),
        Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => {
            value.text().map_or_else(Branch::Unknown, |it| Branch::Text(it.as_ref().to_owned()))
        }
        Kind::Sequence(it) => Branch::List(it.items.iter().map(inner).collect()),
        Kind::Mapping(it) => Branch::Map(
            it.entries.iter().map(|(key, it)| (key.text().as_ref().to_owned(), inner(it))).collect(),
        ),
        Kind::Reference { address, attribute } => Branch::Reference {
            address: address.as_ref().to_owned(),
            attribute: attribute.as_ref().to_owned(),
        },
        Kind::Secret(_) => Branch::Unknown(Why::Sensitive),
        Kind::Resource(_) => Branch::Unknown(Why::Computed),
        Kind::Unknown(why) => Branch::Unknown(*why),
    };
    Tree { at: value.at, value: branch }
}
