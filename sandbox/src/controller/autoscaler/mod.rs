//! Autoscalers. The sandbox measures nothing, so an autoscaler keeps its target within its bounds
//! and says that it has no metrics, as it does in a cluster without a metrics server.
//!
//! A real one looks every fifteen seconds from its creation on. This one does so while that changes
//! anything; after that it waits for a change, and looks when the next fifteen seconds are over.

mod metrics;

use std::collections::HashMap;
use std::sync::Arc;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use self::metrics::{Unread, unread};
use super::condition::{self, Condition};
use super::effect::{Action, Event, perform, status_action};
use super::json::{at, has, int, items, set, stamp, text, time};
use super::meta::{is_terminating, namespace, own_key, resource};
use super::seam::{Change, Cluster, Controller, GroupKind, Key, Refusal, Writer};

const AUTOSCALER: GroupKind<'static> = GroupKind::new("autoscaling", "HorizontalPodAutoscaler");
const COMPONENT: &str = "horizontal-pod-autoscaler";
/// The time between two looks.
const PERIOD: SignedDuration = SignedDuration::from_secs(15);

/// The controller of autoscalers, and when it last looked at each.
#[derive(Default)]
pub(crate) struct Autoscalers {
    looked: HashMap<Key, Timestamp>,
}

impl Controller for Autoscalers {
    fn name(&self) -> &'static str {
        COMPONENT
    }

    fn keys(&mut self, change: &Change, cluster: &dyn Cluster) -> Vec<Key> {
        if let Some(key) = own_key(change, AUTOSCALER) {
            return vec![key];
        }
        let object = change.object();
        let rescaled = match (&change.before, &change.after) {
            (Some(before), Some(after)) => {
                at(before, "spec.replicas") != at(after, "spec.replicas")
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
        let Some(autoscaler) = cluster.get(AUTOSCALER, &key.namespace, &key.name) else {
            self.looked.remove(key);
            return None;
        };
        if is_terminating(&autoscaler) {
            return None;
        }
        let now = cluster.now();
        let (is_time, next) = turn(&autoscaler, now);
        // What this look changes brings the autoscaler back at once.
        if !is_time || self.looked.get(key) == Some(&now) {
            return Some(next);
        }
        self.looked.insert(key.clone(), now);
        let target = target(&autoscaler, cluster);
        let (status, events) = match target {
            Err(why) => lost(&autoscaler, &why, now),
            Ok(target) => {
                let current = int(&target, "spec.replicas").unwrap_or(1);
                let verdict = decide(&autoscaler, current);
                let refusal = match &verdict {
                    Verdict::Rescale(replicas, _) => cluster.scale(&target, *replicas).err(),
                    _ => None,
                };
                report(&autoscaler, current, &verdict, refusal.as_ref(), now)
            }
        };
        let status = status_action(&autoscaler, status);
        // What was told stays true: only another status is worth another word.
        let status = status?;
        let events = events.into_iter().map(Action::Event);
        for action in events.chain([status]) {
            let _ = perform(cluster, Writer::ControllerManager, COMPONENT, action);
        }
        Some(next)
    }
}

/// Whether it is an autoscaler's turn, and when it is next.
fn turn(autoscaler: &Value, now: Timestamp) -> (bool, Timestamp) {
    let created = time(autoscaler, "metadata.creationTimestamp").unwrap_or(now);
    let age = now.duration_since(created).as_nanos();
    let period = PERIOD.as_nanos();
    let over = age.rem_euclid(period);
    let left = SignedDuration::from_nanos(i64::try_from(period - over).unwrap_or(i64::MAX));
    let next = now.checked_add(left).unwrap_or(Timestamp::MAX);
    (age > 0 && over == 0, next)
}

/// What an autoscaler scales, or why it is not to be had.
fn target(autoscaler: &Value, cluster: &dyn Cluster) -> Result<Arc<Value>, String> {
    let reference = at(autoscaler, "spec.scaleTargetRef");
    let (kind, name) = (text(reference, "kind"), text(reference, "name"));
    let kind = GroupKind::named(text(reference, "apiVersion"), kind);
    if let Some(target) = cluster.get(kind, namespace(autoscaler), name) {
        return Ok(target);
    }
    let is_known = cluster
        .kinds()
        .iter()
        .any(|(group, known, _)| group == kind.group && known == kind.kind);
    Err(if is_known {
        format!("{} \"{name}\" not found", resource(kind))
    } else {
        format!(
            "no matches for kind \"{}\" in group \"{}\"",
            kind.kind, kind.group
        )
    })
}

/// What is to be done about the number of pods.
#[derive(Debug, PartialEq)]
enum Verdict {
    /// Somebody has scaled to zero: hands off.
    Disabled,
    /// To so many, for this reason.
    Rescale(i64, &'static str),
    /// Nothing, as none of the metrics can be read.
    Blind(Vec<Unread>),
}

fn decide(autoscaler: &Value, current: i64) -> Verdict {
    let least = int(autoscaler, "spec.minReplicas").unwrap_or(1);
    let most = int(autoscaler, "spec.maxReplicas").unwrap_or(least);
    if current == 0 {
        Verdict::Disabled
    } else if current > most {
        Verdict::Rescale(most, "Current number of replicas above Spec.MaxReplicas")
    } else if current < least {
        Verdict::Rescale(least, "Current number of replicas below Spec.MinReplicas")
    } else {
        let metrics = items(autoscaler, "spec.metrics");
        let home = namespace(autoscaler);
        Verdict::Blind(metrics.iter().map(|metric| unread(metric, home)).collect())
    }
}

fn status_of(autoscaler: &Value) -> Value {
    let status = &autoscaler["status"];
    if status.is_object() {
        status.clone()
    } else {
        json!({"desiredReplicas": 0, "currentMetrics": null})
    }
}

/// The status without a target: all else stays as it was.
fn lost(autoscaler: &Value, why: &str, now: Timestamp) -> (Value, Vec<Event>) {
    let mut status = status_of(autoscaler);
    let message = format!("the HPA controller was unable to get the target's current scale: {why}");
    let lost = Condition::new("AbleToScale", "False", "FailedGetScale", message);
    condition::put(&mut status, &lost, now);
    (
        status,
        vec![Event::warning(autoscaler, "FailedGetScale", why)],
    )
}

/// The status after a look, and what is told of it.
fn report(
    autoscaler: &Value,
    current: i64,
    verdict: &Verdict,
    refusal: Option<&Refusal>,
    now: Timestamp,
) -> (Value, Vec<Event>) {
    let before = status_of(autoscaler);
    let mut status = json!({"currentMetrics": null, "conditions": before["conditions"].clone()});
    if status["conditions"].is_null() {
        status["conditions"] = json!([]);
    }
    let mut events = Vec::new();
    let put = |status: &mut Value, kind, value, reason: &str, message: String| {
        condition::put(status, &Condition::new(kind, value, reason, message), now);
    };
    let got = "the HPA controller was able to get the target's current scale".to_owned();
    put(&mut status, "AbleToScale", "True", "SucceededGetScale", got);
    let mut desired = int(&before, "desiredReplicas").unwrap_or(0);
    let mut scaled = before["lastScaleTime"].clone();
    match (verdict, refusal) {
        (Verdict::Disabled, _) => {
            desired = current;
            let off = "scaling is disabled since the replica count of the target is zero";
            let (kind, reason) = ("ScalingActive", "ScalingDisabled");
            put(&mut status, kind, "False", reason, off.to_owned());
        }
        (Verdict::Rescale(replicas, why), None) => {
            desired = *replicas;
            scaled = stamp(now).into();
            let told = format!("New size: {replicas}; reason: {why}");
            events.push(Event::normal(autoscaler, "SuccessfulRescale", told));
            let done =
                format!("the HPA controller was able to update the target scale to {replicas}");
            put(&mut status, "AbleToScale", "True", "SucceededRescale", done);
        }
        (Verdict::Rescale(replicas, why), Some(refusal)) => {
            let refusal = &refusal.message;
            let told = format!("New size: {replicas}; reason: {why}; error: {refusal}");
            events.push(Event::warning(autoscaler, "FailedRescale", told));
            let failed =
                format!("the HPA controller was unable to update the target scale: {refusal}");
            put(
                &mut status,
                "AbleToScale",
                "False",
                "FailedUpdateScale",
                failed,
            );
        }
        (Verdict::Blind(metrics), _) => {
            for metric in metrics {
                let why = metric.why.as_str();
                events.push(Event::warning(autoscaler, metric.reason, why));
            }
            if let Some(first) = metrics.first() {
                let number = metrics.len();
                let summary = format!(
                    "invalid metrics ({number} invalid out of {number}), first error is: {}",
                    first.failure
                );
                let reason = "FailedComputeMetricsReplicas";
                events.push(Event::warning(autoscaler, reason, summary));
                let why = format!(
                    "the HPA was unable to compute the replica count: {}",
                    first.why
                );
                put(&mut status, "ScalingActive", "False", first.reason, why);
            }
            // Of each metric that could not be read there is an entry that says nothing.
            let empty = vec![json!({"type": ""}); metrics.len()];
            set(&mut status, "currentMetrics", empty);
        }
    }
    if current > 0 {
        set(&mut status, "currentReplicas", current);
    }
    set(&mut status, "desiredReplicas", desired);
    if !scaled.is_null() {
        set(&mut status, "lastScaleTime", scaled);
    }
    (status, events)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn autoscaler() -> Value {
        json!({
            "kind": "HorizontalPodAutoscaler",
            "metadata": {
                "name": "a", "namespace": "n", "creationTimestamp": "2026-01-01T00:00:00Z",
            },
            "spec": {
                "scaleTargetRef": {"apiVersion": "apps/v1", "kind": "Deployment", "name": "d"},
                "minReplicas": 3, "maxReplicas": 10,
                "metrics": [{"type": "Resource", "resource": {"name": "cpu", "target": {}}}],
            },
        })
    }

    #[test]
    fn the_target_is_kept_within_the_bounds() {
        let now = "2026-01-01T00:00:00Z".parse().unwrap();
        for (replicas, scaled, reasons) in [
            (1, Some(3), "SucceededRescale "),
            (20, Some(10), "SucceededRescale "),
            (5, None, "SucceededGetScale FailedGetResourceMetric"),
            (0, None, "SucceededGetScale ScalingDisabled"),
        ] {
            let verdict = decide(&autoscaler(), replicas);
            let scale = match &verdict {
                Verdict::Rescale(replicas, _) => Some(*replicas),
                _ => None,
            };
            assert_eq!(scale, scaled, "{replicas}");
            let (status, _) = report(&autoscaler(), replicas, &verdict, None, now);
            let reason = |of| condition::find(&status, of).map_or("", |one| text(one, "reason"));
            let told = format!("{} {}", reason("AbleToScale"), reason("ScalingActive"));
            assert_eq!(told, reasons, "{replicas}");
        }
        let (status, events) = lost(&autoscaler(), "deployments.apps \"d\" not found", now);
        let able = condition::find(&status, "AbleToScale").unwrap();
        assert!(text(able, "message").ends_with("deployments.apps \"d\" not found"));
        assert_eq!(events.len(), 1);
    }

    #[test]
    fn a_look_every_fifteen_seconds() {
        for (now, is_time, next) in [
            ("00:00:00", false, "00:00:15"),
            ("00:00:14.5", false, "00:00:15"),
            ("00:00:15", true, "00:00:30"),
            ("00:01:15.25", false, "00:01:30"),
        ] {
            let at = |time: &str| format!("2026-01-01T{time}Z").parse::<Timestamp>().unwrap();
            assert_eq!(turn(&autoscaler(), at(now)), (is_time, at(next)), "{now}");
        }
    }
}
