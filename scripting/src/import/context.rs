//! What a proposal may ask of all other objects.

use super::code::{Code, call, text};
use super::verify::Level;
use super::wanted::Wanted;
use infra_sdk::environment::existing_word;
use infra_sdk::resource::Convention;
use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};

/// All objects, and how each is proposed.
pub(super) struct Context<'a> {
    pub(super) objects: &'a [Wanted],
    pub(super) levels: &'a [Level],
    pub(super) constants: &'a [String],
    /// The environment's namespace.
    pub(super) namespace: &'a str,
    /// The defaults that are on for every resource.
    pub(super) on: &'a BTreeSet<Convention>,
    index: HashMap<(&'a str, &'a str, &'a str, &'a str), usize>,
    /// The constants that something names.
    pub(super) named: RefCell<BTreeSet<usize>>,
    /// What is named that is not among the objects: group, kind, namespace, name.
    pub(super) outside: RefCell<BTreeSet<(String, String, String, String)>>,
}

impl<'a> Context<'a> {
    pub(super) fn new(
        objects: &'a [Wanted],
        levels: &'a [Level],
        constants: &'a [String],
        namespace: &'a str,
        on: &'a BTreeSet<Convention>,
    ) -> Self {
        let index = objects.iter().enumerate().map(|(index, object)| {
            let id = &object.id;
            let home = id.namespace.as_deref().unwrap_or_default();
            (
                (id.group.as_str(), id.kind.as_str(), home, id.name.as_str()),
                index,
            )
        });
        Self {
            index: index.collect(),
            objects,
            levels,
            constants,
            namespace,
            on,
            named: RefCell::default(),
            outside: RefCell::default(),
        }
    }

    /// The place of an object among all.
    pub(super) fn find(&self, group: &str, kind: &str, home: &str, name: &str) -> Option<usize> {
        self.index.get(&(group, kind, home, name)).copied()
    }

    /// An object as another names it: its constant, else something that exists.
    pub(super) fn link(&self, group: &str, kind: &str, home: &str, name: &str) -> Code {
        match self.find(group, kind, home, name) {
            Some(index) => self.constant(index),
            None => self.existing(group, kind, home, name),
        }
    }

    /// The same where a method of the builder is called on it.
    pub(super) fn builder(&self, group: &str, kind: &str, home: &str, name: &str) -> Code {
        let found = self.find(group, kind, home, name);
        match found.filter(|index| self.levels[*index].is_builder()) {
            Some(index) => self.constant(index),
            None => self.existing(group, kind, home, name),
        }
    }

    /// The constant of an object.
    pub(super) fn constant(&self, index: usize) -> Code {
        self.named.borrow_mut().insert(index);
        Code::Name(self.constants[index].clone())
    }

    fn existing(&self, group: &str, kind: &str, home: &str, name: &str) -> Code {
        let texts = [group, kind, home, name].map(str::to_owned);
        let [a, b, c, d] = texts;
        self.outside.borrow_mut().insert((a, b, c, d));
        let existing = call("existing", [text(existing_word(group, kind)), text(name)]);
        if home.is_empty() || home == self.namespace {
            existing
        } else {
            existing.then("namespace", [text(home)])
        }
    }
}
