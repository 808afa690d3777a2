//! Environment variables of containers, and where their values come from. Source:
//! `pkg/apis/core/validation/validation.go`, Kubernetes 1.36.

use serde_json::Value;

use super::look::{count, field, items, text};
use super::path::{Found, Path};
use super::volume::no_steps_back;
use crate::names;
use crate::quantity::Quantity;

const SOURCES: [&str; 5] = [
    "fieldRef",
    "resourceFieldRef",
    "configMapKeyRef",
    "secretKeyRef",
    "fileKeyRef",
];

/// Fields of a pod that variables can have as their value.
pub(super) const OF_VARIABLES: [&str; 9] = [
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.podIP",
    "status.podIPs",
];

/// Fields of a pod that a server knows the names of.
const KNOWN: [&str; 14] = [
    "metadata.annotations",
    "metadata.labels",
    "metadata.name",
    "metadata.namespace",
    "metadata.uid",
    "spec.nodeName",
    "spec.restartPolicy",
    "spec.schedulerName",
    "spec.serviceAccountName",
    "status.hostIP",
    "status.hostIPs",
    "status.phase",
    "status.podIP",
    "status.podIPs",
];

const RESOURCES: [&str; 6] = [
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
];

/// `env` of a container.
pub(super) fn variables(container: &Value, path: &Path<'_>, found: &mut Found) {
    let list = path.field("env");
    for (at, variable) in items(container, "env").iter().enumerate() {
        let path = list.index(at);
        let name = text(variable, "name");
        if name.is_empty() {
            path.field("name").required(found, "");
        } else {
            let wrong = names::relaxed_env_var_name(name);
            path.field("name")
                .invalid_each(found, &variable["name"], wrong);
        }
        if let Some(from) = field(variable, "valueFrom") {
            let has_value = !text(variable, "value").is_empty();
            value_from(from, has_value, &path.field("valueFrom"), found);
        }
    }
}

fn value_from(from: &Value, has_value: bool, path: &Path<'_>, found: &mut Found) {
    if let Some(reference) = field(from, "fieldRef") {
        of_pod(reference, &OF_VARIABLES, &path.field("fieldRef"), found);
    }
    if let Some(reference) = field(from, "resourceFieldRef") {
        of_resources(reference, false, &path.field("resourceFieldRef"), found);
    }
    for name in ["configMapKeyRef", "secretKeyRef"] {
        if let Some(reference) = field(from, name) {
            key(reference, &path.field(name), found);
        }
    }
    if let Some(reference) = field(from, "fileKeyRef") {
        file(reference, &path.field("fileKeyRef"), found);
    }
    let detail = match count(from, &SOURCES) {
        0 => {
            "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"
        }
        _ if has_value => "may not be specified when `value` is not empty",
        1 => return,
        _ => "may not have more than one field specified at a time",
    };
    path.invalid(found, &Value::from(""), detail);
}

/// A field of the pod, such as `metadata.labels['app']`.
pub(super) fn of_pod(reference: &Value, allowed: &[&str], path: &Path<'_>, found: &mut Found) {
    let (version, name) = (text(reference, "apiVersion"), text(reference, "fieldPath"));
    if version.is_empty() {
        path.field("apiVersion").required(found, "");
        return;
    }
    let path_of = path.field("fieldPath");
    if name.is_empty() {
        path_of.required(found, "");
        return;
    }
    let unknown = |why: String, found: &mut Found| {
        let detail = format!("error converting fieldPath: {why}");
        path_of.invalid(found, &reference["fieldPath"], &detail);
    };
    if version != "v1" {
        unknown(format!("unsupported pod version: {version}"), found);
        return;
    }
    let subscript = name
        .strip_suffix("']")
        .and_then(|name| name.split_once("['"));
    if let Some((head, key)) = subscript.filter(|(head, key)| !head.is_empty() && !key.is_empty()) {
        let wrong = match head {
            "metadata.annotations" => names::label_key(&key.to_lowercase()),
            "metadata.labels" => names::label_key(key),
            _ => {
                unknown(
                    format!("field label does not support subscript: {name}"),
                    found,
                );
                return;
            }
        };
        let key = match head {
            "metadata.annotations" => key.to_lowercase(),
            _ => key.to_owned(),
        };
        path.invalid_each(found, &Value::from(key), wrong);
        return;
    }
    let name = if name == "spec.host" {
        "spec.nodeName"
    } else {
        name
    };
    if !KNOWN.contains(&name) {
        unknown(format!("field label not supported: {name}"), found);
    } else if !allowed.contains(&name) {
        path_of.unsupported(found, &Value::from(name), allowed);
    }
}

/// Requests or limits of a container.
pub(super) fn of_resources(reference: &Value, in_volume: bool, path: &Path<'_>, found: &mut Found) {
    let name = text(reference, "resource");
    let huge = ["limits.hugepages-", "requests.hugepages-"];
    let is_huge = huge.iter().any(|head| name.starts_with(head));
    if in_volume && text(reference, "containerName").is_empty() {
        path.field("containerName").required(found, "");
    } else if name.is_empty() {
        path.field("resource").required(found, "");
    } else if !RESOURCES.contains(&name) && !is_huge {
        path.field("resource")
            .unsupported(found, &reference["resource"], &RESOURCES);
    }
    let divisor = reference["divisor"].as_str();
    let Some(divisor) = divisor.and_then(|text| Quantity::parse(text).ok()) else {
        return;
    };
    let what = match name.rsplit('.').next() {
        _ if divisor == Quantity::ZERO => return,
        Some("cpu") => {
            if matches!(divisor.to_string().as_str(), "1m" | "1") {
                return;
            }
            let detail = "only divisor's values 1m and 1 are supported with the cpu resource";
            path.field("divisor")
                .invalid(found, &Value::from(name), detail);
            return;
        }
        Some("memory") => "memory",
        Some("ephemeral-storage") => "local ephemeral storage",
        _ if is_huge => "hugepages",
        _ => return,
    };
    const UNITS: [&str; 13] = [
        "1", "1k", "1M", "1G", "1T", "1P", "1E", "1Ki", "1Mi", "1Gi", "1Ti", "1Pi", "1Ei",
    ];
    if !UNITS.contains(&divisor.to_string().as_str()) {
        let detail = format!(
            "only divisor's values {} are supported with the {what} resource",
            UNITS.join(", ")
        );
        path.field("divisor")
            .invalid(found, &Value::from(name), &detail);
    }
}

/// A key of a config map or secret.
fn key(reference: &Value, path: &Path<'_>, found: &mut Found) {
    let name = text(reference, "name");
    path.field("name")
        .invalid_each(found, &Value::from(name), names::dns1123_subdomain(name));
    let key = text(reference, "key");
    if key.is_empty() {
        path.field("key").required(found, "");
    } else {
        path.field("key")
            .invalid_each(found, &reference["key"], names::config_key(key));
    }
}

/// A variable in a file of a volume.
fn file(reference: &Value, path: &Path<'_>, found: &mut Found) {
    for (name, wrong) in [
        (
            "key",
            names::relaxed_env_var_name as fn(&str) -> Vec<String>,
        ),
        ("volumeName", names::dns1123_label),
    ] {
        let value = text(reference, name);
        let path = path.field(name);
        if value.is_empty() {
            path.required(found, "");
        } else {
            path.invalid_each(found, &reference[name], wrong(value));
        }
    }
    let (file, path) = (text(reference, "path"), path.field("path"));
    if file.is_empty() {
        path.required(found, "");
    } else {
        no_steps_back(file, &path, found);
    }
}

/// `envFrom` of a container.
pub(super) fn sources(container: &Value, path: &Path<'_>, found: &mut Found) {
    const KINDS: [&str; 2] = ["configMapRef", "secretRef"];
    let list = path.field("envFrom");
    for (at, source) in items(container, "envFrom").iter().enumerate() {
        let path = list.index(at);
        let prefix = text(source, "prefix");
        if !prefix.is_empty() {
            let wrong = names::relaxed_env_var_name(prefix);
            path.field("prefix")
                .invalid_each(found, &source["prefix"], wrong);
        }
        for name in KINDS {
            let Some(reference) = field(source, name) else {
                continue;
            };
            let (path, name) = (path.field(name), text(reference, "name"));
            let path = path.field("name");
            if name.is_empty() {
                path.required(found, "");
            } else {
                // Of a beginning the last dash may be followed by anything.
                let whole = name.strip_suffix('-').map(|head| format!("{head}a"));
                let wrong = names::dns1123_subdomain(whole.as_deref().unwrap_or(name));
                path.invalid_each(found, &reference["name"], wrong);
            }
        }
        let detail = match count(source, &KINDS) {
            0 => "must specify one of: `configMapRef` or `secretRef`",
            1 => continue,
            _ => "may not have more than one field specified at a time",
        };
        list.invalid(found, &Value::from(""), detail);
    }
}

/// Variables in files of volumes that are not there, or are of another kind.
pub(super) fn files(container: &Value, pod: &Value, path: &Path<'_>, found: &mut Found) {
    let list = path.field("env");
    for (at, variable) in items(container, "env").iter().enumerate() {
        let from = field(variable, "valueFrom").and_then(|from| field(from, "fileKeyRef"));
        let Some(reference) = from else { continue };
        let name = text(reference, "volumeName");
        let path = list.index(at);
        let path = path.field("valueFrom");
        let path = path.field("fileKeyRef");
        let path = path.field("volumeName");
        let mut volumes = items(pod, "volumes").iter();
        match volumes.rfind(|volume| text(volume, "name") == name) {
            None => path.not_found(found, name),
            Some(volume) if field(volume, "emptyDir").is_none() => {
                let detail = "referenced volume must be of type emptyDir";
                path.invalid(found, &Value::from(name), detail);
            }
            Some(_) => {}
        }
    }
}
