//! From resources to objects: every resource's own, the default namespace, and common labels.

use super::{Definitions, Environment, Graph, scope::Scopes};
use crate::object::{Object, Origin, Ref};
use crate::types::label_value_of;
use serde_json::{Value, json};

/// Objects, each with the resource that it came from.
#[derive(Default)]
pub(crate) struct Lowered {
    pub(crate) objects: Vec<Object>,
    /// The resource of the object at the same index; `None` for what the environment itself adds.
    pub(crate) owners: Vec<Option<Ref>>,
}

impl Lowered {
    /// Adds an object.
    pub(crate) fn push(&mut self, object: Object, owner: Option<Ref>) {
        self.objects.push(object);
        self.owners.push(owner);
    }
}

/// All objects of the resources, in their order, and the default namespace.
pub(crate) fn lower(
    environment: &Environment,
    graph: &Graph,
    definitions: &Definitions<'_>,
) -> Lowered {
    let mut lowered = Lowered::default();
    for resource in &environment.resources {
        let owner = graph.normal(&resource.reference()).into_owned();
        for mut object in resource.lower(graph) {
            object.decisions = resource.decisions().to_vec();
            lowered.push(object, Some(owner.clone()));
        }
    }
    if makes_namespace(environment, graph, &lowered.objects) {
        lowered.push(namespace(environment, graph.namespace()), None);
    }
    place(&mut lowered.objects, graph.namespace(), definitions);
    lowered
}

/// Adds the environment's labels to every object that does not set them itself.
pub(crate) fn label(objects: &mut [Object], environment: &Environment) {
    if environment.labels.is_empty() {
        return;
    }
    for object in objects {
        let Some(metadata) = object
            .value
            .get_mut("metadata")
            .and_then(Value::as_object_mut)
        else {
            continue;
        };
        let labels = metadata.entry("labels").or_insert_with(|| json!({}));
        let Some(labels) = labels.as_object_mut() else {
            continue;
        };
        for (key, value) in &environment.labels {
            labels
                .entry(key.clone())
                .or_insert_with(|| Value::String(value.clone()));
        }
    }
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

/// The labels of what the environment itself adds.
pub(crate) fn own_labels(environment: &Environment, name: &str) -> Value {
    let part_of = label_value_of(&environment.name);
    json!({
        "app.kubernetes.io/instance": part_of,
        "app.kubernetes.io/managed-by": "infra",
        "app.kubernetes.io/name": label_value_of(name),
        "app.kubernetes.io/part-of": part_of,
    })
}

fn namespace(environment: &Environment, name: &str) -> Object {
    let value = json!({
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": { "name": name, "labels": own_labels(environment, name) },
    });
    let origin = environment.made.clone().map(Origin::at).unwrap_or_default();
    Object::new(value, origin)
}

/// Puts objects that say no namespace into the default one, where their kind has one.
///
/// A kind that nobody defines, as far as is known, counts as namespaced, as most are,
/// unless its name says `Cluster`.
fn place(objects: &mut [Object], namespace: &str, definitions: &Definitions<'_>) {
    let homeless: Vec<usize> = {
        let scopes = Scopes::new(objects);
        let indices = objects.iter().enumerate();
        indices
            .filter(|(_, object)| {
                let (group, kind) = (object.id.group.as_str(), object.id.kind.as_str());
                object.id.namespace.is_none()
                    && scopes
                        .namespaced(group, kind)
                        .or_else(|| definitions.namespaced(group, kind))
                        .unwrap_or_else(|| !kind.starts_with("Cluster"))
            })
            .map(|(index, _)| index)
            .collect()
    };
    for index in homeless {
        let object = &mut objects[index];
        if let Some(metadata) = object
            .value
            .get_mut("metadata")
            .and_then(Value::as_object_mut)
        {
            metadata.insert("namespace".to_owned(), Value::String(namespace.to_owned()));
            object.id.namespace = Some(namespace.to_owned());
        }
    }
}
