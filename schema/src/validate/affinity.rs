//! Where pods may run: affinity to nodes and to other pods, and how they spread. Source:
//! `pkg/apis/core/validation/validation.go`, Kubernetes 1.36.

use serde_json::Value;

use super::look::{entries, field, items, number, text};
use super::path::{Found, Path};
use super::selector;
use crate::names;

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";
const PREFERRED: &str = "preferredDuringSchedulingIgnoredDuringExecution";

/// `affinity` of a pod.
pub(super) fn check(affinity: &Value, path: &Path<'_>, found: &mut Found) {
    if let Some(nodes) = field(affinity, "nodeAffinity") {
        self::nodes(nodes, &path.field("nodeAffinity"), found);
    }
    for name in ["podAffinity", "podAntiAffinity"] {
        if let Some(pods) = field(affinity, name) {
            self::pods(pods, &path.field(name), found);
        }
    }
}

fn nodes(affinity: &Value, path: &Path<'_>, found: &mut Found) {
    if let Some(required) = field(affinity, REQUIRED) {
        let path = path.field(REQUIRED);
        let list = path.field("nodeSelectorTerms");
        let terms = items(required, "nodeSelectorTerms");
        if terms.is_empty() {
            list.required(found, "must have at least one node selector term");
        }
        for (at, term) in terms.iter().enumerate() {
            node_term(term, true, &list.index(at), found);
        }
    }
    let list = path.field(PREFERRED);
    for (at, preferred) in items(affinity, PREFERRED).iter().enumerate() {
        let path = list.index(at);
        weight(preferred, &path, found);
        // A wrong value prevents nothing where it is only preferred.
        node_term(
            &preferred["preference"],
            false,
            &path.field("preference"),
            found,
        );
    }
}

fn weight(preferred: &Value, path: &Path<'_>, found: &mut Found) {
    let weight = number(preferred, "weight").unwrap_or_default();
    if !(1..=100).contains(&weight) {
        path.field("weight")
            .invalid(found, &Value::from(weight), "must be in the range 1-100");
    }
}

fn node_term(term: &Value, values: bool, path: &Path<'_>, found: &mut Found) {
    let list = path.field("matchExpressions");
    for (at, one) in items(term, "matchExpressions").iter().enumerate() {
        expression(one, values, &list.index(at), found);
    }
    let list = path.field("matchFields");
    for (at, one) in items(term, "matchFields").iter().enumerate() {
        field_expression(one, &list.index(at), found);
    }
}

fn expression(one: &Value, judged: bool, path: &Path<'_>, found: &mut Found) {
    let values = items(one, "values");
    let path_of = path.field("values");
    match text(one, "operator") {
        "In" | "NotIn" if values.is_empty() => {
            let detail = "must be specified when `operator` is 'In' or 'NotIn'";
            path_of.required(found, detail);
        }
        "Exists" | "DoesNotExist" if !values.is_empty() => {
            let detail = "may not be specified when `operator` is 'Exists' or 'DoesNotExist'";
            path_of.forbidden(found, detail);
        }
        "Gt" | "Lt" if values.len() != 1 => {
            let detail = "must be specified single value when `operator` is 'Lt' or 'Gt'";
            path_of.required(found, detail);
        }
        "In" | "NotIn" | "Exists" | "DoesNotExist" | "Gt" | "Lt" => {}
        other => no_operator(other, path, found),
    }
    let key = text(one, "key");
    path.field("key")
        .invalid_each(found, &Value::from(key), names::label_key(key));
    if judged {
        for (at, value) in values.iter().enumerate() {
            let wrong = names::label_value(value.as_str().unwrap_or_default());
            path_of.index(at).invalid_each(found, value, wrong);
        }
    }
}

fn no_operator(operator: &str, path: &Path<'_>, found: &mut Found) {
    path.field("operator").invalid(
        found,
        &Value::from(operator),
        "not a valid selector operator",
    );
}

fn field_expression(one: &Value, path: &Path<'_>, found: &mut Found) {
    let values = items(one, "values");
    match text(one, "operator") {
        "In" | "NotIn" if values.len() != 1 => {
            let detail =
                "must be only one value when `operator` is 'In' or 'NotIn' for node field selector";
            path.field("values").required(found, detail);
        }
        "In" | "NotIn" => {}
        other => no_operator(other, path, found),
    }
    let key = text(one, "key");
    if key != "metadata.name" {
        path.field("key")
            .invalid(found, &Value::from(key), "not a valid field selector key");
        return;
    }
    let list = path.field("values");
    for (at, value) in values.iter().enumerate() {
        let wrong = names::dns1123_subdomain(value.as_str().unwrap_or_default());
        list.index(at).invalid_each(found, value, wrong);
    }
}

fn pods(affinity: &Value, path: &Path<'_>, found: &mut Found) {
    let list = path.field(REQUIRED);
    for (at, term) in items(affinity, REQUIRED).iter().enumerate() {
        pod_term(term, &list.index(at), found);
    }
    let list = path.field(PREFERRED);
    for (at, preferred) in items(affinity, PREFERRED).iter().enumerate() {
        let path = list.index(at);
        weight(preferred, &path, found);
        pod_term(
            &preferred["podAffinityTerm"],
            &path.field("podAffinityTerm"),
            found,
        );
    }
}

fn pod_term(term: &Value, path: &Path<'_>, found: &mut Found) {
    for name in ["labelSelector", "namespaceSelector"] {
        if let Some(labels) = field(term, name) {
            selector::check(labels, &path.field(name), found);
        }
    }
    for name in items(term, "namespaces") {
        let wrong = names::dns1123_label(name.as_str().unwrap_or_default());
        path.field("namespace").invalid_each(found, name, wrong);
    }
    match_keys(term, path, found);
    let (key, path) = (text(term, "topologyKey"), path.field("topologyKey"));
    if key.is_empty() {
        path.required(found, "can not be empty");
    }
    path.invalid_each(found, &Value::from(key), names::label_key(key));
}

/// Keys of labels whose values those of the pod itself are to have, or not to have.
fn match_keys(term: &Value, path: &Path<'_>, found: &mut Found) {
    let labels = field(term, "labelSelector");
    for name in ["matchLabelKeys", "mismatchLabelKeys"] {
        let (keys, list) = (items(term, name), path.field(name));
        if !keys.is_empty() && labels.is_none() {
            let detail = "must not be specified when labelSelector is not set";
            list.forbidden(found, detail);
            continue;
        }
        for (at, key) in keys.iter().enumerate() {
            let wrong = names::label_key(key.as_str().unwrap_or_default());
            list.index(at).invalid_each(found, key, wrong);
        }
    }
    let (same, other) = (
        items(term, "matchLabelKeys"),
        items(term, "mismatchLabelKeys"),
    );
    if let Some(labels) = labels {
        let mut seen: Vec<&str> = entries(labels, "matchLabels")
            .map(|(key, _)| key.as_str())
            .collect();
        for expression in items(labels, "matchExpressions") {
            let key = text(expression, "key");
            let at = same.iter().rposition(|one| one == key);
            if let Some(at) = at.filter(|_| seen.contains(&key)) {
                let detail = "exists in both matchLabelKeys and labelSelector";
                path.index(at).invalid(found, &Value::from(key), detail);
            }
            seen.push(key);
        }
    }
    let list = path.field("matchLabelKeys");
    for (at, key) in same.iter().enumerate() {
        if other.contains(key) {
            let detail = "exists in both matchLabelKeys and mismatchLabelKeys";
            list.index(at).invalid(found, key, detail);
        }
    }
}

/// `topologySpreadConstraints` of a pod.
pub(super) fn spread(spec: &Value, path: &Path<'_>, found: &mut Found) {
    let list = path.field("topologySpreadConstraints");
    let all = items(spec, "topologySpreadConstraints");
    for (at, constraint) in all.iter().enumerate() {
        let path = list.index(at);
        positive(constraint, "maxSkew", &path, found);
        let (key, action) = (
            text(constraint, "topologyKey"),
            text(constraint, "whenUnsatisfiable"),
        );
        if key.is_empty() {
            path.field("topologyKey")
                .required(found, "can not be empty");
        }
        if !matches!(action, "DoNotSchedule" | "ScheduleAnyway") {
            let allowed = ["DoNotSchedule", "ScheduleAnyway"];
            path.field("whenUnsatisfiable")
                .unsupported(found, &Value::from(action), &allowed);
        }
        let again = all[at + 1..].iter().any(|other| {
            (key, action) == (text(other, "topologyKey"), text(other, "whenUnsatisfiable"))
        });
        if again {
            let shown = Value::from(format!("{{{key}, {action}}}"));
            path.field("{topologyKey, whenUnsatisfiable}")
                .duplicate(found, &shown);
        }
        if let Some(domains) = field(constraint, "minDomains") {
            positive(constraint, "minDomains", &path, found);
            if action != "DoNotSchedule" {
                let detail = format!(
                    "can only use minDomains if whenUnsatisfiable=DoNotSchedule, not {action}"
                );
                path.field("minDomains").invalid(found, domains, &detail);
            }
        }
        for name in ["nodeAffinityPolicy", "nodeTaintsPolicy"] {
            if let Some(policy) = field(constraint, name)
                && !matches!(policy.as_str(), Some("Honor" | "Ignore"))
            {
                path.field(name)
                    .unsupported(found, policy, &["Honor", "Ignore"]);
            }
        }
        match_keys(constraint, &path, found);
        if let Some(labels) = field(constraint, "labelSelector") {
            selector::check(labels, &path.field("labelSelector"), found);
        }
    }
}

fn positive(holder: &Value, name: &str, path: &Path<'_>, found: &mut Found) {
    let number = number(holder, name).unwrap_or_default();
    if number <= 0 {
        let detail = "must be greater than zero";
        path.field(name)
            .invalid(found, &Value::from(number), detail);
    }
}
