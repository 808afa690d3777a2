//! Defaults of pods and their templates.

use serde_json::{Value, json};

use super::edit::{Fields, has, is_true, items, made, object, set, set_text, text};
use super::image;

const PERMISSIONS: i64 = 0o644;

/// `spec` of a pod or of a pod template.
pub(super) fn pod_spec(spec: &mut Fields) {
    set_text(spec, "dnsPolicy", "ClusterFirst");
    set_text(spec, "restartPolicy", "Always");
    set_text(spec, "schedulerName", "default-scheduler");
    set(spec, "securityContext", json!({}));
    set(spec, "terminationGracePeriodSeconds", 30);
    service_account(spec);
    for list in ["initContainers", "containers", "ephemeralContainers"] {
        items(spec, list).for_each(container);
    }
    items(spec, "volumes").for_each(volume);
}

/// The old name of the service account shadows the new one, and stands in for it.
fn service_account(spec: &mut Fields) {
    let name = match text(spec, "serviceAccountName") {
        "" => text(spec, "serviceAccount"),
        name => name,
    };
    if !name.is_empty() {
        let name = Value::from(name);
        spec.insert("serviceAccountName".to_owned(), name.clone());
        spec.insert("serviceAccount".to_owned(), name);
    }
}

/// What a pod has and a template has not.
pub(super) fn pod(spec: &mut Fields) {
    set(spec, "enableServiceLinks", true);
    let host_network = is_true(spec, "hostNetwork");
    for list in ["initContainers", "containers"] {
        for container in items(spec, list) {
            requests_from_limits(container);
            if host_network {
                items(container, "ports").for_each(|port| {
                    if let Some(number) = port.get("containerPort").cloned() {
                        set(port, "hostPort", number);
                    }
                });
            }
        }
    }
}

/// A limit without a request is a request too.
fn requests_from_limits(container: &mut Fields) {
    let Some(resources) = object(container, "resources") else {
        return;
    };
    let Some(limits) = object(resources, "limits").map(|limits| limits.clone()) else {
        return;
    };
    let Some(requests) = made(resources, "requests") else {
        return;
    };
    for (name, limit) in limits {
        set(requests, &name, limit);
    }
}

fn container(container: &mut Fields) {
    let policy = pull_policy(text(container, "image"));
    set_text(container, "imagePullPolicy", policy);
    set_text(container, "terminationMessagePath", "/dev/termination-log");
    set_text(container, "terminationMessagePolicy", "File");
    for name in ["livenessProbe", "readinessProbe", "startupProbe"] {
        if let Some(probe) = object(container, name) {
            set(probe, "timeoutSeconds", 1);
            set(probe, "periodSeconds", 10);
            set(probe, "successThreshold", 1);
            set(probe, "failureThreshold", 3);
            http_get(probe);
        }
    }
    if let Some(lifecycle) = object(container, "lifecycle") {
        for name in ["postStart", "preStop"] {
            if let Some(hook) = object(lifecycle, name) {
                http_get(hook);
            }
        }
    }
    for variable in items(container, "env") {
        if let Some(source) = object(variable, "valueFrom") {
            references(source);
        }
    }
}

/// `Always` for what may be another image tomorrow. What is no name of an image is never that.
fn pull_policy(image: &str) -> &'static str {
    match image::tag(image) {
        Some("latest") => "Always",
        _ => "IfNotPresent",
    }
}

fn http_get(handler: &mut Fields) {
    if let Some(get) = object(handler, "httpGet") {
        set_text(get, "path", "/");
        set_text(get, "scheme", "HTTP");
    }
}

fn volume(volume: &mut Fields) {
    if volume.len() == 1 && volume.contains_key("name") {
        volume.insert("emptyDir".to_owned(), json!({}));
    }
    for name in ["secret", "configMap", "projected", "downwardAPI"] {
        if let Some(source) = object(volume, name) {
            set(source, "defaultMode", PERMISSIONS);
        }
    }
    if let Some(source) = object(volume, "downwardAPI") {
        files(source);
    }
    if let Some(source) = object(volume, "projected") {
        for part in items(source, "sources") {
            if let Some(token) = object(part, "serviceAccountToken") {
                set(token, "expirationSeconds", 3600);
            }
            if let Some(source) = object(part, "downwardAPI") {
                files(source);
            }
        }
    }
    if let Some(source) = object(volume, "hostPath") {
        set(source, "type", "");
    }
    if let Some(source) = object(volume, "image") {
        let policy = pull_policy(text(source, "reference"));
        set_text(source, "pullPolicy", policy);
    }
    let claim = object(volume, "ephemeral").and_then(|e| object(e, "volumeClaimTemplate"));
    if let Some(spec) = claim.and_then(|claim| object(claim, "spec")) {
        claim_spec(spec);
    }
}

fn files(source: &mut Fields) {
    items(source, "items").for_each(references);
}

/// References to fields of the pod itself.
fn references(source: &mut Fields) {
    if let Some(field) = object(source, "fieldRef") {
        set_text(field, "apiVersion", "v1");
    }
    if let Some(field) = object(source, "resourceFieldRef") {
        set(field, "divisor", "0");
    }
}

/// `spec` of a volume claim.
pub(super) fn claim_spec(spec: &mut Fields) {
    set(spec, "volumeMode", "Filesystem");
    for name in ["dataSource", "dataSourceRef"] {
        if let Some(source) = object(spec, name) {
            // Go prints the group although it is not there.
            source.entry("apiGroup").or_insert(Value::Null);
        }
    }
}

/// A volume claim.
pub(super) fn claim(claim: &mut Fields) {
    if let Some(spec) = made(claim, "spec") {
        claim_spec(spec);
    }
    if let Some(status) = made(claim, "status") {
        set_text(status, "phase", "Pending");
    }
}

/// The pod template inside some `spec`.
pub(super) fn template(spec: &mut Fields) {
    if let Some(template) = made(spec, "template")
        && let Some(spec) = made(template, "spec")
    {
        pod_spec(spec);
    }
}

/// The labels of the pod template inside some `spec`.
pub(super) fn template_labels(spec: &Fields) -> Option<Value> {
    let labels = spec.get("template")?.pointer("/metadata/labels")?;
    has(labels.as_object()?, labels.as_object()?.keys().next()?).then(|| labels.clone())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_that_may_move_are_always_pulled() {
        for (image, policy) in [
            ("nginx", "Always"),
            ("nginx:latest", "Always"),
            ("nginx:1.27", "IfNotPresent"),
            ("registry:5000/nginx", "Always"),
            ("registry:5000/nginx:1", "IfNotPresent"),
            ("nginx@sha256:abc", "IfNotPresent"),
            ("", "IfNotPresent"),
            ("Not Valid!", "IfNotPresent"),
            ("registry.example/App", "IfNotPresent"),
            ("REGISTRY.example/app", "Always"),
        ] {
            assert_eq!(pull_policy(image), policy, "{image}");
        }
    }
}
