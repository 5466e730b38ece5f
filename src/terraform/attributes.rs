//! The arguments of one resource, as settings.

use super::body::Argument;
use super::number::Number;
use super::types::to_number;
use super::value::{Kind, MapKey, SequenceKind, Value};
use crate::finding::{Finding, Label, WRONG_TYPE};
use crate::model::gap::{self, Piece};
use crate::model::{GroupRef, Include, Key, List, Place, Ref, Setting, State, Status, Why};

/// Reads the arguments of a resource.
#[derive(Debug)]
pub(super) struct Attributes<'a> {
    arguments: Vec<Argument<'a>>,
    /// The place of what is unset.
    pub(super) owner: Place,
    pub(super) findings: Vec<Finding>,
}

impl<'a> Attributes<'a> {
    pub(super) fn new(arguments: Vec<Argument<'a>>, owner: Place) -> Self {
        Self { arguments, owner, findings: Vec::new() }
    }

    /// The arguments of a nested block.
    fn of_block(value: &Value<'a>) -> Option<Self> {
        let Kind::Mapping(mapping) = &value.kind else { return None };
        let argument = |(name, value): &(MapKey, Value<'a>)| Argument {
            name: name.text(),
            written: value.at.span,
            value: value.clone(),
        };
        Some(Self::new(mapping.entries.iter().map(argument).collect(), value.at))
    }

    /// An argument, if it is written.
    pub(super) fn argument(&self, name: &str) -> Option<&Argument<'a>> {
        self.arguments.iter().find(|it| it.name.as_ref() == name)
    }

    /// The value of an argument; `None` if it is absent or `null`.
    pub(super) fn value(&self, name: &str) -> Option<Value<'a>> {
        self.argument(name).map(|it| it.value.clone()).filter(|it| !it.is_null())
    }

    pub(super) fn string(&mut self, name: &str) -> Setting<String> {
        match self.value(name) {
            Some(value) => self.as_string(&value),
            None => Setting::unset(self.owner),
        }
    }

    /// Whether an address is there: to the provider an empty text is none. Where it
    /// leads is nobody's business.
    pub(super) fn address(&mut self, name: &str) -> Setting<()> {
        let address = self.string(name);
        if address.known().is_some_and(String::is_empty) {
            Setting::unset(self.owner)
        } else {
            address.map(drop)
        }
    }

    /// An issuer. One of which a part is not known is known to be that of a custom
    /// server if its path says so; the text then has gaps.
    pub(super) fn issuer(&mut self, name: &str) -> Setting<String> {
        let issuer = self.string(name);
        let State::Unknown(_) = issuer.state else { return issuer };
        let gapped = self.value(name).and_then(|it| it.gapped().ok());
        let id = gapped.as_deref().and_then(|it| it.split("/oauth2/").nth(1));
        let is_told = id.is_some_and(|it| !matches!(gap::pieces(it).first(), None | Some(Piece::Gap)));
        match gapped.filter(|_| is_told) {
            Some(text) => Setting::new(issuer.at, text.as_ref().to_owned()),
            None => issuer,
        }
    }

    /// A text of which a part may not be known: that part is a gap then.
    pub(super) fn partly_known(&mut self, name: &str) -> Setting<String> {
        match self.value(name) {
            Some(value) => self.with_gaps(&value),
            None => Setting::unset(self.owner),
        }
    }

    /// A list of such texts.
    pub(super) fn partly_known_list(&mut self, name: &str) -> List<String> {
        self.list(name).map(|items| items.iter().map(|it| self.with_gaps(it)).collect())
    }

    fn with_gaps(&mut self, value: &Value<'a>) -> Setting<String> {
        match (&value.kind, value.gapped()) {
            (Kind::Partial(..), Ok(text)) => Setting::new(value.at, text.as_ref().to_owned()),
            _ => self.as_string(value),
        }
    }

    pub(super) fn as_string(&mut self, value: &Value<'a>) -> Setting<String> {
        match value.text() {
            Ok(text) => Setting::new(value.at, text.as_ref().to_owned()),
            Err(_) if value.is_null() => Setting::unset(self.owner),
            Err(Why::WrongType) if value.why_unknown().is_none() => self.wrong(value, "a string"),
            Err(why) => Setting::unknown(value.at, why),
        }
    }

    /// A string that names one of a set.
    pub(super) fn word<T>(&mut self, name: &str) -> Setting<T>
    where
        T: for<'b> From<&'b str>,
    {
        self.string(name).map(|it| T::from(it.as_str()))
    }

    /// A string of a closed set; what is not in it is unknown.
    pub(super) fn choice<T: Copy>(&mut self, name: &str, words: &[(&str, T)]) -> Setting<T> {
        let text = self.string(name);
        let at = text.at;
        match text.state {
            State::Unset => Setting::unset(at),
            State::Unknown(why) => Setting::unknown(at, why),
            State::Known(text) => words
                .iter()
                .find(|(word, _)| *word == text)
                .map_or(Setting::unknown(at, Why::Expression), |&(_, it)| Setting::new(at, it)),
        }
    }

    pub(super) fn status(&mut self) -> Setting<Status> {
        self.choice("status", &[("ACTIVE", Status::Active), ("INACTIVE", Status::Inactive)])
    }

    /// A whole number. Terraform takes `"15"` and `15.0` as well.
    pub(super) fn integer(&mut self, name: &str) -> Setting<i64> {
        let Some(value) = self.value(name) else { return Setting::unset(self.owner) };
        if let Some(why) = value.why_unknown() {
            return Setting::unknown(value.at, why);
        }
        match to_number(&value).ok().as_ref().and_then(Number::to_integer) {
            Some(number) => Setting::new(value.at, number),
            None => self.wrong(&value, "a whole number"),
        }
    }

    /// A boolean. Terraform takes `"true"` as well.
    pub(super) fn boolean(&mut self, name: &str) -> Setting<bool> {
        let Some(value) = self.value(name) else { return Setting::unset(self.owner) };
        match &value.kind {
            Kind::Bool(it) => Setting::new(value.at, *it),
            Kind::String(text) if matches!(text.as_ref(), "true" | "false") => {
                Setting::new(value.at, text.as_ref() == "true")
            }
            _ => match value.why_unknown() {
                Some(why) => Setting::unknown(value.at, why),
                None => self.wrong(&value, "`true` or `false`"),
            },
        }
    }

    pub(super) fn words<T>(&mut self, name: &str) -> List<T>
    where
        T: for<'b> From<&'b str>,
    {
        self.list(name)
            .map(|items| items.iter().map(|it| self.as_string(it).map(|it| T::from(it.as_str()))).collect())
    }

    pub(super) fn strings(&mut self, name: &str) -> List<String> {
        self.words(name)
    }

    /// The elements of a list or set, each with the way that it took. Where there
    /// may be more, one unknown element stands for them.
    pub(super) fn list(&mut self, name: &str) -> Setting<Vec<Value<'a>>> {
        let Some(value) = self.value(name) else { return Setting::unset(self.owner) };
        match &value.kind {
            Kind::Sequence(sequence) => {
                let more = sequence.open.map(|why| Value::unknown(value.at, why));
                let mut items: Vec<Value<'a>> =
                    sequence.items.iter().filter(|it| !it.is_null()).cloned().collect();
                // A set is sorted by value; a report follows the file.
                if sequence.kind == SequenceKind::Set {
                    items.sort_by_key(|it| it.at.span);
                }
                items.extend(more);
                Setting::new(value.at, items)
            }
            _ => match value.why_unknown() {
                Some(why) => Setting::unknown(value.at, why),
                None => self.wrong(&value, "a list of strings"),
            },
        }
    }

    /// An edge to another object.
    pub(super) fn reference<T>(&mut self, name: &str) -> Setting<Ref<T>> {
        let Some(value) = self.value(name) else { return Setting::unset(self.owner) };
        let reference = self.as_reference(&value);
        match reference.key {
            // It may turn out to be `null`.
            Key::Unknown(why) => Setting::unknown(reference.at, why),
            // To the provider an empty id is none: how modules make one optional.
            Key::Literal(id) if id.is_empty() => Setting::unset(self.owner),
            Key::Literal(_) | Key::Address { .. } => Setting::new(reference.at, reference),
        }
    }

    pub(super) fn as_reference<T>(&mut self, value: &Value<'a>) -> Ref<T> {
        let at = value.at;
        let key = match &value.kind {
            Kind::Reference { address, attribute } => Key::Address {
                address: address.as_ref().to_owned(),
                attribute: attribute.as_ref().to_owned(),
            },
            Kind::Resource(handle) => Key::Address { address: handle.address(), attribute: String::new() },
            Kind::String(text) if looks_like_an_address(text) => {
                self.findings.push(plain_address(at, text));
                Key::Unknown(Why::WrongType)
            }
            Kind::String(text) => Key::Literal(text.as_ref().to_owned()),
            Kind::Number(_) => {
                value.text().map_or_else(Key::Unknown, |it| Key::Literal(it.as_ref().to_owned()))
            }
            _ => Key::Unknown(value.why_unknown().unwrap_or(Why::WrongType)),
        };
        Ref::new(at, key)
    }

    /// The groups of a rule.
    pub(super) fn groups(&mut self, name: &str, is_everyone: &dyn Fn(&str) -> Option<bool>) -> Include {
        self.list(name).map(|items| {
            items
                .into_iter()
                .map(|value| {
                    let at = value.at;
                    match &value.kind {
                        Kind::String(text) if text.as_ref() == "EVERYONE" => GroupRef::Everyone(at),
                        Kind::String(text) => match is_everyone(text) {
                            Some(true) => GroupRef::Everyone(at),
                            Some(false) => GroupRef::Other(at, text.as_ref().to_owned()),
                            None => GroupRef::Id(at, text.as_ref().to_owned()),
                        },
                        Kind::Reference { address, .. } => match is_everyone(address) {
                            Some(true) => GroupRef::Everyone(at),
                            Some(false) => GroupRef::Other(at, address.as_ref().to_owned()),
                            None => GroupRef::Unknown(at),
                        },
                        _ => GroupRef::Unknown(at),
                    }
                })
                .collect()
        })
    }

    /// The nested blocks of a name; `None` if there may be others.
    pub(super) fn blocks(&mut self, name: &str) -> Option<Vec<Self>> {
        let Some(value) = self.value(name) else { return Some(Vec::new()) };
        let items = match &value.kind {
            Kind::Sequence(it) if it.open.is_none() => it.items.to_vec(),
            Kind::Mapping(_) => vec![value],
            Kind::Sequence(_) => return None,
            _ if value.why_unknown().is_some() => return None,
            _ => vec![value],
        };
        let mut blocks = Vec::new();
        for item in items {
            match Self::of_block(&item) {
                Some(block) => blocks.push(block),
                None if item.why_unknown().is_some() => return None,
                None => {
                    let _: Setting<()> = self.wrong(&item, "a block");
                }
            }
        }
        Some(blocks)
    }

    /// Refuses anything but one map for an argument that looks like a block.
    pub(super) fn expect_map(&mut self, name: &str) {
        let Some(value) = self.value(name) else { return };
        let is_map = matches!(value.kind, Kind::Mapping(_)) || value.why_unknown().is_some();
        if !is_map {
            let _: Setting<()> = self.wrong(&value, "one table");
        }
    }

    /// A finding for a value of another type; it is unknown from then on.
    pub(super) fn wrong<T>(&mut self, value: &Value<'a>, expected: &str) -> Setting<T> {
        let found = match &value.kind {
            Kind::Number(_) if expected == "a whole number" => "a fraction",
            Kind::String(_) if expected == "a whole number" => "a text that is no number",
            Kind::Sequence(it) if it.kind != SequenceKind::List => "a list",
            _ => value.describe(),
        };
        let message = format!("expected {expected}, found {found}");
        let mut finding = Finding::input(WRONG_TYPE, value.at.span, "this value", message)
            .with_help(format!("write {expected} here: Terraform refuses what stands there"));
        // The literal may stand far from the argument that cannot take it.
        let written = self.arguments.iter().find(|it| it.value.at == value.at).map(|it| it.written);
        if let Some(written) = written.filter(|it| !it.contains(value.at.span)) {
            finding.labels.push(Label::new(written, "used here"));
        }
        if !self.findings.contains(&finding) {
            self.findings.push(finding);
        }
        Setting::unknown(value.at, Why::WrongType)
    }
}

/// `okta_auth_server.api.id` without `${…}`.
fn looks_like_an_address(text: &str) -> bool {
    let text = text.strip_prefix("data.").unwrap_or(text);
    let mut parts = text.split('.');
    let is_name =
        |it: &str| !it.is_empty() && it.chars().all(|it| it.is_alphanumeric() || it == '_' || it == '-');
    parts.next().is_some_and(|it| it.starts_with("okta_") && is_name(it)) && parts.next().is_some_and(is_name)
}

fn plain_address(at: Place, text: &str) -> Finding {
    let message = format!("`{text}` is plain text here, not a reference");
    Finding::input(WRONG_TYPE, at.span, "this string is taken as an id", message).with_help(format!(
        "write \"${{{text}}}\", or in a `.tf` file {text} without quotes: only expressions are evaluated"
    ))
}
