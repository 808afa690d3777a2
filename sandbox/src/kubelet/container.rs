//! One container: from its image over its start to its end, and over again.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::Value;

use super::restart::restart_policy;
use super::run::{Container, End, Run, State};
use super::{fault, probe, script};
use crate::controller::effect::Event;
use crate::controller::json::{later, text};
use crate::controller::meta::controller_of;
use crate::controller::seam::{Cluster, Key};

/// Seconds that pulling an image takes.
pub(super) const PULL: i64 = 1;
/// Seconds until a container that does something once is done.
const ONCE: i64 = 1;
/// Seconds until what is missing in a container's configuration is looked for again.
pub(super) const RETRY: i64 = 10;

/// What a container is to its pod.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// Runs to its end before the next one starts.
    Init,
    /// An init container that stays.
    Sidecar,
    /// One of the containers proper.
    App,
}

impl Role {
    /// The field of the pod's spec it stands in.
    pub(super) fn field(self) -> &'static str {
        if self == Self::App {
            "containers"
        } else {
            "initContainers"
        }
    }
}

/// What a step writes besides the pod's status.
#[derive(Debug, Default)]
pub(super) struct Outcome {
    /// Events about the pod.
    pub(super) events: Vec<Event>,
    /// Log entries, in order: the container, and what it wrote; none where an instance starts.
    pub(super) logs: Vec<(String, Option<String>)>,
    /// Images that are on the node now.
    pub(super) pulled: Vec<String>,
    /// When to look again.
    pub(super) next: Option<Timestamp>,
}

impl Outcome {
    /// Looks again at a time, or earlier if something else wants that.
    pub(super) fn look_again(&mut self, time: Timestamp) {
        self.next = Some(self.next.map_or(time, |other| other.min(time)));
    }
}

/// What a step sees of the world.
pub(super) struct View<'a> {
    pub(super) cluster: &'a dyn Cluster,
    /// The images on the pod's node.
    pub(super) images: &'a BTreeSet<String>,
    /// The other pods that are on nodes.
    pub(super) runs: &'a BTreeMap<Key, Run>,
    pub(super) now: Timestamp,
}

/// Brings a container as far as it comes now.
pub(super) fn drive(
    pod: &Value,
    run: &mut Run,
    spec: &Value,
    role: Role,
    view: &View<'_>,
    out: &mut Outcome,
) {
    let mut entry = run.container(text(spec, "name")).clone();
    let mut step = Step {
        pod,
        spec,
        role,
        view,
        out,
    };
    // Each turn takes the container one state on; it stops where it has to wait.
    while step.turn(&mut entry) {}
    *run.container(text(spec, "name")) = entry;
}

/// One container on its way.
pub(super) struct Step<'a, 'b> {
    pub(super) pod: &'a Value,
    pub(super) spec: &'a Value,
    pub(super) role: Role,
    pub(super) view: &'a View<'b>,
    pub(super) out: &'a mut Outcome,
}

impl Step<'_, '_> {
    pub(super) fn name(&self) -> &str {
        text(self.spec, "name")
    }

    pub(super) fn image(&self) -> &str {
        text(self.spec, "image")
    }

    pub(super) fn normal(&mut self, reason: &'static str, message: String) {
        let event = Event::normal(self.pod, reason, message);
        self.out
            .events
            .push(event.on(self.role.field(), text(self.spec, "name")));
    }

    pub(super) fn warning(&mut self, reason: &'static str, message: String) {
        let event = Event::warning(self.pod, reason, message);
        self.out
            .events
            .push(event.on(self.role.field(), text(self.spec, "name")));
    }

    /// Goes from one state to the next. Says whether there was one to go to.
    fn turn(&mut self, entry: &mut Container) -> bool {
        let now = self.view.now;
        match entry.state.clone() {
            State::Waiting => {
                self.find_image(entry);
                true
            }
            State::Pulling { until } if until <= now => {
                let message = format!(
                    "Successfully pulled image \"{}\" in {PULL}s ({PULL}s including waiting). \
                     Image size: 52428800 bytes.",
                    self.image()
                );
                self.normal("Pulled", message);
                self.out.pulled.push(self.image().to_owned());
                entry.pulled = true;
                self.start(entry);
                true
            }
            State::Blocked { reason, until, .. } if until <= now => {
                match reason {
                    "ErrImagePull" => self.back_off_pulling(entry),
                    "CrashLoopBackOff" => {
                        entry.restarts += 1;
                        self.find_image(entry);
                    }
                    _ => self.find_image(entry),
                }
                true
            }
            State::Pulling { until } | State::Blocked { until, .. } => {
                self.out.look_again(until);
                false
            }
            State::Running { since } => self.go_on(entry, since),
            State::Ended(end) => self.restarts(&end) && self.restart(entry, end),
        }
    }

    /// Looks at a running container: does it end, what do its probes say.
    fn go_on(&mut self, entry: &mut Container, since: Timestamp) -> bool {
        let now = self.view.now;
        if let Some((until, exit_code, log)) = self.end_of(since) {
            if until <= now {
                if !log.is_empty() {
                    self.out.logs.push((self.name().to_owned(), Some(log)));
                }
                let reason = if exit_code == 0 { "Completed" } else { "Error" };
                Self::end(entry, since, until, exit_code, reason);
                return true;
            }
            self.out.look_again(until);
        }
        let health = probe::health(self.pod, self.spec, since, now);
        if let Some((probe, message)) = health.failing
            && entry.told != Some(now)
        {
            entry.told = Some(now);
            self.warning("Unhealthy", format!("{probe} probe failed: {message}"));
        }
        if health.kill {
            let name = self.name();
            let message = format!("Container {name} failed startup probe, will be restarted");
            self.normal("Killing", message);
            Self::end(entry, since, now, 137, "Error");
            return true;
        }
        if let Some(next) = health.next {
            self.out.look_again(next);
        }
        false
    }

    /// When a container that was started then ends by itself: the time, the exit code, and what it
    /// writes.
    fn end_of(&self, since: Timestamp) -> Option<(Timestamp, i64, String)> {
        if let Some(crash) = fault::crash(self.pod, self.name()) {
            return Some((later(since, ONCE), crash.exit_code, crash.log));
        }
        if let Some(course) = script::course(self.spec) {
            return Some((
                later(since, course.seconds),
                course.exit_code,
                course.output,
            ));
        }
        let may_end = restart_policy(self.pod) != "Always"
            || controller_of(self.pod).is_some_and(|owner| text(owner, "kind") == "Job");
        let ends = self.role == Role::Init || (self.role == Role::App && may_end);
        ends.then(|| (later(since, ONCE), 0, String::new()))
    }

    fn end(
        entry: &mut Container,
        started: Timestamp,
        finished: Timestamp,
        exit_code: i64,
        reason: &str,
    ) {
        entry.state = State::Ended(End {
            exit_code,
            reason: reason.to_owned(),
            message: String::new(),
            started,
            finished,
            id: entry.id.clone(),
        });
    }
}
