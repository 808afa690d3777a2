//! LimitRanger: defaults and bounds of what containers, pods and claims may ask for.

use super::Attempt;
use super::usage::{Amounts, containers, of_pod};
use crate::error::Status;
use crate::world::World;
use infra_schema::quantity::Quantity;
use serde_json::{Map, Value, json};
use std::sync::Arc;

fn ranges(world: &World, object: &Value) -> Vec<Arc<Value>> {
    let namespace = object["metadata"]["namespace"].as_str();
    world
        .objects
        .list("", "LimitRange", namespace)
        .cloned()
        .collect()
}

fn limits<'a>(range: &'a Value, ty: &'a str) -> impl Iterator<Item = &'a Value> {
    let limits = range["spec"]["limits"].as_array().into_iter().flatten();
    limits.filter(move |limit| limit["type"] == ty)
}

/// Fills in the requests and limits that containers of a new pod leave out.
pub(super) fn fill(world: &World, pod: &mut Value) {
    let mut notes = Vec::new();
    for range in ranges(world, pod) {
        for limit in limits(&range, "Container") {
            for (list, word) in [
                ("containers", "container"),
                ("initContainers", "init container"),
            ] {
                for container in pod["spec"][list].as_array_mut().into_iter().flatten() {
                    let name = container["name"].as_str().unwrap_or_default().to_owned();
                    for (part, defaults) in [("requests", "defaultRequest"), ("limits", "default")]
                    {
                        let filled = complete(container, part, &limit[defaults]);
                        if !filled.is_empty() {
                            let part = part.trim_end_matches('s');
                            let names = filled.join(", ");
                            notes.push(format!("{names} {part} for {word} {name}"));
                        }
                    }
                }
            }
        }
    }
    if !notes.is_empty() {
        if pod["metadata"]["annotations"].is_null() {
            pod["metadata"]["annotations"] = json!({});
        }
        pod["metadata"]["annotations"]["kubernetes.io/limit-ranger"] =
            format!("LimitRanger plugin set: {}", notes.join("; ")).into();
    }
}

/// Fills in one part of a container's resources; answers what it filled in.
fn complete(container: &mut Value, part: &str, defaults: &Value) -> Vec<String> {
    let mut filled = Vec::new();
    let Some(defaults) = defaults.as_object() else {
        return filled;
    };
    for (resource, amount) in defaults {
        if container["resources"][part][resource].is_null() {
            if !container["resources"].is_object() {
                container["resources"] = Value::Object(Map::new());
            }
            if !container["resources"][part].is_object() {
                container["resources"][part] = Value::Object(Map::new());
            }
            container["resources"][part][resource] = amount.clone();
            filled.push(resource.clone());
        }
    }
    filled
}

/// Refuses what is out of bounds.
pub(super) fn check(world: &World, attempt: &Attempt<'_>, object: &Value) -> Result<(), Status> {
    let mut errors = Vec::new();
    if attempt.is("", "Pod") {
        for range in ranges(world, object) {
            for limit in limits(&range, "Container") {
                for container in containers(object) {
                    let part = |part: &str| Amounts::of(&container["resources"][part]);
                    bounds(
                        &mut errors,
                        "Container",
                        limit,
                        &part("requests"),
                        &part("limits"),
                    );
                }
            }
            for limit in limits(&range, "Pod") {
                let requests = of_pod(object, "requests");
                bounds(
                    &mut errors,
                    "Pod",
                    limit,
                    &requests,
                    &of_pod(object, "limits"),
                );
            }
        }
    } else if attempt.is("", "PersistentVolumeClaim") {
        let requests = Amounts::of(&object["spec"]["resources"]["requests"]);
        for range in ranges(world, object) {
            for limit in limits(&range, "PersistentVolumeClaim") {
                bounds(
                    &mut errors,
                    "PersistentVolumeClaim",
                    limit,
                    &requests,
                    &requests,
                );
            }
        }
    }
    match errors.as_slice() {
        [] => Ok(()),
        [one] => Err(attempt.forbid(object, one)),
        many => Err(attempt.forbid(object, &format!("[{}]", many.join(", ")))),
    }
}

fn bounds(errors: &mut Vec<String>, ty: &str, limit: &Value, requests: &Amounts, limits: &Amounts) {
    let claim = ty == "PersistentVolumeClaim";
    for (resource, bound) in Amounts::of(&limit["min"]).iter() {
        match requests.get(resource).or_else(|| limits.get(resource)) {
            None => errors.push(format!(
                "minimum {resource} usage per {ty} is {bound}.  No request is specified"
            )),
            Some(request) if request < bound => errors.push(format!(
                "minimum {resource} usage per {ty} is {bound}, but request is {request}"
            )),
            Some(_) => {}
        }
    }
    for (resource, bound) in Amounts::of(&limit["max"]).iter() {
        let word = if claim { "request" } else { "limit" };
        match limits.get(resource) {
            None => errors.push(format!(
                "maximum {resource} usage per {ty} is {bound}.  No {word} is specified"
            )),
            Some(used) if used > bound => errors.push(format!(
                "maximum {resource} usage per {ty} is {bound}, but {word} is {used}"
            )),
            Some(_) => {}
        }
    }
    for (resource, ratio) in Amounts::of(&limit["maxLimitRequestRatio"]).iter() {
        let (request, used) = (requests.get(resource), limits.get(resource));
        let actual = match (request, used) {
            (Some(request), Some(used)) if !request.is_zero() => used.as_f64() / request.as_f64(),
            _ => continue,
        };
        if actual > Quantity::as_f64(ratio) {
            errors.push(format!(
                "{resource} max limit to request ratio per {ty} is {ratio}, but provided ratio is {actual:.6}"
            ));
        }
    }
}
