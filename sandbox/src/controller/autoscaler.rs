//! Autoscalers. The sandbox measures nothing, so an autoscaler keeps its target within its bounds
//! and says that it has no metrics, as it does in a fresh cluster.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::condition::{self, Condition};
use super::effect::{Action, Decision, Event, perform, status_action};
use super::json::{at, count, has, int, items, later, set, stamp, text};
use super::meta::{is_terminating, namespace, own_key, resource};
use super::seam::{Change, Cluster, Controller, GroupKind, Key, Writer};

const AUTOSCALER: GroupKind<'static> = GroupKind::new("autoscaling", "HorizontalPodAutoscaler");
const COMPONENT: &str = "horizontal-pod-autoscaler";
/// Seconds between two looks.
const PERIOD: i64 = 15;

/// The controller of autoscalers.
pub(crate) struct Autoscalers;

impl Controller for Autoscalers {
    fn name(&self) -> &'static str {
        COMPONENT
    }

    fn keys(&mut self, change: &Change, cluster: &dyn Cluster) -> Vec<Key> {
        if let Some(key) = own_key(change, AUTOSCALER) {
            return vec![key];
        }
        // A target that comes, or whose number changes, is looked at without waiting.
        let object = change.object();
        let rescaled = match (&change.before, &change.after) {
            (Some(before), Some(after)) => {
                at(before, "spec.replicas") != at(after, "spec.replicas")
                    || at(before, "status.replicas") != at(after, "status.replicas")
            }
            _ => true,
        };
        if !rescaled || !has(object, "spec.replicas") {
            return Vec::new();
        }
        let list = cluster.list(AUTOSCALER, namespace(object));
        list.iter()
            .filter(|one| {
                let target = at(one, "spec.scaleTargetRef");
                text(target, "name") == text(object, "metadata.name")
                    && text(target, "kind") == text(object, "kind")
            })
            .map(|one| Key::of(one))
            .collect()
    }

    fn sync(&mut self, key: &Key, cluster: &mut dyn Cluster) -> Option<Timestamp> {
        let autoscaler = cluster.get(AUTOSCALER, &key.namespace, &key.name)?;
        if is_terminating(&autoscaler) {
            return None;
        }
        let target = at(&autoscaler, "spec.scaleTargetRef");
        let kind = GroupKind::named(text(target, "apiVersion"), text(target, "kind"));
        let target = cluster.get(kind, &key.namespace, text(target, "name"));
        let decision = decide(&autoscaler, target.as_ref(), cluster.now());
        for step in decision.steps {
            match step {
                Step::Scale(object, replicas) => {
                    // A refusal is seen at the next look: the number is still the old one.
                    let _ = cluster.scale(&object, replicas);
                }
                Step::Do(action) => {
                    let _ = perform(cluster, Writer::ControllerManager, COMPONENT, action);
                }
            }
        }
        decision.again
    }
}

/// What an autoscaler does, in order.
#[derive(Debug, Default)]
struct Steps {
    steps: Vec<Step>,
    again: Option<Timestamp>,
}

#[derive(Debug)]
enum Step {
    /// Set this object's replicas.
    Scale(Arc<Value>, i64),
    Do(Action),
}

/// One look at a target: scaled to within the bounds, otherwise left alone.
fn decide(autoscaler: &Value, target: Option<&Arc<Value>>, now: Timestamp) -> Steps {
    let mut out = Steps::default();
    let mut told = Decision::default();
    let mut status = autoscaler["status"].clone();
    if !status.is_object() {
        status = json!({});
    }
    let reference = at(autoscaler, "spec.scaleTargetRef");
    let Some(target) = target else {
        let message = format!(
            "the HPA controller was unable to get the target's current scale: {} \"{}\" not found",
            resource(GroupKind::named(
                text(reference, "apiVersion"),
                text(reference, "kind")
            )),
            text(reference, "name")
        );
        let failed = Condition::new("AbleToScale", "False", "FailedGetScale", message.as_str());
        if condition::put(&mut status, &failed, now) {
            told.event(Event::warning(autoscaler, "FailedGetScale", message));
        }
        condition::remove(&mut status, "ScalingActive");
        condition::remove(&mut status, "ScalingLimited");
        for field in ["currentReplicas", "desiredReplicas"] {
            let known = count(&status, field);
            set(&mut status, field, known);
        }
        finish(autoscaler, status, told, &mut out, now);
        return out;
    };
    let current = int(target, "spec.replicas").unwrap_or(1);
    let least = int(autoscaler, "spec.minReplicas").unwrap_or(1);
    let most = int(autoscaler, "spec.maxReplicas").unwrap_or(least);
    let got = "the HPA controller was able to get the target's current scale";
    condition::put(
        &mut status,
        &Condition::new("AbleToScale", "True", "SucceededGetScale", got),
        now,
    );
    let mut desired = current;
    if current == 0 && least != 0 {
        desired = 0;
        let off = Condition::new(
            "ScalingActive",
            "False",
            "ScalingDisabled",
            "scaling is disabled since the replica count of the target is zero",
        );
        condition::put(&mut status, &off, now);
        condition::remove(&mut status, "ScalingLimited");
    } else if current > most {
        desired = most;
    } else if current < least {
        desired = least;
    } else {
        let (reason, message) = no_metrics(autoscaler);
        let blind = Condition::new("ScalingActive", "False", reason, message.as_str());
        if condition::put(&mut status, &blind, now) {
            told.event(Event::warning(autoscaler, reason, message.as_str()));
            let summary = format!(
                "invalid metrics ({} invalid out of {}), first error is: {message}",
                items(autoscaler, "spec.metrics").len().max(1),
                items(autoscaler, "spec.metrics").len().max(1),
            );
            told.event(Event::warning(
                autoscaler,
                "FailedComputeMetricsReplicas",
                summary,
            ));
        }
    }
    if desired != current {
        let bound = if desired == most {
            "Current number of replicas above Spec.MaxReplicas"
        } else {
            "Current number of replicas below Spec.MinReplicas"
        };
        out.steps.push(Step::Scale(target.clone(), desired));
        let message = format!("New size: {desired}; reason: {bound}");
        told.event(Event::normal(autoscaler, "SuccessfulRescale", message));
        let done = format!("the HPA controller was able to update the target scale to {desired}");
        let scaled = Condition::new("AbleToScale", "True", "SucceededRescale", done);
        condition::put(&mut status, &scaled, now);
        set(&mut status, "lastScaleTime", stamp(now));
    }
    set(
        &mut status,
        "currentReplicas",
        count(target, "status.replicas").max(0),
    );
    set(&mut status, "desiredReplicas", desired);
    set(
        &mut status,
        "observedGeneration",
        at(autoscaler, "metadata.generation").clone(),
    );
    if status["observedGeneration"].is_null() {
        super::json::unset(&mut status, "observedGeneration");
    }
    finish(autoscaler, status, told, &mut out, now);
    out
}

fn finish(autoscaler: &Value, status: Value, told: Decision, out: &mut Steps, now: Timestamp) {
    out.steps.extend(told.actions.into_iter().map(Step::Do));
    let changed = status_action(autoscaler, status);
    // Nothing changes by waiting alone: another look is worth it only after a change of our own.
    out.again = changed.is_some().then(|| later(now, PERIOD));
    out.steps.extend(changed.map(Step::Do));
}

/// What the controller says when a metric cannot be read, by the first metric.
fn no_metrics(autoscaler: &Value) -> (&'static str, String) {
    let metric = items(autoscaler, "spec.metrics").first();
    let kind = metric.map_or("Resource", |metric| text(metric, "type"));
    match kind {
        "Pods" => (
            "FailedGetPodsMetric",
            "the HPA was unable to compute the replica count: unable to get metric: unable to fetch \
             metrics from custom metrics API: the server could not find the requested resource"
                .to_owned(),
        ),
        "Object" => (
            "FailedGetObjectMetric",
            "the HPA was unable to compute the replica count: unable to get metric: unable to fetch \
             metrics from custom metrics API: the server could not find the requested resource"
                .to_owned(),
        ),
        "External" => (
            "FailedGetExternalMetric",
            "the HPA was unable to compute the replica count: unable to get external metric: unable to \
             fetch metrics from external metrics API: the server could not find the requested resource"
                .to_owned(),
        ),
        _ => {
            let resource = metric.map_or("cpu", |metric| match text(metric, "resource.name") {
                "" => "cpu",
                name => name,
            });
            (
                "FailedGetResourceMetric",
                format!(
                    "the HPA was unable to compute the replica count: failed to get {resource} \
                     utilization: unable to get metrics for resource {resource}: unable to fetch \
                     metrics from resource metrics API: the server could not find the requested \
                     resource (get pods.metrics.k8s.io)"
                ),
            )
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_target_is_kept_within_the_bounds() {
        let autoscaler = json!({
            "kind": "HorizontalPodAutoscaler",
            "metadata": {"name": "a", "namespace": "n"},
            "spec": {
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "d"},
                "minReplicas": 3, "maxReplicas": 10,
            },
        });
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        for (replicas, scaled, active) in [
            (Some(1), Some(3), None),
            (Some(20), Some(10), None),
            (Some(5), None, Some("FailedGetResourceMetric")),
            (Some(0), None, Some("ScalingDisabled")),
            (None, None, None),
        ] {
            let target = replicas.map(|n: i64| Arc::new(json!({"spec": {"replicas": n}})));
            let out = decide(&autoscaler, target.as_ref(), now);
            let scale = out.steps.iter().find_map(|step| match step {
                Step::Scale(_, replicas) => Some(*replicas),
                Step::Do(_) => None,
            });
            assert_eq!(scale, scaled, "{replicas:?}");
            let status = out.steps.iter().find_map(|step| match step {
                Step::Do(Action::Status(object)) => Some(object["status"].clone()),
                _ => None,
            });
            let status = status.unwrap();
            let reason = condition::find(&status, "ScalingActive").map(|one| text(one, "reason"));
            assert_eq!(reason, active, "{replicas:?}");
            if target.is_none() {
                let able = condition::find(&status, "AbleToScale").unwrap();
                assert!(text(able, "message").ends_with("deployments.apps \"d\" not found"));
            }
        }
    }
}
