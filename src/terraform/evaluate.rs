//! Evaluates expressions as Terraform does, three-valued and with provenance.
//!
//! `Ok` holds what is known, at least in part; `Err` that Terraform would refuse
//! the expression, which `try` and `can` catch. What okta-lint cannot know is
//! `Ok` and unknown, so a lint never sees a guess.

mod collection;
mod expand;
pub(super) mod name;
mod operator;
mod template;
mod traversal;

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::path::{Path, PathBuf};
use std::rc::Rc;

use super::Loaded;
use super::instance::{Each, Instance};
use super::number::Number;
use super::tree::{Tree, is_within};
use super::value::{Evaluated, Kind, MapKey, Value};
use crate::finding::Finding;
use crate::model::{Place, Step, TrailId, Trails, Why};
use crate::source::{self, FileId, Sources, Span};
use crate::syntax::expression::{Expr, ExprKind};
use crate::syntax::{self, Node, hcl};

/// How many expressions may be within one another, through all names that they
/// use. Terraform has no limit; its stack has.
const MAX_DEPTH: usize = 1200;

/// How much one value may hold: see `Value::weight`.
pub(super) const MAX_WEIGHT: usize = 4_000_000;

/// How many instances a block may have, and elements a `range`.
pub(super) const MAX_INSTANCES: usize = 100_000;

/// The longest trail that is kept.
const MAX_STEPS: usize = 12;

/// What a limit ended, for the summary.
pub(super) const DEPTH_LIMIT: &str = "expressions nested deeper than the limit of 1200";
/// See [`DEPTH_LIMIT`].
pub(super) const SIZE_LIMIT: &str = "values larger than the limit of 4,000,000 elements";
/// See [`DEPTH_LIMIT`].
pub(super) const CALLS_LIMIT: &str = "calls of modules beyond the limit of 32 levels or 5,000 modules";
/// See [`DEPTH_LIMIT`].
pub(super) const WORK_LIMIT: &str = "expressions that take more than 2,000,000 steps";
/// See [`DEPTH_LIMIT`].
pub(super) const COUNT_LIMIT: &str = "more instances than the limit of 100,000";

/// Evaluates the expressions of one root.
pub(super) struct Evaluator<'a> {
    pub(super) sources: &'a Sources,
    /// The modules, by folder.
    pub(super) tree: &'a Tree<'a>,
    /// The folder of the root.
    pub(super) root: &'a Path,
    trails: RefCell<Interned>,
    secrets: RefCell<BTreeSet<Span>>,
    findings: RefCell<Vec<Finding>>,
    /// Limits that were reached.
    limits: RefCell<BTreeSet<&'static str>>,
    /// What is not there or not to be read: modules that are called, files.
    unread: RefCell<BTreeMap<String, usize>>,
    /// How many expressions are open whose mistakes Terraform passes over.
    forgiving: Cell<usize>,
    depth: Cell<usize>,
    /// How many instances of modules there are.
    pub(super) modules: Cell<usize>,
    /// How many elements loops and functions have looked at.
    work: Cell<usize>,
}

/// How many elements the loops and functions of one root may look at.
const MAX_WORK: usize = 2_000_000;

/// Trails, each step once.
#[derive(Default)]
struct Interned {
    trails: Trails,
    /// By the step before and the place: the words, and the step.
    known: HashMap<(TrailId, Span), Vec<(String, TrailId)>>,
}

/// What the evaluation of a root left behind.
pub(super) struct Traces {
    secrets: BTreeSet<Span>,
    findings: Vec<Finding>,
    limits: BTreeSet<&'static str>,
    unread: BTreeMap<String, usize>,
}

impl Traces {
    /// Adds them to what was read.
    pub(super) fn into_loaded(self, loaded: &mut Loaded) {
        loaded.secrets.extend(self.secrets);
        loaded
            .findings
            .extend(self.findings.into_iter().filter(|it| !loaded.findings.contains(it)).collect::<Vec<_>>());
        for (name, count) in self.unread {
            let known = loaded.unread.entry(name).or_default();
            *known = count.max(*known);
        }
        for limit in self.limits {
            *loaded.unread.entry(limit.to_owned()).or_default() += 1;
        }
    }
}

/// Where an expression is evaluated.
#[derive(Clone, Copy)]
pub(super) struct Scope<'s, 'a> {
    pub(super) instance: &'s Rc<Instance<'a>>,
    pub(super) each: &'s Each<'a>,
    /// Names bound by `for` and `dynamic`, the innermost first.
    bindings: Option<&'s Binding<'s, 'a>>,
}

/// A bound name.
struct Binding<'s, 'a> {
    name: &'s str,
    value: Value<'a>,
    outer: Option<&'s Binding<'s, 'a>>,
}

impl<'s, 'a> Scope<'s, 'a> {
    pub(super) fn new(instance: &'s Rc<Instance<'a>>, each: &'s Each<'a>) -> Self {
        Self { instance, each, bindings: None }
    }

    /// Calls `then` with a name bound.
    pub(super) fn bind<T>(&self, name: &str, value: Value<'a>, then: impl FnOnce(&Scope<'_, 'a>) -> T) -> T {
        let binding = Binding { name, value, outer: self.bindings };
        then(&Scope { bindings: Some(&binding), ..*self })
    }

    fn bound(&self, name: &str) -> Option<&Value<'a>> {
        let mut at = self.bindings;
        while let Some(binding) = at {
            if binding.name == name {
                return Some(&binding.value);
            }
            at = binding.outer;
        }
        None
    }
}

impl<'a> Evaluator<'a> {
    pub(super) fn new(tree: &'a Tree<'a>, root: &'a Path) -> Self {
        Self {
            sources: tree.sources,
            tree,
            root,
            trails: RefCell::default(),
            secrets: RefCell::default(),
            findings: RefCell::default(),
            limits: RefCell::default(),
            unread: RefCell::default(),
            forgiving: Cell::default(),
            depth: Cell::default(),
            modules: Cell::default(),
            work: Cell::default(),
        }
    }

    /// A file that an expression reads, as text: within the folders that may be
    /// read, and nowhere else.
    ///
    /// # Errors
    /// Why there is no text: it is not there, or not to be read.
    pub(super) fn file(&self, path: &str) -> Result<FileId, Why> {
        let path = self.readable(path)?;
        self.tree.data_file(path).ok_or(Why::Undeclared)
    }

    /// The bytes of a file that an expression reads.
    ///
    /// # Errors
    /// See [`Evaluator::file`].
    pub(super) fn bytes(&self, path: &str) -> Result<Vec<u8>, Why> {
        source::bytes(&self.readable(path)?).map_err(|_| Why::Undeclared)
    }

    /// Whether there is a file that an expression asks for.
    ///
    /// # Errors
    /// [`Why::Outside`] where nobody may look.
    pub(super) fn exists(&self, path: &str) -> Result<bool, Why> {
        self.located(path).map(|it| it.is_some())
    }

    /// The path of a file that may be read.
    fn readable(&self, path: &str) -> Result<PathBuf, Why> {
        self.located(path)?.ok_or_else(|| {
            let path = source::tidy(&self.root.join(path));
            self.unread(format!("data file `{}`, which is not there", path.display()));
            Why::Undeclared
        })
    }

    /// Where a path leads: to a file that may be read, or to none.
    fn located(&self, path: &str) -> Result<Option<PathBuf>, Why> {
        let path = source::tidy(&self.root.join(path));
        if is_within(&path, &self.tree.reach) {
            return Ok(path.is_file().then_some(path));
        }
        if path.exists() {
            return Err(self.outside(&path));
        }
        Ok(None)
    }

    fn outside(&self, path: &Path) -> Why {
        self.unread(format!("`{}`, which is outside the project: see --allow-read", path.display()));
        Why::Outside
    }

    /// Remembers what is not there or not to be read.
    pub(super) fn unread(&self, what: String) {
        if self.forgiving.get() == 0 {
            self.unread.borrow_mut().insert(what, 1);
        }
    }

    /// Counts what is not there or not to be read.
    fn count_unread(&self, what: &str) {
        *self.unread.borrow_mut().entry(what.to_owned()).or_default() += 1;
    }

    /// Evaluates what Terraform passes over if it is wrong: in `try`, or in the
    /// branch that a conditional does not take.
    pub(super) fn forgiving<T>(&self, evaluate: impl FnOnce() -> T) -> T {
        self.forgiving.set(self.forgiving.get() + 1);
        let result = evaluate();
        self.forgiving.set(self.forgiving.get() - 1);
        result
    }

    /// The files below a folder, relative to it, with forward slashes; `None`
    /// for a folder that is not to be read.
    pub(super) fn files_below(&self, folder: &str) -> Option<Vec<String>> {
        let folder = source::tidy(&self.root.join(folder));
        if !folder.as_os_str().is_empty() && !folder.exists() {
            return Some(Vec::new());
        }
        if !is_within(&folder, &self.tree.reach) {
            self.outside(&folder);
            return None;
        }
        Some(source::files_below(&folder))
    }

    /// What the evaluation left behind.
    pub(super) fn finish(self) -> Traces {
        Traces {
            secrets: self.secrets.into_inner(),
            findings: self.findings.into_inner(),
            limits: self.limits.into_inner(),
            unread: self.unread.into_inner(),
        }
    }

    /// A value, unknown where Terraform would refuse the expression.
    pub(super) fn known_or_not(&self, node: &'a Node, scope: &Scope<'_, 'a>) -> Value<'a> {
        self.node(node, scope).unwrap_or_else(|why| Value::unknown(Place::here(node.span), why))
    }

    /// The ways that values took so far.
    pub(super) fn trails(&self) -> Trails {
        self.trails.borrow().trails.clone()
    }

    /// What a node of the syntax tree is.
    pub(super) fn node(&self, node: &'a Node, scope: &Scope<'_, 'a>) -> Evaluated<'a> {
        let at = Place::here(node.span);
        match &node.value {
            syntax::Value::Null => Ok(Value::null(at)),
            syntax::Value::Bool(it) => Ok(Value::bool(at, *it)),
            syntax::Value::Number(it) => Ok(number(at, it)),
            syntax::Value::Expression(expr) => self.expression(expr, scope),
            syntax::Value::String(text) => {
                // In Terraform's JSON syntax every string is a template.
                let expr = hcl::template(self.sources, text, node.span).map_err(|_| Why::Expression)?;
                self.expression(&expr, scope)
            }
            syntax::Value::Array(items) => {
                let items: Result<_, _> = items.iter().map(|it| self.node(it, scope)).collect();
                self.sized(Value::tuple(at, items?))
            }
            syntax::Value::Object(entries) => {
                let mut object = Vec::with_capacity(entries.len());
                for (key, value) in entries.iter().filter(|(key, _)| key.text != "//") {
                    let name =
                        hcl::template(self.sources, &key.text, key.span).map_err(|_| Why::Expression)?;
                    let name = self.expression(&name, scope)?;
                    match MapKey::of(&name) {
                        Ok(name) => object.push((name, self.node(value, scope)?)),
                        Err(why) => return Ok(Value::unknown(at, why)),
                    }
                }
                self.sized(Value::object(at, object))
            }
        }
    }

    /// The value of a constant, such as the default of a variable: its strings
    /// are no templates in the JSON syntax.
    pub(super) fn constant(&self, node: &'a Node, scope: &Scope<'_, 'a>) -> Evaluated<'a> {
        let at = Place::here(node.span);
        match &node.value {
            syntax::Value::String(text) => Ok(Value::string(at, text.as_str())),
            syntax::Value::Array(items) => {
                let items: Result<_, _> = items.iter().map(|it| self.constant(it, scope)).collect();
                Ok(Value::tuple(at, items?))
            }
            syntax::Value::Object(entries) => {
                let entries: Result<_, Why> = entries
                    .iter()
                    .map(|(key, it)| {
                        let name = MapKey::written(key.text.as_str(), Place::here(key.span));
                        Ok((name, self.constant(it, scope)?))
                    })
                    .collect();
                Ok(Value::object(at, entries?))
            }
            _ => self.node(node, scope),
        }
    }

    /// What an expression is.
    pub(super) fn expression(&self, expr: &Expr, scope: &Scope<'_, 'a>) -> Evaluated<'a> {
        let depth = self.depth.get();
        if depth >= MAX_DEPTH {
            self.limit(DEPTH_LIMIT);
            return Ok(Value::unknown(Place::here(expr.span), Why::Limit));
        }
        self.depth.set(depth + 1);
        let value = self.evaluate(expr, scope);
        self.depth.set(depth);
        value
    }

    fn evaluate(&self, expr: &Expr, scope: &Scope<'_, 'a>) -> Evaluated<'a> {
        let at = Place::here(expr.span);
        match &expr.kind {
            ExprKind::Null => Ok(Value::null(at)),
            ExprKind::Bool(it) => Ok(Value::bool(at, *it)),
            ExprKind::Number(it) => Ok(number(at, it)),
            ExprKind::String(it) => Ok(Value::string(at, it.as_str())),
            ExprKind::Template(parts) => self.template(parts, at, scope),
            ExprKind::Tuple(items) => {
                let items: Result<_, _> = items.iter().map(|it| self.expression(it, scope)).collect();
                self.sized(Value::tuple(at, items?))
            }
            ExprKind::Object(entries) => self.object(entries, at, scope),
            ExprKind::Name(name) => self.name(name, &[], at, scope).map(|it| it.0),
            ExprKind::Traversal(root, steps) => self.traversal(root, steps, at, scope),
            ExprKind::Call(call) => self.call(call, at, scope),
            ExprKind::Conditional(parts) => self.conditional(parts, scope),
            ExprKind::Unary(operator, operand) => self.unary(*operator, operand, at, scope),
            ExprKind::Binary(operator, operands) => self.binary(*operator, operands, at, scope),
            ExprKind::For(it) => self.for_expression(it, at, scope),
            ExprKind::Unsupported => Ok(Value::unknown(at, Why::Expression)),
        }
    }

    /// Refuses a value that holds too much: a few lines can double a list until
    /// no memory is left.
    #[expect(clippy::unnecessary_wraps, reason = "it ends what gives a value or an error")]
    pub(super) fn sized(&self, value: Value<'a>) -> Evaluated<'a> {
        if value.weight() <= MAX_WEIGHT {
            return Ok(value);
        }
        self.limit(SIZE_LIMIT);
        Ok(Value::unknown(value.at, Why::Limit))
    }

    /// Notes work before it is done.
    ///
    /// # Errors
    /// [`Why::Limit`] if it is too much.
    pub(super) fn work(&self, steps: usize) -> Result<(), Why> {
        self.work.set(self.work.get().saturating_add(steps));
        if self.work.get() > MAX_WORK {
            self.limit(WORK_LIMIT);
            return Err(Why::Limit);
        }
        Ok(())
    }

    /// Remembers that a limit ended an evaluation.
    pub(super) fn limit(&self, which: &'static str) {
        self.limits.borrow_mut().insert(which);
    }

    /// Remembers a finding about a mistake that Terraform may pass over.
    pub(super) fn find_unless_forgiven(&self, finding: Finding) {
        if self.forgiving.get() == 0 {
            self.find(finding);
        }
    }

    /// Remembers a finding of the evaluation itself.
    pub(super) fn find(&self, finding: Finding) {
        let mut findings = self.findings.borrow_mut();
        if !findings.contains(&finding) {
            findings.push(finding);
        }
    }

    /// Remembers a literal that must not be shown.
    pub(super) fn hide(&self, value: &Value<'a>) {
        self.secrets.borrow_mut().insert(value.at.span);
        match &value.kind {
            Kind::Sequence(it) => it.items.iter().for_each(|it| self.hide(it)),
            Kind::Mapping(it) => it.entries.iter().for_each(|it| self.hide(&it.1)),
            _ => {}
        }
    }

    /// The same value, passed on by another expression.
    pub(super) fn through(&self, mut value: Value<'a>, span: Span, text: &str) -> Value<'a> {
        value.at = self.step(value.at, span, text);
        value
    }

    pub(super) fn step(&self, at: Place, span: Span, text: &str) -> Place {
        // A literal that is its own argument has not been anywhere.
        if at.trail == TrailId::HERE && span.contains(at.span) {
            return at;
        }
        let mut interned = self.trails.borrow_mut();
        let key = (at.trail, span);
        let known = interned.known.get(&key).and_then(|it| it.iter().find(|it| it.0 == text));
        if let Some(&(_, trail)) = known {
            return Place { trail, ..at };
        }
        let steps = interned.trails.steps(at.trail);
        if steps.len() >= MAX_STEPS {
            return at;
        }
        // Of two words for one expression the later says more: where it leads.
        let from = steps.last().filter(|it| it.span == span).map_or(at.trail, |it| it.from);
        let trail = interned.trails.push(Step { span, text: text.to_owned(), from });
        interned.known.entry(key).or_default().push((text.to_owned(), trail));
        Place { trail, ..at }
    }

    /// A collection whose elements went its way too: each may be the literal
    /// that a finding points at.
    pub(super) fn spread(&self, mut value: Value<'a>) -> Value<'a> {
        let at = value.at;
        if let (false, Kind::Sequence(it)) = (at.trail == TrailId::HERE, &mut value.kind) {
            it.items = it.items.iter().map(|it| self.taken(it.clone(), at)).collect::<Vec<_>>().into();
        }
        value
    }

    /// An element that is taken out of a collection: it went the collection's
    /// way after its own.
    pub(super) fn taken(&self, mut element: Value<'a>, collection: Place) -> Value<'a> {
        if collection.trail == TrailId::HERE {
            return element;
        }
        let steps: Vec<(Span, String)> = {
            let interned = self.trails.borrow();
            let steps = interned.trails.steps(collection.trail);
            steps.into_iter().map(|it| (it.span, it.text.clone())).collect()
        };
        for (span, text) in steps {
            element.at = self.step(element.at, span, &text);
        }
        element
    }
}

/// A number that is written so.
fn number<'a>(at: Place, text: &str) -> Value<'a> {
    match Number::parse(text) {
        Some(number) => Value::number(at, number),
        None => Value::unknown(at, Why::Limit),
    }
}
