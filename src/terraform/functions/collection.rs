//! Lists, sets and maps. Where elements are unknown or there may be more, what
//! is known is kept.

use std::collections::HashSet;
use std::rc::Rc;

use super::{Context, MANY, count, functions, integer, sequence, text, wrong};
use crate::model::Why;
use crate::terraform::evaluate::{COUNT_LIMIT, MAX_INSTANCES};
use crate::terraform::number::Number;
use crate::terraform::types::{to_bool, to_number, unify};
use crate::terraform::value::{Evaluated, Kind, MapKey, MappingKind, SequenceKind, Value, equal};

functions! {
    "alltrue" 1..1, Whole, |cx, it| all(cx, &it[0], false);
    "anytrue" 1..1, Whole, |cx, it| all(cx, &it[0], true);
    "chunklist" 2..2, Whole, chunks;
    "coalesce" 1..MANY, Nothing, coalesce;
    "coalescelist" 1..MANY, Shape, coalesce_list;
    "compact" 1..1, Nothing, compact;
    "concat" 1..MANY, Nothing, concat;
    "contains" 2..2, Shape, contains;
    "distinct" 1..1, Shape, distinct;
    "element" 2..2, Shape, element;
    "flatten" 1..1, Shape, flatten;
    "index" 2..2, Whole, index;
    "keys" 1..1, Shape, keys;
    "length" 1..1, Shape, length;
    "lookup" 2..3, Nothing, lookup;
    "matchkeys" 3..3, Whole, match_keys;
    "merge" 0..MANY, Nothing, merge;
    "one" 1..1, Shape, one;
    "range" 1..3, Whole, range;
    "reverse" 1..1, Shape, |cx, it| {
        let mut items = closed(cx, &it[0])?;
        items.reverse();
        Ok(Value::sequence(cx.at, ordered(&it[0])?, items, None))
    };
    "setintersection" 1..MANY, Whole, |cx, it| sets(cx, it, |a, b| has(b, a));
    "setproduct" 1..MANY, Whole, product;
    "setsubtract" 2..2, Whole, |cx, it| sets(cx, it, |a, b| !has(b, a));
    "setunion" 1..MANY, Whole, union;
    "slice" 3..3, Shape, slice;
    "sort" 1..1, Whole, sort;
    "transpose" 1..1, Whole, transpose;
    "values" 1..1, Shape, values;
    "zipmap" 2..2, Shape, zip;
}

/// The elements of a collection that has no others.
fn closed<'a>(cx: &Context<'_, 'a>, value: &Value<'a>) -> Result<Vec<Value<'a>>, Why> {
    match sequence(value)?.loose() {
        Some(why) => Err(why),
        None => cx.items(value),
    }
}

/// The kind of an ordered result: a tuple stays one, a set becomes a list.
fn ordered(value: &Value<'_>) -> Result<SequenceKind, Why> {
    Ok(match sequence(value)?.kind {
        SequenceKind::Tuple => SequenceKind::Tuple,
        SequenceKind::List | SequenceKind::Set => SequenceKind::List,
    })
}

fn has<'a>(items: &[Value<'a>], wanted: &Value<'a>) -> bool {
    items.iter().any(|it| equal(it, wanted) == Some(true))
}

fn all<'a>(cx: &Context<'_, 'a>, list: &Value<'a>, any: bool) -> Evaluated<'a> {
    let mut found = !any;
    for item in cx.items(list)? {
        let is_true = !item.is_null() && to_bool(&item)?;
        if any {
            found |= is_true;
        } else {
            found &= is_true;
        }
    }
    Ok(cx.bool(found))
}

fn chunks<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let items = cx.items(&it[0])?;
    let size = count(&it[1])?;
    let size = if size == 0 { items.len().max(1) } else { size };
    Ok(cx.list(items.chunks(size).map(|it| cx.list(it.to_vec())).collect()))
}

/// The first that is neither null nor empty text, of the type of all.
fn coalesce<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let all = unify(it.to_vec()).ok_or(Why::WrongType)?;
    for value in all {
        if let Some(why) = value.why_unknown() {
            // An id is known not to be null, but not whether it is empty.
            return Ok(if matches!(value.kind, Kind::Reference { .. }) { value } else { cx.unknown(why) });
        }
        let is_empty = matches!(&value.kind, Kind::String(it) if it.is_empty());
        if !value.is_null() && !is_empty {
            return Ok(value);
        }
    }
    Err(Why::WrongType)
}

fn coalesce_list<'a>(_: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    for value in it {
        let list = sequence(value)?;
        if let Some(why) = list.open {
            return Ok(Value::unknown(value.at, why));
        }
        if !list.items.is_empty() {
            return Ok(value.clone());
        }
    }
    Err(Why::WrongType)
}

/// Without what is null or empty. What is unknown may be either.
fn compact<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    if let Some(why) = it[0].why_unknown() {
        return Ok(cx.unknown(why));
    }
    let mut open = sequence(&it[0])?.open;
    let mut kept = Vec::new();
    for item in cx.items(&it[0])? {
        match &item.kind {
            Kind::Null => {}
            Kind::String(it) if it.is_empty() => {}
            // An id that is known after apply is not empty.
            Kind::Reference { .. } => kept.push(item),
            _ => match item.why_unknown() {
                Some(why) => open = Some(why),
                None => kept.push(Value::string(item.at, text(&item)?)),
            },
        }
    }
    Ok(Value::sequence(cx.at, SequenceKind::List, kept, open))
}

/// All elements of all lists; of a list that is unknown there may be more.
fn concat<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let mut items = Vec::new();
    let mut open = None;
    let mut kind = SequenceKind::List;
    for list in it {
        if let Some(why) = list.why_unknown() {
            open = Some(why);
            continue;
        }
        let sequence = sequence(list)?;
        if sequence.kind == SequenceKind::Set {
            return Err(Why::WrongType);
        }
        if sequence.kind == SequenceKind::Tuple {
            kind = SequenceKind::Tuple;
        }
        open = open.or(sequence.open);
        items.extend(cx.items(list)?);
    }
    if kind == SequenceKind::List {
        items = unify(items).ok_or(Why::WrongType)?;
    }
    Ok(Value::sequence(cx.at, kind, items, open))
}

fn contains<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    if it[1].is_null() {
        return Err(Why::WrongType);
    }
    let list = sequence(&it[0])?;
    let mut why = list.open;
    for item in list.items.iter() {
        match equal(item, &it[1]) {
            Some(true) => return Ok(cx.bool(true)),
            Some(false) => {}
            None => why = item.why_partly_unknown().or(it[1].why_partly_unknown()).or(Some(Why::Expression)),
        }
    }
    Ok(why.map_or(cx.bool(false), |why| cx.unknown(why)))
}

fn distinct<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let mut open = sequence(&it[0])?.open;
    let mut kept: Vec<Value<'a>> = Vec::new();
    let mut texts: HashSet<Rc<str>> = HashSet::new();
    for item in unify(cx.items(&it[0])?).ok_or(Why::WrongType)? {
        if let Kind::String(text) = &item.kind {
            if texts.insert(text.clone()) {
                kept.push(item);
            }
        } else if let (Some(why), false) = (item.why_partly_unknown(), is_edge(&item)) {
            open = Some(why);
        } else {
            cx.evaluator.work(kept.len())?;
            if !has(&kept, &item) {
                kept.push(item);
            }
        }
    }
    Ok(Value::sequence(cx.at, SequenceKind::List, kept, open))
}

fn is_edge(value: &Value<'_>) -> bool {
    matches!(value.kind, Kind::Reference { .. } | Kind::Resource(_))
}

/// The element at an index that wraps around.
fn element<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    if let Some(why) = sequence(&it[0])?.open {
        return Ok(cx.unknown(why));
    }
    let items = cx.items(&it[0])?;
    let index = usize::try_from(integer(&it[1])?).map_err(|_| Why::WrongType)?;
    if items.is_empty() { Err(Why::WrongType) } else { Ok(items[index % items.len()].clone()) }
}

/// Lists within lists become one.
fn flatten<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let mut items = Vec::new();
    let mut open = None;
    flatten_into(cx, &it[0], &mut items, &mut open)?;
    Ok(Value::sequence(cx.at, SequenceKind::Tuple, items, open))
}

fn flatten_into<'a>(
    cx: &Context<'_, 'a>,
    list: &Value<'a>,
    into: &mut Vec<Value<'a>>,
    open: &mut Option<Why>,
) -> Result<(), Why> {
    *open = open.or(sequence(list)?.loose());
    for item in cx.items(list)? {
        match &item.kind {
            Kind::Sequence(_) => flatten_into(cx, &item, into, open)?,
            // It may be a list of any length.
            Kind::Unknown(why) => *open = Some(*why),
            _ => into.push(item),
        }
    }
    Ok(())
}

fn index<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let found = sequence(&it[0])?.items.iter().position(|item| equal(item, &it[1]) == Some(true));
    found.map(|it| cx.number(Number::count(it))).ok_or(Why::Undeclared)
}

/// The keys of a map, each with the way that the map took.
fn keys<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let Kind::Mapping(mapping) = &it[0].kind else { return Err(wrong(&it[0])) };
    let key = |(key, under): &(MapKey, Value<'a>)| cx.evaluator.taken(key.to_value(under.at), it[0].at);
    let keys = mapping.entries.iter().map(key).collect();
    let kind = if mapping.kind == MappingKind::Object { SequenceKind::Tuple } else { SequenceKind::List };
    Ok(Value::sequence(cx.at, kind, keys, mapping.open))
}

fn values<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let Kind::Mapping(mapping) = &it[0].kind else { return Err(wrong(&it[0])) };
    let values = cx.entries(&it[0])?.into_iter().map(|it| it.1).collect();
    let kind = if mapping.kind == MappingKind::Object { SequenceKind::Tuple } else { SequenceKind::List };
    Ok(Value::sequence(cx.at, kind, values, mapping.open))
}

fn length<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let length = match &it[0].kind {
        Kind::Sequence(list) => match list.open {
            Some(why) => return Ok(cx.unknown(why)),
            // Unknown elements of a set may turn out to be equal.
            None if list.kind == SequenceKind::Set && list.items.len() > 1 => {
                match it[0].why_partly_unknown() {
                    Some(why) => return Ok(cx.unknown(why)),
                    None => list.items.len(),
                }
            }
            None => list.items.len(),
        },
        Kind::Mapping(map) => match map.open {
            Some(why) => return Ok(cx.unknown(why)),
            None => map.entries.len(),
        },
        Kind::String(it) => {
            use unicode_segmentation::UnicodeSegmentation as _;
            it.graphemes(true).count()
        }
        _ => return Err(Why::WrongType),
    };
    Ok(cx.number(Number::count(length)))
}

/// `lookup(map, key, default)`.
fn lookup<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    if let Some(why) = it[0].why_unknown().or_else(|| it[1].why_unknown()) {
        return Ok(cx.unknown(why));
    }
    let Kind::Mapping(mapping) = &it[0].kind else { return Err(Why::WrongType) };
    let key = text(&it[1])?;
    match (mapping.get(&key), mapping.open) {
        (Some(found), _) => Ok(cx.evaluator.taken(found.clone(), it[0].at)),
        (None, Some(why)) => Ok(cx.unknown(why)),
        (None, None) => {
            let default = it.get(2).cloned().ok_or(Why::Undeclared)?;
            if mapping.kind == MappingKind::Object {
                return Ok(default);
            }
            // All values of a map have one type, and so has what stands for one.
            let values = mapping.entries.iter().map(|it| it.1.clone());
            let unified = unify([default].into_iter().chain(values).collect()).ok_or(Why::WrongType)?;
            Ok(unified.into_iter().next().unwrap_or(cx.unknown(Why::Expression)))
        }
    }
}

fn match_keys<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let (values, keys, wanted) = (cx.items(&it[0])?, cx.items(&it[1])?, cx.items(&it[2])?);
    if values.len() != keys.len() {
        return Err(Why::WrongType);
    }
    cx.evaluator.work(keys.len().saturating_mul(wanted.len()))?;
    let kept = values.into_iter().zip(&keys).filter(|(_, key)| has(&wanted, key)).map(|it| it.0);
    Ok(cx.list(kept.collect()))
}

/// All entries of all maps, of one key the last. What an unknown map may replace
/// is unknown, under a key that is known.
fn merge<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let mut entries: Vec<(MapKey, Value<'a>)> = Vec::new();
    let mut open = None;
    let mut kind = MappingKind::Map;
    for map in it.iter().filter(|it| !it.is_null()) {
        let more = match &map.kind {
            Kind::Mapping(mapping) => {
                if mapping.kind == MappingKind::Object {
                    kind = MappingKind::Object;
                }
                mapping.open
            }
            _ => Some(map.why_unknown().ok_or(Why::WrongType)?),
        };
        if let Some(why) = more {
            open = Some(why);
            for (_, it) in &mut entries {
                *it = Value::unknown(it.at, why);
            }
        }
        if matches!(map.kind, Kind::Mapping(_)) {
            entries.extend(cx.entries(map)?);
        }
    }
    let kind = if it.is_empty() { MappingKind::Object } else { kind };
    Ok(Value::mapping(cx.at, kind, entries, open))
}

/// The element of a list of one, `null` of an empty list.
fn one<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    if let Some(why) = sequence(&it[0])?.open {
        return Ok(cx.unknown(why));
    }
    match cx.items(&it[0])?.as_slice() {
        [] => Ok(Value::null(cx.at)),
        [only] => Ok(only.clone()),
        _ => Err(Why::WrongType),
    }
}

fn range<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let numbers: Vec<Number> = it.iter().map(to_number).collect::<Result<_, _>>()?;
    let (zero, one) = (Number::whole(0), Number::whole(1));
    let down = |start: &Number, limit: &Number| if limit < start { one.negated() } else { one.clone() };
    let (start, limit, step) = match numbers.as_slice() {
        [limit] => (zero.clone(), limit.clone(), down(&zero, limit)),
        [start, limit] => (start.clone(), limit.clone(), down(start, limit)),
        [start, limit, step] => (start.clone(), limit.clone(), step.clone()),
        _ => return Err(Why::WrongType),
    };
    if step == zero || (step < zero) != (limit < start) && limit != start {
        return Err(Why::WrongType);
    }
    let mut items = Vec::new();
    let mut at = start;
    while if step > zero { at < limit } else { at > limit } {
        if items.len() >= MAX_INSTANCES {
            cx.evaluator.limit(COUNT_LIMIT);
            return Ok(cx.unknown(Why::Limit));
        }
        items.push(cx.number(at.clone()));
        at = at.plus(&step);
    }
    Ok(cx.list(items))
}

/// Combines sets from left to right, keeping what `keep` says of each element.
fn sets<'a>(
    cx: &Context<'_, 'a>,
    it: &[Value<'a>],
    keep: fn(&Value<'a>, &[Value<'a>]) -> bool,
) -> Evaluated<'a> {
    let all = same_type(cx, it)?;
    let (first, rest) = all.split_first().ok_or(Why::WrongType)?;
    let others: usize = rest.iter().map(Vec::len).sum();
    cx.evaluator.work(first.len().saturating_mul(others))?;
    let kept = first.iter().filter(|item| rest.iter().all(|set| keep(item, set))).cloned();
    Ok(Value::set(cx.at, kept.collect(), None))
}

fn union<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    Ok(Value::set(cx.at, same_type(cx, it)?.concat(), None))
}

/// The elements of several sets, converted to one type.
fn same_type<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Result<Vec<Vec<Value<'a>>>, Why> {
    let lists: Vec<Vec<Value<'a>>> = it.iter().map(|it| cx.items(it)).collect::<Result<_, _>>()?;
    let lengths: Vec<usize> = lists.iter().map(Vec::len).collect();
    let mut all = unify(lists.concat()).ok_or(Why::WrongType)?.into_iter();
    Ok(lengths.into_iter().map(|it| all.by_ref().take(it).collect()).collect())
}

/// Every combination of an element of each list.
fn product<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let lists: Vec<Vec<Value<'a>>> = it.iter().map(|it| cx.items(it)).collect::<Result<_, _>>()?;
    let size = lists.iter().try_fold(1_usize, |size, it| size.checked_mul(it.len()));
    if size.is_none_or(|it| it > MAX_INSTANCES) {
        cx.evaluator.limit(COUNT_LIMIT);
        return Ok(cx.unknown(Why::Limit));
    }
    let mut rows: Vec<Vec<Value<'a>>> = vec![Vec::new()];
    for list in &lists {
        let longer = |row: &Vec<Value<'a>>| {
            let row = row.clone();
            list.iter().map(move |it| row.iter().cloned().chain([it.clone()]).collect())
        };
        rows = rows.iter().flat_map(longer).collect();
    }
    let rows: Vec<Value<'a>> = rows.into_iter().map(|it| cx.tuple(it)).collect();
    let has_set = it.iter().any(|it| matches!(&it.kind, Kind::Sequence(it) if it.kind == SequenceKind::Set));
    Ok(if has_set { Value::set(cx.at, rows, None) } else { cx.list(rows) })
}

fn slice<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let kind = ordered(&it[0])?;
    if let Some(why) = sequence(&it[0])?.open {
        return Ok(cx.unknown(why));
    }
    let items = cx.items(&it[0])?;
    let part = items.get(count(&it[1])?..count(&it[2])?).ok_or(Why::WrongType)?;
    Ok(Value::sequence(cx.at, kind, part.to_vec(), None))
}

fn sort<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let mut items: Vec<(Rc<str>, Value<'a>)> =
        cx.items(&it[0])?.into_iter().map(|it| Ok((text(&it)?, it))).collect::<Result<_, Why>>()?;
    items.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(cx.list(items.into_iter().map(|(text, it)| Value::string(it.at, text)).collect()))
}

fn transpose<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let mut groups: Vec<(MapKey, Vec<Value<'a>>)> = Vec::new();
    for (key, list) in cx.entries(&it[0])? {
        for item in cx.items(&list)? {
            let name = MapKey::of(&item)?;
            let key = key.to_value(item.at);
            match groups.iter_mut().find(|it| *it.0 == *name) {
                Some((_, keys)) => keys.push(key),
                None => groups.push((name, vec![key])),
            }
        }
    }
    let entries = groups.into_iter().map(|(name, keys)| (name, cx.list(keys))).collect();
    Ok(Value::mapping(cx.at, MappingKind::Map, entries, None))
}

fn zip<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let open = sequence(&it[0])?.open.or(sequence(&it[1])?.open);
    let (keys, values) = (cx.items(&it[0])?, cx.items(&it[1])?);
    if open.is_none() && keys.len() != values.len() {
        return Err(Why::WrongType);
    }
    if let Some(why) = open.or_else(|| keys.iter().find_map(Value::why_unknown)) {
        return Ok(cx.unknown(why));
    }
    let kind = match sequence(&it[1])?.kind {
        SequenceKind::Tuple => MappingKind::Object,
        SequenceKind::List | SequenceKind::Set => MappingKind::Map,
    };
    let entries: Vec<(MapKey, Value<'a>)> =
        keys.iter().zip(values).map(|(key, it)| Ok((MapKey::of(key)?, it))).collect::<Result<_, Why>>()?;
    Ok(Value::mapping(cx.at, kind, entries, None))
}
