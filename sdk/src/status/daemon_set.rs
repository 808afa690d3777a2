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

#[cfg(test)]
mod tests {
    use crate::status::State::{Progressing, Ready};
    use crate::status::cases::table;

    #[test]
    fn pods_are_counted_by_nodes() {
        let base = "
apiVersion: apps/v1
kind: DaemonSet
metadata: {name: agent, generation: 1}
status: {observedGeneration: 1, desiredNumberScheduled: 2, currentNumberScheduled: 2,
  updatedNumberScheduled: 2, numberReady: 2, numberAvailable: 2}
";
        table(
            base,
            &[
                ("{}", Ready, "2 of 2 pods are ready"),
                (
                    "{status: {desiredNumberScheduled: null}}",
                    Progressing,
                    "its nodes are not counted yet",
                ),
                (
                    "{status: {updatedNumberScheduled: 1}}",
                    Progressing,
                    "2 of 2 pods are ready, 1 updated",
                ),
                (
                    "{status: {numberReady: 1, numberAvailable: 1}}",
                    Progressing,
                    "1 of 2 pods are ready",
                ),
                (
                    "{status: {desiredNumberScheduled: 0, currentNumberScheduled: 0, updatedNumberScheduled: 0, numberReady: 0, numberAvailable: 0}}",
                    Ready,
                    "runs nowhere",
                ),
            ],
        );
    }
}
