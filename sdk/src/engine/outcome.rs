//! How a run ended.

use super::Action;
use crate::object::{Location, ObjectId};
use serde::Serialize;
use std::time::Duration;

/// What was done and what was not.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Outcome {
    /// What was written, in the order in which it was done.
    pub applied: Vec<(ObjectId, Action)>,
    /// What was deleted.
    pub deleted: Vec<ObjectId>,
    /// What was as it should be.
    pub unchanged: Vec<ObjectId>,
    /// What is no longer wanted and was kept.
    pub kept: Vec<ObjectId>,
    /// What could not be written or deleted, in the order of the plan.
    pub failed: Vec<Failure>,
    /// What was not written because of another that failed or was not ready, in the order of the plan.
    pub skipped: Vec<Skipped>,
    /// What was written and is not ready, in the order of the plan.
    pub not_ready: Vec<NotReady>,
    /// What was not begun because the run was stopped.
    pub not_done: Vec<ObjectId>,
    /// What was written or deleted and is not ready or gone yet, and was not waited for: the run was
    /// stopped, or told not to wait.
    pub not_awaited: Vec<ObjectId>,
    /// The run was stopped.
    pub stopped: bool,
    /// How long it took, on the cluster's clock; in seconds where it is serialised.
    #[serde(serialize_with = "seconds")]
    pub duration: Duration,
}

fn seconds<S: serde::Serializer>(duration: &Duration, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_f64(duration.as_secs_f64())
}

impl Outcome {
    /// Everything was done and is ready.
    pub fn is_success(&self) -> bool {
        self.failed.is_empty()
            && self.skipped.is_empty()
            && self.not_ready.is_empty()
            && !self.stopped
    }
}

/// A write that was refused or failed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Failure {
    /// The object.
    pub id: ObjectId,
    /// The field, where the API server named one.
    pub field: Option<String>,
    /// What it said.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
    /// Where the field was set, else where the object was made.
    pub at: Option<Location>,
}

/// An object that was not written because of another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Skipped {
    /// The object.
    pub id: ObjectId,
    /// The one that it depends on.
    pub because: ObjectId,
    /// What is with that one: `failed`, `is not ready`, `was skipped`.
    pub reason: String,
}

/// An object that is not ready.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct NotReady {
    /// The object.
    pub id: ObjectId,
    /// The rule that does not hold, or the failure.
    pub reason: String,
    /// The cause, the nearest first: pods, containers, events, the last lines of a log.
    pub details: Vec<String>,
    /// It will not become ready by waiting.
    pub failed: bool,
    /// Where it was made.
    pub at: Option<Location>,
}
