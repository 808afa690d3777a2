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

#[cfg(test)]
mod tests {
    use crate::status::cases::{table, yaml};
    use crate::status::{
        Evidence,
        State::{Failed, Progressing, Ready, Suspended, Terminating},
        status,
    };

    #[test]
    fn pods_are_counted() {
        let base = "
apiVersion: apps/v1
kind: Deployment
metadata: {name: app, namespace: shop, uid: d, generation: 2}
spec: {replicas: 3}
status: {observedGeneration: 2, replicas: 3, updatedReplicas: 3, readyReplicas: 3, availableReplicas: 3}
";
        table(
            base,
            &[
                ("{}", Ready, "3 of 3 pods are ready"),
                // T11: what stands in the status is about the generation before.
                (
                    "{metadata: {generation: 3}}",
                    Progressing,
                    "its controller has not seen the change yet",
                ),
                (
                    "{status: {observedGeneration: null}}",
                    Progressing,
                    "its controller has not seen the change yet",
                ),
                (
                    "{status: {readyReplicas: 1, availableReplicas: 1}}",
                    Progressing,
                    "1 of 3 pods are ready",
                ),
                (
                    "{status: {availableReplicas: 2}}",
                    Progressing,
                    "2 of 3 pods are available for long enough",
                ),
                (
                    "{status: {replicas: 4, updatedReplicas: 1}}",
                    Progressing,
                    "3 of 3 pods are ready, 1 updated",
                ),
                (
                    "{status: {replicas: 5}}",
                    Progressing,
                    "3 of 3 pods are ready, 2 old not gone yet",
                ),
                // T3: what `maxUnavailable` allows is not ready.
                (
                    "{spec: {replicas: 1, strategy: {rollingUpdate: {maxUnavailable: 1}}}, status: {replicas: 1, updatedReplicas: 1, readyReplicas: 0, availableReplicas: 0}}",
                    Progressing,
                    "0 of 1 pods are ready",
                ),
                (
                    "{spec: {replicas: 0}, status: {replicas: 0, updatedReplicas: 0, readyReplicas: 0, availableReplicas: 0}}",
                    Ready,
                    "is scaled to 0",
                ),
                ("{spec: {paused: true}}", Suspended, "is paused"),
                (
                    "{spec: {progressDeadlineSeconds: 60}, status: {readyReplicas: 0, availableReplicas: 0, conditions: [{type: Progressing, status: 'False', reason: ProgressDeadlineExceeded}]}}",
                    Failed,
                    "0 of 3 pods are ready: no progress for 60 seconds",
                ),
                (
                    "{status: {replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1, conditions: [{type: ReplicaFailure, status: 'True', reason: FailedCreate, message: 'exceeded quota: q'}]}}",
                    Progressing,
                    "1 of 3 pods are ready",
                ),
                (
                    "{metadata: {deletionTimestamp: '2026-01-01T00:00:00Z', finalizers: [foregroundDeletion]}}",
                    Terminating,
                    "is being deleted, waits for what it made",
                ),
            ],
        );
        // The store may be older than the answer to the apply.
        let object = yaml(base);
        let got = status(&Evidence::of(&object).generation(Some(3)));
        assert_eq!(
            (got.state, got.reason.as_str()),
            (Progressing, "the change is not visible yet")
        );
    }
}
