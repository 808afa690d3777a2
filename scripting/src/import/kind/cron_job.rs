//! `cron_job(name, schedule)`.

use super::{Subject, job};
use crate::import::code::{Code, call, json, text};
use crate::import::setters::set;

pub(super) fn propose(subject: &Subject<'_>) -> Option<Code> {
    let spec = subject.spec();
    let code = call("cron_job", [text(subject.name()), json(&spec["schedule"])]);
    let code = subject
        .pod("cron_job", "spec.jobTemplate.spec.template")
        .add(code);
    let code = set(code, "cron_job", subject.value, "", |name| {
        matches!(
            name,
            "time_zone"
                | "concurrency_policy"
                | "starting_deadline"
                | "suspend"
                | "successful_jobs_history_limit"
                | "failed_jobs_history_limit"
        )
    });
    Some(job::settings(
        code,
        "cron_job",
        &spec["jobTemplate"]["spec"],
        "OnFailure",
    ))
}
