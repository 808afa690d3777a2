//! What runs to an end.

use super::look::{Findings, Look};
use super::{Rule, Severity};

pub(super) static NO_DEADLINE: Rule = Rule {
    id: "no-deadline",
    severity: Severity::Warning,
    title: "a job may run for ever",
    why: "a job that hangs holds its node's memory, and the next of a cron job waits or piles up; nobody is told",
    cure: "give it `.active_deadline(\"1h\")`",
};

pub(super) static OVERLAPPING_RUNS: Rule = Rule {
    id: "overlapping-runs",
    severity: Severity::Warning,
    title: "a cron job starts while its last run is still at work",
    why: "runs that are slower than the clock pile up, and do the same work twice",
    cure: "give it `.concurrency_policy(\"Forbid\")`, or `Replace`",
};

pub(super) static MISSED_START: Rule = Rule {
    id: "no-starting-deadline",
    severity: Severity::Info,
    title: "a cron job says not how late it may start",
    why: "after a hundred missed times (the controller was away, or it was suspended) it never starts again",
    cure: "give it `.starting_deadline(\"10m\")`",
};

pub(super) static NO_TIME_ZONE: Rule = Rule {
    id: "no-time-zone",
    severity: Severity::Info,
    title: "a cron job says not in which time zone its hours are",
    why: "they are those of the controller: mostly UTC, and not what the author had in mind",
    cure: "give it `.time_zone(\"Etc/UTC\")`",
};

pub(super) static DEFAULT_RETRIES: Rule = Rule {
    id: "default-retries",
    severity: Severity::Info,
    title: "a job says not how often it is tried",
    why: "it is tried six times more, also where a second try does harm",
    cure: "give it `.backoff_limit(2)`",
};

pub(super) fn check(look: &Look<'_>, findings: &mut Findings<'_>) {
    for workload in look
        .workloads
        .iter()
        .filter(|one| one.object.id.group == "batch")
    {
        let (short, position) = (workload.short(), workload.position);
        let spec = &workload.object.value["spec"];
        let cron = workload.is("CronJob");
        let (job, path) = if cron {
            (&spec["jobTemplate"]["spec"], "spec.jobTemplate.spec")
        } else {
            (spec, "spec")
        };
        if job["activeDeadlineSeconds"].is_null()
            && workload.pods.spec["activeDeadlineSeconds"].is_null()
        {
            let message = format!("`{short}` may run for ever: it has no deadline");
            findings.add(
                &NO_DEADLINE,
                position,
                &format!("{path}.activeDeadlineSeconds"),
                message,
            );
        }
        if job["backoffLimit"].is_null() {
            let message = format!("`{short}` is tried up to seven times");
            findings.add(
                &DEFAULT_RETRIES,
                position,
                &format!("{path}.backoffLimit"),
                message,
            );
        }
        if !cron {
            continue;
        }
        if matches!(spec["concurrencyPolicy"].as_str(), None | Some("Allow")) {
            let message = format!("`{short}` starts while its last run is still at work");
            findings.add(
                &OVERLAPPING_RUNS,
                position,
                "spec.concurrencyPolicy",
                message,
            );
        }
        if spec["startingDeadlineSeconds"].is_null() {
            let message = format!("`{short}` says not how late it may start");
            findings.add(
                &MISSED_START,
                position,
                "spec.startingDeadlineSeconds",
                message,
            );
        }
        if spec["timeZone"].is_null() && tells_hours(spec["schedule"].as_str().unwrap_or_default())
        {
            let message = format!("`{short}` says not in which time zone its hours are");
            findings.add(&NO_TIME_ZONE, position, "spec.schedule", message);
        }
    }
}

/// Whether a schedule is for certain hours: `0 2 * * *` is, `*/5 * * * *` is not.
fn tells_hours(schedule: &str) -> bool {
    let hour = schedule.split_whitespace().nth(1);
    hour.map_or(schedule != "@hourly", |hour| !hour.starts_with('*'))
}

#[cfg(test)]
mod tests {
    use super::tells_hours;

    #[test]
    fn hours_of_schedules() {
        for (schedule, expected) in [
            ("0 2 * * *", true),
            ("*/5 * * * *", false),
            ("0 */2 * * *", false),
            ("@daily", true),
            ("@hourly", false),
        ] {
            assert_eq!(tells_hours(schedule), expected, "{schedule}");
        }
    }
}
