//! One volume: free, bound, or left behind by its claim.

use jiff::Timestamp;
use serde_json::Value;

use super::super::effect::{Action, Decision, status_action};
use super::super::json::{at, has, set, stamp, text};
use super::super::meta::{has_finalizer, is_terminating, uid, without_finalizer};
use super::super::seam::{Cluster, Writer};
use super::{CLAIM, COMPONENT, VOLUME_PROTECTION};

pub(super) fn look(volume: &Value, cluster: &mut dyn Cluster) -> Option<Timestamp> {
    let reference = at(volume, "spec.claimRef");
    let claim = cluster.get(CLAIM, text(reference, "namespace"), text(reference, "name"));
    let held = text(reference, "uid");
    let is_held = claim.is_some_and(|claim| held.is_empty() || uid(&claim) == held);
    let decision = decide(volume, is_held, cluster.now());
    decision.perform(cluster, Writer::ControllerManager, COMPONENT)
}

fn decide(volume: &Value, is_held: bool, now: Timestamp) -> Decision {
    let mut decision = Decision::default();
    let phase = if !has(volume, "spec.claimRef") {
        "Available"
    } else if is_held {
        // Whoever binds says so.
        text(volume, "status.phase")
    } else if text(volume, "spec.claimRef.uid").is_empty() {
        // Set aside for a claim that is still to come.
        "Available"
    } else {
        "Released"
    };
    if is_terminating(volume) {
        if !is_held && has_finalizer(volume, VOLUME_PROTECTION) {
            decision.push(Action::Update(without_finalizer(volume, VOLUME_PROTECTION)));
        }
        return decision;
    }
    let phase = if phase.is_empty() { "Pending" } else { phase };
    let status = in_phase(&volume["status"], phase, now);
    decision.actions.extend(status_action(volume, status));
    if phase == "Released" && text(volume, "spec.persistentVolumeReclaimPolicy") == "Delete" {
        decision.push(Action::Delete(std::sync::Arc::new(volume.clone())));
    }
    decision
}

/// A volume's status in a phase, with the time when it came to it.
pub(super) fn in_phase(status: &Value, phase: &str, now: Timestamp) -> Value {
    let mut after = status.clone();
    if text(status, "phase") != phase {
        set(&mut after, "phase", phase);
        set(&mut after, "lastPhaseTransitionTime", stamp(now));
    }
    after
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::testing::outline;
    use super::*;

    #[test]
    fn what_becomes_of_a_volume() {
        let volume = |policy: &str, claim: Value| {
            json!({
                "kind": "PersistentVolume", "metadata": {"name": "v"},
                "spec": {"persistentVolumeReclaimPolicy": policy, "claimRef": claim},
                "status": {"phase": "Bound"},
            })
        };
        let claim = json!({"namespace": "n", "name": "c", "uid": "u"});
        for (volume, is_held, wanted) in [
            (volume("Delete", claim.clone()), true, vec![]),
            (
                volume("Delete", claim.clone()),
                false,
                vec!["status PersistentVolume v", "delete PersistentVolume v"],
            ),
            (
                volume("Retain", claim),
                false,
                vec!["status PersistentVolume v"],
            ),
            (
                volume("Retain", Value::Null),
                false,
                vec!["status PersistentVolume v"],
            ),
        ] {
            let now = "2026-01-01T00:00:00Z".parse().unwrap();
            let decision = decide(&volume, is_held, now);
            assert_eq!(outline(&decision), wanted, "{volume}");
        }
    }
}
