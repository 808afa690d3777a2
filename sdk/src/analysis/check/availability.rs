//! What stops when one pod, one node or one rollout does.

use super::look::{Findings, Look, Workload};
use super::{Rule, Severity};
use crate::environment::{items, namespace};
use serde_json::Value;

pub(super) static SINGLE_REPLICA: Rule = Rule {
    id: "single-replica",
    severity: Severity::Warning,
    title: "one pod alone serves requests",
    why: "when its node is drained or fails, nobody answers until another has started",
    cure: "run `.replicas(2)` or more, or `autoscaler(APP).replicas(2, 10)`",
};

pub(super) static SINGLE_STORE: Rule = Rule {
    id: "single-store",
    severity: Severity::Info,
    title: "a stateful set of one pod",
    why: "when its node is drained or fails, its data cannot be reached until it runs elsewhere",
    cure: "run a store that replicates itself, or an operator's",
};

pub(super) static NO_BUDGET: Rule = Rule {
    id: "no-disruption-budget",
    severity: Severity::Warning,
    title: "several replicas without a disruption budget",
    why: "a drain may take all of them at once",
    cure: "add `disruption_budget(APP).max_unavailable(1)`; the builders do, unless it is turned off",
};

pub(super) static DRAIN_BLOCKED: Rule = Rule {
    id: "drain-blocked",
    severity: Severity::Error,
    title: "a disruption budget that allows no disruption",
    why: "no node that runs such a pod can be drained: upgrades of the cluster stop there",
    cure: "allow one: `.max_unavailable(1)`",
};

pub(super) static NO_SPREAD: Rule = Rule {
    id: "no-spread",
    severity: Severity::Info,
    title: "replicas that are not spread",
    why: "all of them may run on one node, and stop with it",
    cure: "spread them over nodes and zones, as the builders do",
};

pub(super) static RECREATE: Rule = Rule {
    id: "recreate",
    severity: Severity::Warning,
    title: "every rollout stops a workload that serves requests",
    why: "with `Recreate` all old pods end before the first new one starts",
    cure: "use a rolling update",
};

pub(super) static DISK_ROLLOUT: Rule = Rule {
    id: "rollout-waits-for-disk",
    severity: Severity::Warning,
    title: "a rolling update of pods that share a disk of one node",
    why: "the new pod waits for the disk that the old one holds, and the old one waits for the new one",
    cure: "use `Recreate`, a stateful set, or a claim for many writers",
};

pub(super) static NO_GRACE: Rule = Rule {
    id: "no-grace-period",
    severity: Severity::Warning,
    title: "pods are killed at once",
    why: "requests and writes that they are at are cut off",
    cure: "leave `terminationGracePeriodSeconds` at 30 or as long as the longest request takes",
};

pub(super) static BARE_POD: Rule = Rule {
    id: "bare-pod",
    severity: Severity::Warning,
    title: "a pod that nothing makes again",
    why: "when its node is drained or fails, it is gone",
    cure: "make it a deployment, or a job",
};

pub(super) fn check(look: &Look<'_>, findings: &mut Findings<'_>) {
    for workload in &look.workloads {
        alone(look, workload, findings);
        several(look, workload, findings);
        rollout(look, workload, findings);
        let position = workload.position;
        if workload.pods.spec["terminationGracePeriodSeconds"] == 0 {
            let message = format!("`{}` gives its pods no time to end", workload.short());
            let path = workload.path("terminationGracePeriodSeconds");
            findings.add(&NO_GRACE, position, &path, message);
        }
        if workload.is("Pod") && workload.keeps_running() {
            let message = format!("nothing makes `{}` again", workload.short());
            findings.add(&BARE_POD, position, "", message);
        }
        for (budget, object) in look.budgets(workload) {
            blocked(
                workload,
                look.least(workload),
                (budget, &object.value["spec"]),
                findings,
            );
        }
    }
}

fn alone(look: &Look<'_>, workload: &Workload<'_>, findings: &mut Findings<'_>) {
    let (short, position) = (workload.short(), workload.position);
    if look.least(workload) != 1 {
        return;
    }
    if workload.is("StatefulSet") {
        let message = format!("`{short}` is one pod");
        findings.add(&SINGLE_STORE, position, "spec.replicas", message);
        return;
    }
    let services = look.services_of(workload);
    let Some(service) = services.first().filter(|_| workload.is("Deployment")) else {
        return;
    };
    let service = service.id.short();
    if let Some((scaler, object)) = look.scaler(workload) {
        let message = format!(
            "`{}` lets `{short}` become one pod, and `{service}` sends to it alone",
            object.id.short()
        );
        findings.add(&SINGLE_REPLICA, scaler, "spec.minReplicas", message);
    } else {
        let message = format!("`{short}` is one pod, and `{service}` sends to it alone");
        findings.add(&SINGLE_REPLICA, position, "spec.replicas", message);
    }
}

fn several(look: &Look<'_>, workload: &Workload<'_>, findings: &mut Findings<'_>) {
    let replicas = look.least(workload);
    let replicated = workload.is("Deployment") || workload.is("StatefulSet");
    if !replicated || replicas < 2 {
        return;
    }
    let (short, position) = (workload.short(), workload.position);
    if look.budgets(workload).is_empty() {
        let message = format!("a drain may take all {replicas} pods of `{short}` at once");
        findings.add(&NO_BUDGET, position, "spec.replicas", message);
    }
    let spec = workload.pods.spec;
    let spread = !items(&spec["topologySpreadConstraints"]).is_empty()
        || !spec["affinity"]["podAntiAffinity"].is_null();
    if !spread {
        let message = format!("the {replicas} pods of `{short}` may all run on one node");
        findings.add(&NO_SPREAD, position, "spec.replicas", message);
    }
}

/// A budget that lets nobody go while the fewest pods run.
fn blocked(
    workload: &Workload<'_>,
    replicas: i64,
    (budget, spec): (usize, &Value),
    findings: &mut Findings<'_>,
) {
    let (field, left) = if spec["maxUnavailable"].is_null() {
        let Some(needed) = pods(&spec["minAvailable"], replicas) else {
            return;
        };
        ("spec.minAvailable", replicas - needed)
    } else {
        let Some(away) = pods(&spec["maxUnavailable"], replicas) else {
            return;
        };
        ("spec.maxUnavailable", away)
    };
    if replicas > 0 && left <= 0 {
        let message = format!(
            "`{}` lets none of the {replicas} pods of `{}` go",
            findings.short(budget),
            workload.short()
        );
        findings.add(&DRAIN_BLOCKED, budget, field, message);
    }
}

/// A number of pods, or a share of them, rounded up as Kubernetes does.
fn pods(amount: &Value, replicas: i64) -> Option<i64> {
    match amount {
        Value::String(text) => {
            let share: i64 = text.strip_suffix('%')?.parse().ok()?;
            Some((share.saturating_mul(replicas) + 99) / 100)
        }
        number => number.as_i64(),
    }
}

fn rollout(look: &Look<'_>, workload: &Workload<'_>, findings: &mut Findings<'_>) {
    if !workload.is("Deployment") {
        return;
    }
    let strategy = &workload.object.value["spec"]["strategy"];
    let (short, position) = (workload.short(), workload.position);
    let disk = disk(look, workload);
    if strategy["type"] == "Recreate" {
        if disk.is_none() && !look.services_of(workload).is_empty() {
            let message = format!("every rollout of `{short}` stops all its pods first");
            findings.add(&RECREATE, position, "spec.strategy.type", message);
        }
        return;
    }
    let surge = &strategy["rollingUpdate"]["maxSurge"];
    let no_surge = surge == 0 || surge == "0%";
    if let Some(claim) = disk.filter(|_| !no_surge) {
        let message =
            format!("a new pod of `{short}` waits for the disk `{claim}`, which the old one holds");
        findings.add(&DISK_ROLLOUT, position, "spec.strategy", message);
    }
}

/// The claim for one node that a workload mounts.
fn disk<'a>(look: &Look<'a>, workload: &Workload<'a>) -> Option<&'a str> {
    let home = namespace(workload.object);
    items(&workload.pods.spec["volumes"])
        .iter()
        .find_map(|volume| {
            let name = volume["persistentVolumeClaim"]["claimName"].as_str()?;
            let found = look
                .view
                .index
                .get(("", "PersistentVolumeClaim", home, name))?;
            let modes = items(&look.view.objects[found].value["spec"]["accessModes"]);
            let one = |mode: &Value| mode == "ReadWriteOnce" || mode == "ReadWriteOncePod";
            (!modes.is_empty() && modes.iter().all(one)).then_some(name)
        })
}

#[cfg(test)]
mod tests {
    use super::pods;
    use serde_json::json;

    #[test]
    fn shares_are_rounded_up() {
        for (amount, replicas, expected) in [
            (json!(1), 3, Some(1)),
            (json!("50%"), 3, Some(2)),
            (json!("100%"), 3, Some(3)),
            (json!("0%"), 3, Some(0)),
            (json!("none"), 3, None),
            (json!(null), 3, None),
        ] {
            assert_eq!(pods(&amount, replicas), expected, "{amount} of {replicas}");
        }
    }
}
