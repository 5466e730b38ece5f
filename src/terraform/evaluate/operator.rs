//! Operators and the conditional.

use super::{Evaluator, Scope};
use crate::model::{Place, Why};
use crate::syntax::expression::{Binary, Expr, Unary};
use crate::terraform::number::Number;
use crate::terraform::types::{to_bool, to_number, unify};
use crate::terraform::value::{Evaluated, Value, equal};

impl<'a> Evaluator<'a> {
    pub(super) fn unary(
        &self,
        operator: Unary,
        operand: &Expr,
        at: Place,
        scope: &Scope<'_, 'a>,
    ) -> Evaluated<'a> {
        let value = self.expression(operand, scope)?;
        if let Some(why) = value.why_unknown() {
            return Ok(Value::unknown(at, why));
        }
        match operator {
            Unary::Not => Ok(Value::bool(at, !to_bool(&value)?)),
            Unary::Negate => {
                let number = to_number(&value)?;
                // Terraform knows a negative zero, and writes it so.
                if number == Number::whole(0) {
                    return Ok(Value::unknown(at, Why::Expression));
                }
                Ok(Value::number(at, number.negated()))
            }
        }
    }

    pub(super) fn binary(
        &self,
        operator: Binary,
        operands: &[Expr; 2],
        at: Place,
        scope: &Scope<'_, 'a>,
    ) -> Evaluated<'a> {
        let a = self.expression(&operands[0], scope)?;
        let b = self.expression(&operands[1], scope)?;
        match operator {
            Binary::Equal | Binary::NotEqual => {
                let why = a.why_partly_unknown().or(b.why_partly_unknown()).unwrap_or(Why::Expression);
                let result = equal(&a, &b).map(|it| it == (operator == Binary::Equal));
                Ok(result.map_or(Value::unknown(at, why), |it| Value::bool(at, it)))
            }
            Binary::And | Binary::Or => logical(operator, &a, &b, at),
            _ => arithmetic(operator, &a, &b, at),
        }
    }

    /// The branch that the condition takes, of the type that both have in common.
    pub(super) fn conditional(&self, parts: &[Expr; 3], scope: &Scope<'_, 'a>) -> Evaluated<'a> {
        let condition = self.expression(&parts[0], scope)?;
        if let Some(why) = condition.why_unknown() {
            let branch = |it: &Expr| self.forgiving(|| self.expression(it, scope));
            let branches = [branch(&parts[1]), branch(&parts[2])];
            if let [Ok(a), Ok(b)] = &branches
                && a.why_partly_unknown().is_none()
                && equal(a, b) == Some(true)
            {
                return Ok(a.clone());
            }
            return Ok(Value::unknown(condition.at, why));
        }
        let taken = to_bool(&condition)?;
        let (chosen, other) = if taken { (&parts[1], &parts[2]) } else { (&parts[2], &parts[1]) };
        let value = self.expression(chosen, scope)?;
        match self.forgiving(|| self.expression(other, scope)) {
            Ok(other) if !other.is_null() && other.why_unknown().is_none() && !value.is_null() => {
                let at = value.at;
                let mut unified = unify(vec![value, other]).ok_or(Why::WrongType)?;
                unified.truncate(1);
                Ok(unified.pop().map_or(Value::unknown(at, Why::Expression), |it| Value { at, ..it }))
            }
            _ => Ok(value),
        }
    }
}

/// `false && unknown` is false whatever the unknown turns out to be.
fn logical<'a>(operator: Binary, a: &Value<'a>, b: &Value<'a>, at: Place) -> Evaluated<'a> {
    let decisive = operator == Binary::Or;
    let known = |it: &Value<'a>| match it.why_unknown() {
        Some(why) => Ok(Err(why)),
        None => to_bool(it).map(Ok),
    };
    match (known(a)?, known(b)?) {
        (Ok(it), _) | (_, Ok(it)) if it == decisive => Ok(Value::bool(at, decisive)),
        (Ok(_), Ok(_)) => Ok(Value::bool(at, !decisive)),
        (Err(why), _) | (_, Err(why)) => Ok(Value::unknown(at, why)),
    }
}

fn arithmetic<'a>(operator: Binary, a: &Value<'a>, b: &Value<'a>, at: Place) -> Evaluated<'a> {
    if let Some(why) = a.why_unknown().or(b.why_unknown()) {
        return Ok(Value::unknown(at, why));
    }
    let (a, b) = (to_number(a)?, to_number(b)?);
    let number = match operator {
        Binary::Less => return Ok(Value::bool(at, a < b)),
        Binary::LessOrEqual => return Ok(Value::bool(at, a <= b)),
        Binary::Greater => return Ok(Value::bool(at, a > b)),
        Binary::GreaterOrEqual => return Ok(Value::bool(at, a >= b)),
        Binary::Add => Some(a.plus(&b)),
        Binary::Subtract => Some(a.minus(&b)),
        Binary::Multiply => Some(a.times(&b)),
        // Terraform divides by zero, to infinities that no argument takes.
        Binary::Divide => a.over(&b),
        Binary::Modulo => a.modulo(&b),
        Binary::Equal | Binary::NotEqual | Binary::And | Binary::Or => None,
    };
    Ok(number.map_or(Value::unknown(at, Why::Expression), |it| Value::number(at, it)))
}
