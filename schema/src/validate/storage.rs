//! Volumes and claims.

use serde_json::Value;

use super::look::{field, items, text};
use super::path::{Found, Path};
use super::selector;
use crate::names;
use crate::quantity::Quantity;

const MODES: [&str; 4] = [
    "ReadOnlyMany",
    "ReadWriteMany",
    "ReadWriteOnce",
    "ReadWriteOncePod",
];

/// `spec` of a volume claim.
pub(super) fn claim(spec: &Value, path: &Path<'_>, found: &mut Found) {
    modes(spec, path, found);
    let resources = path.field("resources");
    match spec.pointer("/resources/requests/storage") {
        None => resources.key("storage").required(found, ""),
        Some(size) => {
            positive(size, &resources.key("storage"), found);
        }
    }
    if let (Some(source), Some(reference)) =
        (field(spec, "dataSource"), field(spec, "dataSourceRef"))
        && ["apiGroup", "kind", "name"]
            .iter()
            .any(|name| field(source, name) != field(reference, name))
        && text(reference, "namespace").is_empty()
    {
        // The server shows no value of it.
        path.invalid_text(found, "{}", "must match dataSourceRef");
    }
    if let Some(labels) = field(spec, "selector") {
        selector::check(labels, &path.field("selector"), found);
    }
    if let Some(mode) = field(spec, "volumeMode")
        && !matches!(mode.as_str(), Some("Block" | "Filesystem"))
    {
        path.field("volumeMode")
            .unsupported(found, mode, &["Block", "Filesystem"]);
    }
    for name in ["dataSource", "dataSourceRef"] {
        if let Some(source) = field(spec, name) {
            self::source(source, &path.field(name), found);
        }
    }
    let class = text(spec, "volumeAttributesClassName");
    if !class.is_empty() {
        let wrong = names::dns1123_subdomain(class);
        path.field("volumeAttributesClassName").invalid_each(
            found,
            &spec["volumeAttributesClassName"],
            wrong,
        );
    }
    let class = text(spec, "storageClassName");
    if !class.is_empty() {
        let wrong = names::dns1123_subdomain(class);
        path.field("storageClassName")
            .invalid_each(found, &spec["storageClassName"], wrong);
    }
}

/// What a claim is filled from.
fn source(source: &Value, path: &Path<'_>, found: &mut Found) {
    const CLAIM: &str = "PersistentVolumeClaim";
    for name in ["name", "kind"] {
        if text(source, name).is_empty() {
            path.field(name).required(found, "");
        }
    }
    let (group, kind) = (text(source, "apiGroup"), text(source, "kind"));
    if group.is_empty() {
        if kind != CLAIM {
            let detail = "must be 'PersistentVolumeClaim' when referencing the default apiGroup";
            path.invalid(found, &Value::from(kind), detail);
        }
    } else {
        let wrong = names::dns1123_subdomain(group);
        path.field("apiGroup")
            .invalid_each(found, &source["apiGroup"], wrong);
    }
    let namespace = text(source, "namespace");
    if !namespace.is_empty() {
        let wrong = names::dns1123_label(namespace);
        path.field("namespace")
            .invalid_each(found, &source["namespace"], wrong);
    }
}

/// `spec` of a volume.
pub(super) fn volume(spec: &Value, path: &Path<'_>, found: &mut Found) {
    modes(spec, path, found);
    let capacity = path.field("capacity");
    match spec.pointer("/capacity/storage") {
        None => capacity.required(found, ""),
        Some(size) => positive(size, &capacity.key("storage"), found),
    }
}

fn modes(spec: &Value, path: &Path<'_>, found: &mut Found) {
    let path = path.field("accessModes");
    let modes = items(spec, "accessModes");
    if modes.is_empty() {
        path.required(found, "at least 1 access mode is required");
    }
    for mode in modes
        .iter()
        .filter(|mode| mode.as_str().is_none_or(|m| !MODES.contains(&m)))
    {
        path.unsupported(found, mode, &MODES);
    }
    if modes.len() > 1 && modes.iter().any(|mode| mode == "ReadWriteOncePod") {
        path.forbidden(
            found,
            "may not use ReadWriteOncePod with other access modes",
        );
    }
}

fn positive(size: &Value, path: &Path<'_>, found: &mut Found) {
    let amount = size.as_str().and_then(|text| Quantity::parse(text).ok());
    if amount.is_some_and(|amount| amount <= Quantity::ZERO) {
        path.invalid(found, size, "must be greater than zero");
    }
}

/// The storage that a claim asks for.
pub(super) fn requested(object: &Value) -> Option<Quantity> {
    let size = object.pointer("/spec/resources/requests/storage")?;
    Quantity::parse(field(object, "spec").and(size.as_str())?).ok()
}
