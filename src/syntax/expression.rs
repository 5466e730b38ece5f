//! Terraform's expressions, each with its place.
//!
//! One tree for the expressions of HCL and for those in the strings of JSON and
//! TOML. It is written by `syntax::hcl` and read by the evaluator, so that no
//! other module depends on a parser.

use crate::source::Span;

/// An expression.
#[derive(Clone, Debug, PartialEq)]
pub struct Expr {
    /// Where it stands.
    pub span: Span,
    /// What it is.
    pub kind: ExprKind,
}

/// What an [`Expr`] is.
#[derive(Clone, Debug, PartialEq)]
pub enum ExprKind {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number, as it is written.
    Number(String),
    /// A string without any interpolation, decoded.
    String(String),
    /// A quoted string or heredoc with interpolations or directives.
    Template(Vec<Part>),
    /// `[a, b]`.
    Tuple(Vec<Expr>),
    /// `{ a = b }`.
    Object(Vec<(Expr, Expr)>),
    /// A name: the root of a reference, or a bound variable.
    Name(String),
    /// `a.b[0].c`.
    Traversal(Box<Expr>, Vec<Access>),
    /// `f(a, b...)`.
    Call(Box<Call>),
    /// `a ? b : c`.
    Conditional(Box<[Expr; 3]>),
    /// `!a`, `-a`.
    Unary(Unary, Box<Expr>),
    /// `a + b`.
    Binary(Binary, Box<[Expr; 2]>),
    /// `[for …]`, `{for …}`.
    For(Box<For>),
    /// Something that is not evaluated.
    Unsupported,
}

/// A function call.
#[derive(Clone, Debug, PartialEq)]
pub struct Call {
    /// The function, with its namespace if it has one.
    pub name: String,
    /// The arguments.
    pub arguments: Vec<Expr>,
    /// Whether the last argument is spread by `...`.
    pub spread: bool,
}

/// A `for` expression.
#[derive(Clone, Debug, PartialEq)]
pub struct For {
    /// The names that key (or index) and element are bound to.
    pub names: (Option<String>, String),
    /// What is gone through.
    pub collection: Expr,
    /// The key of the object that is made; `None` for a tuple.
    pub key: Option<Expr>,
    /// The element that is made.
    pub value: Expr,
    /// Whether values of one key are grouped by `...`.
    pub grouping: bool,
    /// Which elements are taken.
    pub condition: Option<Expr>,
}

/// One step of a traversal.
#[derive(Clone, Debug, PartialEq)]
pub enum Access {
    /// `.name`.
    Attribute(String),
    /// `[…]`.
    Index(Expr),
    /// `.0`.
    LegacyIndex(u64),
    /// `.*`.
    AttributeSplat,
    /// `[*]`.
    FullSplat,
}

/// A part of a template.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// Text.
    Literal(String),
    /// `${…}`.
    Interpolation(Expr),
    /// `%{if …}`: condition, then, else.
    If(Expr, Vec<Part>, Vec<Part>),
    /// `%{for …}`: names, collection, body.
    For((Option<String>, String), Expr, Vec<Part>),
}

/// An operator of one operand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unary {
    /// `!`.
    Not,
    /// `-`.
    Negate,
}

/// An operator of two operands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Binary {
    /// `==`.
    Equal,
    /// `!=`.
    NotEqual,
    /// `<`.
    Less,
    /// `<=`.
    LessOrEqual,
    /// `>`.
    Greater,
    /// `>=`.
    GreaterOrEqual,
    /// `+`.
    Add,
    /// `-`.
    Subtract,
    /// `*`.
    Multiply,
    /// `/`.
    Divide,
    /// `%`.
    Modulo,
    /// `&&`.
    And,
    /// `||`.
    Or,
}

impl Expr {
    /// The dotted address that a plain traversal spells, such as `okta.preview`;
    /// `None` for anything computed.
    pub fn address(&self) -> Option<String> {
        match &self.kind {
            ExprKind::Name(name) => Some(name.clone()),
            ExprKind::String(text) => Some(text.clone()),
            ExprKind::Traversal(root, steps) => {
                let mut text = root.address()?;
                for step in steps {
                    let Access::Attribute(name) = step else { return None };
                    text.push('.');
                    text.push_str(name);
                }
                Some(text)
            }
            _ => None,
        }
    }
}
