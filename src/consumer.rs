//! Gateways and services that take tokens, or ask for them.
//!
//! Which server a client asks, and who validates what, stands in no answer of
//! Okta's: the files of the applications are the only witness. A *tree* is what
//! any of their formats is lowered to, Terraform's values too; the recognisers
//! look in it for the shapes of each product, and classify the issuers that they
//! find. What is no issuer of Okta's is nobody's business here.

mod application;
mod file;
mod gateway;
mod issuer;
mod lines;
mod placeholder;
mod tree;

pub use file::{Shown, is_consumer, read};
pub use gateway::of_tree;
pub use tree::{Branch, Tree};

use crate::model::{Asked, Consumer, Place, Ref, Setting, Why, org_of};

/// What a recogniser found: the parts of a [`Consumer`].
#[derive(Clone, Debug)]
struct Witness<'t> {
    /// What it is, such as "JWT authorizer".
    kind: &'static str,
    /// The issuer.
    issuer: &'t Tree,
    /// The audience, if there is a place for one.
    audience: Option<&'t Tree>,
    /// The client id, if it asks for tokens.
    client: Option<&'t Tree>,
    /// The scopes that it asks for.
    scopes: Vec<Setting<String>>,
    /// Whether it checks access tokens itself.
    validates: bool,
    /// Whether that is certain, and not only what names suggest.
    is_certain: bool,
}

impl<'t> Witness<'t> {
    /// Something that validates access tokens of an issuer.
    fn of_api(kind: &'static str, issuer: &'t Tree, audience: Option<&'t Tree>) -> Self {
        Self { kind, issuer, audience, client: None, scopes: Vec::new(), validates: true, is_certain: true }
    }

    /// The consumer, if the issuer is one of Okta's.
    fn consumer(self, name: &str, resource: &str) -> Option<Consumer> {
        let at = self.issuer.at;
        let server = asked(self.issuer)?;
        Some(Consumer {
            at,
            kind: self.kind,
            name: name.to_owned(),
            resource: resource.to_owned(),
            is_stated: false,
            is_certain: self.is_certain,
            apps: Vec::new(),
            client: self.client.map(Tree::reference),
            server: Setting::new(at, server),
            host: self.issuer.text().and_then(org_of),
            scopes: self.scopes,
            validates_locally: if self.validates { Setting::new(at, true) } else { Setting::unset(at) },
            audiences: self.audience.map(names).unwrap_or_default(),
            access_token_claims: Vec::new(),
            integration: Setting::unset(at),
        })
    }
}

/// Something of Terraform that validates access tokens of an issuer, if that is
/// one of Okta's. `address` is that of the resource.
pub fn of_issuer(
    kind: &'static str,
    issuer: &Tree,
    audiences: Option<&Tree>,
    address: &str,
) -> Option<Consumer> {
    Witness::of_api(kind, issuer, audiences).consumer(address, address)
}

/// The server that an issuer is; `None` for what is not known, or not Okta's.
fn asked(issuer: &Tree) -> Option<Asked> {
    match &issuer.value {
        Branch::Text(text) | Branch::Gapped(text) => Some(match issuer::of(text)? {
            issuer::Issuer::Org => Asked::Org,
            issuer::Issuer::Custom(id) => Asked::Issued(Ref::new(issuer.at, id)),
        }),
        Branch::Reference { address, attribute } => {
            let is_server = issuer::is_server(address) && matches!(attribute.as_str(), "issuer" | "id");
            is_server.then(|| Asked::Issued(issuer.reference()))
        }
        Branch::Unknown(_) | Branch::List(_) | Branch::Map(_) => None,
    }
}

/// The names in a list, or in a text with spaces or commas between them. What is
/// not known stays among them: it may be the one that counts.
fn names(tree: &Tree) -> Vec<Setting<String>> {
    match &tree.value {
        Branch::List(items) => items.iter().flat_map(names).collect(),
        Branch::Text(text) => {
            // An array of JSON may stand in a variable.
            let split = |it: char| it.is_whitespace() || matches!(it, ',' | '[' | ']' | '"' | '\'');
            let names = text.split(split).filter(|it| !it.is_empty());
            // A placeholder may be cut, and what is left of it looks like a name.
            let is_open = placeholder::is_in(text);
            names
                .map(|it| match part(tree.at, text, it) {
                    at if is_open => Setting::unknown(at, Why::Variable),
                    at => Setting::new(at, it.to_owned()),
                })
                .collect()
        }
        Branch::Unknown(why) => vec![Setting::unknown(tree.at, *why)],
        // Of a client for example, which is known after apply.
        Branch::Reference { .. } | Branch::Gapped(_) => vec![Setting::unknown(tree.at, Why::Computed)],
        Branch::Map(_) => Vec::new(),
    }
}

/// The scopes in a list or text. What no scope of Okta's is called is in a
/// notation of its own, and not known (RFC 6749 §3.3 allows more; Okta: "Create
/// a scope", `name`).
fn scopes(tree: &Tree) -> Vec<Setting<String>> {
    let is_name = |it: &String| it.chars().all(|it| it.is_ascii_alphanumeric() || "_.:/*-".contains(it));
    let scope = |it: Setting<String>| match it.known() {
        Some(name) if !is_name(name) => Setting::unknown(it.at, Why::Expression),
        _ => it,
    };
    names(tree).into_iter().map(scope).collect()
}

/// The place of a part of a text. Where the text is written with quotes or
/// escapes its parts are not where they seem, so the whole is shown.
fn part(at: Place, whole: &str, part: &str) -> Place {
    let span = at.span;
    let written = (span.end - span.start) as usize;
    let quotes = written.checked_sub(whole.len()).filter(|it| *it == 0 || *it == 2);
    let offset = part.as_ptr() as usize - whole.as_ptr() as usize;
    match quotes {
        Some(quotes) if part.len() < whole.len() => {
            let start = span.start as usize + quotes / 2 + offset;
            Place { span: crate::source::Span::new(span.file, start, start + part.len()), ..at }
        }
        Some(_) | None => at,
    }
}
