//! Defaults of jobs and cron jobs.

use serde_json::Value;

use super::edit::{Fields, has, items, made, object, set, set_text, within};
use super::pod::{template, template_labels};

pub(super) fn defaults(kind: &str, object: &mut Value) {
    match kind {
        "Job" => job(object),
        "CronJob" => cron_job(object),
        _ => {}
    }
}

fn job(object: &mut Value) {
    let Some(spec) = within(object, &["spec"]) else {
        return;
    };
    if !has(spec, "completions") && !has(spec, "parallelism") {
        set(spec, "completions", 1);
    }
    set(spec, "parallelism", 1);
    let per_index = has(spec, "backoffLimitPerIndex");
    set(
        spec,
        "backoffLimit",
        if per_index { i64::from(i32::MAX) } else { 6 },
    );
    set(spec, "completionMode", "NonIndexed");
    set(spec, "suspend", false);
    set(spec, "manualSelector", false);
    let failures = spec
        .get("podFailurePolicy")
        .is_some_and(|policy| !policy.is_null());
    set(
        spec,
        "podReplacementPolicy",
        if failures {
            "Failed"
        } else {
            "TerminatingOrFailed"
        },
    );
    failure_policy(spec);
    template(spec);
    let labels = template_labels(spec);
    let Some(metadata) = object
        .as_object_mut()
        .and_then(|object| made(object, "metadata"))
    else {
        return;
    };
    if let Some(labels) = labels.filter(|_| !has(metadata, "labels")) {
        metadata.insert("labels".to_owned(), labels);
    }
}

fn cron_job(object: &mut Value) {
    let Some(spec) = within(object, &["spec"]) else {
        return;
    };
    set_text(spec, "concurrencyPolicy", "Allow");
    set(spec, "suspend", false);
    set(spec, "successfulJobsHistoryLimit", 3);
    set(spec, "failedJobsHistoryLimit", 1);
    let job = made(spec, "jobTemplate").and_then(|template| made(template, "spec"));
    if let Some(job) = job {
        failure_policy(job);
        template(job);
    }
}

fn failure_policy(spec: &mut Fields) {
    let Some(policy) = object(spec, "podFailurePolicy") else {
        return;
    };
    for rule in items(policy, "rules") {
        items(rule, "onPodConditions").for_each(|on| set_text(on, "status", "True"));
    }
}
