//! Quotas and leases.

use serde_json::Value;

use super::inner;
use super::look::{entries, field, items, number, text};
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

/// Scopes that exclude each other.
const PAIRS: [(&str, &str); 2] = [
    ("BestEffort", "NotBestEffort"),
    ("Terminating", "NotTerminating"),
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

/// Whether a resource is counted one by one.
pub(super) fn is_counted(resource: &str) -> bool {
    let counted = is_standard(resource) && !resource.contains(['.', '-'])
        || resource.starts_with("services.");
    counted && !COMPUTE.contains(&resource)
}

/// Resources and how much of them.
pub(super) fn amounts(holder: &Value, list: &str, path: &Path<'_>, found: &mut Found) {
    let path = path.field(list);
    for (name, value) in entries(holder, list) {
        let path = path.key(name);
        let shown = Value::from(name.as_str());
        let wrong = names::label_key(name);
        if !name.contains('/') && !is_standard(name) {
            if wrong.is_empty() {
                let detail = "must be a standard resource type or fully qualified";
                path.invalid(found, &shown, detail);
            }
            path.invalid(found, &shown, "must be a standard resource for quota");
        }
        path.invalid_each(found, &shown, wrong);
        let Some(amount) = value.as_str().and_then(|text| Quantity::parse(text).ok()) else {
            continue;
        };
        if amount.is_negative() {
            path.invalid(found, value, "must be greater than or equal to 0");
        }
        let is_foreign = name.contains('/') && !name.contains("kubernetes.io/");
        let is_foreign = is_foreign
            && !name.starts_with("requests.")
            && names::label_key(&format!("requests.{name}")).is_empty();
        if (is_counted(name) || is_foreign) && amount.as_milli() % 1000 != 0 {
            path.invalid(found, value, "must be an integer");
        }
    }
}

/// `spec` of a quota.
pub(super) fn quota(spec: &Value, path: &Path<'_>, found: &mut Found) {
    amounts(spec, "hard", path, found);
    selected(spec, path, found);
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
    for (one, other) in PAIRS {
        if names.contains(&one) && names.contains(&other) {
            path.invalid(found, scopes, "conflicting scopes");
        }
    }
}

/// Scopes that are chosen by expressions.
fn selected(spec: &Value, path: &Path<'_>, found: &mut Found) {
    let Some(selector) = field(spec, "scopeSelector") else {
        return;
    };
    let path = path.field("scopeSelector");
    let path = path.field("matchExpressions");
    let mut names = Vec::new();
    for one in items(selector, "matchExpressions") {
        let (scope, operator) = (text(one, "scopeName"), text(one, "operator"));
        names.push(scope);
        if !SCOPES.contains(&scope) {
            path.field("scopeName")
                .invalid(found, &Value::from(scope), "unsupported scope");
        }
        for (resource, _) in entries(spec, "hard") {
            if STANDARD.contains(&resource.as_str()) && !is_in_scope(scope, resource) {
                let shown = items(selector, "matchExpressions").iter().map(|one| {
                    let fields = [
                        ("ScopeName", "scopeName"),
                        ("Operator", "operator"),
                        ("Values", "values"),
                    ];
                    inner::record(one, &fields)
                });
                let shown = shown.collect::<Vec<_>>().join(",");
                let shown = format!("{{\"MatchExpressions\":[{shown}]}}");
                path.invalid_text(found, &shown, "unsupported scope applied to resource");
            }
        }
        let has_values = matches!(scope, "PriorityClass" | "VolumeAttributesClass");
        if SCOPES.contains(&scope) && !has_values && operator != "Exists" {
            let detail = "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";
            path.field("operator")
                .invalid(found, &Value::from(operator), detail);
        }
        let values = items(one, "values");
        match operator {
            "In" | "NotIn" if values.is_empty() => {
                let detail = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
                path.field("values").required(found, detail);
            }
            "Exists" | "DoesNotExist" if !values.is_empty() => {
                let detail = "must be no value when `operator` is 'Exist' or 'DoesNotExist' for scope selector";
                path.field("values").invalid(found, &one["values"], detail);
            }
            "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
            other => {
                let detail = "not a valid selector operator";
                path.field("operator")
                    .invalid(found, &Value::from(other), detail);
            }
        }
    }
    let shown = field(spec, "scopes").unwrap_or(&Value::Null);
    for (one, other) in PAIRS {
        if names.contains(&one) && names.contains(&other) {
            path.invalid(found, shown, "conflicting scopes");
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
