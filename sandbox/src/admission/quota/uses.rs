//! What objects use of the resources that quotas know, and which objects a quota is about.

use super::super::usage::{Amounts, containers, of_pod};
use infra_schema::quantity::Quantity;
use serde_json::{Value, json};

/// Kinds whose number a quota can bound by their plural alone.
const COUNTED: [(&str, &str); 7] = [
    ("ConfigMap", "configmaps"),
    ("PersistentVolumeClaim", "persistentvolumeclaims"),
    ("Pod", "pods"),
    ("ReplicationController", "replicationcontrollers"),
    ("ResourceQuota", "resourcequotas"),
    ("Secret", "secrets"),
    ("Service", "services"),
];

/// What one object uses of every resource that quotas know.
pub(super) fn usage(group: &str, kind: &str, plural: &str, object: &Value) -> Amounts {
    let mut used = Amounts::default();
    let one = Quantity::from(1);
    let qualified = if group.is_empty() {
        plural.to_owned()
    } else {
        format!("{plural}.{group}")
    };
    if group.is_empty() && kind == "Pod" && is_over(object) {
        // A pod that has ended uses nothing; it still counts among the objects.
        used.add("count/pods", one);
        return used;
    }
    used.add(&format!("count/{qualified}"), one);
    if !group.is_empty() {
        return used;
    }
    if let Some((_, name)) = COUNTED.iter().find(|(known, _)| *known == kind) {
        used.add(name, one);
    }
    match kind {
        "Pod" => add_pod(&mut used, object),
        "Service" => add_service(&mut used, object),
        "PersistentVolumeClaim" => add_claim(&mut used, object),
        _ => {}
    }
    used
}

fn is_over(pod: &Value) -> bool {
    matches!(
        pod["status"]["phase"].as_str(),
        Some("Succeeded" | "Failed")
    )
}

fn add_pod(used: &mut Amounts, pod: &Value) {
    for (name, amount) in of_pod(pod, "requests").iter() {
        used.add(&format!("requests.{name}"), *amount);
        if matches!(name, "cpu" | "memory" | "ephemeral-storage") {
            used.add(name, *amount);
        }
    }
    for (name, amount) in of_pod(pod, "limits").iter() {
        used.add(&format!("limits.{name}"), *amount);
    }
}

fn add_service(used: &mut Amounts, service: &Value) {
    let ports = service["spec"]["ports"].as_array().map_or(0, Vec::len) as i64;
    match service["spec"]["type"].as_str() {
        Some("NodePort") => used.add("services.nodeports", ports.into()),
        Some("LoadBalancer") => {
            used.add("services.loadbalancers", 1.into());
            if service["spec"]["allocateLoadBalancerNodePorts"] != false {
                used.add("services.nodeports", ports.into());
            }
        }
        _ => {}
    }
}

fn add_claim(used: &mut Amounts, claim: &Value) {
    let class = claim["spec"]["storageClassName"]
        .as_str()
        .unwrap_or_default();
    let of_class = |what: &str| format!("{class}.storageclass.storage.k8s.io/{what}");
    if !class.is_empty() {
        used.add(&of_class("persistentvolumeclaims"), 1.into());
    }
    if let Some(storage) = Amounts::of(&claim["spec"]["resources"]["requests"]).get("storage") {
        used.add("requests.storage", *storage);
        if !class.is_empty() {
            used.add(&of_class("requests.storage"), *storage);
        }
    }
}

/// Whether a quota with scopes is about this object: only pods have any.
pub(super) fn covers(quota: &Value, kind: &str, object: &Value) -> bool {
    let plain = quota["spec"]["scopes"].as_array().into_iter().flatten();
    let plain = plain.map(|scope| json!({"scopeName": scope, "operator": "Exists"}));
    let selected = quota["spec"]["scopeSelector"]["matchExpressions"].as_array();
    let scopes: Vec<Value> = plain
        .chain(selected.into_iter().flatten().cloned())
        .collect();
    if scopes.is_empty() {
        return true;
    }
    kind == "Pod" && scopes.iter().all(|scope| in_scope(scope, object))
}

fn in_scope(scope: &Value, pod: &Value) -> bool {
    let limited = pod["spec"]["activeDeadlineSeconds"].is_number();
    let resources = |part: &str| {
        containers(pod).any(|container| {
            container["resources"][part]
                .as_object()
                .is_some_and(|map| !map.is_empty())
        })
    };
    let best_effort = !resources("requests") && !resources("limits");
    match scope["scopeName"].as_str() {
        Some("BestEffort") => best_effort,
        Some("NotBestEffort") => !best_effort,
        Some("Terminating") => limited,
        Some("NotTerminating") => !limited,
        Some("PriorityClass") => {
            let class = &pod["spec"]["priorityClassName"];
            let among = scope["values"]
                .as_array()
                .is_some_and(|values| values.contains(class));
            match scope["operator"].as_str() {
                Some("In") => among,
                Some("NotIn") => !among,
                Some("DoesNotExist") => class.is_null(),
                _ => !class.is_null(),
            }
        }
        _ => false,
    }
}
