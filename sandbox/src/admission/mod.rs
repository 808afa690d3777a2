//! Admission: what the server adds to a write, and what it refuses although the object is valid.

mod lifecycle;

use crate::error::Status;
use crate::kinds::Served;
use crate::world::World;
use crate::write::Write;
use serde_json::Value;
use std::sync::Arc;

pub(crate) use lifecycle::is_immortal;

/// A write on its way.
pub(crate) struct Attempt<'a> {
    /// The kind of the object.
    pub(crate) kind: &'a Served,
    /// How it is written.
    pub(crate) write: &'a Write,
    /// What is there now; `None` for a creation.
    pub(crate) old: Option<&'a Arc<Value>>,
}

impl Attempt<'_> {
    /// Whether a new object of this kind is about to be.
    pub(crate) fn creates(&self, group: &str, kind: &str) -> bool {
        self.old.is_none() && self.kind.kind == kind && self.kind.group == group
    }
}

/// Lets the plug-ins that change objects do so.
pub(crate) fn mutate(
    world: &mut World,
    attempt: &Attempt<'_>,
    object: &mut Value,
) -> Result<(), Status> {
    lifecycle::check(world, attempt, object)
}

/// Lets the plug-ins that only judge do so.
pub(crate) fn review(
    _world: &mut World,
    _attempt: &Attempt<'_>,
    _object: &Value,
) -> Result<(), Status> {
    Ok(())
}
