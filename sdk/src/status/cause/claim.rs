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
    let reasons = ["ProvisioningFailed", "FailedBinding", "VolumeMismatch"];
    let message = event::latest(evidence, claim, &reasons);
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
    if message.ends_with("already bound to a different claim") {
        let volume = text(claim, "/spec/volumeName").unwrap_or_default();
        return Some(
            Finding::new(
                Class::Config,
                Verdict::After(BUDGET),
                format!("claim `{claim_name}` cannot be bound: volume `{volume}` has another claim, or had one"),
            )
            .hint(format!(
                "`kubectl get persistentvolume {volume}` says whose it is; one that is kept from a claim that has gone, with its data, is free for this one after `kubectl patch persistentvolume {volume} --type json -p '[{{\"op\": \"remove\", \"path\": \"/spec/claimRef/uid\"}}]'`"
            )),
        );
    }
    if let Some((_, mismatch)) = message.split_once("Cannot bind to requested volume ") {
        return Some(
            Finding::new(
                Class::Config,
                Verdict::Fatal,
                format!(
                    "claim `{claim_name}` cannot be bound to volume {}",
                    mismatch.replace('"', "`")
                ),
            )
            .hint("a claim gets a volume that is as large, of its class, and mounted as it asks"),
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
