//! How waits and failures are told.

use super::super::{
    Event, Failure, NotReady,
    wait::{Progress, Waited},
};
use crate::{
    object::{Location, ObjectId},
    status::{Status, cause::Cause},
};

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

/// An object that is not ready; `None` when it is.
pub(crate) fn not_ready(id: &ObjectId, at: Option<&Location>, waited: &Waited) -> Option<NotReady> {
    let (reason, details, failed) = match waited {
        Waited::Ready(_) | Waited::Gone => return None,
        Waited::Failed(status, cause) => (reason(status, cause), cause.details(), true),
        Waited::TimedOut(status, cause) => (
            format!("not ready in time: {}", reason(status, cause)),
            cause.details(),
            false,
        ),
        Waited::Unknown(error) => (
            format!("whether it is ready cannot be seen: {error}"),
            Vec::new(),
            false,
        ),
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
        Waited::Failed(status, cause) | Waited::TimedOut(status, cause) => reason(status, cause),
        Waited::Unknown(error) => error.to_string(),
    };
    Some(Failure {
        id: id.clone(),
        field: None,
        message: format!("it was deleted and is still there: {message}"),
        at: None,
    })
}

fn reason(status: &Status, cause: &Cause) -> String {
    if cause.summary.is_empty() || status.reason.contains(&cause.summary) {
        status.reason.clone()
    } else {
        format!("{}: {}", status.reason, cause.summary)
    }
}
