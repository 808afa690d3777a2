//! A daemon set's status.

use serde_json::{Value, json};

use super::super::effect::{Action, status_action};
use super::super::json::{at, text};
use super::super::meta::is_terminating;
use super::super::pod::is_ready;
use super::View;

pub(super) fn report(view: &View<'_>) -> Option<Action> {
    let count = |holds: &dyn Fn(&Value) -> bool| {
        // Of several on a node the oldest counts: it goes when the newer one has taken its place.
        let has = |node: &&&str| {
            let pods = view.at(node).iter().filter(|pod| !is_terminating(pod));
            let oldest = pods.min_by_key(|pod| text(pod, "metadata.creationTimestamp"));
            oldest.is_some_and(|pod| holds(pod))
        };
        view.wanted.iter().filter(has).count()
    };
    let strays = view
        .by_node
        .iter()
        .filter(|(node, _)| !view.wanted.contains(node));
    let available = count(&|pod| view.is_well(pod));
    let mut status = json!({
        "observedGeneration": at(view.set, "metadata.generation").clone(),
        "desiredNumberScheduled": view.wanted.len(),
        "currentNumberScheduled": count(&|_| true),
        "numberMisscheduled": strays.count(),
        "numberReady": count(&is_ready),
    });
    for (field, number) in [
        ("updatedNumberScheduled", count(&|pod| view.is_new(pod))),
        ("numberAvailable", available),
        ("numberUnavailable", view.wanted.len() - available),
    ] {
        if number > 0 {
            status[field] = Value::from(number);
        }
    }
    status_action(view.set, status)
}
