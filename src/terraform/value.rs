//! What an expression is, as far as it can be known.

use crate::model::{Place, Step, Trails, Why};

/// An evaluated value, and the literal that it came from.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Value {
    pub(super) at: Place,
    pub(super) kind: Kind,
}

/// What a [`Value`] is.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Kind {
    /// `null`: as if nobody had written it.
    Null,
    Bool(bool),
    /// A number, as it is written.
    Number(String),
    String(String),
    List(Vec<Value>),
    Map(Vec<(String, Value)>),
    /// Unknown as a value, known as an edge.
    Reference {
        /// `okta_auth_server.api` or `data.okta_group.everyone`.
        address: String,
        /// The attribute; empty for the whole object.
        attribute: String,
    },
    Unknown(Why),
}

impl Value {
    pub(super) fn new(at: Place, kind: Kind) -> Self {
        Self { at, kind }
    }

    pub(super) fn unknown(at: Place, why: Why) -> Self {
        Self::new(at, Kind::Unknown(why))
    }

    /// The text that a template would put in its place.
    pub(super) fn text(&self) -> Result<String, Why> {
        match &self.kind {
            Kind::Bool(it) => Ok(it.to_string()),
            Kind::Number(it) | Kind::String(it) => Ok(it.clone()),
            Kind::Reference { .. } => Err(Why::Computed),
            Kind::Unknown(why) => Err(*why),
            Kind::Null | Kind::List(_) | Kind::Map(_) => Err(Why::WrongType),
        }
    }

    /// The same value, passed on by another expression: it and its elements
    /// keep their places and gain a step.
    pub(super) fn through(mut self, step: &Step, trails: &mut Trails) -> Self {
        self.at.trail = trails.push(Step { from: self.at.trail, ..step.clone() });
        self.kind = match self.kind {
            Kind::List(items) => Kind::List(items.into_iter().map(|it| it.through(step, trails)).collect()),
            Kind::Map(entries) => {
                Kind::Map(entries.into_iter().map(|(key, it)| (key, it.through(step, trails))).collect())
            }
            other => other,
        };
        self
    }

    /// The element under a key or an index.
    pub(super) fn get(self, key: &str) -> Self {
        let at = self.at;
        match self.kind {
            Kind::Map(entries) => entries
                .into_iter()
                .find(|(name, _)| name == key)
                .map_or(Self::unknown(at, Why::Undeclared), |(_, value)| value),
            Kind::List(items) => key
                .parse::<usize>()
                .ok()
                .and_then(|index| items.into_iter().nth(index))
                .unwrap_or(Self::unknown(at, Why::Undeclared)),
            Kind::Unknown(why) => Self::unknown(at, why),
            Kind::Reference { address, attribute } => {
                // An instance key or an attribute of an attribute.
                let attribute = if attribute.is_empty() { key.to_owned() } else { attribute };
                Self::new(at, Kind::Reference { address, attribute })
            }
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) => {
                Self::unknown(at, Why::WrongType)
            }
        }
    }
}
