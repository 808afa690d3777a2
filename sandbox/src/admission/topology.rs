//! PodTopologyLabels: a pod carries the zone and the region of its node.

use crate::world::World;
use serde_json::Value;

const LABELS: [&str; 2] = [
    "topology.kubernetes.io/region",
    "topology.kubernetes.io/zone",
];

/// Gives a pod on a node the node's labels, over its own.
pub(crate) fn fill(world: &World, pod: &mut Value) {
    let node = pod["spec"]["nodeName"].as_str().unwrap_or_default();
    let Some(node) = world.objects.get("", "Node", "", node) else {
        return;
    };
    for label in LABELS {
        let value = &node["metadata"]["labels"][label];
        if value.is_string() {
            pod["metadata"]["labels"][label] = value.clone();
        }
    }
}
