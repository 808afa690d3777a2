//! What only pods can do: be bound to a node, and be evicted.

use super::{DeleteOptions, Deleted, Write, Written, delete, finish};
use crate::controller::condition::{self, Condition};
use crate::controller::disruption_budget;
use crate::controller::selector::selects;
use crate::error::{Cause, Status};
use crate::kinds::Served;
use crate::store::Key;
use crate::world::World;
use infra_schema::kind::Kind;
use serde_json::{Value, json};
use std::sync::Arc;

fn kind() -> Result<Served, Status> {
    Kind::find("", "v1", "Pod")
        .map(Served::BuiltIn)
        .ok_or_else(Status::no_route)
}

fn live(world: &World, key: &Key) -> Result<Arc<Value>, Status> {
    world
        .objects
        .at(key)
        .cloned()
        .ok_or_else(|| Status::not_found("", "pods", &key.name))
}

/// Binds a pod to a node: `spec.nodeName`, and the condition that it is scheduled.
pub(crate) fn bind(world: &mut World, key: &Key, node: &str) -> Result<(), Status> {
    let pod = live(world, key)?;
    let refuse = |why: String| Err(Status::conflict("", "pods/binding", &key.name, &why));
    if let Some(bound) = pod["spec"]["nodeName"]
        .as_str()
        .filter(|bound| !bound.is_empty())
    {
        return refuse(format!(
            "pod {} is already assigned to node \"{bound}\"",
            key.name
        ));
    }
    if pod["metadata"]["deletionTimestamp"].is_string() {
        return refuse(format!(
            "pod {} is being deleted, cannot be assigned to a host",
            key.name
        ));
    }
    let mut bound = Value::clone(&pod);
    bound["spec"]["nodeName"] = node.into();
    if let Some(status) = bound["status"].as_object_mut() {
        status.remove("nominatedNodeName");
    }
    let condition = json!({
        "type": "PodScheduled", "status": "True", "lastProbeTime": null,
        "lastTransitionTime": world.stamp(), "observedGeneration": pod["metadata"]["generation"],
    });
    match bound["status"]["conditions"].as_array_mut() {
        Some(conditions) => {
            conditions.retain(|condition| condition["type"] != "PodScheduled");
            conditions.push(condition);
        }
        None => bound["status"]["conditions"] = json!([condition]),
    }
    crate::admission::fill_topology(world, &mut bound);
    // A binding is no body of the pod: nobody comes to hold what it sets.
    let write = Write::by("kube-scheduler").subresource("binding");
    let kind = kind()?;
    finish::change(world, &write, &kind, &pod, bound).map(drop)
}

/// Evicts a pod: deletes it, unless a disruption budget stands against it.
pub(crate) fn evict(
    world: &mut World,
    key: &Key,
    options: &DeleteOptions,
) -> Result<Deleted, Status> {
    let pod = live(world, key)?;
    let kind = kind()?;
    let phase = pod["status"]["phase"].as_str().unwrap_or_default();
    let bypass = matches!(phase, "Pending" | "Succeeded" | "Failed")
        || pod["metadata"]["deletionTimestamp"].is_string();
    if !bypass && let Some(budget) = budget_of(world, &pod)? {
        spend(world, &budget, key, options.dry_run)?;
    }
    if !options.dry_run && !pod["metadata"]["deletionTimestamp"].is_string() {
        mark(world, &kind, &pod)?;
    }
    delete(world, &kind, key, options)
}

/// Says in a pod's status that it is about to be evicted.
fn mark(world: &mut World, kind: &Served, pod: &Arc<Value>) -> Result<(), Status> {
    let mut marked = Value::clone(pod);
    let told = Condition::new(
        "DisruptionTarget",
        "True",
        "EvictionByEvictionAPI",
        "Eviction API: evicting",
    );
    condition::put(&mut marked["status"], &told, world.time.now);
    let write = Write::by("kube-apiserver").subresource("status");
    finish::change(world, &write, kind, pod, marked).map(drop)
}

/// The one disruption budget that selects the pod.
fn budget_of(world: &World, pod: &Value) -> Result<Option<Arc<Value>>, Status> {
    let namespace = pod["metadata"]["namespace"].as_str();
    let labels = &pod["metadata"]["labels"];
    let mut budgets = world
        .objects
        .list("policy", "PodDisruptionBudget", namespace)
        .filter(|budget| selects(&budget["spec"]["selector"], labels));
    let budget = budgets.next().cloned();
    if budgets.next().is_some() {
        return Err(Status::new(
            500,
            "InternalError",
            "This pod has more than one PodDisruptionBudget, which the eviction subresource does not support.",
        ));
    }
    Ok(budget)
}

/// Takes one disruption from a budget.
fn spend(world: &mut World, budget: &Arc<Value>, pod: &Key, dry_run: bool) -> Result<(), Status> {
    let name = budget["metadata"]["name"].as_str().unwrap_or_default();
    let status = &budget["status"];
    let refuse = |seconds: u64, cause: &str| {
        let message =
            "Cannot evict pod as it would violate the pod's disruption budget.".to_owned();
        let cause = Cause {
            reason: "DisruptionBudget".into(),
            message: format!("The disruption budget {name} {cause}"),
            field: String::new(),
        };
        Err(Status::too_many(message, seconds).causes(&[cause]))
    };
    let observed = status["observedGeneration"].as_i64().unwrap_or_default();
    if observed
        < budget["metadata"]["generation"]
            .as_i64()
            .unwrap_or_default()
    {
        return refuse(10, "is still being processed by the server.");
    }
    let allowed = status["disruptionsAllowed"].as_i64().unwrap_or_default();
    if allowed <= 0 {
        let number = |field: &str| status[field].as_i64().unwrap_or_default();
        let (needs, has) = (number("desiredHealthy"), number("currentHealthy"));
        return refuse(
            0,
            &format!("needs {needs} healthy pods and has {has} currently"),
        );
    }
    if dry_run {
        return Ok(());
    }
    let mut spent = Value::clone(budget);
    spent["status"]["disruptionsAllowed"] = (allowed - 1).into();
    if allowed == 1 {
        let generation = budget["metadata"]["generation"].clone();
        disruption_budget::tell(&mut spent["status"], 0, &generation, world.time.now);
    }
    if spent["status"]["disruptedPods"].is_null() {
        spent["status"]["disruptedPods"] = json!({});
    }
    spent["status"]["disruptedPods"][&pod.name] = world.stamp().into();
    super::replace_any(
        world,
        &Write::by("kube-apiserver").subresource("status"),
        spent,
    )
    .map(drop)
}

/// What an eviction or a deletion answers.
impl From<Deleted> for Written {
    fn from(deleted: Deleted) -> Self {
        let (Deleted::Gone(object) | Deleted::Marked(object) | Deleted::Freed(object)) = deleted;
        Self {
            object,
            created: false,
            warnings: Vec::new(),
        }
    }
}
