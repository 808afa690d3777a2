//! Namespaces.

use super::read::{condition, text};
use super::{State, Status};
use serde_json::Value;

pub(super) fn status(object: &Value) -> Status {
    match text(object, "/status/phase") {
        Some("Terminating") => Status::new(State::Terminating, "is being deleted"),
        _ => Status::ready("active"),
    }
}

/// What a namespace that is being deleted still holds, in the API server's words.
pub(super) fn remaining(object: &Value) -> Vec<String> {
    if text(object, "/kind") != Some("Namespace") {
        return Vec::new();
    }
    [
        "NamespaceFinalizersRemaining",
        "NamespaceContentRemaining",
        "NamespaceDeletionContentFailure",
        "NamespaceDeletionDiscoveryFailure",
    ]
    .into_iter()
    .filter_map(|kind| condition(object, kind).filter(|one| one.is_true()))
    .map(|one| one.words())
    .collect()
}

#[cfg(test)]
mod tests {
    use crate::status::State::{Ready, Terminating};
    use crate::status::cases::table;

    #[test]
    fn a_namespace_is_active_or_goes() {
        table(
            "{apiVersion: v1, kind: Namespace, metadata: {name: shop}, status: {phase: Active}}",
            &[
                ("{}", Ready, "active"),
                (
                    "{status: {phase: Terminating}}",
                    Terminating,
                    "is being deleted",
                ),
            ],
        );
    }
}
