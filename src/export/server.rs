//! Authorization servers and what belongs to them.

use super::layout::Context;
use super::raw;
use super::reader::{Reader, if_there, linked};
use crate::model::{
    Claim, ClaimType, Consent, GroupFilter, GroupRef, Include, IssuerMode, Key, Member, People, Place,
    Policy, Ref, RotationMode, Rule, Scope, Server, Set, Setting, ValueType,
};

/// The server, and for a rule the policy, that something belongs to.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Parent {
    pub(super) server: Option<String>,
    pub(super) policy: Option<String>,
}

impl Parent {
    /// From the object's own link, which is exact, or from where it lies.
    fn of(links: Option<&raw::Links<'_>>, context: &Context) -> Self {
        Self {
            server: linked(links, "authorizationServers").or_else(|| context.server.clone()),
            policy: linked(links, "policies").or_else(|| context.policy.clone()),
        }
    }
}

pub(super) fn server<'a>(reader: &mut Reader<'a>, raw: &raw::Server<'a>) -> Server {
    let entry = reader.entry("server", raw.name, raw.id);
    Server {
        declared: true,
        id: reader.string(raw.id),
        name: reader.string(raw.name),
        default: reader.boolean(raw.default),
        status: reader.status(raw.status),
        audiences: reader.strings(raw.audiences),
        issuer: reader.string(raw.issuer),
        issuer_mode: reader.choice(raw.issuer_mode, &IssuerMode::WORDS),
        rotation_mode: rotation_mode(reader, raw.credentials.as_ref()),
        access_token_encrypted_response_algorithm: reader
            .string(raw.access_token_encrypted_response_algorithm),
        scopes: Set::default(),
        claims: Set::default(),
        policies: Set::default(),
        trusted: Set::default(),
        entry,
    }
}

fn rotation_mode<'a>(
    reader: &mut Reader<'a>,
    raw: Option<&raw::ServerCredentials<'a>>,
) -> Setting<RotationMode> {
    let signing = raw.and_then(|it| it.signing.as_ref());
    if_there(signing.is_some(), reader.choice(signing.and_then(|it| it.rotation_mode), &RotationMode::WORDS))
}

/// A server that another one trusts: the id of that other one, and the edge.
pub(super) fn associated<'a>(
    reader: &mut Reader<'a>,
    raw: &raw::Server<'a>,
    context: &Context,
) -> Option<(String, Ref<Server>)> {
    let entry = reader.entry("server", raw.name, raw.id);
    let id = reader.string(raw.id).known()?.clone();
    Some((context.server.clone()?, Ref::new(entry.at, Key::Literal(id))))
}

pub(super) fn scope<'a>(reader: &mut Reader<'a>, raw: &raw::Scope<'a>, context: &Context) -> (Parent, Scope) {
    let entry = reader.entry("scope", raw.name, raw.id);
    let scope = Scope {
        id: reader.string(raw.id),
        name: reader.string(raw.name),
        consent: reader.choice(
            raw.consent,
            &[
                ("IMPLICIT", Consent::Implicit),
                ("REQUIRED", Consent::Required),
                ("FLEXIBLE", Consent::Flexible),
            ],
        ),
        default: reader.boolean(raw.default),
        system: reader.boolean(raw.system),
        entry,
    };
    (Parent::of(raw.links.as_ref(), context), scope)
}

pub(super) fn claim<'a>(reader: &mut Reader<'a>, raw: &raw::Claim<'a>, context: &Context) -> (Parent, Claim) {
    let entry = reader.entry("claim", raw.name, raw.id);
    let claim = Claim {
        id: reader.string(raw.id),
        name: reader.string(raw.name),
        claim_type: reader
            .choice(raw.claim_type, &[("IDENTITY", ClaimType::Identity), ("RESOURCE", ClaimType::Resource)]),
        value_type: reader.choice(raw.value_type, &ValueType::WORDS),
        value: reader.string(raw.value),
        filter: reader.choice(raw.group_filter_type, &GroupFilter::WORDS),
        always_include_in_token: reader.boolean(raw.always_include_in_token),
        scopes: if_there(
            raw.conditions.is_some(),
            reader.strings(raw.conditions.as_ref().and_then(|it| it.scopes)),
        ),
        status: reader.status(raw.status),
        system: reader.boolean(raw.system),
        entry,
    };
    (Parent::of(raw.links.as_ref(), context), claim)
}

pub(super) fn policy<'a>(
    reader: &mut Reader<'a>,
    raw: &raw::Policy<'a>,
    context: &Context,
) -> (Parent, Policy) {
    let entry = reader.entry("policy", raw.name, raw.id);
    let clients = raw.conditions.as_ref().and_then(|it| it.clients.as_ref());
    let include = if_there(raw.conditions.is_some(), reader.strings(clients.and_then(|it| it.include)));
    let policy = Policy {
        id: reader.string(raw.id),
        name: reader.string(raw.name),
        status: reader.status(raw.status),
        system: reader.boolean(raw.system),
        priority: reader.integer(raw.priority),
        clients: include.map(|items| items.into_iter().map(member).collect()),
        rules: Set::default(),
        entry,
    };
    (Parent::of(raw.links.as_ref(), context), policy)
}

fn member(name: Setting<String>) -> Member {
    match name.known() {
        Some(text) if text == "ALL_CLIENTS" => Member::AllClients(name.at),
        _ => Member::Client(reference(name)),
    }
}

/// An edge by a literal id.
fn reference<T>(id: Setting<String>) -> Ref<T> {
    let key = match id.state {
        crate::model::State::Known(text) => Key::Literal(text),
        crate::model::State::Unknown(why) => Key::Unknown(why),
        crate::model::State::Unset => Key::Unknown(crate::model::Why::NotExported),
    };
    Ref::new(id.at, key)
}

pub(super) fn rule<'a>(reader: &mut Reader<'a>, raw: &raw::Rule<'a>, context: &Context) -> (Parent, Rule) {
    let entry = reader.entry("rule", raw.name, raw.id);
    let conditions = raw.conditions.as_ref();
    let token = raw.actions.as_ref().and_then(|it| it.token.as_ref());
    let hook = reader.string(token.and_then(|it| it.inline_hook.as_ref()).and_then(|it| it.id));
    let (at, is_unset) = (hook.at, hook.is_unset());
    let (has_conditions, has_token) = (conditions.is_some(), token.is_some());
    let grant_types =
        reader.words(conditions.and_then(|it| it.grant_types.as_ref()).and_then(|it| it.include));
    let scopes = reader.strings(conditions.and_then(|it| it.scopes.as_ref()).and_then(|it| it.include));
    let access = reader.integer(token.and_then(|it| it.access_token_lifetime_minutes));
    let refresh = reader.integer(token.and_then(|it| it.refresh_token_lifetime_minutes));
    let window = reader.integer(token.and_then(|it| it.refresh_token_window_minutes));
    let hook = if is_unset { Setting::unset(at) } else { Setting::new(at, reference(hook)) };
    let rule = Rule {
        name: reader.string(raw.name),
        status: reader.status(raw.status),
        priority: reader.integer(raw.priority),
        grant_types: if_there(has_conditions, grant_types),
        scopes: if_there(has_conditions, scopes),
        people: people(reader, conditions.and_then(|it| it.people.as_ref())),
        access_token_lifetime: if_there(has_token, access),
        refresh_token_lifetime: if_there(has_token, refresh),
        refresh_token_window: if_there(has_token, window),
        inline_hook: if_there(has_token, hook),
        entry,
    };
    (Parent::of(raw.links.as_ref(), context), rule)
}

fn people<'a>(reader: &mut Reader<'a>, raw: Option<&raw::People<'a>>) -> People {
    let there = raw.is_some();
    let none = raw::Selection::default();
    let groups = raw.and_then(|it| it.groups.as_ref()).unwrap_or(&none);
    let users = raw.and_then(|it| it.users.as_ref()).unwrap_or(&none);
    let included = reader.strings(groups.include).map(|items| items.iter().map(group).collect());
    People {
        groups: if_there(there, included),
        users: if_there(there, reader.strings(users.include)),
        excluded_groups: if_there(there, reader.strings(groups.exclude)),
        excluded_users: if_there(there, reader.strings(users.exclude)),
    }
}

fn group(id: &Setting<String>) -> GroupRef {
    let at: Place = id.at;
    match id.known() {
        Some(text) if text == "EVERYONE" => GroupRef::Everyone(at),
        Some(text) => GroupRef::Id(at, text.clone()),
        None => GroupRef::Unknown(at),
    }
}

/// Replaces the ids of groups that the export names.
pub(super) fn name_groups(include: &mut Include, everyone: &dyn Fn(&str) -> Option<bool>) {
    let crate::model::State::Known(groups) = &mut include.state else { return };
    for group in groups {
        let GroupRef::Id(at, id) = group else { continue };
        *group = match everyone(id) {
            Some(true) => GroupRef::Everyone(*at),
            Some(false) => GroupRef::Other(*at, id.clone()),
            None => continue,
        };
    }
}
