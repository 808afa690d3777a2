//! Looking at one object: how it is, whether waiting for it ends, and what that takes.

use super::answers::{self, LogRequest};
use super::evidence::{self, Now, Surroundings};
use super::pending::{Decision, Ending, Pending};
use super::stores::{Around, uid};
use super::watching::Watching;
use super::{Progress, Until, Waited};
use crate::status::cause::{self, Cause};
use crate::status::{self, State, Status};
use serde_json::Value;
use std::sync::Arc;
use std::time::Duration;

/// How long a controller may take to see a change before a word is said about it.
const QUIET: Duration = Duration::from_secs(5);

impl Watching {
    /// How waiting for this object ends, if it does now.
    pub(super) fn judge(
        &mut self,
        number: usize,
        pending: &mut Pending,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Option<Waited> {
        let now = self.cluster.clock().now();
        let selector = self.selector(pending);
        let settled = pending.wants_events(now);
        let (object, mut status) =
            match evidence::now(&self.stores, &pending.target, &selector, settled) {
                Now::There(object) => (object, None),
                Now::Missing(last) => {
                    if pending.target.until == Until::Gone {
                        return Some(Waited::Gone);
                    }
                    let status = evidence::missing(last.as_deref());
                    let object = last.unwrap_or_else(|| Arc::new(pending.target.live.clone()));
                    (object, Some(status))
                }
            };
        if uid(&object) != pending.uid {
            if pending.target.until == Until::Gone {
                return Some(Waited::Gone);
            }
            let reason = "was deleted and made again by somebody else";
            status = Some(Status::new(State::Missing, reason));
        }
        let around = Surroundings::of(&self.stores, &object);
        let seen = around.evidence(&object, pending, &self.classes, self.since, now);
        let status = status.unwrap_or_else(|| status::status(&seen));
        let found = if pending.target.until == Until::Gone {
            Some(going(pending, &status))
        } else {
            cause::find(&seen, &status)
        };
        let has_claims = evidence::has_claims(&seen);
        drop(seen);

        if pending.ending.is_some() {
            // It may have become ready while its end was being explained.
            if pending.target.until == Until::Ready && status.state.is_settled() {
                return Some(Waited::Ready(status));
            }
            return self.finish(number, pending, now, status, found);
        }
        let decision = pending.decide(now, self.deadline, &status, found.as_ref(), &self.options);
        match decision {
            Decision::Ready => Some(Waited::Ready(status)),
            Decision::End(ending) => {
                pending.ending = Some((ending, now));
                self.finish(number, pending, now, status, found)
            }
            Decision::Wait(wake) => {
                let quiet = status.is_unseen().then(|| pending.since + QUIET);
                let quiet = quiet.filter(|until| *until > now);
                self.wakes
                    .insert(number, quiet.map_or(wake, |until| until.min(wake)));
                self.watch_for(pending, &object, now, has_claims);
                if !status.state.is_settled() && quiet.is_none() {
                    self.tell(pending, status, found, progress);
                }
                None
            }
        }
    }

    /// Opens the watches that an object which is not ready needs.
    fn watch_for(&mut self, pending: &Pending, object: &Value, now: Duration, has_claims: bool) {
        let key = self.key(pending);
        self.open(key);
        let Some(namespace) = pending.target.id.namespace.clone() else {
            return;
        };
        let kind = object["kind"].as_str().unwrap_or_default();
        if pending.target.until == Until::Ready {
            for around in evidence::around(kind) {
                self.open(around.key(&namespace));
            }
            if has_claims && !is_running(object) {
                self.open(Around::Claims.key(&namespace));
            }
            if pending.wants_events(now) {
                self.open(Around::Events.key(&namespace));
            }
        } else if kind == "PersistentVolumeClaim" {
            // Which pod still uses it.
            self.open(Around::Pods.key(&namespace));
        }
        if kind == "PersistentVolumeClaim"
            && let Some(class) = object["spec"]["storageClassName"].as_str()
            && !self.classes.contains_key(class)
        {
            self.classes.insert(class.to_owned(), None);
            self.requests
                .push(answers::class(self.cluster.clone(), class.to_owned()));
        }
    }

    /// Gathers what explains the end: events, and the log of a container that crashes. `None` while
    /// that is under way.
    fn finish(
        &mut self,
        number: usize,
        pending: &mut Pending,
        now: Duration,
        status: Status,
        cause: Option<Cause>,
    ) -> Option<Waited> {
        let (ending, _) = pending.ending?;
        let namespace = pending.target.id.namespace.clone();
        if let Some(namespace) = namespace
            .as_deref()
            .filter(|_| status.state != State::Missing)
        {
            let key = Around::Events.key(namespace);
            self.open(key.clone());
            let comes = self.stores.get(&key).is_some_and(|store| !store.listed);
            // Without a connection there is no end to waiting for what explains the end.
            if comes && !self.interrupted.contains(&key) {
                return None;
            }
        }
        let mut cause =
            cause.unwrap_or_else(|| Cause::plain(&pending.target.id, status.reason.clone()));
        if let Some(until) = pending.events_follow(&cause).filter(|until| *until > now) {
            self.wakes.insert(number, until);
            return None;
        }
        if let Some(log) = cause.log.clone().filter(|log| log.lines.is_empty()) {
            let come = pending.logs.iter().any(|one| one.pod == log.pod);
            if !pending.log_asked {
                pending.log_asked = true;
                let namespace = namespace.unwrap_or_default();
                let request = LogRequest { namespace, log };
                self.requests
                    .push(answers::log(self.cluster.clone(), number, request));
                return None;
            }
            if pending.logs.is_empty() {
                return None;
            }
            // A log without a line tells nothing.
            if come {
                cause.log = None;
            }
        }
        if let Some(mask) = &self.options.mask {
            cause = cause.masked(&**mask);
        }
        let cause = Box::new(cause);
        Some(match ending {
            Ending::Failed => Waited::Failed(status, cause),
            Ending::TimedOut => Waited::TimedOut(status, cause),
        })
    }

    fn tell(
        &self,
        pending: &mut Pending,
        status: Status,
        cause: Option<Cause>,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) {
        let cause = match &self.options.mask {
            Some(mask) => cause.map(|cause| cause.masked(&**mask)),
            None => cause,
        };
        let told = Progress::Waiting {
            id: pending.target.id.clone(),
            status,
            cause: cause.map(Box::new),
        };
        let reason = told.reason();
        if pending.told.as_ref() != Some(&reason) {
            pending.told = Some(reason);
            progress(told);
        }
    }
}

/// Why an object is not gone yet.
fn going(pending: &Pending, status: &Status) -> Cause {
    let summary = match status.state {
        State::Terminating => status.reason.clone(),
        _ => "is still there".to_owned(),
    };
    let mut cause = Cause::plain(&pending.target.id, summary);
    cause.details.clone_from(&status.notes);
    cause
}

/// Whether every pod of a workload runs already, so that no claim can hold it up.
fn is_running(object: &Value) -> bool {
    let wanted = object["spec"]["replicas"].as_i64().unwrap_or(1);
    object["status"]["readyReplicas"].as_i64().unwrap_or(0) >= wanted
}
