//! Server-side apply.

use super::{Write, Written, body, create, finish, prepare, replace};
use crate::error::{Cause, Status};
use crate::facts;
use crate::kinds::Served;
use crate::store::Key;
use crate::world::World;
use infra_schema::apply::{ApplyError, Conflict, check_body};
use serde_json::Value;

/// Applies a configuration; creates the object when it is not there.
pub(crate) fn apply(
    world: &mut World,
    write: &Write,
    kind: &Served,
    key: &Key,
    mut config: Value,
) -> Result<Written, Status> {
    if write.manager.is_empty() {
        let cause = Cause {
            reason: "FieldValueRequired".into(),
            message: "Required value: is required for apply patch".into(),
            field: "fieldManager".into(),
        };
        return Err(Status::invalid("meta.k8s.io", "PatchOptions", "", &[cause]));
    }
    check_body(&config, &kind.api_version()).map_err(refusal)?;
    let unnamed = config["metadata"]["namespace"].is_null();
    body::identify(kind, key.ns(), &key.name, &mut config)?;
    if unnamed && let Some(metadata) = config["metadata"].as_object_mut() {
        // The server takes the configuration as it is; its messages name what stands in it.
        metadata.remove("namespace");
    }
    let live = world.objects.at(key).cloned();
    match &live {
        Some(live) => replace::check_preconditions(kind, live, &config)?,
        None => absent(write, kind, key, &config)?,
    }
    let mut object = super::applied(world, write, kind, live.as_deref(), &config)?;
    if let Some(live) = live {
        prepare::carry(kind, write, &live, &mut object, true);
        facts::readable(kind, &object)?;
        facts::defaults(kind, &mut object);
        return finish::change(world, write, kind, &live, object, Vec::new());
    }
    if kind.namespaced {
        object["metadata"]["namespace"] = key.ns().into();
    }
    create::begin(world, kind, &mut object);
    facts::readable(kind, &object)?;
    facts::defaults(kind, &mut object);
    finish::add(world, write, kind, object, Vec::new())
}

/// Applying to an object that is not there creates it, unless the request says that it was.
fn absent(write: &Write, kind: &Served, key: &Key, config: &Value) -> Result<(), Status> {
    let metadata = &config["metadata"];
    let uid = metadata["uid"].as_str().unwrap_or_default();
    if !uid.is_empty() {
        let why = format!(
            "uid mismatch: the provided object specified uid {uid}, and no existing object was found"
        );
        return Err(Status::conflict(&kind.group, &kind.plural, &key.name, &why));
    }
    let version = metadata["resourceVersion"].as_str().unwrap_or_default();
    if !write.subresource.is_empty() || !version.is_empty() {
        return Err(Status::not_found(&kind.group, &kind.plural, &key.name));
    }
    Ok(())
}

pub(super) fn refusal(error: ApplyError) -> Status {
    match error {
        ApplyError::Conflicts(conflicts) => {
            let cause = |conflict: &Conflict| Cause {
                reason: "FieldManagerConflict".into(),
                message: conflict.message(),
                field: conflict.path.to_string(),
            };
            let causes: Vec<Cause> = conflicts.iter().map(cause).collect();
            let message = ApplyError::Conflicts(conflicts).to_string();
            Status::new(409, "Conflict", message).causes(&causes)
        }
        ApplyError::BadRequest(message) => Status::bad_request(message),
        other => Status::plain(other.to_string()),
    }
}
