//! How a job ends: the verdict, announced while pods still stop, and the last word.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::super::condition;
use super::super::effect::Decision;
use super::super::json::{child_list, int, later, set, stamp, text, time};
use super::counts::Counts;
use super::{event, strike};

/// That a job has ended, and how.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Verdict {
    good: bool,
    reason: String,
    message: String,
}

impl Verdict {
    /// Whether the work is done.
    pub(super) fn is_good(&self) -> bool {
        self.good
    }

    fn failed(reason: &str, message: impl Into<String>) -> Self {
        Self {
            good: false,
            reason: reason.to_owned(),
            message: message.into(),
        }
    }
}

/// Whether a job has ended.
pub(super) fn verdict(
    job: &Value,
    status: &Value,
    counts: &Counts,
    now: Timestamp,
) -> Option<Verdict> {
    for (kind, good) in [("FailureTarget", false), ("SuccessCriteriaMet", true)] {
        if let Some(found) =
            condition::find(status, kind).filter(|found| text(found, "status") == "True")
        {
            let reason = text(found, "reason").to_owned();
            return Some(Verdict {
                good,
                reason,
                message: text(found, "message").to_owned(),
            });
        }
    }
    if let Some(message) = &counts.failing {
        return Some(Verdict::failed("PodFailurePolicy", message.as_str()));
    }
    let limit = int(job, "spec.backoffLimit").unwrap_or(6);
    let restarts = text(job, "spec.template.spec.restartPolicy") == "OnFailure"
        && counts.restarts > 0
        && counts.restarts >= limit;
    if counts.failed > limit || restarts {
        let message = "Job has reached the specified backoff limit";
        return Some(Verdict::failed("BackoffLimitExceeded", message));
    }
    if deadline(job, status).is_some_and(|deadline| deadline <= now) {
        let message = "Job was active longer than specified deadline";
        return Some(Verdict::failed("DeadlineExceeded", message));
    }
    let done = match int(job, "spec.completions") {
        // Without a number, one that succeeds means that the work is done.
        None => counts.succeeded > 0 && counts.active.is_empty(),
        Some(wanted) => counts.succeeded >= wanted,
    };
    done.then(|| Verdict {
        good: true,
        reason: "CompletionsReached".to_owned(),
        message: "Reached expected number of succeeded pods".to_owned(),
    })
}

/// When a job has been at work for too long.
pub(super) fn deadline(job: &Value, status: &Value) -> Option<Timestamp> {
    Some(later(
        time(status, "startTime")?,
        int(job, "spec.activeDeadlineSeconds")?,
    ))
}

/// Marks a job as about to end.
pub(super) fn announce(verdict: &Verdict, status: &mut Value, now: Timestamp) {
    let kind = if verdict.good {
        "SuccessCriteriaMet"
    } else {
        "FailureTarget"
    };
    put(status, kind, "True", &verdict.reason, &verdict.message, now);
}

/// Marks a job as ended.
pub(super) fn conclude(
    job: &Value,
    verdict: &Verdict,
    status: &mut Value,
    now: Timestamp,
    decision: &mut Decision,
) {
    if verdict.good {
        put(
            status,
            "Complete",
            "True",
            &verdict.reason,
            &verdict.message,
            now,
        );
        set(status, "completionTime", stamp(now));
        decision.push(event(job, false, "Completed", "Job completed"));
    } else {
        put(
            status,
            "Failed",
            "True",
            &verdict.reason,
            &verdict.message,
            now,
        );
        let reason = match verdict.reason.as_str() {
            "DeadlineExceeded" => "DeadlineExceeded",
            "PodFailurePolicy" => "PodFailurePolicy",
            _ => "BackoffLimitExceeded",
        };
        decision.push(event(job, true, reason, verdict.message.as_str()));
    }
    strike(status, "active");
}

/// Notes that a job was suspended or goes on.
pub(super) fn note_suspension(
    job: &Value,
    suspended: bool,
    status: &mut Value,
    now: Timestamp,
    decision: &mut Decision,
) {
    let was = condition::is_true(status, "Suspended");
    if suspended && !was {
        put(
            status,
            "Suspended",
            "True",
            "JobSuspended",
            "Job suspended",
            now,
        );
        strike(status, "startTime");
        decision.push(event(job, false, "Suspended", "Job suspended"));
    } else if !suspended && was {
        put(
            status,
            "Suspended",
            "False",
            "JobResumed",
            "Job resumed",
            now,
        );
        set(status, "startTime", stamp(now));
        decision.push(event(job, false, "Resumed", "Job resumed"));
    }
}

/// Sets a job's condition, which has a probe time beside the transition time.
fn put(status: &mut Value, kind: &str, holds: &str, reason: &str, message: &str, now: Timestamp) {
    let list = child_list(status, "conditions");
    let known = list.iter().position(|one| text(one, "type") == kind);
    if let Some(index) = known {
        if text(&list[index], "status") == holds {
            return;
        }
        list.remove(index);
    }
    list.push(json!({
        "type": kind,
        "status": holds,
        "lastProbeTime": stamp(now),
        "lastTransitionTime": stamp(now),
        "reason": reason,
        "message": message,
    }));
}
