//! Volume claims and volumes.

use serde_json::Value;

use super::super::difference;
use super::super::look::{field, text};
use super::super::path::{Found, Path};
use super::super::storage::requested;
use super::{IMMUTABLE, changed, without};
use crate::quantity::Quantity;

pub(super) fn claim(old: &Value, new: &Value, found: &mut Found) {
    let path = Path::ROOT.field("spec");
    let (before, mut after) = (&old["spec"], new["spec"].clone());
    // Binding and the default class fill in what was open.
    let mut free = Vec::new();
    if text(before, "volumeName").is_empty() {
        free.push("/volumeName");
    }
    if field(before, "storageClassName").is_none() {
        free.push("/storageClassName");
    }
    if new["status"]["phase"] == "Bound" {
        free.extend(["/resources/requests/storage", "/volumeAttributesClassName"]);
    }
    let mut before = before.clone();
    for pointer in free {
        let (from, to) = match pointer {
            "/volumeName" => (&new["spec"], &mut before),
            _ => (&old["spec"], &mut after),
        };
        take(from, to, pointer);
    }
    // A source without a namespace is the same under both names.
    if field(&after, "dataSourceRef").is_none()
        && let Some(source) = field(&after, "dataSource").cloned()
    {
        after["dataSourceRef"] = source;
    }
    if before != after {
        let detail = "spec is immutable after creation except resources.requests and volumeAttributesClassName for bound claims";
        let detail = format!("{detail}\n{}", difference::of_claims(&before, &after));
        path.forbidden(found, &detail);
    }
    let shrinks = requested(new) < requested(old);
    let capacity = new.pointer("/status/capacity/storage");
    let capacity = capacity.and_then(|size| Quantity::parse(size.as_str()?).ok());
    if shrinks && requested(new).unwrap_or(Quantity::ZERO) <= capacity.unwrap_or(Quantity::ZERO) {
        let path = path.field("resources");
        let path = path.field("requests");
        path.field("storage")
            .forbidden(found, "field can not be less than status.capacity");
    }
    if let Some(mode) = changed(old, new, "spec.volumeMode") {
        Path::ROOT
            .field("volumeMode")
            .invalid(found, &mode, IMMUTABLE);
    }
    if field(&old["status"], "currentVolumeAttributesClassName").is_some() {
        let gone = match changed(old, new, "spec.volumeAttributesClassName") {
            Some(Value::Null) => "nil",
            Some(class) if class == "" => "empty string",
            _ => return,
        };
        let detail = format!(
            "update to {gone} is forbidden when status.currentVolumeAttributesClassName is not nil"
        );
        path.field("volumeAttributesClassName")
            .forbidden(found, &detail);
    }
}

/// Makes a field what it is in another object.
fn take(from: &Value, to: &mut Value, pointer: &str) {
    let Some((above, name)) = pointer.rsplit_once('/') else {
        return;
    };
    let Some(fields) = to.pointer_mut(above).and_then(Value::as_object_mut) else {
        return;
    };
    match from.pointer(pointer) {
        Some(value) => fields.insert(name.to_owned(), value.clone()),
        None => fields.remove(name),
    };
}

/// Fields of a volume's `spec` that are not its source.
const VOLUME: &[&str] = &[
    "accessModes",
    "capacity",
    "claimRef",
    "mountOptions",
    "nodeAffinity",
    "persistentVolumeReclaimPolicy",
    "storageClassName",
    "volumeAttributesClassName",
    "volumeMode",
];

pub(super) fn volume(old: &Value, new: &Value, found: &mut Found) {
    if without(&old["spec"], VOLUME) != without(&new["spec"], VOLUME) {
        let detail = "spec.persistentvolumesource is immutable after creation";
        Path::ROOT
            .field("spec")
            .field("persistentvolumesource")
            .forbidden(found, detail);
    }
}
