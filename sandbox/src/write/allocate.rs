//! What the server itself puts into new objects of some kinds: addresses, selectors, first states.

use super::service;
use crate::world::World;
use infra_schema::kind::Kind;
use serde_json::{Map, Value, json};

/// Fills in what the server decides about a new object of a built-in kind. `is_named` tells one
/// whose name the client chose.
pub(super) fn allocate(world: &mut World, kind: &Kind, is_named: bool, object: &mut Value) {
    match (kind.group.as_ref(), kind.kind.as_ref()) {
        ("", "Namespace") => hold(object),
        ("", "Service") => service::allocate(world, object, true),
        ("batch", "Job") => job(object, is_named),
        _ => {}
    }
    let is_bare = match &object["status"] {
        Value::Object(map) => map.is_empty(),
        status => status.is_null(),
    };
    if kind.subresource("status").is_some() && is_bare {
        object["status"] = first_status(kind, object);
    }
}

/// The status an object is born with. A typed server prints its counters as zeros.
fn first_status(kind: &Kind, object: &Value) -> Value {
    match (kind.group.as_ref(), kind.kind.as_ref()) {
        ("", "Namespace") => json!({"phase": "Active"}),
        ("", "Pod") => pod_status(object),
        ("", "PersistentVolume" | "PersistentVolumeClaim") => json!({"phase": "Pending"}),
        ("", "Service") | ("networking.k8s.io", "Ingress") => json!({"loadBalancer": {}}),
        ("apps", "ReplicaSet") | ("", "ReplicationController") => json!({"replicas": 0}),
        ("apps", "StatefulSet") => json!({"replicas": 0, "availableReplicas": 0}),
        ("apps", "DaemonSet") => json!({
            "currentNumberScheduled": 0, "desiredNumberScheduled": 0,
            "numberMisscheduled": 0, "numberReady": 0,
        }),
        ("autoscaling", "HorizontalPodAutoscaler") => {
            json!({"currentMetrics": null, "desiredReplicas": 0})
        }
        ("policy", "PodDisruptionBudget") => json!({
            "currentHealthy": 0, "desiredHealthy": 0, "disruptionsAllowed": 0, "expectedPods": 0,
        }),
        _ => json!({}),
    }
}

fn pod_status(pod: &Value) -> Value {
    let mut status = json!({"phase": "Pending", "qosClass": quality_of_service(pod)});
    let gates = pod["spec"]["schedulingGates"].as_array();
    if gates.is_some_and(|gates| !gates.is_empty()) {
        status["conditions"] = json!([{
            "type": "PodScheduled", "status": "False", "reason": "SchedulingGated",
            "message": "Scheduling is blocked due to non-empty scheduling gates",
            "lastTransitionTime": pod["metadata"]["creationTimestamp"],
        }]);
    }
    status
}

/// A pod's class: `Guaranteed` when every container's requests equal its limits for processor and
/// memory, `BestEffort` when none has any, else `Burstable`.
fn quality_of_service(pod: &Value) -> &'static str {
    let containers = ["containers", "initContainers"]
        .into_iter()
        .flat_map(|list| pod["spec"][list].as_array().into_iter().flatten());
    let containers: Vec<&Value> = match &pod["spec"]["resources"] {
        // What is given for the whole pod counts alone.
        whole if whole["requests"].is_object() || whole["limits"].is_object() => vec![whole],
        _ => containers
            .map(|container| &container["resources"])
            .collect(),
    };
    let (mut any, mut guaranteed) = (false, true);
    for resources in containers {
        for resource in ["cpu", "memory"] {
            let (request, limit) = (
                &resources["requests"][resource],
                &resources["limits"][resource],
            );
            any |= !request.is_null() || !limit.is_null();
            guaranteed &= !limit.is_null() && (request.is_null() || request == limit);
        }
    }
    match (any, guaranteed) {
        (false, _) => "BestEffort",
        (true, true) => "Guaranteed",
        (true, false) => "Burstable",
    }
}

/// A namespace stays until its content is gone, and whatever else its maker waits for.
fn hold(namespace: &mut Value) {
    let held = namespace["spec"]["finalizers"].as_array();
    let mut held = held.cloned().unwrap_or_default();
    if !held.iter().any(|finalizer| finalizer == "kubernetes") {
        held.push("kubernetes".into());
    }
    namespace["spec"]["finalizers"] = held.into();
}

/// A job finds its pods by its uid, unless it brings a selector of its own.
fn job(job: &mut Value, is_named: bool) {
    if job["spec"]["manualSelector"] == true {
        return;
    }
    let uid = job["metadata"]["uid"].clone();
    let name = job["metadata"]["name"].clone();
    // A job without labels of its own shares those of its template, with what is added to them; but
    // where a name has to be found, each try works on a copy of its own.
    let own = job["metadata"]["labels"].as_object();
    let shares = is_named
        && own.is_some_and(|labels| !labels.is_empty())
        && job["metadata"]["labels"] == job["spec"]["template"]["metadata"]["labels"];
    let template = &mut job["spec"]["template"];
    if template["metadata"].is_null() {
        template["metadata"] = json!({});
    }
    if template["metadata"]["labels"].is_null() {
        template["metadata"]["labels"] = Value::Object(Map::new());
    }
    if let Some(labels) = template["metadata"]["labels"].as_object_mut() {
        for (label, value) in [
            ("batch.kubernetes.io/controller-uid", &uid),
            ("batch.kubernetes.io/job-name", &name),
            ("controller-uid", &uid),
            ("job-name", &name),
        ] {
            // What stands there already is judged later.
            labels
                .entry(label.to_owned())
                .or_insert_with(|| value.clone());
        }
    }
    if shares {
        job["metadata"]["labels"] = job["spec"]["template"]["metadata"]["labels"].clone();
    }
    let selector = &mut job["spec"]["selector"];
    if selector["matchLabels"].is_null() {
        selector["matchLabels"] = json!({});
    }
    if let Some(labels) = selector["matchLabels"].as_object_mut() {
        labels
            .entry("batch.kubernetes.io/controller-uid")
            .or_insert(uid);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quality_of_service_follows_requests_and_limits() {
        let pod = |resources: Value| json!({"spec": {"containers": [{"resources": resources}]}});
        let whole = json!({"spec": {"resources": {"requests": {"cpu": "1"}}, "containers": [{}]}});
        assert_eq!(quality_of_service(&whole), "Burstable");
        for (resources, class) in [
            (json!({}), "BestEffort"),
            (json!({"requests": {"cpu": "1"}}), "Burstable"),
            (
                json!({"limits": {"cpu": "1"}, "requests": {"cpu": "1"}}),
                "Burstable",
            ),
            (
                json!({"limits": {"cpu": "1", "memory": "1Gi"}, "requests": {"cpu": "1", "memory": "1Gi"}}),
                "Guaranteed",
            ),
        ] {
            assert_eq!(
                quality_of_service(&pod(resources.clone())),
                class,
                "{resources}"
            );
        }
    }
}
