//! Daemon sets.

use super::read::{int, many, text};
use super::{State, Status};
use serde_json::Value;
use std::fmt::Write as _;

/// Ready means: on every node that is wanted, a pod of this revision is available.
pub(super) fn status(object: &Value) -> Status {
    let Some(wanted) = int(object, "/status/desiredNumberScheduled") else {
        return Status::progressing("its nodes are not counted yet");
    };
    let of = |field: &str| int(object, &format!("/status/{field}")).unwrap_or(0);
    let (current, updated) = (of("currentNumberScheduled"), of("updatedNumberScheduled"));
    let (ready, available) = (of("numberReady"), of("numberAvailable"));
    let on_delete = text(object, "/spec/updateStrategy/type") == Some("OnDelete");

    let mut reason = format!("{ready} of {wanted} pods are ready");
    if updated < wanted && !on_delete {
        let _ = write!(reason, ", {updated} updated");
    } else if ready >= wanted && available < wanted {
        reason = format!("{available} of {wanted} pods are available for long enough");
    }
    let done = current >= wanted
        && ready >= wanted
        && available >= wanted
        && (on_delete || updated >= wanted);
    let state = if done {
        State::Ready
    } else {
        State::Progressing
    };
    let mut status = Status::new(state, reason).count(ready, wanted);
    if wanted == 0 && done {
        "runs nowhere".clone_into(&mut status.reason);
        status = status.note("no node matches its node selector, affinity and tolerations");
    }
    if on_delete && updated < wanted {
        status = status.note(format!(
            "{} of the old revision: the update strategy `OnDelete` replaces a pod only when it is \
             deleted",
            many(wanted - updated, "pod")
        ));
    }
    status
}
