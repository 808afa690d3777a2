//! Applications of Argo CD.

use super::Status;
use super::read::{sentence, text};
use serde_json::Value;

/// Healthy and in step with its repository is ready. Argo CD's own words are `Healthy`,
/// `Progressing`, `Degraded`, `Suspended`, `Missing`, `Unknown`, and `Synced` or `OutOfSync`.
pub(super) fn status(object: &Value) -> Option<Status> {
    let health = text(object, "/status/health/status");
    let sync = text(object, "/status/sync/status");
    let failed = text(object, "/status/operationState/phase")
        .filter(|phase| matches!(*phase, "Failed" | "Error"));
    if failed.is_some() {
        let message = text(object, "/status/operationState/message").unwrap_or_default();
        return Some(Status::failed(format!(
            "cannot be brought in step with its repository: {}",
            sentence(message)
        )));
    }
    let status = match (health?, sync) {
        ("Degraded", _) => Status::failed("what it keeps is degraded"),
        ("Healthy", Some("OutOfSync")) if is_automated(object) => {
            Status::progressing("is being brought in step with its repository")
        }
        ("Healthy", Some("OutOfSync")) => Status::ready("healthy")
            .note("it is not in step with its repository, and waits to be asked"),
        ("Healthy", _) => Status::ready("healthy"),
        ("Suspended", _) => Status::new(super::State::Suspended, "what it keeps is suspended"),
        (other, _) => Status::progressing(format!("what it keeps is {}", other.to_lowercase())),
    };
    Some(status)
}

fn is_automated(object: &Value) -> bool {
    object.pointer("/spec/syncPolicy/automated").is_some()
}

#[cfg(test)]
mod tests {
    use crate::status::State::{Failed, Progressing, Ready, Suspended};
    use crate::status::cases::table;

    #[test]
    fn health_and_step() {
        table(
            "{apiVersion: argoproj.io/v1alpha1, kind: Application, metadata: {name: a, generation: 1}, spec: {}}",
            &[
                ("{}", Ready, "applied; Argo CD has not written a status"),
                (
                    "{status: {health: {status: Healthy}, sync: {status: Synced}}}",
                    Ready,
                    "healthy",
                ),
                (
                    "{status: {health: {status: Healthy}, sync: {status: OutOfSync}}}",
                    Ready,
                    "healthy",
                ),
                (
                    "{spec: {syncPolicy: {automated: {}}}, status: {health: {status: Healthy}, sync: {status: OutOfSync}}}",
                    Progressing,
                    "is being brought in step with its repository",
                ),
                (
                    "{status: {health: {status: Progressing}}}",
                    Progressing,
                    "what it keeps is progressing",
                ),
                (
                    "{status: {health: {status: Missing}, sync: {status: OutOfSync}}}",
                    Progressing,
                    "what it keeps is missing",
                ),
                (
                    "{status: {health: {status: Suspended}}}",
                    Suspended,
                    "what it keeps is suspended",
                ),
                (
                    "{status: {health: {status: Degraded}}}",
                    Failed,
                    "what it keeps is degraded",
                ),
                (
                    "{status: {health: {status: Healthy}, operationState: {phase: Failed, message: 'no such path.'}}}",
                    Failed,
                    "cannot be brought in step with its repository: no such path",
                ),
            ],
        );
    }
}
