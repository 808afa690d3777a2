//! Stateful sets.

use super::read::{int, many, text};
use super::{State, Status};
use serde_json::Value;
use std::fmt::Write as _;

/// Ready means: every pod is ready and, from `partition` on, of the new revision. `OnDelete` never
/// changes a pod by itself, so pods of the old revision hold nothing up; they are counted in a note.
pub(super) fn status(object: &Value) -> Status {
    let wanted = int(object, "/spec/replicas").unwrap_or(1);
    let of = |field: &str| int(object, &format!("/status/{field}")).unwrap_or(0);
    let (all, updated, ready) = (of("replicas"), of("updatedReplicas"), of("readyReplicas"));
    // The field is always sent since 1.25; an older one counts what is ready.
    let available = int(object, "/status/availableReplicas").unwrap_or(ready);
    let update = text(object, "/status/updateRevision");
    let one_revision = update.is_some() && update == text(object, "/status/currentRevision");

    let on_delete = text(object, "/spec/updateStrategy/type") == Some("OnDelete");
    let partition = int(object, "/spec/updateStrategy/rollingUpdate/partition")
        .unwrap_or(0)
        .clamp(0, wanted.max(0));
    let must_update = if on_delete { 0 } else { wanted - partition };
    let revised = on_delete || partition > 0 || one_revision || wanted == 0;

    let mut reason = format!("{ready} of {wanted} pods are ready");
    if all > wanted {
        let _ = write!(reason, ", {} too many", all - wanted);
    } else if ready >= wanted && available < wanted {
        reason = format!("{available} of {wanted} pods are available for long enough");
    } else if updated < must_update && !one_revision && all > 0 {
        let _ = write!(reason, ", {updated} of {must_update} updated");
    } else if wanted == 0 && all == 0 {
        "is scaled to 0".clone_into(&mut reason);
    }
    // With one revision everywhere, `updatedReplicas` may be left out.
    let updated_enough = updated >= must_update || (one_revision && all == wanted);
    let done = all == wanted && ready >= wanted && available >= wanted && updated_enough && revised;
    let state = if done {
        State::Ready
    } else {
        State::Progressing
    };
    let mut status = Status::new(state, reason).count(ready, wanted);

    let old = (all - updated).max(0);
    if on_delete && !one_revision && old > 0 {
        status = status.note(format!(
            "{} on the old revision: the update strategy `OnDelete` replaces a pod only when it is \
             deleted",
            if old == 1 {
                "1 pod is".to_owned()
            } else {
                format!("{} are", many(old, "pod"))
            }
        ));
    } else if partition > 0 && !one_revision {
        let start = int(object, "/spec/ordinals/start").unwrap_or(0);
        let last = start + partition - 1;
        status = status.note(if partition == 1 {
            format!("partition {partition}: pod {start} stays on the old revision")
        } else {
            format!("partition {partition}: pods {start} to {last} stay on the old revision")
        });
    }
    status
}

#[cfg(test)]
mod tests {
    use crate::status::cases::{merged, table};
    use crate::status::{
        Evidence,
        State::{Progressing, Ready},
        status,
    };

    #[test]
    fn pods_are_counted_and_revisions_told() {
        let base = "
apiVersion: apps/v1
kind: StatefulSet
metadata: {name: db, generation: 1}
spec: {replicas: 3, updateStrategy: {type: RollingUpdate, rollingUpdate: {partition: 0}}}
status: {observedGeneration: 1, replicas: 3, readyReplicas: 3, availableReplicas: 3, updatedReplicas: 3,
  currentReplicas: 3, currentRevision: a, updateRevision: a}
";
        table(
            base,
            &[
                ("{}", Ready, "3 of 3 pods are ready"),
                (
                    "{status: {updatedReplicas: null}}",
                    Ready,
                    "3 of 3 pods are ready",
                ),
                (
                    "{status: {replicas: 1, readyReplicas: 0, availableReplicas: 0}}",
                    Progressing,
                    "0 of 3 pods are ready",
                ),
                (
                    "{status: {updatedReplicas: 1, updateRevision: b}}",
                    Progressing,
                    "3 of 3 pods are ready, 1 of 3 updated",
                ),
                // T6: all pods are updated, but the controller has not concluded.
                (
                    "{status: {updateRevision: b}}",
                    Progressing,
                    "3 of 3 pods are ready",
                ),
                (
                    "{status: {replicas: 4}}",
                    Progressing,
                    "3 of 3 pods are ready, 1 too many",
                ),
                (
                    "{status: {availableReplicas: 2}}",
                    Progressing,
                    "2 of 3 pods are available for long enough",
                ),
                (
                    "{status: {updateRevision: null, currentRevision: null}}",
                    Progressing,
                    "3 of 3 pods are ready",
                ),
            ],
        );
        for (change, state, note) in [
            (
                "{spec: {updateStrategy: {rollingUpdate: {partition: 2}}}, status: {updatedReplicas: 1, updateRevision: b}}",
                Ready,
                "partition 2: pods 0 to 1 stay on the old revision",
            ),
            (
                "{spec: {updateStrategy: {type: OnDelete, rollingUpdate: null}}, status: {updatedReplicas: 1, updateRevision: b}}",
                Ready,
                "2 pods are on the old revision: the update strategy `OnDelete` replaces a pod only when it is deleted",
            ),
        ] {
            let got = status(&Evidence::of(&merged(base, change)));
            assert_eq!(
                (got.state, got.notes),
                (state, vec![note.to_owned()]),
                "{change}"
            );
        }
    }
}
