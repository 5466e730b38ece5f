//! Numbers.

use super::{Context, MANY, count, functions, text};
use crate::model::Why;
use crate::terraform::number::Number;
use crate::terraform::types::to_number;
use crate::terraform::value::{Evaluated, Kind, Value};

functions! {
    "abs" 1..1, Whole, |cx, it| Ok(cx.number(to_number(&it[0])?.abs()));
    "ceil" 1..1, Whole, |cx, it| Ok(cx.number(to_number(&it[0])?.ceil()));
    "floor" 1..1, Whole, |cx, it| Ok(cx.number(to_number(&it[0])?.floor()));
    "log" 2..2, Whole, log;
    "max" 1..MANY, Whole, |_, it| extreme(it, |a, b| a > b);
    "min" 1..MANY, Whole, |_, it| extreme(it, |a, b| a < b);
    "parseint" 2..2, Whole, parse_int;
    "pow" 2..2, Whole, pow;
    "signum" 1..1, Whole, sign;
    "sum" 1..1, Whole, sum;
}

/// One of the numbers, with its place.
fn extreme<'a>(it: &[Value<'a>], better: fn(&Number, &Number) -> bool) -> Evaluated<'a> {
    let mut best: Option<(Number, &Value<'a>)> = None;
    for value in it {
        let number = to_number(value)?;
        if best.as_ref().is_none_or(|(it, _)| better(&number, it)) {
            best = Some((number, value));
        }
    }
    let (number, value) = best.ok_or(Why::WrongType)?;
    Ok(Value::number(value.at, number))
}

/// In floating point, as Terraform has it.
fn log<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let float = |it: &Value<'a>| to_number(it)?.to_float().ok_or(Why::WrongType);
    let result = float(&it[0])?.ln() / float(&it[1])?.ln();
    Ok(Number::float(result).map_or(cx.unknown(Why::Expression), |it| cx.number(it)))
}

/// Exact where it is whole and small, else in floating point.
fn pow<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let (base, exponent) = (to_number(&it[0])?, to_number(&it[1])?);
    let float = base.to_float().zip(exponent.to_float()).map(|(a, b)| a.powf(b));
    let exact = exponent.to_integer().and_then(|it| base.power(it));
    // Beyond what a float holds exactly the two differ, and Terraform's is a float.
    let small = |it: &Number| it.abs() <= Number::whole(1 << 53) && it.is_whole();
    let result = exact.filter(small).or_else(|| float.and_then(Number::float));
    Ok(result.map_or(cx.unknown(Why::Expression), |it| cx.number(it)))
}

fn sign<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let number = to_number(&it[0])?;
    if number.is_whole() { Ok(cx.number(number.sign())) } else { Err(Why::WrongType) }
}

fn sum<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let items = cx.items(&it[0])?;
    if items.is_empty() {
        return Err(Why::WrongType);
    }
    let mut sum = Number::whole(0);
    for item in items {
        sum = sum.plus(&to_number(&item)?);
    }
    Ok(cx.number(sum))
}

fn parse_int<'a>(_: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let Kind::String(_) = &it[0].kind else { return Err(Why::WrongType) };
    let base = count(&it[1])?;
    let base = u32::try_from(base).ok().filter(|it| (2..=62).contains(it)).ok_or(Why::WrongType)?;
    let number = Number::in_base(&text(&it[0])?, base).ok_or(Why::WrongType)?;
    Ok(Value::number(it[0].at, number))
}
