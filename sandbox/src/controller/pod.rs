//! What controllers ask of a pod.

use jiff::Timestamp;
use serde_json::Value;

use super::condition;
use super::json::{at, items, later, text, time};
use super::meta::is_terminating;
use super::seam::GroupKind;

/// The kind of pods.
pub(crate) const POD: GroupKind<'static> = GroupKind::new("", "Pod");

/// Whether the condition `Ready` is true.
pub(crate) fn is_ready(pod: &Value) -> bool {
    condition::is_true(at(pod, "status"), "Ready")
}

/// When a ready pod has been ready for so many seconds; none while it is not ready.
pub(crate) fn available_from(pod: &Value, min_ready_seconds: i64) -> Option<Timestamp> {
    let ready = condition::find(at(pod, "status"), "Ready")?;
    if text(ready, "status") != "True" {
        return None;
    }
    Some(later(time(ready, "lastTransitionTime")?, min_ready_seconds))
}

/// Whether the pod has been ready for so many seconds.
pub(crate) fn is_available(pod: &Value, min_ready_seconds: i64, now: Timestamp) -> bool {
    available_from(pod, min_ready_seconds).is_some_and(|from| from <= now)
}

/// Whether the pod has come to its end, well or not.
pub(crate) fn is_finished(pod: &Value) -> bool {
    matches!(text(pod, "status.phase"), "Succeeded" | "Failed")
}

/// Whether the pod counts for a replica set: neither finished nor being deleted.
pub(crate) fn is_active(pod: &Value) -> bool {
    !is_finished(pod) && !is_terminating(pod)
}

/// How often the pod's containers were restarted, all together.
pub(crate) fn restarts(pod: &Value) -> i64 {
    ["initContainerStatuses", "containerStatuses"]
        .iter()
        .flat_map(|list| items(at(pod, "status"), list))
        .map(|status| status["restartCount"].as_i64().unwrap_or(0))
        .sum()
}
