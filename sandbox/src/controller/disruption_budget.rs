//! Disruption budgets: how many pods may be evicted now.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::condition::{self, Condition};
use super::effect::{Decision, Event, status_action};
use super::json::{at, count, has, int, later, set, text, time, unset};
use super::meta::{controller_of, is_terminating, name, namespace, own_key};
use super::pod::{POD, is_finished, is_ready};
use super::seam::{Change, Cluster, Controller, GroupKind, Key, Writer};
use super::selector::selects;

const BUDGET: GroupKind<'static> = GroupKind::new("policy", "PodDisruptionBudget");
const COMPONENT: &str = "controllermanager";
/// Seconds that a pod may take to be deleted once its eviction was granted.
const PATIENCE: i64 = 120;

/// The controller of disruption budgets.
pub(crate) struct DisruptionBudgets;

impl Controller for DisruptionBudgets {
    fn name(&self) -> &'static str {
        COMPONENT
    }

    fn keys(&mut self, change: &Change, cluster: &dyn Cluster) -> Vec<Key> {
        if let Some(key) = own_key(change, BUDGET) {
            return vec![key];
        }
        let object = change.object();
        let scaled = matches!(
            text(object, "kind"),
            "Deployment" | "StatefulSet" | "ReplicaSet"
        ) && change
            .before
            .as_ref()
            .zip(change.after.as_ref())
            .is_some_and(|(before, after)| {
                at(before, "spec.replicas") != at(after, "spec.replicas")
            });
        if GroupKind::of(object) != POD && !scaled {
            return Vec::new();
        }
        if let (Some(before), Some(after)) = (&change.before, &change.after)
            && !scaled
            && view(before) == view(after)
        {
            return Vec::new();
        }
        cluster
            .list(BUDGET, namespace(object))
            .iter()
            .map(|budget| Key::of(budget))
            .collect()
    }

    fn sync(&mut self, key: &Key, cluster: &mut dyn Cluster) -> Option<Timestamp> {
        let budget = cluster.get(BUDGET, &key.namespace, &key.name)?;
        let mut pods = cluster.list(POD, &key.namespace);
        let selector = at(&budget, "spec.selector");
        pods.retain(|pod| selects(selector, at(pod, "metadata.labels")) && !is_finished(pod));
        let expected = expected(&budget, &pods, cluster);
        let decision = decide(&budget, &pods, expected, cluster.now());
        decision.perform(cluster, Writer::ControllerManager, COMPONENT)
    }
}

/// What of a pod a budget looks at.
fn view(pod: &Value) -> (bool, bool, bool, &Value) {
    (
        is_ready(pod),
        is_terminating(pod),
        is_finished(pod),
        at(pod, "metadata.labels"),
    )
}

/// How many pods there should be: the scale of what controls them, or what there is where the
/// budget names a number that is to stay.
fn expected(budget: &Value, pods: &[Arc<Value>], cluster: &dyn Cluster) -> i64 {
    if at(budget, "spec.minAvailable").is_i64() {
        return pods.len() as i64;
    }
    let mut seen: Vec<String> = Vec::new();
    let mut total = 0;
    for pod in pods {
        let Some(owner) = scaled_owner(pod, cluster) else {
            total += 1;
            continue;
        };
        let id = super::meta::uid(&owner).to_owned();
        if !seen.contains(&id) {
            seen.push(id);
            total += int(&owner, "spec.replicas").unwrap_or(1);
        }
    }
    total
}

/// The object whose scale says how many pods like this one there are.
fn scaled_owner(object: &Value, cluster: &dyn Cluster) -> Option<Arc<Value>> {
    let reference = controller_of(object)?;
    let kind = GroupKind::named(text(reference, "apiVersion"), text(reference, "kind"));
    let owner = cluster.get(kind, namespace(object), text(reference, "name"))?;
    if kind.kind == "ReplicaSet"
        && let Some(above) = scaled_owner(&owner, cluster)
    {
        return Some(above);
    }
    has(&owner, "spec.replicas").then_some(owner)
}

/// A number, or a percentage rounded up.
fn resolve(value: &Value, total: i64) -> Option<i64> {
    if let Some(number) = value.as_i64() {
        return Some(number);
    }
    let percent: i64 = value.as_str()?.strip_suffix('%')?.parse().ok()?;
    Some((percent * total + 99).div_euclid(100))
}

fn decide(budget: &Value, pods: &[Arc<Value>], expected: i64, now: Timestamp) -> Decision {
    let mut decision = Decision::default();
    if pods.is_empty() {
        let message = "No matching pods found";
        decision.event(Event::normal(budget, "NoPods", message));
    }
    // Pods that are about to be evicted are as good as gone, for a while.
    let mut disrupted = serde_json::Map::new();
    for pod in pods.iter().filter(|pod| !is_terminating(pod)) {
        let since = time(at(budget, "status.disruptedPods"), name(pod));
        if let Some(until) = since.map(|since| later(since, PATIENCE))
            && until >= now
        {
            let known = budget["status"]["disruptedPods"][name(pod)].clone();
            disrupted.insert(name(pod).to_owned(), known);
            decision.look_again(later(until, 1));
        }
    }
    let healthy = pods
        .iter()
        .filter(|pod| is_ready(pod) && !is_terminating(pod) && !disrupted.contains_key(name(pod)))
        .count() as i64;
    let desired = if has(budget, "spec.maxUnavailable") {
        let missing = resolve(at(budget, "spec.maxUnavailable"), expected).unwrap_or(0);
        (expected - missing).max(0)
    } else {
        resolve(at(budget, "spec.minAvailable"), expected).unwrap_or(0)
    };
    let allowed = if expected == 0 {
        0
    } else {
        (healthy - desired).max(0)
    };
    let mut status = budget["status"].clone();
    for (field, value) in [
        ("currentHealthy", healthy),
        ("desiredHealthy", desired),
        ("disruptionsAllowed", allowed),
        ("expectedPods", expected),
        ("observedGeneration", count(budget, "metadata.generation")),
    ] {
        set(&mut status, field, value);
    }
    if disrupted.is_empty() {
        unset(&mut status, "disruptedPods");
    } else {
        set(&mut status, "disruptedPods", disrupted);
    }
    tell(&mut status, allowed, at(budget, "metadata.generation"), now);
    if let Some(action) = status_action(budget, status) {
        decision.push(action);
    } else {
        // What was told stays true.
        decision.actions.clear();
    }
    decision
}

/// Says in a budget's status whether a pod may be evicted.
pub(crate) fn tell(status: &mut Value, allowed: i64, generation: &Value, now: Timestamp) {
    let told = if allowed > 0 {
        Condition::new("DisruptionAllowed", "True", "SufficientPods", "")
    } else {
        Condition::new("DisruptionAllowed", "False", "InsufficientPods", "")
    };
    condition::put(status, &told, now);
    // `metav1.Condition` has its message always, and says which generation it is about.
    if let Some(list) = status["conditions"].as_array_mut() {
        for one in list
            .iter_mut()
            .filter(|one| text(one, "type") == "DisruptionAllowed")
        {
            one["message"] = json!("");
            one["observedGeneration"] = generation.clone();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::effect::Action;
    use super::*;

    #[test]
    fn budgets() {
        let pod = |ready: &str| {
            Arc::new(json!({"status": {"conditions": [{"type": "Ready", "status": ready}]}}))
        };
        let pods = [pod("True"), pod("True"), pod("False")];
        for (spec, desired, allowed) in [
            (json!({"minAvailable": 1}), 1, 1),
            (json!({"minAvailable": "50%"}), 2, 0),
            (json!({"maxUnavailable": 1}), 2, 0),
            (json!({"maxUnavailable": 2}), 1, 1),
            (json!({"maxUnavailable": "100%"}), 0, 2),
        ] {
            let budget =
                json!({"kind": "PodDisruptionBudget", "metadata": {"generation": 1}, "spec": spec});
            let decision = decide(&budget, &pods, 3, "2026-01-01T00:00:00Z".parse().unwrap());
            let [Action::Status(after)] = decision.actions.as_slice() else {
                panic!("{decision:?}")
            };
            assert_eq!(count(after, "status.desiredHealthy"), desired, "{spec}");
            assert_eq!(count(after, "status.disruptionsAllowed"), allowed, "{spec}");
        }
    }
}
