//! NamespaceLifecycle: nothing is created where there is no namespace, or in one that goes.

use super::Attempt;
use crate::error::{Cause, Status};
use crate::world::World;
use serde_json::Value;

/// Namespaces that are never deleted.
const IMMORTAL: [&str; 3] = ["default", "kube-system", "kube-public"];

/// Refuses to create objects in a namespace that is not there or is being deleted.
pub(super) fn check(world: &World, attempt: &Attempt<'_>, object: &Value) -> Result<(), Status> {
    let kind = attempt.kind;
    if !kind.namespaced || attempt.old.is_some() {
        return Ok(());
    }
    let name = object["metadata"]["namespace"].as_str().unwrap_or_default();
    let Some(namespace) = world.objects.get("", "Namespace", "", name) else {
        return Err(Status::not_found("", "namespaces", name));
    };
    if !namespace["metadata"]["deletionTimestamp"].is_string() {
        return Ok(());
    }
    let why =
        format!("unable to create new content in namespace {name} because it is being terminated");
    let cause = Cause {
        reason: "NamespaceTerminating".into(),
        message: format!("namespace {name} is being terminated"),
        field: "metadata.namespace".into(),
    };
    let object_name = object["metadata"]["name"].as_str().unwrap_or_default();
    Err(Status::forbidden(&kind.group, &kind.plural, object_name, &why).causes(&[cause]))
}

/// Whether a namespace may never be deleted.
pub(crate) fn is_immortal(name: &str) -> bool {
    IMMORTAL.contains(&name)
}
