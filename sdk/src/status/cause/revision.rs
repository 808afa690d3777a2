//! Which pods belong to the revision that is being rolled out.

use super::super::Evidence;
use super::super::read::{controlled_by, int, list, text};
use serde_json::Value;

/// The pods of the new revision of a workload that are not being deleted, by name. A pod's own
/// evidence is the pod.
pub fn pods<'a>(evidence: &Evidence<'a>) -> Vec<&'a Value> {
    let object = evidence.object;
    let of = |owner: &Value| -> Vec<&'a Value> {
        let owned = evidence.pods.iter().copied();
        owned
            .filter(|pod| controlled_by(pod, owner) && alive(pod))
            .collect()
    };
    let mut pods = match text(object, "/kind").unwrap_or_default() {
        "Deployment" => new_replica_set(evidence).map_or_else(Vec::new, of),
        "StatefulSet" => {
            let mut pods = of(object);
            if let Some(update) = text(object, "/status/updateRevision") {
                let new = |pod: &&Value| hash(pod) == Some(update);
                // While no new pod exists, an old one that is not ready is what holds it up.
                if pods.iter().any(new) {
                    pods.retain(new);
                }
            }
            pods
        }
        "DaemonSet" => {
            let mut pods = of(object);
            let template = text(
                object,
                "/metadata/annotations/deprecated.daemonset.template.generation",
            );
            if let Some(template) = template {
                let label = "/metadata/labels/pod-template-generation";
                let new = |pod: &&Value| text(pod, label).is_none_or(|it| it == template);
                pods.retain(new);
            }
            pods
        }
        "ReplicaSet" | "Job" => of(object),
        "Pod" => vec![object],
        _ => Vec::new(),
    };
    pods.sort_by_key(|pod| text(pod, "/metadata/name").unwrap_or_default());
    pods
}

/// The replica set of a deployment's present template. The deployment bears the revision number of
/// the newest one as soon as its controller has seen the change.
pub(super) fn new_replica_set<'a>(evidence: &Evidence<'a>) -> Option<&'a Value> {
    const REVISION: &str = "/metadata/annotations/deployment.kubernetes.io~1revision";
    let object = evidence.object;
    let wanted = int(object, "/metadata/generation").max(evidence.generation);
    if int(object, "/status/observedGeneration") < wanted {
        return None;
    }
    let revision = text(object, REVISION);
    let owned = || {
        evidence
            .replica_sets
            .iter()
            .copied()
            .filter(|set| controlled_by(set, object))
    };
    owned()
        .find(|set| revision.is_some() && text(set, REVISION) == revision)
        .or_else(|| owned().max_by_key(|set| number(text(set, REVISION))))
}

fn number(text: Option<&str>) -> i64 {
    text.and_then(|text| text.parse().ok()).unwrap_or(0)
}

fn hash(pod: &Value) -> Option<&str> {
    text(pod, "/metadata/labels/controller-revision-hash")
}

fn alive(pod: &Value) -> bool {
    text(pod, "/metadata/deletionTimestamp").is_none()
}

/// A pod of an older revision that is not ready and keeps an ordered stateful set from going on:
/// its controller waits for the pod, and never replaces it.
pub(super) fn blocks_update<'a>(evidence: &Evidence<'a>) -> Option<&'a Value> {
    let object = evidence.object;
    if text(object, "/kind") != Some("StatefulSet")
        || text(object, "/spec/podManagementPolicy") == Some("Parallel")
    {
        return None;
    }
    let update = text(object, "/status/updateRevision")?;
    evidence.pods.iter().copied().find(|pod| {
        controlled_by(pod, object)
            && alive(pod)
            && hash(pod).is_some_and(|hash| hash != update)
            && !list(pod, "/status/conditions").iter().any(|one| {
                text(one, "/type") == Some("Ready") && text(one, "/status") == Some("True")
            })
    })
}

#[cfg(test)]
mod tests {
    use crate::status::cause::world::{World, deployment, yaml};

    #[test]
    fn pods_of_the_old_revision_are_not_blamed() {
        let old = "{phase: Running, containerStatuses: [{name: app, restartCount: 9, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {exitCode: 1}}}]}";
        let world = deployment()
            .pod("app-1-x", "r1", "{}", old)
            .container("state: {waiting: {reason: ContainerCreating}}");
        assert_eq!(world.cause().summary, "pod is ContainerCreating");
        // Before the controller has seen the change, the newest replica set is the old one.
        let mut early = deployment().pod("app-1-x", "r1", "{}", old);
        early.object["metadata"]["generation"] = 3.into();
        assert_eq!(
            early.cause().summary,
            "its controller has not seen the change yet"
        );
    }

    #[test]
    fn an_ordered_set_is_held_up_by_a_pod_that_it_never_replaces() {
        let world = World::of(
            "{apiVersion: apps/v1, kind: StatefulSet, metadata: {name: db, namespace: shop, uid: s, generation: 3}, spec: {replicas: 1}, status: {observedGeneration: 3, replicas: 1, currentRevision: a, updateRevision: c}}",
        );
        let mut world = world.pod(
        "db-0",
        "s",
        "{}",
        "{phase: Running, containerStatuses: [{name: app, ready: false, started: true, state: {running: {}}}]}",
    );
        world.pods[0]["metadata"]["labels"] = yaml("{controller-revision-hash: b}");
        let cause = world.cause();
        assert_eq!(cause.summary, "pod `db-0` of the old revision is not ready");
        assert!(
            cause
                .hint
                .is_some_and(|hint| hint.contains("kubectl delete pod db-0"))
        );
    }
}
