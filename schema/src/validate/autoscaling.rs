//! Autoscalers and disruption budgets.

use serde_json::Value;

use super::look::{field, items, number, text};
use super::path::{Found, Path};
use super::workload::number_or_percent;
use super::{container, inner, selector};
use crate::names;
use crate::quantity::Quantity;

/// Where metrics come from.
const SOURCES: [&str; 5] = [
    "ContainerResource",
    "External",
    "Object",
    "Pods",
    "Resource",
];

/// The fields of sources.
const KINDS: [(&str, &str); 5] = [
    ("ContainerResource", "containerResource"),
    ("External", "external"),
    ("Object", "object"),
    ("Pods", "pods"),
    ("Resource", "resource"),
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

/// An object by version, kind and name.
fn described(object: &Value, path: &Path<'_>, found: &mut Found) {
    for name in ["kind", "name"] {
        let value = text(object, name);
        if value.is_empty() {
            path.field(name).required(found, "");
        } else {
            path.field(name)
                .invalid_each(found, &object[name], names::path_segment(value));
        }
    }
}

/// What is scaled.
fn target(target: &Value, path: &Path<'_>, found: &mut Found) {
    described(target, path, found);
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
    let ty = text(metric, "type");
    let expected = KINDS
        .iter()
        .find(|(of, _)| *of == ty)
        .map(|(_, name)| *name);
    if expected.is_none() {
        let path = path.field("type");
        if ty.is_empty() {
            path.required(found, "must specify a metric source type");
        }
        path.unsupported(found, &Value::from(ty), &SOURCES);
    }
    let given: Vec<&str> = [
        "object",
        "external",
        "pods",
        "resource",
        "containerResource",
    ]
    .into_iter()
    .filter(|name| field(metric, name).is_some())
    .collect();
    if let Some(first) = given.first() {
        source(first, &metric[*first], &path.field(first), found);
    }
    if let Some(expected) = expected.filter(|name| !given.contains(name)) {
        let detail = "must populate information for the given metric source";
        path.field(expected).required(found, detail);
    }
    if given.len() > 1 {
        for name in given.into_iter().filter(|name| Some(*name) != expected) {
            let detail = "must populate the given metric source only";
            path.field(name).forbidden(found, detail);
        }
    }
}

/// Where a metric comes from, and what it is to be.
fn source(name: &str, source: &Value, path: &Path<'_>, found: &mut Found) {
    match name {
        "object" => {
            let path_of = path.field("describedObject");
            described(&source["describedObject"], &path_of, found);
            identifier(&source["metric"], &path.field("metric"), found);
        }
        "pods" | "external" => identifier(&source["metric"], &path.field("metric"), found),
        _ => resource(name, source, path, found),
    }
    let path = path.field("target");
    let target = &source["target"];
    amount(target, &path, found);
    let has = |name: &str| field(target, name).is_some();
    match name {
        "pods" if !has("averageValue") => {
            path.field("averageValue")
                .required(found, "must specify a positive target averageValue");
        }
        "object" if !has("value") && !has("averageValue") => {
            path.field("averageValue")
                .required(found, "must set either a target value or averageValue");
        }
        "external" if !has("value") && !has("averageValue") => {
            let detail = "must set either a target value for metric or a per-pod target";
            path.field("averageValue").required(found, detail);
        }
        "external" if has("value") && has("averageValue") => {
            let detail = "may not set both a target value for metric and a per-pod target";
            path.field("value").forbidden(found, detail);
        }
        "resource" | "containerResource" => {
            let detail = "must set either a target raw value or a target utilization";
            if !has("averageUtilization") && !has("averageValue") {
                path.field("averageUtilization").required(found, detail);
            }
            if has("averageUtilization") && has("averageValue") {
                let detail = "may not set both a target raw value and a target utilization";
                path.field("averageValue").forbidden(found, detail);
            }
        }
        _ => {}
    }
}

fn resource(name: &str, source: &Value, path: &Path<'_>, found: &mut Found) {
    let of = text(source, "name");
    if of.is_empty() {
        path.field("name")
            .required(found, "must specify a resource name");
    } else if name == "containerResource" {
        container::resource_name(of, &path.field("name"), found);
    }
    if name == "containerResource" {
        let (given, path) = (text(source, "container"), path.field("container"));
        if given.is_empty() {
            path.required(found, "must specify a container");
        } else {
            path.invalid_each(found, &source["container"], names::dns1123_label(given));
        }
    }
}

fn identifier(metric: &Value, path: &Path<'_>, found: &mut Found) {
    let (name, path) = (text(metric, "name"), path.field("name"));
    if name.is_empty() {
        path.required(found, "must specify a metric name");
    } else {
        path.invalid_each(found, &metric["name"], names::path_segment(name));
    }
}

/// How much of a metric is aimed at.
fn amount(target: &Value, path: &Path<'_>, found: &mut Found) {
    let ty = text(target, "type");
    if ty.is_empty() {
        path.field("type")
            .required(found, "must specify a metric target type");
    }
    if !matches!(ty, "Utilization" | "Value" | "AverageValue") {
        let detail = "must be either Utilization, Value, or AverageValue";
        path.field("type").invalid(found, &Value::from(ty), detail);
    }
    for name in ["value", "averageValue"] {
        let given = container::amount(&target[name]);
        if given.is_some_and(|given| given <= Quantity::ZERO) {
            path.field(name)
                .invalid(found, &target[name], "must be positive");
        }
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
    const SELECTIONS: [&str; 3] = ["Disabled", "Max", "Min"];
    if let Some(given) = field(rules, "selectPolicy")
        && !given
            .as_str()
            .is_some_and(|given| SELECTIONS.contains(&given))
    {
        path.field("selectPolicy")
            .unsupported(found, given, &SELECTIONS);
    }
    if let Some(tolerance) = container::amount(&rules["tolerance"])
        && tolerance.is_negative()
    {
        path.field("tolerance").invalid(
            found,
            &rules["tolerance"],
            "must be greater than or equal to 0",
        );
    }
    let list = path.field("policies");
    if field(rules, "policies").is_some() && items(rules, "policies").is_empty() {
        list.required(found, "must specify at least one Policy");
    }
    for (at, policy) in items(rules, "policies").iter().enumerate() {
        let path = list.index(at);
        let ty = text(policy, "type");
        if !matches!(ty, "Pods" | "Percent") {
            path.field("type")
                .unsupported(found, &Value::from(ty), &["Percent", "Pods"]);
        }
        for name in ["value", "periodSeconds"] {
            let number = number(policy, name).unwrap_or_default();
            if number <= 0 {
                path.field(name)
                    .invalid(found, &Value::from(number), "must be greater than zero");
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
        let policy = [
            ("MinAvailable", "minAvailable"),
            ("Selector", "selector"),
            ("MaxUnavailable", "maxUnavailable"),
            ("UnhealthyPodEvictionPolicy", "unhealthyPodEvictionPolicy"),
        ];
        let shown = inner::record(spec, &policy);
        let detail = "minAvailable and maxUnavailable cannot be both set";
        path.invalid_text(found, &shown, detail);
    }
    for name in ["minAvailable", "maxUnavailable"] {
        number_or_percent(spec, name, path, found);
    }
    if let Some(labels) = field(spec, "selector") {
        selector::check(labels, &path.field("selector"), found);
    }
    const EVICTION: [&str; 2] = ["AlwaysAllow", "IfHealthyBudget"];
    if let Some(given) = field(spec, "unhealthyPodEvictionPolicy")
        && !given
            .as_str()
            .is_some_and(|given| EVICTION.contains(&given))
    {
        path.field("unhealthyPodEvictionPolicy")
            .unsupported(found, given, &EVICTION);
    }
}
