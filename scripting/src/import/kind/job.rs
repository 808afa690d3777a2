//! `job(name)`, and what cron jobs have of jobs.

use super::Subject;
use crate::import::code::{Code, call, json, text};
use crate::import::setters::set;
use serde_json::Value;

pub(super) fn propose(subject: &Subject<'_>) -> Option<Code> {
    let code = call("job", [text(subject.name())]);
    let code = subject.pod("job", "spec.template").add(code);
    let code = set(code, "job", subject.spec(), "", |name| name == "suspend");
    Some(settings(code, "job", subject.spec(), "Never"))
}

/// Adds the settings of a job, whose pods are started again so unless it says otherwise.
pub(super) fn settings(mut code: Code, receiver: &str, spec: &Value, restarts: &str) -> Code {
    let policy = spec["template"]["spec"]["restartPolicy"].as_str();
    if let Some(policy) = policy.filter(|policy| *policy != restarts) {
        code = code.then("restart_policy", [text(policy)]);
    }
    if spec["completionMode"] == "Indexed" {
        code = code.then("indexed", []);
    }
    code = set(code, receiver, spec, "", |name| {
        matches!(
            name,
            "backoff_limit"
                | "completions"
                | "parallelism"
                | "active_deadline"
                | "ttl_after_finished"
        )
    });
    for rule in crate::import::pod::items(&spec["podFailurePolicy"]["rules"]) {
        let codes = &rule["onExitCodes"];
        if codes["operator"] == "In" {
            code = code.then(
                "on_exit_codes",
                [json(&codes["values"]), json(&rule["action"])],
            );
        }
    }
    code
}
