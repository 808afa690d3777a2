//! Gateways and their classes. A controller that is not there is the likeliest cause of one that does
//! not come true, and nobody but us says so.

use super::Status;
use super::read::{Condition, int, list, sentence, text};
use serde_json::Value;

/// The group of the Gateway API.
pub(super) const GROUP: &str = "gateway.networking.k8s.io";

/// A condition in a list of them, where it is of the generation that is there: definitions fill in
/// conditions that nobody has judged, without one.
pub(super) fn current<'a>(
    object: &Value,
    conditions: &'a [Value],
    kind: &str,
) -> Option<Condition<'a>> {
    let found = conditions
        .iter()
        .find(|one| text(one, "/type") == Some(kind))?;
    let seen = int(found, "/observedGeneration");
    let wanted = int(object, "/metadata/generation");
    if seen < wanted && seen.is_some() {
        return None;
    }
    Some(Condition {
        status: text(found, "/status").unwrap_or_default(),
        reason: text(found, "/reason").unwrap_or_default(),
        message: text(found, "/message").unwrap_or_default(),
    })
}

/// Whether a controller has judged an earlier generation only.
pub(super) fn is_stale(object: &Value, conditions: &[Value]) -> bool {
    let accepted = |one: &&Value| text(one, "/type") == Some("Accepted");
    let found = conditions.iter().find(accepted);
    let seen = found.and_then(|one| int(one, "/observedGeneration"));
    seen.is_some() && seen < int(object, "/metadata/generation")
}

pub(super) fn class_status(object: &Value) -> Status {
    let controller = text(object, "/spec/controllerName").unwrap_or_default();
    match current(object, list(object, "/status/conditions"), "Accepted") {
        Some(accepted) if accepted.is_true() => Status::ready("accepted"),
        Some(accepted) if accepted.is_false() => {
            Status::progressing(format!("is not accepted: {}", accepted.words()))
        }
        _ => Status::progressing(format!(
            "is not accepted yet: no controller `{controller}` has looked at it"
        )),
    }
}

pub(super) fn status(object: &Value) -> Status {
    let conditions = list(object, "/status/conditions");
    let find = |kind: &str| current(object, conditions, kind);
    let class = text(object, "/spec/gatewayClassName").unwrap_or_default();
    if is_stale(object, conditions) {
        return Status::progressing(Status::UNSEEN);
    }
    let accepted = find("Accepted").filter(|one| one.is_true() || one.is_false());
    let Some(accepted) = accepted else {
        return Status::progressing(format!(
            "is not accepted yet: no controller of the class `{class}` has looked at it"
        ));
    };
    if accepted.is_false() {
        return Status::progressing(format!("is not accepted: {}", accepted.words()));
    }
    if let Some(trouble) = listener(object) {
        return Status::progressing(trouble);
    }
    match find("Programmed") {
        Some(programmed) if programmed.is_true() => {
            let address = list(object, "/status/addresses").first();
            match address.and_then(|one| text(one, "/value")) {
                Some(address) => Status::ready(format!("at {address}")),
                None => Status::ready("programmed").note("no address is published yet"),
            }
        }
        Some(programmed) if programmed.is_false() => {
            Status::progressing(format!("is not programmed yet: {}", programmed.words()))
        }
        _ => Status::progressing("is not programmed yet"),
    }
}

/// What is wrong with the first listener that has something wrong.
fn listener(object: &Value) -> Option<String> {
    list(object, "/status/listeners")
        .iter()
        .find_map(|listener| {
            let conditions = list(listener, "/conditions");
            let bad = ["Accepted", "ResolvedRefs"]
                .into_iter()
                .find_map(|kind| current(object, conditions, kind).filter(|one| one.is_false()))?;
            let name = text(listener, "/name").unwrap_or_default();
            Some(format!(
                "its listener `{name}` does not work: {}",
                sentence(&bad.words())
            ))
        })
}

#[cfg(test)]
mod tests {
    use crate::status::State::{Progressing, Ready};
    use crate::status::cases::table;

    #[test]
    fn a_gateway_is_ready_when_it_is_programmed() {
        let nobody = "is not accepted yet: no controller of the class `envoy` has looked at it";
        table(
            "{apiVersion: gateway.networking.k8s.io/v1, kind: Gateway, metadata: {name: door, generation: 2}, spec: {gatewayClassName: envoy}}",
            &[
                ("{}", Progressing, nobody),
                (
                    "{status: {conditions: [{type: Accepted, status: Unknown, reason: Pending, message: Waiting for controller}]}}",
                    Progressing,
                    nobody,
                ),
                (
                    "{status: {conditions: [{type: Accepted, status: 'True', observedGeneration: 1}]}}",
                    Progressing,
                    "its controller has not seen the change yet",
                ),
                (
                    "{status: {conditions: [{type: Accepted, status: 'False', observedGeneration: 2, message: 'no parameters.'}]}}",
                    Progressing,
                    "is not accepted: no parameters",
                ),
                (
                    "{status: {conditions: [{type: Accepted, status: 'True', observedGeneration: 2}]}}",
                    Progressing,
                    "is not programmed yet",
                ),
                (
                    "{status: {conditions: [{type: Accepted, status: 'True'}, {type: Programmed, status: 'False', reason: AddressNotAssigned}]}}",
                    Progressing,
                    "is not programmed yet: AddressNotAssigned",
                ),
                (
                    "{status: {conditions: [{type: Accepted, status: 'True'}], listeners: [{name: https, conditions: [{type: ResolvedRefs, status: 'False', message: no secret}]}]}}",
                    Progressing,
                    "its listener `https` does not work: no secret",
                ),
                (
                    "{status: {conditions: [{type: Accepted, status: 'True'}, {type: Programmed, status: 'True'}], addresses: [{value: 1.2.3.4}]}}",
                    Ready,
                    "at 1.2.3.4",
                ),
                (
                    "{status: {conditions: [{type: Accepted, status: 'True'}, {type: Programmed, status: 'True'}]}}",
                    Ready,
                    "programmed",
                ),
            ],
        );
        table(
            "{apiVersion: gateway.networking.k8s.io/v1, kind: GatewayClass, metadata: {name: envoy}, spec: {controllerName: example.com/envoy}}",
            &[
                (
                    "{}",
                    Progressing,
                    "is not accepted yet: no controller `example.com/envoy` has looked at it",
                ),
                (
                    "{status: {conditions: [{type: Accepted, status: 'True'}]}}",
                    Ready,
                    "accepted",
                ),
            ],
        );
    }
}
