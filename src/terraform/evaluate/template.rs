//! Templates: text with interpolations and directives.

use super::collection::bound;
use super::{Evaluator, MAX_WEIGHT, SIZE_LIMIT, Scope};
use crate::model::gap::{self, Piece};
use crate::model::{Place, Why};
use crate::syntax::expression::Part;
use crate::terraform::types::to_bool;
use crate::terraform::value::{Evaluated, Kind, Value};

/// A text that is being put together. Its place is the template, and the way
/// there the literals elsewhere that its parts came from.
struct Made {
    text: String,
    at: Place,
    /// Why a part is not known.
    unknown: Option<Why>,
}

impl Made {
    fn gap(&mut self, why: Why) {
        self.text.push_str(&gap::gap());
        self.unknown.get_or_insert(why);
    }

    /// Whether it says anything.
    fn has_text(&self) -> bool {
        gap::pieces(&self.text).iter().any(|it| *it != Piece::Gap)
    }
}

impl<'a> Evaluator<'a> {
    /// The text of a template, with gaps where a part of it is not known.
    pub(in crate::terraform) fn template(
        &self,
        parts: &[Part],
        at: Place,
        scope: &Scope<'_, 'a>,
    ) -> Evaluated<'a> {
        let mut made = Made { text: String::new(), at, unknown: None };
        match self.parts(parts, &mut made, scope) {
            Ok(()) => {}
            Err(Why::Limit) => return Ok(Value::unknown(at, Why::Limit)),
            Err(why) => return Err(why),
        }
        Ok(match made.unknown {
            None => Value::string(made.at, made.text),
            Some(why) if made.has_text() => Value::new(made.at, Kind::Partial(made.text.into(), why)),
            Some(why) => Value::unknown(at, why),
        })
    }

    fn parts(&self, parts: &[Part], made: &mut Made, scope: &Scope<'_, 'a>) -> Result<(), Why> {
        for part in parts {
            self.part(part, made, scope)?;
            if made.text.len() / 16 > MAX_WEIGHT {
                self.limit(SIZE_LIMIT);
                return Err(Why::Limit);
            }
        }
        Ok(())
    }

    fn part(&self, part: &Part, made: &mut Made, scope: &Scope<'_, 'a>) -> Result<(), Why> {
        match part {
            Part::Literal(it) => made.text.push_str(it),
            Part::Interpolation(expr) => {
                let value = self.expression(expr, scope)?;
                made.text.push_str(&value.gapped()?);
                made.unknown = made.unknown.or(value.why_unknown());
                if value.why_unknown().is_none() && !made.at.span.contains(value.at.span) {
                    made.at = self.step(made.at, value.at.span, "a part of it comes from here");
                }
            }
            Part::If(condition, then, otherwise) => {
                let condition = self.expression(condition, scope)?;
                match condition.why_unknown() {
                    Some(why) => made.gap(why),
                    None if to_bool(&condition)? => self.parts(then, made, scope)?,
                    None => self.parts(otherwise, made, scope)?,
                }
            }
            Part::For(names, collection, body) => {
                let collection = self.expression(collection, scope)?;
                if let Some(why) = collection.why_unknown() {
                    made.gap(why);
                    return Ok(());
                }
                let (items, open) = self.elements(&collection)?;
                if let Some(why) = open {
                    made.gap(why);
                    return Ok(());
                }
                for (key, value) in items {
                    bound(names, key, value, scope, |scope| self.parts(body, made, scope))?;
                }
            }
        }
        Ok(())
    }
}
