//! Metadata: owners, deletion, names.

use std::sync::Arc;

use infra_schema::kind::Kind;
use serde_json::{Value, json};

use super::json::{child_list, flag, has, items, strings, text};
use super::seam::{Change, Cluster, GroupKind, Key};

/// The uid of an object.
pub(crate) fn uid(object: &Value) -> &str {
    text(object, "metadata.uid")
}

/// The name of an object.
pub(crate) fn name(object: &Value) -> &str {
    text(object, "metadata.name")
}

/// The namespace of an object; empty for a cluster-wide one.
pub(crate) fn namespace(object: &Value) -> &str {
    text(object, "metadata.namespace")
}

/// Whether an object is being deleted.
pub(crate) fn is_terminating(object: &Value) -> bool {
    has(object, "metadata.deletionTimestamp")
}

/// The owner reference that names the object's controller.
pub(crate) fn controller_of(object: &Value) -> Option<&Value> {
    items(object, "metadata.ownerReferences")
        .iter()
        .find(|owner| flag(owner, "controller"))
}

/// Whether `owner` is the controller of `object`.
pub(crate) fn is_controlled_by(object: &Value, owner: &Value) -> bool {
    controller_of(object).is_some_and(|found| text(found, "uid") == uid(owner))
}

/// An owner reference that makes `owner` the controller.
pub(crate) fn controller_reference(owner: &Value) -> Value {
    json!({
        "apiVersion": owner["apiVersion"],
        "kind": owner["kind"],
        "name": name(owner),
        "uid": uid(owner),
        "controller": true,
        "blockOwnerDeletion": true,
    })
}

/// The objects of a kind in the owner's namespace that it controls.
pub(crate) fn controlled(
    cluster: &dyn Cluster,
    kind: GroupKind<'_>,
    owner: &Value,
) -> Vec<Arc<Value>> {
    let mut list = cluster.owned(uid(owner));
    list.retain(|object| {
        GroupKind::of(object) == kind
            && namespace(object) == namespace(owner)
            && is_controlled_by(object, owner)
    });
    list
}

/// The key of the changed object itself, if it is of this kind.
pub(crate) fn own_key(change: &Change, kind: GroupKind<'_>) -> Option<Key> {
    let object = change.object();
    (GroupKind::of(object) == kind).then(|| Key::of(object))
}

/// The key of the changed object's controller, if the object is of the kind `of` and its
/// controller of the kind `owner`.
pub(crate) fn owner_key(change: &Change, of: GroupKind<'_>, owner: GroupKind<'_>) -> Option<Key> {
    let object = change.object();
    if GroupKind::of(object) != of {
        return None;
    }
    let found = controller_of(object)?;
    (GroupKind::named(text(found, "apiVersion"), text(found, "kind")) == owner)
        .then(|| Key::new(namespace(object), text(found, "name")))
}

/// Whether a finalizer stands in an object.
pub(crate) fn has_finalizer(object: &Value, finalizer: &str) -> bool {
    strings(object, "metadata.finalizers").contains(&finalizer)
}

/// The object with a finalizer.
pub(crate) fn with_finalizer(object: &Value, finalizer: &str) -> Value {
    let mut object = object.clone();
    child_list(&mut object, "metadata.finalizers").push(finalizer.into());
    object
}

/// The object without a finalizer.
pub(crate) fn without_finalizer(object: &Value, finalizer: &str) -> Value {
    let mut object = object.clone();
    child_list(&mut object, "metadata.finalizers").retain(|found| found != finalizer);
    object
}

/// A kind's resource as messages name it: `deployments.apps`, `pods`.
pub(crate) fn resource(kind: GroupKind<'_>) -> String {
    let plural = Kind::find_latest(kind.group, kind.kind).map_or_else(
        || format!("{}s", kind.kind.to_lowercase()),
        |known| known.plural.to_string(),
    );
    if kind.group.is_empty() {
        plural
    } else {
        format!("{plural}.{}", kind.group)
    }
}
