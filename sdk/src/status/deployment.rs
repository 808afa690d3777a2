//! Deployments.

use super::read::{condition, flag, int, sentence};
use super::{State, Status};
use serde_json::Value;
use std::fmt::Write as _;

/// Ready means: every pod is of this revision, available, and none more than wanted. What
/// `maxUnavailable` allows during an update is not ready, or one pod of one could be missing.
pub(super) fn status(object: &Value) -> Status {
    if flag(object, "/spec/paused") {
        return Status::new(State::Suspended, "is paused");
    }
    let wanted = int(object, "/spec/replicas").unwrap_or(1);
    let of = |field: &str| int(object, &format!("/status/{field}")).unwrap_or(0);
    let (all, updated) = (of("replicas"), of("updatedReplicas"));
    let (ready, available) = (of("readyReplicas"), of("availableReplicas"));

    let mut reason = format!("{ready} of {wanted} pods are ready");
    if updated < wanted && all > updated {
        let _ = write!(reason, ", {updated} updated");
    } else if all > updated {
        let _ = write!(reason, ", {} old not gone yet", all - updated);
    } else if ready >= wanted && available < wanted {
        reason = format!("{available} of {wanted} pods are available for long enough");
    } else if wanted == 0 && all == 0 {
        "is scaled to 0".clone_into(&mut reason);
    }

    if let Some(progressing) = condition(object, "Progressing")
        && matches!(
            progressing.reason,
            "ProgressDeadlineExceeded" | "ReplicaSetCreateError"
        )
    {
        let why = if progressing.reason == "ReplicaSetCreateError" {
            sentence(progressing.message)
        } else {
            let seconds = int(object, "/spec/progressDeadlineSeconds").unwrap_or(600);
            format!("no progress for {seconds} seconds")
        };
        return Status::failed(format!("{reason}: {why}")).count(ready, wanted);
    }
    let done = updated == wanted && all == wanted && available == wanted && ready >= wanted;
    let state = if done {
        State::Ready
    } else {
        State::Progressing
    };
    Status::new(state, reason).count(ready, wanted)
}
