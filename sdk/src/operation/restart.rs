//! Restarting what a workload runs: its pods are replaced, as its strategy says.

use super::{Found, OperationError, ROLLED_OUT, Target, Written, find, written};
use crate::cluster::{Cluster, PatchForm};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

/// The annotation of the template that says when it was restarted; kubectl's own.
pub const RESTARTED_AT: &str = "kubectl.kubernetes.io/restartedAt";

/// Restarts a Deployment, `StatefulSet` or `DaemonSet`.
pub async fn restart(
    cluster: &Cluster,
    target: &Target,
    namespace: &str,
    dry_run: bool,
) -> Result<Written, OperationError> {
    let found = find(cluster, target, namespace, ROLLED_OUT).await?;
    let change = change(&found, cluster.clock().timestamp())?;
    written::patch(cluster, &found, &change, PatchForm::Merge, dry_run).await
}

/// The change that restarts it.
fn change(found: &Found, now: Timestamp) -> Result<Value, OperationError> {
    let id = &found.id;
    if !rolls_out(found) {
        return Err(OperationError::unfit_but(
            format!(
                "{id} cannot be restarted: only deployments, stateful sets and daemon sets can"
            ),
            "a pod is restarted by what made it; one that nobody made is deleted and made again",
        ));
    }
    if found.object["spec"]["paused"] == true {
        return Err(OperationError::unfit_but(
            format!("{id} is paused, so that nothing would be restarted"),
            "resume it first: `resume(…)`",
        ));
    }
    let annotations = &found.object["spec"]["template"]["metadata"]["annotations"];
    let before = annotations[RESTARTED_AT].as_str();
    let before: Option<Timestamp> = before.and_then(|before| before.parse().ok());
    // The same moment again would change nothing, and so restart nothing.
    let second = SignedDuration::from_secs(1);
    let after = before.and_then(|before| before.checked_add(second).ok());
    let at = after.map_or(now, |after| now.max(after));
    let at = at.round(jiff::Unit::Second).unwrap_or(at).to_string();
    let annotations = json!({ RESTARTED_AT: at });
    Ok(json!({"spec": {"template": {"metadata": {"annotations": annotations}}}}))
}

/// Whether it is rolled out, and its pods are made of a template that can change.
pub(super) fn rolls_out(found: &Found) -> bool {
    let is = |(group, kind): &(&str, &str)| found.id.group == *group && found.id.kind == *kind;
    ROLLED_OUT.iter().any(is)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::kinds;
    use crate::object::ObjectId;

    fn found(kind: &str, spec: Value) -> Found {
        let group = if kind == "Job" { "batch" } else { "apps" };
        let object = json!({"apiVersion": format!("{group}/v1"), "kind": kind,
            "metadata": {"name": "app", "namespace": "shop"}, "spec": spec});
        Found {
            served: kinds::builtin(group, kind),
            id: ObjectId::of(&object),
            object,
        }
    }

    #[test]
    fn a_restart_is_later_than_the_one_before() {
        let now: Timestamp = "2026-01-26T09:30:00.4Z".parse().unwrap();
        for (before, expected) in [
            (None, "2026-01-26T09:30:00Z"),
            (Some("2026-01-26T09:29:00Z"), "2026-01-26T09:30:00Z"),
            (Some("2026-01-26T09:30:00Z"), "2026-01-26T09:30:01Z"),
            (Some("2026-01-26T11:30:00+02:00"), "2026-01-26T09:30:01Z"),
            (Some("long ago"), "2026-01-26T09:30:00Z"),
        ] {
            let mut spec = json!({"template": {"metadata": {}}});
            if let Some(before) = before {
                spec["template"]["metadata"]["annotations"] = json!({ RESTARTED_AT: before });
            }
            let change = change(&found("Deployment", spec), now).expect("can be");
            let at = &change["spec"]["template"]["metadata"]["annotations"][RESTARTED_AT];
            assert_eq!(at, expected, "{before:?}");
        }
    }

    #[test]
    fn what_cannot_be_restarted() {
        let now = Timestamp::UNIX_EPOCH;
        for (kind, spec, said) in [
            ("Job", json!({}), "job/app in shop cannot be restarted"),
            ("Deployment", json!({"paused": true}), "is paused"),
        ] {
            let error = change(&found(kind, spec), now).expect_err(said);
            assert!(error.to_string().contains(said), "{error}");
            assert!(error.help().is_some());
        }
    }
}
