//! Priority: the number and the policy that a pod's priority class stands for.

use super::Attempt;
use crate::error::Status;
use crate::world::World;
use serde_json::Value;

/// The classes every cluster has.
const SYSTEM: [(&str, i64); 2] = [
    ("system-cluster-critical", 2_000_000_000),
    ("system-node-critical", 2_000_001_000),
];

/// What a class stands for.
struct Class {
    name: String,
    value: i64,
    policy: String,
}

fn class(object: &Value) -> Class {
    let policy = object["preemptionPolicy"]
        .as_str()
        .unwrap_or("PreemptLowerPriority");
    Class {
        name: object["metadata"]["name"]
            .as_str()
            .unwrap_or_default()
            .to_owned(),
        value: object["value"].as_i64().unwrap_or_default(),
        policy: policy.to_owned(),
    }
}

fn find(world: &World, name: &str) -> Option<Class> {
    let own = world
        .objects
        .get("scheduling.k8s.io", "PriorityClass", "", name);
    own.map(|object| class(object)).or_else(|| {
        let (name, value) = SYSTEM.into_iter().find(|(system, _)| *system == name)?;
        Some(Class {
            name: name.to_owned(),
            value,
            policy: "PreemptLowerPriority".to_owned(),
        })
    })
}

/// Fills in a new pod's priority.
pub(super) fn fill(world: &World, attempt: &Attempt<'_>, pod: &mut Value) -> Result<(), Status> {
    let named = pod["spec"]["priorityClassName"]
        .as_str()
        .filter(|name| !name.is_empty());
    let chosen = match named {
        Some(name) => Some(find(world, name).ok_or_else(|| {
            let why = format!("no PriorityClass with name {name} was found");
            attempt.forbid(pod, &why)
        })?),
        None => world
            .objects
            .list("scheduling.k8s.io", "PriorityClass", None)
            .find(|class| class["globalDefault"] == true)
            .map(|object| class(object)),
    };
    let nothing = Class {
        name: String::new(),
        value: 0,
        policy: "PreemptLowerPriority".to_owned(),
    };
    let chosen = chosen.unwrap_or(nothing);
    if let Some(given) = pod["spec"]["priority"]
        .as_i64()
        .filter(|given| *given != chosen.value)
    {
        let why = format!(
            "the integer value of priority ({given}) must not be provided in pod spec; priority admission controller computed {} from the given PriorityClass name",
            chosen.value
        );
        return Err(attempt.forbid(pod, &why));
    }
    if let Some(given) = pod["spec"]["preemptionPolicy"]
        .as_str()
        .filter(|given| *given != chosen.policy)
    {
        let why = format!(
            "the string value of PreemptionPolicy ({given}) must not be provided in pod spec; priority admission controller computed {} from the given PriorityClass name",
            chosen.policy
        );
        return Err(attempt.forbid(pod, &why));
    }
    let spec = &mut pod["spec"];
    if !chosen.name.is_empty() {
        spec["priorityClassName"] = chosen.name.into();
    }
    spec["priority"] = chosen.value.into();
    if spec["preemptionPolicy"].is_null() {
        spec["preemptionPolicy"] = chosen.policy.into();
    }
    Ok(())
}
