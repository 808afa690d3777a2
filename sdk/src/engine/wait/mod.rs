//! Waiting for many objects at once, by watching.
//!
//! [`Waiter::new`] gives a handle, to register objects with, and the [`Watching`] behind it, whose
//! [`run`](Watching::run) must be polled beside: it holds one LIST and one WATCH per kind and
//! namespace, whatever the number of objects and however long they are waited for. Pods and replica
//! sets are watched where a workload is not ready, events where something has not been ready for a
//! while, claims where a pod waits for one; each once.
//!
//! What fails ends at once, but for a moment in which the event that explains it may still arrive.
//!
//! An object that is ready already when it is registered costs no request at all.

mod answers;
mod evidence;
mod judging;
mod pending;
mod stores;
mod watching;

pub(super) use answers::LogRequest;
pub(super) use evidence::{Surroundings, around};
pub(super) use stores::{Around, Stores};
pub use watching::Watching;

use crate::cluster::{ApiError, Cluster, Selector, Served};
use crate::object::ObjectId;
use crate::status::{State, Status, cause::Cause, why};
use serde_json::Value;
use std::{fmt, sync::Arc, time::Duration};
use tokio::sync::{mpsc, oneshot};

/// Hides secret values in a text: what events and logs say passes through it.
pub type Mask = Arc<dyn Fn(&str) -> String + Send + Sync>;

/// How to wait.
#[derive(Clone)]
pub struct WaitOptions {
    /// How long after the last registration everything must be ready; 10 minutes by default.
    pub timeout: Duration,
    /// How long an object with something wrong may show no change at all before it is given up;
    /// 5 minutes by default. Objects that are merely on their way (a large image, a long job) or run
    /// and are not ready have the whole timeout.
    pub stall: Duration,
    /// What picks the objects that are waited for out of their kind, such as the environment's
    /// label: it is the selector of their LIST and WATCH. What they own is not picked by it.
    pub selector: Selector,
    /// Hides secret values in causes; nothing is hidden by default.
    pub mask: Option<Mask>,
}

impl Default for WaitOptions {
    fn default() -> Self {
        Self {
            timeout: Duration::from_mins(10),
            stall: Duration::from_mins(5),
            selector: Selector::all(),
            mask: None,
        }
    }
}

impl fmt::Debug for WaitOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("WaitOptions")
            .field("timeout", &self.timeout)
            .field("stall", &self.stall)
            .field("selector", &self.selector)
            .finish_non_exhaustive()
    }
}

/// What an object is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Until {
    /// To be ready.
    Ready,
    /// To be gone: not there, or another one with its name (another uid).
    Gone,
}

/// One object to wait for.
#[derive(Clone, Debug)]
pub struct Target {
    /// Who it is, with the namespace that it lives in.
    pub id: ObjectId,
    /// How its kind is served.
    pub served: Served,
    /// The object as the API server last gave it: its answer to the apply or to the deletion. Its
    /// `metadata.generation` is the one that must be observed.
    pub live: Value,
    /// For what.
    pub until: Until,
    /// Whether a controller will write a status, for custom resources.
    pub expects_status: bool,
    /// How long ago it was made; nothing, where it was written just now, so that its controllers
    /// have not had the time to see it.
    pub age: Duration,
}

impl Target {
    /// Waits until it is ready.
    pub fn ready(id: ObjectId, served: Served, live: Value) -> Self {
        Self {
            id,
            served,
            live,
            until: Until::Ready,
            expects_status: false,
            age: Duration::ZERO,
        }
    }

    /// Waits until it is gone; `live` tells its uid.
    pub fn gone(id: ObjectId, served: Served, live: Value) -> Self {
        Self {
            until: Until::Gone,
            ..Self::ready(id, served, live)
        }
    }
}

/// How waiting for an object ended.
#[derive(Clone, Debug, PartialEq)]
pub enum Waited {
    /// It is ready, or told to rest.
    Ready(Status),
    /// It is gone.
    Gone,
    /// It will not become ready.
    Failed(Status, Box<Cause>),
    /// It was not ready, or not gone, in time.
    TimedOut(Status, Box<Cause>),
    /// It cannot be watched: no permission, or its kind is not served.
    Unknown(ApiError),
}

impl Waited {
    /// It ended well.
    pub fn is_done(&self) -> bool {
        matches!(self, Self::Ready(_) | Self::Gone)
    }
}

/// What waiting tells while it goes on.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// An object is not ready yet, for a reason that is new.
    Waiting {
        /// The object.
        id: ObjectId,
        /// How it is.
        status: Status,
        /// Why, where more is known than the status says.
        cause: Option<Box<Cause>>,
    },
    /// The API server does not answer a watch for a moment.
    Interrupted {
        /// What is watched, as `deployments.apps`.
        resource: String,
        /// What happened.
        error: ApiError,
    },
}

impl Progress {
    /// The reason in one line.
    pub fn reason(&self) -> String {
        match self {
            Self::Waiting { status, cause, .. } => why(status, cause.as_deref()).to_string(),
            Self::Interrupted { resource, error } => format!("watching {resource}: {error}"),
        }
    }
}

/// Registers objects to wait for. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Waiter {
    commands: mpsc::UnboundedSender<Command>,
}

#[derive(Debug)]
pub(super) struct Command {
    pub(super) target: Target,
    pub(super) answer: oneshot::Sender<Waited>,
}

impl Waiter {
    /// A waiter, and the watching behind it. Nothing is sent before an object is registered.
    pub fn new(cluster: &Cluster, options: WaitOptions) -> (Self, Watching) {
        let (commands, received) = mpsc::unbounded_channel();
        (
            Self { commands },
            Watching::new(cluster.clone(), options, received),
        )
    }

    /// Waits for one object. The watching must run meanwhile; when it is dropped, what is known
    /// says that the object was not ready.
    pub async fn wait(&self, target: Target) -> Waited {
        let id = target.id.clone();
        let (answer, receive) = oneshot::channel();
        let sent = self.commands.send(Command { target, answer });
        match (sent, receive.await) {
            (Ok(()), Ok(waited)) => waited,
            _ => Waited::TimedOut(
                Status::new(State::Progressing, "is no longer watched"),
                Box::new(Cause::plain(&id, "the run ended before it was ready")),
            ),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
