//! DefaultStorageClass: a claim that names no class gets the default one.

use crate::world::World;
use serde_json::Value;
use std::cmp::Reverse;

const DEFAULT: &str = "storageclass.kubernetes.io/is-default-class";
const DEFAULT_BETA: &str = "storageclass.beta.kubernetes.io/is-default-class";

/// Fills in the class of a new claim. An empty name is a name: no class is wished for.
pub(super) fn fill(world: &World, claim: &mut Value) {
    let beta = &claim["metadata"]["annotations"]["volume.beta.kubernetes.io/storage-class"];
    if claim["spec"]["storageClassName"].is_string() || beta.is_string() {
        return;
    }
    let is_default = |class: &Value| {
        let annotations = &class["metadata"]["annotations"];
        annotations[DEFAULT] == "true" || annotations[DEFAULT_BETA] == "true"
    };
    // Of several the youngest, then the first by name.
    let default = world
        .objects
        .list("storage.k8s.io", "StorageClass", None)
        .filter(|class| is_default(class))
        .min_by_key(|class| {
            Reverse(
                class["metadata"]["creationTimestamp"]
                    .as_str()
                    .unwrap_or_default()
                    .to_owned(),
            )
        });
    if let Some(default) = default {
        let name = default["metadata"]["name"].clone();
        claim["spec"]["storageClassName"] = name;
    }
}
