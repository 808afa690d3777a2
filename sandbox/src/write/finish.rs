//! The last stretch of every write: admission, the kind's own rules, validation, the store.

use super::{Write, Written, body, name, prepare, service, strategy};
use crate::admission::{self, Attempt};
use crate::error::{Cause, Status};
use crate::facts;
use crate::kinds::Served;
use crate::store::Key;
use crate::world::World;
use serde_json::Value;
use std::sync::Arc;

fn check(
    world: &World,
    kind: &Served,
    write: &Write,
    object: &Value,
    old: Option<&Value>,
) -> Result<(), Status> {
    // A subresource writes what the rules of whole objects are not about, but for the replicas.
    let mut causes = match write.subresource.as_str() {
        "" | "scale" => facts::violations(kind, object, old),
        "status" => match old {
            Some(old) => facts::status_violations(kind, object, old),
            // What is created by its status is judged as a whole.
            None => facts::violations(kind, object, None),
        },
        _ => Vec::new(),
    };
    if let Some(cause) = old.and_then(|old| prepare::new_finalizers(old, object)) {
        // Those that all kinds share judge the metadata, and nearly all kinds do once more.
        let times = if kind.kind == "PodDisruptionBudget" {
            1
        } else {
            2
        };
        causes.extend(std::iter::repeat_n(cause, times));
    }
    // What a service asks for is looked for before anything but its addresses is judged.
    let is_of_addresses = |cause: &Cause| {
        cause.field.starts_with("spec.clusterIP") || cause.field.starts_with("spec.ipFamil")
    };
    if write.subresource.is_empty()
        && kind.group.is_empty()
        && kind.kind == "Service"
        && !causes.iter().any(is_of_addresses)
        && let Some(refused) = service::refused(world, write, old, object)
    {
        causes = vec![refused];
    }
    if causes.is_empty() {
        return Ok(());
    }
    let name = object["metadata"]["name"].as_str().unwrap_or_default();
    Err(Status::invalid(&kind.group, &kind.kind, name, &causes))
}

/// Stores an object, short of what reading fills in or whole.
fn store(world: &mut World, key: Key, object: Value, is_short: bool) -> Arc<Value> {
    let object = world.store(&key, object);
    if is_short {
        world.short.insert(key);
    }
    object
}

/// Stores a new object that is complete but for what admission and the server itself fill in.
pub(super) fn add(
    world: &mut World,
    write: &Write,
    kind: &Served,
    mut object: Value,
) -> Result<Written, Status> {
    let attempt = Attempt {
        kind,
        write,
        old: None,
    };
    admission::mutate(world, &attempt, &mut object)?;
    let mut warnings: Vec<String> = body::owned_once(&mut object, true).into_iter().collect();
    let is_named = name::generate(world, kind, &mut object)?;
    prepare::created(world, kind, is_named, &mut object);
    let is_short = strategy::is_short(kind, &object);
    // What admission and the server filled in is defaulted as well.
    facts::defaults(kind, &mut object);
    check(world, kind, write, &object, None)?;
    warnings.extend(facts::warnings(kind, &object, None));
    super::told(warnings, add_checked(world, &attempt, object, is_short))
}

/// Stores a new object that is valid.
fn add_checked(
    world: &mut World,
    attempt: &Attempt<'_>,
    mut object: Value,
    is_short: bool,
) -> Result<Written, Status> {
    let (kind, write) = (attempt.kind, attempt.write);
    let warnings = admission::review(world, attempt, &object)?;
    object["apiVersion"] = kind.stored_api_version().into();
    let is_short = strategy::stored(kind, &mut object) || is_short;
    let key = Key::of(&object);
    if let Some(there) = world.objects.at(&key) {
        let mut refusal = Status::exists(&kind.group, &kind.plural, &key.name);
        if there["metadata"]["deletionTimestamp"].is_string() {
            refusal.message = format!("object is being deleted: {}", refusal.message);
        }
        return Err(refusal);
    }
    let object = if write.dry_run {
        Arc::new(object)
    } else {
        admission::charge(world, attempt, &object)?;
        store(world, key, object, is_short)
    };
    Ok(Written {
        object,
        created: true,
        warnings,
    })
}

/// Stores the new state of an object that exists.
pub(super) fn change(
    world: &mut World,
    write: &Write,
    kind: &Served,
    old: &Arc<Value>,
    mut object: Value,
) -> Result<Written, Status> {
    let attempt = Attempt {
        kind,
        write,
        old: Some(old),
    };
    admission::mutate(world, &attempt, &mut object)?;
    let mut warnings: Vec<String> = body::owned_once(&mut object, true).into_iter().collect();
    prepare::updated(world, kind, write, old, &mut object);
    check(world, kind, write, &object, Some(old))?;
    if matches!(write.subresource.as_str(), "" | "scale") {
        warnings.extend(facts::warnings(kind, &object, Some(old)));
    }
    super::told(warnings, change_checked(world, &attempt, old, object))
}

/// Stores the new state of an object, which is valid.
fn change_checked(
    world: &mut World,
    attempt: &Attempt<'_>,
    old: &Arc<Value>,
    mut object: Value,
) -> Result<Written, Status> {
    let (kind, write) = (attempt.kind, attempt.write);
    let warnings = admission::review(world, attempt, &object)?;
    object["apiVersion"] = old["apiVersion"].clone();
    object["metadata"]["resourceVersion"] = old["metadata"]["resourceVersion"].clone();
    let is_released = prepare::is_released(kind, &object);
    let is_short = !is_released && strategy::stored(kind, &mut object);
    if write.subresource != "scale" {
        // A scale has times of its own.
        infra_schema::apply::keep_times(old, &mut object);
    }
    let key = Key::of(&object);
    let object = if *old.as_ref() == object && (write.dry_run || !world.short.contains(&key)) {
        old.clone()
    } else if write.dry_run {
        Arc::new(object)
    } else if is_released {
        // The write that lets go of an object is never stored: it goes as it was.
        world.erase(&key);
        Arc::new(object)
    } else {
        admission::charge(world, attempt, &object)?;
        store(world, key, object, is_short)
    };
    Ok(Written {
        object,
        created: false,
        warnings,
    })
}
