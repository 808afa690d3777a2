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
