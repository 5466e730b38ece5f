//! Dates. What depends on the time of the run is unknown.

use chrono::{DateTime, Datelike as _, FixedOffset, TimeDelta, Timelike as _};

use super::{Context, functions, text};
use crate::model::Why;
use crate::terraform::number::Number;
use crate::terraform::value::{Evaluated, Value};

functions! {
    "formatdate" 2..2, Whole, format_date;
    "timeadd" 2..2, Whole, add;
    "timecmp" 2..2, Whole, compare;
}

fn date(value: &Value<'_>) -> Result<DateTime<FixedOffset>, Why> {
    DateTime::parse_from_rfc3339(&text(value)?).map_err(|_| Why::WrongType)
}

fn compare<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let order = date(&it[0])?.cmp(&date(&it[1])?);
    Ok(cx.number(Number::whole(order as i64)))
}

fn add<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let sum = date(&it[0])?.checked_add_signed(duration(&text(&it[1])?)?).ok_or(Why::WrongType)?;
    let utc = sum.offset().local_minus_utc() == 0;
    Ok(cx.text(sum.to_rfc3339_opts(chrono::SecondsFormat::AutoSi, utc)))
}

/// `1h30m`, `-10s`, `1.5h`.
fn duration(text: &str) -> Result<TimeDelta, Why> {
    let (negative, mut rest) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut nanoseconds = 0.0;
    if rest.is_empty() {
        return Err(Why::WrongType);
    }
    while !rest.is_empty() && rest != "0" {
        let length = rest.len() - rest.trim_start_matches(|it: char| it.is_ascii_digit() || it == '.').len();
        let (number, after) = rest.split_at(length);
        let number: f64 = number.parse().map_err(|_| Why::WrongType)?;
        let length = after.find(|it: char| it.is_ascii_digit() || it == '.').unwrap_or(after.len());
        let (unit, after) = after.split_at(length);
        nanoseconds += number
            * match unit {
                "ns" => 1.0,
                "us" | "µs" => 1e3,
                "ms" => 1e6,
                "s" => 1e9,
                "m" => 60e9,
                "h" => 3600e9,
                _ => return Err(Why::WrongType),
            };
        rest = after;
    }
    #[expect(clippy::cast_possible_truncation, reason = "centuries fit, and no more is meant")]
    let whole = nanoseconds.round() as i64;
    Ok(TimeDelta::nanoseconds(if negative { -whole } else { whole }))
}

fn format_date<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let pattern = text(&it[0])?;
    let date = date(&it[1])?;
    let mut result = String::new();
    let mut rest = pattern.as_ref();
    while let Some(first) = rest.chars().next() {
        if first == '\'' {
            let (quoted, after) = quoted(&rest[1..])?;
            result.push_str(&quoted);
            rest = after;
            continue;
        }
        let length = rest.len() - rest.trim_start_matches(first).len();
        let (run, after) = rest.split_at(length);
        if first.is_ascii_alphabetic() {
            result.push_str(&part(run, &date)?);
        } else {
            result.push_str(run);
        }
        rest = after;
    }
    Ok(cx.text(result))
}

/// Text in quotes, in which two quotes are one.
fn quoted(text: &str) -> Result<(String, &str), Why> {
    let mut result = String::new();
    let mut rest = text;
    loop {
        let end = rest.find('\'').ok_or(Why::WrongType)?;
        result.push_str(&rest[..end]);
        rest = &rest[end + 1..];
        match rest.strip_prefix('\'') {
            Some(after) => {
                result.push('\'');
                rest = after;
            }
            None => return Ok((result, rest)),
        }
    }
}

fn part(run: &str, date: &DateTime<FixedOffset>) -> Result<String, Why> {
    let hour = date.hour();
    let twelve = if hour.is_multiple_of(12) { 12 } else { hour % 12 };
    let offset = date.offset().local_minus_utc();
    let zone = |colon: &str, zero: &str| {
        if offset == 0 && !zero.is_empty() {
            return zero.to_owned();
        }
        let sign = if offset < 0 { '-' } else { '+' };
        format!("{sign}{:02}{colon}{:02}", offset.abs() / 3600, offset.abs() / 60 % 60)
    };
    Ok(match run {
        "YYYY" => format!("{:04}", date.year()),
        "YY" => format!("{:02}", date.year() % 100),
        "MMMM" => date.format("%B").to_string(),
        "MMM" => date.format("%b").to_string(),
        "MM" => format!("{:02}", date.month()),
        "M" => date.month().to_string(),
        "DD" => format!("{:02}", date.day()),
        "D" => date.day().to_string(),
        "EEEE" => date.format("%A").to_string(),
        "EEE" => date.format("%a").to_string(),
        "hh" => format!("{hour:02}"),
        "h" => hour.to_string(),
        "HH" => format!("{twelve:02}"),
        "H" => twelve.to_string(),
        "AA" => if hour < 12 { "AM" } else { "PM" }.to_owned(),
        "aa" => if hour < 12 { "am" } else { "pm" }.to_owned(),
        "mm" => format!("{:02}", date.minute()),
        "m" => date.minute().to_string(),
        "ss" => format!("{:02}", date.second()),
        "s" => date.second().to_string(),
        "ZZZZZ" => zone(":", ""),
        "ZZZZ" => zone("", ""),
        "ZZZ" => zone("", "UTC"),
        "Z" => zone(":", "Z"),
        _ => return Err(Why::WrongType),
    })
}
