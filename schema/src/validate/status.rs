//! `status`, as its own endpoint takes it. Source: `Validate…StatusUpdate` in
//! `pkg/apis/*/validation/validation.go`, Kubernetes 1.36.

use serde_json::Value;

use super::look::{field, items, number, text};
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
    // Of one address a server makes the list.
    for (one, list) in [("podIP", "podIPs"), ("hostIP", "hostIPs")] {
        address::listed(before, after, one, list, path, found);
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
                &status[*name],
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
