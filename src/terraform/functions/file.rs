//! Files: only those that may be read, see `Evaluator::file`.

use std::path::Path;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use globset::GlobBuilder;

use super::{Context, functions, like, text};
use crate::model::{Place, Why};
use crate::source;
use crate::syntax::expression::Expr;
use crate::syntax::hcl;
use crate::terraform::evaluate::Scope;
use crate::terraform::instance::{Each, Instance};
use crate::terraform::value::{Evaluated, Kind, MapKey, Value};

functions! {
    "basename" 1..1, Whole, |_, it| like(&it[0], base_name(&text(&it[0])?));
    "dirname" 1..1, Whole, |_, it| like(&it[0], folder_name(&text(&it[0])?));
    "file" 1..1, Whole, file;
    "filebase64" 1..1, Whole, file_base64;
    "fileexists" 1..1, Whole, exists;
    "fileset" 2..2, Whole, file_set;
    "templatefile" 2..2, Shape, template_file;
}

fn base_name(path: &str) -> String {
    let trimmed = path.trim_end_matches('/');
    match trimmed.rsplit('/').next() {
        Some("") if path.starts_with('/') => "/".to_owned(),
        Some("") | None => ".".to_owned(),
        Some(name) => name.to_owned(),
    }
}

fn folder_name(path: &str) -> String {
    match path.rsplit_once('/') {
        Some(("", _)) => "/".to_owned(),
        Some((folder, _)) => {
            let tidied = source::tidy(Path::new(folder)).to_string_lossy().into_owned();
            if tidied.is_empty() { ".".to_owned() } else { tidied }
        }
        None => ".".to_owned(),
    }
}

/// The text of a file, in the place of the whole file.
fn file<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let file = match cx.evaluator.file(&text(&it[0])?) {
        Ok(file) => file,
        Err(Why::Outside) => return Ok(cx.unknown(Why::Outside)),
        Err(why) => return Err(why),
    };
    let sources = cx.evaluator.sources;
    let value = Value::string(Place::here(sources.whole(file)), &sources.text(file)[sources.start(file)..]);
    Ok(cx.evaluator.through(value, cx.at.span, "read here by `file`"))
}

/// The bytes of a file; in its place, where they are a text.
fn file_base64<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let path = text(&it[0])?;
    let bytes = cx.evaluator.bytes(&path)?;
    let encoded = cx.text(STANDARD.encode(&bytes));
    if std::str::from_utf8(&bytes).is_err() {
        return Ok(encoded);
    }
    let at = Place::here(cx.evaluator.sources.whole(cx.evaluator.file(&path)?));
    Ok(cx.evaluator.through(Value { at, ..encoded }, cx.at.span, "read here by `filebase64`"))
}

fn exists<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    match cx.evaluator.exists(&text(&it[0])?) {
        Ok(it) => Ok(cx.bool(it)),
        Err(why) => Ok(cx.unknown(why)),
    }
}

/// The files below a folder that match a pattern.
fn file_set<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let (folder, pattern) = (text(&it[0])?, text(&it[1])?);
    let glob = GlobBuilder::new(&pattern).literal_separator(true).build().map_err(|_| Why::WrongType)?;
    let glob = glob.compile_matcher();
    let Some(paths) = cx.evaluator.files_below(&folder) else { return Ok(cx.unknown(Why::Outside)) };
    let found = paths.iter().filter(|it| glob.is_match(it.as_str()));
    Ok(Value::set(cx.at, found.map(|it| cx.text(it.as_str())).collect(), None))
}

/// A file that is a template.
fn template_file<'a>(cx: &Context<'_, 'a>, it: &[Value<'a>]) -> Evaluated<'a> {
    let file = match cx.evaluator.file(&text(&it[0])?) {
        Ok(file) => file,
        Err(Why::Outside) => return Ok(cx.unknown(Why::Outside)),
        Err(why) => return Err(why),
    };
    let sources = cx.evaluator.sources;
    let template = &sources.text(file)[sources.start(file)..];
    let expr = hcl::template(sources, template, sources.whole(file)).map_err(|_| Why::WrongType)?;
    render(cx, &expr, &it[1])
}

/// Evaluates a template that sees the entries of a map and nothing else.
pub(super) fn render<'a>(cx: &Context<'_, 'a>, expr: &Expr, variables: &Value<'a>) -> Evaluated<'a> {
    let entries = cx.entries(variables)?;
    let nothing = Instance::root(&cx.evaluator.tree.nothing, std::collections::BTreeMap::new(), false);
    let scope = Scope::new(&nothing, &Each::None);
    let value = bind_all(cx, &entries, expr, &scope)?;
    match value.text() {
        // A text that is the whole file is that file; any other is made here.
        Ok(text) if value.at.span == expr.span => Ok(Value { at: value.at, ..Value::string(value.at, text) }),
        Ok(text) => Ok(cx.text(text)),
        Err(_) if matches!(value.kind, Kind::Partial(..)) => Ok(value),
        Err(why) if value.why_unknown().is_some() => Ok(cx.unknown(why)),
        Err(why) => Err(why),
    }
}

fn bind_all<'a>(
    cx: &Context<'_, 'a>,
    entries: &[(MapKey, Value<'a>)],
    expr: &Expr,
    scope: &Scope<'_, 'a>,
) -> Evaluated<'a> {
    match entries.split_first() {
        Some(((name, value), rest)) => {
            scope.bind(name, value.clone(), |scope| bind_all(cx, rest, expr, scope))
        }
        None => match cx.evaluator.expression(expr, scope)? {
            it if matches!(it.kind, Kind::Null) => Err(Why::WrongType),
            it => Ok(it),
        },
    }
}
