//! What a run tells the outside while it goes on.

use super::{Action, Failure, NotReady, Skipped};
use crate::object::ObjectId;
use std::time::Duration;

/// One thing that happened. Never holds a secret.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// The run begins; so many objects are written or deleted.
    Started {
        /// How many steps change something.
        writes: usize,
        /// How many objects are waited for.
        waits: usize,
    },
    /// An object is about to be written.
    Applying {
        /// The object.
        id: ObjectId,
        /// Create, update or replace.
        action: Action,
    },
    /// An object was written.
    Applied {
        /// The object.
        id: ObjectId,
        /// Create, update or replace.
        action: Action,
    },
    /// An object is about to be deleted.
    Deleting {
        /// The object.
        id: ObjectId,
    },
    /// An object is gone.
    Deleted {
        /// The object.
        id: ObjectId,
    },
    /// A write failed; what depends on it is skipped.
    Failed(Failure),
    /// An object was not written because of another.
    Skipped(Skipped),
    /// An object is not ready yet, for a reason that is new.
    Waiting {
        /// The object.
        id: ObjectId,
        /// Why, such as `updated 1/3, available 0/3`.
        reason: String,
    },
    /// An object is ready.
    Ready {
        /// The object.
        id: ObjectId,
        /// How long after it was applied.
        after: Duration,
    },
    /// An object failed or was not ready in time.
    NotReady(NotReady),
    /// Something worth knowing that stops nothing, such as an API server that does not answer for
    /// a moment.
    Warning {
        /// What.
        message: String,
    },
    /// A stop was asked for: what runs is finished, nothing new begins.
    Stopping {
        /// How many requests are still running.
        running: usize,
    },
    /// The run is over.
    Finished {
        /// How long it took.
        duration: Duration,
    },
}
