//! How waits and failures are told.

use super::super::{
    Event, Failure, NotReady,
    advice::advice,
    wait::{Progress, Waited},
};
use crate::{
    object::{Location, ObjectId},
    status::{Status, cause::Cause, why},
    types::Seconds,
};
use std::time::Duration;

/// What a wait tells while it goes on.
pub(crate) fn progress(progress: &Progress) -> Event {
    match progress {
        Progress::Waiting { id, .. } => Event::Waiting {
            id: id.clone(),
            reason: progress.reason(),
        },
        Progress::Interrupted { .. } => Event::Warning {
            message: progress.reason(),
        },
    }
}

/// An object that is not ready; `None` when it is. `timeout` is how long it was given.
pub(crate) fn not_ready(
    id: &ObjectId,
    at: Option<&Location>,
    timeout: Duration,
    waited: &Waited,
) -> Option<NotReady> {
    let told = |status: &Status, cause: &Cause, late: Option<String>| {
        let why = why(status, Some(cause));
        let second: Vec<String> = why.numbers.into_iter().chain(late).collect();
        let mut details: Vec<String> = Vec::new();
        if !second.is_empty() {
            details.push(second.join(", "));
        }
        details.extend(cause.details());
        (why.cause, details)
    };
    let ((reason, details), failed) = match waited {
        Waited::Ready(_) | Waited::Gone => return None,
        Waited::Failed(status, cause) => (told(status, cause, None), true),
        Waited::TimedOut(status, cause) => {
            let seconds = i64::try_from(timeout.as_secs()).unwrap_or(i64::MAX);
            let late = match Seconds::try_from(seconds) {
                Ok(timeout) => format!("not ready within {timeout}"),
                Err(_) => "not ready in time".to_owned(),
            };
            (told(status, cause, Some(late)), false)
        }
        Waited::Unknown(error) => {
            let reason = format!("whether it is ready cannot be seen: {error}");
            ((reason, advice(error).into_iter().collect()), false)
        }
    };
    Some(NotReady {
        id: id.clone(),
        reason,
        details,
        failed,
        at: at.cloned(),
    })
}

/// An object that was deleted and is still there.
pub(crate) fn not_gone(id: &ObjectId, waited: &Waited) -> Option<Failure> {
    let message = match waited {
        Waited::Gone => return None,
        Waited::Ready(status) => status.reason.clone(),
        Waited::Failed(status, cause) | Waited::TimedOut(status, cause) => {
            why(status, Some(cause)).to_string()
        }
        Waited::Unknown(error) => error.to_string(),
    };
    Some(Failure {
        id: id.clone(),
        field: None,
        message: format!("it was deleted and is still there: {message}"),
        help: None,
        at: None,
    })
}
