//! Patching an object.

use super::{Write, Written, body, replace};
use crate::error::{Cause, Status};
use crate::facts;
use crate::kinds::Served;
use crate::store::Key;
use crate::world::World;
use serde_json::Value;

/// The ways to patch, apart from apply.
#[derive(Clone, Debug)]
pub(crate) enum Patch {
    /// RFC 6902: a list of operations.
    Json(Value),
    /// RFC 7386: a partial object; null removes.
    Merge(Value),
    /// Kubernetes' own: a partial object, lists merged by their keys.
    Strategic(Value),
}

/// The most operations a JSON patch may have.
const MOST_OPERATIONS: usize = 10_000;

/// Patches an object that exists.
pub(crate) fn patch(
    world: &mut World,
    write: &Write,
    kind: &Served,
    key: &Key,
    patch: &Patch,
) -> Result<Written, Status> {
    let Some(live) = world.objects.at(key).cloned() else {
        return Err(Status::not_found(&kind.group, &kind.plural, &key.name));
    };
    let mut object = patched(kind, &key.name, &live, patch)?;
    let mut warnings = Vec::new();
    body::identify(kind, key.ns(), &key.name, &mut object)?;
    body::known_fields(kind, write, &mut object, &mut warnings)?;
    replace::check_preconditions(kind, &live, &object)?;
    replace::store(world, write, kind, &live, object, warnings)
}

/// The object with the patch in it.
pub(super) fn patched(
    kind: &Served,
    name: &str,
    live: &Value,
    patch: &Patch,
) -> Result<Value, Status> {
    match patch {
        Patch::Json(operations) => {
            if operations
                .as_array()
                .is_some_and(|list| list.len() > MOST_OPERATIONS)
            {
                let message = format!(
                    "Request entity too large: The allowed maximum operations in a JSON patch is {MOST_OPERATIONS}"
                );
                return Err(Status::new(413, "RequestEntityTooLarge", message));
            }
            facts::json_patch(live, operations).map_err(|error| {
                let cause = Cause {
                    reason: "FieldValueInvalid".into(),
                    message: error.to_string(),
                    field: "patch".into(),
                };
                Status::invalid(&kind.group, &kind.kind, name, &[cause])
            })
        }
        Patch::Merge(patch) => Ok(facts::merge_patch(live, patch)),
        Patch::Strategic(_) if kind.is_custom() => Err(Status::unsupported(
            "application/json-patch+json, application/merge-patch+json, application/apply-patch+yaml",
        )),
        Patch::Strategic(patch) => facts::strategic_merge_patch(&kind.ty(), live, patch)
            .map_err(|error| Status::bad_request(error.to_string())),
    }
}
