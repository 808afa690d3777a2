//! What the storage of some kinds does with an object, whoever writes it: what only the server
//! counts, and what it does not take. It comes after the managers are noted, who keep what they
//! said. Source: `PrepareForCreate` and `PrepareForUpdate` of `pkg/registry/**/strategy.go`,
//! Kubernetes 1.36.

use crate::facts::{self, TEMPLATE_GENERATION};
use crate::kinds::Served;
use crate::nothing;
use serde_json::{Value, json};

/// Fields behind feature gates that are off in 1.36, by group and kind: they are dropped.
const SWITCHED_OFF: [(&str, &str, &str); 4] = [
    ("", "Pod", "/status/nodeAllocatableResourceClaimStatuses"),
    ("coordination.k8s.io", "Lease", "/spec/preferredHolder"),
    ("coordination.k8s.io", "Lease", "/spec/strategy"),
    (
        "apps",
        "StatefulSet",
        "/spec/updateStrategy/rollingUpdate/maxUnavailable",
    ),
];

/// An object as its kind's inner form reads it, before its managers are noted.
pub(super) fn read(kind: &Served, object: &mut Value) {
    if kind.group == "apps"
        && kind.kind == "DaemonSet"
        && object["metadata"]["annotations"][TEMPLATE_GENERATION].is_null()
    {
        count_templates(object, 0);
    }
}

/// A new object as it is stored.
pub(super) fn created(kind: &Served, object: &mut Value) {
    if kind.is_custom() {
        return;
    }
    switch_off(kind, object);
    match (kind.group.as_ref(), kind.kind.as_ref()) {
        ("", "ServiceAccount") => names_alone(object),
        ("", "PersistentVolumeClaim") if object["spec"].is_object() => {
            sources(None, &mut object["spec"]);
        }
        ("apps", "DaemonSet") => count_templates(object, 1),
        ("apiextensions.k8s.io", "CustomResourceDefinition") => {
            let stored: Vec<Value> = storage_version(object).into_iter().collect();
            object["status"]["storedVersions"] = json!(stored);
        }
        _ => {}
    }
}

/// A changed object as it is stored.
pub(super) fn updated(kind: &Served, subresource: &str, old: &Value, object: &mut Value) {
    if kind.is_custom() {
        return;
    }
    switch_off(kind, object);
    match (kind.group.as_ref(), kind.kind.as_ref()) {
        ("", "Namespace") => {
            object["spec"]["finalizers"] = old["spec"]["finalizers"].clone();
        }
        ("", "Pod")
            if object["status"]["qosClass"]
                .as_str()
                .is_none_or(str::is_empty) =>
        {
            if let Some(status) = object["status"].as_object_mut() {
                status.insert("qosClass".into(), old["status"]["qosClass"].clone());
            }
        }
        ("", "ServiceAccount") => names_alone(object),
        ("", "PersistentVolumeClaim") if subresource.is_empty() && object["spec"].is_object() => {
            sources(Some(&old["spec"]), &mut object["spec"]);
        }
        ("apps", "DaemonSet") => {
            let had = &old["metadata"]["annotations"][TEMPLATE_GENERATION];
            let had: u64 = had.as_str().and_then(|had| had.parse().ok()).unwrap_or(1);
            let same = old["spec"]["template"] == object["spec"]["template"];
            count_templates(object, if same { had } else { had + 1 });
        }
        ("apiextensions.k8s.io", "CustomResourceDefinition") if subresource.is_empty() => {
            let wanted = storage_version(object);
            let stored = object["status"]["storedVersions"].as_array();
            let mut stored = stored.cloned().unwrap_or_default();
            if let Some(wanted) = wanted.filter(|wanted| !stored.contains(wanted)) {
                stored.push(wanted);
                object["status"]["storedVersions"] = stored.into();
            }
        }
        _ => {}
    }
}

/// The version in which the objects of a definition are kept.
fn storage_version(definition: &Value) -> Option<Value> {
    let versions = definition["spec"]["versions"].as_array()?;
    let stored = versions.iter().find(|version| version["storage"] == true)?;
    Some(stored["name"].clone())
}

fn switch_off(kind: &Served, object: &mut Value) {
    if let Some(spec) = pod_spec(kind, object) {
        forget_signals(spec);
    }
    for (group, name, pointer) in SWITCHED_OFF {
        if kind.group == group
            && kind.kind == name
            && let Some((above, field)) = pointer.rsplit_once('/')
            && let Some(fields) = object.pointer_mut(above).and_then(Value::as_object_mut)
        {
            fields.remove(field);
        }
    }
}

/// Where kinds keep the `spec` of a pod.
fn pod_spec<'v>(kind: &Served, object: &'v mut Value) -> Option<&'v mut Value> {
    let pointer = match (kind.group.as_ref(), kind.kind.as_ref()) {
        ("", "Pod") => "/spec",
        ("", "PodTemplate") => "/template/spec",
        ("apps" | "batch" | "", _) if kind.kind == "CronJob" => {
            "/spec/jobTemplate/spec/template/spec"
        }
        ("apps" | "batch", _) | ("", "ReplicationController") => "/spec/template/spec",
        _ => return None,
    };
    object.pointer_mut(pointer)
}

/// The signal by which a container is stopped is that of its image, whatever it says: a switch
/// that is off, with what has nothing else in it.
fn forget_signals(spec: &mut Value) {
    for list in ["containers", "initContainers"] {
        let containers = spec.get_mut(list).and_then(Value::as_array_mut);
        for container in containers
            .into_iter()
            .flatten()
            .filter_map(Value::as_object_mut)
        {
            let lifecycle = container
                .get_mut("lifecycle")
                .and_then(Value::as_object_mut);
            let Some(lifecycle) = lifecycle else { continue };
            let had = lifecycle.remove("stopSignal").is_some();
            if had && lifecycle.is_empty() {
                container.remove("lifecycle");
            }
        }
    }
}

/// What a claim is filled from, under both of its names. What is no claim and no snapshot is
/// forgotten, unless it is there already or told by the new name.
fn sources(old: Option<&Value>, spec: &mut Value) {
    const OLD: &str = "dataSource";
    const NEW: &str = "dataSourceRef";
    let has = |spec: &Value, name: &str| !spec[name].is_null();
    let in_use = old.is_some_and(|old| has(old, OLD) || has(old, NEW));
    let elsewhere = |spec: &Value| {
        let namespace = spec[NEW]["namespace"].as_str();
        namespace.is_some_and(|namespace| !namespace.is_empty())
    };
    // What stands in another namespace is told by a switch that is off.
    if elsewhere(spec)
        && !old.is_some_and(|old| has(old, NEW))
        && let Some(spec) = spec.as_object_mut()
    {
        spec.remove(NEW);
    }
    if !in_use && !has(spec, NEW) && has(spec, OLD) {
        let text = |name: &str| spec[OLD][name].as_str().unwrap_or_default();
        let known = [
            ("", "PersistentVolumeClaim"),
            ("snapshot.storage.k8s.io", "VolumeSnapshot"),
        ];
        if !known.contains(&(text("apiGroup"), text("kind")))
            && let Some(spec) = spec.as_object_mut()
        {
            spec.remove(OLD);
        }
    }
    if has(spec, OLD) && !has(spec, NEW) {
        spec[NEW] = spec[OLD].clone();
    } else if has(spec, NEW) && !has(spec, OLD) && !elsewhere(spec) {
        spec[OLD] = spec[NEW].clone();
        if let Some(source) = spec[OLD].as_object_mut() {
            source.remove("namespace");
        }
    }
}

/// A service account knows secrets by their names alone.
fn names_alone(object: &mut Value) {
    let secrets = object.get_mut("secrets").and_then(Value::as_array_mut);
    let secrets = secrets.into_iter().flatten();
    for secret in secrets.filter_map(Value::as_object_mut) {
        secret.retain(|field, _| field == "name");
    }
}

/// An object as it is read again from where it was stored. What is never stored stays as it was
/// written. Says whether reading filled in what is not stored.
pub(super) fn stored(kind: &Served, object: &mut Value) -> bool {
    if kind.is_custom() {
        // Whatever was written, and through whichever endpoint: defaults are filled in at reading.
        let written = object.clone();
        facts::defaults(kind, object);
        return *object != written;
    }
    match (kind.group.as_ref(), kind.kind.as_ref()) {
        ("rbac.authorization.k8s.io", "Role" | "ClusterRole")
            if object["rules"].as_array().is_some_and(Vec::is_empty) =>
        {
            object["rules"] = Value::Null;
        }
        _ => {}
    }
    nothing::read_bytes(kind, object)
}

/// What reading does not show of an object that is stored, as a JSON pointer.
pub(crate) fn unread(object: &Value) -> Option<&'static str> {
    // Once it was set by default where it means nothing.
    let is_alias = object["kind"] == "Service" && object["spec"]["type"] == "ExternalName";
    (is_alias && object["apiVersion"] == "v1").then_some("/spec/internalTrafficPolicy")
}

/// Whether a new object is stored without a default that only reading fills in: its first write
/// stores that, even one that changes nothing else.
pub(super) fn is_short(kind: &Served, object: &Value) -> bool {
    match (kind.group.as_ref(), kind.kind.as_ref()) {
        ("", "PersistentVolumeClaim") => true,
        ("batch", "Job") => {
            let labels = object["metadata"]["labels"].as_object();
            labels.is_none_or(serde_json::Map::is_empty)
        }
        _ => false,
    }
}

fn count_templates(object: &mut Value, count: u64) {
    object["metadata"]["annotations"][TEMPLATE_GENERATION] = count.to_string().into();
}
