//! `status`, as its own endpoint takes it. Source: `Validate…StatusUpdate` in
//! `pkg/apis/*/validation/validation.go`, Kubernetes 1.36.

use serde_json::Value;

use super::look::{entries, field, items, number, text};
use super::path::{Found, Path};
use super::{Violation, address, definition, job_status, quota};
use crate::kind::Kind;
use crate::names;

/// Counters of a workload: which may not be below zero, which not above `replicas`, and what the
/// server calls that in which the available ones are.
struct Counters {
    kind: &'static str,
    positive: &'static [&'static str],
    within: &'static [&'static str],
    ready: &'static str,
}

const COUNTERS: [Counters; 4] = [
    Counters {
        kind: "Deployment",
        positive: &[
            "observedGeneration",
            "replicas",
            "updatedReplicas",
            "readyReplicas",
            "availableReplicas",
            "unavailableReplicas",
            "terminatingReplicas",
            "collisionCount",
        ],
        within: &["updatedReplicas", "readyReplicas", "availableReplicas"],
        ready: "cannot be greater than readyReplicas",
    },
    Counters {
        kind: "StatefulSet",
        positive: &[
            "replicas",
            "readyReplicas",
            "currentReplicas",
            "updatedReplicas",
            "availableReplicas",
            "observedGeneration",
            "collisionCount",
        ],
        within: &[
            "readyReplicas",
            "currentReplicas",
            "updatedReplicas",
            "availableReplicas",
        ],
        ready: "cannot be greater than status.readyReplicas",
    },
    Counters {
        kind: "ReplicaSet",
        positive: &[
            "replicas",
            "fullyLabeledReplicas",
            "readyReplicas",
            "availableReplicas",
            "terminatingReplicas",
            "observedGeneration",
        ],
        within: &["fullyLabeledReplicas", "readyReplicas", "availableReplicas"],
        ready: "cannot be greater than readyReplicas",
    },
    Counters {
        kind: "DaemonSet",
        positive: &[
            "currentNumberScheduled",
            "numberMisscheduled",
            "desiredNumberScheduled",
            "numberReady",
            "observedGeneration",
            "updatedNumberScheduled",
            "numberAvailable",
            "numberUnavailable",
            "collisionCount",
        ],
        within: &[],
        ready: "",
    },
];

/// Everything that keeps a server from taking a new `status` of an object.
pub fn validate_status(kind: &Kind, old: &Value, new: &Value) -> Vec<Violation> {
    let mut found = Found::new();
    let status = &new["status"];
    let path = Path::ROOT.field("status");
    match (kind.group.as_ref(), kind.kind.as_ref()) {
        ("apps", name) => {
            if let Some(counters) = COUNTERS.iter().find(|row| row.kind == name) {
                counted(counters, &old["status"], status, &path, &mut found);
            }
        }
        ("", "Service") => {
            let balancer = path.field("loadBalancer");
            let addresses = items(&status["loadBalancer"], "ingress");
            if addresses.is_empty() || text(&new["spec"], "type") == "LoadBalancer" {
                address::of_balancer(&old["status"], status, &path, &mut found);
            } else {
                let detail = "may only be used when `spec.type` is 'LoadBalancer'";
                balancer.field("ingress").forbidden(&mut found, detail);
            }
        }
        ("networking.k8s.io", "Ingress") => {
            address::of_balancer(&old["status"], status, &path, &mut found);
        }
        ("", "Pod") => pod(old, new, &path, &mut found),
        ("", "PersistentVolumeClaim") => claim(status, &path, &mut found),
        ("apiextensions.k8s.io", _) => definition::status(status, &path, &mut found),
        ("", "ResourceQuota") => {
            for list in ["hard", "used"] {
                quota::amounts(status, list, &path, &mut found);
            }
        }
        ("batch", "Job") => job_status::check(old, new, &path, &mut found),
        ("", "Namespace") => {
            let going = field(&new["metadata"], "deletionTimestamp").is_some();
            let detail = match (going, text(status, "phase")) {
                (true, phase) if phase != "Terminating" => {
                    "may only be 'Terminating' if `deletionTimestamp` is not empty"
                }
                (false, phase) if phase != "Active" => {
                    "may only be 'Active' if `deletionTimestamp` is empty"
                }
                _ => return found,
            };
            // The server names the field as Go does.
            path.field("Phase")
                .invalid(&mut found, &Value::from(text(status, "phase")), detail);
        }
        ("policy", "PodDisruptionBudget") => {
            for name in [
                "disruptionsAllowed",
                "currentHealthy",
                "desiredHealthy",
                "expectedPods",
            ] {
                not_below_zero(status, name, &path, &mut found);
            }
            conditions(status, &path, &mut found);
        }
        ("autoscaling", "HorizontalPodAutoscaler") => {
            for name in ["currentReplicas", "desiredReplicas"] {
                not_below_zero(status, name, &path, &mut found);
            }
        }
        _ => {}
    }
    found
}

/// Conditions of the form that all kinds share.
fn conditions(status: &Value, path: &Path<'_>, found: &mut Found) {
    let (all, list) = (items(status, "conditions"), path.field("conditions"));
    for (at, condition) in all.iter().enumerate() {
        let path = list.index(at);
        let ty = text(condition, "type");
        if all[..at].iter().any(|before| text(before, "type") == ty) {
            path.field("type").duplicate(found, &Value::from(ty));
        }
        let wrong = names::label_key(ty);
        path.field("type")
            .invalid_each(found, &Value::from(ty), wrong);
        let state = text(condition, "status");
        if !matches!(state, "True" | "False" | "Unknown") {
            let allowed = ["False", "True", "Unknown"];
            path.field("status")
                .unsupported(found, &Value::from(state), &allowed);
        }
        for name in ["lastTransitionTime", "reason"] {
            if text(condition, name).is_empty() {
                path.field(name).required(found, "");
            }
        }
        reason(condition, &path, found);
    }
}

/// The reason of a condition is a word, and its message no book.
fn reason(condition: &Value, path: &Path<'_>, found: &mut Found) {
    let given = text(condition, "reason");
    let inner = given.trim_end_matches([',', ':']);
    let is_word = given.starts_with(|first: char| first.is_ascii_alphabetic())
        && inner.len() == given.len()
        && given
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"_,:".contains(&byte));
    if !given.is_empty() && !is_word {
        let detail = "a condition reason must start with alphabetic character, optionally followed by a string of alphanumeric characters or '_,:', and must end with an alphanumeric character or '_' (e.g. 'my_name',  or 'MY_NAME',  or 'MyName',  or 'ReasonA,ReasonB',  or 'ReasonA:ReasonB', regex used for validation is '[A-Za-z]([A-Za-z0-9_,:]*[A-Za-z0-9_])?')";
        path.field("reason")
            .invalid(found, &condition["reason"], detail);
    }
    for (name, most) in [("reason", 1024), ("message", 32 * 1024)] {
        if text(condition, name).len() > most {
            path.field(name).too_long(found, most as u64);
        }
    }
}

/// A pod's status. What its containers do is not judged.
fn pod(old: &Value, new: &Value, path: &Path<'_>, found: &mut Found) {
    let (before, after) = (&old["status"], &new["status"]);
    let node = text(after, "nominatedNodeName");
    if !node.is_empty() && node != text(before, "nominatedNodeName") {
        let path = path.field("nominatedNodeName");
        path.invalid_each(
            found,
            &after["nominatedNodeName"],
            names::dns1123_subdomain(node),
        );
        if !text(&old["spec"], "nodeName").is_empty() {
            let detail = "may not be set on pods that are already bound to a node";
            path.forbidden(found, detail);
        }
    }
    if before["qosClass"] != after["qosClass"] {
        let detail = "field is immutable";
        path.field("qosClass")
            .invalid(found, &after["qosClass"], detail);
    }
    pod_conditions(after, path, found);
    let claims = items(after, "resourceClaimStatuses");
    let list = path.field("resourceClaimStatuses");
    for (at, claim) in claims.iter().enumerate() {
        let name = text(claim, "name");
        let path = list.index(at);
        let named = |other: &Value| text(other, "name") == name;
        if !items(&new["spec"], "resourceClaims").iter().any(named) {
            let detail = "must match the name of an entry in `spec.resourceClaims`";
            path.field("name")
                .invalid(found, &Value::from(name), detail);
        }
        if claims[..at].iter().any(named) {
            path.field("name").duplicate(found, &Value::from(name));
        }
        if let Some(given) = field(claim, "resourceClaimName") {
            let wrong = names::dns1123_subdomain(given.as_str().unwrap_or_default());
            path.field("resourceClaimName")
                .invalid_each(found, given, wrong);
        }
    }
    extended(new, path, found);
    allocated(new, path, found);
    // An address and a list of them have the first in common.
    let first = items(after, "hostIPs").first();
    if let Some(first) = first.map(|first| text(first, "ip"))
        && first != text(after, "hostIP")
    {
        let list = path.field("hostIPs");
        list.index(0)
            .field("ip")
            .invalid(found, &Value::from(first), "must be equal to `hostIP`");
    }
    for list in ["podIPs", "hostIPs"] {
        address::listed(before, after, list, path, found);
    }
}

/// What others say of a pod has the name of a label; what the system says may have any.
fn pod_conditions(status: &Value, path: &Path<'_>, found: &mut Found) {
    let list = path.field("conditions");
    for (at, condition) in items(status, "conditions").iter().enumerate() {
        let path = list.index(at);
        if let Some(generation) = number(condition, "observedGeneration").filter(|it| *it < 0) {
            let detail = "must be a non-negative integer";
            path.field("observedGeneration")
                .invalid(found, &Value::from(generation), detail);
        }
        let ty = text(condition, "type");
        if !matches!(ty, "PodScheduled" | "Ready" | "Initialized") {
            // The server names the field as Go does.
            path.field("Type")
                .invalid_each(found, &Value::from(ty), names::label_key(ty));
        }
    }
}

/// A claim that stands for the extended resources of containers.
fn extended(pod: &Value, path: &Path<'_>, found: &mut Found) {
    let Some(claim) = field(&pod["status"], "extendedResourceClaimStatus") else {
        return;
    };
    let path = path.field("extendedResourceClaimStatus");
    let (all, list) = (
        items(claim, "requestMappings"),
        path.field("requestMappings"),
    );
    if all.is_empty() {
        list.required(found, "at least one request mapping is required");
    }
    let spec = &pod["spec"];
    for (at, mapping) in all.iter().enumerate() {
        let path_of = list.index(at);
        let name = text(mapping, "containerName");
        let resource = text(mapping, "resourceName");
        let mut containers = ["containers", "initContainers"]
            .into_iter()
            .flat_map(|list| items(spec, list));
        match containers.find(|container| text(container, "name") == name) {
            None => {
                let detail = "must match the name of an entry in spec.initContainers.name or spec.containers.name";
                path_of
                    .field("containerName")
                    .invalid(found, &Value::from(name), detail);
            }
            Some(container) if container["resources"]["requests"].get(resource).is_none() => {
                let detail = "must match the extended resource name of an entry in spec.initContainers.resources.requests or spec.containers.resources.requests";
                path_of
                    .field("resourceName")
                    .invalid(found, &Value::from(resource), detail);
            }
            Some(_) => {}
        }
        let request = text(mapping, "requestName");
        path.field("requestName").invalid_each(
            found,
            &Value::from(request),
            names::dns1123_label(request),
        );
        if all[..at].contains(mapping) {
            for name in ["containerName", "resourceName", "requestName"] {
                path_of.field(name).duplicate(found, &mapping[name]);
            }
        }
    }
    let name = text(claim, "resourceClaimName");
    let path = path.field("resourceClaimName");
    if name.is_empty() {
        path.required(found, "");
    } else {
        path.invalid_each(found, &Value::from(name), names::dns1123_subdomain(name));
    }
}

/// What containers got of the resources that they asked for.
fn allocated(pod: &Value, path: &Path<'_>, found: &mut Found) {
    for (statuses, containers) in [
        ("containerStatuses", "containers"),
        ("initContainerStatuses", "initContainers"),
    ] {
        let list = path.field(statuses);
        for (at, status) in items(&pod["status"], statuses).iter().enumerate() {
            let named = |container: &&Value| container["name"] == status["name"];
            let Some(container) = items(&pod["spec"], containers).iter().find(named) else {
                continue;
            };
            let path = list.index(at);
            let list = path.field("allocatedResourcesStatus");
            let all = items(status, "allocatedResourcesStatus");
            for (at, one) in all.iter().enumerate() {
                let name = text(one, "name");
                let claims = items(&container["resources"], "claims").iter();
                let mut claims = claims.map(|claim| match text(claim, "request") {
                    "" => format!("claim:{}", text(claim, "name")),
                    request => format!("claim:{}/{request}", text(claim, "name")),
                });
                let (is_there, detail) = if name.starts_with("claim:") {
                    (
                        claims.any(|claim| claim == name),
                        "must match one of the container's resource claims in a format 'claim:<claimName>/<request>' or 'claim:<claimName>' if request is empty",
                    )
                } else {
                    (
                        container["resources"]["requests"].get(name).is_some(),
                        "must match one of the container's resource requests",
                    )
                };
                if !is_there {
                    let path = list.index(at);
                    path.field("name")
                        .invalid(found, &Value::from(name), detail);
                }
                health(one, &list.index(at), found);
            }
        }
    }
    let list = path.field("ephemeralContainerStatuses");
    for (at, status) in items(&pod["status"], "ephemeralContainerStatuses")
        .iter()
        .enumerate()
    {
        if !items(status, "allocatedResourcesStatus").is_empty() {
            let path = list.index(at);
            path.field("allocatedResourcesStatus")
                .forbidden(found, "must not be specified in container status");
        }
    }
}

/// How single devices are.
fn health(one: &Value, path: &Path<'_>, found: &mut Found) {
    let (all, list) = (items(one, "resources"), path.field("resources"));
    for (at, device) in all.iter().enumerate() {
        let path = list.index(at);
        let given = text(device, "health");
        if !matches!(given, "Healthy" | "Unhealthy" | "Unknown") {
            let allowed = ["Healthy", "Unhealthy", "Unknown"];
            path.field("health")
                .unsupported(found, &Value::from(given), &allowed);
        }
        let id = &device["resourceID"];
        if all[..at].iter().any(|before| before["resourceID"] == *id) {
            path.field("resourceID").duplicate(found, id);
        }
    }
}

/// How far a claim's growing is.
fn claim(status: &Value, path: &Path<'_>, found: &mut Found) {
    const STATES: [&str; 5] = [
        "ControllerResizeInProgress",
        "ControllerResizeInfeasible",
        "NodeResizeInProgress",
        "NodeResizeInfeasible",
        "NodeResizePending",
    ];
    for list in ["allocatedResourceStatuses", "allocatedResources"] {
        let path = path.field(list);
        for (name, value) in entries(status, list) {
            let shown = Value::from(name.as_str());
            let wrong = names::label_key(name);
            let is_native = !name.contains('/') || name.contains("kubernetes.io/");
            let is_other = wrong.is_empty() && is_native && name != "storage";
            path.invalid_each(found, &shown, wrong);
            if is_other {
                path.unsupported(found, &shown, &["storage"]);
            }
            let known = value.as_str().is_some_and(|state| STATES.contains(&state));
            if list == "allocatedResourceStatuses" && !known {
                // The server shows the resource, and not its state.
                path.unsupported(found, &shown, &STATES);
            }
        }
    }
}

/// A counter, which may not be below zero.
pub(super) fn not_below_zero(status: &Value, name: &str, path: &Path<'_>, found: &mut Found) {
    if number(status, name).is_some_and(|number| number < 0) {
        path.field(name)
            .invalid(found, &status[name], "must be greater than or equal to 0");
    }
}

fn counted(row: &Counters, old: &Value, status: &Value, path: &Path<'_>, found: &mut Found) {
    for name in row.positive {
        not_below_zero(status, name, path, found);
    }
    let of = |name: &str| number(status, name).unwrap_or_default();
    for name in row.within {
        if of(name) > of("replicas") {
            path.field(name).invalid(
                found,
                &Value::from(of(name)),
                "cannot be greater than status.replicas",
            );
        }
    }
    if !row.within.is_empty() && of("availableReplicas") > of("readyReplicas") {
        path.field("availableReplicas")
            .invalid(found, &status["availableReplicas"], row.ready);
    }
    let had = number(old, "collisionCount");
    if had.is_some_and(|had| number(status, "collisionCount").is_none_or(|has| has < had)) {
        path.field("collisionCount").invalid(
            found,
            &Value::from(of("collisionCount")),
            "cannot be decremented",
        );
    }
}
