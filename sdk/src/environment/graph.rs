//! Who refers to whom.

use crate::object::Ref;
use crate::resource::{Facts, Relation};
use std::collections::BTreeMap;

/// All that lowering one resource may know of the others.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    pub(crate) environment: String,
    pub(crate) namespace: String,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) facts: BTreeMap<Ref, Facts>,
    pub(crate) relations: Vec<Relation>,
}

/// `after` comes after `before`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The index of the object that comes first.
    pub before: usize,
    /// The index of the object that comes after.
    pub after: usize,
    /// How far `before` must be.
    pub kind: EdgeKind,
}

/// How far the first must be before the second is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EdgeKind {
    /// Applied: the API server has it.
    Applied,
    /// Ready: its status says so.
    Ready,
}
