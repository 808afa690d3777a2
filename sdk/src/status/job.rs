//! Jobs. Ready means done: a job that still runs is progressing.

use super::read::{Condition, condition, flag, int, sentence};
use super::{State, Status};
use serde_json::Value;
use std::fmt::Write as _;

pub(super) fn status(object: &Value) -> Status {
    let of = |field: &str| int(object, &format!("/status/{field}")).unwrap_or(0);
    let (succeeded, failed, active) = (of("succeeded"), of("failed"), of("active"));
    // Without `completions` one success is enough, whatever the parallelism.
    let wanted = int(object, "/spec/completions").unwrap_or(1);

    let holds = |kind: &str| condition(object, kind).filter(|one| one.is_true());
    // `FailureTarget` and `SuccessCriteriaMet` come before `Failed` and `Complete`, while the last
    // pods are still going.
    if let Some(failure) = holds("Failed").or_else(|| holds("FailureTarget")) {
        return Status::failed(given_up(&failure, failed)).count(succeeded, wanted);
    }
    if holds("Complete")
        .or_else(|| holds("SuccessCriteriaMet"))
        .is_some()
    {
        let reason = format!("{succeeded} of {wanted} pods have succeeded");
        return Status::ready(reason).count(succeeded, wanted);
    }
    if flag(object, "/spec/suspend") {
        return Status::new(State::Suspended, "is suspended").count(succeeded, wanted);
    }
    let mut reason = format!("{succeeded} of {wanted} pods have succeeded");
    if active > 0 {
        let _ = write!(reason, ", {active} running");
    }
    if failed > 0 {
        let limit = int(object, "/spec/backoffLimit").unwrap_or(6);
        let retries = if limit == 1 { "retry" } else { "retries" };
        let _ = write!(reason, ", {failed} failed ({limit} {retries} allowed)");
    }
    Status::progressing(reason).count(succeeded, wanted)
}

fn given_up(failure: &Condition<'_>, failed: i64) -> String {
    match failure.reason {
        "BackoffLimitExceeded" => {
            let times = if failed == 1 {
                "once".to_owned()
            } else {
                format!("{failed} times")
            };
            format!("has failed {times} and is not retried again")
        }
        "DeadlineExceeded" => "has not finished within its deadline".to_owned(),
        "" => format!("has failed: {}", sentence(failure.message)),
        reason if failure.message.is_empty() => format!("has failed: {reason}"),
        _ => format!("has failed: {}", sentence(failure.message)),
    }
}

#[cfg(test)]
mod tests {
    use crate::status::State::{Failed, Progressing, Ready, Suspended};
    use crate::status::cases::table;

    #[test]
    fn a_job_is_ready_when_it_has_succeeded() {
        let base = "
apiVersion: batch/v1
kind: Job
metadata: {name: migrate, generation: 1}
spec: {completions: 1, backoffLimit: 2}
status: {startTime: '2026-01-01T00:00:00Z', active: 1}
";
        let condition = |kind: &str, reason: &str, message: &str| {
            format!(
                "{{status: {{active: 0, failed: 3, conditions: [{{type: {kind}, status: 'True', reason: {reason}, message: '{message}'}}]}}}}"
            )
        };
        table(
            base,
            &[
                // T4: a job that runs is not ready.
                ("{}", Progressing, "0 of 1 pods have succeeded, 1 running"),
                (
                    "{status: {failed: 2}}",
                    Progressing,
                    "0 of 1 pods have succeeded, 1 running, 2 failed (2 retries allowed)",
                ),
                (
                    "{status: {active: 0, succeeded: 1, conditions: [{type: Complete, status: 'True'}]}}",
                    Ready,
                    "1 of 1 pods have succeeded",
                ),
                (
                    "{status: {active: 0, succeeded: 1, conditions: [{type: SuccessCriteriaMet, status: 'True'}]}}",
                    Ready,
                    "1 of 1 pods have succeeded",
                ),
                (
                    &condition("FailureTarget", "BackoffLimitExceeded", "x"),
                    Failed,
                    "has failed 3 times and is not retried again",
                ),
                (
                    &condition("Failed", "DeadlineExceeded", "x"),
                    Failed,
                    "has not finished within its deadline",
                ),
                (
                    &condition("Failed", "PodFailurePolicy", "Container app failed."),
                    Failed,
                    "has failed: Container app failed",
                ),
                ("{spec: {suspend: true}}", Suspended, "is suspended"),
            ],
        );
    }
}
