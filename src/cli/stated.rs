//! `[[client]]` tables, as facts of the org.

use globset::Glob;

use super::allow::is_named;
use crate::config::{ClientTable, Mistake};
use crate::model::{App, Asked, Consumer, Id, Org, Place, Server, Setting};
use crate::source::Span;

/// Adds what the configuration states to an org. A table that matches no app of
/// the org still holds: it may name a client that is made elsewhere. One that
/// matches inactive apps only is about nothing.
pub(super) fn add(org: &mut Org, tables: &[ClientTable]) {
    for table in tables {
        let is_meant = meant(table);
        let matched: Vec<_> = org.apps().filter(|(_, app)| is_meant(app)).collect();
        let active = matched.iter().filter(|(_, app)| !app.status.is_inactive());
        let apps: Vec<_> = active.map(|(id, _)| *id).collect();
        if matched.is_empty() || !apps.is_empty() {
            let is_doubtful = |app: &Id<App>| org.is_doubtful(org.app(*app).entry.at);
            let is_certain = apps.is_empty() || !apps.iter().all(is_doubtful);
            org.consumers.push(Consumer { is_certain, ..stated(table, apps) });
        }
    }
}

/// Which apps a table is about: by label, or by the name that findings give to
/// one without, its address. What is a pattern may be meant as it is written.
fn meant(table: &ClientTable) -> impl Fn(&App) -> bool + use<'_> {
    let name = table.name.0.as_str();
    let pattern = Glob::new(name).map(|it| it.compile_matcher());
    let fits = move |it: &str| it == name || pattern.as_ref().is_ok_and(|pattern| pattern.is_match(it));
    move |app| match app.label.known() {
        Some(label) => fits(label),
        None => is_named(&app.entry.resource, name) || fits(&app.entry.resource),
    }
}

/// Servers that a table names and that certainly do not exist: a fact about
/// nothing would silence what it was meant to show.
pub(super) fn mistakes(orgs: &[Org], tables: &[ClientTable]) -> Vec<Mistake> {
    let all: Option<Vec<&[Server]>> = orgs.iter().map(|org| org.servers.complete()).collect();
    let Some(all) = all.filter(|it| !it.is_empty()) else { return Vec::new() };
    let names: Option<Vec<&str>> =
        all.into_iter().flatten().map(|it| it.name.known().map(String::as_str)).collect();
    let Some(names) = names else { return Vec::new() };
    let mut mistakes = Vec::new();
    for (name, span) in tables.iter().filter_map(|it| it.server.as_ref()) {
        if !names.contains(&name.as_str()) && !matches!(name.as_str(), "org" | "default") {
            let known = names.iter().copied().chain(["org", "default"]);
            let help = Some(crate::lint::suggest(name, known));
            mistakes.push(Mistake { span: *span, message: format!("unknown server `{name}`"), help });
        }
    }
    mistakes
}

/// Whether a table names an app of this org, so that it belongs there.
pub(super) fn concerns(org: &Org, table: &ClientTable) -> bool {
    org.apps.items.iter().any(meant(table))
}

fn stated(table: &ClientTable, apps: Vec<Id<App>>) -> Consumer {
    let owner = Place::here(table.name.1);
    let server = |name: &String| match name.as_str() {
        org if org.eq_ignore_ascii_case("org") => Asked::Org,
        other => Asked::Named(other.to_owned()),
    };
    Consumer {
        at: owner,
        kind: "client",
        name: table.name.0.clone(),
        resource: format!("client:{}", table.name.0),
        is_stated: true,
        is_certain: true,
        client: None,
        host: None,
        apps,
        server: setting(owner, table.server.as_ref().map(|(it, span)| (server(it), *span))),
        scopes: settings(&table.scopes),
        validates_locally: setting(owner, table.validates_locally),
        audiences: settings(table.audience.as_slice()),
        access_token_claims: settings(&table.access_token_claims),
        integration: setting(owner, table.integration),
    }
}

fn settings(names: &[(String, Span)]) -> Vec<Setting<String>> {
    names.iter().map(|(name, span)| Setting::new(Place::here(*span), name.clone())).collect()
}

fn setting<T>(owner: Place, value: Option<(T, Span)>) -> Setting<T> {
    match value {
        Some((value, span)) => Setting::new(Place::here(span), value),
        None => Setting::unset(owner),
    }
}
