//! Templates: text with interpolations and directives.

use super::collection::bound;
use super::{Evaluator, MAX_WEIGHT, SIZE_LIMIT, Scope};
use crate::model::{Place, Why};
use crate::syntax::expression::{Expr, Part};
use crate::terraform::types::to_bool;
use crate::terraform::value::{Evaluated, Value};

/// Why a template has no text: Terraform refuses it, or it is not known.
enum Gap {
    Refused(Why),
    Unknown(Why),
}

/// A text that is being put together. Its place is the template, and the way
/// there the literals elsewhere that its parts came from.
struct Made {
    text: String,
    at: Place,
}

impl<'a> Evaluator<'a> {
    /// The text of a template; unknown if a part of it is.
    pub(in crate::terraform) fn template(
        &self,
        parts: &[Part],
        at: Place,
        scope: &Scope<'_, 'a>,
    ) -> Evaluated<'a> {
        let mut made = Made { text: String::new(), at };
        match self.parts(parts, &mut made, scope) {
            Ok(()) => Ok(Value::string(made.at, made.text)),
            Err(Gap::Unknown(why)) => Ok(Value::unknown(at, why)),
            Err(Gap::Refused(why)) => Err(why),
        }
    }

    fn parts(&self, parts: &[Part], made: &mut Made, scope: &Scope<'_, 'a>) -> Result<(), Gap> {
        for part in parts {
            match part {
                Part::Literal(it) => made.text.push_str(it),
                Part::Interpolation(expr) => {
                    let value = self.known(expr, scope)?;
                    made.text.push_str(&value.text().map_err(Gap::Refused)?);
                    if !made.at.span.contains(value.at.span) {
                        made.at = self.step(made.at, value.at.span, "a part of it comes from here");
                    }
                }
                Part::If(condition, then, otherwise) => {
                    let condition = self.known(condition, scope)?;
                    let taken = to_bool(&condition).map_err(Gap::Refused)?;
                    self.parts(if taken { then } else { otherwise }, made, scope)?;
                }
                Part::For(names, collection, body) => {
                    let collection = self.known(collection, scope)?;
                    let (items, open) = self.elements(&collection).map_err(Gap::Refused)?;
                    if let Some(why) = open {
                        return Err(Gap::Unknown(why));
                    }
                    for (key, value) in items {
                        bound(names, key, value, scope, |scope| self.parts(body, made, scope))?;
                    }
                }
            }
            if made.text.len() / 16 > MAX_WEIGHT {
                self.limit(SIZE_LIMIT);
                return Err(Gap::Unknown(Why::Limit));
            }
        }
        Ok(())
    }

    fn known(&self, expr: &Expr, scope: &Scope<'_, 'a>) -> Result<Value<'a>, Gap> {
        let value = self.expression(expr, scope).map_err(Gap::Refused)?;
        match value.why_unknown() {
            Some(why) => Err(Gap::Unknown(why)),
            None => Ok(value),
        }
    }
}
