//! Custom resource definitions.

use super::Status;
use super::read::condition;
use serde_json::Value;

/// Established is ready. Names that another definition has, and a schema that is not structural,
/// are final.
pub(super) fn status(object: &Value) -> Status {
    if let Some(names) = condition(object, "NamesAccepted").filter(|one| one.is_false()) {
        return Status::failed(format!("its names are not accepted: {}", names.words()));
    }
    if let Some(schema) = condition(object, "NonStructuralSchema").filter(|one| one.is_true()) {
        return Status::failed(format!("its schema is not structural: {}", schema.words()));
    }
    match condition(object, "Established") {
        Some(established) if established.is_true() => Status::ready("established"),
        // Before the names are judged, and for five seconds with several API servers.
        Some(established) if !matches!(established.reason, "Installing" | "NotAccepted" | "") => {
            Status::failed(format!("cannot be established: {}", established.words()))
        }
        _ => Status::progressing("is not established yet"),
    }
}

#[cfg(test)]
mod tests {
    use crate::status::State::{Failed, Progressing, Ready};
    use crate::status::cases::table;

    #[test]
    fn its_conditions_are_told() {
        let condition = |kind: &str, status: &str, reason: &str| {
            format!(
                "{{status: {{conditions: [{{type: {kind}, status: '{status}', reason: {reason}, message: said}}]}}}}"
            )
        };
        table(
            "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: a.b, generation: 1}}",
            &[
                ("{}", Progressing, "is not established yet"),
                (
                    &condition("Established", "True", "InitialNamesAccepted"),
                    Ready,
                    "established",
                ),
                (
                    &condition("Established", "False", "Installing"),
                    Progressing,
                    "is not established yet",
                ),
                (
                    &condition("NamesAccepted", "False", "PluralConflict"),
                    Failed,
                    "its names are not accepted: said",
                ),
                (
                    &condition("NonStructuralSchema", "True", "Violations"),
                    Failed,
                    "its schema is not structural: said",
                ),
            ],
        );
    }
}
