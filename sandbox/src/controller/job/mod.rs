//! Jobs: pods that run to their end, counted by a finalizer so that none is missed or counted twice.

mod conditions;
mod counts;
mod indexes;
mod pods;
mod policy;

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use self::counts::Counts;
use super::condition;
use super::effect::{Action, Decision, Event, status_action};
use super::json::{int, later, set, stamp, text, time, unset};
use super::meta::{
    controlled, has_finalizer, is_terminating, own_key, owner_key, without_finalizer,
};
use super::pod::POD;
use super::seam::{Change, Cluster, Controller, GroupKind, Key, Writer};

/// The kind of jobs.
pub(crate) const JOB: GroupKind<'static> = GroupKind::new("batch", "Job");
const COMPONENT: &str = "job-controller";
const TRACKING: &str = "batch.kubernetes.io/job-tracking";

/// The controller of jobs.
pub(crate) struct Jobs;

impl Controller for Jobs {
    fn name(&self) -> &'static str {
        COMPONENT
    }

    fn keys(&mut self, change: &Change, _: &dyn Cluster) -> Vec<Key> {
        own_key(change, JOB)
            .or_else(|| owner_key(change, POD, JOB))
            .into_iter()
            .collect()
    }

    fn sync(&mut self, key: &Key, cluster: &mut dyn Cluster) -> Option<Timestamp> {
        let Some(job) = cluster.get(JOB, &key.namespace, &key.name) else {
            free(key, cluster);
            return None;
        };
        let pods = controlled(cluster, POD, &job);
        let decision = decide(&job, &pods, cluster.now());
        pods::perform(&job, decision, cluster)
    }
}

/// Frees the pods of a job that is gone, so that they can go too.
fn free(key: &Key, cluster: &mut dyn Cluster) {
    for pod in cluster.list(POD, &key.namespace) {
        let owner = super::meta::controller_of(&pod);
        let is_of = owner
            .is_some_and(|owner| text(owner, "kind") == "Job" && text(owner, "name") == key.name);
        if is_of && has_finalizer(&pod, TRACKING) {
            let action = Action::Update(without_finalizer(&pod, TRACKING));
            let _ = super::effect::perform(cluster, Writer::ControllerManager, COMPONENT, action);
        }
    }
}

/// One step of a job.
fn decide(job: &Value, pods: &[Arc<Value>], now: Timestamp) -> Decision {
    let mut decision = Decision::default();
    let status = &job["status"];
    if condition::is_true(status, "Complete") || condition::is_true(status, "Failed") {
        release(job, pods, true, &mut decision);
        expire(job, now, &mut decision);
        return decision;
    }
    if is_terminating(job) {
        release(job, pods, true, &mut decision);
        return decision;
    }
    let mut after = status.clone();
    if !after.is_object() {
        after = json!({});
    }
    let suspended = super::json::flag(job, "spec.suspend");
    conditions::note_suspension(job, suspended, &mut after, now, &mut decision);
    if !suspended && time(&after, "startTime").is_none() {
        set(&mut after, "startTime", stamp(now));
    }
    let mut counts = Counts::of(job, pods);
    release(job, pods, false, &mut decision);
    let mut verdict = conditions::verdict(job, &after, &counts, now);
    if let Some(found) = &verdict {
        conditions::announce(found, &mut after, now);
    } else if let Some(deadline) = conditions::deadline(job, &after) {
        decision.look_again(deadline);
    }
    let busy = counts.active.len() + counts.terminating;
    let mut change = Decision::default();
    if let Some(found) = &verdict {
        pods::delete(job, &counts.active, &mut change);
        // What a failed job stops is counted as failed.
        if !found.is_good() {
            counts.failed += counts.active.len() as i64;
        }
    } else if suspended {
        pods::dismiss(job, &counts.active, &mut change);
    } else {
        pods::manage(job, &counts, now, &mut change);
    }
    if verdict.is_some() && busy > 0 {
        // The last word is said when no pod is left.
        release(job, &counts.active, true, &mut change);
        verdict = None;
    }
    counts.expect(&change);
    decision.actions.extend(change.actions);
    if let Some(time) = change.again {
        decision.look_again(time);
    }
    counts.write(job, &mut after);
    if let Some(verdict) = verdict {
        conditions::conclude(job, &verdict, &mut after, now, &mut decision);
        expire_after(job, now, &mut decision);
    }
    decision.actions.extend(status_action(job, after));
    decision
}

/// Takes the finalizer off pods that have ended, or off all: their end is in the status with this
/// step.
fn release(job: &Value, pods: &[Arc<Value>], all: bool, decision: &mut Decision) {
    for pod in pods {
        let ended = super::pod::is_finished(pod) || counts::is_lost(job, pod);
        if has_finalizer(pod, TRACKING) && (ended || all) {
            decision.push(Action::Update(without_finalizer(pod, TRACKING)));
        }
    }
}

/// Deletes a finished job when its time has come.
fn expire(job: &Value, now: Timestamp, decision: &mut Decision) {
    let finished = super::json::items(job, "status.conditions")
        .iter()
        .filter(|one| matches!(text(one, "type"), "Complete" | "Failed"))
        .find_map(|one| time(one, "lastTransitionTime"));
    let (Some(seconds), Some(finished)) = (int(job, "spec.ttlSecondsAfterFinished"), finished)
    else {
        return;
    };
    let end = later(finished, seconds);
    if end <= now && !is_terminating(job) {
        decision.push(Action::DeleteLast(Arc::new(job.clone())));
    } else {
        decision.look_again(end);
    }
}

fn expire_after(job: &Value, now: Timestamp, decision: &mut Decision) {
    if let Some(seconds) = int(job, "spec.ttlSecondsAfterFinished") {
        decision.look_again(later(now, seconds));
    }
}

/// An event about a job.
fn event(job: &Value, warning: bool, reason: &'static str, message: impl Into<String>) -> Action {
    Action::Event(if warning {
        Event::warning(job, reason, message)
    } else {
        Event::normal(job, reason, message)
    })
}

/// Strikes a field from a status.
fn strike(status: &mut Value, field: &str) {
    unset(status, field);
}

#[cfg(test)]
mod tests {
    use super::super::testing::outline;
    use super::*;

    fn now() -> Timestamp {
        "2026-01-01T00:10:00Z".parse().unwrap()
    }

    fn job(spec: Value, status: Value) -> Value {
        let mut job = json!({
            "apiVersion": "batch/v1", "kind": "Job",
            "metadata": {"name": "j", "namespace": "n", "uid": "u"},
            "spec": {"completions": 1, "parallelism": 1, "backoffLimit": 6, "template": {"spec": {}}},
            "status": status,
        });
        for (key, value) in spec.as_object().into_iter().flatten() {
            job["spec"][key] = value.clone();
        }
        job
    }

    fn pod(name: &str, phase: &str) -> Arc<Value> {
        Arc::new(json!({
            "kind": "Pod",
            "metadata": {"name": name, "uid": name, "finalizers": [TRACKING]},
            "status": {"phase": phase, "containerStatuses": [
                {"state": {"terminated": {"finishedAt": "2026-01-01T00:09:58Z"}}},
            ]},
        }))
    }

    #[test]
    fn steps() {
        let started = json!({"startTime": "2026-01-01T00:00:00Z"});
        for (what, spec, status, pods, wanted) in [
            (
                "fresh",
                json!({}),
                json!({}),
                vec![],
                vec!["create Pod j-", "status Job j"],
            ),
            (
                "parallel, bounded by what is left",
                json!({"completions": 3, "parallelism": 5}),
                json!({"startTime": "2026-01-01T00:00:00Z", "succeeded": 1}),
                vec![pod("a", "Running")],
                vec!["create Pod j-", "status Job j"],
            ),
            (
                "done",
                json!({}),
                started.clone(),
                vec![pod("a", "Succeeded")],
                vec![
                    "update Pod a",
                    "event Completed: Job completed",
                    "status Job j",
                ],
            ),
            (
                "failed once, waits before the next try",
                json!({}),
                started.clone(),
                vec![pod("a", "Failed")],
                vec!["update Pod a", "status Job j"],
            ),
            (
                "failed too often",
                json!({"backoffLimit": 0}),
                started.clone(),
                vec![pod("a", "Failed")],
                vec![
                    "update Pod a",
                    "event BackoffLimitExceeded: Job has reached the specified backoff limit",
                    "status Job j",
                ],
            ),
            (
                "too long",
                json!({"activeDeadlineSeconds": 60}),
                started.clone(),
                vec![pod("a", "Running")],
                vec![
                    "delete Pod a",
                    "event SuccessfulDelete: Deleted pod: a",
                    "update Pod a",
                    "status Job j",
                ],
            ),
            (
                "suspended",
                json!({"suspend": true}),
                json!({}),
                vec![],
                vec!["event Suspended: Job suspended", "status Job j"],
            ),
        ] {
            assert_eq!(
                outline(&decide(&job(spec, status), &pods, now())),
                wanted,
                "{what}"
            );
        }
    }
}
