//! Modules and resources as often as they are made: what `count` and `for_each`
//! expand to.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::rc::Rc;

use super::module::{Block, Call, Mode, Module};
use super::value::{Evaluated, Value};

/// A module that is called, or the root.
pub(super) struct Instance<'a> {
    pub(super) module: &'a Module<'a>,
    /// `module.server["orders"]`, empty for the root.
    pub(super) address: Rc<str>,
    /// Who called it; `None` for the root.
    pub(super) caller: Option<Caller<'a>>,
    /// The values of a root's variables.
    pub(super) inputs: BTreeMap<String, Value<'a>>,
    /// Whether defaults of variables are taken. Those of a module that nobody
    /// calls are somebody's suggestion and no fact.
    pub(super) takes_defaults: bool,
    /// Whether it certainly is made.
    pub(super) certain: bool,
    /// What its names stand for, as far as they were asked for.
    pub(super) memo: RefCell<HashMap<(Name, &'a str), Memo<'a>>>,
    /// What its resources expand to.
    pub(super) resources: RefCell<HashMap<usize, Rc<Expansion<'a, Each<'a>>>>>,
    /// What its calls expand to.
    pub(super) calls: RefCell<HashMap<usize, Rc<Expansion<'a, Rc<Instance<'a>>>>>>,
}

/// A call of a module.
#[derive(Clone)]
pub(super) struct Caller<'a> {
    pub(super) instance: Rc<Instance<'a>>,
    pub(super) call: &'a Call<'a>,
    pub(super) each: Each<'a>,
}

/// The kinds of name that a module declares.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Name {
    Local,
    Variable,
    Output,
}

impl Name {
    /// What stands before such a name where it is used.
    pub(super) fn prefix(self) -> &'static str {
        match self {
            Self::Local => "local.",
            Self::Variable => "var.",
            Self::Output => "output.",
        }
    }
}

/// What a name stands for.
#[derive(Clone)]
pub(super) enum Memo<'a> {
    /// Being evaluated: whoever asks now is part of a cycle.
    Open,
    Done(Evaluated<'a>),
}

/// What `each` and `count` are in one instance.
#[derive(Clone, Debug)]
pub(super) enum Each<'a> {
    /// There is one instance, and neither exists.
    None,
    /// Of `for_each`.
    Key(Value<'a>, Value<'a>),
    /// Of `count`.
    Index(Value<'a>),
    /// Of a `count` or `for_each` that is not known.
    Unknown,
}

/// What a block expands to.
#[derive(Debug)]
pub(super) struct Expansion<'a, T> {
    pub(super) kind: ExpansionKind,
    /// The key or index of each instance, and the instance.
    pub(super) items: Vec<(Option<Value<'a>>, T)>,
    /// Whether there may be instances that are not known.
    pub(super) open: bool,
}

/// How instances are told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ExpansionKind {
    /// There is one.
    One,
    /// By index.
    Counted,
    /// By key.
    Keyed,
    /// Not known: one item stands for some instances.
    Unknown,
}

/// A resource or data source as a value.
#[derive(Clone)]
pub(super) struct Handle<'a> {
    pub(super) instance: Rc<Instance<'a>>,
    pub(super) block: &'a Block<'a>,
    pub(super) each: Each<'a>,
}

impl Handle<'_> {
    /// The address, with the key of the instance if it is known.
    pub(super) fn address(&self) -> String {
        let name = join(&self.instance.address, &self.block.address());
        format!("{name}{}", suffix(&self.each))
    }

    /// Whether it stands for some instances, whose keys are not known.
    pub(super) fn is_some(&self) -> bool {
        matches!(self.each, Each::Unknown)
    }

    pub(super) fn is_data(&self) -> bool {
        self.block.mode == Mode::Data
    }
}

impl fmt::Debug for Handle<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.address())
    }
}

impl fmt::Debug for Instance<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "module at `{}`", self.address)
    }
}

impl<'a> Instance<'a> {
    /// A root, or a module on its own.
    pub(super) fn root(
        module: &'a Module<'a>,
        inputs: BTreeMap<String, Value<'a>>,
        takes_defaults: bool,
    ) -> Rc<Self> {
        Rc::new(Self {
            module,
            address: "".into(),
            caller: None,
            inputs,
            takes_defaults,
            certain: true,
            memo: RefCell::default(),
            resources: RefCell::default(),
            calls: RefCell::default(),
        })
    }

    /// A module that this one calls.
    pub(super) fn child(
        self: &Rc<Self>,
        call: &'a Call<'a>,
        module: &'a Module<'a>,
        each: Each<'a>,
    ) -> Rc<Self> {
        let name = format!("module.{}{}", call.name.text, suffix(&each));
        Rc::new(Self {
            module,
            address: join(&self.address, &name).into(),
            certain: self.certain && !matches!(each, Each::Unknown),
            caller: Some(Caller { instance: self.clone(), call, each }),
            inputs: BTreeMap::new(),
            takes_defaults: true,
            memo: RefCell::default(),
            resources: RefCell::default(),
            calls: RefCell::default(),
        })
    }

    /// How many calls lead here.
    pub(super) fn depth(&self) -> usize {
        self.caller.as_ref().map_or(0, |it| it.instance.depth() + 1)
    }
}

/// An address within a module's.
pub(super) fn join(module: &str, name: &str) -> String {
    if module.is_empty() { name.to_owned() } else { format!("{module}.{name}") }
}

/// `[0]`, `["key"]`, or nothing.
fn suffix(each: &Each<'_>) -> String {
    match each {
        Each::Key(key, _) => key.text().map_or_else(|_| String::new(), |it| format!("[{:?}]", it.as_ref())),
        Each::Index(index) => index.text().map_or_else(|_| String::new(), |it| format!("[{it}]")),
        Each::None | Each::Unknown => String::new(),
    }
}
