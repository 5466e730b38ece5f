//! Hooks, integrations, agents, domains, groups.

use super::layout::Context;
use super::raw;
use super::reader::Reader;
use crate::model::{AgentConnection, ApiService, Hook, Key, Ref, Setting, Why};

pub(super) fn hook<'a>(reader: &mut Reader<'a>, raw: &raw::Hook<'a>) -> Hook {
    let entry = reader.entry("hook", raw.name, raw.id);
    Hook {
        id: reader.string(raw.id),
        name: reader.string(raw.name),
        kind: reader.string(raw.r#type),
        status: reader.status(raw.status),
        entry,
    }
}

pub(super) fn api_service<'a>(reader: &mut Reader<'a>, raw: &raw::ApiService<'a>) -> ApiService {
    let entry = reader.entry("api-service", raw.name, raw.id);
    ApiService { id: reader.string(raw.id), granted_scopes: reader.strings(raw.granted_scopes), entry }
}

/// The server stands in the last segment of
/// `orn:okta:idp:{org}:authorization_servers:{id}`.
pub(super) fn agent_connection<'a>(
    reader: &mut Reader<'a>,
    raw: &raw::AgentConnection<'a>,
    context: &Context,
) -> AgentConnection {
    let entry = reader.entry("agent-connection", raw.id, raw.connection_type);
    let orn = raw.authorization_server.as_ref().map(|it| reader.string(it.orn));
    let agent = match &context.agent {
        Some(id) => Setting::new(entry.at, id.clone()),
        None => Setting::unknown(entry.at, Why::NotExported),
    };
    AgentConnection {
        agent,
        scopes: reader.strings(raw.scopes),
        connection_type: reader.word(raw.connection_type),
        authorization_server: orn.map(|orn| {
            let key = match orn.known() {
                Some(text) => Key::Literal(text.rsplit(':').next().unwrap_or_default().to_owned()),
                None => Key::Unknown(Why::NotExported),
            };
            Ref::new(orn.at, key)
        }),
        status: reader.status(raw.status),
        entry,
    }
}

pub(super) fn domain<'a>(reader: &mut Reader<'a>, raw: &raw::Domain<'a>) -> Setting<String> {
    reader.string(raw.domain)
}

/// The id of a group, and whether it is the built-in one of everybody.
pub(super) fn group<'a>(reader: &mut Reader<'a>, raw: &raw::Group<'a>) -> Option<(String, bool)> {
    let id = reader.string(raw.id).known()?.clone();
    let kind = reader.string(raw.r#type);
    let name = reader.string(raw.profile.as_ref().and_then(|it| it.name));
    let is = |it: &Setting<String>, wanted: &str| it.known().is_some_and(|it| it == wanted);
    Some((id, is(&kind, "BUILT_IN") && is(&name, "Everyone")))
}
