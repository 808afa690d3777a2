//! Replacing an object, or the part of it that a subresource is for.

use super::given::Empty;
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
            return create_named(world, write, kind, key, object);
        }
        return Err(Status::not_found(&kind.group, &kind.plural, &key.name));
    };
    check_preconditions(kind, &live, &object)?;
    store(world, write, kind, &live, object)
}

/// Creates what a PUT names and is not there, unless it was to be an object that was there.
fn create_named(
    world: &mut World,
    write: &Write,
    kind: &Served,
    key: &Key,
    object: Value,
) -> Result<Written, Status> {
    let uid = text(&object, "uid");
    if !uid.is_empty() {
        let why = format!(
            "StorageError: invalid object, Code: 4, Key: {}, ResourceVersion: 0, AdditionalErrorMsg: Precondition failed: UID in precondition: {uid}, UID in object meta: ",
            stored_at(write, kind, key)
        );
        return Err(Status::conflict(&kind.group, &kind.plural, &key.name, &why));
    }
    version(&object)?;
    let named = object["metadata"]["resourceVersion"].clone();
    let mut written = create::create_read(world, write, kind, object)?;
    if write.dry_run && named.as_str().is_some_and(|named| !named.is_empty()) {
        // What is never stored keeps the version that it came with.
        Arc::make_mut(&mut written.object)["metadata"]["resourceVersion"] = named;
    }
    Ok(written)
}

/// Where a server keeps an object. In a dry run it does not come as far as its store.
fn stored_at(write: &Write, kind: &Served, key: &Key) -> String {
    let root = if write.dry_run { "" } else { "/registry" };
    let folder = match (kind.group.as_ref(), kind.kind.as_ref()) {
        ("", "Service") => "services/specs",
        ("", "Endpoints") => "services/endpoints",
        _ => &kind.plural,
    };
    let namespace = match key.ns() {
        "" => String::new(),
        namespace => format!("/{namespace}"),
    };
    format!("{root}/{folder}{namespace}/{}", key.name)
}

fn text<'v>(object: &'v Value, field: &str) -> &'v str {
    object["metadata"][field].as_str().unwrap_or_default()
}

/// The version that an object names; 0 for none.
fn version(object: &Value) -> Result<u64, Status> {
    let version = text(object, "resourceVersion");
    if version.is_empty() {
        return Ok(0);
    }
    version.parse().map_err(|_| {
        Status::plain(format!(
            "strconv.ParseUint: parsing {version:?}: invalid syntax"
        ))
    })
}

/// Refuses a body that was made for another object, or for an older state of this one.
pub(super) fn check_preconditions(
    kind: &Served,
    live: &Value,
    object: &Value,
) -> Result<(), Status> {
    check_uid(kind, live, object)?;
    check_version(kind, live, object)
}

/// Refuses a body that was made for another object.
pub(super) fn check_uid(kind: &Served, live: &Value, object: &Value) -> Result<(), Status> {
    let (had, uid) = (text(live, "uid"), text(object, "uid"));
    if uid.is_empty() || uid == had {
        return Ok(());
    }
    let why = format!("Precondition failed: UID in precondition: {uid}, UID in object meta: {had}");
    let name = text(live, "name");
    Err(Status::conflict(&kind.group, &kind.plural, name, &why))
}

/// Refuses a body that was made for an older state of an object, or, where the kind wants that,
/// for none in particular.
pub(super) fn check_version(kind: &Served, live: &Value, object: &Value) -> Result<(), Status> {
    let version = version(object)?;
    let name = text(live, "name");
    if version == 0 && (kind.is_custom() || is_among(kind, &VERSION_REQUIRED)) {
        let cause = Cause {
            reason: "FieldValueInvalid".into(),
            message: "Invalid value: 0: must be specified for an update".into(),
            field: "metadata.resourceVersion".into(),
        };
        // Here the server names the resource where other refusals name the kind.
        return Err(Status::invalid(&kind.group, &kind.plural, name, &[cause]));
    }
    if version != 0 && text(live, "resourceVersion") != version.to_string() {
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
    let empty = Empty::of(kind, &object);
    facts::defaults(kind, &mut object);
    let object = super::track(world, write, kind, Some(live), object);
    empty.shown(finish::change(world, write, kind, live, object))
}
