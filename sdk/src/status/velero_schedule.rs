//! Schedules of Velero.

use super::read::list;
use super::{State, Status, read};
use serde_json::Value;

/// `Enabled` is ready, `FailedValidation` final.
pub(super) fn status(object: &Value) -> Option<Status> {
    if read::flag(object, "/spec/paused") {
        return Some(Status::new(State::Suspended, "is paused"));
    }
    let status = match read::text(object, "/status/phase")? {
        "Enabled" => Status::ready("enabled"),
        "FailedValidation" => {
            let errors = list(object, "/status/validationErrors").iter();
            let errors: Vec<&str> = errors.filter_map(Value::as_str).collect();
            Status::failed(format!("is not valid: {}", errors.join("; ")))
        }
        _ => Status::progressing("is not looked at yet"),
    };
    Some(status)
}

#[cfg(test)]
mod tests {
    use crate::status::State::{Failed, Progressing, Ready, Suspended};
    use crate::status::cases::table;

    #[test]
    fn its_phase_is_told() {
        table(
            "{apiVersion: velero.io/v1, kind: Schedule, metadata: {name: daily}}",
            &[
                ("{}", Ready, "applied; Velero has not written a status"),
                (
                    "{status: {phase: New}}",
                    Progressing,
                    "is not looked at yet",
                ),
                ("{status: {phase: Enabled}}", Ready, "enabled"),
                (
                    "{status: {phase: FailedValidation, validationErrors: ['invalid schedule: 61', 'no location']}}",
                    Failed,
                    "is not valid: invalid schedule: 61; no location",
                ),
                (
                    "{spec: {paused: true}, status: {phase: Enabled}}",
                    Suspended,
                    "is paused",
                ),
            ],
        );
    }
}
