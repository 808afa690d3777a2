//! What a write keeps of the live object, and what follows from what it changed.

use super::Write;
use crate::error::Cause;
use crate::kinds::Served;
use crate::world::World;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// The parts of `metadata` that only the server writes.
const SERVERS_OWN: [&str; 6] = [
    "uid",
    "creationTimestamp",
    "deletionTimestamp",
    "deletionGracePeriodSeconds",
    "generation",
    "selfLink",
];

/// Metadata that the status endpoint of a kind leaves alone; it writes all else.
const KEPT_BY_STATUS: [(&str, &str); 2] = [("Deployment", "labels"), ("Pod", "ownerReferences")];

fn put(map: &mut Map<String, Value>, field: &str, value: &Value) {
    if value.is_null() {
        map.remove(field);
    } else {
        map.insert(field.to_owned(), value.clone());
    }
}

/// Takes from the live object what the endpoint does not write. `applied` tells an apply, whose
/// managed fields are already those of the result.
pub(super) fn carry(kind: &Served, write: &Write, live: &Value, object: &mut Value, applied: bool) {
    match write.subresource.as_str() {
        "" => {
            carry_metadata(live, object);
            if let Some(map) = object.as_object_mut()
                && kind.has_status()
            {
                put(map, "status", &live["status"]);
            }
        }
        subresource => {
            let wanted = std::mem::replace(object, live.clone());
            if applied {
                object["metadata"]["managedFields"] = wanted["metadata"]["managedFields"].clone();
            }
            carry_subresource(kind, subresource, &wanted, object);
        }
    }
}

/// The object's own endpoint leaves alone what the server decides.
fn carry_metadata(live: &Value, object: &mut Value) {
    if let Some(metadata) = object["metadata"].as_object_mut() {
        for field in SERVERS_OWN {
            put(metadata, field, &live["metadata"][field]);
        }
    }
}

/// A subresource writes its part of the live object, and nothing else.
fn carry_subresource(kind: &Served, subresource: &str, wanted: &Value, object: &mut Value) {
    match subresource {
        "status" | "approval" => {
            if let Some(map) = object.as_object_mut() {
                put(map, "status", &wanted["status"]);
            }
            if !kind.is_custom() {
                carry_status(kind, wanted, object);
            }
        }
        "finalize" => object["spec"]["finalizers"] = wanted["spec"]["finalizers"].clone(),
        "ephemeralcontainers" => {
            object["spec"]["ephemeralContainers"] = wanted["spec"]["ephemeralContainers"].clone();
        }
        "resize" => {
            for list in ["containers", "initContainers"] {
                if !wanted["spec"][list].is_null() {
                    object["spec"][list] = wanted["spec"][list].clone();
                }
            }
        }
        _ => {
            // `scale` and `binding` write the object's spec as it was prepared for them.
            if let Some(map) = object.as_object_mut() {
                put(map, "spec", &wanted["spec"]);
            }
        }
    }
}

/// The status endpoint of a built-in kind writes metadata too, and what it says nothing of goes:
/// even the finalizers.
fn carry_status(kind: &Served, wanted: &Value, object: &mut Value) {
    let live = object.clone();
    object["metadata"] = wanted["metadata"].clone();
    carry_metadata(&live, object);
    let kept = KEPT_BY_STATUS.iter().filter(|(name, _)| kind.kind == *name);
    let kept = kept.map(|(_, field)| *field).chain(["managedFields"]);
    if let Some(metadata) = object["metadata"].as_object_mut() {
        for field in kept {
            put(metadata, field, &live["metadata"][field]);
        }
    }
}

/// What a new object gets from the server: its first generation, its first status, and whatever
/// the kind allocates.
pub(super) fn created(world: &mut World, kind: &Served, is_named: bool, object: &mut Value) {
    if kind.is_custom() || kind.counts_generation() {
        object["metadata"]["generation"] = 1.into();
    }
    if let Served::BuiltIn(kind) = kind {
        super::allocate::allocate(world, kind, is_named, object);
    }
    super::strategy::created(kind, object);
}

/// What a changed object gets from the server: the next generation, when what is wanted changed.
pub(super) fn updated(
    world: &mut World,
    kind: &Served,
    write: &Write,
    old: &Value,
    object: &mut Value,
) {
    if write.subresource.is_empty() && kind.kind == "Service" && kind.group.is_empty() {
        super::service::update(world, old, object);
    }
    if matches!(write.subresource.as_str(), "" | "status") {
        super::strategy::updated(kind, &write.subresource, old, object);
    }
    // The status endpoint wants nothing, though it may write annotations, which count for some.
    let counts = (kind.is_custom() || kind.counts_generation())
        && !["status", "binding"].contains(&write.subresource.as_str());
    if !counts || !wants_something_else(kind, old, object) {
        return;
    }
    let generation = old["metadata"]["generation"].as_i64().unwrap_or_default();
    object["metadata"]["generation"] = (generation + 1).into();
}

/// Whether anything besides metadata and status differs.
fn wants_something_else(kind: &Served, old: &Value, new: &Value) -> bool {
    let (Some(before), Some(after)) = (old.as_object(), new.as_object()) else {
        return false;
    };
    let counts = |field: &str| {
        field != "metadata" && (field != "status" || (kind.is_custom() && !kind.has_status()))
    };
    let differs = |field: &String| counts(field) && before.get(field) != after.get(field);
    let annotations = |object: &Value| object["metadata"]["annotations"].clone();
    before.keys().chain(after.keys()).any(differs)
        || (kind.kind == "Deployment" && annotations(old) != annotations(new))
        || (kind.kind == "EndpointSlice" && old["metadata"]["labels"] != new["metadata"]["labels"])
}

/// Finalizers that were added to an object that is being deleted, which is refused.
pub(super) fn new_finalizers(old: &Value, object: &Value) -> Option<Cause> {
    if !old["metadata"]["deletionTimestamp"].is_string() {
        return None;
    }
    let had = old["metadata"]["finalizers"].as_array();
    let new: BTreeSet<String> = object["metadata"]["finalizers"]
        .as_array()?
        .iter()
        .filter(|finalizer| !had.is_some_and(|had| had.contains(finalizer)))
        .map(ToString::to_string)
        .collect();
    let new: Vec<String> = new.into_iter().collect();
    (!new.is_empty()).then(|| Cause {
        reason: "FieldValueForbidden".into(),
        message: format!(
            "Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{{{}}}",
            new.join(", ")
        ),
        field: "metadata.finalizers".into(),
    })
}

/// Whether nothing keeps an object that is being deleted any longer.
pub(super) fn is_released(kind: &Served, object: &Value) -> bool {
    let metadata = &object["metadata"];
    let empty = |list: &Value| list.as_array().is_none_or(Vec::is_empty);
    metadata["deletionTimestamp"].is_string()
        && empty(&metadata["finalizers"])
        && metadata["deletionGracePeriodSeconds"]
            .as_i64()
            .unwrap_or_default()
            == 0
        && (kind.kind != "Namespace" || empty(&object["spec"]["finalizers"]))
}
