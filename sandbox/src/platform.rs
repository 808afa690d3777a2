//! What a platform brings: the objects that a cluster has before anybody applies anything.

use crate::kinds::Served;
use crate::store::Key;
use crate::world::World;
use crate::write::{self, Write};
use serde_json::{Value, json};

/// An object that could not be loaded.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{kind}/{name}` cannot be loaded: {message}")]
pub struct LoadError {
    /// The object's kind.
    pub kind: String,
    /// The object's name.
    pub name: String,
    /// What the server says about it.
    pub message: String,
}

/// A small platform for those who bring none: three nodes in three zones, a default storage class
/// `standard`, and an ingress class `nginx`.
#[must_use]
pub fn platform() -> Vec<Value> {
    let node = |number: u8| {
        let name = format!("node-{number}");
        let zone = format!("zone-{}", char::from(b'a' + number - 1));
        let resources =
            json!({"cpu": "8", "memory": "32Gi", "ephemeral-storage": "100Gi", "pods": "110"});
        json!({
            "apiVersion": "v1", "kind": "Node",
            "metadata": {"name": name, "labels": {
                "kubernetes.io/hostname": name, "kubernetes.io/os": "linux",
                "kubernetes.io/arch": "amd64", "topology.kubernetes.io/zone": zone,
            }},
            "status": {"capacity": resources, "allocatable": resources},
        })
    };
    let mut objects: Vec<Value> = (1..=3).map(node).collect();
    objects.push(json!({
        "apiVersion": "storage.k8s.io/v1", "kind": "StorageClass",
        "metadata": {"name": "standard", "annotations": {
            "storageclass.kubernetes.io/is-default-class": "true",
        }},
        "provisioner": "disks.sandbox.infra", "reclaimPolicy": "Delete",
        "volumeBindingMode": "WaitForFirstConsumer", "allowVolumeExpansion": true,
    }));
    objects.push(json!({
        "apiVersion": "networking.k8s.io/v1", "kind": "IngressClass",
        "metadata": {"name": "nginx"}, "spec": {"controller": "k8s.io/ingress-nginx"},
    }));
    objects
}

/// What has to be there before the rest: definitions, then namespaces.
fn rank(object: &Value) -> u8 {
    match object["kind"].as_str() {
        Some("CustomResourceDefinition") => 0,
        Some("Namespace") => 1,
        _ => 2,
    }
}

/// Loads objects; those that are there already are brought to what is given.
pub(crate) fn load(world: &mut World, mut objects: Vec<Value>) -> Result<(), LoadError> {
    objects.sort_by_key(rank);
    for object in objects {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let (kind, name) = (text(&object["kind"]), text(&object["metadata"]["name"]));
        let refused = |message: String| LoadError {
            kind,
            name,
            message,
        };
        let before = rank(&object);
        let served = world.kinds.of(&object).ok_or_else(|| {
            refused(format!(
                "the sandbox knows no such kind in `{}`",
                text(&object["apiVersion"])
            ))
        });
        let served = match served {
            Ok(served) => served,
            Err(error) => return Err(error),
        };
        if let Err(status) = put(world, &served, object) {
            let Key { kind, name, .. } = status.1;
            return Err(LoadError {
                kind,
                name,
                message: status.0.message,
            });
        }
        if before < 2 {
            world.settle();
        }
    }
    world.settle();
    Ok(())
}

fn put(
    world: &mut World,
    kind: &Served,
    mut object: Value,
) -> Result<(), (crate::error::Status, Key)> {
    let given = Key::of(&object);
    let namespace = if kind.namespaced && given.ns().is_empty() {
        "default"
    } else {
        given.ns()
    };
    let key = kind.key(namespace, &given.name);
    if key.namespace.is_some() {
        object["metadata"]["namespace"] = namespace.into();
    }
    let write = Write {
        force: true,
        ..Write::by("platform")
    };
    let status = object["status"].clone();
    let there = world.objects.at(&key).is_some();
    let result = if there {
        write::apply(world, &write, kind, &key, object)
    } else {
        write::create(world, &write, kind, key.ns(), object)
    };
    result.map_err(|status| (status, key.clone()))?;
    if status.is_object() && kind.has_status() {
        let body = json!({"metadata": {"name": key.name}, "status": status});
        let write = write.subresource("status");
        write::apply(world, &write, kind, &key, body).map_err(|status| (status, key.clone()))?;
    }
    Ok(())
}
