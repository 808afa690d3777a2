//! StorageObjectInUseProtection: claims and volumes get the finalizers that keep them while used.

use super::Attempt;
use serde_json::{Value, json};

/// Adds the finalizer of a new claim or volume.
pub(super) fn fill(attempt: &Attempt<'_>, object: &mut Value) {
    let finalizer = if attempt.creates("", "PersistentVolumeClaim") {
        "kubernetes.io/pvc-protection"
    } else if attempt.creates("", "PersistentVolume") {
        "kubernetes.io/pv-protection"
    } else {
        return;
    };
    match object["metadata"]["finalizers"].as_array_mut() {
        Some(finalizers) if finalizers.iter().any(|known| known == finalizer) => {}
        Some(finalizers) => finalizers.push(finalizer.into()),
        None => object["metadata"]["finalizers"] = json!([finalizer]),
    }
}
