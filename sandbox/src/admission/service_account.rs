//! ServiceAccount: every pod has one that exists, and the token of it unless that is turned off.

use super::Attempt;
use crate::error::Status;
use crate::world::World;
use serde_json::{Value, json};

/// Where containers find the token.
const MOUNT: &str = "/var/run/secrets/kubernetes.io/serviceaccount";

/// Fills in a new pod's service account, its pull secrets, and the volume with the token.
pub(super) fn fill(
    world: &mut World,
    attempt: &Attempt<'_>,
    pod: &mut Value,
) -> Result<(), Status> {
    let namespace = pod["metadata"]["namespace"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    let spec = &mut pod["spec"];
    let given = ["serviceAccountName", "serviceAccount"]
        .into_iter()
        .find_map(|field| spec[field].as_str().filter(|name| !name.is_empty()));
    let name = given.unwrap_or("default").to_owned();
    spec["serviceAccountName"] = name.clone().into();
    spec["serviceAccount"] = name.clone().into();
    let Some(account) = world
        .objects
        .get("", "ServiceAccount", &namespace, &name)
        .cloned()
    else {
        let why = format!(
            "error looking up service account {namespace}/{name}: serviceaccount \"{name}\" not found"
        );
        return Err(attempt.forbid(pod, &why));
    };
    let spec = &mut pod["spec"];
    let secrets = &account["imagePullSecrets"];
    if secrets.is_array()
        && spec["imagePullSecrets"]
            .as_array()
            .is_none_or(Vec::is_empty)
    {
        spec["imagePullSecrets"] = secrets.clone();
    }
    let automount = spec["automountServiceAccountToken"]
        .as_bool()
        .or_else(|| account["automountServiceAccountToken"].as_bool())
        .unwrap_or(true);
    if automount {
        mount(world, spec);
    }
    Ok(())
}

/// Mounts the token in every container that has nothing at its place.
fn mount(world: &mut World, spec: &mut Value) {
    let existing = spec["volumes"]
        .as_array()
        .into_iter()
        .flatten()
        .find_map(|volume| {
            volume["name"]
                .as_str()
                .filter(|name| name.starts_with("kube-api-access-"))
        });
    let (name, new) = match existing {
        Some(name) => (name.to_owned(), false),
        None => (format!("kube-api-access-{}", world.counters.suffix()), true),
    };
    let mut mounted = false;
    for list in ["initContainers", "containers"] {
        for container in spec[list].as_array_mut().into_iter().flatten() {
            let mount = json!({"name": name, "readOnly": true, "mountPath": MOUNT});
            match container["volumeMounts"].as_array_mut() {
                Some(mounts) if mounts.iter().any(|mount| mount["mountPath"] == MOUNT) => continue,
                Some(mounts) => mounts.push(mount),
                None => container["volumeMounts"] = json!([mount]),
            }
            mounted = true;
        }
    }
    if !new || !mounted {
        return;
    }
    let volume = json!({"name": name, "projected": {"defaultMode": 420, "sources": [
        {"serviceAccountToken": {"expirationSeconds": 3607, "path": "token"}},
        {"configMap": {
            "name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}],
        }},
        {"downwardAPI": {"items": [{
            "path": "namespace",
            "fieldRef": {"apiVersion": "v1", "fieldPath": "metadata.namespace"},
        }]}},
    ]}});
    match spec["volumes"].as_array_mut() {
        Some(volumes) => volumes.push(volume),
        None => spec["volumes"] = json!([volume]),
    }
}
