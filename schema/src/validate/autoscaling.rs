//! Autoscalers and disruption budgets.

use serde_json::Value;

use super::look::{field, items, number, text};
use super::path::{Found, Path};
use super::selector;
use super::workload::number_or_percent;
use crate::names;

/// Where metrics come from.
const SOURCES: [&str; 5] = [
    "ContainerResource",
    "External",
    "Object",
    "Pods",
    "Resource",
];

pub(super) fn autoscaler(spec: &Value, path: &Path<'_>, found: &mut Found) {
    let least = number(spec, "minReplicas").unwrap_or(1);
    let most = number(spec, "maxReplicas").unwrap_or_default();
    if least < 1 {
        let detail = "must be greater than or equal to 1";
        path.field("minReplicas")
            .invalid(found, &spec["minReplicas"], detail);
    }
    if most == 0 {
        path.field("maxReplicas")
            .required(found, "must be set and greater than 0");
    } else if most < 0 {
        let detail = "must be greater than or equal to 1";
        path.field("maxReplicas")
            .invalid(found, &Value::from(most), detail);
    }
    target(
        &spec["scaleTargetRef"],
        &path.field("scaleTargetRef"),
        found,
    );
    if most < least {
        let detail = "must be greater than or equal to `minReplicas`";
        path.field("maxReplicas")
            .invalid(found, &Value::from(most), detail);
    }
    let list = path.field("metrics");
    for (at, metric) in items(spec, "metrics").iter().enumerate() {
        self::metric(metric, &list.index(at), found);
    }
    if let Some(behavior) = field(spec, "behavior") {
        for name in ["scaleUp", "scaleDown"] {
            if let Some(rules) = field(behavior, name) {
                let path = path.field("behavior");
                self::rules(rules, &path.field(name), found);
            }
        }
    }
}

/// What is scaled.
fn target(target: &Value, path: &Path<'_>, found: &mut Found) {
    for name in ["kind", "name"] {
        let value = text(target, name);
        if !value.is_empty() {
            path.field(name)
                .invalid_each(found, &target[name], names::path_segment(value));
        }
    }
    let version = text(target, "apiVersion");
    if !version.contains('/') && text(target, "kind") != "ReplicationController" {
        path.field("apiVersion").invalid(
            found,
            &Value::from(version),
            "apiVersion must specify API group",
        );
    }
}

fn metric(metric: &Value, path: &Path<'_>, found: &mut Found) {
    let source = match text(metric, "type") {
        "Object" => "object",
        "Pods" => "pods",
        "Resource" => "resource",
        "ContainerResource" => "containerResource",
        "External" => "external",
        other => {
            let path = path.field("type");
            if other.is_empty() {
                path.required(found, "must specify a metric source type");
            }
            path.unsupported(found, &Value::from(other), &SOURCES);
            return;
        }
    };
    let Some(body) = field(metric, source) else {
        let detail = "must populate information for the given metric source";
        path.field(source).required(found, detail);
        return;
    };
    let path = path.field(source);
    let path = path.field("target");
    let Some(target) = field(body, "target") else {
        return;
    };
    let ty = text(target, "type");
    if ty.is_empty() {
        path.field("type")
            .required(found, "must specify a metric target type");
    }
    if !matches!(ty, "Utilization" | "Value" | "AverageValue") {
        let detail = "must be either Utilization, Value, or AverageValue";
        path.field("type").invalid(found, &Value::from(ty), detail);
    }
    let set = ["averageUtilization", "averageValue", "value"]
        .into_iter()
        .filter(|name| field(target, name).is_some())
        .count();
    match source {
        "resource" | "containerResource" => {
            if set == 0 {
                let detail = "must set either a target raw value or a target utilization";
                path.field("averageUtilization").required(found, detail);
            }
            if field(target, "averageUtilization").is_some()
                && field(target, "averageValue").is_some()
            {
                let detail = "may not set both a target raw value and a target utilization";
                path.field("averageValue").forbidden(found, detail);
            }
        }
        "pods" if field(target, "averageValue").is_none() => {
            path.field("averageValue")
                .required(found, "must specify a positive target averageValue");
        }
        _ if set == 0 => {
            let detail = if source == "object" {
                "must set either a target value or averageValue"
            } else {
                "must set either a target value for metric or a per-pod target"
            };
            path.field("averageValue").required(found, detail);
        }
        _ => {}
    }
    if number(target, "averageUtilization").is_some_and(|share| share < 1) {
        let value = &target["averageUtilization"];
        path.field("averageUtilization")
            .invalid(found, value, "must be greater than 0");
    }
}

fn rules(rules: &Value, path: &Path<'_>, found: &mut Found) {
    if let Some(window) = number(rules, "stabilizationWindowSeconds") {
        let value = &rules["stabilizationWindowSeconds"];
        let path = path.field("stabilizationWindowSeconds");
        if window < 0 {
            path.invalid(found, value, "must be greater than or equal to zero");
        } else if window > 3600 {
            path.invalid(found, value, "must be less than or equal to 3600");
        }
    }
    let list = path.field("policies");
    if field(rules, "policies").is_some() && items(rules, "policies").is_empty() {
        list.required(found, "must specify at least one Policy");
    }
    for (at, policy) in items(rules, "policies").iter().enumerate() {
        let path = list.index(at);
        for name in ["value", "periodSeconds"] {
            let number = number(policy, name).unwrap_or_default();
            if number <= 0 {
                path.field(name)
                    .invalid(found, &policy[name], "must be greater than zero");
            } else if name == "periodSeconds" && number > 1800 {
                path.field(name).invalid(
                    found,
                    &policy[name],
                    "must be less than or equal to 1800",
                );
            }
        }
    }
}

/// `spec` of a disruption budget.
pub(super) fn budget(spec: &Value, path: &Path<'_>, found: &mut Found) {
    if field(spec, "minAvailable").is_some() && field(spec, "maxUnavailable").is_some() {
        path.invalid(
            found,
            spec,
            "minAvailable and maxUnavailable cannot be both set",
        );
    }
    for name in ["minAvailable", "maxUnavailable"] {
        number_or_percent(spec, name, path, found);
    }
    if let Some(labels) = field(spec, "selector") {
        selector::check(labels, &path.field("selector"), found);
    }
}
