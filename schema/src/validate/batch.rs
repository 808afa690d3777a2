//! Jobs and cron jobs.

use serde_json::Value;

use super::look::{field, items, number, text};
use super::path::{Found, Path};
use super::workload::not_negative;
use super::{indexed, pod, selector};
use crate::cron::Schedule;
use crate::names;

/// `spec` of a job.
pub(super) fn job(spec: &Value, path: &Path<'_>, found: &mut Found) {
    for name in [
        "activeDeadlineSeconds",
        "backoffLimit",
        "backoffLimitPerIndex",
        "completions",
        "maxFailedIndexes",
        "parallelism",
        "ttlSecondsAfterFinished",
    ] {
        not_negative(spec, name, path, found);
    }
    indexed::check(spec, path, found);
    managed(spec, path, found);
    failure_policy(spec, path, found);
    replacement(spec, path, found);
    let Some(template) = field(spec, "template") else {
        return;
    };
    let path = path.field("template");
    pod::template(template, &path, found);
    let policy = text(&template["spec"], "restartPolicy");
    let path = path.field("spec");
    let path = path.field("restartPolicy");
    match policy {
        "OnFailure" | "Never" => {}
        "" | "Always" => path.required(found, "valid values: \"OnFailure\", \"Never\""),
        other => path.unsupported(found, &Value::from(other), &["OnFailure", "Never"]),
    }
    if field(spec, "podFailurePolicy").is_some() && policy == "OnFailure" {
        let detail = "only \"Never\" is supported when podFailurePolicy is specified";
        path.invalid(found, &Value::from(policy), detail);
    }
}

/// Who else makes the pods of a job: a domain, and a path below it.
fn managed(spec: &Value, path: &Path<'_>, found: &mut Found) {
    const LONGEST: usize = 63;
    const FORM: &str = r"[A-Za-z0-9/\-._~%!$&'()*+,;=:]+";
    let Some(given) = field(spec, "managedBy").and_then(Value::as_str) else {
        return;
    };
    let path = path.field("managedBy");
    match given.split_once('/') {
        _ if given.is_empty() => path.required(found, ""),
        Some((domain, below)) if !domain.is_empty() && !below.is_empty() => {
            let wrong = names::dns1123_subdomain(domain);
            path.invalid_each(found, &Value::from(domain), wrong);
            let fits = |letter: char| {
                letter.is_ascii_alphanumeric() || "/-._~%!$&'()*+,;=:".contains(letter)
            };
            if !below.chars().all(fits) {
                let detail = format!("Invalid path (regex used for validation is '{FORM}')");
                path.invalid(found, &Value::from(below), &detail);
            }
        }
        _ => path.invalid(
            found,
            &Value::from(given),
            "must be a domain-prefixed path (such as \"acme.io/foo\")",
        ),
    }
    if given.len() > LONGEST {
        path.too_long(found, LONGEST as u64);
    }
}

/// When a pod is replaced.
fn replacement(spec: &Value, path: &Path<'_>, found: &mut Found) {
    let Some(given) = field(spec, "podReplacementPolicy") else {
        return;
    };
    let allowed: &[&str] = if field(spec, "podFailurePolicy").is_some() {
        &["Failed"]
    } else {
        &["Failed", "TerminatingOrFailed"]
    };
    if !given.as_str().is_some_and(|given| allowed.contains(&given)) {
        path.field("podReplacementPolicy")
            .unsupported(found, given, allowed);
    }
}

/// Whether a server has seen a job: it makes the selector, which is judged once it is made.
fn is_seen(job: &Value) -> bool {
    field(&job["metadata"], "uid").is_some()
}

/// The selector of a job, whoever made it.
pub(super) fn selected(job: &Value, path: &Path<'_>, found: &mut Found) {
    if !is_seen(job) {
        return;
    }
    let spec = &job["spec"];
    let labels = spec.pointer("/template/metadata/labels");
    let labels = labels.unwrap_or(&Value::Null);
    let given = field(spec, "selector");
    let path_of = path.field("selector");
    match given {
        None => path_of.required(found, ""),
        Some(given) => {
            selector::check(given, &path_of, found);
            if !selector::is_sound(given) {
                return;
            }
        }
    }
    // Without a selector nothing is selected.
    if !given.is_some_and(|given| selector::matches(given, labels)) {
        let above = path.field("template");
        let above = above.field("metadata");
        let detail = "`selector` does not match template `labels`";
        above.field("labels").invalid(found, labels, detail);
    }
}

/// A selector that the server made is that of the job.
pub(super) fn generated(job: &Value, found: &mut Found) {
    let spec = &job["spec"];
    let made = spec["manualSelector"] != true && is_seen(job);
    let Some(given) = field(spec, "selector").filter(|_| made) else {
        return;
    };
    let (uid, name) = (&job["metadata"]["uid"], &job["metadata"]["name"]);
    let template = Path::ROOT.field("spec");
    let template = template.field("template");
    let template = template.field("metadata");
    let template = template.field("labels");
    let has = spec.pointer("/template/metadata/labels");
    for (label, wanted) in [
        ("controller-uid", uid),
        ("job-name", name),
        ("batch.kubernetes.io/controller-uid", uid),
        ("batch.kubernetes.io/job-name", name),
    ] {
        let path = template.key(label);
        let detail = format!("must be '{}'", wanted.as_str().unwrap_or_default());
        match has.and_then(|labels| labels.get(label)) {
            None => path.required(found, &detail),
            Some(given) if given != wanted => {
                path.invalid(found, has.unwrap_or(&Value::Null), &detail);
            }
            Some(_) => {}
        }
    }
    let labels = serde_json::json!({
        "batch.kubernetes.io/controller-uid": uid, "controller-uid": uid,
        "batch.kubernetes.io/job-name": name, "job-name": name,
    });
    if selector::is_sound(given) && !selector::matches(given, &labels) {
        let path = Path::ROOT.field("spec");
        path.field("selector")
            .invalid(found, given, "`selector` not auto-generated");
    }
}

/// The last pod of an indexed job has the longest name.
pub(super) fn named(job: &Value, found: &mut Found) {
    let (spec, name) = (&job["spec"], text(&job["metadata"], "name"));
    let all = number(spec, "completions").unwrap_or_default();
    if text(spec, "completionMode") != "Indexed" || all <= 0 || !is_seen(job) {
        return;
    }
    let last = format!("{name}-{}", all - 1);
    if !names::dns1123_label(&last).is_empty() {
        let detail = format!("will not able to create pod with invalid DNS label: {last}");
        let path = Path::ROOT.field("metadata");
        path.field("name")
            .invalid(found, &Value::from(name), &detail);
    }
}

/// What a rule does with a job.
const ACTIONS: [&str; 4] = ["Count", "FailIndex", "FailJob", "Ignore"];

/// A word that has to be one of some.
fn one_of(holder: &Value, name: &str, allowed: &[&str], path: &Path<'_>, found: &mut Found) {
    let (given, path) = (text(holder, name), path.field(name));
    if given.is_empty() {
        let allowed: Vec<String> = allowed.iter().map(|word| format!("{word:?}")).collect();
        path.required(found, &format!("valid values: [{}]", allowed.join(" ")));
    } else if !allowed.contains(&given) {
        path.unsupported(found, &holder[name], allowed);
    }
}

/// What is done with pods that fail.
fn failure_policy(spec: &Value, path: &Path<'_>, found: &mut Found) {
    let Some(policy) = field(spec, "podFailurePolicy") else {
        return;
    };
    let pod = &spec["template"]["spec"];
    let containers = [items(pod, "containers"), items(pod, "initContainers")].concat();
    let path = path.field("podFailurePolicy");
    let path = path.field("rules");
    for (at, rule) in items(policy, "rules").iter().enumerate() {
        let path = path.index(at);
        one_of(rule, "action", &ACTIONS, &path, found);
        if text(rule, "action") == "FailIndex" && field(spec, "backoffLimitPerIndex").is_none() {
            let detail = "requires the backoffLimitPerIndex to be set";
            path.field("action").invalid(found, &rule["action"], detail);
        }
        let list = path.field("onPodConditions");
        for (at, condition) in items(rule, "onPodConditions").iter().enumerate() {
            let (path, ty) = (list.index(at), text(condition, "type"));
            path.field("type")
                .invalid_each(found, &Value::from(ty), names::label_key(ty));
            one_of(
                condition,
                "status",
                &["False", "True", "Unknown"],
                &path,
                found,
            );
        }
        let conditions = !items(rule, "onPodConditions").is_empty();
        let Some(codes) = field(rule, "onExitCodes") else {
            if !conditions {
                let why = "specifying one of OnExitCodes and OnPodConditions is required";
                path.invalid_bare(found, format!("Invalid value: {why}"));
            }
            continue;
        };
        if conditions {
            let why = "specifying both OnExitCodes and OnPodConditions is not supported";
            path.invalid_bare(found, format!("Invalid value: {why}"));
        }
        let path = path.field("onExitCodes");
        one_of(codes, "operator", &["In", "NotIn"], &path, found);
        if let Some(name) = field(codes, "containerName")
            && !containers
                .iter()
                .any(|container| container["name"] == *name)
        {
            let detail = "must be one of the container or initContainer names in the pod template";
            path.field("containerName").invalid(found, name, detail);
        }
        let list = path.field("values");
        let values = items(codes, "values");
        if values.is_empty() {
            list.invalid(found, &Value::Null, "at least one value is required");
        }
        for (at, value) in values.iter().enumerate() {
            if text(codes, "operator") == "In" && value.as_i64() == Some(0) {
                let detail = "must not be 0 for the In operator";
                list.index(at).invalid(found, value, detail);
            }
            if values[..at].contains(value) {
                list.index(at).duplicate(found, value);
            }
        }
        if values
            .windows(2)
            .any(|pair| pair[0].as_i64() > pair[1].as_i64())
        {
            list.invalid(found, &codes["values"], "must be ordered");
        }
    }
}

/// `spec` of a cron job.
pub(super) fn cron_job(spec: &Value, path: &Path<'_>, found: &mut Found) {
    schedule(spec, path, found);
    for name in [
        "startingDeadlineSeconds",
        "successfulJobsHistoryLimit",
        "failedJobsHistoryLimit",
    ] {
        not_negative(spec, name, path, found);
    }
    let template = path.field("jobTemplate");
    if let Some(spec) = spec.pointer("/jobTemplate/spec") {
        job(spec, &template.field("spec"), found);
        if let Some(given) = field(spec, "selector") {
            let path = template.field("spec");
            path.field("selector")
                .invalid(found, given, "`selector` will be auto-generated");
        }
        if spec.get("manualSelector") == Some(&Value::Bool(true)) {
            let path = template.field("spec");
            let allowed = ["nil", "false"];
            path.field("manualSelector")
                .unsupported(found, &Value::Bool(true), &allowed);
        }
    }
}

fn schedule(spec: &Value, path: &Path<'_>, found: &mut Found) {
    let text_of = text(spec, "schedule");
    let path_of = path.field("schedule");
    if text_of.contains("TZ") {
        let detail = "cannot use TZ or CRON_TZ in schedule, use timeZone field instead";
        path_of.invalid(found, &spec["schedule"], detail);
    } else if !text_of.is_empty()
        && let Err(error) = Schedule::parse(text_of)
    {
        path_of.invalid(found, &spec["schedule"], &error.to_string());
    }
    let Some(Value::String(zone)) = spec.get("timeZone") else {
        return;
    };
    let path = path.field("timeZone");
    if zone.is_empty() {
        path.invalid(
            found,
            &spec["timeZone"],
            "timeZone must be nil or non-empty string",
        );
    } else if zone.eq_ignore_ascii_case("local") {
        path.invalid(
            found,
            &spec["timeZone"],
            "timeZone must be an explicit time zone as defined in https://www.iana.org/time-zones",
        );
    } else if jiff::tz::TimeZone::get(zone).is_err() {
        path.invalid(
            found,
            &spec["timeZone"],
            &format!("unknown time zone {zone}"),
        );
    }
}
