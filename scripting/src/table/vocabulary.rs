//! All words of the language, as messages, linter and reference look them up.

use super::register::Table;
use super::row::Row;
use super::value::TypeEntry;
use std::{any::TypeId, sync::Arc};

/// The rows of the language and of the host together.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    tables: Vec<Arc<Table>>,
}

impl Vocabulary {
    /// The words of these tables.
    pub fn new(tables: Vec<Arc<Table>>) -> Self {
        Self { tables }
    }

    pub(crate) fn tables(&self) -> &[Arc<Table>] {
        &self.tables
    }

    /// Every row.
    pub fn rows(&self) -> impl Iterator<Item = &Row> {
        self.tables.iter().flat_map(|table| &table.rows)
    }

    /// The rows of that name, of every receiver.
    pub fn named<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Row> {
        let found: Vec<&Row> = self
            .tables
            .iter()
            .flat_map(|table| {
                table
                    .by_name
                    .get(name)
                    .into_iter()
                    .flatten()
                    .map(|index| &table.rows[*index])
            })
            .collect();
        found.into_iter()
    }

    /// The methods of that name of a type.
    pub fn methods<'a>(&'a self, receiver: &'a str, name: &str) -> impl Iterator<Item = &'a Row> {
        self.named(name)
            .filter(move |row| row.is_method_of(receiver))
    }

    /// All methods of a type.
    pub fn methods_of<'a>(&'a self, receiver: &'a str) -> impl Iterator<Item = &'a Row> {
        self.rows().filter(move |row| row.is_method_of(receiver))
    }

    /// The functions of that name that are no methods.
    pub fn functions<'a>(&'a self, name: &str) -> impl Iterator<Item = &'a Row> {
        self.named(name).filter(|row| row.is_function())
    }

    /// Whether it is the name of a script type.
    pub fn is_type(&self, name: &str) -> bool {
        self.types().any(|entry| entry.name == name)
    }

    /// The script types.
    pub fn types(&self) -> impl Iterator<Item = &'static TypeEntry> {
        self.tables
            .iter()
            .flat_map(|table| table.types.iter().copied())
    }

    pub(crate) fn type_name(&self, id: TypeId) -> Option<&'static str> {
        self.entry(id).map(|entry| entry.name)
    }

    pub(crate) fn entry(&self, id: TypeId) -> Option<&'static TypeEntry> {
        self.types().find(|entry| entry.id == id)
    }
}
