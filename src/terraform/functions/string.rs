//! Strings. Characters are grapheme clusters, as people count them.

use unicode_segmentation::UnicodeSegmentation as _;

use super::{Context, MANY, functions, integer, like, text};
use crate::model::Why;
use crate::syntax::hcl;
use crate::terraform::value::{Evaluated, Value};

functions! {
    "chomp" 1..1, Whole, |_, it| like(&it[0], text(&it[0])?.trim_end_matches(['\n', '\r']));
    "endswith" 2..2, Whole, |cx, it| Ok(cx.bool(text(&it[0])?.ends_with(text(&it[1])?.as_ref())));
    "indent" 2..2, Whole, indent;
    "join" 1..MANY, Whole, join;
    "lower" 1..1, Whole, |_, it| like(&it[0], lower(&text(&it[0])?));
    "split" 2..2, Whole, split;
    "startswith" 2..2, Whole, |cx, it| Ok(cx.bool(text(&it[0])?.starts_with(text(&it[1])?.as_ref())));
    "strcontains" 2..2, Whole, |cx, it| Ok(cx.bool(text(&it[0])?.contains(text(&it[1])?.as_ref())));
    "strrev" 1..1, Whole, |_, it| like(&it[0], text(&it[0])?.graphemes(true).rev().collect::<String>());
    "substr" 3..3, Whole, substr;
    "templatestring" 2..2, Shape, template_string;
    "title" 1..1, Whole, |_, it| like(&it[0], title(&text(&it[0])?));
    "trim" 2..2, Whole, trim;
    "trimprefix" 2..2, Whole, |_, it| {
        let (whole, prefix) = (text(&it[0])?, text(&it[1])?);
        like(&it[0], whole.strip_prefix(prefix.as_ref()).unwrap_or(&whole))
    };
    "trimspace" 1..1, Whole, |_, it| like(&it[0], text(&it[0])?.trim());
    "trimsuffix" 2..2, Whole, |_, it| {
        let (whole, suffix) = (text(&it[0])?, text(&it[1])?);
        like(&it[0], whole.strip_suffix(suffix.as_ref()).unwrap_or(&whole))
    };
    "upper" 1..1, Whole, |_, it| like(&it[0], upper(&text(&it[0])?));
}

/// Letter by letter, as Go does it: `ß` has no capital of one letter.
fn upper(text: &str) -> String {
    let one = |it: char| {
        let mut upper = it.to_uppercase();
        match (upper.next(), upper.next()) {
            (Some(single), None) => single,
            _ => it,
        }
    };
    text.chars().map(one).collect()
}

fn lower(text: &str) -> String {
    text.chars().map(|it| it.to_lowercase().next().unwrap_or(it)).collect()
}

/// Capitals at the starts of words. As Go has it, words end at any mark of ASCII
/// but the underscore, and beyond ASCII at white space.
fn title(text: &str) -> String {
    let mut before = ' ';
    let mut result = String::new();
    for character in text.chars() {
        let starts = match before {
            '_' => false,
            it if it.is_ascii() => !it.is_ascii_alphanumeric(),
            it => !it.is_alphanumeric() && it.is_whitespace(),
        };
        result.push_str(&if starts { upper(&character.to_string()) } else { character.to_string() });
        before = character;
    }
    result
}

fn trim<'a>(_: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let cut: Vec<char> = text(&it[1])?.chars().collect();
    like(&it[0], text(&it[0])?.trim_matches(cut.as_slice()))
}

fn indent<'a>(_: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let spaces = usize::try_from(integer(&it[0])?).ok().filter(|it| *it < 10_000).ok_or(Why::WrongType)?;
    like(&it[1], text(&it[1])?.replace('\n', &format!("\n{}", " ".repeat(spaces))))
}

/// `join(separator, list...)`.
fn join<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let separator = text(&it[0])?;
    let mut parts = Vec::new();
    for list in &it[1..] {
        for item in cx.items(list)? {
            parts.push(text(&item)?);
        }
    }
    let parts: Vec<&str> = parts.iter().map(AsRef::as_ref).collect();
    Ok(cx.text(parts.join(&separator)))
}

/// The parts keep the place of the text that they are parts of.
fn split<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let (separator, whole) = (text(&it[0])?, text(&it[1])?);
    let part = |part: &str| Value::string(it[1].at, part);
    let parts: Vec<Value<'a>> = if separator.is_empty() {
        whole.graphemes(true).map(part).collect()
    } else {
        whole.split(separator.as_ref()).map(part).collect()
    };
    Ok(cx.list(parts))
}

fn substr<'a>(_: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let whole = text(&it[0])?;
    let characters: Vec<&str> = whole.graphemes(true).collect();
    let (offset, length) = (integer(&it[1])?, integer(&it[2])?);
    let count = i64::try_from(characters.len()).unwrap_or(i64::MAX);
    let start = if offset < 0 { (count + offset).max(0) } else { offset.min(count) };
    let end = if length < 0 { count } else { start.saturating_add(length).min(count) };
    let range = usize::try_from(start).unwrap_or(0)..usize::try_from(end.max(start)).unwrap_or(0);
    like(&it[0], characters.get(range).unwrap_or_default().concat())
}

/// A template in a string that is a value.
fn template_string<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let template = text(&it[0])?;
    let expr = hcl::template(cx.evaluator.sources, &template, it[0].at.span).map_err(|_| Why::WrongType)?;
    super::file::render(cx, &expr, &it[1])
}
