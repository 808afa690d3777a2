//! From resources to objects: every resource's own, the default namespace, and common labels.

use super::{Environment, Graph};
use crate::object::{Object, Origin};
use serde_json::{Value, json};

/// All objects of the environment: the default namespace, then each resource's in order.
pub(crate) fn lower(environment: &Environment, graph: &Graph) -> Vec<Object> {
    let mut objects: Vec<Object> = environment
        .resources
        .iter()
        .flat_map(|resource| resource.lower(graph))
        .collect();
    if makes_namespace(environment, graph, &objects) {
        objects.insert(0, namespace(environment, graph.namespace()));
    }
    for object in &mut objects {
        label(object, environment);
    }
    objects
}

/// Whether the default namespace is made here and no resource describes it.
fn makes_namespace(environment: &Environment, graph: &Graph, objects: &[Object]) -> bool {
    !environment.namespace_exists
        && graph.namespace() != "default"
        && !objects.iter().any(|object| {
            object.id.group.is_empty()
                && object.id.kind == "Namespace"
                && object.id.name == graph.namespace()
        })
}

fn namespace(environment: &Environment, name: &str) -> Object {
    let value = json!({ "apiVersion": "v1", "kind": "Namespace", "metadata": { "name": name } });
    let origin = environment.made.clone().map(Origin::at).unwrap_or_default();
    Object::new(value, origin)
}

/// Adds the environment's labels where the object does not set them itself.
fn label(object: &mut Object, environment: &Environment) {
    if environment.labels.is_empty() {
        return;
    }
    let Some(metadata) = object
        .value
        .get_mut("metadata")
        .and_then(Value::as_object_mut)
    else {
        return;
    };
    let labels = metadata.entry("labels").or_insert_with(|| json!({}));
    if let Some(labels) = labels.as_object_mut() {
        for (key, value) in &environment.labels {
            labels
                .entry(key.clone())
                .or_insert_with(|| Value::String(value.clone()));
        }
    }
}
