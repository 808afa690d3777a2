//! Admission: what the server adds to a write, and what it refuses although the object is valid.

mod class;
mod ingress_class;
mod lifecycle;
mod limits;
mod priority;
mod protection;
mod quota;
mod resize;
mod runtime_class;
mod security;
mod service_account;
mod tolerations;
mod topology;
mod usage;

use crate::error::Status;
use crate::kinds::Served;
use crate::world::World;
use crate::write::Write;
use serde_json::Value;
use std::sync::Arc;

pub(crate) use lifecycle::is_immortal;
pub(crate) use quota::Quotas;
pub(crate) use topology::fill as fill_topology;

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
    fn creates(&self, group: &str, kind: &str) -> bool {
        self.old.is_none() && self.is(group, kind)
    }

    /// Whether the object is of this kind.
    fn is(&self, group: &str, kind: &str) -> bool {
        self.kind.kind == kind && self.kind.group == group
    }

    /// A refusal of this write.
    fn forbid(&self, object: &Value, why: &str) -> Status {
        let name = object["metadata"]["name"].as_str().unwrap_or_default();
        Status::forbidden(&self.kind.group, &self.kind.plural, name, why)
    }
}

/// Lets the plug-ins that change objects do so, in the server's order.
pub(crate) fn mutate(
    world: &mut World,
    attempt: &Attempt<'_>,
    object: &mut Value,
) -> Result<(), Status> {
    lifecycle::check(world, attempt, object)?;
    if attempt.creates("", "Pod") {
        limits::fill(world, object);
        service_account::fill(world, attempt, object)?;
        tolerations::fill(object);
        priority::fill(world, attempt, object)?;
        runtime_class::fill(world, attempt, object)?;
        topology::fill(world, object);
    }
    let is_pod = attempt.kind.group.is_empty() && attempt.kind.kind == "Pod";
    if is_pod && attempt.old.is_some() && attempt.write.subresource.is_empty() {
        tolerations::fill(object);
    }
    if attempt.creates("", "PersistentVolumeClaim") {
        class::fill(world, object);
    }
    protection::fill(attempt, object);
    if attempt.creates("networking.k8s.io", "Ingress") {
        ingress_class::fill(world, object);
    }
    Ok(())
}

/// Lets the plug-ins that only judge do so. Answers warnings.
pub(crate) fn review(
    world: &World,
    attempt: &Attempt<'_>,
    object: &Value,
) -> Result<Vec<String>, Status> {
    if attempt.old.is_none() {
        limits::check(world, attempt, object)?;
    }
    let warnings = security::check(world, attempt, object)?;
    resize::check(world, attempt, object)?;
    if attempt.creates("", "Pod") {
        runtime_class::check(world, attempt, object)?;
    }
    quota::check(world, attempt, object)?;
    Ok(warnings)
}

/// Notes what a write uses that is about to be stored.
pub(crate) fn charge(
    world: &mut World,
    attempt: &Attempt<'_>,
    object: &Value,
) -> Result<(), Status> {
    quota::charge(world, attempt, object)
}
