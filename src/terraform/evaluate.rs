//! Evaluates expressions, three-valued and with provenance.
//!
//! The grammar of templates and expressions is hcl-edit's. Literals, templates
//! of known parts, locals, defaults of variables, indexes and references are
//! evaluated; what is not is unknown, so a lint never sees a guess.

use std::cell::RefCell;
use std::ops::Range;

use hcl_edit::Span as _;
use hcl_edit::expr::{Expression, Object, ObjectKey, Traversal, TraversalOperator};
use hcl_edit::template::{Element, Template};

use super::module::Module;
use super::value::{Kind, Value};
use crate::model::{Place, Step, TrailId, Trails, Why};
use crate::source::{Sources, Span};
use crate::syntax::{self, Node};

/// How many locals and variables may lead to one another: more is a cycle.
const MAX_HOPS: usize = 64;

/// Evaluates the expressions of one module.
#[derive(Debug)]
pub(super) struct Evaluator<'a> {
    sources: &'a Sources,
    module: &'a Module<'a>,
    trails: RefCell<Trails>,
    secrets: RefCell<Vec<Span>>,
}

/// The text of a template and where it stands.
#[derive(Clone, Copy)]
struct Origin {
    /// The whole literal.
    literal: Span,
    /// Where the text starts in the file, if it stands there unchanged.
    exact: Option<u32>,
    /// How many locals and variables led here.
    hops: usize,
}

impl Origin {
    /// The place of a part of the text.
    fn place(&self, part: Option<Range<usize>>) -> Place {
        let span = match (self.exact, part) {
            (Some(start), Some(part)) => {
                Span::new(self.literal.file, start as usize + part.start, start as usize + part.end)
            }
            _ => self.literal,
        };
        Place { span, trail: TrailId::HERE }
    }
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(sources: &'a Sources, module: &'a Module<'a>) -> Self {
        Self { sources, module, trails: RefCell::default(), secrets: RefCell::default() }
    }

    /// The ways that values took, and the literals that must not be shown.
    pub(super) fn finish(self) -> (Trails, Vec<Span>) {
        (self.trails.into_inner(), self.secrets.into_inner())
    }

    /// What a node of the syntax tree is.
    pub(super) fn node(&self, node: &Node) -> Value {
        self.node_at(node, 0)
    }

    fn node_at(&self, node: &Node, hops: usize) -> Value {
        let at = Place::here(node.span);
        let kind = match &node.value {
            syntax::Value::Null => Kind::Null,
            syntax::Value::Bool(it) => Kind::Bool(*it),
            syntax::Value::Number(it) => Kind::Number(it.clone()),
            syntax::Value::String(text) => return self.text(text, node.span, hops),
            syntax::Value::Array(items) => {
                Kind::List(items.iter().map(|it| self.node_at(it, hops)).collect())
            }
            syntax::Value::Object(entries) => Kind::Map(
                entries
                    .iter()
                    .filter(|(key, _)| key.text != "//")
                    .map(|(key, it)| (key.text.clone(), self.node_at(it, hops)))
                    .collect(),
            ),
        };
        Value::new(at, kind)
    }

    /// A string of Terraform's JSON syntax, which is a template.
    fn text(&self, text: &str, literal: Span, hops: usize) -> Value {
        if !text.contains("${") && !text.contains("%{") {
            return Value::new(Place::here(literal), Kind::String(text.to_owned()));
        }
        let written = &self.sources.text(literal.file)[literal.start as usize..literal.end as usize];
        let exact = written.find(text).and_then(|at| u32::try_from(at).ok()).map(|at| literal.start + at);
        let origin = Origin { literal, exact, hops };
        match hcl_edit::parser::parse_template(text) {
            Ok(template) => self.template(&template, &origin),
            Err(_) => Value::unknown(Place::here(literal), Why::Expression),
        }
    }

    /// A template. One that is a single `${…}` keeps the type of its value.
    fn template(&self, template: &Template, origin: &Origin) -> Value {
        if let Some(Element::Interpolation(it)) = template.as_single_element() {
            return self.expression(&it.expr, origin);
        }
        let at = Place::here(origin.literal);
        let mut text = String::new();
        for element in template {
            match element {
                Element::Literal(literal) => text.push_str(literal),
                Element::Interpolation(it) => match self.expression(&it.expr, origin).text() {
                    Ok(part) => text.push_str(&part),
                    Err(why) => return Value::unknown(at, why),
                },
                Element::Directive(_) => return Value::unknown(at, Why::Expression),
            }
        }
        Value::new(at, Kind::String(text))
    }

    fn expression(&self, expression: &Expression, origin: &Origin) -> Value {
        let at = origin.place(expression.span());
        let kind = match expression {
            Expression::Null(_) => Kind::Null,
            Expression::Bool(it) => Kind::Bool(**it),
            Expression::Number(it) => Kind::Number(it.value().to_string()),
            Expression::String(it) => Kind::String(it.to_string()),
            Expression::Array(items) => {
                Kind::List(items.iter().map(|it| self.expression(it, origin)).collect())
            }
            Expression::Object(object) => return self.object(object, at, origin),
            Expression::Parenthesis(it) => return self.expression(it.inner(), origin),
            Expression::StringTemplate(it) => return self.template(it, origin),
            Expression::HeredocTemplate(it) => return self.template(&it.template, origin),
            Expression::Traversal(it) => return self.traversal(it, at, origin),
            Expression::Variable(_)
            | Expression::Conditional(_)
            | Expression::FuncCall(_)
            | Expression::UnaryOp(_)
            | Expression::BinaryOp(_)
            | Expression::ForExpr(_) => Kind::Unknown(Why::Expression),
        };
        Value::new(at, kind)
    }

    fn object(&self, object: &Object, at: Place, origin: &Origin) -> Value {
        let mut entries = Vec::with_capacity(object.len());
        for (key, value) in object {
            let name = match key {
                ObjectKey::Expression(Expression::Variable(name)) | ObjectKey::Ident(name) => {
                    Ok(name.to_string())
                }
                ObjectKey::Expression(key) => self.expression(key, origin).text(),
            };
            match name {
                Ok(name) => entries.push((name, self.expression(value.expr(), origin))),
                Err(why) => return Value::unknown(at, why),
            }
        }
        Value::new(at, Kind::Map(entries))
    }

    /// `local.a.b`, `var.c[0]`, `okta_auth_server.api.id`.
    fn traversal(&self, traversal: &Traversal, at: Place, origin: &Origin) -> Value {
        let Expression::Variable(root) = &traversal.expr else {
            return Value::unknown(at, Why::Expression);
        };
        let Some(path) = path(traversal) else { return Value::unknown(at, Why::Expression) };
        let mut segments = path.iter().map(String::as_str);
        let (known, rest) = match root.as_str() {
            "local" | "var" => {
                let name = segments.next().unwrap_or_default();
                (self.named(root.as_str(), name, at, origin.hops), segments.collect::<Vec<_>>())
            }
            "module" => return Value::unknown(at, Why::Module),
            "each" | "count" | "self" | "path" | "terraform" => {
                return Value::unknown(at, Why::Expression);
            }
            "data" => return self.resource(true, &segments.collect::<Vec<_>>(), at, origin.hops),
            "resource" => return self.resource(false, &segments.collect::<Vec<_>>(), at, origin.hops),
            kind => {
                let path: Vec<&str> = std::iter::once(kind).chain(segments).collect();
                return self.resource(false, &path, at, origin.hops);
            }
        };
        rest.into_iter().fold(known, Value::get)
    }

    /// A local or a variable.
    fn named(&self, root: &str, name: &str, at: Place, hops: usize) -> Value {
        if hops >= MAX_HOPS {
            return Value::unknown(at, Why::Expression);
        }
        let value = if root == "local" {
            self.module.local(name).map(|it| self.node_at(it, hops + 1))
        } else {
            self.module.variable(name).map(|it| self.default(it, at, hops + 1))
        };
        let Some(value) = value else { return Value::unknown(at, Why::Undeclared) };
        let step = Step { span: at.span, text: format!("used here as `{root}.{name}`"), from: TrailId::HERE };
        value.through(&step, &mut self.trails.borrow_mut())
    }

    /// An attribute of a resource or a data source: the value of the argument
    /// if one is written there, else an edge.
    fn resource(&self, is_data: bool, path: &[&str], at: Place, hops: usize) -> Value {
        let [kind, name, rest @ ..] = path else {
            return Value::unknown(at, Why::Expression);
        };
        let blocks = if is_data { &self.module.data } else { &self.module.resources };
        let block = blocks.iter().find(|it| it.kind == *kind && it.name.text == *name);
        if let (Some(block), [attribute]) = (block, rest)
            && let Some(argument) = block.body.get(attribute)
            && block.body.get("for_each").or(block.body.get("count")).is_none()
            && hops < MAX_HOPS
        {
            // What must change is the reference: the literal belongs to another object.
            return Value { at, ..self.node_at(argument, hops + 1) };
        }
        let prefix = if is_data { "data." } else { "" };
        // `["key"]` and `[0]` name an instance; the attribute comes after it.
        let attribute = rest.last().copied().unwrap_or_default().to_owned();
        Value::new(at, Kind::Reference { address: format!("{prefix}{kind}.{name}"), attribute })
    }

    /// The default of a variable. A value that is set elsewhere is not looked
    /// for yet, so a default is what a plain `terraform plan` would take.
    fn default(&self, variable: &Node, at: Place, hops: usize) -> Value {
        let block = super::module::each(variable).next().unwrap_or(variable);
        let Some(default) = block.get("default") else { return Value::unknown(at, Why::Variable) };
        if block.get("sensitive").is_some_and(|it| matches!(it.value, syntax::Value::Bool(true))) {
            self.secrets.borrow_mut().push(default.span);
            return Value::unknown(at, Why::Sensitive);
        }
        // A default is a constant, and its strings are no templates.
        self.constant(default, hops)
    }

    fn constant(&self, node: &Node, hops: usize) -> Value {
        let at = Place::here(node.span);
        match &node.value {
            syntax::Value::String(text) => Value::new(at, Kind::String(text.clone())),
            syntax::Value::Array(items) => {
                Value::new(at, Kind::List(items.iter().map(|it| self.constant(it, hops)).collect()))
            }
            syntax::Value::Object(entries) => Value::new(
                at,
                Kind::Map(
                    entries.iter().map(|(key, it)| (key.text.clone(), self.constant(it, hops))).collect(),
                ),
            ),
            _ => self.node_at(node, hops),
        }
    }
}

/// The steps of a traversal as names; `None` where one is a splat or computed.
fn path(traversal: &Traversal) -> Option<Vec<String>> {
    traversal
        .operators
        .iter()
        .map(|operator| match operator.value() {
            TraversalOperator::GetAttr(name) => Some(name.to_string()),
            TraversalOperator::LegacyIndex(index) => Some(index.to_string()),
            TraversalOperator::Index(Expression::String(key)) => Some(key.to_string()),
            TraversalOperator::Index(Expression::Number(index)) => Some(index.value().to_string()),
            _ => None,
        })
        .collect()
}
