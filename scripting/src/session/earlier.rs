//! What earlier lines of a session have defined, as its functions and the linter see it.

use rhai::Dynamic;
use std::collections::BTreeMap;
use std::sync::{PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard};

/// What the names of lines begin with, where a file's name would stand.
const INPUT: &str = "input ";

/// What earlier lines have defined; nothing where a script runs by itself.
#[derive(Debug, Default)]
pub(crate) struct Earlier(RwLock<Defined>);

#[derive(Debug, Default)]
struct Defined {
    /// The constants that functions of lines see.
    constants: BTreeMap<String, Dynamic>,
    /// Those that functions of a loaded script see, by its name.
    of_scripts: BTreeMap<String, BTreeMap<String, Dynamic>>,
    /// With the names of their parameters.
    functions: Vec<(String, Vec<String>)>,
    types: BTreeMap<String, String>,
}

/// The name of a line of a session.
pub(crate) fn input_name(number: usize) -> String {
    format!("{INPUT}{number}")
}

/// Whether a source is a line of a session.
pub(crate) fn is_input(source: &str) -> bool {
    source.starts_with(INPUT)
}

impl Earlier {
    /// A constant, as a function of that source sees it.
    pub(crate) fn constant(&self, source: &str, name: &str) -> Option<Dynamic> {
        let defined = self.read();
        let seen = if is_input(source) {
            &defined.constants
        } else {
            defined.of_scripts.get(source)?
        };
        seen.get(name).cloned()
    }

    /// The functions that a source may call without defining them, and how many parameters they have.
    pub(crate) fn functions(&self, source: &str) -> Vec<(String, usize)> {
        let count = |(name, parameters): (String, Vec<String>)| (name, parameters.len());
        let all = if is_input(source) {
            self.all_functions()
        } else {
            Vec::new()
        };
        all.into_iter().map(count).collect()
    }

    /// Every function, with the names of its parameters.
    pub(crate) fn all_functions(&self) -> Vec<(String, Vec<String>)> {
        self.read().functions.clone()
    }

    /// The types of the variables that a source may use without defining them.
    pub(crate) fn types(&self, source: &str) -> BTreeMap<String, String> {
        if is_input(source) {
            self.read().types.clone()
        } else {
            BTreeMap::new()
        }
    }

    /// Notes a variable or constant of a line, which hides what had its name.
    pub(crate) fn define(&self, name: &str, constant: Option<Dynamic>, ty: Option<&str>) {
        let mut defined = self.write();
        match constant {
            Some(value) => defined.constants.insert(name.to_owned(), value),
            None => defined.constants.remove(name),
        };
        match ty {
            Some(ty) => defined.types.insert(name.to_owned(), ty.to_owned()),
            None => defined.types.remove(name),
        };
    }

    /// Notes the constants of a loaded script.
    pub(crate) fn of_script(&self, source: &str, constants: BTreeMap<String, Dynamic>) {
        self.write().of_scripts.insert(source.to_owned(), constants);
    }

    /// Notes a function, which hides the one of its name and number of parameters.
    pub(crate) fn function(&self, name: &str, parameters: &[&str]) {
        let mut defined = self.write();
        let is_it =
            |known: &(String, Vec<String>)| known.0 == name && known.1.len() == parameters.len();
        defined.functions.retain(|known| !is_it(known));
        let parameters = parameters.iter().map(|name| (*name).to_owned()).collect();
        defined.functions.push((name.to_owned(), parameters));
    }

    fn read(&self) -> RwLockReadGuard<'_, Defined> {
        self.0.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, Defined> {
        self.0.write().unwrap_or_else(PoisonError::into_inner)
    }
}
