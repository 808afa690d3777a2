//! The objects of an environment, each in its place.

use crate::{
    engine::{
        EngineError,
        kinds::{self, Kinds},
        refusal::refusal,
    },
    environment::Rendered,
    object::{Object, ObjectId},
};
use std::collections::BTreeMap;

/// The objects with their namespaces: their own, else the environment's; none for kinds that live
/// in none. A kind that nobody serves or defines is refused.
pub(crate) fn prepare(rendered: &Rendered, kinds: &Kinds) -> Result<Vec<Object>, EngineError> {
    let mut refusals = Vec::new();
    let mut objects = Vec::new();
    for object in &rendered.objects {
        let version = kinds::version_of(object.api_version());
        if let Some(known) = kinds.get(&object.id, version) {
            objects.push(placed(object, known.served.namespaced, rendered));
            continue;
        }
        let problem = format!(
            "the API server does not serve `{}` of `{}`",
            object.id.kind,
            object.api_version()
        );
        let mut refusal = refusal(object, Some("kind".to_owned()), problem);
        refusal.help = Some(
            "apply its custom resource definition first, or add it to the environment".to_owned(),
        );
        refusals.push(refusal);
    }
    if refusals.is_empty() {
        Ok(objects)
    } else {
        Err(EngineError::Refused(refusals))
    }
}

fn placed(object: &Object, namespaced: bool, rendered: &Rendered) -> Object {
    let mut object = object.clone();
    let Some(metadata) = object.value["metadata"].as_object_mut() else {
        return object;
    };
    if namespaced {
        let namespace = object
            .id
            .namespace
            .get_or_insert_with(|| rendered.namespace.clone());
        metadata.insert("namespace".into(), namespace.as_str().into());
    } else {
        object.id.namespace = None;
        metadata.remove("namespace");
    }
    object
}

/// The workloads that an autoscaler of the environment scales, by index, with its minimum.
pub(crate) fn autoscaled(objects: &[Object]) -> BTreeMap<usize, i64> {
    let by_id: BTreeMap<&ObjectId, usize> = objects
        .iter()
        .enumerate()
        .map(|(index, object)| (&object.id, index))
        .collect();
    objects
        .iter()
        .filter(|object| {
            object.id.kind == "HorizontalPodAutoscaler"
                || (object.id.group == "keda.sh" && object.id.kind == "ScaledObject")
        })
        .filter_map(|scaler| {
            let spec = &scaler.value["spec"];
            let target = &spec["scaleTargetRef"];
            let api_version = target["apiVersion"].as_str().unwrap_or("apps/v1");
            let id = ObjectId {
                group: api_version
                    .split_once('/')
                    .map_or("", |(group, _)| group)
                    .to_owned(),
                kind: target["kind"].as_str().unwrap_or("Deployment").to_owned(),
                namespace: scaler.id.namespace.clone(),
                name: target["name"].as_str()?.to_owned(),
            };
            let minimum = spec["minReplicas"]
                .as_i64()
                .or_else(|| spec["minReplicaCount"].as_i64());
            Some((*by_id.get(&id)?, minimum.unwrap_or(1).max(1)))
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::Origin;
    use serde_json::json;

    #[test]
    fn an_autoscalers_target_is_found_in_its_namespace() {
        let objects = [
            json!({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"a"}}),
            json!({"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"web","namespace":"b"}}),
            json!({"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler",
                "metadata":{"name":"x","namespace":"b"},
                "spec":{"minReplicas":3,"scaleTargetRef":{"apiVersion":"apps/v1","kind":"Deployment","name":"web"}}}),
        ]
        .map(|value| Object::new(value, Origin::default()));
        assert_eq!(autoscaled(&objects), BTreeMap::from([(1, 3)]));
    }
}
