//! `[[client]]` tables, as facts of the org.

use globset::Glob;

use crate::config::ClientTable;
use crate::model::{Org, Place, Setting, Stated, StatedServer};
use crate::source::Span;

/// Adds what the configuration states to an org. A table that matches no app of
/// the org still holds: it may name a client that is made elsewhere.
pub(super) fn add(org: &mut Org, tables: &[ClientTable]) {
    for table in tables {
        let pattern = Glob::new(&table.name.0).map(|it| it.compile_matcher());
        let matches = |label: &String| pattern.as_ref().is_ok_and(|it| it.is_match(label));
        let apps = org.apps().filter(|(_, app)| app.label.known().is_some_and(matches));
        let apps = apps.map(|(id, _)| id).collect();
        org.stated.push(stated(table, apps));
    }
}

/// Whether a table names an app of this org, so that it belongs there.
pub(super) fn concerns(org: &Org, table: &ClientTable) -> bool {
    let Ok(pattern) = Glob::new(&table.name.0) else { return false };
    let pattern = pattern.compile_matcher();
    org.apps.items.iter().any(|it| it.label.known().is_some_and(|it| pattern.is_match(it)))
}

fn stated(table: &ClientTable, apps: Vec<crate::model::Id<crate::model::App>>) -> Stated {
    let owner = Place::here(table.name.1);
    let server = |name: &String| match name.as_str() {
        "org" => StatedServer::Org,
        other => StatedServer::Custom(other.to_owned()),
    };
    Stated {
        at: owner,
        name: table.name.0.clone(),
        apps,
        server: setting(owner, table.server.as_ref().map(|(it, span)| (server(it), *span))),
        scopes: table
            .scopes
            .iter()
            .map(|(name, span)| Setting::new(Place::here(*span), name.clone()))
            .collect(),
        validates_locally: setting(owner, table.validates_locally),
        audience: setting(owner, table.audience.clone()),
    }
}

fn setting<T>(owner: Place, value: Option<(T, Span)>) -> Setting<T> {
    match value {
        Some((value, span)) => Setting::new(Place::here(span), value),
        None => Setting::unset(owner),
    }
}
