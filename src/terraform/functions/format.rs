//! `format` and `formatlist`: the verbs of Go's printf.

use super::encoding::to_json;
use super::{Context, MANY, functions, text};
use crate::model::Why;
use crate::terraform::number::Number;
use crate::terraform::types::{to_bool, to_number};
use crate::terraform::value::{Evaluated, Kind, Value};

functions! {
    "format" 1..MANY, Parts, format;
    "formatlist" 1..MANY, Whole, format_list;
}

/// The widest field that is written.
const MAX_WIDTH: usize = 1 << 16;

fn format<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    Ok(cx.text(formatted(&text(&it[0])?, &it[1..])?))
}

/// One text for each element of the lists; what is no list stays the same.
fn format_list<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let pattern = text(&it[0])?;
    let mut lists: Vec<Option<Vec<Value<'a>>>> = Vec::new();
    for argument in &it[1..] {
        lists.push(if matches!(argument.kind, Kind::Sequence(_)) { Some(cx.items(argument)?) } else { None });
    }
    let lengths: Vec<usize> = lists.iter().flatten().map(Vec::len).collect();
    if lengths.windows(2).any(|it| it[0] != it[1]) {
        return Err(Why::WrongType);
    }
    let count = lengths.first().copied().unwrap_or(1);
    let mut items = Vec::with_capacity(count);
    for index in 0..count {
        let row: Vec<Value<'a>> = lists
            .iter()
            .zip(&it[1..])
            .map(|(list, value)| list.as_ref().map_or_else(|| value.clone(), |it| it[index].clone()))
            .collect();
        items.push(cx.text(formatted(&pattern, &row)?));
    }
    Ok(cx.list(items))
}

/// What stands between `%` and its letter.
#[expect(clippy::struct_excessive_bools, reason = "each is a flag of printf")]
#[derive(Default)]
struct Spec {
    plus: bool,
    minus: bool,
    sharp: bool,
    space: bool,
    zero: bool,
    width: Option<usize>,
    precision: Option<usize>,
}

fn formatted(pattern: &str, arguments: &[Value<'_>]) -> Result<String, Why> {
    let mut result = String::new();
    let mut rest = pattern;
    let (mut next, mut used) = (0, 0);
    while let Some(at) = rest.find('%') {
        result.push_str(&rest[..at]);
        rest = &rest[at + 1..];
        if let Some(after) = rest.strip_prefix('%') {
            result.push('%');
            rest = after;
            continue;
        }
        let (spec, index, verb, after) = spec(rest)?;
        rest = after;
        let index = index.unwrap_or(next);
        next = index + 1;
        used = used.max(next);
        let argument = arguments.get(index).ok_or(Why::WrongType)?;
        result.push_str(&pad(&verb_text(verb, &spec, argument)?, &spec, verb));
    }
    result.push_str(rest);
    if used < arguments.len() { Err(Why::WrongType) } else { Ok(result) }
}

/// Reads flags, width, precision, index and verb.
fn spec(text: &str) -> Result<(Spec, Option<usize>, char, &str), Why> {
    let mut spec = Spec::default();
    let flags = text.len() - text.trim_start_matches(['+', '-', '#', ' ', '0']).len();
    for flag in text[..flags].chars() {
        match flag {
            '+' => spec.plus = true,
            '-' => spec.minus = true,
            '#' => spec.sharp = true,
            ' ' => spec.space = true,
            _ => spec.zero = true,
        }
    }
    let mut rest = &text[flags..];
    let number = |rest: &mut &str| {
        let length = rest.len() - rest.trim_start_matches(|it: char| it.is_ascii_digit()).len();
        let (digits, after) = rest.split_at(length);
        *rest = after;
        digits.parse::<usize>().ok().filter(|it| *it <= MAX_WIDTH)
    };
    spec.width = number(&mut rest);
    if let Some(after) = rest.strip_prefix('.') {
        rest = after;
        spec.precision = Some(number(&mut rest).unwrap_or(0));
    }
    let mut index = None;
    if let Some(after) = rest.strip_prefix('[') {
        rest = after;
        index = number(&mut rest).and_then(|it| it.checked_sub(1));
        rest = rest.strip_prefix(']').ok_or(Why::WrongType)?;
        index.ok_or(Why::WrongType)?;
    }
    let verb = rest.chars().next().ok_or(Why::WrongType)?;
    Ok((spec, index, verb, &rest[verb.len_utf8()..]))
}

fn verb_text(verb: char, spec: &Spec, value: &Value<'_>) -> Result<String, Why> {
    if value.is_null() && verb != 'v' {
        return Err(Why::Expression);
    }
    match verb {
        'v' if spec.sharp => to_json(value),
        'v' => as_is(value),
        't' => Ok(to_bool(value)?.to_string()),
        'd' | 'b' | 'o' | 'x' | 'X' => whole(verb, spec, value),
        'e' | 'E' | 'f' | 'F' | 'g' | 'G' => decimal(verb, spec, &to_number(value)?),
        's' | 'q' => {
            let whole = value.text()?;
            let cut: String = match spec.precision {
                Some(most) => whole.chars().take(most).collect(),
                None => whole.as_ref().to_owned(),
            };
            Ok(if verb == 'q' { serde_json::to_string(&cut).map_err(|_| Why::WrongType)? } else { cut })
        }
        _ => Err(Why::WrongType),
    }
}

fn as_is(value: &Value<'_>) -> Result<String, Why> {
    match &value.kind {
        Kind::String(it) => Ok(it.as_ref().to_owned()),
        Kind::Number(it) => shortest(it, 'e').ok_or(Why::Expression),
        Kind::Bool(it) => Ok(it.to_string()),
        _ => to_json(value),
    }
}

fn whole(verb: char, spec: &Spec, value: &Value<'_>) -> Result<String, Why> {
    let number = to_number(value)?;
    if !number.is_whole() {
        return Err(Why::WrongType);
    }
    let integer = number.truncated();
    let base = match verb {
        'b' => 2,
        'o' => 8,
        'x' | 'X' => 16,
        _ => 10,
    };
    let text = integer.to_str_radix(base);
    let text = if verb == 'X' { text.to_uppercase() } else { text };
    let prefix = match verb {
        'b' if spec.sharp => "0b",
        'o' if spec.sharp => "0",
        'x' if spec.sharp => "0x",
        'X' if spec.sharp => "0X",
        _ => "",
    };
    let text = match text.strip_prefix('-') {
        Some(digits) => format!("-{prefix}{digits}"),
        None => format!("{prefix}{text}"),
    };
    Ok(signed(text, spec))
}

/// A leading plus or space where one is asked for.
fn signed(text: String, spec: &Spec) -> String {
    match text.starts_with('-') {
        false if spec.plus => format!("+{text}"),
        false if spec.space => format!(" {text}"),
        _ => text,
    }
}

fn decimal(verb: char, spec: &Spec, number: &Number) -> Result<String, Why> {
    let float = number.to_float().ok_or(Why::Expression)?;
    let text = match verb {
        'f' | 'F' => format!("{float:.*}", spec.precision.unwrap_or(6)),
        'e' | 'E' => exponent(&format!("{float:.*e}", spec.precision.unwrap_or(6)), verb),
        _ => match spec.precision {
            None => shortest(number, if verb == 'G' { 'E' } else { 'e' }).ok_or(Why::Expression)?,
            Some(digits) => general(float, digits.max(1), verb),
        },
    };
    Ok(signed(text, spec))
}

/// `%g` with a number of significant digits.
fn general(float: f64, digits: usize, verb: char) -> String {
    let letter = if verb == 'G' { 'E' } else { 'e' };
    let scientific = format!("{float:.*e}", digits - 1);
    let power: i64 = scientific.rsplit('e').next().and_then(|it| it.parse().ok()).unwrap_or(0);
    let most = i64::try_from(digits).unwrap_or(i64::MAX);
    let short = |text: &str| {
        if text.contains('.') {
            text.trim_end_matches('0').trim_end_matches('.').to_owned()
        } else {
            text.to_owned()
        }
    };
    if power < -4 || power >= most {
        let (mantissa, _) = scientific.split_once('e').unwrap_or((&scientific, ""));
        return exponent(&format!("{}e{power}", short(mantissa)), letter);
    }
    short(&format!("{float:.*}", usize::try_from(most - 1 - power).unwrap_or(0)))
}

/// Go writes exponents with a sign and two digits.
fn exponent(text: &str, letter: char) -> String {
    let Some((mantissa, exponent)) = text.split_once('e') else { return text.to_owned() };
    let value: i32 = exponent.parse().unwrap_or(0);
    let sign = if value < 0 { '-' } else { '+' };
    format!("{mantissa}{letter}{sign}{:02}", value.abs())
}

/// As Go's `%g` writes the shortest decimal: with an exponent from the seventh
/// digit before the point on, and for less than a ten-thousandth.
fn shortest(number: &Number, letter: char) -> Option<String> {
    let text = number.text()?;
    let unsigned = text.trim_start_matches('-');
    let sign = &text[..text.len() - unsigned.len()];
    let digits: String = unsigned.chars().filter(char::is_ascii_digit).collect();
    let leading = digits.len() - digits.trim_start_matches('0').len();
    let point = i64::try_from(unsigned.find('.').unwrap_or(unsigned.len())).ok()?;
    let power = point - i64::try_from(leading).ok()? - 1;
    let significant = digits.trim_matches('0');
    if significant.is_empty() || (-4..6).contains(&power) {
        return Some(text);
    }
    let (first, rest) = significant.split_at(1);
    let point = if rest.is_empty() { "" } else { "." };
    let mark = if power < 0 { '-' } else { '+' };
    Some(format!("{sign}{first}{point}{rest}{letter}{mark}{:02}", power.abs()))
}

/// Fills up to the width.
fn pad(text: &str, spec: &Spec, verb: char) -> String {
    let missing = spec.width.unwrap_or(0).saturating_sub(text.chars().count());
    if missing == 0 {
        return text.to_owned();
    }
    if spec.minus {
        return format!("{text}{}", " ".repeat(missing));
    }
    let is_number = matches!(verb, 'd' | 'b' | 'o' | 'x' | 'X' | 'e' | 'E' | 'f' | 'F' | 'g' | 'G');
    if spec.zero && is_number {
        let sign = text.len() - text.trim_start_matches(['-', '+', ' ']).len();
        return format!("{}{}{}", &text[..sign], "0".repeat(missing), &text[sign..]);
    }
    format!("{}{text}", if spec.zero { "0" } else { " " }.repeat(missing))
}
