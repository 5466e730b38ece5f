//! What an expression is, as far as it can be known.

use std::rc::Rc;

use unicode_normalization::UnicodeNormalization as _;

use super::instance::Handle;
use super::number::Number;
use super::schema;
use crate::model::{Place, Why, gap};

/// An evaluated value, and the literal that it came from.
///
/// The place of a collection holds the way that the *collection* took; that of
/// an element the way it took before it was put in. Taking an element out joins
/// the two, so that passing a large map on costs nothing.
#[derive(Clone, Debug)]
pub(super) struct Value<'a> {
    pub(super) at: Place,
    pub(super) kind: Kind<'a>,
}

/// A value, or why Terraform would refuse the expression.
pub(super) type Evaluated<'a> = Result<Value<'a>, Why>;

/// What a [`Value`] is.
#[derive(Clone, Debug)]
pub(super) enum Kind<'a> {
    /// `null`: as if nobody had written it.
    Null,
    Bool(bool),
    Number(Number),
    String(Rc<str>),
    Sequence(Sequence<'a>),
    Mapping(Mapping<'a>),
    /// A resource or data source, evaluated when it is looked into.
    Resource(Rc<Handle<'a>>),
    /// Unknown as a value, known as an edge.
    Reference {
        /// `module.m["k"].okta_auth_server.api` or `data.okta_group.everyone`.
        address: Rc<str>,
        /// The attribute; empty for the whole object.
        attribute: Rc<str>,
    },
    /// A value that must not be shown.
    Secret(Box<Value<'a>>),
    Unknown(Why),
    /// A text of which parts are not known; the others stand in it, with
    /// [`gap`]s between them.
    Partial(Rc<str>, Why),
}

/// The kinds of ordered collection. They differ in type, and so in `==`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SequenceKind {
    Tuple,
    List,
    Set,
}

/// A tuple, a list or a set.
#[derive(Clone, Debug)]
pub(super) struct Sequence<'a> {
    pub(super) kind: SequenceKind,
    pub(super) items: Rc<Vec<Value<'a>>>,
    /// Why there may be more elements, anywhere among these.
    pub(super) open: Option<Why>,
    /// How much is in it: see [`Value::weight`].
    weight: usize,
}

impl Sequence<'_> {
    /// Why the number of its elements, or their order, is not known: there may
    /// be more, or it is a set with an element that may be equal to another one
    /// and stands no one knows where.
    pub(super) fn loose(&self) -> Option<Why> {
        let unsorted = || self.items.iter().find_map(Value::why_partly_unknown);
        self.open.or_else(|| if self.kind == SequenceKind::Set { unsorted() } else { None })
    }
}

/// The kinds of keyed collection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum MappingKind {
    Object,
    Map,
}

/// A key of an object or a map. Two keys of one text are the same key.
#[derive(Clone, Debug)]
pub(super) struct MapKey {
    text: Rc<str>,
    /// Where it is written; `None` for the names of Okta's and Terraform's own.
    at: Option<Place>,
}

impl MapKey {
    /// The key that a value is.
    ///
    /// # Errors
    /// If it is not known, or no text.
    pub(super) fn of(value: &Value<'_>) -> Result<Self, Why> {
        Ok(Self { text: value.text()?, at: Some(value.at) })
    }

    pub(super) fn written(text: impl Into<Rc<str>>, at: Place) -> Self {
        Self { text: text.into(), at: Some(at) }
    }

    pub(super) fn text(&self) -> Rc<str> {
        self.text.clone()
    }

    /// The key, in the place that `moved` makes of its own.
    pub(super) fn moved(&self, moved: impl FnOnce(Place) -> Place) -> Self {
        Self { text: self.text.clone(), at: self.at.map(moved) }
    }

    /// The key as a value; in the place of what stands under it if it has none.
    pub(super) fn to_value<'a>(&self, under: Place) -> Value<'a> {
        Value::string(self.at.unwrap_or(under), self.text.clone())
    }
}

impl std::ops::Deref for MapKey {
    type Target = Rc<str>;

    fn deref(&self) -> &Rc<str> {
        &self.text
    }
}

impl From<Rc<str>> for MapKey {
    fn from(text: Rc<str>) -> Self {
        Self { text, at: None }
    }
}

impl From<&str> for MapKey {
    fn from(text: &str) -> Self {
        Self { text: text.into(), at: None }
    }
}

/// An object or a map, sorted by key.
#[derive(Clone, Debug)]
pub(super) struct Mapping<'a> {
    pub(super) kind: MappingKind,
    pub(super) entries: Rc<Vec<(MapKey, Value<'a>)>>,
    /// Why there may be more keys.
    pub(super) open: Option<Why>,
    /// How much is in it: see [`Value::weight`].
    weight: usize,
}

impl<'a> Value<'a> {
    pub(super) fn new(at: Place, kind: Kind<'a>) -> Self {
        Self { at, kind }
    }

    pub(super) fn unknown(at: Place, why: Why) -> Self {
        Self::new(at, Kind::Unknown(why))
    }

    pub(super) fn null(at: Place) -> Self {
        Self::new(at, Kind::Null)
    }

    pub(super) fn bool(at: Place, value: bool) -> Self {
        Self::new(at, Kind::Bool(value))
    }

    pub(super) fn number(at: Place, value: Number) -> Self {
        Self::new(at, Kind::Number(value))
    }

    /// A string, in normal form C as Terraform has it.
    pub(super) fn string(at: Place, value: impl Into<Rc<str>>) -> Self {
        let mut text: Rc<str> = value.into();
        if !text.is_ascii() && !unicode_normalization::is_nfc(&text) {
            text = text.nfc().collect::<String>().into();
        }
        Self::new(at, Kind::String(text))
    }

    pub(super) fn sequence(at: Place, kind: SequenceKind, items: Vec<Self>, open: Option<Why>) -> Self {
        let weight = items.iter().fold(1, |sum: usize, it| sum.saturating_add(it.weight()));
        Self::new(at, Kind::Sequence(Sequence { kind, items: Rc::new(items), open, weight }))
    }

    pub(super) fn tuple(at: Place, items: Vec<Self>) -> Self {
        Self::sequence(at, SequenceKind::Tuple, items, None)
    }

    pub(super) fn list(at: Place, items: Vec<Self>) -> Self {
        Self::sequence(at, SequenceKind::List, items, None)
    }

    /// A set: sorted and without what is equal to another element.
    pub(super) fn set(at: Place, items: Vec<Self>, open: Option<Why>) -> Self {
        let mut items: Vec<(String, Self)> = items.into_iter().map(|it| (sort_key(&it), it)).collect();
        items.sort_by(|a, b| order(&a.1, &b.1).then_with(|| a.0.cmp(&b.0)));
        items.dedup_by(|a, b| a.0 == b.0 && equal(&a.1, &b.1) == Some(true));
        let items = items.into_iter().map(|it| it.1).collect();
        Self::sequence(at, SequenceKind::Set, items, open)
    }

    /// A mapping. Of two entries of one key, the last one stays.
    pub(super) fn mapping(
        at: Place,
        kind: MappingKind,
        entries: Vec<(MapKey, Self)>,
        open: Option<Why>,
    ) -> Self {
        let weight = entries.iter().fold(1, |sum: usize, it| sum.saturating_add(it.1.weight()));
        Self::new(at, Kind::Mapping(Mapping { kind, entries: Rc::new(sorted(entries)), open, weight }))
    }

    pub(super) fn object(at: Place, entries: Vec<(MapKey, Self)>) -> Self {
        Self::mapping(at, MappingKind::Object, entries, None)
    }

    /// How much is in a value, shared parts counted as often as they occur: what
    /// it would take to write it out.
    pub(super) fn weight(&self) -> usize {
        match &self.kind {
            Kind::String(it) | Kind::Partial(it, _) => 1 + it.len() / 16,
            Kind::Sequence(it) => it.weight,
            Kind::Mapping(it) => it.weight,
            Kind::Secret(it) => it.weight(),
            _ => 1,
        }
    }

    pub(super) fn is_null(&self) -> bool {
        matches!(self.kind, Kind::Null)
    }

    /// Why it is not known at all; `None` for what is known, at least in part.
    pub(super) fn why_unknown(&self) -> Option<Why> {
        match &self.kind {
            Kind::Unknown(why) | Kind::Partial(_, why) => Some(*why),
            Kind::Secret(_) => Some(Why::Sensitive),
            Kind::Reference { .. } | Kind::Resource(_) => Some(Why::Computed),
            _ => None,
        }
    }

    /// Why it, or something in it, is not known.
    pub(super) fn why_partly_unknown(&self) -> Option<Why> {
        self.why_unknown().or_else(|| match &self.kind {
            Kind::Sequence(it) => it.open.or_else(|| it.items.iter().find_map(Self::why_partly_unknown)),
            Kind::Mapping(it) => {
                it.open.or_else(|| it.entries.iter().find_map(|(_, it)| it.why_partly_unknown()))
            }
            _ => None,
        })
    }

    /// The text that a template would put in its place.
    pub(super) fn text(&self) -> Result<Rc<str>, Why> {
        match &self.kind {
            Kind::Bool(it) => Ok(if *it { "true" } else { "false" }.into()),
            Kind::Number(it) => it.text().map(Into::into).ok_or(Why::Expression),
            Kind::String(it) => Ok(it.clone()),
            Kind::Null | Kind::Sequence(_) | Kind::Mapping(_) => Err(Why::WrongType),
            _ => Err(self.why_unknown().unwrap_or(Why::Expression)),
        }
    }

    /// The text that a template would put in its place, with gaps for what is
    /// not known.
    pub(super) fn gapped(&self) -> Result<Rc<str>, Why> {
        match &self.kind {
            // An encoded text does not show its gaps.
            Kind::Partial(text, _) if gap::has_gaps(text) => Ok(text.clone()),
            Kind::Reference { address, attribute } => Ok(gap::edge(address, attribute).into()),
            _ if self.why_unknown().is_some() => Ok(gap::gap().into()),
            _ => self.text(),
        }
    }

    /// The same value with [`gap`]s, as texts, in the place of all that is not known.
    pub(super) fn with_gaps(&self) -> Self {
        let gap = || Self::string(self.at, gap::gap());
        match &self.kind {
            Kind::Sequence(it) => {
                let items = it.items.iter().map(Self::with_gaps).chain(it.open.map(|_| gap()));
                Self::sequence(self.at, it.kind, items.collect(), None)
            }
            Kind::Mapping(it) => {
                let entries = it.entries.iter().map(|(key, it)| (key.clone(), it.with_gaps()));
                let more = it.open.map(|_| (MapKey::from(gap::gap().as_str()), gap()));
                Self::mapping(self.at, it.kind, entries.chain(more).collect(), None)
            }
            _ if self.why_unknown().is_some() => {
                self.gapped().map_or_else(|_| gap(), |it| Self::string(self.at, it))
            }
            _ => self.clone(),
        }
    }

    /// The same value, as one that must not be shown.
    pub(super) fn into_secret(self) -> Self {
        if self.why_unknown().is_some() || self.is_null() {
            return self;
        }
        Self::new(self.at, Kind::Secret(Box::new(self)))
    }

    /// What it is, for a message.
    pub(super) fn describe(&self) -> &'static str {
        match &self.kind {
            Kind::Null => "null",
            Kind::Bool(_) => "a boolean",
            Kind::Number(_) => "a number",
            Kind::String(_) => "a string",
            Kind::Sequence(_) => "a list",
            Kind::Mapping(_) | Kind::Resource(_) => "an object",
            Kind::Reference { .. } | Kind::Secret(_) | Kind::Unknown(_) | Kind::Partial(..) => {
                "an unknown value"
            }
        }
    }
}

impl<'a> Mapping<'a> {
    /// The value under a key.
    pub(super) fn get(&self, key: &str) -> Option<&Value<'a>> {
        let index = self.entries.binary_search_by(|(it, _)| it.text.as_ref().cmp(key)).ok()?;
        Some(&self.entries[index].1)
    }
}

fn sorted(mut entries: Vec<(MapKey, Value<'_>)>) -> Vec<(MapKey, Value<'_>)> {
    entries.sort_by(|a, b| a.0.text.cmp(&b.0.text));
    // The sort is stable, so the last one of a run is the last one written.
    entries.reverse();
    entries.dedup_by(|a, b| a.0.text == b.0.text);
    entries.reverse();
    entries
}

/// Whether two values are equal, as `==` has it: of one type, and the same.
/// `None` if that is not known.
pub(super) fn equal<'a>(a: &Value<'a>, b: &Value<'a>) -> Option<bool> {
    match (&a.kind, &b.kind) {
        (Kind::Null, Kind::Null) => Some(true),
        (Kind::Null, _) => is_not_null(b),
        (_, Kind::Null) => is_not_null(a),
        (Kind::Bool(a), Kind::Bool(b)) => Some(a == b),
        (Kind::Number(a), Kind::Number(b)) => Some(a == b),
        (Kind::String(a), Kind::String(b)) => Some(a == b),
        (Kind::Sequence(a), Kind::Sequence(b)) => {
            if a.kind != b.kind {
                return Some(false);
            }
            let same_length = a.items.len() == b.items.len();
            if a.loose().is_some() || b.loose().is_some() {
                return None;
            }
            if !same_length {
                return Some(false);
            }
            all_equal(a.items.iter().zip(b.items.iter()))
        }
        (Kind::Mapping(a), Kind::Mapping(b)) => {
            if a.kind != b.kind {
                return Some(false);
            }
            if a.open.is_some() || b.open.is_some() {
                return None;
            }
            let same_keys = a.entries.iter().map(|it| &it.0.text).eq(b.entries.iter().map(|it| &it.0.text));
            if !same_keys {
                return Some(false);
            }
            all_equal(a.entries.iter().map(|it| &it.1).zip(b.entries.iter().map(|it| &it.1)))
        }
        _ if a.why_unknown().is_some() || b.why_unknown().is_some() => None,
        _ => Some(false),
    }
}

/// Whether `null` differs from it: an id that is known after apply is not null,
/// but a variable may be.
fn is_not_null(other: &Value<'_>) -> Option<bool> {
    match &other.kind {
        Kind::Unknown(_) | Kind::Secret(_) => None,
        Kind::Reference { attribute, .. } => schema::is_computed(attribute).then_some(false),
        _ => Some(false),
    }
}

fn all_equal<'v, 'a: 'v>(pairs: impl Iterator<Item = (&'v Value<'a>, &'v Value<'a>)>) -> Option<bool> {
    let mut all = Some(true);
    for (a, b) in pairs {
        match equal(a, b) {
            Some(false) => return Some(false),
            None => all = None,
            Some(true) => {}
        }
    }
    all
}

/// What compound elements of a set are sorted by: their text.
fn sort_key(value: &Value<'_>) -> String {
    match &value.kind {
        Kind::Sequence(it) => it.items.iter().map(sort_key).collect::<Vec<_>>().join("\u{1}"),
        Kind::Mapping(it) => it
            .entries
            .iter()
            .map(|(key, it)| format!("{}\u{2}{}", key.text, sort_key(it)))
            .collect::<Vec<_>>()
            .join("\u{1}"),
        _ => value.text().map_or_else(|_| String::new(), |it| it.as_ref().to_owned()),
    }
}

/// The order of the elements of a set: by value where there is one order.
fn order<'a>(a: &Value<'a>, b: &Value<'a>) -> std::cmp::Ordering {
    let rank = |it: &Value<'a>| match it.kind {
        Kind::Bool(_) => 0,
        Kind::Number(_) => 1,
        Kind::String(_) => 2,
        _ => 3,
    };
    match (&a.kind, &b.kind) {
        (Kind::Bool(a), Kind::Bool(b)) => a.cmp(b),
        (Kind::Number(a), Kind::Number(b)) => a.cmp(b),
        (Kind::String(a), Kind::String(b)) => a.cmp(b),
        _ => rank(a).cmp(&rank(b)),
    }
}
