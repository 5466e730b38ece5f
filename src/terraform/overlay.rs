//! A configuration, filled in from the plan that was made of it, or from the
//! state that it left.
//!
//! The plan knows the values and the instances, the configuration the places:
//! what comes of a literal keeps the place and the way of that literal, what
//! only the plan knows stands where the argument is written.

use std::collections::{BTreeMap, BTreeSet};

use super::body::Argument;
use super::collect::Found;
use super::recorded::{Recorded, without_keys};
use super::schema;
use super::value::{Kind, MapKey, Value, equal};
use crate::model::Place;
use crate::source::Span;

/// A resource on its way into an org: where it came from, and its arguments.
pub(super) type Written<'a> = (Found<'a>, Vec<Argument<'a>>);

/// The resources of a plan, with the places of the configuration.
pub(super) fn planned<'a>(written: Vec<Written<'a>>, plan: &Recorded<'a>) -> Vec<Written<'a>> {
    let order = Order::of(&written);
    let mut by_address: BTreeMap<String, Written<'a>> = BTreeMap::new();
    let mut by_definition: BTreeMap<String, (Found<'a>, Vec<Argument<'a>>)> = BTreeMap::new();
    let mut data = Vec::new();
    for (found, arguments) in written {
        if found.is_data && !plan.resources.contains_key(&found.address) {
            data.push((found, arguments));
            continue;
        }
        by_definition
            .entry(without_keys(&found.address))
            .or_insert_with(|| (found.clone(), arguments.clone()));
        by_address.insert(found.address.clone(), (found, arguments));
    }
    let resource = |(address, resource): (&String, &super::recorded::Resource<'a>)| {
        let (found, arguments) = match by_address.get(address) {
            Some((found, ours)) => (found.clone(), filled(ours, &resource.arguments, found.at.span)),
            None => match by_definition.get(&without_keys(address)) {
                // Of an instance that the configuration does not show, the
                // definition says where its arguments are written.
                Some((found, ours)) => {
                    (found.clone(), filled(&unknown(ours), &resource.arguments, found.at.span))
                }
                None => (Found::recorded(address, resource), resource.arguments.clone()),
            },
        };
        let found =
            Found { address: address.clone(), certain: true, provider: resource.provider.clone(), ..found };
        (found, arguments)
    };
    let mut all: Vec<Written<'a>> = plan.resources.iter().map(resource).chain(data).collect();
    all.sort_by_key(|it| order.place(&it.0.address));
    all
}

/// The order of the configuration, so that a plan tells the same story.
struct Order(BTreeMap<String, usize>);

impl Order {
    fn of(written: &[Written<'_>]) -> Self {
        let mut places = BTreeMap::new();
        for (place, (found, _)) in written.iter().enumerate() {
            places.insert(found.address.clone(), place);
            places.entry(without_keys(&found.address)).or_insert(place);
        }
        Self(places)
    }

    /// An instance that the configuration does not show stands with its definition.
    fn place(&self, address: &str) -> usize {
        let place = self.0.get(address).or_else(|| self.0.get(&without_keys(address)));
        place.copied().unwrap_or(usize::MAX)
    }
}

/// Whether a plan was made of a configuration as it stands: the same resources,
/// and no known argument that it has otherwise.
pub(super) fn agrees<'a>(written: &[Written<'a>], plan: &Recorded<'a>) -> bool {
    let managed = || written.iter().filter(|it| !it.0.is_data && it.0.kind.starts_with("okta_"));
    let defined: BTreeSet<String> = managed().map(|it| without_keys(&it.0.address)).collect();
    let planned = plan.resources.iter().filter(|it| !it.1.is_data);
    planned.clone().all(|it| defined.contains(&without_keys(it.0)))
        && managed().filter(|it| it.0.certain).all(|(found, ours)| {
            plan.resources.get(&found.address).is_some_and(|it| is_same(ours, &it.arguments))
        })
}

/// Whether no known argument is planned to be something else.
fn is_same<'a>(ours: &[Argument<'a>], planned: &[Argument<'a>]) -> bool {
    ours.iter().filter(|it| it.value.why_partly_unknown().is_none()).all(|ours| {
        match planned.iter().find(|it| it.name == ours.name) {
            Some(planned) if planned.value.why_partly_unknown().is_some() => true,
            // `null` is as if nobody had written it: the provider's default stands there.
            Some(_) if ours.value.is_null() => true,
            Some(planned) => says_as_much(&ours.value, &planned.value),
            // What is only written, `…_wo`, is in no plan.
            None => {
                ours.name.ends_with("_wo") || !matches!(&ours.value.kind, Kind::String(it) if !it.is_empty())
            }
        }
    })
}

/// The resources of a configuration, with the ids that its state knows.
pub(super) fn identified<'a>(written: &mut [Written<'a>], state: &Recorded<'a>) {
    for (found, arguments) in written {
        let Some(recorded) = state.resources.get(&found.address) else { continue };
        for argument in recorded.arguments.iter().filter(|it| schema::is_computed(&it.name)) {
            if arguments.iter().all(|it| it.name != argument.name) {
                arguments.push(moved(argument, found.at.span));
            }
        }
    }
}

/// Arguments of which only the places count.
fn unknown<'a>(arguments: &[Argument<'a>]) -> Vec<Argument<'a>> {
    let unknown = |it: &Argument<'a>| Argument {
        value: Value::unknown(it.value.at, crate::model::Why::Expression),
        ..it.clone()
    };
    arguments.iter().map(unknown).collect()
}

/// What the plan says, in the places of `ours` where these say the same.
fn filled<'a>(ours: &[Argument<'a>], plan: &[Argument<'a>], owner: Span) -> Vec<Argument<'a>> {
    plan.iter()
        .map(|planned| match ours.iter().find(|it| it.name == planned.name) {
            Some(ours) if says_as_much(&ours.value, &planned.value) => ours.clone(),
            // A plan hides a whole list for one element; the configuration knows the others.
            Some(ours) if is_secret(&planned.value) && !is_secret(&ours.value) => ours.clone(),
            Some(ours) => moved(planned, ours.written),
            None => moved(planned, owner),
        })
        .collect()
}

/// Whether an evaluated value says what the plan does, or an edge where the plan
/// has none.
fn says_as_much<'a>(ours: &Value<'a>, planned: &Value<'a>) -> bool {
    let is_edge = |it: &Value<'a>| matches!(it.kind, Kind::Reference { .. });
    match (&ours.kind, &planned.kind) {
        (Kind::Sequence(a), Kind::Sequence(b)) => {
            let covered = |it: &Value<'a>| a.items.iter().any(|ours| says_as_much(ours, it));
            a.open.is_none() && a.items.len() == b.items.len() && b.items.iter().all(covered)
        }
        (Kind::Mapping(a), Kind::Mapping(b)) => a
            .entries
            .iter()
            .all(|(key, ours)| b.get(key).map_or(ours.is_null(), |planned| says_as_much(ours, planned))),
        _ if is_edge(ours) => true,
        (Kind::Secret(a), Kind::Secret(b)) => says_as_much(a, b),
        _ => equal(ours, planned) == Some(true) || same_text(ours, planned),
    }
}

fn is_secret(value: &Value<'_>) -> bool {
    matches!(value.kind, Kind::Secret(_))
}

fn same_text(a: &Value<'_>, b: &Value<'_>) -> bool {
    a.text().is_ok_and(|a| b.text().is_ok_and(|b| a == b))
}

/// An argument in another place.
fn moved<'a>(argument: &Argument<'a>, to: Span) -> Argument<'a> {
    Argument { name: argument.name.clone(), written: to, value: relocated(&argument.value, to) }
}

fn relocated<'a>(value: &Value<'a>, to: Span) -> Value<'a> {
    let at = Place::here(to);
    match &value.kind {
        Kind::Sequence(it) => {
            let items = it.items.iter().map(|it| relocated(it, to)).collect();
            Value::sequence(at, it.kind, items, it.open)
        }
        Kind::Mapping(it) => {
            let entry = |(key, it): &(MapKey, Value<'a>)| (key.clone(), relocated(it, to));
            Value::mapping(at, it.kind, it.entries.iter().map(entry).collect(), it.open)
        }
        Kind::Secret(inner) => Value::new(at, Kind::Secret(Box::new(relocated(inner, to)))),
        other => Value::new(at, other.clone()),
    }
}
