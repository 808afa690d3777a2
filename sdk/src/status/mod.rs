//! How an object is, and why: pure functions over live objects.
//!
//! [`status`] says of one object whether it is ready, with numbers; [`cause::find`] says why it is
//! not, from the objects around it. One file per kind; what has no file of its own is judged by
//! [`generic`](self) conventions.

pub mod cause;

mod argo_application;
mod autoscaler;
mod cron_job;
mod custom_resource_definition;
mod daemon_set;
mod deployment;
mod disruption_budget;
mod evidence;
mod gateway;
mod generic;
mod http_route;
mod ingress;
mod job;
mod namespace;
mod persistent_volume;
mod pod;
mod printed;
mod read;
mod replica_set;
mod resource_quota;
mod service;
mod stateful_set;
mod velero_schedule;
mod volume_claim;
mod why;

pub use evidence::Evidence;
pub(crate) use generic::FIRST_STATUS;
pub use printed::printed;
pub use why::{Why, why};

use serde::{Deserialize, Serialize};
use std::fmt;

/// How far an object is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// Does what its specification says.
    Ready,
    /// Told to rest (a paused deployment, a suspended job): nothing more will happen.
    Suspended,
    /// On its way.
    Progressing,
    /// Being deleted.
    Terminating,
    /// Is not in the cluster.
    Missing,
    /// Its controller has given up.
    Failed,
}

impl State {
    /// Whether waiting for readiness ends well here.
    pub fn is_settled(self) -> bool {
        matches!(self, Self::Ready | Self::Suspended)
    }

    /// The word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Ready => "ready",
            Self::Suspended => "suspended",
            Self::Progressing => "progressing",
            Self::Terminating => "terminating",
            Self::Missing => "missing",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// How many of how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Count {
    /// How many are ready (for a job: have succeeded).
    pub ready: i64,
    /// How many are wanted.
    pub wanted: i64,
}

/// How one object is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// How far it is.
    pub state: State,
    /// Why that is said, with numbers: `2 of 3 pods are ready`. One short sentence without a full
    /// stop, to be read after the object's name.
    pub reason: String,
    /// The main numbers, where the kind counts something.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub count: Option<Count>,
    /// What is worth knowing and holds nothing up, such as pods that stay on an old revision.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notes: Vec<String>,
}

impl Status {
    const INVISIBLE: &str = "the change is not visible yet";
    const UNSEEN: &str = "its controller has not seen the change yet";

    /// A status without numbers and notes.
    pub fn new(state: State, reason: impl Into<String>) -> Self {
        Self {
            state,
            reason: reason.into(),
            count: None,
            notes: Vec::new(),
        }
    }

    /// Whether nothing is known yet of how the change goes: worth a word only when it lasts.
    pub fn is_unseen(&self) -> bool {
        [Self::INVISIBLE, Self::UNSEEN].contains(&self.reason.as_str())
    }

    pub(crate) fn ready(reason: impl Into<String>) -> Self {
        Self::new(State::Ready, reason)
    }

    pub(crate) fn progressing(reason: impl Into<String>) -> Self {
        Self::new(State::Progressing, reason)
    }

    pub(crate) fn failed(reason: impl Into<String>) -> Self {
        Self::new(State::Failed, reason)
    }

    #[must_use]
    pub(crate) fn count(mut self, ready: i64, wanted: i64) -> Self {
        self.count = Some(Count { ready, wanted });
        self
    }

    #[must_use]
    pub(crate) fn note(mut self, note: impl Into<String>) -> Self {
        self.notes.push(note.into());
        self
    }
}

/// How the object in `evidence` is.
///
/// Deletion is looked at first, then whether the controller has seen the generation that is waited
/// for, then the rules of the kind.
pub fn status(evidence: &Evidence<'_>) -> Status {
    let object = evidence.object;
    if read::text(object, "/metadata/deletionTimestamp").is_some() {
        return terminating(evidence);
    }
    if let Some(status) = unseen(evidence) {
        return status;
    }
    let api_version = read::text(object, "/apiVersion").unwrap_or_default();
    let group = api_version.split_once('/').map_or("", |(group, _)| group);
    match (group, read::text(object, "/kind").unwrap_or_default()) {
        ("apps", "Deployment") => deployment::status(object),
        ("apps", "StatefulSet") => stateful_set::status(object),
        ("apps", "DaemonSet") => daemon_set::status(object),
        ("apps", "ReplicaSet") => replica_set::status(object),
        ("batch", "Job") => job::status(object),
        ("batch", "CronJob") => cron_job::status(object),
        ("", "Pod") => pod::status(object),
        ("", "PersistentVolumeClaim") => volume_claim::status(evidence),
        ("", "PersistentVolume") => persistent_volume::status(object),
        ("", "ResourceQuota") => resource_quota::status(object),
        ("", "Service") => service::status(object),
        ("", "Namespace") => namespace::status(object),
        ("networking.k8s.io", "Ingress") => ingress::status(object),
        (gateway::GROUP, "GatewayClass") => gateway::class_status(object),
        (gateway::GROUP, "Gateway") => gateway::status(object),
        (gateway::GROUP, "HTTPRoute") => http_route::status(object),
        ("autoscaling", "HorizontalPodAutoscaler") => autoscaler::status(object),
        ("policy", "PodDisruptionBudget") => disruption_budget::status(object),
        ("apiextensions.k8s.io", "CustomResourceDefinition") => {
            custom_resource_definition::status(object)
        }
        ("argoproj.io", "Application") => {
            argo_application::status(object).unwrap_or_else(|| generic::status(evidence))
        }
        ("velero.io", "Schedule") => {
            velero_schedule::status(object).unwrap_or_else(|| generic::status(evidence))
        }
        _ => generic::status(evidence),
    }
}

/// Kinds whose controller reports the generation that it has seen.
fn reports_generation(group: &str, kind: &str) -> bool {
    matches!(
        (group, kind),
        (
            "apps",
            "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet"
        ) | ("policy", "PodDisruptionBudget")
    )
}

fn unseen(evidence: &Evidence<'_>) -> Option<Status> {
    let object = evidence.object;
    let live = read::int(object, "/metadata/generation");
    if let (Some(live), Some(applied)) = (live, evidence.generation)
        && live < applied
    {
        return Some(Status::progressing(Status::INVISIBLE));
    }
    let wanted = live.max(evidence.generation)?;
    let not_seen = if let Some(observed) = read::int(object, "/status/observedGeneration") {
        observed < wanted
    } else {
        let api_version = read::text(object, "/apiVersion").unwrap_or_default();
        let group = api_version.split_once('/').map_or("", |(group, _)| group);
        reports_generation(group, read::text(object, "/kind").unwrap_or_default())
    };
    not_seen.then(|| Status::progressing(Status::UNSEEN))
}

fn terminating(evidence: &Evidence<'_>) -> Status {
    let object = evidence.object;
    let finalizers: Vec<String> = read::list(object, "/metadata/finalizers")
        .iter()
        .chain(read::list(object, "/spec/finalizers"))
        .filter_map(|name| name.as_str().map(awaited))
        .collect();
    let mut reason = "is being deleted".to_owned();
    if read::text(object, "/kind") == Some("PersistentVolumeClaim")
        && let Some(pod) = evidence
            .pods
            .iter()
            .find(|pod| volume_claim::uses(pod, object))
    {
        reason = format!(
            "is being deleted, when pod `{}` no longer uses it",
            read::name(pod)
        );
    } else if !finalizers.is_empty() {
        reason = format!("is being deleted, waits for {}", finalizers.join(", "));
    }
    let mut status = Status::new(State::Terminating, reason);
    status.notes = namespace::remaining(object);
    status
}

/// What a finalizer stands for, where that is known.
fn awaited(finalizer: &str) -> String {
    match finalizer {
        "foregroundDeletion" => "what it made".to_owned(),
        "kubernetes" => "what is in it".to_owned(),
        "kubernetes.io/pvc-protection" => "the pods that use it".to_owned(),
        "customresourcecleanup.apiextensions.k8s.io" => "the objects of its kind".to_owned(),
        other => format!("`{other}`"),
    }
}

#[cfg(test)]
mod cases;
#[cfg(test)]
mod laws;
