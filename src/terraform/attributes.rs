//! The arguments of one block, as settings.

use super::evaluate::Evaluator;
use super::module::each;
use super::value::{Kind, Value};
use crate::finding::{Finding, WRONG_TYPE};
use crate::model::{GroupRef, Include, Key, List, Place, Ref, Setting, State, Status, Why};
use crate::syntax::{self, Node};

/// Reads the arguments of a block.
#[derive(Debug)]
pub(super) struct Attributes<'a> {
    pub(super) evaluator: &'a Evaluator<'a>,
    pub(super) body: &'a Node,
    /// The place of what is unset.
    pub(super) owner: Place,
    pub(super) findings: Vec<Finding>,
}

impl<'a> Attributes<'a> {
    pub(super) fn new(evaluator: &'a Evaluator<'a>, body: &'a Node, owner: Place) -> Self {
        Self { evaluator, body, owner, findings: Vec::new() }
    }

    /// The value of an argument; `None` if it is absent or `null`.
    pub(super) fn value(&self, name: &str) -> Option<Value> {
        let value = self.evaluator.node(self.body.get(name)?);
        (value.kind != Kind::Null).then_some(value)
    }

    pub(super) fn string(&mut self, name: &str) -> Setting<String> {
        match self.value(name) {
            Some(value) => self.as_string(&value),
            None => Setting::unset(self.owner),
        }
    }

    pub(super) fn as_string(&mut self, value: &Value) -> Setting<String> {
        let at = value.at;
        match &value.kind {
            Kind::List(_) | Kind::Map(_) => self.wrong(value, "a string"),
            Kind::Null => Setting::unset(self.owner),
            _ => match value.text() {
                Ok(text) => Setting::new(at, text),
                Err(why) => Setting::unknown(at, why),
            },
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

    /// A number. Terraform takes `"15"` as well.
    pub(super) fn integer(&mut self, name: &str) -> Setting<i64> {
        let Some(value) = self.value(name) else { return Setting::unset(self.owner) };
        match value.text() {
            Ok(text) => match text.parse() {
                Ok(number) => Setting::new(value.at, number),
                Err(_) => self.wrong(&value, "a whole number"),
            },
            Err(Why::WrongType) => self.wrong(&value, "a whole number"),
            Err(why) => Setting::unknown(value.at, why),
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

    /// The elements of a list or set.
    pub(super) fn list(&mut self, name: &str) -> Setting<Vec<Value>> {
        let Some(value) = self.value(name) else { return Setting::unset(self.owner) };
        match value.kind {
            Kind::List(items) => Setting::new(value.at, items),
            Kind::Unknown(why) => Setting::unknown(value.at, why),
            Kind::Reference { .. } => Setting::unknown(value.at, Why::Computed),
            _ => self.wrong(&value, "a list of strings"),
        }
    }

    /// An edge to another object.
    pub(super) fn reference<T>(&mut self, name: &str) -> Setting<Ref<T>> {
        let Some(value) = self.value(name) else { return Setting::unset(self.owner) };
        let reference = self.as_reference(value);
        match reference.key {
            // It may turn out to be `null`.
            Key::Unknown(why) => Setting::unknown(reference.at, why),
            Key::Literal(_) | Key::Address { .. } => Setting::new(reference.at, reference),
        }
    }

    pub(super) fn as_reference<T>(&mut self, value: Value) -> Ref<T> {
        let at = value.at;
        let key = match value.kind {
            Kind::Reference { address, attribute } => Key::Address { address, attribute },
            Kind::String(text) => {
                if looks_like_an_address(&text) {
                    self.findings.push(plain_address(at, &text));
                }
                Key::Literal(text)
            }
            Kind::Number(text) => Key::Literal(text),
            Kind::Unknown(why) => Key::Unknown(why),
            Kind::Null | Kind::Bool(_) | Kind::List(_) | Kind::Map(_) => Key::Unknown(Why::WrongType),
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
                    match value.kind {
                        Kind::String(text) if text == "EVERYONE" => GroupRef::Everyone(at),
                        Kind::String(text) => GroupRef::Id(at, text),
                        Kind::Reference { address, .. } => match is_everyone(&address) {
                            Some(true) => GroupRef::Everyone(at),
                            Some(false) => GroupRef::Other(at, address),
                            None => GroupRef::Unknown(at),
                        },
                        _ => GroupRef::Unknown(at),
                    }
                })
                .collect()
        })
    }

    /// The nested blocks of a name; `None` if a `dynamic` block may add some.
    pub(super) fn blocks(&self, name: &'static str) -> Option<Vec<&'a Node>> {
        let is_dynamic = self.body.get_all("dynamic").flat_map(each).any(|it| it.get(name).is_some());
        let written = self.body.get_all(name).flat_map(each);
        let written = written.filter(|it| !matches!(it.value, syntax::Value::Null));
        (!is_dynamic).then(|| written.collect())
    }

    /// A finding for a value of another type; it is unknown from then on.
    pub(super) fn wrong<T>(&mut self, value: &Value, expected: &str) -> Setting<T> {
        let found = match &value.kind {
            Kind::Null => "null",
            Kind::Bool(_) => "a boolean",
            Kind::Number(_) => "a number",
            Kind::String(_) => "a string",
            Kind::List(_) => "a list",
            Kind::Map(_) => "an object",
            Kind::Reference { .. } | Kind::Unknown(_) => "an unknown value",
        };
        let message = format!("expected {expected}, found {found}");
        let finding = Finding::input(WRONG_TYPE, value.at.span, "this value", message)
            .with_help(format!("write {expected} here: Terraform refuses what stands there"));
        self.findings.push(finding);
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
    Finding::input(WRONG_TYPE, at.span, "this string is taken as an id", message)
        .with_help(format!("write \"${{{text}}}\": every string is a template, and only ${{…}} is evaluated"))
}
