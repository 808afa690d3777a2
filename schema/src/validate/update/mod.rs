//! What an update may not change.

mod claim;
mod definition;
mod gated;
mod job;
mod pod;
mod service;
mod tables;

use std::borrow::Cow;

use serde_json::Value;

use super::Violation;
use super::look::field;
use super::path::{Found, Path};
use super::{inner, meta, object};
use crate::crd;
use crate::kind::Kind;
use tables::{FIELDS, FORBIDDEN};

const IMMUTABLE: &str = "field is immutable";

/// Everything that keeps a server from replacing `old` by `new`, both with their defaults filled
/// in, apart from what [`super::validate`] says of `new` alone.
pub fn validate_update(kind: &Kind, old: &Value, new: &Value) -> Vec<Violation> {
    let mut found = Found::new();
    identity(old, new, &mut found);
    metadata(kind, &new["metadata"], &mut found);
    if !kind.ty().is_builtin() {
        found.extend(crd::check_update(&kind.ty(), old, new));
        return found;
    }
    let of =
        |row: &&(&str, &str, &'static str, &'static str)| row.0 == kind.group && row.1 == kind.kind;
    for (_, _, path, message) in FIELDS.iter().filter(of) {
        if let Some(value) = changed(old, new, path) {
            let shown = inner::shown(path, &value);
            Path::ROOT
                .field(path)
                .invalid_text(&mut found, &shown, message);
        }
    }
    for (_, _, path, message) in FORBIDDEN.iter().filter(of) {
        if changed(old, new, path).is_some() {
            found.push(Violation::forbidden(path, message));
        }
    }
    match (kind.group.as_ref(), kind.kind.as_ref()) {
        ("", "ConfigMap" | "Secret") => frozen(old, new, &mut found),
        ("", "PersistentVolumeClaim") => claim::claim(old, new, &mut found),
        ("", "PersistentVolume") => claim::volume(old, new, &mut found),
        ("", "Pod") => pod::pod(old, new, &mut found),
        ("", "Service") => service::service(old, new, &mut found),
        ("", "ResourceQuota") => definition::quota(old, new, &mut found),
        ("apiextensions.k8s.io", _) => definition::definition(old, new, &mut found),
        ("apps", "StatefulSet") => job::stateful_set(old, new, &mut found),
        ("batch", "Job") if old["spec"] != new["spec"] => {
            job::job(old, new, &mut found);
            // The whole is judged by the update too.
            found.extend(object::rules(kind, new));
        }
        _ => {}
    }
    found
}

/// A changed object as [`super::validate`] judges it.
pub fn judged_again<'v>(kind: &Kind, old: &Value, new: &'v Value) -> Cow<'v, Value> {
    if kind.group.is_empty() && kind.kind == "Service" {
        Cow::Owned(service::kept_ports(old, new))
    } else {
        Cow::Borrowed(new)
    }
}

/// The new value of a field, when it changes.
fn changed(old: &Value, new: &Value, path: &str) -> Option<Value> {
    let get = |object: &Value| {
        path.split('.')
            .try_fold(object, |value, name| field(value, name))
            .cloned()
    };
    let (before, after) = (get(old), get(new));
    (before != after).then(|| after.unwrap_or(Value::Null))
}

/// Kinds whose update judges the whole new object as well.
const JUDGED_WHOLE: &[&str] = &[
    "ClusterRole",
    "ClusterRoleBinding",
    "ConfigMap",
    "Ingress",
    "Job",
    "LimitRange",
    "Namespace",
    "PersistentVolumeClaim",
    "Pod",
    "Role",
    "RoleBinding",
    "Secret",
    "ServiceAccount",
    "StatefulSet",
];

/// What is wrong with metadata is judged, and told, at each of the steps of an update: by two that
/// all kinds share, by that of the kind, and by that of whole objects. The last is not of this module.
fn metadata(kind: &Kind, metadata: &Value, found: &mut Found) {
    if kind.group == "apiextensions.k8s.io" {
        return;
    }
    let whole = kind.ty().is_builtin() && JUDGED_WHOLE.contains(&kind.kind.as_ref());
    let path = Path::ROOT.field("metadata");
    if whole {
        meta::finalizer_names(metadata, &path, found);
        meta::finalizers(metadata, &path, found);
    }
    let times = match kind.kind.as_ref() {
        "PodDisruptionBudget" => 1,
        _ if whole => 3,
        _ => 2,
    };
    for _ in 0..times {
        meta::labels(metadata, "labels", &path, found);
        meta::annotations(metadata, &path, found);
        meta::owners(metadata, &path, found);
    }
}

fn identity(old: &Value, new: &Value, found: &mut Found) {
    for name in [
        "name",
        "namespace",
        "uid",
        "creationTimestamp",
        "deletionTimestamp",
    ] {
        let path = format!("metadata.{name}");
        // What a writer leaves out is filled in from what is there.
        if let Some(value) = changed(old, new, &path).filter(|value| !value.is_null()) {
            found.push(Violation::invalid(&path, &value, IMMUTABLE));
        }
    }
}

/// Config maps and secrets that call themselves immutable.
fn frozen(old: &Value, new: &Value, found: &mut Found) {
    if old["immutable"] != true {
        return;
    }
    let detail = "field is immutable when `immutable` is set";
    if new["immutable"] != true {
        Path::ROOT.field("immutable").forbidden(found, detail);
    }
    for name in ["data", "binaryData"] {
        if changed(old, new, name).is_some() {
            Path::ROOT.field(name).forbidden(found, detail);
        }
    }
}

/// An object's fields but for some.
fn without(object: &Value, names: &[&str]) -> Value {
    let mut object = object.clone();
    if let Some(fields) = object.as_object_mut() {
        fields.retain(|name, _| !names.contains(&name.as_str()));
    }
    object
}
