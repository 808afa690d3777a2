//! What a platform brings: the objects that a cluster has before anybody applies anything.

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
                "topology.kubernetes.io/region": "region-1",
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
        let key = Key::of(&object);
        let needed_by_others = rank(&object) < 2;
        put(world, object).map_err(|message| LoadError {
            kind: key.kind,
            name: key.name,
            message,
        })?;
        if needed_by_others {
            world.settle();
        }
    }
    world.settle();
    Ok(())
}

/// Puts one object in its place, with its status.
fn put(world: &mut World, mut object: Value) -> Result<(), String> {
    let Some(kind) = world.kinds.of(&object) else {
        return Err(match object["apiVersion"].as_str() {
            Some(version) => format!("the sandbox knows no such kind in `{version}`"),
            None => "it has no `apiVersion`".to_owned(),
        });
    };
    let given = Key::of(&object);
    let namespace = given.namespace.as_deref().unwrap_or("default");
    let key = kind.key(namespace, &given.name);
    if key.namespace.is_some() {
        object["metadata"]["namespace"] = namespace.into();
    }
    let write = Write {
        force: true,
        ..Write::by("platform")
    };
    let status = object["status"].clone();
    let result = if world.objects.at(&key).is_some() {
        write::apply(world, &write, &kind, &key, object)
    } else {
        write::create(world, &write, &kind, key.ns(), object)
    };
    result.map_err(|status| status.message)?;
    if status.is_object() && kind.has_status() {
        let body = json!({
            "apiVersion": kind.api_version(), "kind": kind.kind,
            "metadata": {"name": key.name}, "status": status,
        });
        let write = write.subresource("status");
        let result = write::apply(world, &write, &kind, &key, body);
        result.map_err(|status| status.message)?;
    }
    Ok(())
}
