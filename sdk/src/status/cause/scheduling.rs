//! Pods that no node takes.

use super::super::Evidence;
use super::super::read::{condition, list, sentence, text};
use super::finding::Finding;
use super::{Class, Verdict, claim, event};
use serde_json::Value;
use std::time::Duration;

/// How long a pod may find no node. Nodes are freed by pods that are still going.
const BUDGET: Duration = Duration::from_mins(1);

/// Why the pod is not scheduled; `None` when it is, or when nobody has tried yet.
pub(super) fn finding(evidence: &Evidence<'_>, pod: &Value) -> Option<Finding> {
    let scheduled = condition(pod, "PodScheduled")?;
    if !scheduled.is_false() {
        return None;
    }
    if scheduled.reason == "SchedulingGated" {
        let gates: Vec<String> = list(pod, "/spec/schedulingGates")
            .iter()
            .filter_map(|gate| Some(format!("`{}`", text(gate, "/name")?)))
            .collect();
        let summary = format!("pod is held back by scheduling gate {}", gates.join(", "));
        return Some(Finding::new(Class::Unscheduled, Verdict::Wait, summary));
    }
    // An unbound claim says more than the scheduler, which only repeats that it is unbound.
    for name in list(pod, "/spec/volumes")
        .iter()
        .filter_map(|volume| text(volume, "/persistentVolumeClaim/claimName"))
    {
        let claim = evidence.claims.iter().find(|claim| {
            super::super::read::name(claim) == name
                && text(claim, "/metadata/namespace") == text(pod, "/metadata/namespace")
        });
        if let Some(claim) = claim
            && let Some(mut found) = claim::finding(evidence, claim)
        {
            found.at = vec![format!("persistentvolumeclaim/{name}")];
            return Some(found);
        }
    }
    let message = without_preemption(&sentence(scheduled.message)).to_owned();
    if let Some((_, rest)) = message.split_once("persistentvolumeclaim \"")
        && let Some((claim, after)) = rest.split_once('"')
        && after.trim_start().starts_with("not found")
    {
        return Some(Finding::new(
            Class::Unscheduled,
            Verdict::After(BUDGET),
            format!("volume claim `{claim}` is not there"),
        ));
    }
    let scales = event::latest(evidence, pod, &["TriggeredScaleUp", "Nominated"]).is_some();
    let verdict = if scales {
        Verdict::Wait
    } else {
        Verdict::After(BUDGET)
    };
    let summary = if message.is_empty() {
        "pod cannot be scheduled".to_owned()
    } else {
        format!("pod cannot be scheduled: {message}")
    };
    let mut found = Finding::new(Class::Unscheduled, verdict, summary);
    found.hint = hint(&message, scales);
    Some(found)
}

/// What the scheduler says, without the second time: of what it tried after that, which could not help
/// either (claims to devices, preemption; a bare `not found` where it did not come so far).
pub(super) fn without_preemption(message: &str) -> &str {
    let said = [". preemption: ", ", preemption: "]
        .iter()
        .find_map(|mark| message.split_once(mark))
        .map_or(message, |(said, _)| said);
    [
        ". no new claims to deallocate",
        ". still not schedulable",
        ". not found",
    ]
    .iter()
    .find_map(|end| said.strip_suffix(end))
    .unwrap_or(said)
}

fn hint(message: &str, scales: bool) -> Option<String> {
    let text = if scales {
        "a node is being added for it"
    } else if message.contains("Insufficient") {
        "the sum of the requests of its containers fits no node: lower them, or add nodes"
    } else if message.contains("untolerated taint") {
        "add a toleration for the taint"
    } else if message.contains("didn't match Pod's node affinity/selector") {
        "no node has the labels that its node selector or affinity asks for"
    } else if message.contains("topology spread") {
        "its topology spread constraints leave no node"
    } else if message.contains("anti-affinity") {
        "its anti-affinity leaves no node"
    } else {
        return None;
    };
    Some(text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::without_preemption;
    use crate::status::cause::world::{after, deployment, yaml};
    use crate::status::cause::{Class, Verdict};

    #[test]
    fn what_was_tried_afterwards_is_left_out() {
        let said = "0/3 nodes are available: 3 Insufficient cpu";
        for after in [
            "",
            ". not found",
            ". no new claims to deallocate",
            ". preemption: 0/3 nodes are available: 3 No preemption victims found for incoming pod",
            ". no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling",
            ". still not schedulable, preemption: not eligible due to preemptionPolicy=Never.",
        ] {
            assert_eq!(without_preemption(&format!("{said}{after}")), said);
        }
    }

    #[test]
    fn what_the_scheduler_or_the_claim_says_is_told() {
        let pending = "{phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: '0/3 nodes are available: 3 Insufficient memory. no new claims to deallocate, preemption: 0/3 nodes are available: 3 Preemption is not helpful for scheduling.'}]}";
        let world = deployment().pod("app-2-x", "r2", "{}", pending);
        let cause = world.cause();
        assert_eq!(
            (cause.class, cause.verdict, cause.summary.as_str()),
            (
                Class::Unscheduled,
                after(60),
                "pod cannot be scheduled: 0/3 nodes are available: 3 Insufficient memory",
            )
        );
        // An autoscaler is adding a node: no budget.
        let world = world.event("app-2-x", "TriggeredScaleUp", "pod triggered scale-up");
        assert_eq!(world.cause().verdict, Verdict::Wait);

        // The claim says more than the scheduler.
        let spec = "{volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]}";
        let mut world = deployment().pod("app-2-x", "r2", spec, pending);
        world.claims.push(yaml(
        "{kind: PersistentVolumeClaim, metadata: {name: data, namespace: shop, uid: c}, spec: {storageClassName: fast}, status: {phase: Pending}}",
    ));
        let world = world.event(
            "c",
            "ProvisioningFailed",
            "storageclass.storage.k8s.io \"fast\" not found",
        );
        let cause = world.cause();
        assert_eq!(
            (cause.verdict, cause.summary.as_str()),
            (
                Verdict::Fatal,
                "claim `data` cannot be bound: storage class `fast` is not there"
            )
        );
        assert_eq!(
            cause.at,
            [
                "deployment/app",
                "pod/app-2-x",
                "persistentvolumeclaim/data"
            ]
        );
    }

    #[test]
    fn a_claim_that_cannot_have_the_volume_it_names() {
        let pending = "{phase: Pending, conditions: [{type: PodScheduled, status: 'False', reason: Unschedulable, message: 'pod has unbound immediate PersistentVolumeClaims'}]}";
        let spec = "{volumes: [{name: data, persistentVolumeClaim: {claimName: data}}]}";
        for (reason, message, summary, hint) in [
            (
                "FailedBinding",
                "volume \"disk\" already bound to a different claim.",
                "claim `data` cannot be bound: volume `disk` has another claim, or had one",
                "`kubectl get persistentvolume disk` says whose it is",
            ),
            (
                "VolumeMismatch",
                "Cannot bind to requested volume \"disk\": storageClassName does not match",
                "claim `data` cannot be bound to volume `disk`: storageClassName does not match",
                "a claim gets a volume that is as large",
            ),
        ] {
            let mut world = deployment().pod("app-2-x", "r2", spec, pending);
            world.claims.push(yaml(
                "{kind: PersistentVolumeClaim, metadata: {name: data, namespace: shop, uid: c}, spec: {volumeName: disk}, status: {phase: Pending}}",
            ));
            let cause = world.event("c", reason, message).cause();
            assert_eq!(cause.summary, summary);
            let told = cause.hint.unwrap_or_default();
            assert!(told.starts_with(hint), "{told}");
        }
    }
}
