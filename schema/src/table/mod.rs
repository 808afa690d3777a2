//! The generated tables: every type and kind of Kubernetes 1.36 as static, sorted arrays.
//!
//! Types are nodes that name each other by number; a struct is a run of rows in [`FIELDS`], sorted
//! by name. `schema/generate` writes `names`, `types` and `kinds`.

#[rustfmt::skip]
mod kinds;
#[rustfmt::skip]
mod names;
#[rustfmt::skip]
mod types;

pub(crate) use kinds::KINDS;
pub(crate) use names::NAMES;
pub(crate) use types::{BODIES, DEFAULTS, ENUMS, FIELDS, KEYS, NODES, OBJECT_META, PATCHES};

use crate::ty::Scalar as ScalarKind;

/// One type.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Node {
    /// No schema: anything may stand here.
    Any,
    /// A leaf.
    Scalar(ScalarKind),
    /// First row in `FIELDS`, number of rows, atomic.
    Struct(u16, u16, bool),
    /// Node of the values, atomic.
    Map(u16, bool),
    /// Node of the items, relation (0 atomic, 1 set, 2 map), row in `KEYS`.
    List(u16, u8, u8),
}

/// One field of a struct: row in `NAMES`, node, row in `DEFAULTS`, required, row in `ENUMS`, row in
/// `PATCHES`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field(
    pub(crate) u16,
    pub(crate) u16,
    pub(crate) u8,
    pub(crate) bool,
    pub(crate) u8,
    pub(crate) u8,
);

impl Field {
    pub(crate) fn name(self) -> &'static str {
        NAMES[self.0 as usize]
    }
}

/// What OpenAPI says a missing field counts as. The first four are Go's zero values: a typed
/// server prints them, they decide nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Default {
    Nothing,
    EmptyStruct,
    EmptyText,
    Zero,
    False,
    Text(&'static str),
    Int(i64),
}

/// The static spelling of a field name, when it is one that the tables know.
pub(crate) fn interned(name: &str) -> Option<&'static str> {
    NAMES.binary_search(&name).ok().map(|at| NAMES[at])
}

/// The node of the object with this group, version and kind, bodies of subresources included.
pub(crate) fn body(group: &str, version: &str, kind: &str) -> Option<u16> {
    BODIES
        .binary_search_by(|row| (row.0, row.1, row.2).cmp(&(group, version, kind)))
        .ok()
        .map(|at| BODIES[at].3)
}
