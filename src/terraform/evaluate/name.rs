//! What the names of a module stand for: locals, variables, outputs, `each`.

use std::rc::Rc;

use super::{Evaluator, Scope};
use crate::finding::{Finding, SYNTAX_ERROR};
use crate::model::{Place, Why};
use crate::source::{Span, is_secret_name};
use crate::syntax::expression::Access;
use crate::syntax::{self, Node, hcl};
use crate::terraform::instance::{Each, ExpansionKind, Instance, Memo, Name};
use crate::terraform::module::{Mode, each};
use crate::terraform::types::Type;
use crate::terraform::value::{Evaluated, Kind, Value};

impl<'a> Evaluator<'a> {
    /// What a reference stands for, and how many of its steps are part of the
    /// name: `var.x` is a name, and what follows is looked up in its value.
    pub(super) fn name(
        &self,
        root: &str,
        steps: &[Access],
        at: Place,
        scope: &Scope<'_, 'a>,
    ) -> Result<(Value<'a>, usize), Why> {
        if let Some(value) = scope.bound(root) {
            return Ok((self.through(value.clone(), at.span, &format!("taken here as `{root}`")), 0));
        }
        let first = match steps.first() {
            Some(Access::Attribute(name)) => Some(name.as_str()),
            _ => None,
        };
        let value = match (root, first) {
            ("local", Some(name)) => self.local(scope.instance, name, at.span)?,
            ("var", Some(name)) => self.variable(scope.instance, name, at.span)?,
            ("module", Some(name)) => {
                let output = steps[1..].iter().find_map(|it| match it {
                    Access::Attribute(name) => Some(name.as_str()),
                    _ => None,
                });
                self.module(scope.instance, name, output, at)?
            }
            ("each", Some(name)) => self.each(name, at, scope)?,
            ("count", Some("index")) => match scope.each {
                Each::Index(index) => Value { at, ..index.clone() },
                Each::Unknown => Value::unknown(at, Why::Expression),
                Each::None | Each::Key(..) => return Err(Why::Undeclared),
            },
            ("path", Some(name)) => self.path(name, at, scope),
            // A workspace, or the object itself as a provisioner sees it.
            ("terraform" | "self", Some(_)) => Value::unknown(at, Why::Expression),
            ("data" | "resource" | "ephemeral", Some(kind)) => {
                let mode = if root == "data" { Mode::Data } else { Mode::Managed };
                let Some(Access::Attribute(name)) = steps.get(1) else { return Err(Why::Undeclared) };
                return Ok((self.resource(mode, kind, name, at, scope.instance)?, 2));
            }
            (kind, Some(name)) => self.resource(Mode::Managed, kind, name, at, scope.instance)?,
            (_, None) => return Err(Why::Undeclared),
        };
        Ok((value, 1))
    }

    /// A local.
    fn local(&self, instance: &Rc<Instance<'a>>, name: &str, span: Span) -> Evaluated<'a> {
        let Some(&(key, node)) = instance.module.locals.get(name) else { return undeclared(instance) };
        let value = self.memoised(instance, Name::Local, key, || {
            let value = self.node(node, &Scope::new(instance, &Each::None))?;
            Ok(self.secret_if(is_secret_name(&key.text), value))
        })?;
        Ok(self.through(value, span, &format!("used here as `local.{name}`")))
    }

    /// A variable: what the caller passes, else what the root was given, else
    /// its default.
    fn variable(&self, instance: &Rc<Instance<'a>>, name: &str, span: Span) -> Evaluated<'a> {
        let Some(&(key, node)) = instance.module.variables.get(name) else { return undeclared(instance) };
        let block = each(node).next().unwrap_or(node);
        let value = self.memoised(instance, Name::Variable, key, || {
            let is_true = |name: &str| {
                let value =
                    block.get(name).map(|it| self.known_or_not(it, &Scope::new(instance, &Each::None)));
                value.is_some_and(|it| matches!(it.kind, Kind::Bool(true)))
            };
            let value = self.assigned(instance, &key.text, block, key.span)?;
            let secret = is_true("sensitive") || is_true("ephemeral") || is_secret_name(&key.text);
            Ok(self.secret_if(secret, value))
        })?;
        Ok(self.through(value, span, &format!("used here as `var.{name}`")))
    }

    /// What is assigned to a variable, of the variable's type.
    fn assigned(
        &self,
        instance: &Rc<Instance<'a>>,
        name: &str,
        block: &'a Node,
        owner: Span,
    ) -> Evaluated<'a> {
        let scope = Scope::new(instance, &Each::None);
        let kind = type_of(block);
        let nullable = !block
            .get("nullable")
            .is_some_and(|it| matches!(self.known_or_not(it, &scope).kind, Kind::Bool(false)));
        let given = match &instance.caller {
            Some(caller) => match caller.call.body.get(name) {
                Some(argument) => {
                    let scope = Scope::new(&caller.instance, &caller.each);
                    let value = self.node(argument, &scope)?;
                    let text = format!("passed to module `{}` here", caller.call.name.text);
                    Some(self.through(value, argument.span, &text))
                }
                None => None,
            },
            None => instance.inputs.get(name).cloned(),
        };
        let value = match given.filter(|it| nullable || !it.is_null()) {
            Some(value) => value,
            None => match block.get("default") {
                Some(default) if instance.takes_defaults => self.constant(default, &scope)?,
                _ => return Ok(Value::unknown(Place::here(owner), Why::Variable)),
            },
        };
        let default = |expr: &_| self.expression(expr, &scope);
        Ok(kind.convert(value.clone(), &default).unwrap_or_else(|why| Value::unknown(value.at, why)))
    }

    /// An output of a module, by its instance.
    pub(in crate::terraform) fn output(
        &self,
        instance: &Rc<Instance<'a>>,
        name: &str,
        span: Span,
    ) -> Evaluated<'a> {
        let Some(&(key, node)) = instance.module.outputs.get(name) else { return undeclared(instance) };
        let value = self.memoised(instance, Name::Output, key, || {
            let block = each(node).next().unwrap_or(node);
            let Some(value) = block.get("value") else { return Err(Why::Undeclared) };
            let scope = Scope::new(instance, &Each::None);
            let is_secret = block
                .get("sensitive")
                .is_some_and(|it| matches!(self.known_or_not(it, &scope).kind, Kind::Bool(true)));
            let value = self.node(value, &scope)?;
            Ok(self.secret_if(is_secret, value))
        })?;
        Ok(self.through(value, span, &format!("output `{name}` of a module, used here")))
    }

    /// The outputs of a module, or of its instances: all, or the one that is
    /// wanted. Two modules may use outputs of each other, as long as no output
    /// leads back to itself.
    fn module(
        &self,
        instance: &Rc<Instance<'a>>,
        name: &str,
        wanted: Option<&str>,
        at: Place,
    ) -> Evaluated<'a> {
        let Some(index) = instance.module.find_call(name) else { return undeclared(instance) };
        let calls = self.calls(instance, index);
        let outputs = |child: &Rc<Instance<'a>>| {
            let is_wanted = |it: &&&str| wanted.is_none_or(|wanted| wanted == **it);
            let names = child.module.outputs.keys().filter(is_wanted);
            let value = |name: &&str| self.output(child, name, at.span);
            let unknown = |why| Value::unknown(at, why);
            let entries = names.map(|name| ((*name).into(), value(name).unwrap_or_else(unknown)));
            Value::object(at, entries.collect())
        };
        // A module that is not there has outputs that nobody knows.
        if calls.items.is_empty() && calls.open {
            return Ok(Value::unknown(at, Why::Module));
        }
        let values = calls.items.iter().map(|(key, child)| (key.clone(), outputs(child))).collect();
        Ok(gathered(at, calls.kind, values, calls.open))
    }

    fn each(&self, name: &str, at: Place, scope: &Scope<'_, 'a>) -> Evaluated<'a> {
        match (scope.each, name) {
            (Each::Key(key, _), "key") => Ok(self.through(key.clone(), at.span, "used here as `each.key`")),
            (Each::Key(_, value), "value") => {
                Ok(self.through(value.clone(), at.span, "used here as `each.value`"))
            }
            (Each::Unknown, "key" | "value") => Ok(Value::unknown(at, Why::Expression)),
            _ => Err(Why::Undeclared),
        }
    }

    /// Paths as Terraform has them: relative to where it is started.
    fn path(&self, name: &str, at: Place, scope: &Scope<'_, 'a>) -> Value<'a> {
        let path = match name {
            "root" => ".".to_owned(),
            "module" => relative(&scope.instance.module.folder, self.root),
            _ => return Value::unknown(at, Why::Expression),
        };
        Value::string(at, path)
    }

    /// Evaluates a name once. Who asks for it while it is evaluated closes a cycle.
    fn memoised(
        &self,
        instance: &Rc<Instance<'a>>,
        kind: Name,
        key: &'a syntax::Key,
        evaluate: impl FnOnce() -> Evaluated<'a>,
    ) -> Evaluated<'a> {
        let id = (kind, key.text.as_str());
        match instance.memo.borrow().get(&id) {
            Some(Memo::Done(value)) => return value.clone(),
            Some(Memo::Open) => {
                let message = format!("`{}{}` leads back to itself", kind.prefix(), key.text);
                let finding = Finding::input(SYNTAX_ERROR, key.span, "part of a cycle", message);
                self.find(finding.with_help("break the cycle: Terraform refuses it"));
                return Err(Why::Cycle);
            }
            None => {}
        }
        instance.memo.borrow_mut().insert(id, Memo::Open);
        let value = evaluate();
        instance.memo.borrow_mut().insert(id, Memo::Done(value.clone()));
        value
    }

    /// Marks a value that must not be shown.
    fn secret_if(&self, secret: bool, value: Value<'a>) -> Value<'a> {
        if !secret {
            return value;
        }
        self.hide(&value);
        value.into_secret()
    }
}

/// The type of a variable.
fn type_of(block: &Node) -> Type {
    match block.get("type").map(|it| (&it.value, it.span)) {
        Some((syntax::Value::Expression(expr), _)) => Type::parse(expr),
        Some((syntax::Value::String(text), span)) => {
            hcl::expression(text, span).map_or(Type::Any, |it| Type::parse(&it))
        }
        _ => Type::Any,
    }
}

/// A name that is declared nowhere: an error, unless the file that declares it
/// could not be read.
fn undeclared<'a>(instance: &Rc<Instance<'a>>) -> Evaluated<'a> {
    if instance.module.incomplete {
        let at = Span::new(
            instance.module.blocks.first().map_or_else(Default::default, |it| it.name.span.file),
            0,
            0,
        );
        return Ok(Value::unknown(Place::here(at), Why::Undeclared));
    }
    Err(Why::Undeclared)
}

/// The values of instances as one value.
pub(super) fn gathered<'a>(
    at: Place,
    kind: ExpansionKind,
    values: Vec<(Option<Value<'a>>, Value<'a>)>,
    open: bool,
) -> Value<'a> {
    use crate::terraform::value::{MapKey, MappingKind, SequenceKind};
    let why = open.then_some(Why::Expression);
    match kind {
        ExpansionKind::One | ExpansionKind::Unknown => {
            values.into_iter().next().map_or(Value::unknown(at, Why::Expression), |it| it.1)
        }
        ExpansionKind::Counted => {
            let items = values.into_iter().map(|it| it.1).collect();
            Value::sequence(at, SequenceKind::Tuple, items, why)
        }
        ExpansionKind::Keyed => {
            let entries = values.into_iter().filter_map(|(key, it)| Some((MapKey::of(&key?).ok()?, it)));
            Value::mapping(at, MappingKind::Object, entries.collect(), why)
        }
    }
}

/// `path` as seen from `root`, with forward slashes.
pub(in crate::terraform) fn relative(path: &std::path::Path, root: &std::path::Path) -> String {
    let mut from = root.components().peekable();
    let mut to = path.components().peekable();
    while from.peek().is_some() && from.peek() == to.peek() {
        from.next();
        to.next();
    }
    let up = from.map(|_| "..".to_owned());
    let down = to.map(|it| it.as_os_str().to_string_lossy().into_owned());
    let parts: Vec<String> = up.chain(down).collect();
    if parts.is_empty() { ".".to_owned() } else { parts.join("/") }
}
