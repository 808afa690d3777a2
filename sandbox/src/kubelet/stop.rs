//! The end of a pod that is deleted: hooks, the grace period, and the last word.

use jiff::Timestamp;
use serde_json::Value;

use super::container::{Role, View};
use super::restart::restart_policy;
use super::run::{Run, State};
use super::script;
use super::step::{end_running, role};
use crate::controller::effect::Event;
use crate::controller::json::{at, count, int, items, later, text};

/// Seconds that a program takes to stop when it is asked to.
const STOP: i64 = 1;

/// What is next for a pod that is being deleted.
#[derive(Debug)]
pub(super) enum Stop {
    /// Its containers are stopping; look again then.
    Wait(Timestamp, Vec<Event>),
    /// Its containers have stopped.
    Done,
}

/// Brings a pod's end on.
pub(super) fn stop(pod: &Value, run: &mut Run, view: &View<'_>) -> Stop {
    let now = view.now;
    let running = |name: &str| {
        matches!(
            run.containers.get(name).map(|entry| &entry.state),
            Some(State::Running { .. })
        )
    };
    let specs = items(pod, "spec.initContainers")
        .iter()
        .map(|spec| (role(spec), spec))
        .chain(
            items(pod, "spec.containers")
                .iter()
                .map(|spec| (Role::App, spec)),
        );
    let alive: Vec<(Role, &Value)> = specs
        .filter(|(_, spec)| running(text(spec, "name")))
        .collect();
    if alive.is_empty() && run.stops_at.is_none() {
        return Stop::Done;
    }
    let Some(stops_at) = run.stops_at else {
        let grace = count(pod, "metadata.deletionGracePeriodSeconds");
        let needed = alive
            .iter()
            .map(|(_, spec)| hook_seconds(spec) + STOP)
            .max()
            .unwrap_or(0);
        let until = later(now, needed.min(grace));
        run.stops_at = Some(until);
        let events = alive
            .iter()
            .map(|(role, spec)| {
                let name = text(spec, "name");
                Event::normal(pod, "Killing", format!("Stopping container {name}"))
                    .on(role.field(), name)
            })
            .collect();
        return Stop::Wait(until, events);
    };
    if stops_at > now {
        return Stop::Wait(stops_at, Vec::new());
    }
    // A server ends well when it is asked to; work that is cut short has not been done.
    let serves = restart_policy(pod) == "Always";
    end_running(run, view, if serves { 0 } else { 143 });
    Stop::Done
}

/// Seconds that a container's `preStop` hook takes.
fn hook_seconds(spec: &Value) -> i64 {
    let hook = at(spec, "lifecycle.preStop");
    int(hook, "sleep.seconds")
        .or_else(|| script::course(at(hook, "exec")).map(|course| course.seconds - 1))
        .unwrap_or(0)
}
