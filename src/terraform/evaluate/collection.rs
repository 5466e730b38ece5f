//! Objects and `for` expressions.

use std::rc::Rc;

use super::{Evaluator, Scope};
use crate::model::{Place, Why};
use crate::syntax::expression::{Expr, For};
use crate::terraform::number::Number;
use crate::terraform::types::to_bool;
use crate::terraform::value::{Evaluated, Kind, MapKey, MappingKind, SequenceKind, Value};

/// Keys (or indexes) and elements of a collection, and why there may be more.
type Elements<'a> = (Vec<(Value<'a>, Value<'a>)>, Option<Why>);

impl<'a> Evaluator<'a> {
    /// `{ a = b }`. A key that is not known makes the object open.
    pub(super) fn object(&self, entries: &[(Expr, Expr)], at: Place, scope: &Scope<'_, 'a>) -> Evaluated<'a> {
        let mut object: Vec<(MapKey, Value<'a>)> = Vec::with_capacity(entries.len());
        let mut open = None;
        for (key, value) in entries {
            let key = self.expression(key, scope)?;
            let value = self.expression(value, scope)?;
            match key.why_unknown() {
                // The last of two equal keys counts, so that this may be any of those before.
                Some(why) => {
                    open = Some(why);
                    for (_, before) in &mut object {
                        *before = Value::unknown(before.at, why);
                    }
                }
                None => object.push((MapKey::of(&key)?, value)),
            }
        }
        self.sized(Value::mapping(at, MappingKind::Object, object, open))
    }

    /// `[for …]` and `{for …}`.
    pub(super) fn for_expression(&self, it: &For, at: Place, scope: &Scope<'_, 'a>) -> Evaluated<'a> {
        let collection = self.expression(&it.collection, scope)?;
        // One handle stands for some instances.
        if let Kind::Resource(handle) = &collection.kind
            && !handle.is_some()
        {
            return Ok(Value::unknown(at, Why::Computed));
        }
        if let Some(why) = collection.why_unknown().filter(|_| !matches!(collection.kind, Kind::Resource(_)))
        {
            return Ok(Value::unknown(at, why));
        }
        let (items, open) = self.elements(&collection)?;
        self.work(items.len())?;
        let mut made = Made { items: Vec::new(), open };
        for (key, value) in items {
            bound(&it.names, key, value, scope, |scope| self.one(it, &mut made, scope))?;
        }
        let Made { items, open } = made;
        let value = match (&it.key, it.grouping) {
            (None, _) => {
                let items = items.into_iter().map(|it| it.1).collect();
                Value::sequence(at, SequenceKind::Tuple, items, open)
            }
            (Some(_), true) => Value::mapping(at, MappingKind::Object, grouped(at, items, open), open),
            (Some(_), false) => {
                let entries: Vec<(MapKey, Value<'a>)> =
                    items.into_iter().filter_map(|(key, it)| Some((key?, it))).collect();
                let mut keys: Vec<&Rc<str>> = entries.iter().map(|it| &*it.0).collect();
                keys.sort_unstable();
                if keys.windows(2).any(|it| it[0] == it[1]) {
                    return Err(Why::WrongType);
                }
                Value::mapping(at, MappingKind::Object, entries, open)
            }
        };
        self.sized(value)
    }

    /// One element of a `for` expression.
    fn one(&self, it: &For, made: &mut Made<'a>, scope: &Scope<'_, 'a>) -> Result<(), Why> {
        if let Some(condition) = &it.condition {
            let condition = self.expression(condition, scope)?;
            if let Some(why) = condition.why_unknown() {
                made.open = Some(why);
                return Ok(());
            }
            if !to_bool(&condition)? {
                return Ok(());
            }
        }
        let key = it.key.as_ref().map(|key| self.expression(key, scope)).transpose()?;
        let value = self.expression(&it.value, scope)?;
        let key = match key.as_ref().map(|key| (key.why_unknown(), key)) {
            Some((Some(why), _)) => {
                made.open = Some(why);
                return Ok(());
            }
            Some((None, key)) => Some(MapKey::of(key)?),
            None => None,
        };
        made.items.push((key, value));
        Ok(())
    }

    /// The elements of a collection, with their keys or indexes.
    ///
    /// # Errors
    /// For what is no collection.
    pub(in crate::terraform) fn elements(&self, collection: &Value<'a>) -> Result<Elements<'a>, Why> {
        let at = collection.at;
        match &collection.kind {
            Kind::Sequence(it) => {
                let of_set = it.kind == SequenceKind::Set;
                let item = |(index, item): (usize, &Value<'a>)| {
                    let item = self.taken(item.clone(), at);
                    // A set has no order: its elements are their own keys.
                    let key = match it.open {
                        _ if of_set => item.clone(),
                        // There may be more elements, before this one too.
                        Some(why) => Value::unknown(at, why),
                        None => Value::number(at, Number::count(index)),
                    };
                    (key, item)
                };
                Ok((it.items.iter().enumerate().map(item).collect(), it.loose()))
            }
            Kind::Mapping(it) => {
                let entry = |(key, item): &(MapKey, Value<'a>)| {
                    (self.taken(key.to_value(item.at), at), self.taken(item.clone(), at))
                };
                Ok((it.entries.iter().map(entry).collect(), it.open))
            }
            Kind::Resource(handle) if handle.is_some() => {
                let key = Value::unknown(at, Why::Expression);
                Ok((vec![(key, collection.clone())], Some(Why::Expression)))
            }
            _ => Err(collection.why_unknown().unwrap_or(Why::WrongType)),
        }
    }
}

/// Binds the names of a `for` expression or directive.
pub(super) fn bound<'a, T>(
    names: &(Option<String>, String),
    key: Value<'a>,
    value: Value<'a>,
    scope: &Scope<'_, 'a>,
    then: impl FnOnce(&Scope<'_, 'a>) -> T,
) -> T {
    match &names.0 {
        Some(name) => scope.bind(name, key, |scope| scope.bind(&names.1, value, then)),
        None => scope.bind(&names.1, value, then),
    }
}

/// What a `for` expression has made so far.
struct Made<'a> {
    items: Vec<(Option<MapKey>, Value<'a>)>,
    open: Option<Why>,
}

/// The values of each key, in order. What is missing may belong to any group.
fn grouped<'a>(
    at: Place,
    items: Vec<(Option<MapKey>, Value<'a>)>,
    open: Option<Why>,
) -> Vec<(MapKey, Value<'a>)> {
    let mut groups: Vec<(MapKey, Vec<Value<'a>>)> = Vec::new();
    let mut index: std::collections::HashMap<Rc<str>, usize> = std::collections::HashMap::new();
    for (key, value) in items {
        let Some(key) = key else { continue };
        let place = *index.entry(Rc::clone(&key)).or_insert_with(|| {
            groups.push((key, Vec::new()));
            groups.len() - 1
        });
        groups[place].1.push(value);
    }
    groups
        .into_iter()
        .map(|(key, values)| (key, Value::sequence(at, SequenceKind::Tuple, values, open)))
        .collect()
}
