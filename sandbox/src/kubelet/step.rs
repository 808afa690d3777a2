//! One pod: volumes, sandbox, init containers in order, containers, the end.

use serde_json::Value;

use super::container::{Outcome, Role, View, drive};
use super::restart::restart_policy;
use super::run::{End, Run, State};
use super::{probe, volumes};
use crate::controller::effect::Event;
use crate::controller::json::{int, items, later, text};

/// Seconds that a pod's sandbox takes to stand.
const SANDBOX: i64 = 1;

/// Brings a pod as far as it comes now. `address` is asked once, when the sandbox stands.
pub(super) fn step(
    pod: &Value,
    run: &mut Run,
    view: &View<'_>,
    address: &mut dyn FnMut() -> String,
) -> Outcome {
    let mut out = Outcome::default();
    let start = *run.start.get_or_insert(view.now);
    if !stand(pod, run, view, address, &mut out) {
        return out;
    }
    if let Some(seconds) = int(pod, "spec.activeDeadlineSeconds") {
        let deadline = later(start, seconds);
        if deadline <= view.now {
            let message = "Pod was active on the node longer than the specified deadline";
            out.events
                .push(Event::normal(pod, "DeadlineExceeded", message));
            run.failed = Some(("DeadlineExceeded", message.to_owned()));
            end_running(run, view, 137);
            return out;
        }
        out.look_again(deadline);
    }
    if start_in_order(pod, run, view, &mut out) {
        for spec in items(pod, "spec.containers") {
            drive(pod, run, spec, Role::App, view, &mut out);
        }
    }
    if is_over(pod, run) {
        // What only accompanied the containers stops with them.
        end_running(run, view, 0);
        out.next = None;
    }
    out
}

/// Mounts the volumes and makes the sandbox. Says whether it stands.
fn stand(
    pod: &Value,
    run: &mut Run,
    view: &View<'_>,
    address: &mut dyn FnMut() -> String,
    out: &mut Outcome,
) -> bool {
    let now = view.now;
    if run.sandbox_at.is_none() {
        let tries = match run.unmounted {
            Some((_, until)) if until > now => {
                out.look_again(until);
                return false;
            }
            Some((tries, _)) => tries,
            None => 0,
        };
        let elsewhere = volumes::attached_elsewhere(pod, view);
        let unmounted = volumes::problems(pod, view.cluster);
        if !elsewhere.is_empty() || !unmounted.is_empty() {
            let told = |reason| move |problem: String| Event::warning(pod, reason, problem);
            out.events
                .extend(elsewhere.into_iter().map(told("FailedAttachVolume")));
            out.events
                .extend(unmounted.into_iter().map(told("FailedMount")));
            let until = later(now, (1_i64 << tries.min(6)).min(122));
            run.unmounted = Some((tries + 1, until));
            out.look_again(until);
            return false;
        }
        run.unmounted = None;
        run.sandbox_at = Some(later(now, SANDBOX));
    }
    if let Some(at) = run.sandbox_at.filter(|&at| at > now) {
        out.look_again(at);
        return false;
    }
    if run.ip.is_empty() {
        run.ip = address();
    }
    true
}

/// Runs the init containers one after the other. Says whether the containers may start.
fn start_in_order(pod: &Value, run: &mut Run, view: &View<'_>, out: &mut Outcome) -> bool {
    for spec in items(pod, "spec.initContainers") {
        let role = role(spec);
        drive(pod, run, spec, role, view, out);
        let go_on = match &run.container(text(spec, "name")).state {
            State::Ended(end) => role == Role::Init && end.exit_code == 0,
            State::Running { since } => {
                role == Role::Sidecar && probe::health(pod, spec, *since, view.now).started
            }
            _ => false,
        };
        if !go_on {
            // Containers that run already (a side container restarts) are looked after anyway.
            return items(pod, "spec.containers")
                .iter()
                .any(|spec| run.container(text(spec, "name")).state != State::Waiting);
        }
    }
    true
}

/// What an init container is to its pod.
pub(super) fn role(spec: &Value) -> Role {
    if text(spec, "restartPolicy") == "Always" {
        Role::Sidecar
    } else {
        Role::Init
    }
}

/// Whether every container has ended for good, or an init container has failed for good.
pub(super) fn is_over(pod: &Value, run: &Run) -> bool {
    let policy = restart_policy(pod);
    let state = |spec: &Value| {
        run.containers
            .get(text(spec, "name"))
            .map(|entry| &entry.state)
    };
    let ended = |spec: &Value| match state(spec) {
        Some(State::Ended(end)) => match policy {
            "Never" => true,
            "OnFailure" => end.exit_code == 0,
            _ => false,
        },
        _ => false,
    };
    let init_failed = policy == "Never"
        && items(pod, "spec.initContainers").iter().any(|spec| {
            role(spec) == Role::Init
                && matches!(state(spec), Some(State::Ended(end)) if end.exit_code != 0)
        });
    run.failed.is_some() || init_failed || items(pod, "spec.containers").iter().all(ended)
}

/// Ends every container that runs.
pub(super) fn end_running(run: &mut Run, view: &View<'_>, exit_code: i64) {
    for entry in run.containers.values_mut() {
        if let State::Running { since } = entry.state {
            entry.state = State::Ended(End {
                exit_code,
                reason: if exit_code == 0 { "Completed" } else { "Error" }.to_owned(),
                message: String::new(),
                started: since,
                finished: view.now,
                id: entry.id.clone(),
            });
        }
    }
}
