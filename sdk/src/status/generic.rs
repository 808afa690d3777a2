//! Every other kind, by the conventions that controllers follow.

use super::read::{Condition, condition, text};
use super::{Evidence, State, Status};
use std::time::Duration;

/// How long a controller may take to write its first status.
pub(crate) const FIRST_STATUS: Duration = Duration::from_secs(15);

/// `Reconciling` and `Stalled`, then the first condition that says ready, then the first field that
/// says it in a word. A custom resource without any status is given some time to get one: its
/// controller may not have started.
pub(super) fn status(evidence: &Evidence<'_>) -> Status {
    let object = evidence.object;
    if let Some(stalled) = condition(object, "Stalled").filter(|one| one.is_true()) {
        return Status::failed(format!("is stalled: {}", stalled.words()));
    }
    if let Some(working) = condition(object, "Reconciling").filter(|one| one.is_true()) {
        return Status::progressing(format!("is being reconciled: {}", working.words()));
    }
    if let Some((kind, found)) = deciding_condition(evidence) {
        return by_condition(kind, &found);
    }
    if let Some(status) = by_phase(evidence) {
        return status;
    }
    let without = object.get("status").is_none_or(|status| {
        status.is_null() || status.as_object().is_some_and(serde_json::Map::is_empty)
    });
    if !without || is_silent(object) {
        return Status::ready("applied");
    }
    let operator = operator(object);
    if evidence.expects_status && evidence.waited < FIRST_STATUS {
        return Status::progressing(match operator {
            Some(operator) => format!("has no status yet, which {operator} writes"),
            None => "has no status yet".to_owned(),
        });
    }
    match operator {
        Some(operator) => Status::ready(format!("applied; {operator} has not written a status")),
        None if evidence.expects_status => {
            Status::ready("applied; no controller has written a status")
        }
        None => Status::ready("applied"),
    }
}

/// Who writes the status of a kind, for the operators whose kinds have builders.
fn operator(object: &serde_json::Value) -> Option<&'static str> {
    let operators = [
        ("acme.cert-manager.io", "cert-manager"),
        ("argoproj.io", "Argo CD"),
        ("cert-manager.io", "cert-manager"),
        ("external-secrets.io", "External Secrets"),
        ("velero.io", "Velero"),
    ];
    let group = group(object);
    let found = operators.iter().find(|(known, _)| *known == group);
    found.map(|(_, operator)| *operator)
}

fn group(object: &serde_json::Value) -> &str {
    let api_version = text(object, "/apiVersion").unwrap_or_default();
    api_version.split_once('/').map_or("", |(group, _)| group)
}

/// Whether the controllers of a kind write no status, or only where they are told to.
fn is_silent(object: &serde_json::Value) -> bool {
    let group = group(object);
    group == "monitoring.coreos.com" || group.ends_with(".istio.io")
}

/// Condition types that say that all is well, the strongest first.
const GOOD: [&str; 7] = [
    "Ready",
    "Succeeded",
    "Complete",
    "Completed",
    "Available",
    "Healthy",
    "Synced",
];

fn deciding_condition<'a>(evidence: &Evidence<'a>) -> Option<(&'static str, Condition<'a>)> {
    GOOD.into_iter()
        .find_map(|kind| Some((kind, condition(evidence.object, kind)?)))
}

fn by_condition(kind: &str, found: &Condition<'_>) -> Status {
    if found.is_true() {
        return Status::ready(kind.to_lowercase());
    }
    let words = found.words();
    Status::progressing(if words.is_empty() {
        format!("is not {} yet", kind.to_lowercase())
    } else {
        format!("is not {} yet: {words}", kind.to_lowercase())
    })
}

fn by_phase(evidence: &Evidence<'_>) -> Option<Status> {
    let fields = [
        "phase",
        "currentPhase",
        "state",
        "currentState",
        "status",
        "health",
    ];
    fields.into_iter().find_map(|field| {
        let word = text(evidence.object, &format!("/status/{field}"))?;
        let state = match word.to_lowercase().as_str() {
            "ready" | "running" | "succeeded" | "success" | "complete" | "completed"
            | "available" | "active" | "bound" | "healthy" | "valid" | "green" | "deployed" => {
                State::Ready
            }
            "pending" | "unknown" | "creating" | "updating" | "progressing" | "initializing"
            | "provisioning" | "deploying" | "in progress" | "reconciling" => State::Progressing,
            "failed" | "error" | "invalid" | "createfailed" | "updatefailed" | "syncfailed" => {
                State::Failed
            }
            // A word that is not known says nothing.
            _ => return None,
        };
        let reason = match text(evidence.object, "/status/message") {
            Some(message) if state != State::Ready => {
                format!("{field} is `{word}`: {}", super::read::sentence(message))
            }
            _ => format!("{field} is `{word}`"),
        };
        Some(Status::new(state, reason))
    })
}

#[cfg(test)]
mod tests {
    use crate::status::cases::{table, yaml};
    use crate::status::{
        Evidence,
        State::{Failed, Progressing, Ready},
        status,
    };
    use std::time::Duration;

    #[test]
    fn anything_else_is_judged_by_convention() {
        table(
            "{apiVersion: example.com/v1, kind: Thing, metadata: {name: one, generation: 2}}",
            &[
                ("{}", Ready, "applied"),
                (
                    "{status: {observedGeneration: 1, phase: Ready}}",
                    Progressing,
                    "its controller has not seen the change yet",
                ),
                (
                    "{status: {conditions: [{type: Ready, status: 'True'}]}}",
                    Ready,
                    "ready",
                ),
                (
                    "{status: {conditions: [{type: Ready, status: 'False', message: 'no quorum'}]}}",
                    Progressing,
                    "is not ready yet: no quorum",
                ),
                (
                    "{status: {conditions: [{type: Reconciling, status: 'True', reason: Busy}, {type: Ready, status: 'True'}]}}",
                    Progressing,
                    "is being reconciled: Busy",
                ),
                (
                    "{status: {conditions: [{type: Stalled, status: 'True', message: broken}]}}",
                    Failed,
                    "is stalled: broken",
                ),
                (
                    "{status: {phase: Creating}}",
                    Progressing,
                    "phase is `Creating`",
                ),
                (
                    "{status: {phase: Failed, message: 'disk full.'}}",
                    Failed,
                    "phase is `Failed`: disk full",
                ),
                ("{status: {phase: Whatever}}", Ready, "applied"),
            ],
        );
        // T1: its controller may not have started.
        let object = yaml("{apiVersion: example.com/v1, kind: Thing, metadata: {name: one}}");
        let mut evidence = Evidence::of(&object);
        evidence.expects_status = true;
        assert_eq!(status(&evidence).reason, "has no status yet");
        evidence.waited = Duration::from_secs(15);
        let later = status(&evidence);
        let told = "applied; no controller has written a status";
        assert_eq!((later.state, later.reason.as_str()), (Ready, told));
        // T2: an operator that is known is named, however long nothing was heard of it.
        let object = yaml(
            "{apiVersion: cert-manager.io/v1, kind: Certificate, metadata: {name: one}, status: {}}",
        );
        let only_looked_at = status(&Evidence::of(&object));
        assert_eq!(
            (only_looked_at.state, only_looked_at.reason.as_str()),
            (Ready, "applied; cert-manager has not written a status")
        );
        evidence = Evidence::of(&object);
        evidence.expects_status = true;
        let applied = status(&evidence);
        assert_eq!(
            (applied.state, applied.reason.as_str()),
            (Progressing, "has no status yet, which cert-manager writes")
        );
        // Of the mesh's kinds nobody hears, unless it is told to speak.
        let object = yaml(
            "{apiVersion: networking.istio.io/v1, kind: VirtualService, metadata: {name: one}}",
        );
        evidence = Evidence::of(&object);
        evidence.expects_status = true;
        assert_eq!(status(&evidence).reason, "applied");
    }
}
