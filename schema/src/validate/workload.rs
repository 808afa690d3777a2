//! The `apps` group.

use serde_json::{Value, json};

use super::look::{field, items, number, text};
use super::path::{Found, Path};
use super::{pod, selector, storage};
use crate::names;
use crate::quantity::Quantity;

const KINDS: [&str; 4] = ["DaemonSet", "Deployment", "ReplicaSet", "StatefulSet"];

pub(super) fn check(kind: &str, spec: &Value, path: &Path<'_>, found: &mut Found) {
    if !KINDS.contains(&kind) {
        return;
    }
    for name in ["replicas", "minReadySeconds", "progressDeadlineSeconds"] {
        not_negative(spec, name, path, found);
    }
    if kind != "StatefulSet" {
        not_negative(spec, "revisionHistoryLimit", path, found);
    }
    if selected(kind, spec, path, found) {
        template(kind, spec, path, found);
    }
    match kind {
        "Deployment" => {
            if let Some(strategy) = field(spec, "strategy") {
                strategy_of_pods(
                    strategy,
                    &["Recreate", "RollingUpdate"],
                    &path.field("strategy"),
                    found,
                );
            }
            let deadline = number(spec, "progressDeadlineSeconds");
            let ready = number(spec, "minReadySeconds").unwrap_or_default();
            if deadline.is_some_and(|deadline| deadline <= ready) {
                let path = path.field("progressDeadlineSeconds");
                let value = &spec["progressDeadlineSeconds"];
                path.invalid(found, value, "must be greater than minReadySeconds");
            }
        }
        "DaemonSet" => {
            if let Some(strategy) = field(spec, "updateStrategy") {
                strategy_of_pods(
                    strategy,
                    &["RollingUpdate", "OnDelete"],
                    &path.field("updateStrategy"),
                    found,
                );
            }
        }
        "StatefulSet" => {
            claims(spec, path, found);
            stateful(spec, path, found);
        }
        _ => {}
    }
}

/// A number that may not be below zero.
pub(super) fn not_negative(spec: &Value, name: &str, path: &Path<'_>, found: &mut Found) {
    if number(spec, name).is_some_and(|number| number < 0) {
        path.field(name)
            .invalid(found, &spec[name], "must be greater than or equal to 0");
    }
}

/// Checks the selector; whether the template is to be judged at all.
fn selected(kind: &str, spec: &Value, path: &Path<'_>, found: &mut Found) -> bool {
    let path_of = path.field("selector");
    let labels = field(spec, "selector");
    match labels {
        Some(labels) => {
            selector::check(labels, &path_of, found);
            if selector::is_empty(labels) {
                // A replica set is told what its deployment is.
                let kind = match kind {
                    "ReplicaSet" => "deployment".to_owned(),
                    other => other.to_lowercase(),
                };
                let detail = format!("empty selector is invalid for {kind}");
                path_of.invalid(found, labels, &detail);
            } else if !selector::is_sound(labels) {
                match kind {
                    "DaemonSet" => return true,
                    "StatefulSet" => path_of.invalid(found, labels, ""),
                    _ => path_of.invalid(found, labels, "invalid label selector"),
                }
                return false;
            }
        }
        None if kind == "DaemonSet" => {}
        None => path_of.required(found, ""),
    }
    let template = spec.pointer("/template/metadata/labels");
    let template = template.unwrap_or(&Value::Null);
    // Without a selector nothing is selected.
    let matches = labels.is_some_and(|labels| selector::matches(labels, template));
    if !matches {
        let above = path.field("template");
        let above = above.field("metadata");
        let detail = "`selector` does not match template `labels`";
        above.field("labels").invalid(found, template, detail);
    }
    true
}

fn template(kind: &str, spec: &Value, path: &Path<'_>, found: &mut Found) {
    let Some(template) = field(spec, "template") else {
        return;
    };
    let path = path.field("template");
    if kind == "StatefulSet" {
        let claims = items(spec, "volumeClaimTemplates");
        pod::template(&of_a_set(template, claims), &path, found);
    } else {
        pod::template(template, &path, found);
    }
    let policy = text(&template["spec"], "restartPolicy");
    let path = path.field("spec");
    if !matches!(policy, "Always" | "") {
        path.field("restartPolicy")
            .unsupported(found, &Value::from(policy), &["Always"]);
    }
    if field(&template["spec"], "activeDeadlineSeconds").is_some() {
        let kind = match kind {
            "Deployment" => "ReplicaSet",
            other => other,
        };
        let detail = format!("activeDeadlineSeconds in {kind} is not Supported");
        path.field("activeDeadlineSeconds")
            .forbidden(found, &detail);
    }
}

/// A template as the pods of a stateful set will be: their names are the set's, and every claim is a
/// volume, before all others, and takes the place of one of its name.
fn of_a_set(template: &Value, claims: &[Value]) -> Value {
    let mut template = template.clone();
    let Some(spec) = template.get_mut("spec").and_then(Value::as_object_mut) else {
        return template;
    };
    spec.remove("hostname");
    spec.remove("subdomain");
    if claims.is_empty() {
        return template;
    }
    let claimed: Vec<&str> = claims
        .iter()
        .map(|claim| text(&claim["metadata"], "name"))
        .collect();
    let mut volumes: Vec<Value> = claimed
        .iter()
        .map(|name| json!({"name": name, "persistentVolumeClaim": {"claimName": name}}))
        .collect();
    if let Some(Value::Array(others)) = spec.remove("volumes") {
        let is_claimed = |volume: &Value| claimed.contains(&text(volume, "name"));
        volumes.extend(others.into_iter().filter(|volume| !is_claimed(volume)));
    }
    spec.insert("volumes".to_owned(), volumes.into());
    template
}

/// What only stateful sets have.
fn stateful(spec: &Value, path: &Path<'_>, found: &mut Found) {
    let order = text(spec, "podManagementPolicy");
    if !matches!(order, "" | "OrderedReady" | "Parallel") {
        let detail = "must be 'OrderedReady' or 'Parallel'";
        path.field("podManagementPolicy")
            .invalid(found, &spec["podManagementPolicy"], detail);
    }
    if let Some(policy) = field(spec, "persistentVolumeClaimRetentionPolicy") {
        let path = path.field("persistentVolumeClaimRetentionPolicy");
        for name in ["whenDeleted", "whenScaled"] {
            let given = text(policy, name);
            if !matches!(given, "Retain" | "Delete") {
                path.field(name)
                    .unsupported(found, &Value::from(given), &["Retain", "Delete"]);
            }
        }
    }
    if number(&spec["ordinals"], "start").is_some_and(|start| start < 0) {
        path.field("ordinals.start").invalid(
            found,
            &spec["ordinals"]["start"],
            "must be greater than or equal to 0",
        );
    }
    let service = text(spec, "serviceName");
    if !service.is_empty() {
        path.field("serviceName").invalid_each(
            found,
            &spec["serviceName"],
            names::dns1123_label(service),
        );
    }
    let strategy = &spec["updateStrategy"];
    let rolling = field(strategy, "rollingUpdate");
    // The server shows its inner form.
    let shown = rolling.map_or_else(
        || "null".to_owned(),
        |rolling| {
            let (partition, most) = (number(rolling, "partition"), &rolling["maxUnavailable"]);
            let partition = partition.unwrap_or_default();
            format!("{{\"Partition\":{partition},\"MaxUnavailable\":{most}}}")
        },
    );
    let path = path.field("updateStrategy");
    match (text(strategy, "type"), rolling) {
        ("RollingUpdate" | "", Some(rolling)) => {
            not_negative(rolling, "partition", &path.field("rollingUpdate"), found);
        }
        ("OnDelete", Some(_)) => path.field("rollingUpdate").invalid_text(
            found,
            &shown,
            "only allowed for updateStrategy 'RollingUpdate'",
        ),
        ("RollingUpdate" | "OnDelete" | "", _) => {}
        (other, _) => {
            let shown = format!("{{\"Type\":{other:?},\"RollingUpdate\":{shown}}}");
            let detail = "must be 'RollingUpdate' or 'OnDelete'";
            path.invalid_text(found, &shown, detail);
        }
    }
}

fn claims(spec: &Value, path: &Path<'_>, found: &mut Found) {
    let list = path.field("volumeClaimTemplates");
    for (at, claim) in items(spec, "volumeClaimTemplates").iter().enumerate() {
        let path = list.index(at);
        if let Some(spec) = field(claim, "spec") {
            storage::claim(spec, &path.field("spec"), found);
        }
    }
}

/// How the pods of a deployment or a daemon set are replaced.
fn strategy_of_pods(strategy: &Value, allowed: &[&str; 2], path: &Path<'_>, found: &mut Found) {
    let (ty, rolling) = (text(strategy, "type"), field(strategy, "rollingUpdate"));
    match (ty, rolling) {
        ("RollingUpdate" | "", Some(bounds)) => {
            let is_daemon = allowed.contains(&"OnDelete");
            self::bounds(bounds, is_daemon, &path.field("rollingUpdate"), found);
        }
        ("Recreate", Some(_)) => path.field("rollingUpdate").forbidden(
            found,
            "may not be specified when strategy `type` is 'Recreate'",
        ),
        (ty, _) if ty.is_empty() || allowed.contains(&ty) => {}
        _ => {
            // The server shows its inner form, in which a bound that is not there is zero.
            let shown = rolling.map_or_else(
                || "null".to_owned(),
                |rolling| {
                    let bound = |name: &str| field(rolling, name).cloned().unwrap_or(0.into());
                    let (most, more) = (bound("maxUnavailable"), bound("maxSurge"));
                    format!("{{\"MaxUnavailable\":{most},\"MaxSurge\":{more}}}")
                },
            );
            let shown = format!("{{\"Type\":{ty:?},\"RollingUpdate\":{shown}}}");
            path.unsupported_text(found, &shown, allowed);
        }
    }
}

/// Bounds of a rolling update.
fn bounds(rolling: &Value, is_daemon: bool, path: &Path<'_>, found: &mut Found) {
    for name in ["maxUnavailable", "maxSurge"] {
        number_or_percent(rolling, name, path, found);
    }
    let none = |name: &str| {
        matches!(&rolling[name], Value::Number(n) if n.as_i64() == Some(0))
            || rolling[name] == "0%"
            || rolling[name].is_null()
    };
    if is_daemon {
        // Of a daemon set one of the two is what moves it.
        match (none("maxUnavailable"), none("maxSurge")) {
            (true, true) => path
                .field("maxUnavailable")
                .required(found, "cannot be 0 when maxSurge is 0"),
            (false, false) => path.field("maxSurge").invalid(
                found,
                &rolling["maxSurge"],
                "may not be set when maxUnavailable is non-zero",
            ),
            _ => {}
        }
        return;
    }
    if none("maxUnavailable") && none("maxSurge") {
        let value = &rolling["maxUnavailable"];
        path.field("maxUnavailable")
            .invalid(found, value, "may not be 0 when `maxSurge` is 0");
    }
}

/// A number or a percentage, not below zero.
pub(super) fn number_or_percent(value: &Value, name: &str, path: &Path<'_>, found: &mut Found) {
    let path = path.field(name);
    match &value[name] {
        Value::Number(number) if number.as_i64().is_some_and(|number| number < 0) => {
            path.invalid(found, &value[name], "must be greater than or equal to 0");
        }
        Value::String(text) => {
            let digits = text.strip_suffix('%').filter(|d| !d.is_empty());
            match digits.filter(|d| d.bytes().all(|b| b.is_ascii_digit())) {
                None => path.invalid(
                    found,
                    &value[name],
                    "a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%', regex used for validation is '[0-9]+%')",
                ),
                Some(digits) if name != "maxSurge" => {
                    if Quantity::parse(digits).is_ok_and(|share| share.value() > 100) {
                        path.invalid(found, &value[name], "must not be greater than 100%");
                    }
                }
                Some(_) => {}
            }
        }
        _ => {}
    }
}
