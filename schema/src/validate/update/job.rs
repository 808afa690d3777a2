//! Jobs and stateful sets.

use serde_json::Value;

use super::super::look::{field, items, number, text};
use super::super::path::{Found, Path};
use super::{IMMUTABLE, without};

/// Fields of a stateful set's `spec` that may change.
const STATEFUL_SET: &[&str] = &[
    "minReadySeconds",
    "ordinals",
    "persistentVolumeClaimRetentionPolicy",
    "replicas",
    "revisionHistoryLimit",
    "template",
    "updateStrategy",
];

pub(super) fn stateful_set(old: &Value, new: &Value, found: &mut Found) {
    if without(&old["spec"], STATEFUL_SET) != without(&new["spec"], STATEFUL_SET) {
        let detail = "updates to statefulset spec for fields other than 'replicas', 'ordinals', 'template', 'updateStrategy', 'revisionHistoryLimit', 'persistentVolumeClaimRetentionPolicy' and 'minReadySeconds' are forbidden";
        Path::ROOT.field("spec").forbidden(found, detail);
    }
}

/// A job's number of completions may change with its parallelism when it is indexed.
pub(super) fn job(old: &Value, new: &Value, found: &mut Found) {
    let path = Path::ROOT.field("spec");
    let (before, after) = (&old["spec"], &new["spec"]);
    if before.get("completions") != after.get("completions") {
        let path = path.field("completions");
        if text(after, "completionMode") != "Indexed" {
            path.invalid(found, &after["completions"], IMMUTABLE);
        } else if field(after, "completions").is_some_and(|all| *all != after["parallelism"]) {
            let detail = "can only be modified in tandem with spec.parallelism";
            path.invalid(found, &after["completions"], detail);
        }
    }
    template(old, new, found);
}

/// Whether the pods of a job may still be changed: it is suspended, and has none.
fn is_open(job: &Value) -> bool {
    let status = &job["status"];
    let waits =
        |condition: &Value| condition["type"] == "Suspended" && condition["status"] == "True";
    job["spec"]["suspend"] == true
        && (field(status, "startTime").is_none() || items(status, "conditions").iter().any(waits))
        && number(status, "active").unwrap_or_default() == 0
}

/// Of pods that are not there yet, where they run and what they ask for may change.
fn template(old: &Value, new: &Value, found: &mut Found) {
    let (before, after) = (&old["spec"]["template"], &new["spec"]["template"]);
    let path = Path::ROOT.field("spec");
    let path = path.field("template");
    if !is_open(old) {
        if before != after {
            path.invalid(found, after, IMMUTABLE);
        }
        return;
    }
    if fixed(&before["spec"], &after["spec"]) != fixed(&after["spec"], &before["spec"]) {
        path.field("spec").invalid(found, &after["spec"], IMMUTABLE);
    }
}

/// What may not change of the pods that a job makes once it goes on, beside those that it made before.
fn fixed(spec: &Value, other: &Value) -> Value {
    let mut fixed = without(spec, &["nodeSelector", "schedulingGates", "tolerations"]);
    let affinity = without(&spec["affinity"], &["nodeAffinity"]);
    fixed["affinity"] = match affinity.as_object() {
        Some(rest) if !rest.is_empty() => affinity,
        _ => Value::Null,
    };
    for list in ["containers", "initContainers"] {
        let others = items(other, list);
        let Some(all) = fixed.get_mut(list).and_then(Value::as_array_mut) else {
            continue;
        };
        if all.len() != others.len() {
            continue;
        }
        for (container, other) in all.iter_mut().zip(others) {
            if container["name"] == other["name"] {
                *container = without(container, &["resources"]);
            }
        }
    }
    fixed
}
