//! `metadata`.

use serde_json::Value;

use super::look::{entries, field, items, text};
use super::path::{Found, Path};
use crate::kind::Kind;
use crate::names;

/// Groups whose finalizers need not be somebody's by name.
const LENIENT: [&str; 3] = [
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "coordination.k8s.io",
];

const ANNOTATIONS: u64 = 256 * 1024;

/// Names, labels and annotations of an object.
pub(super) fn check(kind: &Kind, metadata: &Value, path: &Path<'_>, found: &mut Found) {
    let name = text(metadata, "name");
    if name.is_empty() {
        path.field("name")
            .required(found, "name or generateName is required");
    } else {
        let value = Value::from(name);
        path.field("name")
            .invalid_each(found, &value, wrong_name(kind, name));
    }
    // Of a beginning the last dash may be followed by anything.
    let start = text(metadata, "generateName");
    if !start.is_empty() {
        let whole = match start.strip_suffix('-') {
            Some(head) if !head.is_empty() => format!("{head}a"),
            _ => start.to_owned(),
        };
        path.field("generateName").invalid_each(
            found,
            &Value::from(start),
            wrong_name(kind, &whole),
        );
    }
    let namespace = path.field("namespace");
    match (kind.namespaced, text(metadata, "namespace")) {
        (true, "") => namespace.required(found, ""),
        (true, name) => {
            namespace.invalid_each(found, &Value::from(name), names::dns1123_label(name));
        }
        (false, "") => {}
        (false, _) => namespace.forbidden(found, "not allowed on this type"),
    }
    labels(metadata, "labels", path, found);
    annotations(metadata, path, found);
    finalizer_names(metadata, path, found);
    let is_lenient = LENIENT.contains(&kind.group.as_ref()) || kind.kind == "PodDisruptionBudget";
    if kind.ty().is_builtin() && !is_lenient {
        finalizers(metadata, path, found);
    }
    owners(metadata, path, found);
}

/// The form of finalizers.
pub(super) fn finalizer_names(metadata: &Value, path: &Path<'_>, found: &mut Found) {
    for finalizer in items(metadata, "finalizers") {
        let wrong = names::label_key(finalizer.as_str().unwrap_or_default());
        path.field("finalizers")
            .invalid_each(found, finalizer, wrong);
    }
}

/// Finalizers that are neither the server's own nor somebody's by name.
pub(super) fn finalizers(metadata: &Value, path: &Path<'_>, found: &mut Found) {
    const OWN: [&str; 3] = ["foregroundDeletion", "kubernetes", "orphan"];
    let path = path.field("finalizers");
    for (at, finalizer) in items(metadata, "finalizers").iter().enumerate() {
        let name = finalizer.as_str().unwrap_or_default();
        if !name.contains('/') && !OWN.contains(&name) {
            let detail = "name is neither a standard finalizer name nor is it fully qualified";
            path.index(at).invalid(found, finalizer, detail);
        }
    }
}

/// Who owns the object. At most one of them is its controller.
pub(super) fn owners(metadata: &Value, path: &Path<'_>, found: &mut Found) {
    let path = path.field("ownerReferences");
    let mut controller = String::new();
    for owner in items(metadata, "ownerReferences") {
        for (name, detail) in [
            ("apiVersion", "version must not be empty"),
            ("kind", "must not be empty"),
            ("name", "must not be empty"),
            ("uid", "must not be empty"),
        ] {
            if text(owner, name).is_empty() {
                path.field(name).invalid(found, &Value::from(""), detail);
            }
        }
        if text(owner, "kind") == "Event" && matches!(text(owner, "apiVersion"), "v1") {
            let detail = "/v1, Kind=Event is disallowed from being an owner";
            path.invalid(found, owner, detail);
        }
        if owner["controller"] != true {
            continue;
        }
        let this = format!("{}/{}", text(owner, "kind"), text(owner, "name"));
        if controller.is_empty() {
            controller = this;
        } else {
            let detail = format!(
                "Only one reference can have Controller set to true. Found \"true\" in references for {controller} and {this}"
            );
            path.invalid_text(found, &shown_owners(metadata), &detail);
        }
    }
}

/// The references in the order of Go's fields.
fn shown_owners(metadata: &Value) -> String {
    const ORDER: [&str; 6] = [
        "apiVersion",
        "kind",
        "name",
        "uid",
        "controller",
        "blockOwnerDeletion",
    ];
    let owners: Vec<String> = items(metadata, "ownerReferences")
        .iter()
        .map(|owner| {
            let fields = ORDER.iter().filter_map(|name| {
                let value = field(owner, name)?;
                Some(format!("\"{name}\":{value}"))
            });
            format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
        })
        .collect();
    format!("[{}]", owners.join(","))
}

/// Annotations of an object or a template.
pub(super) fn annotations(metadata: &Value, path: &Path<'_>, found: &mut Found) {
    let path = path.field("annotations");
    let mut size = 0;
    for (key, value) in entries(metadata, "annotations") {
        size += key.len() + value.as_str().map_or(0, str::len);
        let lower = key.to_lowercase();
        path.invalid_each(found, &Value::from(key.as_str()), names::label_key(&lower));
    }
    if size as u64 > ANNOTATIONS {
        path.too_long(found, ANNOTATIONS);
    }
}

/// Labels in some field.
pub(super) fn labels(value: &Value, name: &str, path: &Path<'_>, found: &mut Found) {
    let path = path.field(name);
    for (key, value) in entries(value, name) {
        path.invalid_each(found, &Value::from(key.as_str()), names::label_key(key));
        let wrong = names::label_value(value.as_str().unwrap_or_default());
        path.invalid_each(found, value, wrong);
    }
}

/// Labels and annotations of a template, which has no name.
pub(super) fn template(value: &Value, path: &Path<'_>, found: &mut Found) {
    // The server names them as if they stood in the template itself.
    if let Some(metadata) = field(value, "metadata") {
        labels(metadata, "labels", path, found);
        annotations(metadata, path, found);
    }
}

fn wrong_name(kind: &Kind, name: &str) -> Vec<String> {
    match (kind.group.as_ref(), kind.kind.as_ref()) {
        ("", "Service") => names::dns1035_label(name),
        ("", "Namespace") => names::dns1123_label(name),
        ("rbac.authorization.k8s.io", _) => names::path_segment(name),
        ("batch", "CronJob") if name.len() > 52 => {
            vec!["must be no more than 52 characters".to_owned()]
        }
        _ => names::dns1123_subdomain(name),
    }
}
