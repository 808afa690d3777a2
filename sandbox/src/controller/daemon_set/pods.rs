//! The pod of a daemon set for one node.

use serde_json::{Value, json};

use super::super::json::{child_list, flag, set, text};
use super::super::template;
use super::HASH;

/// What every daemon stands: its node is not well, or is closed to others.
const TOLERATED: [(&str, &str); 6] = [
    ("node.kubernetes.io/not-ready", "NoExecute"),
    ("node.kubernetes.io/unreachable", "NoExecute"),
    ("node.kubernetes.io/disk-pressure", "NoSchedule"),
    ("node.kubernetes.io/memory-pressure", "NoSchedule"),
    ("node.kubernetes.io/pid-pressure", "NoSchedule"),
    ("node.kubernetes.io/unschedulable", "NoSchedule"),
];

/// A pod for a node, bound to it by affinity as the scheduler reads it.
pub(super) fn make(daemon_set: &Value, node: &str, hash: &str) -> Value {
    let mut pod = template::pod(&daemon_set["spec"]["template"], daemon_set);
    set(
        &mut pod,
        "metadata.generateName",
        template::generate_name(daemon_set),
    );
    template::add_labels(&mut pod, "metadata.labels", [(HASH, hash)]);
    let on_host = flag(&pod, "spec.hostNetwork");
    let tolerations = child_list(&mut pod, "spec.tolerations");
    let mut add = |key: &str, effect: &str| {
        let known = tolerations
            .iter()
            .any(|one| text(one, "key") == key && text(one, "effect") == effect);
        if !known {
            tolerations.push(json!({"key": key, "operator": "Exists", "effect": effect}));
        }
    };
    for (key, effect) in TOLERATED {
        add(key, effect);
    }
    if on_host {
        add("node.kubernetes.io/network-unavailable", "NoSchedule");
    }
    if !node.is_empty() {
        // The name takes the place of what the template says of nodes: that was looked at already.
        let own = json!({"nodeSelectorTerms": [{"matchFields": [
            {"key": "metadata.name", "operator": "In", "values": [node]},
        ]}]});
        set(
            &mut pod,
            "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution",
            own,
        );
    }
    pod
}
