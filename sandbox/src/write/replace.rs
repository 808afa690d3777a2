//! Replacing an object, or the part of it that a subresource is for.

use super::{Write, Written, body, create, finish, prepare};
use crate::error::{Cause, Status};
use crate::facts;
use crate::kinds::Served;
use crate::store::Key;
use crate::world::World;
use serde_json::Value;
use std::sync::Arc;

/// Kinds that a PUT creates when they are not there (`AllowCreateOnUpdate`).
const CREATED_BY_PUT: [(&str, &str); 10] = [
    ("rbac.authorization.k8s.io", "Role"),
    ("rbac.authorization.k8s.io", "ClusterRole"),
    ("rbac.authorization.k8s.io", "RoleBinding"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
    ("coordination.k8s.io", "Lease"),
    ("", "LimitRange"),
    ("", "Event"),
    ("", "Service"),
    ("", "Endpoints"),
    ("node.k8s.io", "RuntimeClass"),
];

/// Kinds whose PUT has to name a version (`AllowUnconditionalUpdate` is false); custom ones too.
const VERSION_REQUIRED: [(&str, &str); 12] = [
    ("apiextensions.k8s.io", "CustomResourceDefinition"),
    ("policy", "PodDisruptionBudget"),
    ("coordination.k8s.io", "Lease"),
    ("node.k8s.io", "RuntimeClass"),
    ("storage.k8s.io", "CSIDriver"),
    ("storage.k8s.io", "CSINode"),
    ("storage.k8s.io", "CSIStorageCapacity"),
    ("storage.k8s.io", "VolumeAttachment"),
    (
        "admissionregistration.k8s.io",
        "MutatingWebhookConfiguration",
    ),
    (
        "admissionregistration.k8s.io",
        "ValidatingWebhookConfiguration",
    ),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
    (
        "admissionregistration.k8s.io",
        "ValidatingAdmissionPolicyBinding",
    ),
];

fn is_among(kind: &Served, list: &[(&str, &str)]) -> bool {
    list.contains(&(kind.group.as_ref(), kind.kind.as_ref()))
}

/// Whether an update creates what is not there, through whichever endpoint it comes.
pub(super) fn creates(kind: &Served) -> bool {
    is_among(kind, &CREATED_BY_PUT)
}

/// Replaces an object with `object`.
pub(crate) fn replace(
    world: &mut World,
    write: &Write,
    kind: &Served,
    key: &Key,
    mut object: Value,
) -> Result<Written, Status> {
    let warnings = body::read(kind, write, &mut object)?;
    let replaced = body::named(&key.name, &object)
        .and_then(|()| body::identify(kind, key.ns(), &key.name, &mut object))
        .and_then(|()| replace_read(world, write, kind, key, object));
    super::told(warnings, replaced)
}

/// Replaces an object by one that is read already.
fn replace_read(
    world: &mut World,
    write: &Write,
    kind: &Served,
    key: &Key,
    object: Value,
) -> Result<Written, Status> {
    let Some(live) = world.objects.at(key).cloned() else {
        if creates(kind) {
            return create::create_read(world, write, kind, object);
        }
        return Err(Status::not_found(&kind.group, &kind.plural, &key.name));
    };
    let version = object["metadata"]["resourceVersion"]
        .as_str()
        .unwrap_or_default();
    let required = kind.is_custom() || is_among(kind, &VERSION_REQUIRED);
    if version.is_empty() && required {
        let cause = Cause {
            reason: "FieldValueInvalid".into(),
            message: "Invalid value: 0: must be specified for an update".into(),
            field: "metadata.resourceVersion".into(),
        };
        // Here the server names the resource where other refusals name the kind.
        return Err(Status::invalid(
            &kind.group,
            &kind.plural,
            &key.name,
            &[cause],
        ));
    }
    check_preconditions(kind, &live, &object)?;
    store(world, write, kind, &live, object)
}

/// Refuses a body that was made for another object, or for an older state of this one.
pub(super) fn check_preconditions(
    kind: &Served,
    live: &Value,
    object: &Value,
) -> Result<(), Status> {
    let (had, has) = (&live["metadata"], &object["metadata"]);
    let name = had["name"].as_str().unwrap_or_default();
    let uid = has["uid"].as_str().unwrap_or_default();
    if !uid.is_empty() && had["uid"] != uid {
        let live_uid = had["uid"].as_str().unwrap_or_default();
        let why = format!(
            "Precondition failed: UID in precondition: {uid}, UID in object meta: {live_uid}"
        );
        return Err(Status::conflict(&kind.group, &kind.plural, name, &why));
    }
    let version = has["resourceVersion"].as_str().unwrap_or_default();
    if !version.is_empty() && had["resourceVersion"] != version {
        return Err(Status::modified(&kind.group, &kind.plural, name));
    }
    Ok(())
}

/// Writes the state that a client wishes, whole, over the live one.
pub(super) fn store(
    world: &mut World,
    write: &Write,
    kind: &Served,
    live: &Arc<Value>,
    mut object: Value,
) -> Result<Written, Status> {
    prepare::carry(kind, write, live, &mut object, false);
    facts::defaults(kind, &mut object);
    let object = super::track(world, write, kind, Some(live), object);
    finish::change(world, write, kind, live, object)
}
