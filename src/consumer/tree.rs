//! What any format is lowered to.

use super::placeholder;
use crate::model::gap::{self, Piece};
use crate::model::{Key, Place, Ref, Why};
use crate::syntax::{Node, Value};

/// A value, and where it stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Tree {
    /// Where.
    pub at: Place,
    /// What.
    pub value: Branch,
}

/// What a [`Tree`] holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Branch {
    /// A text; numbers and booleans are their text.
    Text(String),
    /// A text with [`gap`]s: parts that are not known.
    Gapped(String),
    /// Several values.
    List(Vec<Tree>),
    /// Values by name.
    Map(Vec<(String, Tree)>),
    /// An attribute of another object of Terraform.
    Reference {
        /// Its address.
        address: String,
        /// The attribute.
        attribute: String,
    },
    /// Not known.
    Unknown(Why),
}

impl Branch {
    /// A text, which may have gaps.
    pub fn of_text(text: String) -> Self {
        match gap::pieces(&text).as_slice() {
            [Piece::Gap] => Self::Unknown(Why::Expression),
            [Piece::Edge { address, attribute }] => {
                Self::Reference { address: (*address).to_owned(), attribute: (*attribute).to_owned() }
            }
            _ if gap::has_gaps(&text) => Self::Gapped(text),
            _ => Self::Text(text),
        }
    }
}

impl Tree {
    /// The tree of a file.
    pub fn of(node: &Node) -> Self {
        let value = match &node.value {
            Value::Null => Branch::Map(Vec::new()),
            Value::Bool(it) => Branch::Text(it.to_string()),
            Value::Number(text) | Value::String(text) => Branch::Text(text.clone()),
            Value::Array(items) => Branch::List(items.iter().map(Self::of).collect()),
            Value::Object(entries) => {
                let value = |key: &str, it| match key {
                    "environment" => Self::assignments(it).unwrap_or_else(|| Self::of(it)),
                    _ => Self::of(it),
                };
                let entries = entries.iter().map(|(key, it)| (key.text.clone(), value(&key.text, it)));
                Branch::Map(entries.collect())
            }
            Value::Expression(_) => Branch::Unknown(Why::Expression),
        };
        Self { at: Place::here(node.span), value }
    }

    /// Compose's list of `NAME=value`, as the map that it stands for.
    fn assignments(node: &Node) -> Option<Self> {
        let Value::Array(items) = &node.value else { return None };
        let entry = |it: &Node| {
            let Value::String(text) = &it.value else { return None };
            let (name, value) = text.split_once('=')?;
            let at = super::part(Place::here(it.span), text, value);
            Some((name.to_owned(), Self { at, value: Branch::Text(value.to_owned()) }))
        };
        let entries = items.iter().map(entry).collect::<Option<_>>()?;
        Some(Self { at: Place::here(node.span), value: Branch::Map(entries) })
    }

    /// The entries of a map; nothing for other values.
    pub fn entries(&self) -> &[(String, Self)] {
        match &self.value {
            Branch::Map(entries) => entries,
            _ => &[],
        }
    }

    /// The items of a list; nothing for other values.
    pub fn items(&self) -> &[Self] {
        match &self.value {
            Branch::List(items) => items,
            _ => &[],
        }
    }

    /// The value under a name.
    pub fn get(&self, name: &str) -> Option<&Self> {
        self.entries().iter().find(|it| it.0 == name).map(|it| &it.1)
    }

    /// The value under names, one within the other.
    pub fn path(&self, names: &[&str]) -> Option<&Self> {
        names.iter().try_fold(self, |tree, name| tree.get(name))
    }

    /// The text, if it is one.
    pub fn text(&self) -> Option<&str> {
        match &self.value {
            Branch::Text(text) => Some(text),
            _ => None,
        }
    }

    /// This tree and all within it.
    pub fn walk<'t>(&'t self, visit: &mut dyn FnMut(&'t Self)) {
        visit(self);
        self.entries().iter().map(|it| &it.1).chain(self.items()).for_each(|it| it.walk(visit));
    }

    /// It, as the name of another object.
    pub fn reference<T>(&self) -> Ref<T> {
        let key = match &self.value {
            Branch::Text(text) if text.is_empty() || placeholder::is_in(text) => Key::Unknown(Why::Variable),
            Branch::Text(text) => Key::Literal(text.clone()),
            Branch::Reference { address, attribute } => {
                Key::Address { address: address.clone(), attribute: attribute.clone() }
            }
            Branch::Unknown(why) => Key::Unknown(*why),
            Branch::Gapped(_) => Key::Unknown(Why::Expression),
            Branch::List(_) | Branch::Map(_) => Key::Unknown(Why::WrongType),
        };
        Ref::new(self.at, key)
    }
}
