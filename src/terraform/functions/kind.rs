//! Types, secrets, and what asks whether an expression can be evaluated.

use super::functions;
use crate::model::{Place, Why};
use crate::syntax::expression::Call;
use crate::terraform::evaluate::{Evaluator, Scope};
use crate::terraform::types::Type;
use crate::terraform::value::{Evaluated, Kind, Value};

functions! {
    "issensitive" 1..1, Nothing, |cx, it| match &it[0].kind {
        Kind::Secret(_) => Ok(cx.bool(true)),
        Kind::Unknown(why) | Kind::Partial(_, why) => Ok(cx.unknown(*why)),
        _ => Ok(cx.bool(false)),
    };
    "nonsensitive" 1..1, Nothing, |_, it| match &it[0].kind {
        Kind::Secret(inner) => Ok(inner.as_ref().clone()),
        _ => Ok(it[0].clone()),
    };
    "sensitive" 1..1, Nothing, |cx, it| {
        cx.evaluator.hide(&it[0]);
        Ok(it[0].clone().into_secret())
    };
    "tobool" 1..1, Nothing, |_, it| convert(&Type::Bool, &it[0]);
    "tolist" 1..1, Nothing, |_, it| convert(&Type::List(Box::new(Type::Any)), &it[0]);
    "tomap" 1..1, Nothing, |_, it| convert(&Type::Map(Box::new(Type::Any)), &it[0]);
    "tonumber" 1..1, Nothing, |_, it| convert(&Type::Number, &it[0]);
    "toset" 1..1, Nothing, |_, it| convert(&Type::Set(Box::new(Type::Any)), &it[0]);
    "tostring" 1..1, Nothing, |_, it| convert(&Type::String, &it[0]);
}

fn convert<'a>(kind: &Type, value: &Value<'a>) -> Evaluated<'a> {
    kind.convert(value.clone(), &|_| Err(Why::WrongType))
}

/// `try` and `can`. Terraform does not decide before it knows all that an
/// argument is made of; an id that is known after apply is an edge all the same.
pub(super) fn lazy<'a>(
    evaluator: &Evaluator<'a>,
    call: &Call,
    at: Place,
    scope: &Scope<'_, 'a>,
) -> Evaluated<'a> {
    let is_can = call.name.ends_with("can");
    for argument in &call.arguments {
        match evaluator.forgiving(|| evaluator.expression(argument, scope)) {
            Ok(value) => {
                if is_can {
                    return Ok(match value.why_unknown().filter(|_| !is_edge(&value)) {
                        Some(why) => Value::unknown(at, why),
                        None => Value::bool(at, true),
                    });
                }
                return Ok(value);
            }
            Err(_) if is_can => return Ok(Value::bool(at, false)),
            Err(_) => {}
        }
    }
    Err(Why::Undeclared)
}

fn is_edge(value: &Value<'_>) -> bool {
    matches!(value.kind, Kind::Reference { .. } | Kind::Resource(_) | Kind::Secret(_))
}
