//! Resources of other providers that take Okta's tokens: gateways, meshes,
//! vaults. What the providers' documentation calls issuer and audience is read;
//! texts of OpenAPI, of Kubernetes and of plugins are decoded first.

mod policy;
mod vault;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::attributes::Attributes;
use super::decode;
use super::value::{Kind, Value};
use crate::consumer::{self, Branch, Tree};
use crate::model::{Consumer, Place, Why};
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
    /// The OpenAPI documents of a gateway of Google, in base64.
    Documents,
    /// Vault's method `jwt`; `oidc` is for signing in.
    Vault,
    /// A role of such a method.
    VaultRole,
    /// Kong's plugin, whose configuration is a text of JSON.
    Kong,
}

/// The types that are read.
const SHAPES: [(&str, Shape); 14] = [
    ("aws_apigatewayv2_authorizer", Shape::Authorizer),
    ("aws_apigatewayv2_api", Shape::Text("body")),
    ("aws_api_gateway_rest_api", Shape::Text("body")),
    ("azurerm_api_management_api_operation_policy", Shape::Policy),
    ("azurerm_api_management_api_policy", Shape::Policy),
    ("azurerm_api_management_policy", Shape::Policy),
    ("azurerm_api_management_product_policy", Shape::Policy),
    ("google_api_gateway_api_config", Shape::Documents),
    ("google_endpoints_service", Shape::Text("openapi_config")),
    ("kubernetes_manifest", Shape::Object("manifest")),
    ("kubectl_manifest", Shape::Text("yaml_body")),
    ("vault_jwt_auth_backend", Shape::Vault),
    ("vault_jwt_auth_backend_role", Shape::VaultRole),
    ("kong_plugin", Shape::Kong),
];

fn shape(kind: &str) -> Option<Shape> {
    SHAPES.iter().find(|it| it.0 == kind).map(|it| it.1)
}

/// Whether a type may take tokens.
pub(super) fn is_consumer(kind: &str) -> bool {
    shape(kind).is_some()
}

/// Whether a text names one of the types.
pub(super) fn names_consumer(text: &str) -> bool {
    SHAPES.iter().any(|it| memchr::memmem::find(text.as_bytes(), it.0.as_bytes()).is_some())
}

/// What the resources of other providers show, of one org.
#[derive(Debug, Default)]
pub(super) struct Foreign {
    consumers: Vec<Consumer>,
    vault: vault::Methods,
}

impl Foreign {
    /// Reads a resource of one of the types of [`is_consumer`]. What may not be
    /// there only suggests something; of Vault's several resources nothing.
    pub(super) fn read(
        &mut self,
        sources: &Sources,
        kind: &str,
        address: &str,
        is_certain: bool,
        attributes: &Attributes<'_>,
    ) {
        let before = self.consumers.len();
        match shape(kind) {
            Some(Shape::Vault | Shape::VaultRole) if !is_certain => {}
            Some(Shape::Vault) => self.vault.add_method(address, attributes),
            Some(Shape::VaultRole) => self.vault.add_role(address, attributes),
            Some(Shape::Policy) => {
                let validators = attributes.value("xml_content").map(|it| policy::validators(sources, &it));
                for it in validators.unwrap_or_default() {
                    let kind = "API Management policy";
                    let audiences = Some(&it.audiences);
                    self.consumers.extend(consumer::of_issuer(kind, &it.issuer, audiences, address));
                }
            }
            Some(shape) => {
                for tree in trees(sources, shape, attributes) {
                    self.consumers.extend(consumer::of_tree(&tree, address, address));
                }
            }
            None => {}
        }
        self.consumers[before..].iter_mut().for_each(|it| it.is_certain &= is_certain);
    }

    /// All of them.
    pub(super) fn into_consumers(self) -> Vec<Consumer> {
        let mut consumers = self.consumers;
        consumers.extend(self.vault.into_consumers());
        consumers
    }
}

/// Where a resource of a shape may show a consumer.
fn trees(sources: &Sources, shape: Shape, attributes: &Attributes<'_>) -> Vec<Tree> {
    let tree = |name: &str| attributes.value(name).map(|it| tree(&it, 0));
    let one = match shape {
        Shape::Authorizer => tree("jwt_configuration").map(authorizer),
        Shape::Text(name) => attributes.value(name).and_then(|it| text(sources, &it)),
        Shape::Object(name) => match attributes.value(name) {
            Some(value) if matches!(value.kind, Kind::Partial(..)) => text(sources, &value),
            _ => tree(name),
        },
        Shape::Documents => return documents(sources, attributes),
        Shape::Kong => {
            let config = attributes.value("config_json").and_then(|it| text(sources, &it));
            let entries = [("name", tree("name")), ("config", config)];
            Some(map(attributes.owner, entries))
        }
        Shape::Policy | Shape::Vault | Shape::VaultRole => None,
    };
    one.into_iter().collect()
}

/// What there is of some entries, as a tree.
fn map<const N: usize>(at: Place, entries: [(&str, Option<Tree>); N]) -> Tree {
    let entries = entries.into_iter().filter_map(|(name, it)| Some((name.to_owned(), it?)));
    Tree { at, value: Branch::Map(entries.collect()) }
}

/// The `openapi_documents` of a gateway. A document may be given in several, of
/// which each is read by itself.
fn documents(sources: &Sources, attributes: &Attributes<'_>) -> Vec<Tree> {
    let mut contents = Vec::new();
    if let Some(documents) = attributes.value("openapi_documents") {
        within(&documents, &["document", "contents"], &mut contents);
    }
    contents.iter().filter_map(|it| document(sources, it)).collect()
}

/// The values under names, one within the other, whatever lists are between.
fn within<'a>(value: &Value<'a>, names: &[&str], found: &mut Vec<Value<'a>>) {
    match (&value.kind, names) {
        (Kind::Sequence(it), _) => it.items.iter().for_each(|it| within(it, names, found)),
        (Kind::Mapping(it), [name, rest @ ..]) => {
            let named = it.entries.iter().filter(|it| it.0.text().as_ref() == *name);
            named.for_each(|it| within(&it.1, rest, found));
        }
        (_, []) => found.push(value.clone()),
        _ => {}
    }
}

/// A document in base64.
fn document(sources: &Sources, value: &Value<'_>) -> Option<Tree> {
    let encoded = match &value.kind {
        Kind::Partial(it, _) => it.clone(),
        _ => value.text().ok()?,
    };
    let bytes = STANDARD.decode(encoded.trim()).ok()?;
    let document = String::from_utf8(bytes).ok()?;
    text(sources, &Value::string(value.at, document))
}

/// The block of an authorizer, as the extension of OpenAPI that it is elsewhere.
fn authorizer(block: Tree) -> Tree {
    let at = block.at;
    let one = match block.value {
        Branch::List(mut items) if !items.is_empty() => items.swap_remove(0),
        value => Tree { at, value },
    };
    let configuration = map(at, [("jwtConfiguration", Some(one))]);
    map(at, [("x-amazon-apigateway-authorizer", Some(configuration))])
}

/// A text of JSON or YAML, decoded; its parts keep their places.
fn text(sources: &Sources, value: &Value<'_>) -> Option<Tree> {
    let written = value.gapped().ok()?;
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
        Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::Partial(..) => {
            value.gapped().map_or_else(Branch::Unknown, |it| Branch::of_text(it.as_ref().to_owned()))
        }
        Kind::Sequence(it) => {
            // There may be more.
            let more = it.open.map(|why| Tree { at: value.at, value: Branch::Unknown(why) });
            Branch::List(it.items.iter().map(inner).chain(more).collect())
        }
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
