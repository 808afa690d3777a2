//! Pods and their templates.

use std::collections::BTreeSet;

use serde_json::Value;

use super::look::{entries, field, items, number, text};
use super::path::{Found, Path};
use super::{affinity, container, meta, quota, volume};
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
        let ephemeral = items(spec, "ephemeralContainers");
        let list = path.field("ephemeralContainers");
        if !ephemeral.is_empty() {
            list.forbidden(found, "ephemeral containers not allowed in pod template");
        }
        for (at, container) in ephemeral.iter().enumerate() {
            let path = list.index(at);
            if text(container, "image").is_empty() {
                path.field("image").required(found, "");
            }
            let same = |other: &Value| text(other, "name") == text(container, "name");
            if ephemeral[..at].iter().any(same)
                || items(spec, "containers").iter().any(same)
                || items(spec, "initContainers").iter().any(same)
            {
                path.field("name").duplicate(found, &container["name"]);
            }
        }
    }
}

/// `spec` of a pod.
pub(super) fn check(spec: &Value, path: &Path<'_>, found: &mut Found) {
    let volumes = volume::check(spec, path, found);
    if items(spec, "containers").is_empty() {
        path.field("containers").required(found, "");
    }
    let mut containers = BTreeSet::new();
    for list in ["initContainers", "containers"] {
        let list_path = path.field(list);
        for (at, item) in items(spec, list).iter().enumerate() {
            let path = list_path.index(at);
            if !containers.insert(text(item, "name")) {
                path.field("name").duplicate(found, &item["name"]);
            }
            let init = list == "initContainers" && text(item, "restartPolicy") != "Always";
            container::check(item, &volumes, spec, init, &path, found);
        }
    }
    if number(spec, "terminationGracePeriodSeconds").is_some_and(|seconds| seconds < 0) {
        let value = &spec["terminationGracePeriodSeconds"];
        let path = path.field("terminationGracePeriodSeconds");
        path.invalid(found, value, "must be greater than or equal to 0");
    }
    if let Some(seconds) = number(spec, "activeDeadlineSeconds").filter(|s| *s < 1) {
        let path = path.field("activeDeadlineSeconds");
        let detail = "must be between 1 and 2147483647, inclusive";
        path.invalid(found, &Value::from(seconds), detail);
    }
    for name in [
        "serviceAccountName",
        "priorityClassName",
        "runtimeClassName",
    ] {
        let value = text(spec, name);
        if !value.is_empty() {
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
    meta::labels(spec, "nodeSelector", path, found);
    tolerations(spec, path, found);
    if let Some(affinity) = field(spec, "affinity") {
        affinity::check(affinity, &path.field("affinity"), found);
    }
    affinity::spread(spec, path, found);
    pull_secrets(spec, path, found);
    claims(spec, path, found);
    resources(spec, path, found);
    let list = path.field("schedulingGates");
    let gates = items(spec, "schedulingGates");
    for (at, gate) in gates.iter().enumerate() {
        if gates[..at]
            .iter()
            .any(|before| before["name"] == gate["name"])
        {
            list.index(at).duplicate(found, &gate["name"]);
        }
    }
}

/// Resources of the pod as a whole.
fn resources(spec: &Value, path: &Path<'_>, found: &mut Found) {
    let path = path.field("resources");
    for list in ["limits", "requests"] {
        let path = path.field(list);
        for (name, _) in entries(&spec["resources"], list) {
            let (path, shown) = (path.key(name), Value::from(name.as_str()));
            let wrong = names::label_key(name);
            let huge = name.starts_with("hugepages-");
            if !wrong.is_empty() {
                path.invalid_each(found, &shown, wrong);
            } else if !name.contains('/') && !huge && !quota::is_standard(name) {
                let detail = "must be a standard resource type or fully qualified";
                path.invalid(found, &shown, detail);
            } else if !huge && !matches!(name.as_str(), "cpu" | "memory") {
                path.unsupported(found, &shown, &["cpu", "hugepages-", "memory"]);
            }
        }
    }
}

/// Claims of devices.
fn claims(spec: &Value, path: &Path<'_>, found: &mut Found) {
    let (claims, list) = (items(spec, "resourceClaims"), path.field("resourceClaims"));
    for (at, claim) in claims.iter().enumerate() {
        let path = list.index(at);
        let name = text(claim, "name");
        if claims[..at]
            .iter()
            .any(|before| text(before, "name") == name)
        {
            path.field("name").duplicate(found, &claim["name"]);
        } else if !name.is_empty() {
            path.field("name")
                .invalid_each(found, &claim["name"], names::dns1123_label(name));
        }
        for name in ["resourceClaimName", "resourceClaimTemplateName"] {
            if let Some(value) = field(claim, name) {
                let wrong = names::dns1123_subdomain(value.as_str().unwrap_or_default());
                path.field(name).invalid_each(found, value, wrong);
            }
        }
    }
}

fn pull_secrets(spec: &Value, path: &Path<'_>, found: &mut Found) {
    for (at, secret) in items(spec, "imagePullSecrets").iter().enumerate() {
        if text(secret, "name").is_empty() {
            path.field("imagePullSecrets")
                .index(at)
                .field("name")
                .required(found, "");
        }
    }
}

fn tolerations(spec: &Value, path: &Path<'_>, found: &mut Found) {
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
        if operator == "Exists" && !text(toleration, "value").is_empty() {
            let detail = "value must be empty when `operator` is 'Exists'";
            path.field("operator")
                .invalid(found, &toleration["value"], detail);
        }
        if field(toleration, "tolerationSeconds").is_some()
            && text(toleration, "effect") != "NoExecute"
        {
            let detail = "effect must be 'NoExecute' when `tolerationSeconds` is set";
            path.field("effect")
                .invalid(found, &Value::from(text(toleration, "effect")), detail);
        }
    }
}
