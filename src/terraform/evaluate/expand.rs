//! What `count` and `for_each` expand to.

use std::rc::Rc;

use super::{CALLS_LIMIT, COUNT_LIMIT, Evaluator, MAX_INSTANCES, Scope};
use crate::finding::{Finding, WRONG_TYPE};
use crate::model::{Place, Why};
use crate::syntax::Node;
use crate::terraform::instance::{Each, Expansion, ExpansionKind, Instance};
use crate::terraform::module::Module;
use crate::terraform::number::Number;
use crate::terraform::types::to_number;
use crate::terraform::value::{Kind, MapKey, SequenceKind, Value};

/// How deep modules may call one another.
const MAX_CALLS: usize = 32;

/// How many instances of modules one root may have.
const MAX_MODULES: usize = 5_000;

impl<'a> Evaluator<'a> {
    /// The instances of a resource or data source.
    pub(in crate::terraform) fn instances(
        &self,
        instance: &Rc<Instance<'a>>,
        block: usize,
    ) -> Rc<Expansion<'a, Each<'a>>> {
        if let Some(known) = instance.resources.borrow().get(&block) {
            return known.clone();
        }
        // While it is evaluated, a resource that its own `count` names is unknown.
        instance.resources.borrow_mut().insert(block, Rc::new(unknown()));
        let body = instance.module.blocks[block].body;
        let expansion = Rc::new(self.expand(body, &Scope::new(instance, &Each::None)));
        instance.resources.borrow_mut().insert(block, expansion.clone());
        expansion
    }

    /// The instances of a module that is called; none and open for one that is
    /// not there.
    pub(in crate::terraform) fn calls(
        &self,
        instance: &Rc<Instance<'a>>,
        index: usize,
    ) -> Rc<Expansion<'a, Rc<Instance<'a>>>> {
        if let Some(known) = instance.calls.borrow().get(&index) {
            return known.clone();
        }
        let call = &instance.module.calls[index];
        let opaque = Expansion { kind: ExpansionKind::Unknown, items: Vec::new(), open: true };
        instance.calls.borrow_mut().insert(index, Rc::new(opaque));
        if let Some(module) = self.called(instance, index) {
            let each = self.expand(call.body, &Scope::new(instance, &Each::None));
            let child =
                |(key, each): (Option<Value<'a>>, Each<'a>)| (key, instance.child(call, module, each));
            let items: Vec<_> = each.items.into_iter().map(child).collect();
            self.modules.set(self.modules.get() + items.len());
            let expansion = Expansion { kind: each.kind, items, open: each.open };
            instance.calls.borrow_mut().insert(index, Rc::new(expansion));
        }
        instance.calls.borrow()[&index].clone()
    }

    /// The module that a call names, if it is there.
    fn called(&self, instance: &Rc<Instance<'a>>, index: usize) -> Option<&'a Module<'a>> {
        let source = instance.module.calls[index].source();
        let is_local = source.as_ref().is_some_and(|it| it.starts_with("./") || it.starts_with("../"));
        let folder = source
            .as_ref()
            .filter(|_| is_local)
            .map(|it| crate::source::tidy(&instance.module.folder.join(it)));
        let module = folder.as_ref().and_then(|it| self.tree.module(it));
        if module.is_none() {
            let is_there = folder.as_ref().is_some_and(|it| it.is_dir());
            self.count_unread(match (is_local, is_there) {
                (false, _) => "calls of remote modules",
                (true, false) => "calls of modules that are not there",
                (true, true) => "calls of modules that are empty or outside the project: see --allow-read",
            });
        }
        let is_within = instance.depth() < MAX_CALLS && self.modules.get() < MAX_MODULES;
        if module.is_some() && !is_within {
            self.limit(CALLS_LIMIT);
        }
        module.filter(|_| is_within)
    }

    fn expand(&self, body: &'a Node, scope: &Scope<'_, 'a>) -> Expansion<'a, Each<'a>> {
        let value =
            |name: &str| body.get(name).map(|it| self.known_or_not(it, scope)).filter(|it| !it.is_null());
        match (value("count"), value("for_each")) {
            (None, None) => {
                Expansion { kind: ExpansionKind::One, items: vec![(None, Each::None)], open: false }
            }
            (Some(_), Some(for_each)) => {
                self.refuse(for_each.at, "`count` and `for_each` in one block", "remove one of the two");
                unknown()
            }
            (Some(count), None) => self.counted(&count),
            (None, Some(for_each)) => self.keyed(for_each),
        }
    }

    fn counted(&self, count: &Value<'a>) -> Expansion<'a, Each<'a>> {
        let number = match to_number(count) {
            Ok(number) => number.to_count(),
            Err(Why::WrongType) if count.why_unknown().is_none() => {
                let message = format!("expected a whole number for `count`, found {}", count.describe());
                self.refuse(count.at, &message, "write how many instances there are");
                None
            }
            Err(_) => None,
        };
        let Some(number) = number else { return unknown() };
        if number > MAX_INSTANCES {
            self.limit(COUNT_LIMIT);
            return unknown();
        }
        let index = |at: usize| Value::number(count.at, Number::count(at));
        let items = (0..number).map(|it| (Some(index(it)), Each::Index(index(it)))).collect();
        Expansion { kind: ExpansionKind::Counted, items, open: false }
    }

    fn keyed(&self, for_each: Value<'a>) -> Expansion<'a, Each<'a>> {
        let at = for_each.at;
        let pass = |it: &Value<'a>| self.taken(it.clone(), at);
        match for_each.kind {
            Kind::Mapping(mapping) => {
                let entry = |(key, value): &(MapKey, Value<'a>)| {
                    let name = pass(&key.to_value(value.at));
                    let value = pass(value);
                    (Some(name.clone()), Each::Key(name, value))
                };
                let items = mapping.entries.iter().map(entry).collect();
                Expansion { kind: ExpansionKind::Keyed, items, open: mapping.open.is_some() }
            }
            Kind::Sequence(set) if set.kind == SequenceKind::Set => {
                let known = set.items.iter().filter(|it| matches!(it.kind, Kind::String(_)));
                let items: Vec<_> =
                    known.map(pass).map(|it| (Some(it.clone()), Each::Key(it.clone(), it))).collect();
                let open = set.open.is_some() || items.len() < set.items.len();
                Expansion { kind: ExpansionKind::Keyed, items, open }
            }
            Kind::Unknown(_)
            | Kind::Partial(..)
            | Kind::Secret(_)
            | Kind::Reference { .. }
            | Kind::Resource(_) => unknown(),
            _ => {
                let message =
                    format!("expected a map or a set for `for_each`, found {}", for_each.describe());
                self.refuse(
                    at,
                    &message,
                    "write a map, or `toset([…])`: Terraform refuses what stands there",
                );
                unknown()
            }
        }
    }

    fn refuse(&self, at: Place, message: &str, help: &str) {
        let finding = Finding::input(WRONG_TYPE, at.span, "this value", message.to_owned());
        self.find(finding.with_help(help));
    }
}

/// Some instances, nobody knows which.
fn unknown<'a>() -> Expansion<'a, Each<'a>> {
    Expansion { kind: ExpansionKind::Unknown, items: vec![(None, Each::Unknown)], open: true }
}
