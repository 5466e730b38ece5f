//! Applications: Spring, ASP.NET, and whatever reads its environment.

use super::{Branch, Tree, Witness, scopes};

/// What Spring's `okta.oauth2.*` and `spring.security.oauth2.*` say, from a map
/// of properties by their canonical names.
pub(super) fn of_spring(properties: &[(String, Tree)]) -> Vec<Witness<'_>> {
    let get = |name: &str| properties.iter().find(|it| it.0 == name).map(|it| &it.1);
    let mut found = Vec::new();
    if let Some(issuer) = get("okta.oauth2.issuer") {
        let client = get("okta.oauth2.clientid");
        found.push(Witness {
            kind: "Spring application",
            issuer,
            audience: get("okta.oauth2.audience"),
            client,
            scopes: get("okta.oauth2.scopes").map(scopes).unwrap_or_default(),
            // With a client id it may be there for signing in; an audience is for an
            // API, or a sample's.
            validates: client.is_none() || get("okta.oauth2.audience").is_some(),
            is_certain: client.is_none() || get("okta.oauth2.audience").is_none(),
        });
    }
    let resource_server = "spring.security.oauth2.resourceserver.jwt.";
    let issuer = ["issueruri", "jwkseturi"].iter().find_map(|it| get(&format!("{resource_server}{it}")));
    if let Some(issuer) = issuer {
        let audience = get(&format!("{resource_server}audiences"));
        found.push(Witness::of_api("Spring resource server", issuer, audience));
    }
    found.extend(registrations(properties));
    found
}

/// The clients of `spring.security.oauth2.client`, with the provider of each.
fn registrations(properties: &[(String, Tree)]) -> Vec<Witness<'_>> {
    let prefix = "spring.security.oauth2.client.";
    let get = |name: String| properties.iter().find(|it| it.0 == name).map(|it| &it.1);
    let ids = properties.iter().filter_map(|(name, client)| {
        let rest = name.strip_prefix(prefix)?.strip_prefix("registration.")?;
        Some((rest.strip_suffix(".clientid")?, client))
    });
    ids.filter_map(|(id, client)| {
        let provider = get(format!("{prefix}registration.{id}.provider")).and_then(Tree::text).unwrap_or(id);
        let provider = canonical(provider);
        Some(Witness {
            kind: "Spring client",
            issuer: get(format!("{prefix}provider.{provider}.issueruri"))?,
            audience: None,
            client: Some(client),
            scopes: get(format!("{prefix}registration.{id}.scope")).map(scopes).unwrap_or_default(),
            validates: false,
            is_certain: true,
        })
    })
    .collect()
}

/// Spring's relaxed names: `client-id`, `clientId` and `CLIENT_ID` are one.
pub(super) fn canonical(name: &str) -> String {
    name.chars().filter(|it| !matches!(it, '-' | '_')).flat_map(char::to_lowercase).collect()
}

/// A tree as properties with canonical names.
pub(super) fn properties(tree: &Tree) -> Vec<(String, Tree)> {
    let mut found = Vec::new();
    flatten(tree, String::new(), &mut found);
    found
}

fn flatten(tree: &Tree, path: String, found: &mut Vec<(String, Tree)>) {
    for (name, inner) in tree.entries() {
        let name = canonical(name);
        let path = if path.is_empty() { name } else { format!("{path}.{name}") };
        flatten(inner, path, found);
    }
    if tree.entries().is_empty() && !path.is_empty() {
        found.push((path, tree.clone()));
    }
}

/// `Authentication:Schemes:Bearer` of ASP.NET's `appsettings.json`.
pub(super) fn of_aspnet(tree: &Tree) -> Vec<Witness<'_>> {
    let Some(schemes) = tree.path(&["Authentication", "Schemes"]) else { return Vec::new() };
    // A client id makes it a scheme for signing in.
    let bearer = schemes.entries().iter().map(|it| &it.1).filter(|it| it.get("ClientId").is_none());
    bearer
        .filter_map(|it| {
            let audiences = ["ValidAudience", "ValidAudiences", "Audience"];
            let audience = audiences.into_iter().find_map(|name| it.get(name));
            Some(Witness::of_api("ASP.NET bearer scheme", it.get("Authority")?, audience))
        })
        .collect()
}

/// The `Okta` section of ASP.NET, as the issuer that it stands for. Okta's
/// packages take the server `default` where none is written, and the org server
/// for an empty id.
pub(super) fn okta_section(tree: &Tree) -> Option<Tree> {
    let section = tree.get("Okta")?;
    let domain = section.get("OktaDomain")?;
    let host = domain.text()?.trim_end_matches('/');
    let (at, id) = match section.get("AuthorizationServerId") {
        // What `null` does differs from release to release of the framework.
        Some(id) => (id.at, id.text()?),
        None => (domain.at, "default"),
    };
    let issuer = if id.is_empty() { host.to_owned() } else { format!("{host}/oauth2/{id}") };
    let mut entries = vec![("issuer".to_owned(), Tree { at, value: Branch::Text(issuer) })];
    for (name, known) in [("audience", "Audience"), ("client", "ClientId"), ("scopes", "Scope")] {
        entries.extend(section.get(known).map(|it| (name.to_owned(), it.clone())));
    }
    Some(Tree { at: section.at, value: Branch::Map(entries) })
}

/// The witness of an [`okta_section`].
pub(super) fn of_okta_section(section: &Tree) -> Option<Witness<'_>> {
    let client = section.get("client");
    Some(Witness {
        kind: "ASP.NET application",
        issuer: section.get("issuer")?,
        audience: section.get("audience"),
        client,
        scopes: section.get("scopes").map(scopes).unwrap_or_default(),
        validates: client.is_none(),
        is_certain: true,
    })
}

/// What the names of an issuer in an environment end in, longest first.
const ISSUER: [&str; 4] = ["ISSUER_URI", "ISSUER_URL", "ISSUER_BASE_URL", "ISSUER"];

/// What the other variables of a prefix are called.
const AUDIENCE: &str = "AUDIENCE";
const CLIENT: [&str; 2] = ["CLIENT_ID", "CLIENTID"];
const SCOPES: [&str; 2] = ["SCOPES", "SCOPE"];

/// Whether a variable may be one of those that are read.
pub(super) fn is_variable(name: &str) -> bool {
    let mut endings = ISSUER.iter().chain([&AUDIENCE]).chain(&CLIENT).chain(&SCOPES);
    endings.any(|it| name.ends_with(it))
}

/// What the variables of an environment say: a map of names, or Kubernetes'
/// list of `name` and `value`.
pub(super) fn of_environment(tree: &Tree) -> Vec<Witness<'_>> {
    let mut variables: Vec<(&str, &Tree)> = Vec::new();
    for (name, value) in tree.entries() {
        variables.push((name, value));
    }
    for item in tree.items() {
        let name = item.get("name").and_then(Tree::text);
        variables.extend(name.zip(item.get("value")));
    }
    of_variables(&variables)
}

/// Variables that belong together have one prefix: `ORDERS_ISSUER` and
/// `ORDERS_AUDIENCE`.
fn of_variables<'t>(variables: &[(&str, &'t Tree)]) -> Vec<Witness<'t>> {
    let get = |name: String| variables.iter().find(|it| it.0 == name).map(|it| it.1);
    let issuers = variables.iter().filter_map(|(name, issuer)| {
        let prefix = ISSUER.iter().find_map(|it| name.strip_suffix(it))?;
        (prefix.is_empty() || prefix.ends_with('_')).then_some((prefix, *issuer))
    });
    issuers
        .map(|(prefix, issuer)| {
            let one_of = |names: &[&str]| names.iter().find_map(|it| get(format!("{prefix}{it}")));
            let (client, audience) = (one_of(&CLIENT), get(format!("{prefix}{AUDIENCE}")));
            let asked = one_of(&SCOPES);
            Witness {
                kind: "environment",
                issuer,
                audience,
                client,
                scopes: asked.map(scopes).unwrap_or_default(),
                // An issuer alone says that tokens are used, and not how.
                validates: client.is_none() && audience.is_some(),
                // These names are those of a resource server of Spring; others may be anybody's.
                is_certain: prefix == "OKTA_OAUTH2_",
            }
        })
        .collect()
}
