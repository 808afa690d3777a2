//! A stateful set's status.

use serde_json::{Value, json};

use super::super::effect::{Decision, status_action};
use super::super::json::{at, label};
use super::super::meta::is_terminating;
use super::super::pod::{available_from, is_available, is_ready};
use super::View;
use super::identity::REVISION_LABEL;

pub(super) fn report(view: &View<'_>, decision: &mut Decision) {
    let revisions = &view.revisions;
    let of = |revision: &str| {
        let mut pods = view
            .pods
            .iter()
            .filter(|pod| !is_terminating(pod))
            .collect::<Vec<_>>();
        pods.retain(|pod| label(pod, REVISION_LABEL) == Some(revision));
        pods.len()
    };
    let ready: Vec<_> = view.pods.iter().filter(|pod| is_ready(pod)).collect();
    let available = ready
        .iter()
        .filter(|pod| is_available(pod, view.patience(), view.now))
        .count();
    for pod in &ready {
        if let Some(from) = available_from(pod, view.patience()).filter(|&from| from > view.now) {
            decision.look_again(from);
        }
    }
    let mut current = revisions.current.clone();
    let mut on_current = of(&current);
    let updated = of(&revisions.update);
    let all = view.pods.len();
    let rolling = super::text(view.set, "spec.updateStrategy.type") != "OnDelete";
    if rolling && updated == all && ready.len() == all && all as i64 == view.wanted() {
        // The rollout is done: what was new is current.
        current.clone_from(&revisions.update);
        on_current = updated;
    }
    let mut status = json!({
        "observedGeneration": at(view.set, "metadata.generation").clone(),
        "replicas": all,
        "availableReplicas": available,
        "currentRevision": current,
        "updateRevision": revisions.update,
        "collisionCount": view.set["status"]["collisionCount"].as_i64().unwrap_or(0),
    });
    for (field, count) in [
        ("readyReplicas", ready.len()),
        ("currentReplicas", on_current),
        ("updatedReplicas", updated),
    ] {
        if count > 0 {
            status[field] = Value::from(count);
        }
    }
    decision.actions.extend(status_action(view.set, status));
}
