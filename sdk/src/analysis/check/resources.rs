//! What containers ask for and may use.

use super::look::{Container, Findings, Look, Workload, containers};
use super::{Rule, Severity};
use crate::environment::items;
use infra_schema::quantity::Quantity;
use serde_json::Value;

pub(super) static NO_REQUESTS: Rule = Rule {
    id: "no-requests",
    severity: Severity::Warning,
    title: "a container requests no CPU or no memory",
    why: "the scheduler counts it as nothing, packs its node too full, and its pod is the first to be evicted",
    cure: "give it `.requests(#{ cpu: \"100m\", memory: \"128Mi\" })`",
};

pub(super) static NO_MEMORY_LIMIT: Rule = Rule {
    id: "no-memory-limit",
    severity: Severity::Info,
    title: "a container has no memory limit",
    why: "a leak takes the memory of its node, and the kernel chooses who is killed for it",
    cure: "give it `.limits(#{ memory: \"512Mi\" })`",
};

pub(super) static ABSURD_AMOUNT: Rule = Rule {
    id: "absurd-amount",
    severity: Severity::Error,
    title: "an amount of CPU or memory that nobody means",
    why: "the pod is never scheduled, or killed at once; mostly a unit is wrong (`m` is a thousandth, `Mi` a mebibyte)",
    cure: "write memory as `512Mi` and CPU as `500m`",
};

pub(super) static AUTOSCALER_WITHOUT_REQUESTS: Rule = Rule {
    id: "autoscaler-without-requests",
    severity: Severity::Error,
    title: "an autoscaler measures a share of requests that are not there",
    why: "utilisation is a share of what is requested; without a request of every container the autoscaler does nothing",
    cure: "give each container `.requests(…)` of what the autoscaler looks at",
};

pub(super) static AUTOSCALER_REPLICAS: Rule = Rule {
    id: "autoscaler-against-replicas",
    severity: Severity::Warning,
    title: "replicas are set where an autoscaler sets them",
    why: "every apply sets them back to what is written, and pods that carry load are killed",
    cure: "leave `replicas` out: the autoscaler's least is the start",
};

pub(super) static FIXED_AUTOSCALER: Rule = Rule {
    id: "fixed-autoscaler",
    severity: Severity::Warning,
    title: "an autoscaler whose least is its most",
    why: "it never scales",
    cure: "raise its most, or set `replicas` instead",
};

pub(super) static MEMORY_VOLUME: Rule = Rule {
    id: "unbounded-memory-volume",
    severity: Severity::Warning,
    title: "a volume in memory without a size",
    why: "what is written there is memory of the pod, up to half of its node",
    cure: "give it a size limit: `empty_dir().memory().size_limit(\"64Mi\")`",
};

pub(super) static UNBOUNDED_EMPTY_DIR: Rule = Rule {
    id: "unbounded-empty-dir",
    severity: Severity::Info,
    title: "an empty directory without a size",
    why: "it can fill the disk of its node, and every pod there is evicted",
    cure: "give it a size limit",
};

pub(super) fn check(look: &Look<'_>, findings: &mut Findings<'_>) {
    for workload in &look.workloads {
        requests(workload, findings);
        volumes(workload, findings);
        if let Some((scaler, object)) = look.scaler(workload) {
            scaled(workload, (scaler, &object.value["spec"]), findings);
        }
    }
}

fn requests(workload: &Workload<'_>, findings: &mut Findings<'_>) {
    for container in workload.containers() {
        let path = format!("{}.resources", container.path);
        let name = containers(&[container.name]);
        let short = workload.short();
        let missing: Vec<&str> = ["cpu", "memory"]
            .into_iter()
            .filter(|resource| !is_requested(&container, workload, resource))
            .collect();
        if container.stays && !missing.is_empty() {
            let missing = missing.join(" and no ");
            let message = format!("`{short}` requests no {missing} for {name}");
            findings.add(&NO_REQUESTS, workload.position, &path, message);
        }
        let resources = [
            &container.value["resources"],
            &workload.pods.spec["resources"],
        ];
        if container.stays
            && resources
                .iter()
                .all(|one| one["limits"]["memory"].is_null())
        {
            let message = format!("`{short}` sets no limit to the memory of {name}");
            findings.add(&NO_MEMORY_LIMIT, workload.position, &path, message);
        }
        for list in ["requests", "limits"] {
            for (resource, amount) in container.value["resources"][list]
                .as_object()
                .into_iter()
                .flatten()
            {
                let text = shown(amount);
                if let Some(why) = absurd(resource, &text) {
                    let message =
                        format!("`{short}` {list} `{text}` of {resource} for {name}: {why}");
                    let path = format!("{path}.{list}.{resource}");
                    findings.add(&ABSURD_AMOUNT, workload.position, &path, message);
                }
            }
        }
    }
}

/// A limit is a request too where none is written; so is what the pod as a whole requests.
fn is_requested(container: &Container<'_>, workload: &Workload<'_>, resource: &str) -> bool {
    let resources = [
        &container.value["resources"],
        &workload.pods.spec["resources"],
    ];
    let mut lists = resources
        .iter()
        .flat_map(|one| [&one["requests"], &one["limits"]]);
    lists.any(|list| !list[resource].is_null())
}

fn shown(amount: &Value) -> String {
    amount
        .as_str()
        .map_or_else(|| amount.to_string(), str::to_owned)
}

/// Why nobody means this amount.
fn absurd(resource: &str, text: &str) -> Option<String> {
    let amount = Quantity::parse(text).ok()?.as_f64();
    let few = 1024.0 * 1024.0;
    match resource {
        "memory" if amount > 0.0 && amount < few => {
            let meant = text.strip_suffix('m').map_or_else(
                || "that is less than a mebibyte".to_owned(),
                |number| format!("`m` is a thousandth of a byte; did you mean `{number}Mi`?"),
            );
            Some(meant)
        }
        "memory" if amount > few * few * 32.0 => Some("no node has that much".to_owned()),
        "cpu" if amount > 512.0 => Some(format!("no node has that many; did you mean `{text}m`?")),
        _ => None,
    }
}

fn scaled(workload: &Workload<'_>, (scaler, spec): (usize, &Value), findings: &mut Findings<'_>) {
    let short = workload.short();
    let name = findings.short(scaler);
    for metric in items(&spec["metrics"]) {
        let resource = metric["resource"]["name"].as_str().unwrap_or_default();
        let share = &metric["resource"]["target"]["averageUtilization"];
        if metric["type"] == "Resource" && !share.is_null() {
            unmeasured(workload, (scaler, &name), resource, findings);
        }
    }
    if !spec["targetCPUUtilizationPercentage"].is_null() {
        unmeasured(workload, (scaler, &name), "cpu", findings);
    }
    let replicas = &workload.object.value["spec"]["replicas"];
    if !replicas.is_null() {
        let message = format!(
            "`{short}` has {replicas} replicas by its own words, and those that `{name}` sets"
        );
        findings.add(
            &AUTOSCALER_REPLICAS,
            workload.position,
            "spec.replicas",
            message,
        );
    }
    let (least, most) = (
        spec["minReplicas"].as_i64().unwrap_or(1),
        &spec["maxReplicas"],
    );
    if most.as_i64() == Some(least) {
        let message = format!("`{name}` keeps `{short}` at {most}: its least is its most");
        findings.add(&FIXED_AUTOSCALER, scaler, "spec.maxReplicas", message);
    }
}

fn unmeasured(
    workload: &Workload<'_>,
    (scaler, name): (usize, &str),
    resource: &str,
    findings: &mut Findings<'_>,
) {
    let all = workload.containers();
    let without = all
        .iter()
        .filter(|one| one.stays && !is_requested(one, workload, resource));
    let without: Vec<&str> = without.map(|one| one.name).collect();
    if without.is_empty() {
        return;
    }
    let message = format!(
        "`{name}` measures {resource} against what is requested, and {} of `{}` {} none",
        containers(&without),
        workload.short(),
        if without.len() == 1 {
            "requests"
        } else {
            "request"
        }
    );
    findings.add(
        &AUTOSCALER_WITHOUT_REQUESTS,
        scaler,
        "spec.metrics",
        message,
    );
}

fn volumes(workload: &Workload<'_>, findings: &mut Findings<'_>) {
    for (index, volume) in items(&workload.pods.spec["volumes"]).iter().enumerate() {
        let dir = &volume["emptyDir"];
        if dir.is_null() || !dir["sizeLimit"].is_null() {
            continue;
        }
        let name = volume["name"].as_str().unwrap_or_default();
        let path = workload.path(&format!("volumes[{index}].emptyDir"));
        if dir["medium"] == "Memory" {
            let message = format!(
                "the volume `{name}` of `{}` is memory without a size",
                workload.short()
            );
            findings.add(&MEMORY_VOLUME, workload.position, &path, message);
        } else {
            let message = format!("the volume `{name}` of `{}` has no size", workload.short());
            findings.add(&UNBOUNDED_EMPTY_DIR, workload.position, &path, message);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::absurd;

    #[test]
    fn units_that_nobody_means() {
        for (resource, text, expected) in [
            (
                "memory",
                "512m",
                Some("`m` is a thousandth of a byte; did you mean `512Mi`?"),
            ),
            ("memory", "512", Some("that is less than a mebibyte")),
            ("memory", "512Mi", None),
            ("memory", "100Ti", Some("no node has that much")),
            ("memory", "12Ti", None),
            (
                "cpu",
                "1000",
                Some("no node has that many; did you mean `1000m`?"),
            ),
            ("cpu", "1m", None),
            ("cpu", "64", None),
            ("nvidia.com/gpu", "1", None),
        ] {
            assert_eq!(
                absurd(resource, text).as_deref(),
                expected,
                "{resource} {text}"
            );
        }
    }
}
