//! Workloads whose pods keep running, and are replaced by those of a newer revision.

use super::pod::Workload;
use crate::environment::{Graph, Problem};
use crate::types::Seconds;
use std::collections::BTreeMap;

/// What every workload has whose pods keep running.
#[derive(Clone, Debug, Default)]
pub struct RunningSettings {
    min_ready: Option<Seconds>,
    revision_history_limit: Option<u16>,
}

impl RunningSettings {
    /// `spec.minReadySeconds`.
    pub(super) fn min_ready(&self) -> Option<i32> {
        self.min_ready.map(Seconds::get)
    }

    /// `spec.revisionHistoryLimit`.
    pub(super) fn revision_history_limit(&self) -> Option<i32> {
        self.revision_history_limit.map(Into::into)
    }
}

/// The setters of what keeps pods running, unlike [`RunsToEnd`](super::RunsToEnd).
pub trait KeepsRunning: Workload {
    /// The settings that they change.
    #[doc(hidden)]
    fn running_mut(&mut self) -> &mut RunningSettings;

    /// How long a pod must be ready before it counts (`minReadySeconds`). Default: 0s.
    #[must_use]
    fn min_ready(mut self, time: Seconds) -> Self {
        self.running_mut().min_ready = Some(time);
        self
    }

    /// How many old revisions are kept (`revisionHistoryLimit`). Default: 10.
    #[must_use]
    fn revision_history_limit(mut self, count: u16) -> Self {
        self.running_mut().revision_history_limit = Some(count);
        self
    }
}

/// What is wrong with a workload and its pod.
pub(super) fn check<W: KeepsRunning>(
    workload: &W,
    kind: &str,
    graph: &Graph,
    stateful: bool,
) -> Vec<Problem> {
    let (meta, pod) = (workload.meta(), workload.pod());
    let what = format!("{kind} `{}`", meta.name);
    let mut problems = super::pod::check(meta, pod, &what, stateful);
    let labels: BTreeMap<&String, &String> = pod.labels.iter().chain(&meta.labels).collect();
    for (key, value) in &pod.selector {
        if let Some(other) = labels.get(key).filter(|other| **other != value) {
            problems.push(Problem {
                message: format!(
                    "{what} selects pods with `{key}: {value}`, and labels its own `{key}: {other}`"
                ),
                at: meta.origin.of_field("selector").cloned(),
                help: None,
            });
        }
    }
    let replicas = graph
        .facts(&workload.reference())
        .and_then(|facts| facts.pods.as_ref()?.replicas);
    if let (Some(scale), Some(replicas)) = (graph.scaled(&workload.reference()), replicas)
        && !(scale.min..=scale.max).contains(&replicas)
    {
        problems.push(Problem {
            message: format!(
                "{what} asks for {replicas} replicas, but its autoscaler keeps {} to {}",
                scale.min, scale.max
            ),
            at: meta.origin.of_field("replicas").cloned(),
            help: Some("leave `replicas` to the autoscaler".to_owned()),
        });
    }
    problems
}
