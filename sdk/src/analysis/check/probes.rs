//! How Kubernetes asks containers whether they are well.

use super::look::{Container, Findings, Look, containers};
use super::{Rule, Severity};
use serde_json::Value;

pub(super) static NO_READINESS: Rule = Rule {
    id: "no-readiness-probe",
    severity: Severity::Warning,
    title: "a pod behind a service has no readiness probe",
    why: "it gets requests from the moment that its container starts, so that every rollout loses some",
    cure: "give it `.readiness_probe(http_get(\"/ready\", \"http\"))`",
};

pub(super) static NO_PROBE: Rule = Rule {
    id: "no-probe",
    severity: Severity::Warning,
    title: "a deployment whose containers have no probe",
    why: "one that hangs stays as it is, and a rollout goes on although nothing works",
    cure: "give it `.liveness_probe(…)`: a request, or a command such as `exec([\"pgrep\", \"worker\"])`",
};

pub(super) static LIVENESS_AS_READINESS: Rule = Rule {
    id: "liveness-as-readiness",
    severity: Severity::Warning,
    title: "the liveness probe gives up as early as the same readiness probe",
    why: "under load a pod is to be left out for a while; here it is killed instead, and the others get its load too",
    cure: "let the liveness probe be more patient than the readiness probe (a longer period or a higher failure threshold), or ask it something else",
};

pub(super) static HASTY_LIVENESS: Rule = Rule {
    id: "hasty-liveness-probe",
    severity: Severity::Warning,
    title: "a liveness probe leaves little time to start",
    why: "a start that takes longer once (a cold node, a migration) is killed, starts again, and is killed again",
    cure: "give it a `.startup_probe(…)`, or a longer initial delay",
};

/// How many seconds a start may take.
const LITTLE: i64 = 15;

pub(super) fn check(look: &Look<'_>, findings: &mut Findings<'_>) {
    for workload in look.workloads.iter().filter(|one| one.keeps_running()) {
        let staying: Vec<_> = workload
            .containers()
            .into_iter()
            .filter(|one| one.stays)
            .collect();
        let services = look.services_of(workload);
        if let Some(service) = services.first()
            && staying
                .iter()
                .all(|one| one.value["readinessProbe"].is_null())
        {
            let message = format!(
                "`{}` sends requests to `{}` as soon as it has started: it has no readiness probe",
                service.id.short(),
                workload.short()
            );
            findings.add(&NO_READINESS, workload.position, "", message);
        }
        let probes = ["readinessProbe", "livenessProbe", "startupProbe"];
        let unasked = |one: &Container<'_>| probes.iter().all(|probe| one.value[probe].is_null());
        if services.is_empty() && workload.is("Deployment") && staying.iter().all(unasked) {
            let message = format!(
                "nobody asks `{}` whether it works: it has no probe",
                workload.short()
            );
            findings.add(&NO_PROBE, workload.position, "", message);
        }
        for container in &staying {
            let (live, ready) = (
                &container.value["livenessProbe"],
                &container.value["readinessProbe"],
            );
            if live.is_null() || !container.value["startupProbe"].is_null() {
                continue;
            }
            let path = format!("{}.livenessProbe", container.path);
            let name = containers(&[container.name]);
            if asks(live) == asks(ready) && patience(live) <= patience(ready) {
                let message = format!(
                    "`{}` restarts {name} after {}s of what takes it out of service after {}s",
                    workload.short(),
                    patience(live),
                    patience(ready)
                );
                findings.add(&LIVENESS_AS_READINESS, workload.position, &path, message);
            }
            let time = number(live, "initialDelaySeconds", 0) + patience(live);
            if time < LITTLE {
                let message = format!(
                    "`{}` restarts {name} when it has not started after {time}s",
                    workload.short()
                );
                findings.add(&HASTY_LIVENESS, workload.position, &path, message);
            }
        }
    }
}

/// What a probe asks.
fn asks(probe: &Value) -> [&Value; 4] {
    ["httpGet", "tcpSocket", "exec", "grpc"].map(|way| &probe[way])
}

/// After how many seconds of failure it acts.
fn patience(probe: &Value) -> i64 {
    number(probe, "periodSeconds", 10) * number(probe, "failureThreshold", 3)
}

fn number(probe: &Value, field: &str, default: i64) -> i64 {
    probe[field].as_i64().unwrap_or(default)
}
