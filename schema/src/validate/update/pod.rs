//! Pods: of a running one little can change.

use serde_json::Value;

use super::super::look::{items, text};
use super::super::path::{Found, Path};
use super::super::pod;
use super::{gated, without};

pub(super) fn pod(old: &Value, new: &Value, found: &mut Found) {
    let path = Path::ROOT.field("spec");
    for list in ["containers", "initContainers"] {
        if items(&old["spec"], list).len() != items(&new["spec"], list).len() {
            path.field(list)
                .forbidden(found, "pod updates may not add or remove containers");
            return;
        }
        let list_path = path.field(list);
        for (at, container) in items(&new["spec"], list).iter().enumerate() {
            let image = text(container, "image");
            let path = list_path.index(at);
            let path = path.field("image");
            if image.is_empty() {
                path.required(found, "");
            }
            if image.trim() != image {
                let detail = "must not have leading or trailing whitespace";
                path.invalid(found, &container["image"], detail);
            }
        }
    }
    let deadline = |pod: &Value| pod["spec"]["activeDeadlineSeconds"].as_i64();
    match (deadline(old), deadline(new)) {
        (Some(_), None) => {
            let detail = "must not update from a positive integer to nil value";
            path.field("activeDeadlineSeconds")
                .invalid(found, &Value::Null, detail);
        }
        (_, Some(after)) if !(0..=i64::from(i32::MAX)).contains(&after) => {
            let detail = "must be between 0 and 2147483647, inclusive";
            path.field("activeDeadlineSeconds")
                .invalid(found, &Value::from(after), detail);
            return;
        }
        (Some(before), Some(after)) if before < after => {
            let detail = "must be less than or equal to previous value";
            path.field("activeDeadlineSeconds")
                .invalid(found, &Value::from(after), detail);
            return;
        }
        _ => {}
    }
    let fixed = |pod: &Value| {
        let free = ["activeDeadlineSeconds", "schedulingGates", "tolerations"];
        let mut spec = without(&pod["spec"], &free);
        if gated::waits(old) {
            spec = gated::fixed(&spec);
        }
        for list in ["containers", "initContainers"] {
            let items = spec.get_mut(list).and_then(Value::as_array_mut);
            items
                .into_iter()
                .flatten()
                .for_each(|item| *item = without(item, &["image"]));
        }
        spec
    };
    // Tolerations may become more, and the time that they give may change.
    let timeless = |toleration: &Value| without(toleration, &["tolerationSeconds"]);
    let now: Vec<Value> = items(&new["spec"], "tolerations")
        .iter()
        .map(timeless)
        .collect();
    let had = items(&old["spec"], "tolerations");
    if had
        .iter()
        .all(|toleration| now.contains(&timeless(toleration)))
    {
        pod::tolerations(&new["spec"], &path, found);
    } else {
        let detail = "existing toleration can not be modified except its tolerationSeconds";
        path.field("tolerations").forbidden(found, detail);
    }
    let had = items(&old["spec"], "schedulingGates");
    let gates = items(&new["spec"], "schedulingGates");
    for (at, gate) in gates.iter().enumerate() {
        let named = |other: &Value| other["name"] == gate["name"];
        // Of several of one name the last is told.
        if !had.iter().any(named) && !gates[at + 1..].iter().any(named) {
            let name = text(gate, "name");
            let detail =
                format!("only deletion is allowed, but found new scheduling gate '{name}'");
            let path = path.field("schedulingGates");
            path.index(at).field("name").forbidden(found, &detail);
        }
    }
    if gated::waits(old) {
        gated::check(&old["spec"], &new["spec"], &path, found);
    }
    if fixed(old) != fixed(new) {
        let detail = "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)";
        path.forbidden(found, detail);
    }
}
