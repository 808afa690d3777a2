//! One container: from its image over its start to its end, and over again.

use std::collections::BTreeSet;

use jiff::Timestamp;
use serde_json::Value;

use super::run::{Container, End, Run, State};
use super::{environment, fault, image, probe, script};
use crate::controller::effect::Event;
use crate::controller::json::{later, seconds_between, text};
use crate::controller::meta::{controller_of, name, namespace, uid};
use crate::controller::seam::Cluster;

/// Seconds that pulling an image takes.
const PULL: i64 = 1;
/// Seconds until a container that does something once is done.
const ONCE: i64 = 1;
/// Seconds until what is missing in a container's configuration is looked for again.
const RETRY: i64 = 10;

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
    pub(super) now: Timestamp,
}

/// When the containers of a pod are restarted: always, unless it says otherwise.
pub(super) fn restart_policy(pod: &Value) -> &str {
    match text(pod, "spec.restartPolicy") {
        "" => "Always",
        policy => policy,
    }
}

/// Seconds before a container that was restarted so often is started again.
pub(super) fn back_off(restarts: i64) -> i64 {
    if restarts <= 0 {
        0
    } else {
        (10_i64 << (restarts - 1).min(5)).min(300)
    }
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

struct Step<'a, 'b> {
    pod: &'a Value,
    spec: &'a Value,
    role: Role,
    view: &'a View<'b>,
    out: &'a mut Outcome,
}

impl Step<'_, '_> {
    fn name(&self) -> &str {
        text(self.spec, "name")
    }

    fn image(&self) -> &str {
        text(self.spec, "image")
    }

    fn normal(&mut self, reason: &'static str, message: String) {
        let event = Event::normal(self.pod, reason, message);
        self.out
            .events
            .push(event.on(self.role.field(), text(self.spec, "name")));
    }

    fn warning(&mut self, reason: &'static str, message: String) {
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

    /// Looks for the image, and starts the container where it is there.
    fn find_image(&mut self, entry: &mut Container) {
        let now = self.view.now;
        let image = self.image().to_owned();
        if let Some(message) = image::invalid(&image) {
            self.warning("InspectFailed", message.clone());
            self.warning("Failed", "Error: InvalidImageName".to_owned());
            entry.state = State::Blocked {
                reason: "InvalidImageName",
                message,
                until: later(now, RETRY),
            };
            return;
        }
        let missing = fault::image_is_missing(self.pod, self.name());
        let present = !missing && (entry.pulled || self.view.images.contains(&image));
        if present && !(image::is_always_pulled(self.spec) && entry.restarts == 0 && !entry.pulled)
        {
            self.normal(
                "Pulled",
                format!("Container image \"{image}\" already present on machine"),
            );
            entry.pulled = true;
            return self.start(entry);
        }
        if text(self.spec, "imagePullPolicy") == "Never" {
            let message =
                format!("Container image \"{image}\" is not present with pull policy of Never");
            self.warning("ErrImageNeverPull", message.clone());
            self.warning("Failed", "Error: ErrImageNeverPull".to_owned());
            entry.state = State::Blocked {
                reason: "ErrImageNeverPull",
                message,
                until: later(now, RETRY),
            };
            return;
        }
        self.normal("Pulling", format!("Pulling image \"{image}\""));
        if missing {
            let message = image::not_found(&image);
            self.warning(
                "Failed",
                format!("Failed to pull image \"{image}\": {message}"),
            );
            self.warning("Failed", "Error: ErrImagePull".to_owned());
            entry.failed_pulls += 1;
            entry.state = State::Blocked {
                reason: "ErrImagePull",
                message,
                until: later(now, 1),
            };
            return;
        }
        entry.state = State::Pulling {
            until: later(now, PULL),
        };
    }

    fn back_off_pulling(&mut self, entry: &mut Container) {
        let image = self.image().to_owned();
        self.normal("BackOff", format!("Back-off pulling image \"{image}\""));
        self.warning("Failed", "Error: ImagePullBackOff".to_owned());
        let message = format!(
            "Back-off pulling image \"{image}\": ErrImagePull: {}",
            image::not_found(&image)
        );
        let until = later(self.view.now, back_off(i64::from(entry.failed_pulls)));
        entry.state = State::Blocked {
            reason: "ImagePullBackOff",
            message,
            until,
        };
    }

    /// Starts the container, unless its environment is not there.
    fn start(&mut self, entry: &mut Container) {
        let now = self.view.now;
        let problem = environment::problem(self.spec, namespace(self.pod), self.view.cluster);
        if let Some(message) = problem {
            self.warning("Failed", format!("Error: {message}"));
            let reason = "CreateContainerConfigError";
            entry.state = State::Blocked {
                reason,
                message,
                until: later(now, RETRY),
            };
            return;
        }
        let name = self.name().to_owned();
        self.normal("Created", format!("Created container: {name}"));
        self.normal("Started", format!("Started container {name}"));
        let restarts = entry.restarts.to_string();
        entry.id = format!(
            "containerd://{}",
            image::digest(&[uid(self.pod), &name, &restarts])
        );
        entry.told = None;
        entry.state = State::Running { since: now };
        self.out.logs.push((name, None));
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
                self.end(entry, since, until, exit_code, reason);
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
            self.end(entry, since, now, 137, "Error");
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
        &self,
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

    /// Whether a container that has ended so is started again.
    fn restarts(&self, end: &End) -> bool {
        let policy = match self.role {
            Role::Sidecar => "Always",
            _ => restart_policy(self.pod),
        };
        match policy {
            "Never" => false,
            "OnFailure" => end.exit_code != 0,
            _ => self.role != Role::Init || end.exit_code != 0,
        }
    }

    /// Starts an ended container again, at once the first time, later the next times.
    fn restart(&mut self, entry: &mut Container, end: End) -> bool {
        let now = self.view.now;
        // One that ran long enough starts with a clean slate.
        let wait = if seconds_between(end.started, end.finished) >= 600 {
            0
        } else {
            back_off(entry.restarts)
        };
        let until = later(end.finished, wait);
        entry.last = Some(end);
        if until <= now {
            entry.restarts += 1;
            entry.state = State::Waiting;
            return true;
        }
        let who = format!(
            "{}_{}({})",
            name(self.pod),
            namespace(self.pod),
            uid(self.pod)
        );
        let container = self.name().to_owned();
        self.warning(
            "BackOff",
            format!("Back-off restarting failed container {container} in pod {who}"),
        );
        let message = format!(
            "back-off {} restarting failed container={container} pod={who}",
            span(wait)
        );
        entry.state = State::Blocked {
            reason: "CrashLoopBackOff",
            message,
            until,
        };
        true
    }
}

/// Seconds as Go prints a duration.
fn span(seconds: i64) -> String {
    if seconds >= 60 {
        format!("{}m{}s", seconds / 60, seconds % 60)
    } else {
        format!("{seconds}s")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn back_off_doubles_up_to_five_minutes() {
        let waits: Vec<i64> = (0..8).map(back_off).collect();
        assert_eq!(waits, [0, 10, 20, 40, 80, 160, 300, 300]);
        assert_eq!(span(10), "10s");
        assert_eq!(span(160), "2m40s");
    }
}
