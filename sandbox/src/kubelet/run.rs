//! What the kubelet knows of a pod and its containers. It can be found again from the pod's status,
//! so a state that was kept goes on where it was.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::Value;

use crate::controller::json::{at, count, flag, items, later, text, time};

/// How a container stands.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum State {
    /// Its turn has not come.
    Waiting,
    /// Its image is on its way until then.
    Pulling {
        /// When it will be there.
        until: Timestamp,
    },
    /// Something is wrong; it is tried again at a time.
    Blocked {
        /// The reason, such as `ImagePullBackOff`.
        reason: &'static str,
        /// The message for people.
        message: String,
        /// When it is tried again.
        until: Timestamp,
    },
    /// It runs.
    Running {
        /// Since when.
        since: Timestamp,
    },
    /// It has ended, for good unless it is restarted.
    Ended(End),
}

/// The end of a container's instance.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct End {
    /// The exit code.
    pub(crate) exit_code: i64,
    /// The reason: `Completed`, `Error`, `OOMKilled`.
    pub(crate) reason: String,
    /// The message for people, if there is one.
    pub(crate) message: String,
    /// When the instance was started.
    pub(crate) started: Timestamp,
    /// When it ended.
    pub(crate) finished: Timestamp,
    /// Its id.
    pub(crate) id: String,
}

/// One container.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Container {
    /// How it stands.
    pub(crate) state: State,
    /// The end of the instance before.
    pub(crate) last: Option<End>,
    /// How often it was restarted.
    pub(crate) restarts: i64,
    /// How often pulling its image has failed in a row.
    pub(crate) failed_pulls: u32,
    /// Whether its image was pulled, so that it need not be again.
    pub(crate) pulled: bool,
    /// The last failing probe that was told of.
    pub(crate) told: Option<Timestamp>,
    /// The id of the instance that runs or ran.
    pub(crate) id: String,
}

impl Default for Container {
    fn default() -> Self {
        Self {
            state: State::Waiting,
            last: None,
            restarts: 0,
            failed_pulls: 0,
            pulled: false,
            told: None,
            id: String::new(),
        }
    }
}

/// One pod on its node.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Run {
    /// The pod's uid: a pod of the same name may follow.
    pub(crate) uid: String,
    /// When the node took the pod on.
    pub(crate) start: Option<Timestamp>,
    /// The pod's address, once its sandbox stands.
    pub(crate) ip: String,
    /// When the sandbox stands; until then nothing starts.
    pub(crate) sandbox_at: Option<Timestamp>,
    /// Volumes that could not be mounted, how often in a row, and when it is tried again.
    pub(crate) unmounted: Option<(u32, Timestamp)>,
    /// Its containers by name.
    pub(crate) containers: BTreeMap<String, Container>,
    /// When its containers will have stopped, once it is told to end.
    pub(crate) stops_at: Option<Timestamp>,
    /// Whether it was told to end and nothing of it runs any more.
    pub(crate) stopped: bool,
    /// Why it failed as a whole: reason and message.
    pub(crate) failed: Option<(&'static str, String)>,
}

impl Run {
    /// What a pod's status says of its run.
    pub(crate) fn of(pod: &Value) -> Self {
        let mut run = Self {
            uid: text(pod, "metadata.uid").to_owned(),
            start: time(pod, "status.startTime"),
            ip: text(pod, "status.podIP").to_owned(),
            ..Self::default()
        };
        if !run.ip.is_empty() {
            run.sandbox_at = run.start;
        }
        for list in ["initContainerStatuses", "containerStatuses"] {
            for status in items(at(pod, "status"), list) {
                run.containers
                    .insert(text(status, "name").to_owned(), container(status));
            }
        }
        run
    }

    /// Whether its volumes are at its node.
    pub(crate) fn is_mounted(&self) -> bool {
        self.sandbox_at.is_some()
    }

    /// A container's entry, made where it is missing.
    pub(crate) fn container(&mut self, name: &str) -> &mut Container {
        self.containers.entry(name.to_owned()).or_default()
    }
}

fn container(status: &Value) -> Container {
    let restarts = count(status, "restartCount");
    let last = end(at(status, "lastState.terminated"));
    let id = text(status, "containerID").to_owned();
    let state = if let Some(since) = time(status, "state.running.startedAt") {
        State::Running { since }
    } else if let Some(end) = end(at(status, "state.terminated")) {
        State::Ended(end)
    } else if text(status, "state.waiting.reason") == "CrashLoopBackOff"
        && let Some(end) = &last
    {
        State::Blocked {
            reason: "CrashLoopBackOff",
            message: text(status, "state.waiting.message").to_owned(),
            until: later(end.finished, super::restart::back_off(restarts)),
        }
    } else {
        State::Waiting
    };
    let pulled = flag(status, "started") || restarts > 0 || !matches!(state, State::Waiting);
    Container {
        state,
        last,
        restarts,
        failed_pulls: 0,
        pulled,
        told: None,
        id,
    }
}

fn end(terminated: &Value) -> Option<End> {
    Some(End {
        exit_code: terminated["exitCode"].as_i64()?,
        reason: text(terminated, "reason").to_owned(),
        message: text(terminated, "message").to_owned(),
        started: time(terminated, "startedAt")?,
        finished: time(terminated, "finishedAt")?,
        id: text(terminated, "containerID").to_owned(),
    })
}
