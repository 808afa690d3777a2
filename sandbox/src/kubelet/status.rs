//! A pod's status, as the kubelet reports it.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::container::Role;
use super::run::{Container, End, Run, State};
use super::step::{is_over, role};
use super::{image, probe};
use crate::controller::condition::{self, Condition};
use crate::controller::json::{at, has, items, set, stamp, text};

/// The status of a pod on a node with this address.
pub(super) fn status(pod: &Value, run: &Run, host: &str, now: Timestamp) -> Value {
    let mut status = pod["status"].clone();
    let over = run.stopped || is_over(pod, run);
    set(&mut status, "phase", phase(pod, run, over));
    set(
        &mut status,
        "observedGeneration",
        at(pod, "metadata.generation").clone(),
    );
    if let Some((reason, message)) = &run.failed {
        set(&mut status, "reason", *reason);
        set(&mut status, "message", message.as_str());
    }
    if let Some(start) = run.start {
        set(&mut status, "startTime", stamp(start));
    }
    set(&mut status, "hostIP", host);
    set(&mut status, "hostIPs", json!([{"ip": host}]));
    if !run.ip.is_empty() {
        set(&mut status, "podIP", run.ip.as_str());
        set(&mut status, "podIPs", json!([{"ip": run.ip}]));
    }
    if !has(&status, "qosClass") {
        set(&mut status, "qosClass", qos_class(pod));
    }
    let waiting = if items(pod, "spec.initContainers").is_empty() {
        "ContainerCreating"
    } else {
        "PodInitializing"
    };
    let mut unfinished = Vec::new();
    let mut init = Vec::new();
    for spec in items(pod, "spec.initContainers") {
        let report = Report::of(pod, spec, role(spec), run, now);
        if !report.is_initialized {
            unfinished.push(text(spec, "name").to_owned());
        }
        init.push(report.status(waiting));
    }
    if !init.is_empty() {
        set(&mut status, "initContainerStatuses", init);
    }
    let mut unready = Vec::new();
    let mut containers = Vec::new();
    for spec in items(pod, "spec.containers") {
        let report = Report::of(pod, spec, Role::App, run, now);
        if !report.ready {
            unready.push(text(spec, "name").to_owned());
        }
        containers.push(report.status(waiting));
    }
    for spec in items(pod, "spec.initContainers")
        .iter()
        .filter(|spec| role(spec) == Role::Sidecar)
    {
        if !Report::of(pod, spec, Role::Sidecar, run, now).ready {
            unready.push(text(spec, "name").to_owned());
        }
    }
    containers.sort_by(|one, other| text(one, "name").cmp(text(other, "name")));
    set(&mut status, "containerStatuses", containers);
    for condition in conditions(pod, run, over, &unfinished, &unready) {
        condition::put(&mut status, &condition, now);
    }
    observe(&mut status, at(pod, "metadata.generation"));
    put_in_order(&mut status);
    status
}

/// One container as it is reported.
struct Report<'a> {
    spec: &'a Value,
    role: Role,
    entry: Container,
    started: bool,
    ready: bool,
    is_initialized: bool,
}

impl<'a> Report<'a> {
    fn of(pod: &Value, spec: &'a Value, role: Role, run: &Run, now: Timestamp) -> Self {
        let entry = run
            .containers
            .get(text(spec, "name"))
            .cloned()
            .unwrap_or_default();
        let (mut started, mut ready, mut is_initialized) = (false, false, false);
        match &entry.state {
            State::Running { since } => {
                let health = probe::health(pod, spec, *since, now);
                started = health.started;
                ready = health.ready && role != Role::Init;
                is_initialized = role == Role::Sidecar && started;
            }
            State::Ended(end) => {
                // An init container that is done counts as ready.
                ready = role == Role::Init && end.exit_code == 0;
                is_initialized = end.exit_code == 0;
            }
            _ => {}
        }
        Self {
            spec,
            role,
            entry,
            started,
            ready,
            is_initialized,
        }
    }

    fn status(&self, waiting: &str) -> Value {
        let entry = &self.entry;
        let state = match &entry.state {
            State::Waiting | State::Pulling { .. } => json!({"waiting": {"reason": waiting}}),
            State::Blocked {
                reason, message, ..
            } => {
                json!({"waiting": {"reason": reason, "message": message}})
            }
            State::Running { since } => json!({"running": {"startedAt": stamp(*since)}}),
            State::Ended(end) => json!({"terminated": terminated(end)}),
        };
        let last = entry
            .last
            .as_ref()
            .map_or(json!({}), |end| json!({"terminated": terminated(end)}));
        let image = text(self.spec, "image");
        let image_id = if entry.pulled {
            image::id(image)
        } else {
            String::new()
        };
        let mut status = json!({
            "name": text(self.spec, "name"),
            "state": state,
            "lastState": last,
            "ready": self.ready,
            "restartCount": entry.restarts,
            "image": image,
            "imageID": image_id,
        });
        if !entry.id.is_empty() {
            status["containerID"] = entry.id.as_str().into();
        }
        let running = matches!(entry.state, State::Running { .. });
        status["started"] = (self.started || (running && self.role == Role::Init)).into();
        status
    }
}

fn terminated(end: &End) -> Value {
    let mut terminated = json!({
        "exitCode": end.exit_code,
        "reason": end.reason,
        "startedAt": stamp(end.started),
        "finishedAt": stamp(end.finished),
        "containerID": end.id,
    });
    if !end.message.is_empty() {
        terminated["message"] = end.message.as_str().into();
    }
    terminated
}

fn phase(pod: &Value, run: &Run, over: bool) -> &'static str {
    let state = |spec: &Value| {
        run.containers
            .get(text(spec, "name"))
            .map(|entry| &entry.state)
    };
    let specs = items(pod, "spec.containers");
    if over {
        let good = run.failed.is_none()
            && specs
                .iter()
                .all(|spec| matches!(state(spec), Some(State::Ended(end)) if end.exit_code == 0));
        return if good { "Succeeded" } else { "Failed" };
    }
    let begun = |spec: &Value| {
        run.containers.get(text(spec, "name")).is_some_and(|entry| {
            matches!(entry.state, State::Running { .. } | State::Ended(_)) || entry.last.is_some()
        })
    };
    if specs.iter().all(begun) && !specs.is_empty() {
        "Running"
    } else {
        "Pending"
    }
}

fn conditions(
    pod: &Value,
    run: &Run,
    over: bool,
    unfinished: &[String],
    unready: &[String],
) -> Vec<Condition> {
    let sandbox = if run.ip.is_empty() || over {
        "False"
    } else {
        "True"
    };
    let mut conditions = vec![Condition::new("PodReadyToStartContainers", sandbox, "", "")];
    conditions.push(if unfinished.is_empty() {
        Condition::new(
            "Initialized",
            "True",
            if over && phase(pod, run, over) == "Succeeded" {
                "PodCompleted"
            } else {
                ""
            },
            "",
        )
    } else {
        let message = format!(
            "containers with incomplete status: [{}]",
            unfinished.join(" ")
        );
        Condition::new("Initialized", "False", "ContainersNotInitialized", message)
    });
    let containers = if over {
        let reason = if phase(pod, run, over) == "Failed" {
            "PodFailed"
        } else {
            "PodCompleted"
        };
        Condition::new("ContainersReady", "False", reason, "")
    } else if unready.is_empty() {
        Condition::new("ContainersReady", "True", "", "")
    } else {
        let message = format!("containers with unready status: [{}]", unready.join(" "));
        Condition::new("ContainersReady", "False", "ContainersNotReady", message)
    };
    let closed: Vec<&str> = items(pod, "spec.readinessGates")
        .iter()
        .map(|gate| text(gate, "conditionType"))
        .filter(|kind| !condition::is_true(at(pod, "status"), kind))
        .collect();
    let ready = if containers.status == "True" && !closed.is_empty() {
        let parts: Vec<String> = closed
            .iter()
            .map(|kind| match condition::find(at(pod, "status"), kind) {
                Some(_) => format!(
                    "the status of pod readiness gate \"{kind}\" is not \"True\", but False"
                ),
                None => format!(
                    "corresponding condition of pod readiness gate \"{kind}\" does not exist."
                ),
            })
            .collect();
        Condition::new("Ready", "False", "ReadinessGatesNotReady", parts.join(", "))
    } else {
        Condition {
            kind: "Ready",
            ..containers.clone()
        }
    };
    conditions.push(ready);
    conditions.push(containers);
    conditions.push(Condition::new("PodScheduled", "True", "", ""));
    conditions
}

/// Notes on the kubelet's conditions which generation of the pod they are about.
fn observe(status: &mut Value, generation: &Value) {
    for condition in status["conditions"].as_array_mut().into_iter().flatten() {
        if ORDER.contains(&text(condition, "type")) && !generation.is_null() {
            condition["observedGeneration"] = generation.clone();
        }
    }
}

/// The kubelet's conditions, in the order in which it reports them.
const ORDER: [&str; 5] = [
    "PodReadyToStartContainers",
    "Initialized",
    "Ready",
    "ContainersReady",
    "PodScheduled",
];

/// Puts the kubelet's conditions in the order in which it reports them, others after.
fn put_in_order(status: &mut Value) {
    if let Some(conditions) = status["conditions"].as_array_mut() {
        let rank = |condition: &Value| {
            ORDER
                .iter()
                .position(|kind| *kind == text(condition, "type"))
                .unwrap_or(ORDER.len())
        };
        conditions.sort_by_key(rank);
    }
}

/// The quality of service that follows from requests and limits.
fn qos_class(pod: &Value) -> &'static str {
    let containers = || {
        items(pod, "spec.containers")
            .iter()
            .chain(items(pod, "spec.initContainers"))
    };
    let amount = |container: &Value, kind: &str, resource: &str| {
        at(container, "resources").get(kind)?.get(resource).cloned()
    };
    let none = containers().all(|container| {
        ["requests", "limits"].iter().all(|kind| {
            ["cpu", "memory"]
                .iter()
                .all(|resource| amount(container, kind, resource).is_none())
        })
    });
    let full = containers().all(|container| {
        ["cpu", "memory"].iter().all(|resource| {
            let limit = amount(container, "limits", resource);
            limit.is_some()
                && amount(container, "requests", resource)
                    .is_none_or(|request| Some(request) == limit)
        })
    });
    if none {
        "BestEffort"
    } else if full {
        "Guaranteed"
    } else {
        "Burstable"
    }
}
