//! What stands behind a dot or in brackets.

use std::rc::Rc;

use super::name::gathered;
use super::{Evaluator, Scope};
use crate::model::{Place, Why};
use crate::syntax::expression::{Access, Expr, ExprKind};
use crate::terraform::body;
use crate::terraform::instance::{Handle, Instance};
use crate::terraform::module::Mode;
use crate::terraform::types::to_number;
use crate::terraform::value::{Evaluated, Kind, Sequence, SequenceKind, Value};

impl<'a> Evaluator<'a> {
    /// `a.b[0].c`.
    pub(super) fn traversal(
        &self,
        root: &Expr,
        steps: &[Access],
        at: Place,
        scope: &Scope<'_, 'a>,
    ) -> Evaluated<'a> {
        let (value, used) = match &root.kind {
            ExprKind::Name(name) => self.name(name, steps, at, scope)?,
            _ => (self.expression(root, scope)?, 0),
        };
        self.steps(value, &steps[used..], at, scope)
    }

    fn steps(&self, value: Value<'a>, steps: &[Access], at: Place, scope: &Scope<'_, 'a>) -> Evaluated<'a> {
        let Some((step, rest)) = steps.split_first() else { return Ok(value) };
        match step {
            Access::Attribute(name) => self.steps(self.attribute(&value, name, at)?, rest, at, scope),
            Access::Index(key) => {
                let key = self.expression(key, scope)?;
                self.steps(self.index(&value, &key, at)?, rest, at, scope)
            }
            Access::LegacyIndex(index) => {
                let key = Value::string(at, index.to_string());
                self.steps(self.index(&value, &key, at)?, rest, at, scope)
            }
            Access::FullSplat => self.splat(value, at, |it| self.steps(it, rest, at, scope)),
            Access::AttributeSplat => {
                // Attributes apply to each element, an index to what they give.
                let own = rest
                    .iter()
                    .take_while(|it| matches!(it, Access::Attribute(_) | Access::LegacyIndex(_)))
                    .count();
                let (own, rest) = rest.split_at(own);
                let value = self.splat(value, at, |it| self.steps(it, own, at, scope))?;
                self.steps(value, rest, at, scope)
            }
        }
    }

    /// Applies the steps after `[*]` to each element; what is no list is a list
    /// of one, and `null` of none.
    fn splat(&self, value: Value<'a>, at: Place, then: impl Fn(Value<'a>) -> Evaluated<'a>) -> Evaluated<'a> {
        match &value.kind {
            Kind::Null => Ok(Value::tuple(at, Vec::new())),
            Kind::Sequence(it) => {
                let items = it.items.iter().map(|item| then(self.taken(item.clone(), value.at)));
                let items: Vec<Value<'a>> = items.collect::<Result<_, _>>()?;
                let kind = if it.kind == SequenceKind::Tuple { it.kind } else { SequenceKind::List };
                self.sized(Value::sequence(at, kind, items, it.loose()))
            }
            // One handle stands for some instances.
            Kind::Resource(handle) if handle.is_some() => {
                let items = vec![then(value.clone())?];
                Ok(Value::sequence(at, SequenceKind::Tuple, items, Some(Why::Expression)))
            }
            Kind::Unknown(_) | Kind::Partial(..) | Kind::Secret(_) | Kind::Reference { .. } => {
                Ok(Value::unknown(at, value.why_unknown().unwrap_or(Why::Expression)))
            }
            _ => Ok(Value::tuple(at, vec![then(value)?])),
        }
    }

    /// `value.name`.
    pub(super) fn attribute(&self, value: &Value<'a>, name: &str, at: Place) -> Evaluated<'a> {
        match &value.kind {
            Kind::Mapping(it) => match it.get(name) {
                Some(found) => Ok(self.taken(found.clone(), value.at)),
                None => it.open.map(|why| Value::unknown(at, why)).ok_or(Why::Undeclared),
            },
            Kind::Resource(handle) => self.argument(handle, name, at),
            Kind::Secret(inner) => Ok(self.attribute(inner, name, at)?.into_secret()),
            Kind::Unknown(why) | Kind::Partial(_, why) => Ok(Value::unknown(value.at, *why)),
            Kind::Reference { address, attribute } if attribute.is_empty() => {
                Ok(reference(at, address.clone(), name))
            }
            Kind::Reference { .. } => Ok(Value::unknown(at, Why::Computed)),
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::Sequence(_) => {
                Err(Why::WrongType)
            }
        }
    }

    /// `value[key]`.
    pub(super) fn index(&self, value: &Value<'a>, key: &Value<'a>, at: Place) -> Evaluated<'a> {
        match &value.kind {
            Kind::Sequence(it) => self.element(value, it, key, at),
            Kind::Mapping(_) => match key.text() {
                Ok(name) => self.attribute(value, &name, at),
                Err(Why::WrongType) => Err(Why::WrongType),
                Err(why) => Ok(Value::unknown(at, why)),
            },
            Kind::Resource(handle) if handle.is_some() => Ok(value.clone()),
            Kind::Secret(inner) => Ok(self.index(inner, key, at)?.into_secret()),
            Kind::Unknown(why) | Kind::Partial(_, why) => Ok(Value::unknown(value.at, *why)),
            Kind::Reference { .. } => Ok(Value::unknown(at, Why::Computed)),
            Kind::Null | Kind::Bool(_) | Kind::Number(_) | Kind::String(_) | Kind::Resource(_) => {
                Err(Why::WrongType)
            }
        }
    }

    fn element(
        &self,
        value: &Value<'a>,
        sequence: &Sequence<'a>,
        key: &Value<'a>,
        at: Place,
    ) -> Evaluated<'a> {
        if let Some(why) = key.why_unknown() {
            return Ok(Value::unknown(at, why));
        }
        if sequence.kind == SequenceKind::Set {
            return Err(Why::WrongType);
        }
        let index = to_number(key)?.to_count().ok_or(Why::Undeclared)?;
        match (sequence.open, sequence.items.get(index)) {
            (Some(why), _) => Ok(Value::unknown(at, why)),
            (None, Some(found)) => Ok(self.taken(found.clone(), value.at)),
            (None, None) => Err(Why::Undeclared),
        }
    }

    /// A resource or data source: one object, or one for each instance.
    pub(super) fn resource(
        &self,
        mode: Mode,
        kind: &str,
        name: &str,
        at: Place,
        instance: &Rc<Instance<'a>>,
    ) -> Evaluated<'a> {
        let Some(index) = instance.module.find(mode, kind, name) else {
            // Nothing of that name: a typing mistake, or in a file that is broken.
            return if instance.module.incomplete {
                Ok(Value::unknown(at, Why::Undeclared))
            } else {
                Err(Why::Undeclared)
            };
        };
        let expansion = self.instances(instance, index);
        let block = &instance.module.blocks[index];
        let handle = |(key, each): &(Option<Value<'a>>, _)| {
            let handle = Handle { instance: instance.clone(), block, each: Clone::clone(each) };
            (key.clone(), Value::new(at, Kind::Resource(Rc::new(handle))))
        };
        let values = expansion.items.iter().map(handle).collect();
        Ok(gathered(at, expansion.kind, values, expansion.open))
    }

    /// An argument of a resource: what is written there, else an edge. What must
    /// change is the reference: the literal belongs to another object.
    fn argument(&self, handle: &Handle<'a>, name: &str, at: Place) -> Evaluated<'a> {
        let address = handle.address();
        let Some(written) = body::argument(self, handle, name) else {
            return Ok(reference(at, address.into(), name));
        };
        Ok(Value { at, ..written? })
    }
}

fn reference<'a>(at: Place, address: Rc<str>, attribute: &str) -> Value<'a> {
    Value::new(at, Kind::Reference { address, attribute: attribute.into() })
}
