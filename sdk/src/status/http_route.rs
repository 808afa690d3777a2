//! Routes of the Gateway API: each gateway says whether it takes them.

use super::Status;
use super::gateway::{current, is_stale};
use super::read::{list, text};
use serde_json::Value;

/// Ready when every gateway that it names has accepted it and found all that it names.
pub(super) fn status(object: &Value) -> Status {
    for parent in list(object, "/spec/parentRefs") {
        let name = text(parent, "/name").unwrap_or_default();
        let said: Vec<&[Value]> = list(object, "/status/parents")
            .iter()
            .filter(|one| same(object, &one["parentRef"], parent))
            .map(|one| list(one, "/conditions"))
            .collect();
        if said.iter().any(|conditions| is_stale(object, conditions)) {
            return Status::progressing(Status::UNSEEN);
        }
        let find = |kind: &str| {
            said.iter()
                .find_map(|conditions| current(object, conditions, kind))
        };
        for (kind, not) in [
            ("Accepted", "is not accepted by"),
            ("ResolvedRefs", "cannot be served by"),
        ] {
            match find(kind) {
                Some(found) if found.is_true() => {}
                Some(found) if found.is_false() => {
                    return Status::progressing(format!(
                        "{not} gateway `{name}`: {}",
                        found.words()
                    ));
                }
                _ => {
                    return Status::progressing(format!(
                        "{not} gateway `{name}` yet: no controller has looked at it"
                    ));
                }
            }
        }
    }
    Status::ready("accepted")
}

/// Whether a status is about a parent.
fn same(object: &Value, one: &Value, parent: &Value) -> bool {
    let home = text(object, "/metadata/namespace").unwrap_or_default();
    let namespace = |value| text(value, "/namespace").unwrap_or(home).to_owned();
    namespace(one) == namespace(parent)
        && one["name"] == parent["name"]
        && one["sectionName"] == parent["sectionName"]
        && one["port"] == parent["port"]
}

#[cfg(test)]
mod tests {
    use crate::status::State::{Progressing, Ready};
    use crate::status::cases::table;

    #[test]
    fn a_route_is_ready_when_every_gateway_takes_it() {
        let parent = |name: &str, conditions: &str| {
            format!("{{parentRef: {{name: {name}, namespace: shop}}, conditions: [{conditions}]}}")
        };
        let status =
            |parents: &[String]| format!("{{status: {{parents: [{}]}}}}", parents.join(", "));
        let good = "{type: Accepted, status: 'True', observedGeneration: 3}, {type: ResolvedRefs, status: 'True'}";
        table(
            "{apiVersion: gateway.networking.k8s.io/v1, kind: HTTPRoute, metadata: {name: shop, namespace: shop, generation: 3}, spec: {parentRefs: [{name: a}, {name: b, namespace: shop}]}}",
            &[
                (
                    "{}",
                    Progressing,
                    "is not accepted by gateway `a` yet: no controller has looked at it",
                ),
                (
                    &status(&[parent("a", good)]),
                    Progressing,
                    "is not accepted by gateway `b` yet: no controller has looked at it",
                ),
                (
                    &status(&[parent(
                        "a",
                        "{type: Accepted, status: 'False', reason: NotAllowedByListeners}",
                    )]),
                    Progressing,
                    "is not accepted by gateway `a`: NotAllowedByListeners",
                ),
                (
                    &status(&[parent(
                        "a",
                        "{type: Accepted, status: 'True'}, {type: ResolvedRefs, status: 'False', message: 'service x not found'}",
                    )]),
                    Progressing,
                    "cannot be served by gateway `a`: service x not found",
                ),
                (
                    &status(&[parent(
                        "a",
                        "{type: Accepted, status: 'True', observedGeneration: 2}",
                    )]),
                    Progressing,
                    "its controller has not seen the change yet",
                ),
                (
                    &status(&[parent("a", good), parent("b", good)]),
                    Ready,
                    "accepted",
                ),
            ],
        );
    }
}
