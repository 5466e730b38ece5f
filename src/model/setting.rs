//! A value that may be unset or unknown, and where it stands.

use std::fmt;

use crate::source::Span;

/// Where a value stands, and how it got to where it is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// The literal that a person must edit.
    pub span: Span,
    /// The way from there, [`TrailId::HERE`] for a value used where it is written.
    pub trail: TrailId,
}

impl Place {
    /// A value used where it is written.
    pub fn here(span: Span) -> Self {
        Self { span, trail: TrailId::HERE }
    }
}

/// An entry of [`Trails`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrailId(u32);

impl TrailId {
    /// The value is used where it is written.
    pub const HERE: Self = Self(0);
}

/// One step of an evaluated value: a place that it went through.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    /// The expression that passed it on.
    pub span: Span,
    /// What is true of that text, such as ``used here as `local.reads` ``.
    pub text: String,
    /// The step before, nearer to the literal.
    pub from: TrailId,
}

/// The ways that evaluated values took.
#[derive(Clone, Debug, Default)]
pub struct Trails(Vec<Step>);

impl Trails {
    /// Adds a step.
    pub fn push(&mut self, step: Step) -> TrailId {
        self.0.push(step);
        TrailId(u32::try_from(self.0.len()).unwrap_or(0))
    }

    /// The steps of a trail, from the literal to the place of use.
    pub fn steps(&self, trail: TrailId) -> Vec<&Step> {
        let mut steps = Vec::new();
        let mut at = trail;
        while let Some(step) = (at.0 as usize).checked_sub(1).and_then(|it| self.0.get(it)) {
            steps.push(step);
            at = step.from;
        }
        steps.reverse();
        steps
    }
}

/// Why a value is unknown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Why {
    /// Okta fills it in: known after apply.
    Computed,
    /// Read from Okta by a data source.
    Data,
    /// A variable without a default, or one that is not set here.
    Variable,
    /// Marked sensitive: never read, so never printed.
    Sensitive,
    /// Comes from a module that is not evaluated.
    Module,
    /// Uses an expression that is not evaluated.
    Expression,
    /// Names something that is declared nowhere in its root.
    Undeclared,
    /// A value of another type stands there; reported by itself.
    WrongType,
    /// Leads back to itself.
    Cycle,
    /// Beyond a limit of the evaluation.
    Limit,
    /// Stands in a file that is not to be read.
    Outside,
    /// Changed in Okta, as `ignore_changes` says.
    Ignored,
    /// Not part of the export.
    NotExported,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Computed => "known after apply",
            Self::Data => "read from Okta",
            Self::Variable => "a variable without a value",
            Self::Sensitive => "sensitive",
            Self::Module => "from a module that is not evaluated",
            Self::Expression => "an expression that is not evaluated",
            Self::Undeclared => "not declared",
            Self::WrongType => "of another type",
            Self::Cycle => "part of a cycle",
            Self::Limit => "beyond a limit of the evaluation",
            Self::Outside => "in a file outside the project",
            Self::Ignored => "left alone by `ignore_changes`",
            Self::NotExported => "not in the export",
        })
    }
}

/// What is known of a value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum State<T> {
    /// It is this.
    Known(T),
    /// Nobody wrote it: Okta's default holds.
    Unset,
    /// It is something, and the input does not say what.
    Unknown(Why),
}

/// A value of the input.
///
/// There is no way to read it without choosing what unknown means: a lint that
/// asks [`Setting::known`] is silent about what it cannot know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Setting<T> {
    /// The value's place, or its owner's if it is unset.
    pub at: Place,
    /// What is known.
    pub state: State<T>,
}

impl<T> Setting<T> {
    /// A known value.
    pub fn new(at: Place, value: T) -> Self {
        Self { at, state: State::Known(value) }
    }

    /// A value nobody wrote; `owner` is the place of what it belongs to.
    pub fn unset(owner: Place) -> Self {
        Self { at: owner, state: State::Unset }
    }

    /// A value that cannot be known.
    pub fn unknown(at: Place, why: Why) -> Self {
        Self { at, state: State::Unknown(why) }
    }

    /// The value, if it is written and known.
    pub fn known(&self) -> Option<&T> {
        match &self.state {
            State::Known(value) => Some(value),
            State::Unset | State::Unknown(_) => None,
        }
    }

    /// The value, or Okta's documented default if nobody wrote it; `None` if unknown.
    pub fn or_default(&self, default: T) -> Option<T>
    where
        T: Clone,
    {
        match &self.state {
            State::Known(value) => Some(value.clone()),
            State::Unset => Some(default),
            State::Unknown(_) => None,
        }
    }

    /// Whether nobody wrote it.
    pub fn is_unset(&self) -> bool {
        matches!(self.state, State::Unset)
    }

    /// The same place and state, with another type of value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Setting<U> {
        let state = match self.state {
            State::Known(value) => State::Known(change(value)),
            State::Unset => State::Unset,
            State::Unknown(why) => State::Unknown(why),
        };
        Setting { at: self.at, state }
    }
}

/// A list: its elements have places, and states, of their own.
pub type List<T> = Setting<Vec<Setting<T>>>;

impl<T> Setting<Vec<Setting<T>>> {
    /// The elements that are known. There may be others.
    pub fn known_items(&self) -> impl Iterator<Item = (&T, Place)> {
        let items = self.known().map(Vec::as_slice).unwrap_or_default();
        items.iter().filter_map(|it| Some((it.known()?, it.at)))
    }

    /// All elements, if all of them are known. Unset counts as unknown here:
    /// what an absent list means differs from list to list.
    pub fn all_known(&self) -> Option<Vec<&T>> {
        self.known()?.iter().map(Setting::known).collect()
    }
}

impl<T: PartialEq> Setting<Vec<Setting<T>>> {
    /// Where the list certainly holds `wanted`.
    pub fn place_of(&self, wanted: &T) -> Option<Place> {
        self.known_items().find(|(it, _)| *it == wanted).map(|(_, at)| at)
    }

    /// Whether the list certainly does not hold `wanted`.
    pub fn lacks(&self, wanted: &T) -> bool {
        self.all_known().is_some_and(|items| !items.contains(&wanted))
    }
}

/// Whether an object takes part at all.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// It does. The default.
    Active,
    /// It does not.
    Inactive,
}

impl Setting<Status> {
    /// Whether the object is certainly or by default active.
    pub fn is_active(&self) -> bool {
        self.or_default(Status::Active) == Some(Status::Active)
    }

    /// Whether the object is certainly inactive.
    pub fn is_inactive(&self) -> bool {
        self.known() == Some(&Status::Inactive)
    }
}
