//! Volume claims.

use super::read::{condition, list, name, text};
use super::{Evidence, State, Status};
use serde_json::Value;

/// Bound is ready. A claim of a class that waits for the first consumer is also ready while no pod
/// uses it: nothing will bind it until one does.
pub(super) fn status(evidence: &Evidence<'_>) -> Status {
    let claim = evidence.object;
    match text(claim, "/status/phase").unwrap_or("Pending") {
        "Bound" => {
            let volume = text(claim, "/spec/volumeName").unwrap_or_default();
            let mut status = Status::ready(match text(claim, "/status/capacity/storage") {
                Some(size) => format!("is bound to volume `{volume}` of {size}"),
                None => format!("is bound to volume `{volume}`"),
            });
            for kind in ["Resizing", "FileSystemResizePending"] {
                if let Some(resize) = condition(claim, kind).filter(|one| one.is_true()) {
                    status = status.note(match kind {
                        "Resizing" => format!("is being resized {}", resize.words()),
                        _ => "grows when a pod that uses it is started again".to_owned(),
                    });
                }
            }
            status
        }
        "Lost" => Status::failed("has lost its volume: the data may be gone"),
        _ if waits_for_consumer(evidence) => {
            match evidence.pods.iter().find(|pod| uses(pod, claim)) {
                None => Status::new(State::Ready, "is bound when the first pod uses it"),
                Some(pod) => Status::progressing(format!(
                    "is not bound yet, waits for pod `{}` to be scheduled",
                    name(pod)
                )),
            }
        }
        _ => Status::progressing(match text(claim, "/spec/storageClassName") {
            Some(class) => format!("is not bound yet (storage class `{class}`)"),
            None => "is not bound yet".to_owned(),
        }),
    }
}

/// Whether the pod has the claim as a volume.
pub(super) fn uses(pod: &Value, claim: &Value) -> bool {
    let name = name(claim);
    text(pod, "/metadata/namespace") == text(claim, "/metadata/namespace")
        && list(pod, "/spec/volumes")
            .iter()
            .any(|volume| text(volume, "/persistentVolumeClaim/claimName") == Some(name))
}

/// Whether its class binds only when a pod is scheduled, by the class itself or by the event that
/// the volume controller leaves.
pub(super) fn waits_for_consumer(evidence: &Evidence<'_>) -> bool {
    let claim = evidence.object;
    let class = text(claim, "/spec/storageClassName");
    let by_class = evidence.classes.iter().any(|one| {
        Some(name(one)) == class && text(one, "/volumeBindingMode") == Some("WaitForFirstConsumer")
    });
    by_class
        || evidence.events.iter().any(|event| {
            text(event, "/reason") == Some("WaitForFirstConsumer")
                && text(event, "/involvedObject/kind") == Some("PersistentVolumeClaim")
                && text(event, "/involvedObject/name") == Some(name(claim))
        })
}

#[cfg(test)]
mod tests {
    use crate::status::cases::{merged, table, yaml};
    use crate::status::{
        Evidence,
        State::{Failed, Progressing, Ready},
        status,
    };
    use serde_json::json;

    #[test]
    fn a_claim_is_bound_or_waits_for_its_pod() {
        let base = "
apiVersion: v1
kind: PersistentVolumeClaim
metadata: {name: data, namespace: shop}
spec: {storageClassName: fast}
status: {phase: Pending}
";
        table(
            base,
            &[
                ("{}", Progressing, "is not bound yet (storage class `fast`)"),
                (
                    "{spec: {storageClassName: null}}",
                    Progressing,
                    "is not bound yet",
                ),
                (
                    "{spec: {volumeName: pv-1}, status: {phase: Bound, capacity: {storage: 10Gi}}}",
                    Ready,
                    "is bound to volume `pv-1` of 10Gi",
                ),
                (
                    "{status: {phase: Lost}}",
                    Failed,
                    "has lost its volume: the data may be gone",
                ),
            ],
        );
        // T7: nothing binds it until a pod uses it.
        let claim = yaml(base);
        let class =
            json!({"metadata": {"name": "fast"}, "volumeBindingMode": "WaitForFirstConsumer"});
        let pod = yaml(
            "{metadata: {name: db-0, namespace: shop}, spec: {volumes: [{persistentVolumeClaim: {claimName: data}}]}}",
        );
        let mut evidence = Evidence::of(&claim);
        evidence.classes = vec![&class];
        assert_eq!(status(&evidence).state, Ready);
        evidence.pods = vec![&pod];
        assert_eq!(
            status(&evidence).reason,
            "is not bound yet, waits for pod `db-0` to be scheduled"
        );
        let going = merged(
            base,
            "{metadata: {deletionTimestamp: x, finalizers: [kubernetes.io/pvc-protection]}}",
        );
        evidence.object = &going;
        assert_eq!(
            status(&evidence).reason,
            "is being deleted, when pod `db-0` no longer uses it"
        );
    }
}
