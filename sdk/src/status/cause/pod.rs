//! What is wrong with one pod.

use super::super::Evidence;
use super::super::printed::printed;
use super::super::read::{Condition, condition, int, list, name, sentence, text};
use super::finding::Finding;
use super::{Class, Verdict, container, scheduling, volume};
use serde_json::Value;

/// Everything that keeps a pod from being ready, each with the pod's place.
pub(super) fn findings(evidence: &Evidence<'_>, pod: &Value) -> Vec<Finding> {
    let job = text(evidence.object, "/kind") == Some("Job");
    let phase = text(pod, "/status/phase").unwrap_or("Pending");
    if phase == "Succeeded" || (!job && is_ready(pod)) {
        return Vec::new();
    }
    let mut found = Vec::new();
    if let Some(unscheduled) = scheduling::finding(evidence, pod) {
        found.push(unscheduled);
    } else {
        found.extend(container::findings(evidence, pod));
        if phase == "Pending" {
            found.extend(volume::finding(evidence, pod));
        }
    }
    if phase == "Failed" && text(pod, "/status/reason").is_some() {
        let reason = text(pod, "/status/reason").unwrap_or_default();
        let summary = match text(pod, "/status/message") {
            Some(message) => format!("pod has failed: {reason}: {}", sentence(message)),
            None => format!("pod has failed: {reason}"),
        };
        found.push(Finding::new(Class::Crash, Verdict::Wait, summary));
    }
    if found.is_empty() {
        found.push(starting(pod));
    }
    let restarts: i64 = list(pod, "/status/containerStatuses")
        .iter()
        .chain(list(pod, "/status/initContainerStatuses"))
        .filter_map(|one| int(one, "/restartCount"))
        .sum();
    let state = match restarts {
        0 => format!("pod/{} is {}", name(pod), printed(pod)),
        1 => format!("pod/{} is {} (1 restart)", name(pod), printed(pod)),
        many => format!("pod/{} is {} ({many} restarts)", name(pod), printed(pod)),
    };
    let is_pod = text(evidence.object, "/kind") == Some("Pod");
    for one in &mut found {
        if !is_pod {
            one.at.insert(0, format!("pod/{}", name(pod)));
        }
        one.pod = Some(state.clone());
        // A job makes new pods by itself until it gives up.
        if job && one.class == Class::Crash {
            one.verdict = Verdict::Wait;
        }
    }
    found
}

fn is_ready(pod: &Value) -> bool {
    condition(pod, "Ready").is_some_and(Condition::is_true)
}

fn starting(pod: &Value) -> Finding {
    let gate = list(pod, "/spec/readinessGates")
        .iter()
        .filter_map(|gate| text(gate, "/conditionType"))
        .find(|gate| !condition(pod, gate).is_some_and(Condition::is_true));
    let ready = condition(pod, "ContainersReady").is_some_and(Condition::is_true);
    let summary = match gate {
        Some(gate) if ready => format!("pod waits for readiness gate `{gate}`"),
        _ => format!("pod is {}", printed(pod)),
    };
    Finding::new(Class::Starting, Verdict::Wait, summary)
}
