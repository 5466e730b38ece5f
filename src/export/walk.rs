//! From the text of a file to the objects in it.

use std::collections::BTreeMap;

use rayon::iter::ParallelIterator as _;
use rayon::slice::ParallelSlice as _;
use serde::Deserialize;
use serde_json::value::RawValue;

use super::assemble::{Draft, Listing};
use super::layout::{Context, Kind};
use super::raw;
use super::reader::Reader;
use super::shape::{Entries, Shape};
use super::{app, other, server};
use crate::finding::{Finding, SYNTAX_ERROR, UNREADABLE_FILE, WRONG_TYPE};
use crate::source::{FileId, Sources, Span};
use crate::syntax::json::{self, Text};

/// How deep wrappers may nest. A bundle by server, by policy is four.
const MAX_DEPTH: usize = 16;

/// Elements that one task reads: small enough to spread, large enough to pay.
const CHUNK: usize = 64;

/// Elements that are read before what was read is put together, so that the whole
/// of a large list is never there twice.
const WAVE: usize = 16 * CHUNK;

/// What was read of one file.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub(super) draft: Draft,
    pub(super) findings: Vec<Finding>,
    pub(super) unread: BTreeMap<String, usize>,
    /// Whether it held something of Okta's.
    pub(super) recognised: bool,
    /// Whether its text ended before its values did, or was none of JSON's.
    pub(super) broken: bool,
    /// Values that are nothing that lints read.
    passed_over: usize,
}

impl Read {
    fn merge(&mut self, other: Self) {
        self.draft.extend(other.draft);
        self.findings.extend(other.findings);
        for (name, count) in other.unread {
            *self.unread.entry(name).or_default() += count;
        }
        self.recognised |= other.recognised;
        self.broken |= other.broken;
        self.passed_over += other.passed_over;
    }

    fn unread(&mut self, name: &str) {
        *self.unread.entry(name.to_owned()).or_default() += 1;
    }
}

/// Reads a file of one or more JSON values.
pub(super) fn file(sources: &Sources, file: FileId, context: &Context) -> Read {
    let text = Text::new(sources, file);
    let mut read = Read::default();
    if is_lines(sources, file) {
        lines(&mut read, &text, context);
        return read;
    }
    if let Some(elements) = text.only_array() {
        list(&mut read, &text, &elements, context, 0);
        return read;
    }
    let (values, error) = text.values();
    if values.is_empty() && error.is_none() {
        let message = "the file is empty".to_owned();
        let finding = Finding::input(SYNTAX_ERROR, sources.whole(file), "nothing stands here", message);
        read.findings.push(finding.with_help("export it again, or delete the file"));
        read.broken = true;
    }
    for value in values {
        self::value(&mut read, &text, value, context, 0);
    }
    if let Some(finding) = error {
        // What stands before the error is kept; what is missing is unknown.
        read.draft.listings.iter_mut().for_each(|it| it.may_be_cut = true);
        let help = match text.text[text.start..].trim_start() {
            it if it.starts_with('<') => {
                "this is a page of HTML or XML, such as a login page, and no answer of the API: look at it, and \
                 export the file again"
            }
            it if it.contains('\0') => "the file looks like UTF-16 or binary: save it as UTF-8",
            it if it.starts_with(['{', '[']) => "export the file again: its end may be missing",
            _ => "this is no JSON: look at what the file holds, and export it again",
        };
        read.findings.push(finding.with_help(help));
        read.broken = true;
    }
    read
}

/// Whether a file holds one value a line.
fn is_lines(sources: &Sources, file: FileId) -> bool {
    let extension = sources.path(file).extension().and_then(|it| it.to_str());
    matches!(extension, Some("ndjson" | "jsonl"))
}

/// Reads a file of one value a line: a broken line hides no other.
fn lines(read: &mut Read, text: &Text<'_>, context: &Context) {
    let body = &text.text[text.start..];
    for line in body.lines().filter(|it| !it.trim().is_empty()) {
        match serde_json::from_str::<&RawValue>(line) {
            Ok(value) => self::value(read, text, value, context, 0),
            Err(error) => {
                let base = text.span(line).start as usize;
                let finding = text.error(base, &error).with_help("export this line again, or remove it");
                read.findings.push(finding);
                read.broken = true;
                read.draft.listings.iter_mut().for_each(|it| it.may_be_cut = true);
            }
        }
    }
}

fn value(read: &mut Read, text: &Text<'_>, raw: &RawValue, context: &Context, depth: usize) {
    if depth > MAX_DEPTH {
        let span = text.span(raw.get());
        let span = Span { end: (span.start + 1).min(span.end), ..span };
        let message = format!("lists nest deeper than {MAX_DEPTH} levels, which is the limit");
        let finding = Finding::input(SYNTAX_ERROR, span, "nested too deep", message);
        read.findings.push(finding.with_help("export the list again: the API nests none so deep"));
        return;
    }
    match raw.get().as_bytes().first() {
        Some(b'[') => match json::elements(text, raw) {
            Ok(elements) => list(read, text, &elements, context, depth),
            Err(finding) => read.findings.push(*finding),
        },
        Some(b'{') => object(read, text, raw, context, depth),
        _ => read.passed_over += 1,
    }
}

fn list(read: &mut Read, text: &Text<'_>, elements: &[&RawValue], context: &Context, depth: usize) {
    let apps = |count: usize| if context.kind == Some(Kind::App) { count } else { 0 };
    let read_chunk = |chunk: &[&RawValue]| {
        let mut part = Read::default();
        // Apps are large: a list that grows would move them again and again.
        part.draft.apps.reserve_exact(apps(chunk.len()));
        for element in chunk {
            value(&mut part, text, element, context, depth + 1);
        }
        part
    };
    read.draft.apps.reserve_exact(apps(elements.len()));
    // This list may stand in an element of another one, which counts its own.
    let outside = read.passed_over;
    let mut unread = 0;
    for wave in elements.chunks(WAVE) {
        let parts: Vec<Read> = wave.par_chunks(CHUNK).map(read_chunk).collect();
        for part in parts {
            unread += part.passed_over;
            read.merge(part);
        }
    }
    if let (Some(kind), true) = (context.kind, context.listing) {
        read.draft.listings.push(Listing {
            kind,
            app: context.app.clone(),
            server: context.server.clone(),
            policy: context.policy.clone(),
            // An element that was not recognised may be any.
            may_be_cut: unread > 0 || kind.may_be_cut(elements.len()),
        });
        read.recognised = true;
    }
    read.passed_over = outside;
}

fn object(read: &mut Read, text: &Text<'_>, raw: &RawValue, context: &Context, depth: usize) {
    // The large lists are lists of apps: read those without looking at the keys first.
    if context.kind == Some(Kind::App) && app_at_once(read, text, raw) {
        return;
    }
    let entries = match json::entries(text, raw) {
        Ok(entries) => Entries(entries),
        Err(finding) => return read.findings.push(*finding),
    };
    if depth == 0 && entries.is_api_description() {
        return;
    }
    match entries.shape(context) {
        Shape::Known(kind) => {
            read.recognised = true;
            known(read, text, raw, kind, context);
            embedded(read, text, &entries, kind, context, depth);
        }
        Shape::Error => error_body(read, text, raw, context),
        Shape::Wrapper => {
            for (key, inner) in entries.0 {
                if inner.get().starts_with(['[', '{']) {
                    let key = json::string(text, key).unwrap_or_default();
                    value(read, text, inner, &context.under(&key), depth + 1);
                }
            }
        }
        Shape::Unread => {
            read.passed_over += 1;
            read.unread(&format!("objects of `{}`", context.name));
        }
        Shape::Foreign => read.passed_over += 1,
    }
}

/// What a script put into the object that it belongs to: the scopes, claims and
/// policies of a server, the rules of a policy.
fn embedded(
    read: &mut Read,
    text: &Text<'_>,
    entries: &Entries<'_>,
    kind: Kind,
    context: &Context,
    depth: usize,
) {
    let children: &[&str] = match kind {
        Kind::Server => &["scopes", "claims", "policies", "associatedServers"],
        Kind::Policy => &["rules"],
        _ => return,
    };
    let id = Some(entries.text("id").to_owned()).filter(|it| !it.is_empty());
    let mut context = context.clone();
    match kind {
        Kind::Server => context.server = id,
        _ => context.policy = id,
    }
    for name in children {
        if let Some(inner) = entries.get(name).filter(|it| it.get().starts_with('[')) {
            value(read, text, inner, &context.under(name), depth + 1);
        }
    }
}

fn app_at_once(read: &mut Read, text: &Text<'_>, raw: &RawValue) -> bool {
    let Ok(parsed) = serde_json::from_str::<raw::App<'_>>(raw.get()) else { return false };
    if parsed.sign_on_mode.is_none() || parsed.label.is_none() {
        return false;
    }
    read.recognised = true;
    add_app(read, text, raw, &parsed);
    true
}

fn add_app(read: &mut Read, text: &Text<'_>, raw: &RawValue, parsed: &raw::App<'_>) {
    let mut reader = Reader::new(*text, raw);
    if let Some(app) = app::app(&mut reader, parsed) {
        read.draft.apps.push(app);
    } else {
        let id = reader.string(parsed.id).known().cloned();
        read.draft.other_apps.push(id.unwrap_or_default());
    }
    read.findings.append(&mut reader.findings);
}

/// Reads an object whose kind is known.
fn known(read: &mut Read, text: &Text<'_>, raw: &RawValue, kind: Kind, context: &Context) {
    let mut reader = Reader::new(*text, raw);
    let draft = &mut read.draft;
    let result = match kind {
        Kind::App => parse(raw).map(|it| add_app(read, text, raw, &it)),
        Kind::Grant => parse(raw).map(|it| draft.grants.extend(app::grant(&mut reader, &it, context))),
        Kind::FederatedClaim => {
            parse(raw).map(|it| draft.federated_claims.push(app::federated_claim(&mut reader, &it, context)))
        }
        Kind::IdToken => {
            parse(raw).map(|it| draft.groups_claims.extend(app::groups_claim(&mut reader, &it, context)))
        }
        Kind::Role => parse(raw).map(|it| draft.roles.extend(app::role(&mut reader, &it, context))),
        Kind::AppUserSchema => {
            parse(raw).map(|it| draft.attributes.extend(app::attributes(&mut reader, &it, context)))
        }
        Kind::Server => parse(raw).map(|it| draft.servers.push(server::server(&mut reader, &it))),
        Kind::AssociatedServer => {
            parse(raw).map(|it| draft.trusted.extend(server::associated(&mut reader, &it, context)))
        }
        Kind::Scope => parse(raw).map(|it| draft.scopes.push(server::scope(&mut reader, &it, context))),
        Kind::Claim => parse(raw).map(|it| draft.claims.push(server::claim(&mut reader, &it, context))),
        Kind::Policy => parse(raw).map(|it| draft.policies.push(server::policy(&mut reader, &it, context))),
        Kind::Rule => parse(raw).map(|it| draft.rules.push(server::rule(&mut reader, &it, context))),
        Kind::Hook => parse(raw).map(|it| draft.hooks.push(other::hook(&mut reader, &it))),
        Kind::ApiService => {
            parse(raw).map(|it| draft.api_services.push(other::api_service(&mut reader, &it)))
        }
        Kind::AgentConnection => parse(raw)
            .map(|it| draft.agent_connections.push(other::agent_connection(&mut reader, &it, context))),
        Kind::Domain => parse(raw).map(|it| draft.domains.push(other::domain(&mut reader, &it))),
        Kind::Group => parse(raw).map(|it| draft.groups.extend(other::group(&mut reader, &it))),
    };
    read.findings.append(&mut reader.findings);
    if let Err(error) = result {
        read.findings.push(misshapen(text, raw, &error));
        // One object is missing now, so its list is not whole.
        read.draft.broken.push(kind);
    }
}

fn parse<'a, T: Deserialize<'a>>(raw: &'a RawValue) -> Result<T, serde_json::Error> {
    serde_json::from_str(raw.get())
}

/// A finding for an object whose parts are of other types than the API's.
fn misshapen(text: &Text<'_>, raw: &RawValue, error: &serde_json::Error) -> Finding {
    let base = text.span(raw.get()).start as usize;
    let place = text.error(base, error).primary();
    let words = error.to_string();
    let words = words.split(" at line ").next().unwrap_or_default();
    let words = words.split(", expected").next().unwrap_or_default();
    let message = format!("the object has another shape than the API's: {words}");
    Finding::input(WRONG_TYPE, place, "up to here it was understood", message)
        .with_help("export the object again, unchanged; it is left out of every check until then")
}

/// An error that was saved where an answer belongs.
fn error_body(read: &mut Read, text: &Text<'_>, raw: &RawValue, context: &Context) {
    let Ok(error) = parse::<raw::Error<'_>>(raw) else { return };
    let mut reader = Reader::new(*text, raw);
    let code = reader.string(error.error_code);
    let summary = reader.string(error.error_summary);
    read.recognised |= context.kind.is_some();
    read.passed_over += 1;
    // The same code is used for other features, so it counts only here.
    let of_default = context.server.as_deref() == Some("default");
    let servers = context.kind == Some(Kind::Server) && (context.listing || of_default);
    if servers && code.known().is_some_and(|it| it == "E0000015") {
        read.draft.unlicensed = Some(code.at.span);
        read.draft.listings.push(Listing::whole(Kind::Server));
        return;
    }
    let words = |it: &crate::model::Setting<String>| it.known().cloned().unwrap_or_default();
    // Not found, or not licensed: then there is none. Any other error hides
    // what is there.
    let hides = !matches!(words(&code).as_str(), "E0000007" | "E0000015");
    if context.listing && context.kind.is_some() && hides {
        let message = format!("an error of the API stands here, not its answer: {}", words(&summary));
        let finding = Finding::input(UNREADABLE_FILE, code.at.span, "the code of the error", message);
        read.findings.push(finding.with_help("export this list again: what it holds is not known"));
        return;
    }
    read.unread(&format!("error answers ({} {})", words(&code), words(&summary)));
}
