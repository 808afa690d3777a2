//! What is known about an object and around it.

use super::cause::LogTail;
use serde_json::Value;
use std::time::Duration;

/// An object and what has been seen around it: the input of [`super::status`] and
/// [`super::cause::find`].
///
/// Only `object` is needed; everything else sharpens the answer. The lists may hold more than
/// belongs to the object: what belongs is picked out by owner and revision.
#[derive(Clone, Debug)]
pub struct Evidence<'a> {
    /// The live object.
    pub object: &'a Value,
    /// `metadata.generation` that the apply returned: older observations do not count.
    pub generation: Option<i64>,
    /// How long ago it was applied. Zero when it was only looked at.
    pub waited: Duration,
    /// Whether its kind has a status that a controller outside Kubernetes writes (a custom resource
    /// with the status subresource).
    pub expects_status: bool,
    /// Replica sets of the namespace.
    pub replica_sets: Vec<&'a Value>,
    /// Pods of the namespace.
    pub pods: Vec<&'a Value>,
    /// Volume claims of the namespace.
    pub claims: Vec<&'a Value>,
    /// Storage classes, as far as they are known.
    pub classes: Vec<&'a Value>,
    /// Core `v1` events of the namespace.
    pub events: Vec<&'a Value>,
    /// Events about the object itself that are older than this do not count.
    pub since: Option<jiff::Timestamp>,
    /// The last log lines of containers, as far as they were read.
    pub logs: Vec<LogTail>,
}

impl<'a> Evidence<'a> {
    /// The object alone.
    pub fn of(object: &'a Value) -> Self {
        Self {
            object,
            generation: None,
            waited: Duration::ZERO,
            expects_status: false,
            replica_sets: Vec::new(),
            pods: Vec::new(),
            claims: Vec::new(),
            classes: Vec::new(),
            events: Vec::new(),
            since: None,
            logs: Vec::new(),
        }
    }

    /// The same, waited for from the generation that the apply returned.
    #[must_use]
    pub fn generation(mut self, generation: Option<i64>) -> Self {
        self.generation = generation;
        self
    }
}
