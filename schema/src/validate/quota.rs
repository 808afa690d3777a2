//! Quotas and leases.

use serde_json::Value;

use super::look::{entries, items, number};
use super::path::{Found, Path};
use crate::names;
use crate::quantity::Quantity;

const SCOPES: [&str; 7] = [
    "BestEffort",
    "CrossNamespacePodAffinity",
    "NotBestEffort",
    "NotTerminating",
    "PriorityClass",
    "Terminating",
    "VolumeAttributesClass",
];

/// Resources of the server's own that a quota can be on.
const STANDARD: [&str; 19] = [
    "configmaps",
    "cpu",
    "ephemeral-storage",
    "limits.cpu",
    "limits.ephemeral-storage",
    "limits.memory",
    "memory",
    "persistentvolumeclaims",
    "pods",
    "replicationcontrollers",
    "requests.cpu",
    "requests.ephemeral-storage",
    "requests.memory",
    "requests.storage",
    "resourcequotas",
    "secrets",
    "services",
    "services.loadbalancers",
    "services.nodeports",
];

/// What pods compute with.
const COMPUTE: [&str; 6] = [
    "cpu",
    "limits.cpu",
    "limits.memory",
    "memory",
    "requests.cpu",
    "requests.memory",
];

/// Whether a quota of a scope can be on a resource.
fn is_in_scope(scope: &str, resource: &str) -> bool {
    match scope {
        "BestEffort" => resource == "pods",
        "VolumeAttributesClass" => {
            matches!(resource, "persistentvolumeclaims" | "requests.storage")
        }
        _ if SCOPES.contains(&scope) => resource == "pods" || COMPUTE.contains(&resource),
        _ => true,
    }
}

/// Whether a resource is one of the server's own.
pub(super) fn is_standard(resource: &str) -> bool {
    STANDARD.contains(&resource)
}

/// Resources and how much of them.
pub(super) fn amounts(holder: &Value, list: &str, path: &Path<'_>, found: &mut Found) {
    let path = path.field(list);
    for (name, value) in entries(holder, list) {
        let path = path.key(name);
        let shown = Value::from(name.as_str());
        let wrong = names::label_key(name);
        if wrong.is_empty() && !name.contains('/') && !is_standard(name) {
            for detail in [
                "must be a standard resource type or fully qualified",
                "must be a standard resource for quota",
            ] {
                path.invalid(found, &shown, detail);
            }
        }
        path.invalid_each(found, &shown, wrong);
        let Some(amount) = value.as_str().and_then(|text| Quantity::parse(text).ok()) else {
            continue;
        };
        if amount.is_negative() {
            path.invalid(found, value, "must be greater than or equal to 0");
        }
        let counted =
            is_standard(name) && !name.contains(['.', '-']) || name.starts_with("services.");
        if counted && !COMPUTE.contains(&name.as_str()) && amount.as_milli() % 1000 != 0 {
            path.invalid(found, value, "must be an integer");
        }
    }
}

/// `spec` of a quota.
pub(super) fn quota(spec: &Value, path: &Path<'_>, found: &mut Found) {
    amounts(spec, "hard", path, found);
    let path = path.field("scopes");
    let scopes = &spec["scopes"];
    let mut names = Vec::new();
    for scope in items(spec, "scopes") {
        let scope = scope.as_str().unwrap_or_default();
        names.push(scope);
        if !SCOPES.contains(&scope) {
            path.invalid(found, scopes, "unsupported scope");
        }
        for (resource, _) in entries(spec, "hard") {
            if STANDARD.contains(&resource.as_str()) && !is_in_scope(scope, resource) {
                path.invalid(found, scopes, "unsupported scope applied to resource");
            }
        }
    }
    for (one, other) in [
        ("BestEffort", "NotBestEffort"),
        ("Terminating", "NotTerminating"),
    ] {
        if names.contains(&one) && names.contains(&other) {
            path.invalid(found, scopes, "conflicting scopes");
        }
    }
}

/// `spec` of a lease.
pub(super) fn lease(spec: &Value, path: &Path<'_>, found: &mut Found) {
    if number(spec, "leaseDurationSeconds").is_some_and(|seconds| seconds <= 0) {
        let value = &spec["leaseDurationSeconds"];
        path.field("leaseDurationSeconds")
            .invalid(found, value, "must be greater than 0");
    }
    if number(spec, "leaseTransitions").is_some_and(|count| count < 0) {
        let value = &spec["leaseTransitions"];
        path.field("leaseTransitions")
            .invalid(found, value, "must be greater than or equal to 0");
    }
}
