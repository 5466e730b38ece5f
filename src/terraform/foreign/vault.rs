//! Vault's auth method `jwt`: the issuer stands in the method, the audience in
//! its roles. `oidc` is for signing in, and takes no tokens of others.

use crate::consumer::{self, Tree};
use crate::model::Consumer;
use crate::terraform::attributes::Attributes;
use crate::terraform::value::{Kind, Value};

/// The methods of an org, and their roles.
#[derive(Debug, Default)]
pub(super) struct Methods {
    methods: Vec<Method>,
    roles: Vec<Role>,
}

#[derive(Debug)]
struct Method {
    address: String,
    /// Where it is mounted; `None` if that is not known.
    path: Option<String>,
    issuer: Tree,
}

#[derive(Debug)]
struct Role {
    address: String,
    backend: Backend,
    /// `None` where it takes any.
    audiences: Option<Tree>,
}

/// How a role names its method.
#[derive(Debug)]
enum Backend {
    Path(String),
    Address(String),
    Unknown,
}

/// Where a method is mounted that does not say so (provider: `path`).
const DEFAULT_PATH: &str = "jwt";

impl Methods {
    pub(super) fn add_method(&mut self, address: &str, attributes: &Attributes<'_>) {
        let text = |name: &str, unset: &str| match attributes.value(name) {
            Some(it) => it.text().ok().map(|it| it.as_ref().to_owned()),
            None => Some(unset.to_owned()),
        };
        let issuer = ["bound_issuer", "oidc_discovery_url"].into_iter().find_map(|it| attributes.value(it));
        if let (Some("jwt"), Some(issuer)) = (text("type", "jwt").as_deref(), issuer) {
            let path = text("path", DEFAULT_PATH).map(|it| mount(&it));
            self.methods.push(Method { address: address.to_owned(), path, issuer: super::tree(&issuer, 0) });
        }
    }

    pub(super) fn add_role(&mut self, address: &str, attributes: &Attributes<'_>) {
        // Without a type it is one of `oidc`.
        let takes_tokens = attributes.value("role_type").is_some_and(|it| it.text().as_deref() == Ok("jwt"));
        if takes_tokens {
            let backend = attributes.value("backend");
            let backend = backend.map_or(Backend::Path(DEFAULT_PATH.to_owned()), |it| named(&it));
            let audiences = attributes.value("bound_audiences").map(|it| super::tree(&it, 0));
            self.roles.push(Role { address: address.to_owned(), backend, audiences });
        }
    }

    /// Each role with the issuer of its method, and each method that no role
    /// is known of.
    pub(super) fn into_consumers(self) -> Vec<Consumer> {
        let mut consumers = Vec::new();
        for method in &self.methods {
            let roles: Vec<&Role> = self.roles.iter().filter(|it| it.is_of(method)).collect();
            for role in &roles {
                let audiences = role.audiences.as_ref();
                consumers.extend(consumer::of_issuer("Vault role", &method.issuer, audiences, &role.address));
            }
            if roles.is_empty() {
                let kind = "Vault auth method";
                consumers.extend(consumer::of_issuer(kind, &method.issuer, None, &method.address));
            }
        }
        consumers
    }
}

impl Role {
    fn is_of(&self, method: &Method) -> bool {
        match &self.backend {
            Backend::Path(path) => method.path.as_ref() == Some(path),
            Backend::Address(address) => *address == method.address,
            Backend::Unknown => false,
        }
    }
}

fn named(value: &Value<'_>) -> Backend {
    match (&value.kind, value.text()) {
        (Kind::Reference { address, .. }, _) => Backend::Address(address.as_ref().to_owned()),
        (_, Ok(path)) => Backend::Path(mount(&path)),
        _ => Backend::Unknown,
    }
}

/// A path as Vault keeps it.
fn mount(path: &str) -> String {
    path.trim_matches('/').to_owned()
}
