//! Encodings: JSON, YAML, CSV, base64, URLs.

use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::{Context, functions, like, text};
use crate::finding::Label;
use crate::model::Why;
use crate::source::Sources;
use crate::terraform::decode::{self, Fault};
use crate::terraform::value::{Evaluated, Kind, MapKey, Value};

functions! {
    "base64decode" 1..1, Whole, |_, it| {
        let bytes = STANDARD.decode(text(&it[0])?.as_bytes()).map_err(|_| Why::WrongType)?;
        like(&it[0], String::from_utf8(bytes).map_err(|_| Why::WrongType)?)
    };
    "base64encode" 1..1, Parts, |_, it| like(&it[0], STANDARD.encode(text(&it[0])?.as_bytes()));
    "csvdecode" 1..1, Whole, |cx, it| decoded(cx, &it[0], decode::csv, "csvdecode");
    "jsondecode" 1..1, Nothing, |cx, it| decoded(cx, &it[0], decode::json, "jsondecode");
    "jsonencode" 1..1, Parts, |cx, it| Ok(cx.text(to_json(&it[0])?));
    "textdecodebase64" 2..2, Whole, text_decode;
    "textencodebase64" 2..2, Whole, text_encode;
    "urldecode" 1..1, Whole, url_decode;
    "urlencode" 1..1, Whole, |cx, it| Ok(cx.text(url_encode(&text(&it[0])?)));
    "yamldecode" 1..1, Nothing, |cx, it| decoded(cx, &it[0], decode::yaml, "yamldecode");
    "yamlencode" 1..1, Parts, |cx, it| Ok(cx.text(to_yaml(&it[0])?));
}

/// A text, decoded; where it breaks the grammar, that is said.
fn decoded<'a>(
    cx: &Context<'_, 'a>,
    value: &Value<'a>,
    decode: fn(&Sources, &Value<'a>, &str) -> decode::Decoded<'a>,
    name: &str,
) -> Evaluated<'a> {
    // What reads documents decodes one that is partly unknown itself.
    if matches!(value.kind, Kind::Partial(..)) {
        return Ok(value.clone());
    }
    if let Some(why) = value.why_unknown() {
        return Ok(cx.unknown(why));
    }
    match decode(cx.evaluator.sources, value, &text(value)?) {
        Ok(value) => Ok(value),
        Err(Fault::Why(why)) => Err(why),
        Err(Fault::Broken(mut finding)) => {
            if !finding.primary().contains(cx.at.span) && !cx.at.span.contains(finding.primary()) {
                finding.labels.push(Label::new(cx.at.span, format!("decoded here by `{name}`")));
            }
            cx.evaluator.find_unless_forgiven(*finding);
            Err(Why::WrongType)
        }
    }
}

/// JSON without white space; what HTML would read is escaped, as Go does it.
pub(super) fn to_json(value: &Value<'_>) -> Result<String, Why> {
    Ok(match &value.kind {
        Kind::Null => "null".to_owned(),
        Kind::Bool(it) => it.to_string(),
        Kind::Number(it) => it.text().ok_or(Why::Expression)?,
        Kind::String(it) => json_text(it),
        Kind::Sequence(it) => {
            let items: Vec<String> = it.items.iter().map(to_json).collect::<Result<_, _>>()?;
            format!("[{}]", items.join(","))
        }
        Kind::Mapping(it) => {
            let entry = |(key, it): &(MapKey, Value<'_>)| Ok(format!("{}:{}", json_text(key), to_json(it)?));
            let entries: Vec<String> = it.entries.iter().map(entry).collect::<Result<_, Why>>()?;
            format!("{{{}}}", entries.join(","))
        }
        _ => return Err(value.why_unknown().unwrap_or(Why::Expression)),
    })
}

fn json_text(text: &str) -> String {
    let mut result = String::with_capacity(text.len() + 2);
    result.push('"');
    for character in text.chars() {
        match character {
            '"' => result.push_str("\\\""),
            '\\' => result.push_str("\\\\"),
            '\n' => result.push_str("\\n"),
            '\r' => result.push_str("\\r"),
            '\t' => result.push_str("\\t"),
            '\u{8}' => result.push_str("\\b"),
            '\u{c}' => result.push_str("\\f"),
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                let _ = write!(result, "\\u{:04x}", character as u32);
            }
            it if (it as u32) < 0x20 => {
                let _ = write!(result, "\\u{:04x}", it as u32);
            }
            it => result.push(it),
        }
    }
    result.push('"');
    result
}

/// YAML as Terraform writes it: every string in quotes.
fn to_yaml(value: &Value<'_>) -> Result<String, Why> {
    match &value.kind {
        Kind::Sequence(it) if it.items.is_empty() => Ok("[]\n".to_owned()),
        Kind::Mapping(it) if it.entries.is_empty() => Ok("{}\n".to_owned()),
        Kind::Sequence(_) | Kind::Mapping(_) => {
            let mut text = String::new();
            yaml_block(value, 0, &mut text)?;
            Ok(text)
        }
        Kind::String(_) => Ok(format!("{}\n", yaml_scalar(value)?)),
        _ => Ok(format!("{}\n...\n", yaml_scalar(value)?)),
    }
}

fn yaml_block(value: &Value<'_>, indent: usize, text: &mut String) -> Result<(), Why> {
    match &value.kind {
        Kind::Sequence(it) => {
            for item in it.items.iter() {
                text.push_str(&" ".repeat(indent));
                text.push('-');
                yaml_item(item, indent, text)?;
            }
        }
        Kind::Mapping(it) => {
            for (key, item) in it.entries.iter() {
                text.push_str(&" ".repeat(indent));
                let _ = write!(text, "{}:", json_plain(key)?);
                yaml_entry(item, indent, text)?;
            }
        }
        _ => return Err(Why::Expression),
    }
    Ok(())
}

/// What follows the dash of an item: a nested block starts on its line.
fn yaml_item(item: &Value<'_>, indent: usize, text: &mut String) -> Result<(), Why> {
    if !is_filled(item) {
        let _ = writeln!(text, " {}", yaml_scalar(item)?);
        return Ok(());
    }
    let mut nested = String::new();
    yaml_block(item, indent + 2, &mut nested)?;
    text.push(' ');
    text.push_str(nested.trim_start());
    Ok(())
}

/// What follows the colon of an entry. Items of a list stand under their key.
fn yaml_entry(item: &Value<'_>, indent: usize, text: &mut String) -> Result<(), Why> {
    if !is_filled(item) {
        let _ = writeln!(text, " {}", yaml_scalar(item)?);
        return Ok(());
    }
    text.push('\n');
    let deeper = if matches!(item.kind, Kind::Sequence(_)) { indent } else { indent + 2 };
    yaml_block(item, deeper, text)
}

fn is_filled(value: &Value<'_>) -> bool {
    match &value.kind {
        Kind::Sequence(it) => !it.items.is_empty(),
        Kind::Mapping(it) => !it.entries.is_empty(),
        _ => false,
    }
}

fn yaml_scalar(value: &Value<'_>) -> Result<String, Why> {
    Ok(match &value.kind {
        Kind::Sequence(_) => "[]".to_owned(),
        Kind::Mapping(_) => "{}".to_owned(),
        Kind::String(it) => json_plain(it)?,
        _ => to_json(value)?,
    })
}

/// A string in quotes. Text of several lines is written as a block, in a way of
/// its own that is not modelled.
fn json_plain(text: &str) -> Result<String, Why> {
    let plain = text.chars().all(|it| !it.is_control() && it != '\u{feff}');
    if !plain {
        return Err(Why::Expression);
    }
    Ok(format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")))
}

fn text_encode<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let whole = text(&it[0])?;
    let bytes: Vec<u8> = match text(&it[1])?.to_ascii_uppercase().as_str() {
        "UTF-8" => whole.as_bytes().to_vec(),
        "UTF-16LE" => whole.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        "UTF-16BE" => whole.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        _ => return Ok(cx.unknown(Why::Expression)),
    };
    Ok(cx.text(STANDARD.encode(bytes)))
}

fn text_decode<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let bytes = STANDARD.decode(text(&it[0])?.as_bytes()).map_err(|_| Why::WrongType)?;
    let pairs = |make: fn([u8; 2]) -> u16| {
        let units: Vec<u16> = bytes.chunks_exact(2).map(|it| make([it[0], it[1]])).collect();
        String::from_utf16(&units).map_err(|_| Why::WrongType)
    };
    let decoded = match text(&it[1])?.to_ascii_uppercase().as_str() {
        "UTF-8" => String::from_utf8(bytes).map_err(|_| Why::WrongType)?,
        "UTF-16LE" => pairs(u16::from_le_bytes)?,
        "UTF-16BE" => pairs(u16::from_be_bytes)?,
        _ => return Ok(cx.unknown(Why::Expression)),
    };
    like(&it[0], decoded)
}

/// As in the query of a URL: a space is a plus.
fn url_encode(text: &str) -> String {
    let one = |byte: u8| match byte {
        b' ' => "+".to_owned(),
        it if it.is_ascii_alphanumeric() || matches!(it, b'-' | b'_' | b'.' | b'~') => {
            char::from(it).to_string()
        }
        it => format!("%{it:02X}"),
    };
    text.bytes().map(one).collect()
}

fn url_decode<'a>(_: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let whole = text(&it[0])?;
    let mut bytes = Vec::with_capacity(whole.len());
    let mut rest = whole.as_bytes();
    while let Some((&first, after)) = rest.split_first() {
        rest = after;
        match first {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits =
                    rest.get(..2).and_then(|it| std::str::from_utf8(it).ok()).ok_or(Why::WrongType)?;
                bytes.push(u8::from_str_radix(digits, 16).map_err(|_| Why::WrongType)?);
                rest = &rest[2..];
            }
            it => bytes.push(it),
        }
    }
    like(&it[0], String::from_utf8(bytes).map_err(|_| Why::WrongType)?)
}
