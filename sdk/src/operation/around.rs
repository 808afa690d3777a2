//! What belongs to an object: its pods, its owners, what it made.

use super::{Found, OperationError};
use crate::cluster::{Cluster, Selector, Served};
use crate::engine::kinds;
use crate::object::ObjectId;
use serde_json::Value;

/// The label selector of an object that has one, in the API server's notation.
fn selector(object: &Value) -> Option<String> {
    let selector = &object["spec"]["selector"];
    let labels = |map: &Value| -> Vec<String> {
        let pairs = map.as_object().into_iter().flatten();
        pairs
            .map(|(key, value)| format!("{key}={}", value.as_str().unwrap_or_default()))
            .collect()
    };
    if object["kind"] == "Service" {
        return selector.is_object().then(|| labels(selector).join(","));
    }
    let mut terms = labels(&selector["matchLabels"]);
    for term in selector["matchExpressions"]
        .as_array()
        .into_iter()
        .flatten()
    {
        let key = term["key"].as_str().unwrap_or_default();
        let values = term["values"].as_array().into_iter().flatten();
        let values: Vec<&str> = values.filter_map(Value::as_str).collect();
        let values = values.join(",");
        terms.push(match term["operator"].as_str().unwrap_or_default() {
            "In" => format!("{key} in ({values})"),
            "NotIn" => format!("{key} notin ({values})"),
            "DoesNotExist" => format!("!{key}"),
            _ => key.to_owned(),
        });
    }
    (!terms.is_empty()).then(|| terms.join(","))
}

/// The pods of a workload, or a pod itself, by name.
pub(super) async fn pods(cluster: &Cluster, found: &Found) -> Result<Vec<Value>, OperationError> {
    if found.id.group.is_empty() && found.id.kind == "Pod" {
        return Ok(vec![found.object.clone()]);
    }
    let Some(labels) = selector(&found.object) else {
        let problem = format!("{} has no pods of its own", found.id);
        return Err(match found.id.kind.as_str() {
            "CronJob" => OperationError::unfit_but(
                problem,
                "name one of its jobs: `list(\"jobs\")` shows them",
            ),
            _ => OperationError::unfit(problem),
        });
    };
    let pods = kinds::builtin("", "Pod");
    list(cluster, &pods, found, &Selector::labels(labels)).await
}

/// What an object controls of a kind, by name.
pub(super) async fn controlled(
    cluster: &Cluster,
    served: &Served,
    found: &Found,
) -> Result<Vec<Value>, OperationError> {
    let all = list(cluster, served, found, &Selector::all()).await?;
    let uid = &found.object["metadata"]["uid"];
    let is_its = |object: &Value| {
        let owners = object["metadata"]["ownerReferences"].as_array();
        let mut owners = owners.into_iter().flatten();
        owners.any(|owner| owner["controller"] == true && owner["uid"] == *uid)
    };
    Ok(all.into_iter().filter(is_its).collect())
}

async fn list(
    cluster: &Cluster,
    served: &Served,
    found: &Found,
    selector: &Selector,
) -> Result<Vec<Value>, OperationError> {
    let namespace = found.id.namespace.as_deref();
    let mut all = cluster
        .list_all(served, namespace, selector)
        .await
        .map_err(|error| {
            let what = format!("the {} of {} cannot be listed", served.plural, found.id);
            OperationError::api(what, error)
        })?;
    all.sort_by_cached_key(|object| ObjectId::of(object).name);
    Ok(all)
}

/// Those who own an object, up to the last that can be read: a pod's replica set and its deployment.
pub(super) async fn owners(cluster: &Cluster, object: &Value) -> Vec<ObjectId> {
    let mut owners = Vec::new();
    let mut object = object.clone();
    while let Some(owner) = owner(&object).filter(|owner| !owners.contains(owner)) {
        owners.push(owner.clone());
        let reference = crate::object::Ref::new(&owner.group, &owner.kind, &owner.name);
        let Ok(Some(served)) = kinds::referred(cluster, &reference).await else {
            break;
        };
        let namespace = owner.namespace.as_deref();
        let Ok(Some(found)) = cluster.get(&served, namespace, &owner.name).await else {
            break;
        };
        object = found;
    }
    owners
}

fn owner(object: &Value) -> Option<ObjectId> {
    let owners = object["metadata"]["ownerReferences"].as_array()?;
    let controller = owners.iter().find(|owner| owner["controller"] == true);
    let owner = controller.or_else(|| owners.first())?;
    let mut id = ObjectId::of(owner);
    owner["name"].as_str()?.clone_into(&mut id.name);
    id.namespace = object["metadata"]["namespace"].as_str().map(str::to_owned);
    Some(id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn selectors_in_the_servers_notation() {
        let expression = json!({"matchLabels": {"app": "web"}, "matchExpressions": [
            {"key": "tier", "operator": "In", "values": ["a", "b"]},
            {"key": "old", "operator": "DoesNotExist"},
            {"key": "new", "operator": "Exists"}]});
        for (kind, selector_of, expected) in [
            (
                "Deployment",
                expression,
                Some("app=web,tier in (a,b),!old,new"),
            ),
            ("Service", json!({"app": "web"}), Some("app=web")),
            ("Service", Value::Null, None),
            ("Deployment", json!({}), None),
        ] {
            let object = json!({"kind": kind, "spec": {"selector": selector_of}});
            assert_eq!(selector(&object).as_deref(), expected);
        }
    }

    #[test]
    fn the_controller_is_the_owner() {
        let pod = json!({"metadata": {"namespace": "shop", "ownerReferences": [
            {"apiVersion": "v1", "kind": "Node", "name": "n"},
            {"apiVersion": "apps/v1", "kind": "ReplicaSet", "name": "app-1", "controller": true}]}});
        let owner = owner(&pod).expect("one").to_string();
        assert_eq!(owner, "replicaset/app-1 in shop");
    }
}
