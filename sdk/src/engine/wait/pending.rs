//! When waiting for one object ends: a pure function of time, status and cause.

use super::{Target, Until, WaitOptions, Waited};
use crate::status::cause::{Cause, Class, LogTail, Verdict};
use crate::status::{FIRST_STATUS, State, Status};
use serde_json::Value;
use std::time::Duration;
use tokio::sync::oneshot;

/// How long an object may be unready before events are looked at.
const EVENTS_AFTER: Duration = Duration::from_secs(3);
/// How long a container without a readiness probe must have run: it counts as ready the moment it
/// starts, so that for a second a crash loop looks ready.
const PROVEN_AFTER: Duration = Duration::from_secs(3);

/// How long the events that explain a failure may take: they are told after the state that they
/// explain, and by others.
const EVENTS_FOLLOW: Duration = Duration::from_secs(2);

/// An object that is waited for.
#[derive(Debug)]
pub(super) struct Pending {
    pub(super) target: Target,
    /// Its uid, as the API server gave it.
    pub(super) uid: String,
    pub(super) answer: Option<oneshot::Sender<Waited>>,
    /// When it was registered.
    pub(super) since: Duration,
    /// What was told last.
    pub(super) told: Option<String>,
    /// Since when it is ready without that being proven; `None` while it is not ready.
    ready: Option<Duration>,
    /// Whether it was looked at before.
    looked_at: bool,
    /// What is wrong, and since when it is.
    trouble: Option<(Class, Duration)>,
    /// What was last seen, and since when nothing changed.
    seen: Option<(String, Duration)>,
    /// How it ends, once that is known, and since when; causes are still being gathered.
    pub(super) ending: Option<(Ending, Duration)>,
    /// Logs that were asked for, with their lines once they came.
    pub(super) logs: Vec<LogTail>,
    pub(super) log_asked: bool,
}

/// How it ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Failed,
    TimedOut,
}

/// What is to be done now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Decision {
    /// It is ready.
    Ready,
    /// Look again at this time, if nothing happens before.
    Wait(Duration),
    /// It ends; why is to be gathered.
    End(Ending),
}

impl Pending {
    pub(super) fn new(target: Target, answer: oneshot::Sender<Waited>, now: Duration) -> Self {
        Self {
            uid: super::stores::uid(&target.live),
            target,
            answer: Some(answer),
            since: now,
            told: None,
            ready: None,
            looked_at: false,
            trouble: None,
            seen: None,
            ending: None,
            logs: Vec::new(),
            log_asked: false,
        }
    }

    /// Whether nobody waits for the answer any more.
    pub(super) fn is_abandoned(&self) -> bool {
        self.answer.as_ref().is_none_or(oneshot::Sender::is_closed)
    }

    /// Whether it has been unready for long enough to look at events.
    pub(super) fn wants_events(&self, now: Duration) -> bool {
        self.ending.is_some() || now >= self.since + EVENTS_AFTER
    }

    /// Until when an event that tells more than the state of its pods may still arrive.
    pub(super) fn events_follow(&self, cause: &Cause) -> Option<Duration> {
        let (ending, since) = self.ending?;
        let tells = matches!(
            cause.class,
            Class::Mount | Class::Crash | Class::Image | Class::Config
        );
        (ending == Ending::Failed && tells && cause.details.is_empty())
            .then_some(since + EVENTS_FOLLOW)
    }

    /// What follows from how it is now. `deadline` is when waiting ends for all.
    pub(super) fn decide(
        &mut self,
        now: Duration,
        deadline: Duration,
        status: &Status,
        cause: Option<&Cause>,
        options: &WaitOptions,
    ) -> Decision {
        let ready = self.target.until == Until::Ready;
        let first = !std::mem::replace(&mut self.looked_at, true);
        if ready && status.state.is_settled() {
            let nothing_runs = status.count.as_ref().is_some_and(|count| count.wanted == 0);
            let proven = first
                || nothing_runs
                || status.state != State::Ready
                || !starts_ready(&self.target.live);
            let since = *self.ready.get_or_insert(now);
            return if proven || now >= since + PROVEN_AFTER || now >= deadline {
                Decision::Ready
            } else {
                Decision::Wait(since + PROVEN_AFTER)
            };
        }
        self.ready = None;
        if ready && matches!(status.state, State::Failed | State::Missing) {
            return Decision::End(Ending::Failed);
        }
        let mut wake = deadline;
        if let Some(cause) = cause.filter(|_| ready) {
            let changed = self.trouble.is_none_or(|(class, _)| class != cause.class);
            if changed {
                self.trouble = Some((cause.class, now));
            }
            let since = self.trouble.map_or(now, |(_, since)| since);
            match cause.verdict {
                Verdict::Fatal => return Decision::End(Ending::Failed),
                Verdict::After(budget) if now >= since + budget => {
                    return Decision::End(Ending::Failed);
                }
                Verdict::After(budget) => wake = wake.min(since + budget),
                Verdict::Wait => {}
            }
            let seen = format!("{:?} {} {}", cause.class, status.reason, cause.summary);
            if self.seen.as_ref().is_none_or(|(last, _)| *last != seen) {
                self.seen = Some((seen, now));
            }
            let unchanged = self.seen.as_ref().map_or(now, |(_, since)| *since);
            // A probe that fails may belong to an application that is still warming up.
            if cause.class > Class::NotReady {
                if now >= unchanged + options.stall {
                    return Decision::End(Ending::Failed);
                }
                wake = wake.min(unchanged + options.stall);
            }
        }
        if now >= deadline {
            return Decision::End(Ending::TimedOut);
        }
        let first_status = FIRST_STATUS.saturating_sub(self.target.age);
        let first_status = self.target.expects_status.then_some(first_status);
        for after in std::iter::once(EVENTS_AFTER).chain(first_status) {
            let later = self.since + after;
            if later > now {
                wake = wake.min(later);
            }
        }
        Decision::Wait(wake)
    }
}

/// Whether pods of this workload are ready as soon as they run, because nothing probes them.
fn starts_ready(object: &Value) -> bool {
    let spec = &object["spec"];
    let workload = matches!(
        object["kind"].as_str(),
        Some("Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet")
    );
    let lasts = spec["minReadySeconds"].as_u64().unwrap_or(0) >= PROVEN_AFTER.as_secs();
    let containers = spec["template"]["spec"]["containers"].as_array();
    workload
        && !lasts
        && containers
            .into_iter()
            .flatten()
            .any(|container| container["readinessProbe"].is_null())
}
