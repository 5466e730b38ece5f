//! From hcl-edit's tree to ours: every node with its place, strip markers
//! applied, numbers as they are written.

use std::ops::Range;

use hcl_edit::Span as _;
use hcl_edit::expr::{
    BinaryOperator, Expression, ForExpr, FuncCall, Object, ObjectKey, Traversal, TraversalOperator,
    UnaryOperator,
};
use hcl_edit::template::{Directive, Element, HeredocTemplate, Strip, Template};

use crate::source::{FileId, Span};
use crate::syntax::expression::{Access, Binary, Call, Expr, ExprKind, For, Part, Unary};

/// Where the parsed text came from.
#[derive(Clone, Copy, Debug)]
pub(super) enum Origin<'t> {
    /// It stands in a file as it is, from this offset on.
    File {
        /// The file.
        file: FileId,
        /// The offset of its first byte.
        base: usize,
        /// The parsed text.
        text: &'t str,
    },
    /// It was decoded from this literal, and its parts cannot be told apart.
    Literal(Span, &'t str),
}

impl Origin<'_> {
    fn span(&self, range: Option<Range<usize>>) -> Span {
        match (self, range) {
            (Self::File { file, base, .. }, Some(range)) => {
                Span::new(*file, base + range.start, base + range.end)
            }
            (Self::File { file, base, text }, None) => Span::new(*file, *base, base + text.len()),
            (Self::Literal(span, _), _) => *span,
        }
    }

    fn written(&self, range: Option<Range<usize>>) -> Option<&str> {
        let (Self::File { text, .. } | Self::Literal(_, text)) = self;
        text.get(range?)
    }
}

/// Lowers an expression.
pub(super) fn expression(node: &Expression, origin: &Origin<'_>) -> Expr {
    let span = origin.span(node.span());
    let kind = match node {
        Expression::Null(_) => ExprKind::Null,
        Expression::Bool(it) => ExprKind::Bool(*it.value()),
        Expression::Number(it) => {
            let written = origin
                .written(node.span())
                .filter(|it| it.starts_with(|it: char| it.is_ascii_digit() || it == '-'));
            ExprKind::Number(written.map_or_else(|| it.value().to_string(), str::to_owned))
        }
        Expression::String(it) => ExprKind::String(it.value().clone()),
        Expression::Array(items) => ExprKind::Tuple(items.iter().map(|it| expression(it, origin)).collect()),
        Expression::Object(it) => object(it, origin),
        Expression::Parenthesis(it) => return Expr { span, ..expression(it.inner(), origin) },
        Expression::StringTemplate(it) => return quoted(it, span, origin),
        Expression::HeredocTemplate(it) => return heredoc(it, span, origin),
        Expression::Variable(it) => ExprKind::Name(it.as_str().to_owned()),
        Expression::Traversal(it) => traversal(it, origin),
        Expression::FuncCall(it) => ExprKind::Call(Box::new(call(it, origin))),
        Expression::Conditional(it) => ExprKind::Conditional(Box::new(
            [&it.cond_expr, &it.true_expr, &it.false_expr].map(|it| expression(it, origin)),
        )),
        Expression::UnaryOp(it) => {
            let operator = match it.operator.value() {
                UnaryOperator::Not => Unary::Not,
                UnaryOperator::Neg => Unary::Negate,
            };
            ExprKind::Unary(operator, Box::new(expression(&it.expr, origin)))
        }
        Expression::BinaryOp(it) => ExprKind::Binary(
            binary(*it.operator.value()),
            Box::new([&it.lhs_expr, &it.rhs_expr].map(|it| expression(it, origin))),
        ),
        Expression::ForExpr(it) => ExprKind::For(Box::new(for_expression(it, origin))),
    };
    Expr { span, kind }
}

fn binary(operator: BinaryOperator) -> Binary {
    match operator {
        BinaryOperator::Eq => Binary::Equal,
        BinaryOperator::NotEq => Binary::NotEqual,
        BinaryOperator::Less => Binary::Less,
        BinaryOperator::LessEq => Binary::LessOrEqual,
        BinaryOperator::Greater => Binary::Greater,
        BinaryOperator::GreaterEq => Binary::GreaterOrEqual,
        BinaryOperator::Plus => Binary::Add,
        BinaryOperator::Minus => Binary::Subtract,
        BinaryOperator::Mul => Binary::Multiply,
        BinaryOperator::Div => Binary::Divide,
        BinaryOperator::Mod => Binary::Modulo,
        BinaryOperator::And => Binary::And,
        BinaryOperator::Or => Binary::Or,
    }
}

fn object(object: &Object, origin: &Origin<'_>) -> ExprKind {
    let key = |key: &ObjectKey| match key {
        // A bare word is a key; `(word)` is a reference.
        ObjectKey::Ident(name) | ObjectKey::Expression(Expression::Variable(name)) => {
            Expr { span: origin.span(name.span()), kind: ExprKind::String(name.as_str().to_owned()) }
        }
        // A word that means something elsewhere is a word here.
        ObjectKey::Expression(it @ (Expression::Null(_) | Expression::Bool(_))) => {
            let word = it.as_bool().map_or_else(|| "null".to_owned(), |it| it.to_string());
            Expr { span: origin.span(it.span()), kind: ExprKind::String(word) }
        }
        ObjectKey::Expression(it) => expression(it, origin),
    };
    ExprKind::Object(
        object.iter().map(|(name, value)| (key(name), expression(value.expr(), origin))).collect(),
    )
}

fn traversal(node: &Traversal, origin: &Origin<'_>) -> ExprKind {
    let steps = node.operators.iter().map(|it| match it.value() {
        TraversalOperator::GetAttr(name) => Access::Attribute(name.as_str().to_owned()),
        TraversalOperator::Index(key) => Access::Index(expression(key, origin)),
        TraversalOperator::LegacyIndex(index) => Access::LegacyIndex(*index.value()),
        TraversalOperator::AttrSplat(_) => Access::AttributeSplat,
        TraversalOperator::FullSplat(_) => Access::FullSplat,
    });
    ExprKind::Traversal(Box::new(expression(&node.expr, origin)), steps.collect())
}

fn call(node: &FuncCall, origin: &Origin<'_>) -> Call {
    let namespace = node.name.namespace.iter().map(|it| format!("{}::", it.as_str()));
    Call {
        name: namespace.chain([node.name.name.as_str().to_owned()]).collect(),
        arguments: node.args.iter().map(|it| expression(it, origin)).collect(),
        spread: node.args.expand_final(),
    }
}

fn for_expression(node: &ForExpr, origin: &Origin<'_>) -> For {
    For {
        names: (
            node.intro.key_var.as_ref().map(|it| it.as_str().to_owned()),
            node.intro.value_var.as_str().to_owned(),
        ),
        collection: expression(&node.intro.collection_expr, origin),
        key: node.key_expr.as_ref().map(|it| expression(it, origin)),
        value: expression(&node.value_expr, origin),
        grouping: node.grouping,
        condition: node.cond.as_ref().map(|it| expression(&it.expr, origin)),
    }
}

/// Lowers a template. One that is a single `${…}` is that expression: it keeps
/// the type of its value.
pub(super) fn text(template: &Template, span: Span, origin: &Origin<'_>) -> Expr {
    let mut parts = parts(template, origin, Trim::default());
    let kind = match parts.as_mut_slice() {
        [] => ExprKind::String(String::new()),
        [Part::Literal(text)] => ExprKind::String(std::mem::take(text)),
        [Part::Interpolation(_)] => match parts.pop() {
            Some(Part::Interpolation(it)) => return it,
            _ => ExprKind::String(String::new()),
        },
        _ => ExprKind::Template(parts),
    };
    Expr { span, kind }
}

/// A text in quotes. A strip marker takes all white space of the literal beside
/// it; where that has line breaks of its own, hcl-edit and Terraform differ.
fn quoted(template: &Template, span: Span, origin: &Origin<'_>) -> Expr {
    let has_break = |it: &Element| matches!(it, Element::Literal(it) if it.contains('\n'));
    if template.iter().any(strips) && template.iter().any(has_break) {
        return Expr { span, kind: ExprKind::Unsupported };
    }
    text(template, span, origin)
}

/// A heredoc. Terraform strips line by line, and dedents what is left, also
/// within directives: hcl-edit dedents first and only outside, so the two
/// together are not evaluated.
fn heredoc(node: &HeredocTemplate, span: Span, origin: &Origin<'_>) -> Expr {
    let differs = |it: &Element| strips(it) || matches!(it, Element::Directive(_));
    if node.indent().is_some() && node.template.iter().any(differs) {
        return Expr { span, kind: ExprKind::Unsupported };
    }
    let mut expr = text(&node.template, span, origin);
    if origin.written(node.template.span()).is_some_and(|it| it.contains("\r\n")) {
        with_line_ends(&mut expr.kind);
    }
    expr
}

/// Whether an element has a strip marker.
fn strips(element: &Element) -> bool {
    let some = |strip: Strip| strip != Strip::None;
    match element {
        Element::Literal(_) => false,
        Element::Interpolation(it) => some(it.strip),
        Element::Directive(it) => match it.as_ref() {
            Directive::If(it) => {
                let other = it.else_expr.as_ref();
                some(it.if_expr.strip)
                    || some(it.endif_expr.strip)
                    || other.is_some_and(|it| some(it.strip) || it.template.iter().any(strips))
                    || it.if_expr.template.iter().any(strips)
            }
            Directive::For(it) => {
                some(it.for_expr.strip)
                    || some(it.endfor_expr.strip)
                    || it.for_expr.template.iter().any(strips)
            }
        },
    }
}

/// Gives the lines of a heredoc the ends that they have in its file.
fn with_line_ends(kind: &mut ExprKind) {
    fn crlf(text: &mut String) {
        if !text.contains('\r') {
            *text = text.replace('\n', "\r\n");
        }
    }
    fn all(parts: &mut [Part]) {
        for part in parts {
            match part {
                Part::Literal(text) => crlf(text),
                Part::Interpolation(_) => {}
                Part::If(_, then, otherwise) => {
                    all(then);
                    all(otherwise);
                }
                Part::For(_, _, body) => all(body),
            }
        }
    }
    match kind {
        ExprKind::String(text) => crlf(text),
        ExprKind::Template(parts) => all(parts),
        _ => {}
    }
}

/// Whether white space is stripped at the ends of a template.
#[derive(Clone, Copy, Default)]
struct Trim {
    start: bool,
    end: bool,
}

/// The elements of a template, with strip markers applied.
fn parts(template: &Template, origin: &Origin<'_>, trim: Trim) -> Vec<Part> {
    let mut parts: Vec<Part> = Vec::new();
    let mut strip_next = trim.start;
    for element in template {
        let (opening, closing) = match element {
            Element::Literal(_) => (false, false),
            Element::Interpolation(it) => (strips_start(it.strip), strips_end(it.strip)),
            Element::Directive(it) => outer_strips(it),
        };
        if opening && let Some(Part::Literal(before)) = parts.last_mut() {
            strip_end(before);
        }
        match element {
            Element::Literal(it) => {
                let text = if strip_next { strip_start(it) } else { it.to_string() };
                parts.push(Part::Literal(text));
                strip_next = false;
            }
            Element::Interpolation(it) => parts.push(Part::Interpolation(expression(&it.expr, origin))),
            Element::Directive(it) => parts.push(directive(it, origin)),
        }
        if !matches!(element, Element::Literal(_)) {
            strip_next = closing;
        }
    }
    if trim.end
        && let Some(Part::Literal(last)) = parts.last_mut()
    {
        strip_end(last);
    }
    parts.retain(|it| !matches!(it, Part::Literal(text) if text.is_empty()));
    parts
}

/// Without the white space at its start, up to the end of the first line.
fn strip_start(text: &str) -> String {
    let line = text.find('\n').map_or(text.len(), |at| at + 1);
    format!("{}{}", text[..line].trim_start(), &text[line..])
}

/// Cuts the white space at the end, back to the start of the last line.
fn strip_end(text: &mut String) {
    let body = text.strip_suffix('\n').unwrap_or(text);
    let line = body.rfind('\n').map_or(0, |at| at + 1);
    text.truncate(line + text[line..].trim_end().len());
}

fn strips_start(strip: Strip) -> bool {
    matches!(strip, Strip::Start | Strip::Both)
}

fn strips_end(strip: Strip) -> bool {
    matches!(strip, Strip::End | Strip::Both)
}

/// What a directive strips of the text before its first and after its last marker.
fn outer_strips(directive: &Directive) -> (bool, bool) {
    match directive {
        Directive::If(it) => (strips_start(it.if_expr.strip), strips_end(it.endif_expr.strip)),
        Directive::For(it) => (strips_start(it.for_expr.strip), strips_end(it.endfor_expr.strip)),
    }
}

fn directive(directive: &Directive, origin: &Origin<'_>) -> Part {
    match directive {
        Directive::If(it) => {
            let after = it.else_expr.as_ref().map_or(it.endif_expr.strip, |it| it.strip);
            let trim = Trim { start: strips_end(it.if_expr.strip), end: strips_start(after) };
            let then = parts(&it.if_expr.template, origin, trim);
            let otherwise = it.else_expr.as_ref().map(|other| {
                let trim = Trim { start: strips_end(other.strip), end: strips_start(it.endif_expr.strip) };
                parts(&other.template, origin, trim)
            });
            Part::If(expression(&it.if_expr.cond_expr, origin), then, otherwise.unwrap_or_default())
        }
        Directive::For(it) => {
            let inner = &it.for_expr;
            let trim = Trim { start: strips_end(inner.strip), end: strips_start(it.endfor_expr.strip) };
            let key = inner.key_var.as_ref().map(|it| it.as_str().to_owned());
            Part::For(
                (key, inner.value_var.as_str().to_owned()),
                expression(&inner.collection_expr, origin),
                parts(&inner.template, origin, trim),
            )
        }
    }
}
