//! Containers.

use std::collections::BTreeSet;

use serde_json::Value;

use super::look::{count, entries, field, items, number, text};
use super::path::{Found, Path};
use super::{probe, quota, volume};
use crate::names;
use crate::quantity::Quantity;

/// Checks one container of a pod whose volumes have these names.
pub(super) fn check(
    container: &Value,
    volumes: &BTreeSet<&str>,
    pod: &Value,
    init: bool,
    path: &Path<'_>,
    found: &mut Found,
) {
    let name = text(container, "name");
    if !name.is_empty() {
        path.field("name")
            .invalid_each(found, &container["name"], names::dns1123_label(name));
    }
    let image = text(container, "image");
    if image.is_empty() {
        path.field("image").required(found, "");
    } else if image.trim() != image {
        let detail = "must not have leading or trailing whitespace";
        path.field("image")
            .invalid(found, &container["image"], detail);
    }
    ports(container, pod["hostNetwork"] == true, path, found);
    environment(container, path, found);
    mounts(container, volumes, path, found);
    devices(container, volumes, path, found);
    if let Some(resources) = field(container, "resources") {
        self::resources(resources, &path.field("resources"), found);
    }
    for name in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let Some(probe) = field(container, name) else {
            continue;
        };
        if init {
            path.field(name).forbidden(
                found,
                "may not be set for init containers without restartPolicy=Always",
            );
        } else {
            probe::check(probe, name != "readinessProbe", &path.field(name), found);
        }
    }
    if let Some(lifecycle) = field(container, "lifecycle") {
        let above = path.field("lifecycle");
        if init {
            above.forbidden(
                found,
                "may not be set for init containers without restartPolicy=Always",
            );
        } else {
            for name in ["postStart", "preStop"] {
                if let Some(hook) = field(lifecycle, name) {
                    probe::handler(hook, &above.field(name), found);
                }
            }
        }
    }
    if let Some(context) = field(container, "securityContext")
        && context["privileged"] == true
        && context["allowPrivilegeEscalation"] == false
    {
        let detail = "cannot set `allowPrivilegeEscalation` to false and `privileged` to true";
        path.field("securityContext")
            .invalid(found, context, detail);
    }
}

fn ports(container: &Value, host_network: bool, path: &Path<'_>, found: &mut Found) {
    let list = path.field("ports");
    let mut seen = BTreeSet::new();
    for (at, port) in items(container, "ports").iter().enumerate() {
        let path = list.index(at);
        let name = text(port, "name");
        if !name.is_empty() {
            path.field("name")
                .invalid_each(found, &port["name"], names::port_name(name));
            if !seen.insert(name) {
                path.field("name").duplicate(found, &port["name"]);
            }
        }
        let value = &port["containerPort"];
        match number(port, "containerPort").unwrap_or_default() {
            0 => path.field("containerPort").required(found, ""),
            number => {
                path.field("containerPort")
                    .invalid_each(found, value, names::port_number(number));
            }
        }
        if let Some(host) = number(port, "hostPort") {
            let path = path.field("hostPort");
            path.invalid_each(found, &port["hostPort"], names::port_number(host));
            if host_network && &port["hostPort"] != value {
                path.invalid(
                    found,
                    &port["hostPort"],
                    "must match `containerPort` when `hostNetwork` is true",
                );
            }
        }
    }
}

fn environment(container: &Value, path: &Path<'_>, found: &mut Found) {
    let list = path.field("env");
    for (at, variable) in items(container, "env").iter().enumerate() {
        let path = list.index(at);
        let name = text(variable, "name");
        if !name.is_empty() {
            path.field("name").invalid_each(
                found,
                &variable["name"],
                names::relaxed_env_var_name(name),
            );
        }
        let Some(from) = field(variable, "valueFrom") else {
            continue;
        };
        let path = path.field("valueFrom");
        let sources = [
            "fieldRef",
            "resourceFieldRef",
            "configMapKeyRef",
            "secretKeyRef",
            "fileKeyRef",
        ];
        match count(from, &sources) {
            0 => path.invalid(found, &Value::from(""), "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"),
            _ if !text(variable, "value").is_empty() => {
                let detail = "may not be specified when `value` is not empty";
                path.invalid(found, &Value::from(""), detail);
            }
            1 => {}
            _ => path.invalid(found, &Value::from(""), "may not have more than one field specified at a time"),
        }
        for name in ["configMapKeyRef", "secretKeyRef"] {
            if let Some(reference) = field(from, name) {
                let path = path.field(name);
                if text(reference, "name").is_empty() {
                    path.field("name").required(found, "");
                }
                let key = text(reference, "key");
                if !key.is_empty() {
                    path.field("key").invalid_each(
                        found,
                        &reference["key"],
                        names::config_key(key),
                    );
                }
            }
        }
    }
    let list = path.field("envFrom");
    for (at, source) in items(container, "envFrom").iter().enumerate() {
        let path = list.index(at);
        match count(source, &["configMapRef", "secretRef"]) {
            0 => path.invalid(
                found,
                &Value::from(""),
                "must specify one of: `configMapRef` or `secretRef`",
            ),
            1 => {}
            _ => path.invalid(
                found,
                &Value::from(""),
                "may not have more than one field specified at a time",
            ),
        }
        for name in ["configMapRef", "secretRef"] {
            if field(source, name).is_some_and(|reference| text(reference, "name").is_empty()) {
                path.field(name).field("name").required(found, "");
            }
        }
    }
}

fn mounts(container: &Value, volumes: &BTreeSet<&str>, path: &Path<'_>, found: &mut Found) {
    let list = path.field("volumeMounts");
    let mut seen = BTreeSet::new();
    for (at, mount) in items(container, "volumeMounts").iter().enumerate() {
        let path = list.index(at);
        let name = text(mount, "name");
        if !volumes.contains(name) {
            path.field("name").not_found(found, name);
        }
        let place = text(mount, "mountPath");
        let mount_path = path.field("mountPath");
        if !seen.insert(place) {
            mount_path.invalid(found, &mount["mountPath"], "must be unique");
        }
        if place.contains(':') {
            mount_path.invalid(found, &mount["mountPath"], "must not contain ':'");
        }
        if !text(mount, "subPath").is_empty() && !text(mount, "subPathExpr").is_empty() {
            let detail = "subPathExpr and subPath are mutually exclusive";
            path.field("subPathExpr")
                .invalid(found, &mount["subPathExpr"], detail);
        }
        for name in ["subPath", "subPathExpr"] {
            volume::relative(text(mount, name), &path.field(name), found);
        }
    }
}

fn devices(container: &Value, volumes: &BTreeSet<&str>, path: &Path<'_>, found: &mut Found) {
    let list = path.field("volumeDevices");
    for (at, device) in items(container, "volumeDevices").iter().enumerate() {
        let name = text(device, "name");
        if !volumes.contains(name) {
            list.index(at).field("name").not_found(found, name);
        }
    }
}

/// Requests and limits.
pub(super) fn resources(resources: &Value, path: &Path<'_>, found: &mut Found) {
    let amount = |value: &Value| value.as_str().and_then(|text| Quantity::parse(text).ok());
    for list in ["limits", "requests"] {
        let list_path = path.field(list);
        for (name, value) in entries(resources, list) {
            let path = list_path.key(name);
            resource_name(name, &path, found);
            let Some(wanted) = amount(value) else {
                continue;
            };
            if wanted.is_negative() {
                path.invalid(found, value, "must be greater than or equal to 0");
            }
            let limit = resources
                .pointer("/limits")
                .and_then(|limits| limits.get(name));
            if list == "requests"
                && let Some(limit) = limit.and_then(amount)
                && wanted > limit
            {
                let detail = format!("must be less than or equal to {name} limit of {limit}");
                list_path.invalid(found, value, &detail);
            }
        }
    }
}

/// The name of a resource that containers can have: one of the server's own, or somebody's.
fn resource_name(name: &str, path: &Path<'_>, found: &mut Found) {
    let value = Value::from(name);
    let wrong = names::label_key(name);
    let malformed = !wrong.is_empty();
    path.invalid_each(found, &value, wrong);
    let own = matches!(name, "cpu" | "memory" | "ephemeral-storage");
    if name.contains('/') || own || name.starts_with("hugepages-") {
        return;
    }
    if !malformed && !quota::is_standard(name) && !matches!(name, "storage") {
        let detail = "must be a standard resource type or fully qualified";
        path.invalid(found, &value, detail);
    }
    path.invalid(found, &value, "must be a standard resource for containers");
}
