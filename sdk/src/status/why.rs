//! Why an object is not ready, in words: the one place that puts a status and its cause together.

use super::{State, Status, cause::Cause};
use std::fmt;

/// Why an object is not ready. Its text is one line: the numbers, and the cause.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Why {
    /// What is wrong, to be read after the object's name.
    pub cause: String,
    /// How far it is, where that is not said by the cause: `2 of 3 pods are ready`.
    pub numbers: Option<String>,
}

impl fmt::Display for Why {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.numbers {
            Some(numbers) => write!(f, "{numbers}: {}", self.cause),
            None => f.write_str(&self.cause),
        }
    }
}

/// Puts a status and its cause together. What counts nothing is told by its cause alone; what goes,
/// is gone or was not looked at yet by its controller, is told by its status alone.
pub fn why(status: &Status, cause: Option<&Cause>) -> Why {
    let reason = status.reason.as_str();
    let says_all =
        matches!(status.state, State::Missing | State::Terminating) || status.is_unseen();
    let summary = cause.map_or("", |cause| cause.summary.as_str());
    if says_all || summary.is_empty() {
        return Why {
            cause: reason.to_owned(),
            numbers: None,
        };
    }
    let numbers = match reason.strip_suffix(summary) {
        Some(before) => before.trim_end_matches(": "),
        None if status.count.is_some() => reason,
        None => "",
    };
    Why {
        cause: summary.to_owned(),
        numbers: Some(numbers.to_owned()).filter(|numbers| !numbers.is_empty()),
    }
}

#[cfg(test)]
mod tests {
    use super::super::Status;
    use super::*;
    use crate::object::ObjectId;

    #[test]
    fn the_cause_stands_once_and_the_numbers_apart() {
        let counted = |state, reason: &str| Status::new(state, reason).count(2, 3);
        let plain = Status::new;
        use State::{Failed, Missing, Progressing, Terminating};
        for (status, summary, cause, numbers) in [
            (
                counted(Progressing, "2 of 3 pods are ready"),
                "quota `small` is exceeded",
                "quota `small` is exceeded",
                Some("2 of 3 pods are ready"),
            ),
            (
                counted(Progressing, "2 of 3 pods are ready"),
                "2 of 3 pods are ready",
                "2 of 3 pods are ready",
                None,
            ),
            (
                counted(Failed, "0 of 3 pods are ready: no progress for 60 seconds"),
                "no progress for 60 seconds",
                "no progress for 60 seconds",
                Some("0 of 3 pods are ready"),
            ),
            (
                counted(Failed, "has failed twice and is not retried again"),
                "container `app` has crashed: exit code 4",
                "container `app` has crashed: exit code 4",
                Some("has failed twice and is not retried again"),
            ),
            (
                plain(Progressing, "is not bound yet"),
                "cannot be bound: storage class `fsat` is not there",
                "cannot be bound: storage class `fsat` is not there",
                None,
            ),
            (
                plain(Progressing, "is not bound yet"),
                "",
                "is not bound yet",
                None,
            ),
            (
                plain(Missing, "was deleted while it was waited for"),
                "container `app` has crashed",
                "was deleted while it was waited for",
                None,
            ),
            (
                plain(Terminating, "is being deleted"),
                "is still there",
                "is being deleted",
                None,
            ),
            (
                plain(Progressing, Status::UNSEEN),
                "container `app` has crashed",
                Status::UNSEEN,
                None,
            ),
        ] {
            let id = ObjectId::of(&serde_json::json!({"kind": "Deployment"}));
            let found = why(&status, Some(&Cause::plain(&id, summary)));
            assert_eq!(
                (found.cause.as_str(), found.numbers.as_deref()),
                (cause, numbers)
            );
        }
    }
}
