//! The `apps` group.

use serde_json::Value;

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
    for name in [
        "replicas",
        "minReadySeconds",
        "revisionHistoryLimit",
        "progressDeadlineSeconds",
    ] {
        not_negative(spec, name, path, found);
    }
    if selected(kind, spec, path, found) {
        template(kind, spec, path, found);
    }
    match kind {
        "Deployment" => {
            rolling(spec, "strategy", "Recreate", path, found);
            let deadline = number(spec, "progressDeadlineSeconds");
            let ready = number(spec, "minReadySeconds").unwrap_or_default();
            if deadline.is_some_and(|deadline| deadline <= ready) {
                let path = path.field("progressDeadlineSeconds");
                let value = &spec["progressDeadlineSeconds"];
                path.invalid(found, value, "must be greater than minReadySeconds");
            }
        }
        "DaemonSet" => rolling(spec, "updateStrategy", "OnDelete", path, found),
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
                let kind = kind.to_lowercase();
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
    let claims = items(spec, "volumeClaimTemplates");
    if claims.is_empty() {
        pod::template(template, &path, found);
    } else {
        pod::template(&with_claims(template, claims), &path, found);
    }
    let policy = text(&template["spec"], "restartPolicy");
    let path = path.field("spec");
    if !matches!(policy, "Always" | "") {
        path.field("restartPolicy")
            .unsupported(found, &Value::from(policy), &["Always"]);
    }
    if field(&template["spec"], "activeDeadlineSeconds").is_some() {
        let detail = format!("activeDeadlineSeconds in {kind} is not Supported");
        path.field("activeDeadlineSeconds")
            .forbidden(found, &detail);
    }
}

/// A template as its pods will be: every claim is a volume, and takes the place of one of its name.
fn with_claims(template: &Value, claims: &[Value]) -> Value {
    let mut template = template.clone();
    let Some(spec) = template.get_mut("spec").and_then(Value::as_object_mut) else {
        return template;
    };
    let volumes = spec
        .entry("volumes")
        .or_insert_with(|| Value::Array(Vec::new()));
    if let Some(volumes) = volumes.as_array_mut() {
        for claim in claims {
            let name = text(&claim["metadata"], "name");
            volumes.retain(|volume| volume["name"] != name);
            let claim = serde_json::json!({"claimName": name});
            volumes.push(serde_json::json!({"name": name, "persistentVolumeClaim": claim}));
        }
    }
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
    let Some(rolling) = field(strategy, "rollingUpdate") else {
        return;
    };
    let path = path.field("updateStrategy");
    let path = path.field("rollingUpdate");
    if text(strategy, "type") == "OnDelete" {
        // The server shows its inner form.
        let (partition, most) = (&rolling["partition"], &rolling["maxUnavailable"]);
        let shown = format!("{{\"Partition\":{partition},\"MaxUnavailable\":{most}}}");
        path.invalid_text(
            found,
            &shown,
            "only allowed for updateStrategy 'RollingUpdate'",
        );
    } else {
        not_negative(rolling, "partition", &path, found);
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

/// Bounds of a rolling update.
fn rolling(spec: &Value, strategy: &str, other: &str, path: &Path<'_>, found: &mut Found) {
    let path = path.field(strategy);
    let Some(strategy) = field(spec, strategy) else {
        return;
    };
    let Some(rolling) = field(strategy, "rollingUpdate") else {
        return;
    };
    let path = path.field("rollingUpdate");
    if text(strategy, "type") == other && other == "Recreate" {
        path.forbidden(
            found,
            "may not be specified when strategy `type` is 'Recreate'",
        );
        return;
    }
    for name in ["maxUnavailable", "maxSurge"] {
        number_or_percent(rolling, name, &path, found);
    }
    let none = |name: &str| {
        matches!(&rolling[name], Value::Number(n) if n.as_i64() == Some(0))
            || rolling[name] == "0%"
            || rolling[name].is_null()
    };
    if other == "OnDelete" {
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
