//! Claims that are not bound.

use super::super::read::{name, sentence, text};
use super::super::{Evidence, volume_claim};
use super::finding::Finding;
use super::{Class, Verdict, event};
use serde_json::Value;
use std::time::Duration;

/// How long provisioning may fail.
const BUDGET: Duration = Duration::from_mins(2);

/// Why the claim is not bound; `None` when it is, or when nothing is wrong yet.
pub(super) fn finding(evidence: &Evidence<'_>, claim: &Value) -> Option<Finding> {
    let claim_name = name(claim);
    match text(claim, "/status/phase").unwrap_or("Pending") {
        "Bound" => return None,
        "Lost" => {
            return Some(Finding::new(
                Class::Config,
                Verdict::Fatal,
                format!("claim `{claim_name}` has lost its volume"),
            ));
        }
        _ => {}
    }
    let message = event::latest(evidence, claim, &["ProvisioningFailed", "FailedBinding"]);
    let message = message.map(sentence).unwrap_or_default();
    let class = text(claim, "/spec/storageClassName");
    let missing = message.contains("storageclass") && message.ends_with("not found");
    if missing {
        let class = class.unwrap_or_default();
        return Some(
            Finding::new(
                Class::Config,
                Verdict::Fatal,
                format!(
                    "claim `{claim_name}` cannot be bound: storage class `{class}` is not there"
                ),
            )
            .hint("`kubectl get storageclass` lists those that are"),
        );
    }
    if message.contains("no storage class is set") {
        return Some(
            Finding::new(
                Class::Config,
                Verdict::After(BUDGET),
                format!("claim `{claim_name}` cannot be bound: it names no storage class, and no volume fits"),
            )
            .hint("name a storage class: the cluster has no default one"),
        );
    }
    if !message.is_empty() {
        return Some(Finding::new(
            Class::Config,
            Verdict::After(BUDGET),
            format!("claim `{claim_name}` cannot be bound: {message}"),
        ));
    }
    // One that waits for its pod is the pod's matter.
    let of_claim = Evidence {
        object: claim,
        ..evidence.clone()
    };
    if volume_claim::waits_for_consumer(&of_claim) {
        return None;
    }
    Some(Finding::new(
        Class::Unscheduled,
        Verdict::Wait,
        match class {
            Some(class) => {
                format!("claim `{claim_name}` is not bound yet (storage class `{class}`)")
            }
            None => format!("claim `{claim_name}` is not bound yet"),
        },
    ))
}
