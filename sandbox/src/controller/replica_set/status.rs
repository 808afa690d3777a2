//! A replica set's status, and its refusals.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::condition::{self, Condition};
use super::super::effect::{Decision, status_action};
use super::super::json::{at, count, text, unset};
use super::super::meta::is_terminating;
use super::super::pod::{available_from, is_active, is_available, is_ready};

/// What creating failed with last.
pub(super) fn last_failure(set: &Value) -> Option<String> {
    let condition = condition::find(&set["status"], "ReplicaFailure")?;
    Some(text(condition, "message").to_owned())
}

/// The status of a set, and when it changes without anything happening.
pub(super) fn report(
    replica_set: &Value,
    pods: &[Arc<Value>],
    failure: Option<&str>,
    now: Timestamp,
) -> Decision {
    let mut decision = Decision::default();
    let patience = count(replica_set, "spec.minReadySeconds");
    let active: Vec<&Arc<Value>> = pods.iter().filter(|pod| is_active(pod)).collect();
    let labels = at(replica_set, "spec.template.metadata.labels");
    let labelled = |pod: &&&Arc<Value>| {
        labels.as_object().is_none_or(|labels| {
            let own = at(pod, "metadata.labels");
            labels
                .iter()
                .all(|(key, value)| own.get(key) == Some(value))
        })
    };
    let number = |count: usize| Value::from(count);
    let ready = active.iter().filter(|pod| is_ready(pod)).count();
    let available = active
        .iter()
        .filter(|pod| is_available(pod, patience, now))
        .count();
    let mut status = json!({
        "replicas": active.len(),
        "observedGeneration": at(replica_set, "metadata.generation").clone(),
        "terminatingReplicas": pods.iter().filter(|pod| is_terminating(pod)).count(),
    });
    for (field, count) in [
        (
            "fullyLabeledReplicas",
            active.iter().filter(labelled).count(),
        ),
        ("readyReplicas", ready),
        ("availableReplicas", available),
    ] {
        if count > 0 {
            status[field] = number(count);
        }
    }
    if let Some(conditions) = replica_set["status"].get("conditions") {
        status["conditions"] = conditions.clone();
    }
    if let Some(message) = failure {
        // The first refusal stands until it is over: the next ones differ in the pod's name only.
        let message = last_failure(replica_set).unwrap_or_else(|| message.to_owned());
        let failed = Condition::new("ReplicaFailure", "True", "FailedCreate", message);
        condition::put(&mut status, &failed, now);
    } else if condition::remove(&mut status, "ReplicaFailure")
        && status["conditions"].as_array().is_some_and(Vec::is_empty)
    {
        unset(&mut status, "conditions");
    }
    for pod in &active {
        if let Some(from) = available_from(pod, patience).filter(|&from| from > now) {
            decision.look_again(from);
        }
    }
    if let Some(action) = status_action(replica_set, status) {
        decision.push(action);
    }
    decision
}

#[cfg(test)]
mod tests {
    use super::super::super::effect::Action;
    use super::*;

    fn now() -> Timestamp {
        "2026-01-01T01:00:00Z".parse().unwrap()
    }

    fn pod(name: &str) -> Arc<Value> {
        let pod = json!({
            "metadata": {"name": name, "creationTimestamp": "2026-01-01T00:00:00Z"},
            "spec": {"nodeName": format!("node-{name}")},
            "status": {"phase": "Running", "conditions": [
                {"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"},
            ]},
        });
        Arc::new(pod)
    }

    #[test]
    fn a_refusal_is_told() {
        let set = json!({"metadata": {"generation": 1}, "spec": {"replicas": 1}});
        let decision = report(&set, &[], Some("exceeded quota"), now());
        let [Action::Status(told)] = decision.actions.as_slice() else {
            panic!("{decision:?}")
        };
        let condition = condition::find(&told["status"], "ReplicaFailure").unwrap();
        assert_eq!(text(condition, "message"), "exceeded quota");
    }

    #[test]
    fn availability_waits_for_its_seconds() {
        let set = json!({"metadata": {"generation": 2}, "spec": {"replicas": 1, "minReadySeconds": 7200}});
        let decision = report(&set, &[pod("a")], None, now());
        assert_eq!(
            decision.again,
            Some("2026-01-01T02:00:00Z".parse().unwrap())
        );
        let [Action::Status(told)] = decision.actions.as_slice() else {
            panic!("{decision:?}")
        };
        assert_eq!(
            told["status"],
            json!({
                "replicas": 1, "fullyLabeledReplicas": 1, "readyReplicas": 1,
                "observedGeneration": 2, "terminatingReplicas": 0,
            })
        );
    }
}
