//! Persistent volumes: ready as soon as they can be claimed.

use super::Status;
use super::read::{sentence, text};
use serde_json::Value;

/// A volume that is free is ready, and so is one that is kept after its claim has gone: nothing more
/// happens to either by itself.
pub(super) fn status(object: &Value) -> Status {
    let claim = match (
        text(object, "/spec/claimRef/namespace"),
        text(object, "/spec/claimRef/name"),
    ) {
        (Some(namespace), Some(name)) => Some(format!("`{namespace}/{name}`")),
        _ => None,
    };
    match (text(object, "/status/phase").unwrap_or("Pending"), claim) {
        ("Bound", Some(claim)) => Status::ready(format!("is bound to claim {claim}")),
        ("Available", Some(claim)) => Status::ready(format!("waits for claim {claim}")),
        ("Available", None) => Status::ready("is free"),
        ("Released", Some(claim)) => Status::ready(format!(
            "is kept: its claim {claim} has gone, and no other takes it"
        )),
        ("Failed", _) => Status::failed(match text(object, "/status/message") {
            Some(message) => format!("could not be reclaimed: {}", sentence(message)),
            None => "could not be reclaimed".to_owned(),
        }),
        ("Pending", _) => Status::progressing(Status::UNSEEN),
        (phase, _) => Status::ready(format!("phase is `{phase}`")),
    }
}

#[cfg(test)]
mod tests {
    use crate::status::State::{Failed, Progressing, Ready};
    use crate::status::cases::table;

    #[test]
    fn a_volume_is_free_or_bound_or_kept() {
        table(
            "{apiVersion: v1, kind: PersistentVolume, metadata: {name: disk}, spec: {claimRef: {namespace: shop, name: data}}}",
            &[
                (
                    "{}",
                    Progressing,
                    "its controller has not seen the change yet",
                ),
                (
                    "{status: {phase: Available}}",
                    Ready,
                    "waits for claim `shop/data`",
                ),
                ("{status: {phase: Available}, spec: null}", Ready, "is free"),
                (
                    "{status: {phase: Bound}}",
                    Ready,
                    "is bound to claim `shop/data`",
                ),
                (
                    "{status: {phase: Released}}",
                    Ready,
                    "is kept: its claim `shop/data` has gone, and no other takes it",
                ),
                (
                    "{status: {phase: Failed, message: 'no plugin.'}}",
                    Failed,
                    "could not be reclaimed: no plugin",
                ),
            ],
        );
    }
}
