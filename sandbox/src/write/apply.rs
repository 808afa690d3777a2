//! Server-side apply.

use super::given::Empty;
use super::{Write, Written, body, create, finish, prepare, replace};
use crate::error::{Cause, Status};
use crate::facts;
use crate::kinds::Served;
use crate::nothing::Kept;
use crate::store::Key;
use crate::world::World;
use infra_schema::apply::{ApplyError, Conflict, check_body, described, kind_of};
use infra_schema::merge::conform;
use infra_schema::ty::Type;
use serde_json::{Map, Value};

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
    if config["apiVersion"].is_null() || config["kind"] != kind.kind.as_ref() {
        let message = format!("invalid object type: {}", kind_of(&config));
        return Err(Status::bad_request(message));
    }
    let nameless = config["metadata"]["name"].is_null();
    let metadata = &config["metadata"];
    if !metadata.is_null() && (kind.is_custom() || !metadata.is_object()) {
        // What has no name of its own is refused before it gets that of the request.
        check_metadata(&config)?;
    }
    let unnamed = config["metadata"]["namespace"].is_null();
    body::identify(kind, key.ns(), &key.name, &mut config)?;
    if unnamed && let Some(metadata) = config["metadata"].as_object_mut() {
        // The server takes the configuration as it is; its messages name what stands in it.
        metadata.remove("namespace");
    }
    let live = world.objects.at(key).cloned();
    let is_new = live.is_none();
    match &live {
        Some(live) => replace::check_uid(kind, live, &config)?,
        None if !write.subresource.is_empty() && !replace::creates(kind) => {
            return Err(Status::not_found(&kind.group, &kind.plural, &key.name));
        }
        None => {}
    }
    let mut object = super::applied(world, write, kind, live.as_deref(), &config)?;
    facts::convert(kind, &mut object).map_err(|why| unconverted(&config, &why))?;
    facts::prune(kind, &mut object);
    Kept::of(kind, &config).put_back(&mut object);
    let empty = Empty::of(kind, &config);
    if let Some(live) = live {
        replace::check_version(kind, &live, &object)?;
        prepare::carry(kind, write, &live, &mut object, true);
        facts::defaults(kind, &mut object);
        return empty.shown(finish::change(world, write, kind, &live, object));
    }
    // What is not there is missed only when what is applied can be read.
    absent(kind, key, &config)?;
    if nameless && is_new {
        body::named(&key.name, &Value::Object(Map::new()))?;
    }
    if kind.namespaced {
        object["metadata"]["namespace"] = key.ns().into();
    }
    create::begin(world, kind, &mut object);
    facts::defaults(kind, &mut object);
    empty.shown(finish::add(world, write, kind, object))
}

/// A configuration that merges, and makes nothing that can be read.
fn unconverted(config: &Value, why: &str) -> Status {
    let kind = kind_of(config);
    let what = described(config);
    Status::plain(format!(
        "failed to convert new object ({what}) to proper version: unable to convert unstructured object to {kind}: {why}"
    ))
}

/// Refuses metadata that cannot be merged.
fn check_metadata(config: &Value) -> Result<(), Status> {
    let wrong = conform(&Type::object_meta(), &config["metadata"], false);
    let wrong: Vec<String> = wrong
        .iter()
        .map(|wrong| {
            let dot = if wrong.starts_with('.') || wrong.starts_with('[') {
                ""
            } else {
                ": "
            };
            format!(".metadata{dot}{wrong}")
        })
        .collect();
    let message = match wrong.as_slice() {
        [] => return Ok(()),
        [one] => one.clone(),
        many => format!("errors:\n  {}", many.join("\n  ")),
    };
    let what = described(config);
    Err(Status::plain(format!(
        "failed to create typed patch object ({what}): {message}"
    )))
}

/// Applying to an object that is not there creates it, unless the request says that it was.
fn absent(kind: &Served, key: &Key, config: &Value) -> Result<(), Status> {
    let metadata = &config["metadata"];
    let uid = metadata["uid"].as_str().unwrap_or_default();
    if !uid.is_empty() {
        let why = format!(
            "uid mismatch: the provided object specified uid {uid}, and no existing object was found"
        );
        return Err(Status::conflict(&kind.group, &kind.plural, &key.name, &why));
    }
    let version = metadata["resourceVersion"].as_str().unwrap_or_default();
    if !version.is_empty() {
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
