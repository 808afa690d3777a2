//! Pods and their templates. Source: `pkg/apis/core/validation/validation.go`, Kubernetes 1.36.

use serde_json::Value;

use super::look::{field, items, number, text};
use super::path::{Found, Path};
use super::volume::{self, Volumes};
use super::{affinity, container, meta, pod_settings, security_context};
use crate::names;

/// A pod template.
pub(super) fn template(template: &Value, path: &Path<'_>, found: &mut Found) {
    let template = if let Some(inner) = field(template, "template") {
        inner
    } else {
        template
    };
    meta::template(template, path, found);
    if let Some(spec) = field(template, "spec") {
        let path = path.field("spec");
        check(spec, &path, found);
        host_network(spec, false, &path, found);
        if !items(spec, "ephemeralContainers").is_empty() {
            let detail = "ephemeral containers not allowed in pod template";
            path.field("ephemeralContainers").forbidden(found, detail);
        }
    }
}

/// A pod itself.
pub(super) fn pod(spec: &Value, path: &Path<'_>, found: &mut Found) {
    check(spec, path, found);
    host_network(spec, true, path, found);
    for list in ["containers", "initContainers"] {
        let list_path = path.field(list);
        for (at, item) in items(spec, list).iter().enumerate() {
            container::of_pod(item, &list_path.index(at), found);
        }
    }
}

/// Containers for debugging come later, through an endpoint of their own; and so does the node of a
/// pod that waits.
pub(super) fn created(spec: &Value, path: &Path<'_>, found: &mut Found) {
    let gates = items(spec, "schedulingGates");
    if !gates.is_empty() && !text(spec, "nodeName").is_empty() {
        let detail = "cannot be set until all schedulingGates have been cleared";
        path.field("nodeName").forbidden(found, detail);
    }
    if !items(spec, "ephemeralContainers").is_empty() {
        path.field("ephemeralContainers")
            .forbidden(found, "cannot be set on create");
    }
}

/// `spec` of a pod.
fn check(spec: &Value, path: &Path<'_>, found: &mut Found) {
    let volumes = volume::check(spec, path, found);
    containers(spec, &volumes, path, found);
    debuggers(spec, &volumes, path, found);
    if number(spec, "terminationGracePeriodSeconds").is_some_and(|seconds| seconds < 0) {
        let value = &spec["terminationGracePeriodSeconds"];
        let path = path.field("terminationGracePeriodSeconds");
        path.invalid(found, value, "must be greater than or equal to 0");
    }
    let deadline = number(spec, "activeDeadlineSeconds");
    let most = i64::from(i32::MAX);
    if let Some(seconds) = deadline.filter(|seconds| !(1..=most).contains(seconds)) {
        let path = path.field("activeDeadlineSeconds");
        let detail = "must be between 1 and 2147483647, inclusive";
        path.invalid(found, &Value::from(seconds), detail);
    }
    for name in [
        "nodeName",
        "serviceAccountName",
        "priorityClassName",
        "runtimeClassName",
    ] {
        let value = text(spec, name);
        if !value.is_empty() || name == "runtimeClassName" && field(spec, name).is_some() {
            let wrong = names::dns1123_subdomain(value);
            path.field(name)
                .invalid_each(found, &Value::from(value), wrong);
        }
    }
    for name in ["hostname", "subdomain"] {
        let value = text(spec, name);
        if !value.is_empty() {
            path.field(name)
                .invalid_each(found, &Value::from(value), names::dns1123_label(value));
        }
    }
    const RESTARTS: [&str; 3] = ["Always", "OnFailure", "Never"];
    let policy = text(spec, "restartPolicy");
    if !policy.is_empty() && !RESTARTS.contains(&policy) {
        path.field("restartPolicy")
            .unsupported(found, &spec["restartPolicy"], &RESTARTS);
    }
    const DNS: [&str; 4] = ["ClusterFirstWithHostNet", "ClusterFirst", "Default", "None"];
    let policy = text(spec, "dnsPolicy");
    if !policy.is_empty() && !DNS.contains(&policy) {
        path.field("dnsPolicy")
            .unsupported(found, &spec["dnsPolicy"], &DNS);
    }
    if let Some(context) = field(spec, "securityContext") {
        security_context::of_pod(context, &path.field("securityContext"), found);
        security_context::kernel(spec, path, found);
    }
    meta::labels(spec, "nodeSelector", path, found);
    tolerations(spec, path, found);
    if let Some(affinity) = field(spec, "affinity") {
        affinity::check(affinity, &path.field("affinity"), found);
    }
    affinity::spread(spec, path, found);
    pod_settings::check(spec, path, found);
}

fn containers(spec: &Value, volumes: &Volumes<'_>, path: &Path<'_>, found: &mut Found) {
    let all = items(spec, "containers");
    if all.is_empty() {
        path.field("containers").required(found, "");
    }
    let mut names = Vec::new();
    for list in ["containers", "initContainers"] {
        let list_path = path.field(list);
        for (at, item) in items(spec, list).iter().enumerate() {
            let path = list_path.index(at);
            let name = text(item, "name");
            if names.contains(&name) {
                path.field("name").duplicate(found, &Value::from(name));
            } else if list == "containers" || !name.is_empty() {
                names.push(name);
            }
            let init = list == "initContainers" && text(item, "restartPolicy") != "Always";
            container::check(item, volumes, spec, init, &path, found);
        }
    }
    container::host_ports(all, &path.field("containers"), found);
}

/// Containers for debugging, which share nothing but the name with others.
fn debuggers(spec: &Value, volumes: &Volumes<'_>, path: &Path<'_>, found: &mut Found) {
    let (all, list) = (
        items(spec, "ephemeralContainers"),
        path.field("ephemeralContainers"),
    );
    let named = |others: &[Value], name: &str| others.iter().any(|one| text(one, "name") == name);
    for (at, debugger) in all.iter().enumerate() {
        let path = list.index(at);
        container::common(debugger, volumes, spec, &path, found);
        container::of_pod(debugger, &path, found);
        let name = text(debugger, "name");
        let is_other = |name: &str| {
            named(items(spec, "containers"), name) || named(items(spec, "initContainers"), name)
        };
        if named(&all[..at], name) || is_other(name) {
            path.field("name").duplicate(found, &Value::from(name));
        }
        let target = text(debugger, "targetContainerName");
        if !target.is_empty() && !is_other(target) {
            path.field("targetContainerName").not_found(found, target);
        }
        for name in [
            "ports",
            "livenessProbe",
            "readinessProbe",
            "startupProbe",
            "lifecycle",
            "resizePolicy",
            "restartPolicy",
        ] {
            if field(debugger, name).is_some() {
                let detail = "cannot be set for an Ephemeral Container";
                path.field(name).forbidden(found, detail);
            }
        }
        let empty = |value: &Value| value.as_object().is_none_or(serde_json::Map::is_empty);
        if field(debugger, "resources").is_some_and(|resources| !empty(resources)) {
            let detail = "cannot be set for an Ephemeral Container";
            path.field("resources").forbidden(found, detail);
        }
        let mounts = path.field("volumeMounts");
        for (at, mount) in items(debugger, "volumeMounts").iter().enumerate() {
            for name in ["subPath", "subPathExpr"] {
                if !text(mount, name).is_empty() {
                    let detail = "cannot be set for an Ephemeral Container";
                    mounts.index(at).field(name).forbidden(found, detail);
                }
            }
        }
    }
}

/// Containers in the network of their node have its ports. Of a template they may be left open.
fn host_network(spec: &Value, is_pod: bool, path: &Path<'_>, found: &mut Found) {
    if spec["hostNetwork"] != true {
        return;
    }
    let list = path.field("containers");
    for (at, container) in items(spec, "containers").iter().enumerate() {
        let path = list.index(at);
        let list = path.field("ports");
        for (at, port) in items(container, "ports").iter().enumerate() {
            let of = |name: &str| number(port, name).unwrap_or_default();
            let host = of("hostPort");
            if (is_pod || host != 0) && host != of("containerPort") {
                let detail = "must match `containerPort` when `hostNetwork` is true";
                let path = list.index(at);
                path.field("hostPort")
                    .invalid(found, &Value::from(host), detail);
            }
        }
    }
}

pub(super) fn tolerations(spec: &Value, path: &Path<'_>, found: &mut Found) {
    const EFFECTS: [&str; 3] = ["NoSchedule", "PreferNoSchedule", "NoExecute"];
    let list = path.field("tolerations");
    for (at, toleration) in items(spec, "tolerations").iter().enumerate() {
        let path = list.index(at);
        let (key, operator) = (text(toleration, "key"), text(toleration, "operator"));
        if key.is_empty() {
            if operator != "Exists" {
                let detail = "operator must be Exists when `key` is empty, which means \"match all values and all keys\"";
                path.field("operator")
                    .invalid(found, &Value::from(operator), detail);
            }
        } else {
            path.field("key")
                .invalid_each(found, &Value::from(key), names::label_key(key));
        }
        let value = text(toleration, "value");
        match operator {
            "" | "Equal" => {
                let wrong = names::label_value(value).join(";");
                if !wrong.is_empty() {
                    path.field("operator")
                        .invalid(found, &Value::from(value), &wrong);
                }
            }
            "Exists" if !value.is_empty() => {
                let detail = "value must be empty when `operator` is 'Exists'";
                path.field("operator")
                    .invalid(found, &toleration["value"], detail);
            }
            "Exists" => {}
            "Lt" | "Gt" => {
                let allowed = ["Equal", "Exists", "Lt", "Gt"];
                path.field("operator")
                    .unsupported(found, &toleration["operator"], &allowed);
            }
            _ => {
                path.field("operator").unsupported(
                    found,
                    &toleration["operator"],
                    &["Equal", "Exists"],
                );
            }
        }
        let effect = text(toleration, "effect");
        if field(toleration, "tolerationSeconds").is_some() && effect != "NoExecute" {
            let detail = "effect must be 'NoExecute' when `tolerationSeconds` is set";
            path.field("effect")
                .invalid(found, &Value::from(effect), detail);
        }
        if !effect.is_empty() && !EFFECTS.contains(&effect) {
            path.field("effect")
                .unsupported(found, &toleration["effect"], &EFFECTS);
        }
    }
}
