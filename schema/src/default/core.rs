//! Defaults of the core group.

use serde_json::{Map, Value, json};

use super::edit::{Fields, base64, has, items, made, object, set, set_text, text, within};
use super::pod::{claim, pod, pod_spec, template, template_labels};

pub(super) fn defaults(kind: &str, value: &mut Value) {
    let Some(fields) = value.as_object_mut() else {
        return;
    };
    match kind {
        "Pod" => {
            if let Some(spec) = object(fields, "spec") {
                pod_spec(spec);
                pod(spec);
            }
            if let Some(status) = object(fields, "status") {
                pod_addresses(status);
            }
        }
        "PodTemplate" => {
            if let Some(spec) = object(fields, "template").and_then(|t| object(t, "spec")) {
                pod_spec(spec);
            }
        }
        "ReplicationController" => replication_controller(value),
        "Service" => service(fields),
        "Secret" => secret(fields),
        "Namespace" => namespace(fields),
        "PersistentVolumeClaim" => claim(fields),
        "PersistentVolume" => {
            if let Some(spec) = object(fields, "spec") {
                set_text(spec, "persistentVolumeReclaimPolicy", "Retain");
                set(spec, "volumeMode", "Filesystem");
                if let Some(source) = object(spec, "hostPath") {
                    set(source, "type", "");
                }
            }
            phase(fields, "Pending");
        }
        "Endpoints" => items(fields, "subsets").for_each(|subset| {
            items(subset, "ports").for_each(|port| set_text(port, "protocol", "TCP"));
        }),
        "LimitRange" => {
            if let Some(spec) = object(fields, "spec") {
                items(spec, "limits").for_each(limit);
            }
        }
        "Node" => {
            if let Some(status) = object(fields, "status")
                && let Some(capacity) = status.get("capacity").cloned()
            {
                set(status, "allocatable", capacity);
            }
        }
        _ => {}
    }
}

/// A pod's address is the first of its list; where they differ, it makes the list.
fn pod_addresses(status: &mut Fields) {
    let address = text(status, "podIP").to_owned();
    let first = items(status, "podIPs").next();
    let first = first.map(|first| text(first, "ip").to_owned());
    if first.as_ref() == Some(&address) {
        return;
    }
    if !address.is_empty() {
        status.insert("podIPs".to_owned(), json!([{"ip": address}]));
    } else if let Some(first) = first {
        set_text(status, "podIP", &first);
    }
}

fn phase(fields: &mut Fields, phase: &str) {
    if let Some(status) = made(fields, "status") {
        set_text(status, "phase", phase);
    }
}

fn replication_controller(value: &mut Value) {
    let Some(spec) = within(value, &["spec"]) else {
        return;
    };
    set(spec, "replicas", 1);
    template(spec);
    let Some(labels) = template_labels(spec) else {
        return;
    };
    if !has(spec, "selector") {
        spec.insert("selector".to_owned(), labels.clone());
    }
    if let Some(metadata) = value
        .as_object_mut()
        .and_then(|fields| made(fields, "metadata"))
        && !has(metadata, "labels")
    {
        metadata.insert("labels".to_owned(), labels);
    }
}

fn service(fields: &mut Fields) {
    let balancer = object(fields, "status").and_then(|status| object(status, "loadBalancer"));
    if let Some(balancer) = balancer {
        for address in items(balancer, "ingress").filter(|address| has(address, "ip")) {
            set(address, "ipMode", "VIP");
        }
    }
    let Some(spec) = object(fields, "spec") else {
        return;
    };
    set_text(spec, "sessionAffinity", "None");
    if text(spec, "sessionAffinity") == "ClientIP" {
        let config = made(spec, "sessionAffinityConfig");
        if let Some(client) = config.and_then(|config| made(config, "clientIP")) {
            set(client, "timeoutSeconds", 10800);
        }
    } else {
        spec.remove("sessionAffinityConfig");
    }
    set_text(spec, "type", "ClusterIP");
    for port in items(spec, "ports") {
        set_text(port, "protocol", "TCP");
        let unset = match port.get("targetPort") {
            None | Some(Value::Null) => true,
            Some(target) => target == &json!(0) || target == &json!(""),
        };
        if unset && let Some(number) = port.get("port").cloned() {
            port.insert("targetPort".to_owned(), number);
        }
    }
    let kind = text(spec, "type").to_owned();
    let outside = matches!(kind.as_str(), "NodePort" | "LoadBalancer") || has(spec, "externalIPs");
    if outside && kind != "ExternalName" {
        set_text(spec, "externalTrafficPolicy", "Cluster");
    }
    if kind != "ExternalName" {
        set(spec, "internalTrafficPolicy", "Cluster");
    }
    if kind == "LoadBalancer" {
        set(spec, "allocateLoadBalancerNodePorts", true);
    }
}

/// Plain values are a way in only: they are kept as bytes.
fn secret(fields: &mut Fields) {
    if let Some(Value::Object(plain)) = fields.remove("stringData")
        && let Some(data) = made(fields, "data")
    {
        for (name, value) in plain {
            if let Value::String(text) = value {
                data.insert(name, Value::from(base64(text.as_bytes())));
            }
        }
    }
    set_text(fields, "type", "Opaque");
}

fn namespace(fields: &mut Fields) {
    phase(fields, "Active");
    let Some(metadata) = object(fields, "metadata") else {
        return;
    };
    let name = text(metadata, "name").to_owned();
    if !name.is_empty()
        && let Some(labels) = made(metadata, "labels")
    {
        labels.insert("kubernetes.io/metadata.name".to_owned(), Value::from(name));
    }
}

/// A limit for containers: a maximum is the default limit, which is the default request.
fn limit(item: &mut Fields) {
    if text(item, "type") != "Container" {
        return;
    }
    let of = |item: &Fields, name: &str| -> Map<String, Value> {
        item.get(name)
            .and_then(Value::as_object)
            .cloned()
            .unwrap_or_default()
    };
    for (name, from) in [
        ("default", "max"),
        ("defaultRequest", "default"),
        ("defaultRequest", "min"),
    ] {
        let source = of(item, from);
        if let Some(target) = made(item, name) {
            source
                .into_iter()
                .for_each(|(resource, amount)| set(target, &resource, amount));
        }
    }
    item.retain(|_, value| value.as_object().is_none_or(|amounts| !amounts.is_empty()));
}
