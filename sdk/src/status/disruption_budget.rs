//! Disruption budgets: ready as soon as they are observed.

use super::Status;
use super::read::{condition, int, many};
use serde_json::Value;

pub(super) fn status(object: &Value) -> Status {
    let of = |field: &str| int(object, &format!("/status/{field}")).unwrap_or(0);
    let (healthy, expected) = (of("currentHealthy"), of("expectedPods"));
    let allowed = of("disruptionsAllowed");
    let reason = format!(
        "{healthy} of {expected} pods are healthy, {} may be disrupted",
        many(allowed, "pod")
    );
    let status = Status::ready(reason);
    match condition(object, "DisruptionAllowed").filter(|one| one.reason == "SyncFailed") {
        Some(failed) => status.note(format!("is not in force: {}", failed.words())),
        None => status,
    }
}

#[cfg(test)]
mod tests {
    use crate::status::State::{Progressing, Ready};
    use crate::status::cases::table;

    #[test]
    fn healthy_pods_are_counted() {
        table(
            "{apiVersion: policy/v1, kind: PodDisruptionBudget, metadata: {name: web, generation: 1}, status: {observedGeneration: 1, currentHealthy: 3, expectedPods: 3, disruptionsAllowed: 1}}",
            &[
                (
                    "{}",
                    Ready,
                    "3 of 3 pods are healthy, 1 pod may be disrupted",
                ),
                (
                    "{status: {observedGeneration: null}}",
                    Progressing,
                    "its controller has not seen the change yet",
                ),
            ],
        );
    }
}
