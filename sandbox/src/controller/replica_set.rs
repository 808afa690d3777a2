//! Replica sets: as many pods of a template as are wanted.

use std::cmp::Reverse;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::condition::{self, Condition};
use super::effect::{Action, Decision, Event, perform, status_action};
use super::json::{annotation, at, count, int, later, seconds_between, set, text, time};
use super::meta::{controlled, is_terminating, name, own_key, owner_key};
use super::pod::{POD, available_from, is_active, is_available, is_ready, restarts};
use super::seam::{Change, Cluster, Controller, GroupKind, Key, Writer};
use super::selector::selects;
use super::template;

/// The kind of replica sets.
pub(crate) const REPLICA_SET: GroupKind<'static> = GroupKind::new("apps", "ReplicaSet");

const COMPONENT: &str = "replicaset-controller";
/// How many pods one look creates or deletes at most.
const BURST: usize = 500;

/// The controller of replica sets.
pub(crate) struct ReplicaSets;

impl Controller for ReplicaSets {
    fn name(&self) -> &'static str {
        COMPONENT
    }

    fn keys(&mut self, change: &Change, _: &dyn Cluster) -> Vec<Key> {
        own_key(change, REPLICA_SET)
            .or_else(|| owner_key(change, POD, REPLICA_SET))
            .into_iter()
            .collect()
    }

    fn sync(&mut self, key: &Key, cluster: &mut dyn Cluster) -> Option<Timestamp> {
        let set = cluster.get(REPLICA_SET, &key.namespace, &key.name)?;
        let pods = controlled(cluster, POD, &set);
        let mut failure = None;
        if !is_terminating(&set) {
            match plan(&set, &pods, cluster.now()) {
                Plan::Nothing => {}
                Plan::Create(number) => {
                    if may_retry(&set, cluster.now()) {
                        failure = create(&set, number, cluster).err();
                    } else {
                        failure = last_failure(&set);
                    }
                }
                Plan::Delete(pods) => delete(&set, &pods, cluster),
            }
        }
        let set = cluster.get(REPLICA_SET, &key.namespace, &key.name)?;
        let pods = controlled(cluster, POD, &set);
        let decision = report(&set, &pods, failure.as_deref(), cluster.now());
        decision.perform(cluster, Writer::ControllerManager, COMPONENT)
    }
}

/// What to do about the number of pods.
#[derive(Debug, PartialEq)]
enum Plan {
    Nothing,
    Create(usize),
    /// These, in this order.
    Delete(Vec<Arc<Value>>),
}

fn plan(set: &Value, pods: &[Arc<Value>], now: Timestamp) -> Plan {
    let wanted = int(set, "spec.replicas").unwrap_or(1).max(0) as usize;
    let mut active: Vec<Arc<Value>> = pods.iter().filter(|pod| is_active(pod)).cloned().collect();
    if active.len() < wanted {
        return Plan::Create((wanted - active.len()).min(BURST));
    }
    let surplus = (active.len() - wanted).min(BURST);
    if surplus == 0 {
        return Plan::Nothing;
    }
    rank(&mut active, now);
    active.truncate(surplus);
    Plan::Delete(active)
}

/// Puts the pods that are best deleted first: not yet on a node, pending, not ready, cheap, many on
/// one node, ready for a short time, often restarted, young.
fn rank(pods: &mut [Arc<Value>], now: Timestamp) {
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

/// Creates pods in batches of 1, 2, 4, …: the first refusal ends it.
fn create(set: &Value, number: usize, cluster: &mut dyn Cluster) -> Result<(), String> {
    let mut pod = template::pod(&set["spec"]["template"], set);
    pod["metadata"]["generateName"] = template::generate_name(set).into();
    let mut left = number;
    let mut batch = 1;
    while left > 0 {
        let mut failure = None;
        for _ in 0..batch.min(left) {
            let event = match cluster.create(Writer::ControllerManager, pod.clone()) {
                Ok(made) => {
                    let message = format!("Created pod: {}", name(&made));
                    Event::normal(set, "SuccessfulCreate", message)
                }
                Err(refusal) => {
                    let message = format!("Error creating: {}", refusal.message);
                    // A namespace that ends refuses everything: nothing is told there.
                    if super::namespace::is_open(cluster, super::meta::namespace(set)) {
                        failure = Some(refusal.message);
                        Event::warning(set, "FailedCreate", message)
                    } else {
                        return Ok(());
                    }
                }
            };
            let _ = perform(
                cluster,
                Writer::ControllerManager,
                COMPONENT,
                Action::Event(event),
            );
        }
        if let Some(failure) = failure {
            return Err(failure);
        }
        left -= batch.min(left);
        batch *= 2;
    }
    Ok(())
}

fn delete(set: &Value, pods: &[Arc<Value>], cluster: &mut dyn Cluster) {
    for pod in pods {
        let gone = perform(
            cluster,
            Writer::ControllerManager,
            COMPONENT,
            Action::Delete(pod.clone()),
        );
        let event = match gone {
            Ok(()) => Event::normal(
                set,
                "SuccessfulDelete",
                format!("Deleted pod: {}", name(pod)),
            ),
            Err(refusal) => Event::warning(
                set,
                "FailedDelete",
                format!("Error deleting: {}", refusal.message),
            ),
        };
        let _ = perform(
            cluster,
            Writer::ControllerManager,
            COMPONENT,
            Action::Event(event),
        );
    }
}

/// What creating failed with last.
fn last_failure(set: &Value) -> Option<String> {
    let condition = condition::find(&set["status"], "ReplicaFailure")?;
    Some(text(condition, "message").to_owned())
}

/// When creating may be tried again after a refusal: the wait doubles with the time it has lasted.
fn retry_at(set: &Value, now: Timestamp) -> Option<Timestamp> {
    let condition = condition::find(&set["status"], "ReplicaFailure")?;
    let since = time(condition, "lastTransitionTime")?;
    let lasted = seconds_between(since, now).max(0);
    let step = (0..9)
        .map(|power| (1_i64 << power) - 1)
        .find(|&step| step >= lasted);
    Some(later(
        since,
        step.unwrap_or_else(|| (lasted + 299) / 300 * 300),
    ))
}

fn may_retry(set: &Value, now: Timestamp) -> bool {
    retry_at(set, now).is_none_or(|time| time <= now)
}

/// The status of a set, and when it changes without anything happening.
fn report(set: &Value, pods: &[Arc<Value>], failure: Option<&str>, now: Timestamp) -> Decision {
    let mut decision = Decision::default();
    let patience = count(set, "spec.minReadySeconds");
    let active: Vec<&Arc<Value>> = pods.iter().filter(|pod| is_active(pod)).collect();
    let labels = at(set, "spec.template.metadata.labels");
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
        "observedGeneration": at(set, "metadata.generation").clone(),
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
    if let Some(conditions) = set["status"].get("conditions") {
        status["conditions"] = conditions.clone();
    }
    if let Some(message) = failure {
        // As the real controller: a further failure for the same reason changes nothing. Its message
        // holds the name of a pod that was never made, and would be a change each time.
        let message = condition::find(&status, "ReplicaFailure")
            .map_or(message, |known| text(known, "message"))
            .to_owned();
        let failed = Condition::new("ReplicaFailure", "True", "FailedCreate", &message);
        condition::put(&mut status, &failed, now);
    } else if condition::remove(&mut status, "ReplicaFailure")
        && status["conditions"].as_array().is_some_and(Vec::is_empty)
    {
        super::json::unset(&mut status, "conditions");
    }
    for pod in &active {
        if let Some(from) = available_from(pod, patience).filter(|&from| from > now) {
            decision.look_again(from);
        }
    }
    let mut after = set.clone();
    set_status(&mut after, status);
    if failure.is_some() {
        let again = retry_at(&after, later(now, 1)).unwrap_or_else(|| later(now, 1));
        decision.look_again(again.max(later(now, 1)));
    }
    if let Some(action) = status_action(set, after["status"].take()) {
        decision.push(action);
    }
    decision
}

fn set_status(object: &mut Value, status: Value) {
    set(object, "status", status);
}

/// Whether a pod would be a set's own by its labels.
pub(crate) fn selects_pod(set: &Value, pod: &Value) -> bool {
    selects(at(set, "spec.selector"), at(pod, "metadata.labels"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Timestamp {
        "2026-01-01T01:00:00Z".parse().unwrap()
    }

    fn pod(name: &str, change: impl FnOnce(&mut Value)) -> Arc<Value> {
        let mut pod = json!({
            "metadata": {"name": name, "creationTimestamp": "2026-01-01T00:00:00Z"},
            "spec": {"nodeName": format!("node-{name}")},
            "status": {"phase": "Running", "conditions": [
                {"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"},
            ]},
        });
        change(&mut pod);
        Arc::new(pod)
    }

    #[test]
    fn the_least_useful_pod_goes_first() {
        let annotations = |cost: &str| json!({"controller.kubernetes.io/pod-deletion-cost": cost});
        let mut pods = [
            pod("good", |_| ()),
            pod("dear", |pod| {
                set(pod, "metadata.annotations", annotations("5"))
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
                set(pod, "metadata.annotations", annotations("-5"))
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

    #[test]
    fn the_number_of_pods_is_made_up_for() {
        let set = |replicas: i64| json!({"spec": {"replicas": replicas}});
        let gone = pod("gone", |pod| set_time(pod));
        let pods = [pod("a", |_| ()), pod("b", |_| ()), gone];
        assert_eq!(plan(&set(2), &pods, now()), Plan::Nothing);
        assert_eq!(plan(&set(5), &pods, now()), Plan::Create(3));
        assert_eq!(
            plan(&set(1), &pods, now()),
            Plan::Delete(vec![pods[0].clone()])
        );
        assert_eq!(plan(&set(900), &pods, now()), Plan::Create(BURST));
    }

    fn set_time(pod: &mut Value) {
        set(pod, "metadata.deletionTimestamp", "2026-01-01T00:59:59Z");
    }

    #[test]
    fn a_refusal_is_told_and_tried_again_ever_later() {
        let set = json!({"metadata": {"generation": 1}, "spec": {"replicas": 1}});
        let decision = report(&set, &[], Some("exceeded quota"), now());
        let [Action::Status(told)] = decision.actions.as_slice() else {
            panic!("{decision:?}")
        };
        let condition = condition::find(&told["status"], "ReplicaFailure").unwrap();
        assert_eq!(text(condition, "message"), "exceeded quota");
        assert_eq!(decision.again, Some(later(now(), 1)));
        for (lasted, next) in [(1, 1), (2, 3), (4, 7), (100, 127), (256, 300), (310, 600)] {
            let retry = retry_at(told, later(now(), lasted)).unwrap();
            assert_eq!(seconds_between(now(), retry), next, "after {lasted}");
        }
    }

    #[test]
    fn availability_waits_for_its_seconds() {
        let set = json!({"metadata": {"generation": 2}, "spec": {"replicas": 1, "minReadySeconds": 7200}});
        let decision = report(&set, &[pod("a", |_| ())], None, now());
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
