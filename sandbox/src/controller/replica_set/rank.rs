//! Which of too many pods is deleted first.

use std::cmp::Reverse;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use super::super::json::{annotation, seconds_between, text, time};
use super::super::meta::name;
use super::super::pod::{available_from, is_ready, restarts};

/// Puts the pods that are best deleted first: not yet on a node, pending, not ready, cheap, many on
/// one node, ready for a short time, often restarted, young.
pub(super) fn rank(pods: &mut [Arc<Value>], now: Timestamp) {
    let neighbours: Vec<(String, usize)> = pods
        .iter()
        .map(|pod| {
            let node = text(pod, "spec.nodeName");
            let number = pods
                .iter()
                .filter(|other| text(other, "spec.nodeName") == node)
                .count();
            (name(pod).to_owned(), number)
        })
        .collect();
    pods.sort_by_cached_key(|pod| {
        let phase = match text(pod, "status.phase") {
            "Running" => 2,
            "Unknown" => 1,
            _ => 0,
        };
        let cost: i64 = annotation(pod, "controller.kubernetes.io/pod-deletion-cost")
            .and_then(|cost| cost.parse().ok())
            .unwrap_or(0);
        let beside = neighbours
            .iter()
            .find(|(other, _)| other == name(pod))
            .map_or(0, |found| found.1);
        // Times count in powers of two, so that pods of about the same age are not told apart.
        let bucket = |since: Option<Timestamp>| {
            since.map_or(0, |since| {
                seconds_between(since, now)
                    .max(0)
                    .checked_ilog2()
                    .map_or(0, |log| log + 1)
            })
        };
        (
            !text(pod, "spec.nodeName").is_empty(),
            phase,
            is_ready(pod),
            cost,
            Reverse(beside),
            bucket(available_from(pod, 0)),
            Reverse(restarts(pod)),
            bucket(time(pod, "metadata.creationTimestamp")),
            name(pod).to_owned(),
        )
    });
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::super::json::set;
    use super::super::tests::{now, pod};
    use super::*;

    #[test]
    fn the_least_useful_pod_goes_first() {
        let annotations = |cost: &str| json!({"controller.kubernetes.io/pod-deletion-cost": cost});
        let mut pods = [
            pod("good", |_| ()),
            pod("dear", |pod| {
                set(pod, "metadata.annotations", annotations("5"));
            }),
            pod("restarted", |pod| {
                set(
                    pod,
                    "status.containerStatuses",
                    json!([{"restartCount": 3}]),
                );
            }),
            pod("unready", |pod| set(pod, "status.conditions", json!([]))),
            pod("pending", |pod| set(pod, "status.phase", "Pending")),
            pod("nowhere", |pod| set(pod, "spec.nodeName", "")),
            pod("cheap", |pod| {
                set(pod, "metadata.annotations", annotations("-5"));
            }),
            pod("fresh", |pod| {
                let conditions = json!([
                    {"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-01T00:59:00Z"},
                ]);
                set(pod, "status.conditions", conditions);
            }),
        ];
        rank(&mut pods, now());
        let order: Vec<&str> = pods.iter().map(|pod| name(pod)).collect();
        assert_eq!(
            order,
            [
                "nowhere",
                "pending",
                "unready",
                "cheap",
                "fresh",
                "restarted",
                "good",
                "dear"
            ]
        );
    }
}
