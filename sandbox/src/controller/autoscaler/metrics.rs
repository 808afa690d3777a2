//! What a controller says of metrics that nothing serves.

use serde_json::Value;

use super::super::json::{at, has, items, text};

/// Why a metric cannot be read.
#[derive(Debug, PartialEq)]
pub(super) struct Unread {
    /// The reason, one word.
    pub(super) reason: &'static str,
    /// What its event and its condition say.
    pub(super) why: String,
    /// What the summary of all metrics says.
    pub(super) failure: String,
}

const NOT_SERVED: &str = "the server could not find the requested resource";
const NO_CUSTOM: &str = "unable to fetch metrics from custom metrics API: no custom metrics API \
                         (custom.metrics.k8s.io) registered";

/// Why a metric of an autoscaler in the namespace `home` cannot be read.
pub(super) fn unread(metric: &Value, home: &str) -> Unread {
    let kind = text(metric, "type");
    match kind {
        "Pods" => {
            let name = text(metric, "pods.metric.name");
            let why = format!("unable to get metric {name}: {NO_CUSTOM}");
            let failure = format!("failed to get pods metric value: {why}");
            Unread {
                reason: "FailedGetPodsMetric",
                why,
                failure,
            }
        }
        "Object" => object(at(metric, "object"), home),
        "External" => external(at(metric, "external"), home),
        "ContainerResource" => {
            let source = at(metric, "containerResource");
            let whose = format!("{} container", text(source, "container"));
            resource("FailedGetContainerResourceMetric", &whose, source)
        }
        _ => {
            let source = at(metric, "resource");
            let whose = format!("{} resource", text(source, "name"));
            resource("FailedGetResourceMetric", &whose, source)
        }
    }
}

fn resource(reason: &'static str, whose: &str, source: &Value) -> Unread {
    let why = usage(source);
    let failure = format!("failed to get {whose} metric value: {why}");
    Unread {
        reason,
        why,
        failure,
    }
}

fn usage(source: &Value) -> String {
    let name = text(source, "name");
    let what = if has(source, "target.averageValue") {
        "usage"
    } else {
        "utilization"
    };
    format!(
        "failed to get {name} {what}: unable to get metrics for resource {name}: unable to fetch \
         metrics from resource metrics API: {NOT_SERVED} (get pods.metrics.k8s.io)"
    )
}

fn object(source: &Value, home: &str) -> Unread {
    let name = text(source, "metric.name");
    let (kind, about) = (
        text(source, "describedObject.kind"),
        text(source, "describedObject.name"),
    );
    // The real one puts its words in this order.
    let why = format!("unable to get metric {name}: {kind} on {home} {about}/{NO_CUSTOM}");
    let inner = if text(source, "target.type") == "AverageValue" {
        format!("failed to get {name} object metric: {why}")
    } else {
        why.clone()
    };
    let failure = format!("failed to get object metric value: {inner}");
    Unread {
        reason: "FailedGetObjectMetric",
        why,
        failure,
    }
}

fn external(source: &Value, home: &str) -> Unread {
    let name = text(source, "metric.name");
    let selector = selector(at(source, "metric.selector"));
    let why = format!(
        "unable to get external metric {home}/{name}/{selector}: unable to fetch metrics from \
         external metrics API: {NOT_SERVED} (get {name}.external.metrics.k8s.io)"
    );
    let inner = if has(source, "target.averageValue") {
        format!("failed to get {name} external metric: {why}")
    } else {
        format!("failed to get external metric {name}: {why}")
    };
    let failure = format!("failed to get {name} external metric value: {inner}");
    Unread {
        reason: "FailedGetExternalMetric",
        why,
        failure,
    }
}

/// A selector as Go prints it.
fn selector(selector: &Value) -> String {
    if selector.is_null() {
        return "nil".to_owned();
    }
    let labels: Vec<String> = at(selector, "matchLabels")
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| format!("{key}: {},", value.as_str().unwrap_or_default()))
        .collect();
    let expressions: Vec<String> = items(selector, "matchExpressions")
        .iter()
        .map(|one| {
            let values: Vec<&str> = items(one, "values")
                .iter()
                .filter_map(Value::as_str)
                .collect();
            format!(
                "LabelSelectorRequirement{{Key:{},Operator:{},Values:[{}],}},",
                text(one, "key"),
                text(one, "operator"),
                values.join(" ")
            )
        })
        .collect();
    let (labels, expressions) = (labels.concat(), expressions.concat());
    format!(
        "&LabelSelector{{MatchLabels:map[string]string{{{labels}}},\
         MatchExpressions:[]LabelSelectorRequirement{{{expressions}}},}}"
    )
}
