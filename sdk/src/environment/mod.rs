//! An environment: a named, complete desired state, and how it becomes objects.

mod graph;
mod problem;

pub use graph::{Edge, EdgeKind, Graph};
pub use problem::{Problem, Problems};

use crate::object::{Location, Object};
use crate::resource::Resource;
use std::{collections::BTreeMap, sync::Arc};

/// A named, complete desired state: the unit of plan, apply, prune, history and lock.
#[derive(Clone, Debug)]
#[must_use]
pub struct Environment {
    pub(crate) name: String,
    pub(crate) namespace: Option<String>,
    pub(crate) namespace_exists: bool,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) deny_by_default: bool,
    pub(crate) resources: Vec<Arc<dyn Resource>>,
    pub(crate) made: Option<Location>,
}

/// An environment as objects: what the engine works with.
#[derive(Clone, Debug)]
pub struct Rendered {
    /// The environment's name.
    pub name: String,
    /// Its default namespace, where inventory and lock live.
    pub namespace: String,
    /// The objects, in a stable order: namespaces first, then by reference graph, kind and name.
    pub objects: Vec<Object>,
    /// What must come before what, by index into `objects`.
    pub edges: Vec<Edge>,
    /// Things outside the environment that it refers to and that must be there
    /// (`existing(kind, name)`), with where they were named.
    pub existing: Vec<(crate::object::Ref, Option<Location>)>,
}
