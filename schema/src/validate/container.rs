//! Containers. Source: `pkg/apis/core/validation/validation.go`, Kubernetes 1.36.

use std::collections::BTreeSet;

use serde_json::Value;

use super::look::{entries, field, items, number, text};
use super::path::{Found, Path};
use super::volume::{self, Volumes};
use super::{environment, probe, quota, security_context};
use crate::names;
use crate::quantity::Quantity;

/// Checks one container of a pod that has these volumes. `init` tells one that ends before others begin.
pub(super) fn check(
    container: &Value,
    volumes: &Volumes<'_>,
    pod: &Value,
    init: bool,
    path: &Path<'_>,
    found: &mut Found,
) {
    common(container, volumes, pod, path, found);
    let grace = number(pod, "terminationGracePeriodSeconds");
    let detail = "may not be set for init containers without restartPolicy=Always";
    for name in ["livenessProbe", "readinessProbe", "startupProbe"] {
        let Some(probe) = field(container, name) else {
            continue;
        };
        if init {
            path.field(name).forbidden(found, detail);
        } else {
            probe::check(probe, name, grace, &path.field(name), found);
        }
    }
    if let Some(lifecycle) = field(container, "lifecycle") {
        let above = path.field("lifecycle");
        if init {
            above.forbidden(found, detail);
        } else {
            for name in ["postStart", "preStop"] {
                if let Some(hook) = field(lifecycle, name) {
                    probe::handler(hook, grace, &above.field(name), found);
                }
            }
        }
    }
    restarts(container, path, found);
}

/// What all containers have, those for debugging too.
pub(super) fn common(
    container: &Value,
    volumes: &Volumes<'_>,
    pod: &Value,
    path: &Path<'_>,
    found: &mut Found,
) {
    let name = text(container, "name");
    if name.is_empty() {
        path.field("name").required(found, "");
    } else {
        path.field("name")
            .invalid_each(found, &container["name"], names::dns1123_label(name));
    }
    if text(container, "image").is_empty() {
        path.field("image").required(found, "");
    }
    ports(container, path, found);
    environment::variables(container, path, found);
    environment::sources(container, path, found);
    mounts(container, volumes, path, found);
    devices(container, volumes, path, found);
    if let Some(resources) = field(container, "resources") {
        self::resources(resources, &claimed(pod), &path.field("resources"), found);
    }
    resizes(container, text(pod, "restartPolicy"), path, found);
    if let Some(context) = field(container, "securityContext") {
        let host_users = pod["hostUsers"] != false;
        let path = path.field("securityContext");
        security_context::of_container(context, host_users, &path, found);
    }
    environment::files(container, pod, path, found);
}

/// What is judged of pods alone, and not of templates.
pub(super) fn of_pod(container: &Value, path: &Path<'_>, found: &mut Found) {
    let image = text(container, "image");
    if image.trim() != image {
        let detail = "must not have leading or trailing whitespace";
        path.field("image")
            .invalid(found, &container["image"], detail);
    }
}

fn ports(container: &Value, path: &Path<'_>, found: &mut Found) {
    let list = path.field("ports");
    let mut seen = BTreeSet::new();
    for (at, port) in items(container, "ports").iter().enumerate() {
        let path = list.index(at);
        let name = text(port, "name");
        if !name.is_empty() {
            let wrong = names::port_name(name);
            if wrong.is_empty() && !seen.insert(name) {
                path.field("name").duplicate(found, &port["name"]);
            }
            path.field("name").invalid_each(found, &port["name"], wrong);
        }
        match number(port, "containerPort").unwrap_or_default() {
            0 => path.field("containerPort").required(found, ""),
            number => {
                let wrong = names::port_number(number);
                path.field("containerPort")
                    .invalid_each(found, &port["containerPort"], wrong);
            }
        }
        if let Some(host) = number(port, "hostPort").filter(|port| *port != 0) {
            path.field("hostPort")
                .invalid_each(found, &port["hostPort"], names::port_number(host));
        }
    }
}

/// Ports of nodes, of which containers that run together can have each only once.
pub(super) fn host_ports(containers: &[Value], path: &Path<'_>, found: &mut Found) {
    let mut seen = BTreeSet::new();
    for (at, container) in containers.iter().enumerate() {
        let path = path.index(at);
        let list = path.field("ports");
        for (at, port) in items(container, "ports").iter().enumerate() {
            let Some(number) = number(port, "hostPort").filter(|port| *port != 0) else {
                continue;
            };
            let shown = format!(
                "{}/{}/{number}",
                text(port, "protocol"),
                text(port, "hostIP")
            );
            if !seen.insert(shown.clone()) {
                let path = list.index(at);
                path.field("hostPort").duplicate(found, &Value::from(shown));
            }
        }
    }
}

fn mounts(container: &Value, volumes: &Volumes<'_>, path: &Path<'_>, found: &mut Found) {
    let list = path.field("volumeMounts");
    let mut seen = BTreeSet::new();
    let devices = items(container, "volumeDevices");
    for (at, mount) in items(container, "volumeMounts").iter().enumerate() {
        let path = list.index(at);
        let name = text(mount, "name");
        if name.is_empty() {
            path.field("name").required(found, "");
        }
        if !volumes.contains_key(name) {
            path.field("name").not_found(found, name);
        }
        let place = text(mount, "mountPath");
        let (shown, mount_path) = (Value::from(place), path.field("mountPath"));
        if place.is_empty() {
            mount_path.required(found, "");
        }
        if !seen.insert(place) {
            mount_path.invalid(found, &shown, "must be unique");
        }
        if devices.iter().any(|device| text(device, "name") == name) {
            let detail = "must not already exist in volumeDevices";
            path.field("name")
                .invalid(found, &Value::from(name), detail);
        }
        if devices
            .iter()
            .any(|device| text(device, "devicePath") == place)
        {
            let detail = "must not already exist as a path in volumeDevices";
            mount_path.invalid(found, &shown, detail);
        }
        if !text(mount, "subPath").is_empty() && !text(mount, "subPathExpr").is_empty() {
            let detail = "subPathExpr and subPath are mutually exclusive";
            path.field("subPathExpr")
                .invalid(found, &mount["subPathExpr"], detail);
        }
        // The server names the list, and not the item.
        for name in ["subPath", "subPathExpr"] {
            volume::relative(text(mount, name), &list.field(name), found);
        }
        propagation(mount, container, &list, found);
    }
}

fn propagation(mount: &Value, container: &Value, list: &Path<'_>, found: &mut Found) {
    const MODES: [&str; 3] = ["Bidirectional", "HostToContainer", "None"];
    let given = field(mount, "mountPropagation");
    if let Some(given) = given {
        let path = list.field("mountPropagation");
        if !given.as_str().is_some_and(|given| MODES.contains(&given)) {
            path.unsupported(found, given, &MODES);
        }
        let privileged = container.pointer("/securityContext/privileged") == Some(&true.into());
        if *given == "Bidirectional" && !privileged {
            let detail =
                "Bidirectional mount propagation is available only to privileged containers";
            path.forbidden(found, detail);
        }
    }
    let Some(recursive) = field(mount, "recursiveReadOnly") else {
        return;
    };
    let path = list.field("recursiveReadOnly");
    match recursive.as_str() {
        Some("Disabled") => {}
        Some("Enabled" | "IfPossible") => {
            if mount["readOnly"] != true {
                path.forbidden(found, "may only be specified when readOnly is true");
            }
            if given.is_some_and(|given| *given != "None") {
                let detail = "may only be specified when mountPropagation is None or not specified";
                path.forbidden(found, detail);
            }
        }
        _ => path.unsupported(found, recursive, &["Disabled", "Enabled", "IfPossible"]),
    }
}

fn devices(container: &Value, volumes: &Volumes<'_>, path: &Path<'_>, found: &mut Found) {
    let list = path.field("volumeDevices");
    let all = items(container, "volumeDevices");
    let mounts = items(container, "volumeMounts");
    for (at, device) in all.iter().enumerate() {
        let path = list.index(at);
        let (name, place) = (text(device, "name"), text(device, "devicePath"));
        let (shown, path_of) = (Value::from(name), path.field("name"));
        if name.is_empty() {
            path_of.required(found, "");
        } else if all[..at].iter().any(|before| text(before, "name") == name) {
            path_of.invalid(found, &shown, "must be unique");
        }
        match volumes.get(name) {
            None => path_of.not_found(found, name),
            Some(volume)
                if field(volume, "persistentVolumeClaim").is_none()
                    && field(volume, "ephemeral").is_none() =>
            {
                let detail = "can only use volume source type of PersistentVolumeClaim or Ephemeral for block mode";
                path_of.invalid(found, &shown, detail);
            }
            Some(_) => {}
        }
        let (shown_place, path_of_place) = (Value::from(place), path.field("devicePath"));
        if place.is_empty() {
            path_of_place.required(found, "");
        }
        let same = |before: &Value| text(before, "devicePath") == place;
        if all[..at].iter().any(same) {
            path_of_place.invalid(found, &shown_place, "must be unique");
        }
        if place.split('/').any(|part| part == "..") {
            path_of_place.invalid(found, &shown_place, "can not contain backsteps ('..')");
        }
        if mounts.iter().any(|mount| text(mount, "name") == name) {
            path_of.invalid(found, &shown, "must not already exist in volumeMounts");
        }
        if mounts.iter().any(|mount| text(mount, "mountPath") == place) {
            let detail = "must not already exist as a path in volumeMounts";
            path_of_place.invalid(found, &shown_place, detail);
        }
    }
}

/// The names of the devices that a pod claims.
pub(super) fn claimed(pod: &Value) -> BTreeSet<&str> {
    let claims = items(pod, "resourceClaims").iter();
    claims.map(|claim| text(claim, "name")).collect()
}

pub(super) fn amount(value: &Value) -> Option<Quantity> {
    Quantity::parse(value.as_str()?).ok()
}

/// Requests and limits of a container.
pub(super) fn resources(
    resources: &Value,
    claimed: &BTreeSet<&str>,
    path: &Path<'_>,
    found: &mut Found,
) {
    requirements(resources, claimed, path, found, resource_name);
}

/// Requests and limits of resources whose names are judged in this way.
pub(super) fn requirements(
    resources: &Value,
    claimed: &BTreeSet<&str>,
    path: &Path<'_>,
    found: &mut Found,
    judge: impl Fn(&str, &Path<'_>, &mut Found),
) {
    for list in ["limits", "requests"] {
        let list_path = path.field(list);
        for (name, value) in entries(resources, list) {
            let path_of = list_path.key(name);
            judge(name, &path_of, found);
            let Some(wanted) = amount(value) else {
                continue;
            };
            if wanted.is_negative() {
                path_of.invalid(found, value, "must be greater than or equal to 0");
            }
            if (quota::is_counted(name) || is_foreign(name)) && wanted.as_milli() % 1000 != 0 {
                path_of.invalid(found, value, "must be an integer");
            }
            if list == "limits" {
                continue;
            }
            let limit = resources
                .get("limits")
                .and_then(|limits| amount(limits.get(name)?));
            let shares = !is_foreign(name) && !name.starts_with("hugepages-");
            match limit {
                Some(limit) if wanted != limit && !shares => {
                    let detail = format!("must be equal to {name} limit of {limit}");
                    list_path.invalid(found, value, &detail);
                }
                Some(limit) if wanted > limit => {
                    let detail = format!("must be less than or equal to {name} limit of {limit}");
                    list_path.invalid(found, value, &detail);
                }
                None if !shares => {
                    let detail = "Limit must be set for non overcommitable resources";
                    path.field("limits").required(found, detail);
                }
                _ => {}
            }
        }
    }
    let has = |of: fn(&str) -> bool| {
        let both = ["limits", "requests"].iter();
        both.flat_map(|list| entries(resources, list))
            .any(|(name, _)| of(name))
    };
    if has(|name| name.starts_with("hugepages-")) && !has(|name| matches!(name, "cpu" | "memory")) {
        path.forbidden(found, "HugePages require cpu or memory");
    }
    claims(resources, claimed, path, found);
}

/// Devices that a container uses of those that its pod claims.
fn claims(resources: &Value, claimed: &BTreeSet<&str>, path: &Path<'_>, found: &mut Found) {
    let (all, list) = (items(resources, "claims"), path.field("claims"));
    for (at, claim) in all.iter().enumerate() {
        let path = list.index(at);
        let (name, request) = (text(claim, "name"), text(claim, "request"));
        if name.is_empty() {
            path.required(found, "");
        } else if all[..at]
            .iter()
            .any(|before| text(before, "name") == name && text(before, "request").is_empty())
        {
            path.duplicate(found, &Value::from(name));
        } else {
            let wrong = if request.is_empty() {
                Vec::new()
            } else {
                names::dns1123_label(request)
            };
            path.field("request")
                .invalid_each(found, &Value::from(request), wrong);
            let same = |before: &&Value| {
                text(before, "name") == name
                    && (request.is_empty() || text(before, "request") == request)
            };
            let shown = if request.is_empty() {
                name.to_owned()
            } else {
                format!("{name}/{request}")
            };
            for _ in all[..at].iter().filter(same) {
                path.duplicate(found, &Value::from(shown.as_str()));
            }
        }
        if !claimed.contains(name) {
            let mut detail = "must be one of the names in pod.spec.resourceClaims".to_owned();
            if claimed.is_empty() {
                detail.push_str(" which is empty");
            } else {
                let names: Vec<&str> = claimed.iter().copied().collect();
                detail = format!("{detail}: {}", names.join(", "));
            }
            path.not_found_because(found, name, &detail);
        }
    }
}

/// Whether a resource is of nobody whom the server knows.
fn is_foreign(name: &str) -> bool {
    name.contains('/') && !name.contains("kubernetes.io/")
}

/// The name of a resource that containers can have: one of the server's own, or somebody's.
pub(super) fn resource_name(name: &str, path: &Path<'_>, found: &mut Found) {
    let value = Value::from(name);
    let wrong = names::label_key(name);
    let malformed = !wrong.is_empty();
    path.invalid_each(found, &value, wrong);
    let own = matches!(name, "cpu" | "memory" | "ephemeral-storage");
    if is_foreign(name) && name.starts_with("requests.") {
        path.invalid(
            found,
            &value,
            "doesn't follow extended resource name standard",
        );
    }
    if name.contains('/') || own || name.starts_with("hugepages-") {
        return;
    }
    if !malformed && !quota::is_standard(name) && !matches!(name, "storage") {
        let detail = "must be a standard resource type or fully qualified";
        path.invalid(found, &value, detail);
    }
    path.invalid(found, &value, "must be a standard resource for containers");
}

/// What a change of resources does to a container.
fn resizes(container: &Value, restart: &str, path: &Path<'_>, found: &mut Found) {
    let (all, list) = (items(container, "resizePolicy"), path.field("resizePolicy"));
    for (at, one) in all.iter().enumerate() {
        let (name, policy) = (text(one, "resourceName"), text(one, "restartPolicy"));
        if all[..at]
            .iter()
            .any(|before| text(before, "resourceName") == name)
        {
            list.index(at).duplicate(found, &Value::from(name));
        }
        for (given, allowed) in [
            (name, ["cpu", "memory"]),
            (policy, ["NotRequired", "RestartContainer"]),
        ] {
            if given.is_empty() {
                list.required(found, "");
            } else if !allowed.contains(&given) {
                list.unsupported(found, &Value::from(given), &allowed);
            }
        }
        if restart == "Never" && policy != "NotRequired" {
            let detail = "must be 'NotRequired' when pod `restartPolicy` is 'Never'";
            list.invalid(found, &Value::from(policy), detail);
        }
    }
}

/// When a container is started again, by rules of its own.
fn restarts(container: &Value, path: &Path<'_>, found: &mut Found) {
    const POLICIES: [&str; 3] = ["Always", "Never", "OnFailure"];
    let rules = items(container, "restartPolicyRules");
    let path_of = path.field("restartPolicy");
    match field(container, "restartPolicy") {
        None if rules.is_empty() => return,
        None => {
            let detail = "must specify restartPolicy when restart rules are used";
            path_of.required(found, detail);
        }
        Some(policy) if !policy.as_str().is_some_and(|one| POLICIES.contains(&one)) => {
            path_of.unsupported(found, policy, &POLICIES);
        }
        Some(_) => {}
    }
    let list = path.field("restartPolicyRules");
    for (at, rule) in rules.iter().enumerate() {
        let path = list.index(at);
        let action = text(rule, "action");
        if !matches!(action, "Restart" | "RestartAllContainers") {
            let allowed = ["Restart", "RestartAllContainers"];
            path.field("action")
                .unsupported(found, &Value::from(action), &allowed);
        }
        let path = path.field("exitCodes");
        let Some(codes) = field(rule, "exitCodes") else {
            path.required(found, "must be specified");
            continue;
        };
        let operator = text(codes, "operator");
        if !matches!(operator, "In" | "NotIn") {
            path.field("operator")
                .unsupported(found, &Value::from(operator), &["In", "NotIn"]);
        }
    }
}
