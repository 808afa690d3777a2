//! The order of things: up one by one, down one by one, replaced from the highest to the partition.

use std::sync::Arc;

use serde_json::Value;

use super::super::effect::{Action, Decision, Event};
use super::super::json::label;
use super::super::meta::{is_terminating, name};
use super::super::pod::{available_from, is_finished};
use super::View;
use super::identity::{REVISION_LABEL, ordinal};

/// What is next. In order, one pod is dealt with and waited for; in parallel, all are at once, but
/// for replacing, which is one by one always.
pub(super) fn step(view: &View<'_>, decision: &mut Decision) {
    let first = view.first_ordinal();
    let last = first + view.wanted();
    if bring_up(view, first, last, decision) || take_down(view, first, last, decision) {
        return;
    }
    if super::super::json::text(view.set, "spec.updateStrategy.type") != "OnDelete" {
        replace(view, first, last, decision);
    }
}

/// Creates pods that are missing, in order of their ordinals. Says whether it has to wait.
fn bring_up(view: &View<'_>, first: i64, last: i64, decision: &mut Decision) -> bool {
    for number in first..last {
        let Some(pod) = view.pod(number) else {
            let claims = view.missing_claims(number);
            decision
                .actions
                .extend(claims.into_iter().map(Action::Create));
            decision.push(Action::Create(view.new_pod(number)));
            if view.is_ordered() {
                return true;
            }
            continue;
        };
        view.own_claims(number, None, decision);
        if is_finished(pod) && !is_terminating(pod) {
            delete(view, pod, decision);
            if view.is_ordered() {
                return true;
            }
            continue;
        }
        if !view.is_healthy(pod) && view.is_ordered() {
            wait_for(view, pod, decision);
            return true;
        }
    }
    false
}

/// Deletes pods beyond the wanted number, the highest first. Says whether it has to wait.
fn take_down(view: &View<'_>, first: i64, last: i64, decision: &mut Decision) -> bool {
    let mut surplus: Vec<(i64, &Arc<Value>)> = view
        .pods
        .iter()
        .filter_map(|pod| Some((ordinal(view.set, pod)?, pod)))
        .filter(|(number, _)| *number < first || *number >= last)
        .collect();
    surplus.sort_by_key(|(number, _)| std::cmp::Reverse(*number));
    for (number, pod) in &surplus {
        if !is_terminating(pod) {
            view.own_claims(*number, Some(pod), decision);
            delete(view, pod, decision);
        }
        if view.is_ordered() {
            return true;
        }
    }
    !surplus.is_empty()
}

/// Replaces the highest pod that is not of the newest revision, once all above it are well.
fn replace(view: &View<'_>, first: i64, last: i64, decision: &mut Decision) {
    for number in (first + view.partition()..last).rev() {
        let Some(pod) = view.pod(number) else { return };
        if label(pod, REVISION_LABEL) != Some(&view.revisions.update) && !is_terminating(pod) {
            delete(view, pod, decision);
            return;
        }
        if !view.is_healthy(pod) {
            wait_for(view, pod, decision);
            return;
        }
    }
}

fn wait_for(view: &View<'_>, pod: &Value, decision: &mut Decision) {
    if let Some(from) = available_from(pod, view.patience()).filter(|&from| from > view.now) {
        decision.look_again(from);
    }
}

fn delete(view: &View<'_>, pod: &Arc<Value>, decision: &mut Decision) {
    let message = format!(
        "Delete Pod {} in StatefulSet {} successful",
        name(pod),
        name(view.set)
    );
    decision.push(Action::Delete(pod.clone()));
    decision.event(Event::normal(view.set, "SuccessfulDelete", message));
}
