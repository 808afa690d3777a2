//! Every change of an object, whoever makes it: the path from a body to the store.

mod allocate;
mod apply;
mod body;
mod create;
mod delete;
mod finish;
mod given;
mod name;
mod patch;
mod pod;
mod prepare;
mod replace;
mod scale;
mod scale_body;
mod service;
mod strategy;

pub(crate) use crate::facts::Patch;
pub(crate) use apply::apply;
pub(crate) use create::create;
pub(crate) use delete::{DeleteOptions, Deleted, delete};
pub(crate) use patch::patch;
pub(crate) use pod::{bind, evict};
pub(crate) use replace::replace;
pub(crate) use scale::{read as read_scale, set as scale_to, write as write_scale};
pub(crate) use scale_body::ScaleBody;
pub(crate) use strategy::unread;

use crate::error::Status;
use crate::kinds::Served;
use crate::store::Key;
use crate::world::World;
use infra_schema::apply::{ApplyError, ApplyOptions, UpdateOptions, reset_fields, update};
use serde_json::Value;
use std::sync::Arc;

/// What happens to fields that no schema knows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum FieldValidation {
    /// They are dropped without a word.
    Ignore,
    /// They are dropped with a warning.
    #[default]
    Warn,
    /// They are an error.
    Strict,
}

/// How to write.
#[derive(Clone, Debug, Default)]
pub(crate) struct Write {
    /// The field manager.
    pub(crate) manager: String,
    /// The endpoint: empty for the object's own.
    pub(crate) subresource: String,
    /// Do everything but store.
    pub(crate) dry_run: bool,
    /// What happens to unknown fields.
    pub(crate) validation: FieldValidation,
    /// Take fields from other managers (apply only).
    pub(crate) force: bool,
}

impl Write {
    /// A write by this field manager to the object's own endpoint.
    pub(crate) fn by(manager: &str) -> Self {
        // Controllers are compiled against their types: an unknown field cannot be theirs.
        let validation = FieldValidation::Ignore;
        Self {
            manager: manager.to_owned(),
            validation,
            ..Self::default()
        }
    }

    /// The same, to a subresource.
    pub(crate) fn subresource(mut self, name: &str) -> Self {
        name.clone_into(&mut self.subresource);
        self
    }
}

/// What a write came to.
#[derive(Clone, Debug)]
pub(crate) struct Written {
    /// The object as it now is (or, in a dry run, would be).
    pub(crate) object: Arc<Value>,
    /// Whether it is new.
    pub(crate) created: bool,
    /// Warnings for the caller.
    pub(crate) warnings: Vec<String>,
}

/// The outcome with the warnings that the body gave: a refusal shows them too.
fn told(warnings: Vec<String>, outcome: Result<Written, Status>) -> Result<Written, Status> {
    match outcome {
        Ok(mut written) => {
            written.warnings.splice(0..0, warnings);
            Ok(written)
        }
        Err(mut status) => {
            status.warnings.splice(0..0, warnings);
            Err(status)
        }
    }
}

/// The object with the ownership of its fields as this write leaves it.
fn track(
    world: &World,
    write: &Write,
    kind: &Served,
    live: Option<&Value>,
    mut object: Value,
) -> Value {
    strategy::read(kind, &mut object);
    let options = UpdateOptions {
        manager: &write.manager,
        api_version: &kind.api_version(),
        subresource: &write.subresource,
        time: &world.stamp(),
        reset: &reset_fields(kind, &write.subresource),
    };
    update(&kind.ty(), live, object, &options)
}

/// Applies a configuration to a live object, or to none.
fn applied(
    world: &World,
    write: &Write,
    kind: &Served,
    live: Option<&Value>,
    config: &Value,
) -> Result<Value, Status> {
    let options = ApplyOptions {
        manager: &write.manager,
        api_version: &kind.api_version(),
        force: write.force,
        subresource: &write.subresource,
        time: &world.stamp(),
        reset: &reset_fields(kind, &write.subresource),
    };
    infra_schema::apply::apply(&kind.ty(), live, config, &options)
        .map(|applied| applied.object)
        .map_err(|error| apply::refusal(as_written_through(write, error)))
}

/// A scale knows its managers in its own version.
fn as_written_through(write: &Write, mut error: ApplyError) -> ApplyError {
    if let ApplyError::Conflicts(conflicts) = &mut error
        && write.subresource == "scale"
    {
        for conflict in conflicts {
            "autoscaling/v1".clone_into(&mut conflict.manager.api_version);
        }
    }
    error
}

/// The kind of an object that a controller hands in.
fn kind_of(world: &World, object: &Value) -> Result<Served, Status> {
    world.kinds.of(object).ok_or_else(Status::no_route)
}

/// Creates an object of whatever kind it says it is.
pub(crate) fn create_any(
    world: &mut World,
    write: &Write,
    object: Value,
) -> Result<Arc<Value>, Status> {
    let kind = kind_of(world, &object)?;
    let namespace = object["metadata"]["namespace"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    Ok(create(world, write, &kind, &namespace, object)?.object)
}

/// Replaces an object of whatever kind it says it is.
pub(crate) fn replace_any(
    world: &mut World,
    write: &Write,
    mut object: Value,
) -> Result<Arc<Value>, Status> {
    let kind = kind_of(world, &object)?;
    let key = Key::of(&object);
    if object["metadata"]["resourceVersion"].is_null()
        && let Some(live) = world.objects.at(&key)
    {
        // A controller that names no version means the newest; some kinds want it named.
        let version = live["metadata"]["resourceVersion"].clone();
        object["metadata"]["resourceVersion"] = version;
    }
    Ok(replace(world, write, &kind, &key, object)?.object)
}

/// Deletes an object of whatever kind.
pub(crate) fn delete_any(
    world: &mut World,
    key: &Key,
    options: &DeleteOptions,
) -> Result<(), Status> {
    let kind = world.kinds.at(key).ok_or_else(Status::no_route)?;
    delete(world, &kind, key, options).map(drop)
}
