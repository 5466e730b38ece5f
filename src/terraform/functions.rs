//! Terraform's functions, by name.
//!
//! A function gets values and gives one; an error is what Terraform would call
//! one, so that `try` can go on. Functions whose result depends on the time, on
//! chance or on the machine are unknown, as is any of a provider.

mod collection;
mod date;
mod encoding;
mod file;
mod format;
mod hash;
mod ip;
mod kind;
mod number;
mod regex;
mod string;

use super::evaluate::{Evaluator, Scope};
use super::number::Number;
use super::types::to_number;
use super::value::{Evaluated, Kind, MapKey, Sequence, Value};
use crate::model::{Place, Why};
use crate::syntax::expression::Call;
use std::rc::Rc;

/// A function.
struct Function {
    name: &'static str,
    /// The least and the largest number of arguments.
    arity: (usize, usize),
    needs: Needs,
    run: for<'c, 'a> fn(&Context<'c, 'a>, &[Value<'a>]) -> Evaluated<'a>,
}

/// What a function needs to know of its arguments.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Needs {
    /// All of them, to the last element.
    Whole,
    /// That they are lists, maps or the like: elements may be unknown.
    Shape,
    /// What can be known: its text then has gaps for the rest.
    Parts,
    /// It copes with anything.
    Nothing,
}

/// Any number of arguments.
const MANY: usize = usize::MAX;

/// What a function sees besides its arguments.
struct Context<'c, 'a> {
    evaluator: &'c Evaluator<'a>,
    /// The call.
    at: Place,
}

/// Declares the functions of a family.
macro_rules! functions {
    ($($name:literal $min:literal..$max:expr, $needs:ident, $run:expr;)*) => {
        pub(super) const FUNCTIONS: &[super::Function] = &[$(
            super::Function { name: $name, arity: ($min, $max), needs: super::Needs::$needs, run: $run },
        )*];
    };
}
use functions;

/// The families.
const FAMILIES: [&[Function]; 10] = [
    string::FUNCTIONS,
    regex::FUNCTIONS,
    format::FUNCTIONS,
    number::FUNCTIONS,
    collection::FUNCTIONS,
    encoding::FUNCTIONS,
    file::FUNCTIONS,
    hash::FUNCTIONS,
    date::FUNCTIONS,
    ip::FUNCTIONS,
];

/// How many functions have to see the expressions themselves.
const LAZY: [&str; 2] = ["try", "can"];

fn find(name: &str) -> Option<&'static Function> {
    let name = name.strip_prefix("core::").unwrap_or(name);
    FAMILIES.into_iter().chain([kind::FUNCTIONS]).flatten().find(|it| it.name == name)
}

impl<'a> Evaluator<'a> {
    /// `f(a, b...)`.
    pub(super) fn call(&self, call: &Call, at: Place, scope: &Scope<'_, 'a>) -> Evaluated<'a> {
        if LAZY.contains(&call.name.strip_prefix("core::").unwrap_or(&call.name)) {
            return kind::lazy(self, call, at, scope);
        }
        let mut arguments = Vec::with_capacity(call.arguments.len());
        for argument in &call.arguments {
            arguments.push(self.expression(argument, scope)?);
        }
        if call.spread {
            let Some(last) = arguments.pop() else { return Err(Why::WrongType) };
            if let Some(why) = last.why_unknown() {
                return Ok(Value::unknown(at, why));
            }
            let Kind::Sequence(sequence) = &last.kind else { return Err(Why::WrongType) };
            if let Some(why) = sequence.open {
                return Ok(Value::unknown(at, why));
            }
            arguments.extend(sequence.items.iter().map(|it| self.taken(it.clone(), last.at)));
        }
        // Of the time, of chance, of a provider, or of a release to come.
        let Some(function) = find(&call.name) else { return Ok(Value::unknown(at, Why::Expression)) };
        if arguments.len() < function.arity.0 || arguments.len() > function.arity.1 {
            return Err(Why::WrongType);
        }
        self.apply(function, arguments, &Context { evaluator: self, at })
    }

    /// Applies a function to arguments. What comes of a secret is one, unless
    /// the function says otherwise.
    fn apply(&self, function: &Function, arguments: Vec<Value<'a>>, cx: &Context<'_, 'a>) -> Evaluated<'a> {
        let speaks_of_secrets = ["sensitive", "nonsensitive", "issensitive"].contains(&function.name);
        let is_secret = |it: &Value<'a>| matches!(it.kind, Kind::Secret(_));
        if !speaks_of_secrets && arguments.iter().any(is_secret) {
            let open = |it: Value<'a>| match it.kind {
                Kind::Secret(inner) => *inner,
                _ => it,
            };
            let arguments = arguments.into_iter().map(open).collect();
            return self.apply(function, arguments, cx).map(Value::into_secret);
        }
        let why = match function.needs {
            Needs::Parts => match arguments.iter().find_map(Value::why_partly_unknown) {
                Some(why) => return self.sized(with_gaps(function, &arguments, cx, why)),
                None => None,
            },
            Needs::Whole => arguments.iter().find_map(Value::why_partly_unknown),
            Needs::Shape => arguments.iter().find_map(Value::why_unknown),
            Needs::Nothing => None,
        };
        if let Some(why) = why {
            return Ok(Value::unknown(cx.at, why));
        }
        self.sized((function.run)(cx, &arguments)?)
    }
}

impl<'a> Context<'_, 'a> {
    fn text(&self, value: impl Into<Rc<str>>) -> Value<'a> {
        Value::string(self.at, value)
    }

    fn bool(&self, value: bool) -> Value<'a> {
        Value::bool(self.at, value)
    }

    fn number(&self, value: Number) -> Value<'a> {
        Value::number(self.at, value)
    }

    fn unknown(&self, why: Why) -> Value<'a> {
        Value::unknown(self.at, why)
    }

    /// The elements of a list, tuple or set, each with the way that it took.
    fn items(&self, value: &Value<'a>) -> Result<Vec<Value<'a>>, Why> {
        let sequence = sequence(value)?;
        Ok(sequence.items.iter().map(|it| self.evaluator.taken(it.clone(), value.at)).collect())
    }

    /// The entries of an object or map, each with the way that it took.
    fn entries(&self, value: &Value<'a>) -> Result<Vec<(MapKey, Value<'a>)>, Why> {
        let Kind::Mapping(mapping) = &value.kind else { return Err(wrong(value)) };
        let taken = |it: &Value<'a>| self.evaluator.taken(it.clone(), value.at);
        let entry =
            |(key, it): &(MapKey, Value<'a>)| (key.moved(|_| taken(&key.to_value(it.at)).at), taken(it));
        Ok(mapping.entries.iter().map(entry).collect())
    }

    fn tuple(&self, items: Vec<Value<'a>>) -> Value<'a> {
        Value::tuple(self.at, items)
    }

    fn list(&self, items: Vec<Value<'a>>) -> Value<'a> {
        Value::list(self.at, items)
    }
}

/// What a function makes of arguments with gaps: a text with gaps.
fn with_gaps<'a>(function: &Function, arguments: &[Value<'a>], cx: &Context<'_, 'a>, why: Why) -> Value<'a> {
    let filled: Vec<Value<'a>> = arguments.iter().map(Value::with_gaps).collect();
    match (function.run)(cx, &filled) {
        Ok(Value { at, kind: Kind::String(text) }) => Value::new(at, Kind::Partial(text, why)),
        _ => cx.unknown(why),
    }
}

/// A list, tuple or set.
fn sequence<'v, 'a>(value: &'v Value<'a>) -> Result<&'v Sequence<'a>, Why> {
    match &value.kind {
        Kind::Sequence(it) => Ok(it),
        _ => Err(wrong(value)),
    }
}

fn wrong(value: &Value<'_>) -> Why {
    value.why_unknown().unwrap_or(Why::WrongType)
}

/// The text of a string argument.
fn text(value: &Value<'_>) -> Result<Rc<str>, Why> {
    value.text()
}

/// The count or index that an argument says.
fn count(value: &Value<'_>) -> Result<usize, Why> {
    to_number(value)?.to_count().ok_or(Why::WrongType)
}

fn integer(value: &Value<'_>) -> Result<i64, Why> {
    to_number(value)?.to_integer().ok_or(Why::WrongType)
}

/// A result that is an argument made over: it keeps that argument's place.
#[expect(clippy::unnecessary_wraps, reason = "it ends what gives a value or an error")]
fn like<'a>(original: &Value<'a>, result: impl Into<Rc<str>>) -> Evaluated<'a> {
    Ok(Value::string(original.at, result))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_unique() {
        let mut names: Vec<&str> =
            FAMILIES.into_iter().chain([kind::FUNCTIONS]).flatten().map(|it| it.name).collect();
        names.sort_unstable();
        assert!(names.windows(2).all(|it| it[0] != it[1]), "{names:?}");
        assert!(names.len() > 95, "{}", names.len());
    }
}
