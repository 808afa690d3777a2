//! A deployment's status: counts from its replica sets, and the three conditions.

use serde_json::{Value, json};

use super::super::condition::{self, Condition};
use super::super::effect::Action;
use super::super::json::{at, count, int, later, set, text, time};
use super::super::meta::name;
use super::{Sync, conditions_of, put_condition, reported, spec_replicas};

impl Sync<'_> {
    /// Writes the status that follows from the sets. While rolling out, `Progressing` is estimated.
    pub(super) fn write_status(&mut self, rolling: bool) {
        let before = self.deployment["status"].clone();
        let mut status = self.counted(&before);
        if rolling {
            self.estimate(&before, &mut status);
        }
        let mut after = self.deployment.clone();
        after["status"] = status;
        self.deployment = after.clone();
        // The revision annotation goes with the status, as the real controller sends it.
        if after != *self.read {
            self.decision.push(Action::Status(after));
        }
    }

    fn counted(&self, before: &Value) -> Value {
        let sum = |field| self.all().map(|set| reported(set, field)).sum::<i64>();
        let replicas = sum("replicas");
        let available = sum("availableReplicas");
        let specified: i64 = self.all().map(spec_replicas).sum();
        let mut status = json!({});
        set(
            &mut status,
            "observedGeneration",
            at(&self.deployment, "metadata.generation").clone(),
        );
        let updated = self.new.as_ref().map_or(0, |set| reported(set, "replicas"));
        for (field, value) in [
            ("replicas", replicas),
            ("updatedReplicas", updated),
            ("readyReplicas", sum("readyReplicas")),
            ("availableReplicas", available),
            ("unavailableReplicas", (specified - available).max(0)),
        ] {
            if value > 0 {
                status[field] = value.into();
            }
        }
        status["terminatingReplicas"] = sum("terminatingReplicas").into();
        for field in ["collisionCount", "conditions"] {
            if !before[field].is_null() {
                status[field] = before[field].clone();
            }
        }
        let available = if available >= self.wanted() - self.max_unavailable() {
            let message = "Deployment has minimum availability.";
            Condition::new("Available", "True", "MinimumReplicasAvailable", message)
        } else {
            let message = "Deployment does not have minimum availability.";
            Condition::new("Available", "False", "MinimumReplicasUnavailable", message)
        };
        put_condition(&mut status, &available, self.now);
        status
    }

    /// Says in `Progressing` how the rollout goes, and hands on what replica sets fail with.
    fn estimate(&mut self, before: &Value, status: &mut Value) {
        if !self.has_deadline() {
            condition::remove(status, "Progressing");
        }
        let current = condition::find(status, "Progressing").cloned();
        let reason = current
            .as_ref()
            .map_or("", |condition| text(condition, "reason"));
        let is_done = count(status, "replicas") == count(status, "updatedReplicas")
            && reason == "NewReplicaSetAvailable";
        if self.has_deadline() && !is_done {
            let who = self.new.as_ref().map_or_else(
                || format!("Deployment \"{}\"", name(&self.deployment)),
                |set| format!("ReplicaSet \"{}\"", name(set)),
            );
            if self.completes(status) {
                let message = format!("{who} has successfully progressed.");
                let done = Condition::new("Progressing", "True", "NewReplicaSetAvailable", message);
                put_condition(status, &done, self.now);
            } else if progresses(before, status) {
                let message = format!("{who} is progressing.");
                let more = Condition::new("Progressing", "True", "ReplicaSetUpdated", message);
                refresh(status, &more, current.as_ref(), self.now);
            } else if self.is_late(current.as_ref()) {
                let message = format!("{who} has timed out progressing.");
                let late =
                    Condition::new("Progressing", "False", "ProgressDeadlineExceeded", message);
                put_condition(status, &late, self.now);
            }
            self.look_at_deadline(status);
        }
        // The new set's failure comes first, as it is the one in the way.
        let failure = self
            .new
            .iter()
            .chain(&self.old)
            .find_map(|set| conditions_of(set, "ReplicaFailure"));
        match failure {
            Some(failure) => {
                let failed = Condition::new(
                    "ReplicaFailure",
                    "True",
                    text(failure, "reason"),
                    text(failure, "message"),
                );
                put_condition(status, &failed, self.now);
            }
            None => {
                condition::remove(status, "ReplicaFailure");
            }
        }
    }

    fn completes(&self, status: &Value) -> bool {
        let wanted = self.wanted();
        ["updatedReplicas", "replicas", "availableReplicas"]
            .iter()
            .all(|field| count(status, field) == wanted)
    }

    fn deadline(&self, progressing: &Value) -> Option<jiff::Timestamp> {
        let seconds = int(&self.deployment, "spec.progressDeadlineSeconds")?;
        Some(later(time(progressing, "lastUpdateTime")?, seconds))
    }

    fn is_late(&self, current: Option<&Value>) -> bool {
        let Some(current) = current else { return false };
        match text(current, "reason") {
            "NewReplicaSetAvailable" => false,
            "ProgressDeadlineExceeded" => true,
            _ => self
                .deadline(current)
                .is_some_and(|deadline| deadline < self.now),
        }
    }

    /// Comes back when the deadline has passed, to say so.
    fn look_at_deadline(&mut self, status: &Value) {
        let Some(current) = condition::find(status, "Progressing") else {
            return;
        };
        let waits = !matches!(
            text(current, "reason"),
            "NewReplicaSetAvailable" | "ProgressDeadlineExceeded" | "DeploymentPaused"
        );
        if waits && let Some(deadline) = self.deadline(current) {
            self.decision.look_again(later(deadline, 1));
        }
    }
}

/// Whether more pods are updated, ready or available than before, or fewer are old.
fn progresses(before: &Value, status: &Value) -> bool {
    let old = |status: &Value| count(status, "replicas") - count(status, "updatedReplicas");
    count(status, "updatedReplicas") > count(before, "updatedReplicas")
        || old(status) < old(before)
        || count(status, "readyReplicas") > count(before, "readyReplicas")
        || count(status, "availableReplicas") > count(before, "availableReplicas")
}

/// Sets the condition anew, so that its update time moves and the deadline with it.
fn refresh(
    status: &mut Value,
    condition: &Condition,
    current: Option<&Value>,
    now: jiff::Timestamp,
) {
    let transition = current
        .filter(|current| text(current, "status") == "True")
        .map(|current| current["lastTransitionTime"].clone());
    condition::remove(status, "Progressing");
    put_condition(status, condition, now);
    if let Some(transition) = transition
        && let Some(list) = status["conditions"].as_array_mut()
        && let Some(new) = list.last_mut()
    {
        new["lastTransitionTime"] = transition;
    }
}
