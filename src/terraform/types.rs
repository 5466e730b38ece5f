//! Type constraints, and conversion to them as Terraform does it.

use std::rc::Rc;

use super::number::Number;
use super::value::{Evaluated, Kind, MapKey, MappingKind, SequenceKind, Value};
use crate::model::Why;
use crate::syntax::expression::{Expr, ExprKind};

/// A type constraint.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Type {
    Any,
    String,
    Number,
    Bool,
    List(Box<Type>),
    Set(Box<Type>),
    Map(Box<Type>),
    Tuple(Vec<Type>),
    Object(Vec<Attribute>),
}

/// An attribute of an object type.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Attribute {
    name: Rc<str>,
    kind: Type,
    optional: bool,
    /// The default of `optional(type, default)`.
    default: Option<Expr>,
}

impl Type {
    /// Reads a constraint; what it does not understand is `any`.
    pub(super) fn parse(expr: &Expr) -> Self {
        match &expr.kind {
            ExprKind::Name(name) | ExprKind::String(name) => match name.as_str() {
                "string" => Self::String,
                "number" => Self::Number,
                "bool" => Self::Bool,
                // The old shorthands.
                "list" => Self::List(Box::new(Self::Any)),
                "map" => Self::Map(Box::new(Self::Any)),
                "set" => Self::Set(Box::new(Self::Any)),
                _ => Self::Any,
            },
            ExprKind::Call(call) => {
                let Some(inner) = call.arguments.first() else { return Self::Any };
                let of = || Box::new(Self::parse(inner));
                match call.name.as_str() {
                    "list" => Self::List(of()),
                    "set" => Self::Set(of()),
                    "map" => Self::Map(of()),
                    "optional" => *of(),
                    "tuple" => match &inner.kind {
                        ExprKind::Tuple(items) => Self::Tuple(items.iter().map(Self::parse).collect()),
                        _ => Self::Any,
                    },
                    "object" => match &inner.kind {
                        ExprKind::Object(entries) => {
                            Self::Object(entries.iter().filter_map(Attribute::parse).collect())
                        }
                        _ => Self::Any,
                    },
                    _ => Self::Any,
                }
            }
            _ => Self::Any,
        }
    }

    /// Converts a value. `default` evaluates the defaults of optional attributes.
    ///
    /// # Errors
    /// Where Terraform refuses the value.
    pub(super) fn convert<'a>(
        &self,
        value: Value<'a>,
        default: &dyn Fn(&Expr) -> Evaluated<'a>,
    ) -> Evaluated<'a> {
        if value.is_null() || value.why_unknown().is_some() {
            return Ok(value);
        }
        let at = value.at;
        match self {
            Self::Any => Ok(value),
            Self::String => Ok(Value::string(at, value.text()?)),
            Self::Number => to_number(&value).map(|it| Value::number(at, it)),
            Self::Bool => to_bool(&value).map(|it| Value::bool(at, it)),
            Self::List(of) => {
                let (items, _) = elements(&value)?;
                let items = of.convert_all(items, default)?;
                Ok(Value::sequence(at, SequenceKind::List, items, loose(&value)))
            }
            Self::Set(of) => {
                let (items, open) = elements(&value)?;
                Ok(Value::set(at, of.convert_all(items, default)?, open))
            }
            Self::Map(of) => {
                let Kind::Mapping(mapping) = &value.kind else { return Err(Why::WrongType) };
                let values = mapping.entries.iter().map(|it| it.1.clone()).collect();
                let values = of.convert_all(values, default)?;
                let entries = mapping.entries.iter().map(|it| it.0.clone()).zip(values).collect();
                Ok(Value::mapping(at, MappingKind::Map, entries, mapping.open))
            }
            Self::Tuple(types) => {
                let (items, open) = elements(&value)?;
                if open.is_none() && items.len() != types.len() {
                    return Err(Why::WrongType);
                }
                let items = types.iter().zip(items).map(|(of, it)| of.convert(it, default));
                Ok(Value::tuple(at, items.collect::<Result<_, _>>()?))
            }
            Self::Object(attributes) => object(attributes, &value, default),
        }
    }

    /// Converts the elements of a collection, which all get one type.
    fn convert_all<'a>(
        &self,
        items: Vec<Value<'a>>,
        default: &dyn Fn(&Expr) -> Evaluated<'a>,
    ) -> Result<Vec<Value<'a>>, Why> {
        if *self == Self::Any {
            return unify(items).ok_or(Why::WrongType);
        }
        let items = items.into_iter().map(|it| self.convert(it, default)).collect::<Result<Vec<_>, _>>()?;
        // One `any` within stands for one type.
        if self.holds_any() { unify(items).ok_or(Why::WrongType) } else { Ok(items) }
    }

    fn holds_any(&self) -> bool {
        match self {
            Self::Any => true,
            Self::List(of) | Self::Set(of) | Self::Map(of) => of.holds_any(),
            Self::String | Self::Number | Self::Bool | Self::Tuple(_) | Self::Object(_) => false,
        }
    }
}

impl Attribute {
    fn parse((key, value): &(Expr, Expr)) -> Option<Self> {
        let ExprKind::String(name) = &key.kind else { return None };
        let optional = match &value.kind {
            ExprKind::Call(call) if call.name == "optional" => Some(call),
            _ => None,
        };
        Some(Self {
            name: name.as_str().into(),
            kind: Type::parse(value),
            optional: optional.is_some(),
            default: optional.and_then(|it| it.arguments.get(1).cloned()),
        })
    }
}

/// Attributes that the type does not name are dropped, optional ones filled in.
fn object<'a>(
    attributes: &[Attribute],
    value: &Value<'a>,
    default: &dyn Fn(&Expr) -> Evaluated<'a>,
) -> Evaluated<'a> {
    let Kind::Mapping(mapping) = &value.kind else { return Err(Why::WrongType) };
    let mut entries = Vec::with_capacity(attributes.len());
    for attribute in attributes {
        let given = mapping.get(&attribute.name).filter(|it| !it.is_null() || attribute.default.is_none());
        let found = match (given, &attribute.default) {
            (Some(given), _) => given.clone(),
            (None, _) if mapping.open.is_some() => Value::unknown(value.at, Why::Expression),
            (None, Some(expr)) => default(expr)?,
            (None, None) if attribute.optional => Value::null(value.at),
            (None, None) => return Err(Why::WrongType),
        };
        entries.push((attribute.name.clone().into(), attribute.kind.convert(found, default)?));
    }
    Ok(Value::object(value.at, entries))
}

/// The elements of a list, set or tuple, and why there may be more.
pub(super) fn elements<'a>(value: &Value<'a>) -> Result<(Vec<Value<'a>>, Option<Why>), Why> {
    match &value.kind {
        Kind::Sequence(it) => Ok((it.items.to_vec(), it.open)),
        _ => Err(value.why_unknown().unwrap_or(Why::WrongType)),
    }
}

/// Why the elements of a value have no known order.
fn loose(value: &Value<'_>) -> Option<Why> {
    match &value.kind {
        Kind::Sequence(it) => it.loose(),
        _ => None,
    }
}

/// A number, or a string that spells one.
pub(super) fn to_number(value: &Value<'_>) -> Result<Number, Why> {
    match &value.kind {
        Kind::Number(it) => Ok(it.clone()),
        Kind::String(it) => Number::parse(it).ok_or(Why::WrongType),
        _ => Err(value.why_unknown().unwrap_or(Why::WrongType)),
    }
}

/// A boolean, or a string that spells one.
pub(super) fn to_bool(value: &Value<'_>) -> Result<bool, Why> {
    match &value.kind {
        Kind::Bool(it) => Ok(*it),
        Kind::String(it) => match it.as_ref() {
            "true" | "1" => Ok(true),
            "false" | "0" => Ok(false),
            _ => Err(Why::WrongType),
        },
        _ => Err(value.why_unknown().unwrap_or(Why::WrongType)),
    }
}

/// Gives the elements of a collection one type: numbers and booleans beside
/// strings become strings, tuples lists, objects of the same keys alike. `None`
/// where no type holds them all.
pub(super) fn unify<'a>(items: Vec<Value<'a>>) -> Option<Vec<Value<'a>>> {
    let known = |it: &&Value<'a>| !it.is_null() && it.why_unknown().is_none();
    let shapes: Vec<Shape> = items.iter().filter(known).map(Shape::of).collect();
    let Some(&first) = shapes.first() else { return Some(items) };
    if shapes.iter().all(|it| *it == first) {
        return match first {
            Shape::Sequence => unify_sequences(items),
            Shape::Mapping => unify_mappings(items),
            _ => Some(items),
        };
    }
    let primitive = |it: &Shape| matches!(it, Shape::Bool | Shape::Number | Shape::String);
    let has_text = shapes.contains(&Shape::String);
    (has_text && shapes.iter().all(primitive)).then(|| items.into_iter().map(stringified).collect())
}

/// What a value is, as far as types go.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Shape {
    Bool,
    Number,
    String,
    Sequence,
    Mapping,
    Other,
}

impl Shape {
    fn of(value: &Value<'_>) -> Self {
        match value.kind {
            Kind::Bool(_) => Self::Bool,
            Kind::Number(_) => Self::Number,
            Kind::String(_) => Self::String,
            Kind::Sequence(_) => Self::Sequence,
            Kind::Mapping(_) => Self::Mapping,
            _ => Self::Other,
        }
    }
}

fn stringified(value: Value<'_>) -> Value<'_> {
    match value.text() {
        Ok(text) => Value::string(value.at, text),
        Err(_) => value,
    }
}

fn unify_sequences<'a>(items: Vec<Value<'a>>) -> Option<Vec<Value<'a>>> {
    let sequences =
        || items.iter().filter_map(|it| if let Kind::Sequence(it) = &it.kind { Some(it) } else { None });
    let has = |kind: SequenceKind| sequences().any(|it| it.kind == kind);
    let lengths: Vec<usize> = sequences().map(|it| it.items.len()).collect();
    let tuples_alone = !has(SequenceKind::List) && !has(SequenceKind::Set);
    if tuples_alone && lengths.windows(2).all(|it| it[0] == it[1]) {
        return by_columns(items, lengths[0], |at, columns, open| {
            Value::sequence(at, SequenceKind::Tuple, columns, open)
        });
    }
    // All of them become collections of one type of element.
    let kind = if has(SequenceKind::Set) && !has(SequenceKind::List) {
        SequenceKind::Set
    } else {
        SequenceKind::List
    };
    let all = sequences().flat_map(|it| it.items.iter().cloned()).collect();
    let mut unified = unify(all)?.into_iter();
    let rebuild = |item: Value<'a>| match &item.kind {
        Kind::Sequence(it) => {
            let parts = unified.by_ref().take(it.items.len()).collect();
            match kind {
                SequenceKind::Set => Value::set(item.at, parts, it.open),
                _ => Value::sequence(item.at, kind, parts, it.loose()),
            }
        }
        _ => item,
    };
    Some(items.into_iter().map(rebuild).collect())
}

/// Gives each column of tuples or objects of one shape one type.
fn by_columns<'a>(
    items: Vec<Value<'a>>,
    width: usize,
    build: impl Fn(crate::model::Place, Vec<Value<'a>>, Option<Why>) -> Value<'a>,
) -> Option<Vec<Value<'a>>> {
    let cell = |it: &Value<'a>, index: usize| match &it.kind {
        Kind::Sequence(it) => it.items.get(index).cloned(),
        Kind::Mapping(it) => it.entries.get(index).map(|it| it.1.clone()),
        _ => None,
    };
    let mut columns = Vec::with_capacity(width);
    for index in 0..width {
        columns.push(unify(items.iter().filter_map(|it| cell(it, index)).collect())?.into_iter());
    }
    let rebuild = |item: Value<'a>| {
        let open = match &item.kind {
            Kind::Sequence(it) => it.open,
            Kind::Mapping(it) => it.open,
            _ => return item,
        };
        build(item.at, columns.iter_mut().filter_map(Iterator::next).collect(), open)
    };
    Some(items.into_iter().map(rebuild).collect())
}

/// Objects of the same attributes: each attribute gets one type. Objects of
/// others become maps, where all values can have one type.
fn unify_mappings<'a>(items: Vec<Value<'a>>) -> Option<Vec<Value<'a>>> {
    let mappings =
        || items.iter().filter_map(|it| if let Kind::Mapping(it) = &it.kind { Some(it) } else { None });
    let keys: Vec<MapKey> = mappings().next()?.entries.iter().map(|it| it.0.clone()).collect();
    let objects = mappings().all(|it| it.kind == MappingKind::Object);
    if objects && mappings().all(|it| it.entries.iter().map(|it| &*it.0).eq(keys.iter().map(|it| &**it))) {
        return by_columns(items, keys.len(), |at, columns, open| {
            Value::mapping(at, MappingKind::Object, keys.iter().cloned().zip(columns).collect(), open)
        });
    }
    let all = mappings().flat_map(|it| it.entries.iter().map(|it| it.1.clone())).collect();
    let mut unified = unify(all)?.into_iter();
    let rebuild = |item: Value<'a>| match &item.kind {
        Kind::Mapping(it) => {
            let values: Vec<Value<'a>> = unified.by_ref().take(it.entries.len()).collect();
            let entries = it.entries.iter().map(|it| it.0.clone()).zip(values).collect();
            Value::mapping(item.at, MappingKind::Map, entries, it.open)
        }
        _ => item,
    };
    Some(items.into_iter().map(rebuild).collect())
}
