//! What is wrong above the pods: they cannot be made, the job has given up, a claim cannot be bound.

use super::super::Evidence;
use super::super::read::{condition, int, name, sentence, text};
use super::finding::Finding;
use super::{Class, Verdict, claim, creation, event, revision};
use serde_json::Value;

/// What is found at the object itself.
pub(super) fn findings(evidence: &Evidence<'_>) -> Vec<Finding> {
    let object = evidence.object;
    let mut found = Vec::new();
    match text(object, "/kind").unwrap_or_default() {
        "Deployment" => {
            let set = revision::new_replica_set(evidence);
            // Without a replica set of the new revision, what the deployment copied may be the old
            // one's.
            if let Some(set) = set
                && missing_pods(set)
                && let Some(failure) = condition(set, "ReplicaFailure").filter(|one| one.is_true())
            {
                let can_free = evidence.pods.iter().any(|pod| {
                    evidence.replica_sets.iter().any(|one| {
                        name(one) != name(set) && super::super::read::controlled_by(pod, one)
                    })
                });
                found.push(creation::finding(failure.message, can_free));
            } else if evidence.replica_sets.is_empty()
                && let Some(failure) = condition(object, "ReplicaFailure")
                    .filter(|one| one.is_true() && missing_pods(object))
            {
                found.push(Finding {
                    verdict: Verdict::Wait,
                    ..creation::finding(failure.message, true)
                });
            } else if let Some(progressing) = condition(object, "Progressing")
                && progressing.reason == "ReplicaSetCreateError"
            {
                found.push(creation::finding(progressing.message, false));
            }
        }
        "ReplicaSet" => {
            if let Some(failure) = condition(object, "ReplicaFailure").filter(|one| one.is_true()) {
                found.push(creation::finding(failure.message, false));
            }
        }
        // These say it only in events.
        "StatefulSet" | "DaemonSet" | "Job" => {
            if missing_pods(object)
                && let Some(message) = event::latest(evidence, object, &["FailedCreate"])
            {
                found.push(creation::finding(message, false));
            }
            if let Some(pod) = revision::blocks_update(evidence) {
                let mut finding = Finding::new(
                    Class::NotReady,
                    Verdict::Wait,
                    format!("pod `{}` of the old revision is not ready", name(pod)),
                )
                .hint(format!(
                    "a stateful set does not replace a pod that is not ready; \
                     `kubectl delete pod {}` lets it go on",
                    name(pod)
                ));
                finding.at = vec![format!("pod/{}", name(pod))];
                found.push(finding);
            }
        }
        // That it is merely not bound yet, its status says.
        "PersistentVolumeClaim" => found.extend(
            claim::finding(evidence, object)
                .filter(|found| found.verdict != Verdict::Wait)
                .map(|found| of_itself(found, name(object))),
        ),
        "Service" => {
            if let Some(message) = event::latest(
                evidence,
                object,
                &[
                    "SyncLoadBalancerFailed",
                    "AllocationFailed",
                    "CreatingLoadBalancerFailed",
                ],
            ) {
                found.push(Finding::new(
                    Class::Creation,
                    Verdict::Wait,
                    format!("no load balancer: {}", sentence(message)),
                ));
            }
        }
        _ => {}
    }
    found
}

/// The claim's name stands before what is said of it.
fn of_itself(mut found: Finding, name: &str) -> Finding {
    if let Some(rest) = found.summary.strip_prefix(&format!("claim `{name}` ")) {
        found.summary = rest.to_owned();
    }
    found
}

fn missing_pods(object: &Value) -> bool {
    let (wanted, have) = match text(object, "/kind") {
        Some("DaemonSet") => (
            int(object, "/status/desiredNumberScheduled").unwrap_or(0),
            int(object, "/status/currentNumberScheduled").unwrap_or(0),
        ),
        Some("Job") => {
            let of = |field: &str| int(object, field).unwrap_or(0);
            (1, of("/status/active") + of("/status/succeeded"))
        }
        _ => (
            int(object, "/spec/replicas").unwrap_or(1),
            int(object, "/status/replicas").unwrap_or(0),
        ),
    };
    have < wanted
}

#[cfg(test)]
mod tests {
    use crate::status::cause::Verdict;
    use crate::status::cause::world::{World, yaml};

    #[test]
    fn a_job_is_patient_until_it_gives_up() {
        let mut world = World::of("{apiVersion: batch/v1, kind: Job, metadata: {name: migrate, namespace: shop, uid: j, generation: 1}, spec: {}, status: {failed: 1}}")
    .pod(
        "migrate-x",
        "j",
        "{restartPolicy: Never}",
        "{phase: Failed, containerStatuses: [{name: app, state: {terminated: {exitCode: 2}}}]}",
    );
        let cause = world.cause();
        assert_eq!(
            (cause.summary.as_str(), cause.verdict),
            ("container `app` has crashed: exit code 2", Verdict::Wait)
        );
        assert!(cause.log.is_some_and(|log| !log.previous));
        world.object["status"]["conditions"] =
            yaml("[{type: Failed, status: 'True', reason: BackoffLimitExceeded}]");
        let cause = world.cause();
        assert_eq!(
            (cause.summary.as_str(), cause.is_fatal()),
            ("container `app` has crashed: exit code 2", true)
        );
    }
}
