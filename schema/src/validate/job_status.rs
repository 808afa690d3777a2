//! What a job's status may say, and how it may change. Sources: `ValidateJobStatusUpdate` in
//! `pkg/apis/batch/validation/validation.go` and `getStatusValidationOptions` in
//! `pkg/registry/batch/job/strategy.go`, Kubernetes 1.36.

use serde_json::Value;

use super::indexed;
use super::look::{field, items, number, text};
use super::path::{Found, Path};
use super::status::not_below_zero;

fn holds(status: &Value, ty: &str) -> bool {
    items(status, "conditions")
        .iter()
        .any(|condition| text(condition, "type") == ty && text(condition, "status") == "True")
}

fn is_finished(status: &Value) -> bool {
    holds(status, "Complete") || holds(status, "Failed")
}

fn is_above_zero(status: &Value, name: &str) -> bool {
    number(status, name).is_some_and(|number| number > 0)
}

/// Everything that keeps a server from taking a job's new status.
pub(super) fn check(old: &Value, new: &Value, path: &Path<'_>, found: &mut Found) {
    let spec = &new["spec"];
    let (before, after) = (&old["status"], &new["status"]);
    for name in ["active", "succeeded", "failed", "ready", "terminating"] {
        not_below_zero(after, name, path, found);
    }
    for detail in conditions(before, after, spec) {
        let message = format!("Invalid value: {detail}");
        path.field("conditions").invalid_bare(found, message);
    }
    counters(before, after, spec, path, found);
    times(before, after, spec, path, found);
    indexes(before, after, spec, path, found);
}

/// What is wrong with the conditions. The server shows no value of them.
fn conditions(before: &Value, after: &Value, spec: &Value) -> Vec<String> {
    let is = |ty: &str| holds(after, ty);
    let turned = |ty: &str| holds(before, ty) != holds(after, ty);
    let [complete, failed, target, met] =
        ["Complete", "Failed", "FailureTarget", "SuccessCriteriaMet"].map(is);
    let had_met = holds(before, "SuccessCriteriaMet");
    let mut out = Vec::new();
    for (wrong, detail) in [
        (
            (turned("Complete") || turned("Failed")) && complete && failed,
            "cannot set Complete=True and Failed=true conditions",
        ),
        (
            (turned("Complete") || turned("FailureTarget")) && complete && target,
            "cannot set Complete=True and FailureTarget=true conditions",
        ),
        (
            (turned("Failed") || before.get("failedIndexes") != after.get("failedIndexes"))
                && failed
                && !target,
            "cannot set Failed=True condition without the FailureTarget=true condition",
        ),
        (
            (turned("Complete") || turned("SuccessCriteriaMet")) && complete && !met,
            "cannot set Complete=True condition without the SuccessCriteriaMet=true condition",
        ),
        (
            met && failed,
            "cannot set SuccessCriteriaMet=True and Failed=true conditions",
        ),
        (
            met && target,
            "cannot set SuccessCriteriaMet=True and FailureTarget=true conditions",
        ),
        (
            field(spec, "successPolicy").is_some() && !met && complete,
            "cannot set Complete=True for Job with SuccessPolicy unless SuccessCriteriaMet=True",
        ),
        (
            had_met && !met,
            "cannot disable the SuccessCriteriaMet=True condition",
        ),
        (
            holds(before, "Complete") && !had_met && met,
            "cannot set SuccessCriteriaMet=True for Job already has Complete=true conditions",
        ),
    ] {
        if wrong {
            out.push(detail.to_owned());
        }
    }
    for ty in ["Failed", "Complete", "FailureTarget"] {
        if holds(before, ty) && !is(ty) {
            out.push(format!("cannot disable the terminal {ty}=True condition"));
        }
    }
    out
}

fn counters(before: &Value, after: &Value, spec: &Value, path: &Path<'_>, found: &mut Found) {
    let finished = is_finished(after);
    let ends = is_finished(before) != finished;
    let turned = |name: &str| before.get(name) != after.get(name);
    for name in ["active", "terminating"] {
        if (ends || turned(name)) && finished && is_above_zero(after, name) {
            let detail = format!("{name}>0 is invalid for finished job");
            path.field(name).invalid(found, &after[name], &detail);
        }
    }
    let of = |status: &Value, name: &str| number(status, name).unwrap_or_default();
    if (turned("ready") || turned("active"))
        && number(after, "ready").is_some_and(|ready| ready > of(after, "active"))
    {
        let detail = "cannot set more ready pods than active";
        path.field("ready").invalid(found, &after["ready"], detail);
    }
    // An indexed job whose completions are its parallelism may shrink.
    let shrinks = text(spec, "completionMode") == "Indexed"
        && spec.get("completions") == spec.get("parallelism");
    for (name, free) in [("failed", false), ("succeeded", shrinks)] {
        if !free && of(after, name) < of(before, name) {
            let detail = format!("cannot decrease the {name} counter");
            path.field(name)
                .invalid(found, &Value::from(of(after, name)), &detail);
        }
    }
    let uncounted = &after["uncountedTerminatedPods"];
    let left = !items(uncounted, "failed").is_empty() || !items(uncounted, "succeeded").is_empty();
    if (ends || turned("uncountedTerminatedPods")) && finished && left {
        let path = path.field("uncountedTerminatedPods");
        path.invalid(found, uncounted, "must be empty for finished job");
    }
}

fn times(before: &Value, after: &Value, spec: &Value, path: &Path<'_>, found: &mut Found) {
    let turned = |name: &str| before.get(name) != after.get(name);
    let (start, end) = (field(after, "startTime"), field(after, "completionTime"));
    let complete = holds(after, "Complete");
    let ends = is_finished(before) != is_finished(after);
    let start_turned = turned("startTime");
    if turned("completionTime") || holds(before, "Complete") != complete {
        let path = path.field("completionTime");
        match end {
            Some(end) if !complete => path.invalid(
                found,
                end,
                "cannot set completionTime when there is no Complete=True condition",
            ),
            None if complete => {
                path.required(found, "completionTime is required for Complete jobs");
            }
            _ => {}
        }
    }
    if (start_turned || turned("completionTime"))
        && let (Some(Value::String(from)), Some(Value::String(to))) = (start, end)
        && to < from
    {
        path.field("completionTime").invalid(
            found,
            &after["completionTime"],
            "must be equal to or after `startTime`",
        );
    }
    if let (Some(had), Some(end)) = (field(before, "completionTime"), end)
        && had != end
    {
        path.field("completionTime")
            .invalid(found, end, "field is immutable");
    }
    let nothing_to_do = spec["suspend"] == true && spec["completions"] == 0;
    if (ends || start_turned) && !nothing_to_do && start.is_none() && is_finished(after) {
        path.field("startTime")
            .required(found, "startTime is required for finished job");
    }
    let was_suspended = holds(before, "Suspended");
    let resumes = was_suspended
        && items(after, "conditions").iter().any(|condition| {
            text(condition, "type") == "Suspended" && text(condition, "status") == "False"
        });
    let set = field(before, "startTime").is_some();
    if start_turned && set && !resumes && spec["suspend"] != true {
        let detail = "field is immutable for unsuspended job once set";
        path.field("startTime")
            .invalid(found, start.unwrap_or(&Value::Null), detail);
    }
}

fn indexes(before: &Value, after: &Value, spec: &Value, path: &Path<'_>, found: &mut Found) {
    let turned = |name: &str| before.get(name) != after.get(name);
    let completed = text(after, "completedIndexes");
    if turned("completedIndexes")
        && !completed.is_empty()
        && text(spec, "completionMode") != "Indexed"
    {
        let detail = "cannot set non-empty completedIndexes when non-indexed completion mode";
        path.field("completedIndexes")
            .invalid(found, &after["completedIndexes"], detail);
    }
    let failed = field(after, "failedIndexes").and_then(Value::as_str);
    if let Some(all) = number(spec, "completions") {
        let limited = field(spec, "backoffLimitPerIndex").is_some();
        for (name, list) in [
            ("completedIndexes", Some(completed)),
            ("failedIndexes", failed.filter(|_| limited)),
        ] {
            if let Some(list) = list.filter(|_| turned(name))
                && let Err(why) = indexed::count(list, all)
            {
                let detail = format!("error parsing {name}: {why}");
                path.field(name).invalid(found, &Value::from(list), &detail);
            }
        }
        if let Some(failed) = failed
            && (turned("completedIndexes") || turned("failedIndexes"))
            && let Some(index) = indexed::overlap(completed, failed, all)
        {
            let detail = format!("failedIndexes and completedIndexes overlap at index: {index}");
            path.field("failedIndexes")
                .invalid(found, &Value::from(failed), &detail);
        }
    }
    if turned("failedIndexes")
        && field(spec, "backoffLimitPerIndex").is_none()
        && let Some(failed) = field(after, "failedIndexes")
    {
        let detail = "cannot set non-null failedIndexes when backoffLimitPerIndex is null";
        path.field("failedIndexes").invalid(found, failed, detail);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_a_status_may_say() {
        let said = |old: Value, new: Value| -> Vec<String> {
            let mut found = Found::new();
            let (old, new) = (
                json!({"status": old, "spec": {}}),
                json!({"status": new, "spec": {}}),
            );
            check(&old, &new, &Path::ROOT.field("status"), &mut found);
            found.iter().map(ToString::to_string).collect()
        };
        let condition = |ty: &str| json!({"type": ty, "status": "True"});
        for (old, new, expected) in [
            (
                json!({"succeeded": 2}),
                json!({"succeeded": 1}),
                vec!["status.succeeded: Invalid value: 1: cannot decrease the succeeded counter"],
            ),
            (
                json!({}),
                json!({"active": 1, "ready": 2}),
                vec!["status.ready: Invalid value: 2: cannot set more ready pods than active"],
            ),
            (
                json!({}),
                json!({"conditions": [condition("Failed")], "startTime": "2021-03-04T00:00:00Z"}),
                vec![
                    "status.conditions: Invalid value: cannot set Failed=True condition without the FailureTarget=true condition",
                ],
            ),
            (
                json!({"startTime": "2021-03-04T00:00:00Z"}),
                json!({"completionTime": "2021-03-04T00:00:00Z"}),
                vec![
                    "status.completionTime: Invalid value: \"2021-03-04T00:00:00Z\": cannot set completionTime when there is no Complete=True condition",
                    "status.startTime: Invalid value: null: field is immutable for unsuspended job once set",
                ],
            ),
            (
                json!({"startTime": "2021-03-04T00:00:00Z"}),
                json!({
                    "startTime": "2021-03-04T00:00:00Z", "completionTime": "2021-03-04T00:00:01Z",
                    "conditions": [condition("SuccessCriteriaMet"), condition("Complete")],
                }),
                vec![],
            ),
        ] {
            assert_eq!(said(old, new), expected);
        }
    }
}
