//! DefaultIngressClass: an ingress that names no class gets the default one.

use crate::world::World;
use serde_json::Value;

const DEFAULT: &str = "ingressclass.kubernetes.io/is-default-class";

/// Fills in the class of a new ingress.
pub(super) fn fill(world: &World, ingress: &mut Value) {
    let named = ingress["spec"]["ingressClassName"].is_string()
        || ingress["metadata"]["annotations"]["kubernetes.io/ingress.class"].is_string();
    if named {
        return;
    }
    let default = world
        .objects
        .list("networking.k8s.io", "IngressClass", None)
        .find(|class| class["metadata"]["annotations"][DEFAULT] == "true");
    if let Some(default) = default {
        let name = default["metadata"]["name"].clone();
        ingress["spec"]["ingressClassName"] = name;
    }
}
