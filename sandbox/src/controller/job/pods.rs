//! The pods of a job: made, as many as are needed and not too soon after failures; deleted.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::effect::{Action, Decision, Event};
use super::super::json::{child_list, count, int, items, later, set, set_key, text, unset};
use super::super::meta::{has_finalizer, name, without_finalizer};
use super::super::seam::{Cluster, Writer};
use super::super::template;
use super::counts::Counts;
use super::indexes::{INDEX, index_of, is_indexed, missing};
use super::{COMPONENT, TRACKING, event};

/// Brings the number of pods at work to what the job wants now.
pub(super) fn manage(job: &Value, counts: &Counts, now: Timestamp, decision: &mut Decision) {
    let parallelism = int(job, "spec.parallelism").unwrap_or(1).max(0);
    let active = counts.active.len() as i64;
    let wanted = match int(job, "spec.completions") {
        None if counts.succeeded > 0 => active,
        None => parallelism,
        Some(completions) => (completions - counts.succeeded).clamp(0, parallelism),
    };
    if active > wanted {
        let surplus = (active - wanted) as usize;
        let first = counts.active.len() - surplus;
        dismiss(job, &counts.active[first..], decision);
        return;
    }
    // A pod that still stops holds its place where replacements wait for the end.
    let stopping = if text(job, "spec.podReplacementPolicy") == "Failed" {
        counts.terminating
    } else {
        0
    };
    let number = (wanted - active - stopping as i64).max(0) as usize;
    if number == 0 {
        return;
    }
    if let Some(until) = back_off(counts).filter(|&until| until > now) {
        decision.look_again(until);
        return;
    }
    if is_indexed(job) {
        let at_work: Vec<i64> = counts
            .active
            .iter()
            .filter_map(|pod| index_of(pod))
            .collect();
        let open = missing(job, &counts.completed, &at_work);
        decision.actions.extend(
            open.into_iter()
                .take(number)
                .map(|index| Action::Create(new(job, Some(index)))),
        );
    } else {
        decision
            .actions
            .extend((0..number).map(|_| Action::Create(new(job, None))));
    }
}

/// When the next pod may be made after failures: 10 s, doubled with each, 10 minutes at most.
fn back_off(counts: &Counts) -> Option<Timestamp> {
    let power = counts.recent_failures.checked_sub(1)?;
    let wait = 10_i64.saturating_mul(1 << power.min(6)).min(600);
    Some(later(counts.last_failure?, wait))
}

/// Deletes pods that are no longer wanted, and does not count them.
pub(super) fn dismiss(job: &Value, pods: &[Arc<Value>], decision: &mut Decision) {
    for pod in pods {
        if has_finalizer(pod, TRACKING) {
            decision.push(Action::Update(without_finalizer(pod, TRACKING)));
        }
    }
    delete(job, pods, decision);
}

/// Deletes pods that are at work.
pub(super) fn delete(job: &Value, pods: &[Arc<Value>], decision: &mut Decision) {
    for pod in pods {
        decision.push(Action::Delete(pod.clone()));
        decision.push(event(
            job,
            false,
            "SuccessfulDelete",
            format!("Deleted pod: {}", name(pod)),
        ));
    }
}

fn new(job: &Value, index: Option<i64>) -> Value {
    let mut pod = template::pod(&job["spec"]["template"], job);
    let prefix = match index {
        None => template::generate_name(job),
        Some(index) => format!("{}-{index}-", name(job)),
    };
    set(&mut pod, "metadata.generateName", prefix);
    child_list(&mut pod, "metadata.finalizers").push(TRACKING.into());
    if let Some(index) = index {
        for path in ["metadata.annotations", "metadata.labels"] {
            set_key(&mut pod, path, INDEX, index.to_string());
        }
        set(&mut pod, "spec.hostname", format!("{}-{index}", name(job)));
        let variable = json!({
            "name": "JOB_COMPLETION_INDEX",
            "valueFrom": {"fieldRef": {"apiVersion": "v1", "fieldPath": format!("metadata.labels['{INDEX}']")}},
        });
        for list in ["spec.initContainers", "spec.containers"] {
            if items(&pod, list).is_empty() {
                continue;
            }
            for container in child_list(&mut pod, list) {
                child_list(container, "env").push(variable.clone());
            }
        }
    }
    pod
}

/// Does what was decided, and tells of the pods that were made or refused.
pub(super) fn perform(
    job: &Value,
    decision: Decision,
    cluster: &mut dyn Cluster,
) -> Option<Timestamp> {
    let mut again = decision.again;
    let mut refused = 0;
    for action in decision.actions {
        let Action::Create(pod) = action else {
            let action = without_refused(action, refused);
            let _ = super::super::effect::perform(
                cluster,
                Writer::ControllerManager,
                COMPONENT,
                action,
            );
            continue;
        };
        let told = match cluster.create(Writer::ControllerManager, pod) {
            Ok(made) => Event::normal(
                job,
                "SuccessfulCreate",
                format!("Created pod: {}", name(&made)),
            ),
            Err(refusal) => {
                refused += 1;
                let soon = later(cluster.now(), 10);
                again = Some(again.map_or(soon, |time| time.min(soon)));
                Event::warning(
                    job,
                    "FailedCreate",
                    format!("Error creating: {}", refusal.message),
                )
            }
        };
        super::super::recorder::record(cluster, Writer::ControllerManager, COMPONENT, &told);
    }
    again
}

/// A status that counts only the pods that were made.
fn without_refused(action: Action, refused: i64) -> Action {
    match action {
        Action::Status(mut job) if refused > 0 => {
            match count(&job, "status.active") - refused {
                0 => unset(&mut job, "status.active"),
                active => set(&mut job, "status.active", active),
            }
            Action::Status(job)
        }
        other => other,
    }
}
