//! Collections that know what their absences are worth, and edges between objects.

use std::marker::PhantomData;

use super::{Place, Why};

/// How much of a collection the input holds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Coverage {
    /// Some of it, or none: absence says nothing.
    #[default]
    Part,
    /// All that one Terraform root declares. Another root, or a person in the
    /// Admin Console, may have made more.
    Root,
    /// All that the org has.
    Whole,
}

/// A collection.
#[derive(Clone, Debug)]
pub struct Set<T> {
    /// What the input holds, in its order.
    pub items: Vec<T>,
    /// How much that is.
    pub coverage: Coverage,
}

impl<T> Default for Set<T> {
    fn default() -> Self {
        Self { items: Vec::new(), coverage: Coverage::Part }
    }
}

impl<T> Set<T> {
    /// A collection of `items`.
    pub fn new(items: Vec<T>, coverage: Coverage) -> Self {
        Self { items, coverage }
    }

    /// All items, if these are all that there are: the only way to say "there
    /// is none" for certain.
    pub fn complete(&self) -> Option<&[T]> {
        (self.coverage == Coverage::Whole).then_some(self.items.as_slice())
    }

    /// Whether these are all that there are.
    pub fn is_whole(&self) -> bool {
        self.coverage == Coverage::Whole
    }

    /// The items, if these are at least all that one root declares: the way to
    /// say "there seems to be none".
    pub fn declared(&self) -> Option<&[T]> {
        (self.coverage >= Coverage::Root).then_some(self.items.as_slice())
    }
}

/// The place of an object in its collection.
#[derive(Debug)]
pub struct Id<T> {
    index: u32,
    of: PhantomData<fn() -> T>,
}

impl<T> Id<T> {
    /// The object at `index`.
    pub fn new(index: usize) -> Self {
        Self { index: u32::try_from(index).unwrap_or(u32::MAX), of: PhantomData }
    }

    /// Its index.
    pub fn index(self) -> usize {
        self.index as usize
    }
}

impl<T> Clone for Id<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Id<T> {}

impl<T> PartialEq for Id<T> {
    fn eq(&self, other: &Self) -> bool {
        self.index == other.index
    }
}

impl<T> Eq for Id<T> {}

impl<T> PartialOrd for Id<T> {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl<T> Ord for Id<T> {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.index.cmp(&other.index)
    }
}

/// How the input names another object.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Key {
    /// By an id, or whatever literal stands there.
    Literal(String),
    /// By a Terraform address and one of its attributes.
    Address {
        /// The address without instance key, such as `okta_auth_server.api`.
        address: String,
        /// The attribute, such as `id`; empty for the whole object.
        attribute: String,
    },
    /// By something that cannot be known.
    Unknown(Why),
}

/// What a reference points at.
#[derive(Debug)]
pub enum Target<T> {
    /// An object of the input.
    Found(Id<T>),
    /// Named, but not in the input, which does not claim to hold everything.
    Outside,
    /// Named, and certainly not there.
    Dangling,
    /// Not known.
    Unknown(Why),
}

// A target is an index, so it can be copied and compared whatever `T` is; a
// derive would ask `T` for as much.
impl<T> Clone for Target<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T> Copy for Target<T> {}

impl<T> PartialEq for Target<T> {
    fn eq(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Found(a), Self::Found(b)) => a == b,
            (Self::Unknown(a), Self::Unknown(b)) => a == b,
            (Self::Outside, Self::Outside) | (Self::Dangling, Self::Dangling) => true,
            _ => false,
        }
    }
}

impl<T> Eq for Target<T> {}

/// An edge: the text that names another object, and that object.
#[derive(Debug)]
pub struct Ref<T> {
    /// Where the name stands.
    pub at: Place,
    /// The name.
    pub key: Key,
    /// What it points at. `resolve` fills it in.
    pub target: Target<T>,
}

impl<T> Clone for Ref<T> {
    fn clone(&self) -> Self {
        Self { at: self.at, key: self.key.clone(), target: self.target }
    }
}

impl<T> Ref<T> {
    /// A reference that is not resolved yet.
    pub fn new(at: Place, key: Key) -> Self {
        let why = match key {
            Key::Unknown(why) => why,
            Key::Literal(_) | Key::Address { .. } => Why::Undeclared,
        };
        Self { at, key, target: Target::Unknown(why) }
    }

    /// The object, if it is in the input.
    pub fn found(&self) -> Option<Id<T>> {
        match self.target {
            Target::Found(id) => Some(id),
            Target::Outside | Target::Dangling | Target::Unknown(_) => None,
        }
    }

    /// The name as it is written, if it is a literal.
    pub fn literal(&self) -> Option<&str> {
        match &self.key {
            Key::Literal(text) => Some(text),
            Key::Address { .. } | Key::Unknown(_) => None,
        }
    }
}
