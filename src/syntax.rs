//! One spanned tree for the languages that Terraform is written in.
//!
//! HCL, JSON and TOML are lowered to [`Node`], so that `terraform` reads one shape.
//! A parser returns what it could build *and* what was wrong: one bad file
//! must not hide the findings of its neighbours.

pub mod expression;
pub mod hcl;
pub mod json;
pub mod toml;
pub mod yaml;

use crate::finding::Finding;
use crate::source::Span;

/// How deep values may nest. A file that nests deeper is refused, whole.
pub const MAX_DEPTH: usize = 128;

/// A value and its place.
#[derive(Clone, Debug, PartialEq)]
pub struct Node {
    /// Where it stands, quotes and brackets included.
    pub span: Span,
    /// What it is.
    pub value: Value,
}

/// What a [`Node`] holds.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// JSON `null`.
    Null,
    /// A boolean.
    Bool(bool),
    /// A number, as it is written.
    Number(String),
    /// A string, decoded. In Terraform's JSON syntax it is a template.
    String(String),
    /// An array.
    Array(Vec<Node>),
    /// An object. Keys may repeat: Terraform merges blocks of one name.
    Object(Vec<(Key, Node)>),
    /// An argument of HCL.
    Expression(Box<expression::Expr>),
}

/// A key of an object.
#[derive(Clone, Debug, PartialEq)]
pub struct Key {
    /// Where it stands.
    pub span: Span,
    /// Its text, decoded.
    pub text: String,
}

impl Node {
    /// The entries of an object; nothing for other values.
    pub fn entries(&self) -> &[(Key, Node)] {
        match &self.value {
            Value::Object(entries) => entries,
            _ => &[],
        }
    }

    /// The values under `key`, in order.
    pub fn get_all<'a>(&'a self, key: &'a str) -> impl Iterator<Item = &'a Node> {
        self.entries().iter().filter(move |(it, _)| it.text == key).map(|(_, node)| node)
    }

    /// The first value under `key`.
    pub fn get(&self, key: &str) -> Option<&Node> {
        self.entries().iter().find(|(it, _)| it.text == key).map(|(_, node)| node)
    }

    /// The text of a string.
    pub fn as_str(&self) -> Option<&str> {
        match &self.value {
            Value::String(text) => Some(text),
            _ => None,
        }
    }

    /// What it is, for a message.
    pub fn kind(&self) -> &'static str {
        match self.value {
            Value::Null => "null",
            Value::Bool(_) => "a boolean",
            Value::Number(_) => "a number",
            Value::String(_) => "a string",
            Value::Array(_) => "an array",
            Value::Object(_) => "an object",
            Value::Expression(_) => "an expression",
        }
    }
}

/// A file as a tree, and what was wrong with it.
#[derive(Debug, Default)]
pub struct Parsed {
    /// The tree, as far as it could be built.
    pub root: Option<Node>,
    /// What was wrong.
    pub findings: Vec<Finding>,
}
