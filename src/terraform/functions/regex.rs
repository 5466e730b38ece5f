//! Regular expressions: RE2, of which the `regex` crate has the same syntax.

use regex::{Captures, Regex};

use super::{Context, functions, like, text};
use crate::model::Why;
use crate::terraform::value::{Evaluated, MappingKind, Value};

functions! {
    "regex" 2..2, Whole, first;
    "regexall" 2..2, Whole, all;
    "replace" 3..3, Whole, replace;
}

/// Compiles a pattern. In Terraform `\d`, `\w`, `\s` and `\b` are of ASCII.
fn compiled(pattern: &str) -> Result<Regex, Why> {
    let mut ascii = String::with_capacity(pattern.len());
    let mut in_class = false;
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        match character {
            '\\' => {
                let escaped = characters.next().unwrap_or('\\');
                let class = match escaped {
                    'd' => "0-9",
                    'w' => "0-9A-Za-z_",
                    's' => r"\t\n\f\r ",
                    _ => "",
                };
                match escaped {
                    _ if !class.is_empty() && in_class => ascii.push_str(class),
                    _ if !class.is_empty() => ascii.extend(["[", class, "]"]),
                    'D' if !in_class => ascii.push_str("[^0-9]"),
                    'W' if !in_class => ascii.push_str("[^0-9A-Za-z_]"),
                    'S' if !in_class => ascii.push_str(r"[^\t\n\f\r ]"),
                    'b' | 'B' if !in_class => {
                        ascii.push_str(r"(?-u:\");
                        ascii.extend([escaped, ')']);
                    }
                    other => ascii.extend(['\\', other]),
                }
            }
            '[' if !in_class => {
                in_class = true;
                ascii.push('[');
            }
            // A bracket within a class is a bracket, unless it names a class.
            '[' if !characters.as_str().starts_with(':') => ascii.push_str(r"\["),
            ']' => {
                in_class = false;
                ascii.push(']');
            }
            other => ascii.push(other),
        }
    }
    Regex::new(&ascii).map_err(|_| Why::WrongType)
}

/// What a match gives: its text, its groups as a tuple, or its named groups as
/// an object.
fn matched<'a>(regex: &Regex, found: &Captures<'_>, original: &Value<'a>) -> Value<'a> {
    let group = |it: Option<regex::Match<'_>>| match it {
        Some(it) => Value::string(original.at, it.as_str()),
        None => Value::null(original.at),
    };
    let names: Vec<&str> = regex.capture_names().flatten().collect();
    if !names.is_empty() {
        let entries = names.iter().map(|name| ((*name).into(), group(found.name(name))));
        return Value::mapping(original.at, MappingKind::Object, entries.collect(), None);
    }
    if regex.captures_len() > 1 {
        return Value::tuple(original.at, found.iter().skip(1).map(group).collect());
    }
    group(found.get(0))
}

fn first<'a>(_: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let regex = compiled(&text(&it[0])?)?;
    let whole = text(&it[1])?;
    let found = regex.captures(&whole).ok_or(Why::Undeclared)?;
    Ok(matched(&regex, &found, &it[1]))
}

fn all<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let regex = compiled(&text(&it[0])?)?;
    let whole = text(&it[1])?;
    Ok(cx.list(regex.captures_iter(&whole).map(|found| matched(&regex, &found, &it[1])).collect()))
}

/// `replace(text, part, by)`; a part between slashes is a pattern.
fn replace<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let (whole, part, by) = (text(&it[0])?, text(&it[1])?, text(&it[2])?);
    let pattern = part.strip_prefix('/').and_then(|it| it.strip_suffix('/')).filter(|_| part.len() > 1);
    let regex = pattern.map(compiled).transpose()?;
    let matches = match &regex {
        Some(regex) => regex.find_iter(&whole).count(),
        None => whole.matches(part.as_ref()).count(),
    };
    cx.evaluator.work(matches.saturating_mul(by.len()))?;
    match regex {
        Some(regex) => like(&it[0], regex.replace_all(&whole, by.as_ref()).as_ref()),
        None => like(&it[0], whole.replace(part.as_ref(), &by)),
    }
}
