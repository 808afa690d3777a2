//! What a job's pods have come to.

use std::collections::BTreeSet;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::effect::{Action, Decision};
use super::super::json::{count, items, set, text, time};
use super::super::meta::{has_finalizer, is_terminating, uid};
use super::super::pod::{is_active, is_finished, is_ready, restarts};
use super::indexes::{self, is_indexed};
use super::policy::{Rule, rule_for};
use super::{TRACKING, strike};

/// The pods of a job, counted together with what its status says of those that are gone.
pub(super) struct Counts {
    pub(super) active: Vec<Arc<Value>>,
    /// Pods that are about to be made.
    made: i64,
    pub(super) ready: usize,
    pub(super) terminating: usize,
    pub(super) succeeded: i64,
    pub(super) failed: i64,
    /// Failures that were not counted before, with what the failure policy makes of the job.
    pub(super) failing: Option<String>,
    /// Restarts of containers in pods that still run.
    pub(super) restarts: i64,
    /// Failures since the last success, and when the last one was.
    pub(super) recent_failures: u32,
    pub(super) last_failure: Option<Timestamp>,
    /// Completed indexes, of an indexed job.
    pub(super) completed: BTreeSet<i64>,
}

impl Counts {
    pub(super) fn of(job: &Value, pods: &[Arc<Value>]) -> Self {
        let is_indexed = is_indexed(job);
        let mut counts = Self {
            active: pods.iter().filter(|pod| is_active(pod)).cloned().collect(),
            made: 0,
            ready: pods
                .iter()
                .filter(|pod| is_active(pod) && is_ready(pod))
                .count(),
            terminating: 0,
            succeeded: count(&job["status"], "succeeded"),
            failed: count(&job["status"], "failed"),
            failing: None,
            restarts: 0,
            recent_failures: 0,
            last_failure: None,
            completed: indexes::parse(text(job, "status.completedIndexes")),
        };
        counts.restarts = counts.active.iter().map(|pod| restarts(pod)).sum();
        let mut ends: Vec<(Option<Timestamp>, bool)> = Vec::new();
        for pod in pods {
            let phase = text(pod, "status.phase");
            if is_terminating(pod) && !matches!(phase, "Succeeded" | "Failed") {
                counts.terminating += 1;
            }
            let is_new = has_finalizer(pod, TRACKING);
            match phase {
                "Succeeded" => {
                    ends.push((finished_at(pod), true));
                    if is_new && is_indexed {
                        counts.completed.extend(indexes::index_of(pod));
                    } else if is_new {
                        counts.succeeded += 1;
                    }
                }
                "Failed" => {
                    let rule = rule_for(job, pod);
                    if is_new {
                        match rule {
                            Rule::Ignore => {}
                            Rule::FailJob(message) => {
                                counts.failed += 1;
                                counts.failing.get_or_insert(message);
                            }
                            Rule::Count => counts.failed += 1,
                        }
                    }
                    ends.push((finished_at(pod), false));
                }
                _ if is_lost(job, pod) => {
                    if is_new && matches!(rule_for(job, pod), Rule::Count) {
                        counts.failed += 1;
                    }
                    ends.push((time(pod, "metadata.deletionTimestamp"), false));
                }
                _ => {}
            }
        }
        if is_indexed {
            counts.succeeded = counts.completed.len() as i64;
        }
        ends.sort();
        for (time, good) in ends {
            if good {
                counts.recent_failures = 0;
            } else {
                counts.recent_failures += 1;
                counts.last_failure = time;
            }
        }
        counts
    }

    /// Counts what a decision makes and deletes as done.
    pub(super) fn expect(&mut self, decision: &Decision) {
        for action in &decision.actions {
            match action {
                Action::Create(_) => self.made += 1,
                Action::Delete(pod) => {
                    self.active.retain(|one| uid(one) != uid(pod));
                    self.ready -= usize::from(is_ready(pod));
                    self.terminating += 1;
                }
                _ => {}
            }
        }
    }

    /// Writes the counts into a status.
    pub(super) fn write(&self, job: &Value, status: &mut Value) {
        for (field, count) in [
            ("active", self.active.len() as i64 + self.made),
            ("succeeded", self.succeeded),
            ("failed", self.failed),
        ] {
            if count > 0 {
                set(status, field, count);
            } else {
                strike(status, field);
            }
        }
        set(status, "ready", self.ready);
        set(status, "terminating", self.terminating);
        set(status, "uncountedTerminatedPods", json!({}));
        if is_indexed(job) && !self.completed.is_empty() {
            set(status, "completedIndexes", indexes::print(&self.completed));
        }
    }
}

/// Whether a pod counts as failed though it has not come to its end: it is being deleted, and its
/// replacement does not wait for the end.
pub(super) fn is_lost(job: &Value, pod: &Value) -> bool {
    is_terminating(pod) && !is_finished(pod) && text(job, "spec.podReplacementPolicy") != "Failed"
}

/// When the last container of a pod ended.
fn finished_at(pod: &Value) -> Option<Timestamp> {
    let ends = items(pod, "status.containerStatuses").iter();
    ends.filter_map(|status| time(status, "state.terminated.finishedAt"))
        .max()
}
