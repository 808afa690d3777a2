//! RuntimeClass: what a pod gets from the class that its containers run in.

use super::Attempt;
use crate::error::Status;
use crate::world::World;
use serde_json::Value;

/// Fills in a new pod's overhead, and where its class can run.
pub(super) fn fill(world: &World, attempt: &Attempt<'_>, pod: &mut Value) -> Result<(), Status> {
    let refuse = |pod: &Value, why: &str| Err(attempt.forbid(pod, why));
    let none = Value::Null;
    let named = pod["spec"]["runtimeClassName"].as_str();
    let class = named.and_then(|name| world.objects.get("node.k8s.io", "RuntimeClass", "", name));
    if let (Some(name), None) = (named, class) {
        let why = format!("pod rejected: RuntimeClass {name:?} not found");
        return refuse(pod, &why);
    }
    let class = class.cloned();
    let class = class.as_deref().unwrap_or(&none);
    let given = &pod["spec"]["overhead"];
    match &class["overhead"]["podFixed"] {
        Value::Null => {}
        overhead if given.is_null() => pod["spec"]["overhead"] = overhead.clone(),
        overhead if given == overhead => {}
        _ => {
            let why = "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead";
            return refuse(pod, why);
        }
    }
    let selector = class["scheduling"]["nodeSelector"].as_object();
    for (key, value) in selector.into_iter().flatten() {
        let wanted = &pod["spec"]["nodeSelector"][key];
        if let (Some(wanted), Some(value)) = (wanted.as_str(), value.as_str())
            && wanted != value
        {
            let why = format!(
                "conflict: runtimeClass.scheduling.nodeSelector[{key}] = {value}; pod.spec.nodeSelector[{key}] = {wanted}"
            );
            return refuse(pod, &why);
        }
        pod["spec"]["nodeSelector"][key] = value.clone();
    }
    let tolerations = class["scheduling"]["tolerations"].as_array();
    for toleration in tolerations.into_iter().flatten() {
        let list = &mut pod["spec"]["tolerations"];
        match list.as_array_mut() {
            Some(list) if list.contains(toleration) => {}
            Some(list) => list.push(toleration.clone()),
            None => *list = Value::Array(vec![toleration.clone()]),
        }
    }
    Ok(())
}

/// Refuses an overhead that no class gave.
pub(super) fn check(world: &World, attempt: &Attempt<'_>, pod: &Value) -> Result<(), Status> {
    let named = pod["spec"]["runtimeClassName"].as_str();
    let class = named.and_then(|name| world.objects.get("node.k8s.io", "RuntimeClass", "", name));
    let given = class.is_some_and(|class| !class["overhead"]["podFixed"].is_null());
    let has = pod["spec"]["overhead"]
        .as_object()
        .is_some_and(|overhead| !overhead.is_empty());
    if has && !given {
        let why =
            "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead";
        return Err(attempt.forbid(pod, why));
    }
    Ok(())
}
