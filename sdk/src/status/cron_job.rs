//! Cron jobs. They are ready as soon as they exist; how their last run went is told.

use super::read::{flag, list, many, text};
use super::{State, Status};
use serde_json::Value;
use std::fmt::Write as _;

pub(super) fn status(object: &Value) -> Status {
    let schedule = text(object, "/spec/schedule").unwrap_or_default();
    let mut reason = format!("scheduled `{schedule}`");
    if let Some(zone) = text(object, "/spec/timeZone") {
        let _ = write!(reason, " in {zone}");
    }
    if flag(object, "/spec/suspend") {
        return Status::new(State::Suspended, format!("is suspended, {reason}"));
    }
    let active = list(object, "/status/active").len();
    if active > 0 {
        let _ = write!(reason, ", {} running", many(active as i64, "job"));
    }
    let last = text(object, "/status/lastScheduleTime");
    let success = text(object, "/status/lastSuccessfulTime");
    match (last, success) {
        (None, _) => reason.push_str(", has not run yet"),
        (Some(last), Some(success)) if last <= success => {
            let _ = write!(reason, ", last run succeeded at {success}");
        }
        (Some(last), _) if active == 0 => {
            let status = Status::ready(format!("{reason}, last run at {last}"));
            return status.note("its last run has not succeeded");
        }
        (Some(last), _) => {
            let _ = write!(reason, ", started at {last}");
        }
    }
    Status::ready(reason)
}

#[cfg(test)]
mod tests {
    use crate::status::State::{Ready, Suspended};
    use crate::status::cases::table;

    #[test]
    fn schedules_and_runs_are_told() {
        let base = "
apiVersion: batch/v1
kind: CronJob
metadata: {name: cleanup}
spec: {schedule: '0 2 * * *'}
";
        table(
            base,
            &[
                ("{}", Ready, "scheduled `0 2 * * *`, has not run yet"),
                (
                    "{spec: {timeZone: Europe/Berlin}}",
                    Ready,
                    "scheduled `0 2 * * *` in Europe/Berlin, has not run yet",
                ),
                (
                    "{spec: {suspend: true}}",
                    Suspended,
                    "is suspended, scheduled `0 2 * * *`",
                ),
                (
                    "{status: {lastScheduleTime: '2026-01-01T02:00:00Z', lastSuccessfulTime: '2026-01-01T02:00:09Z'}}",
                    Ready,
                    "scheduled `0 2 * * *`, last run succeeded at 2026-01-01T02:00:09Z",
                ),
                (
                    "{status: {lastScheduleTime: '2026-01-02T02:00:00Z', lastSuccessfulTime: '2026-01-01T02:00:09Z'}}",
                    Ready,
                    "scheduled `0 2 * * *`, last run at 2026-01-02T02:00:00Z",
                ),
            ],
        );
    }
}
