//! Decodes leaves to settings, and says where one is of another type.

use std::borrow::Cow;

use serde_json::value::RawValue;

use super::raw::{Leaf, Links};
use crate::finding::{Finding, WRONG_TYPE};
use crate::model::{Entry, List, Place, Setting, Status, Why};
use crate::source::Span;
use crate::syntax::json::{self, Text};

/// Makes what would be unset unknown, where the object that it belongs to is
/// missing: a trimmed answer is no evidence.
pub(super) fn if_there<T>(there: bool, setting: Setting<T>) -> Setting<T> {
    if there || !setting.is_unset() { setting } else { Setting::unknown(setting.at, Why::NotExported) }
}

/// Reads the leaves of one object.
#[derive(Debug)]
pub(super) struct Reader<'a> {
    pub(super) text: Text<'a>,
    /// The place of what is unset.
    pub(super) owner: Place,
    pub(super) findings: Vec<Finding>,
}

impl<'a> Reader<'a> {
    pub(super) fn new(text: Text<'a>, object: &RawValue) -> Self {
        let span = text.span(object.get());
        // An object is shown by its first line.
        let owner = Place::here(Span { end: (span.start + 1).min(span.end), ..span });
        Self { text, owner, findings: Vec::new() }
    }

    /// Names the object, and shows it by its name from now on.
    pub(super) fn entry(&mut self, kind: &str, name: Leaf<'a>, id: Leaf<'a>) -> Entry {
        // A label that cannot be decoded names nothing.
        let shown = name.filter(|it| !self.plain(it).is_empty()).or(id);
        if let Some(raw) = shown {
            self.owner = Place::here(self.text.span(raw.get()));
        }
        let words = shown.map_or(Cow::Borrowed("unnamed"), |raw| self.plain(raw));
        Entry { at: self.owner, resource: format!("{kind}:{words}"), certain: true }
    }

    /// The text of a leaf for a name; empty if it is no string.
    fn plain(&self, raw: &'a RawValue) -> Cow<'a, str> {
        json::string(&self.text, raw).unwrap_or_default()
    }

    pub(super) fn string(&mut self, leaf: Leaf<'a>) -> Setting<String> {
        self.text_with(leaf, str::to_owned)
    }

    /// A string that names one of a set.
    pub(super) fn word<T>(&mut self, leaf: Leaf<'a>) -> Setting<T>
    where
        T: for<'b> From<&'b str>,
    {
        self.text_with(leaf, |it| T::from(it))
    }

    fn text_with<T>(&mut self, leaf: Leaf<'a>, make: impl FnOnce(&str) -> T) -> Setting<T> {
        let Some(raw) = leaf else { return Setting::unset(self.owner) };
        let at = Place::here(self.text.span(raw.get()));
        if !raw.get().starts_with('"') {
            return self.wrong(raw, "a string");
        }
        match json::string(&self.text, raw) {
            Ok(text) => Setting::new(at, make(&text)),
            Err(finding) => {
                self.findings.push(*finding);
                Setting::unknown(at, Why::WrongType)
            }
        }
    }

    /// A string of a closed set. What is not in it is unknown, and no mistake:
    /// Okta adds values.
    pub(super) fn choice<T: Copy>(&mut self, leaf: Leaf<'a>, words: &[(&str, T)]) -> Setting<T> {
        let text = self.string(leaf);
        let at = text.at;
        match text.known() {
            Some(known) => words
                .iter()
                .find(|(word, _)| word.eq_ignore_ascii_case(known))
                .map_or(Setting::unknown(at, Why::Expression), |&(_, value)| Setting::new(at, value)),
            None => text.map(|_| words[0].1),
        }
    }

    pub(super) fn status(&mut self, leaf: Leaf<'a>) -> Setting<Status> {
        self.choice(
            leaf,
            &[
                ("ACTIVE", Status::Active),
                ("INACTIVE", Status::Inactive),
                ("DELETED", Status::Inactive),
                ("REVOKED", Status::Inactive),
            ],
        )
    }

    /// A boolean; older answers hold the strings `TRUE` and `FALSE`.
    pub(super) fn boolean(&mut self, leaf: Leaf<'a>) -> Setting<bool> {
        let Some(raw) = leaf else { return Setting::unset(self.owner) };
        let at = Place::here(self.text.span(raw.get()));
        match raw.get().trim_matches('"').to_ascii_lowercase().as_str() {
            "true" => Setting::new(at, true),
            "false" => Setting::new(at, false),
            _ => self.wrong(raw, "a boolean"),
        }
    }

    pub(super) fn integer(&mut self, leaf: Leaf<'a>) -> Setting<i64> {
        let Some(raw) = leaf else { return Setting::unset(self.owner) };
        let at = Place::here(self.text.span(raw.get()));
        match raw.get().trim_matches('"').parse() {
            Ok(number) => Setting::new(at, number),
            Err(_) => self.wrong(raw, "a whole number"),
        }
    }

    /// The elements of an array; `None` if there is none.
    pub(super) fn array(&mut self, leaf: Leaf<'a>) -> Setting<Vec<&'a RawValue>> {
        let Some(raw) = leaf else { return Setting::unset(self.owner) };
        let at = Place::here(self.text.span(raw.get()));
        if !raw.get().starts_with('[') {
            return self.wrong(raw, "an array");
        }
        match json::elements(&self.text, raw) {
            Ok(elements) => Setting::new(at, elements),
            Err(finding) => {
                self.findings.push(*finding);
                Setting::unknown(at, Why::WrongType)
            }
        }
    }

    pub(super) fn words<T>(&mut self, leaf: Leaf<'a>) -> List<T>
    where
        T: for<'b> From<&'b str>,
    {
        self.array(leaf).map(|items| items.into_iter().map(|it| self.word(Some(it))).collect())
    }

    pub(super) fn strings(&mut self, leaf: Leaf<'a>) -> List<String> {
        self.words(leaf)
    }

    /// A finding for a value of another type; the value is unknown from then on.
    pub(super) fn wrong<T>(&mut self, raw: &RawValue, expected: &str) -> Setting<T> {
        let span = self.text.span(raw.get());
        let found = match raw.get().as_bytes().first() {
            Some(b'"') => "a string",
            Some(b'{') => "an object",
            Some(b'[') => "an array",
            Some(b't' | b'f') => "a boolean",
            Some(b'n') => "null",
            _ => "a number",
        };
        let message = format!("expected {expected}, found {found}");
        let finding = Finding::input(WRONG_TYPE, self.text.head(raw.get()), "this value", message).with_help(
            format!("write {expected} here; the value is left out of every other check until then"),
        );
        self.findings.push(finding);
        Setting::unknown(Place::here(span), Why::WrongType)
    }
}

/// The segment that follows `parent` in the path of `_links.self.href`.
pub(super) fn linked(links: Option<&Links<'_>>, parent: &str) -> Option<String> {
    after(&href(links?.own?)?, parent)
}

/// The app that a link names.
pub(super) fn linked_app(links: Option<&Links<'_>>) -> Option<String> {
    let links = links?;
    links.app.and_then(href).and_then(|it| after(&it, "apps")).or_else(|| after(&href(links.own?)?, "apps"))
}

fn href(link: &RawValue) -> Option<String> {
    #[derive(serde::Deserialize)]
    struct Link {
        href: String,
    }
    serde_json::from_str::<Link>(link.get()).ok().map(|it| it.href)
}

fn after(path: &str, parent: &str) -> Option<String> {
    let mut segments = path.split(['/', '?']);
    segments.find(|it| *it == parent)?;
    segments.next().filter(|it| !it.is_empty()).map(str::to_owned)
}
