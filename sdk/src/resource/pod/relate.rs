//! What a pod needs: config maps, secrets, claims, classes, and whom it talks to.

use super::projected::Projection;
use super::{EnvValue, Files, PodSettings, VolumeSource};
use crate::object::Ref;
use crate::resource::link::Relations;
use crate::resource::{Link, Meta, RelationKind};

/// Adds what a pod needs to the relations of its workload.
pub(crate) fn relate(meta: &Meta, pod: &PodSettings, relations: &mut Relations) {
    let at = |field: &str| meta.origin.of_field(field);
    let neighbour = |group: &str, kind: &str, name: &str| {
        Link::to(Ref {
            group: group.to_owned(),
            kind: kind.to_owned(),
            name: name.to_owned(),
            namespace: None,
        })
    };
    for container in pod.all_containers() {
        for source in &container.env_from {
            let at = at("containers.envFrom");
            relations.uses_key(&source.source, None, source.optional, at);
        }
        for (_, value) in &container.env {
            if let EnvValue::Key(key) = value {
                let name = Some(key.key.to_string());
                let at = at("containers.env");
                relations.uses_key(&key.source, name, key.optional, at);
            }
        }
        for (_, volume) in container.all_volumes() {
            let at = at("containers.volumeMounts");
            match &volume.source {
                VolumeSource::Claim(claim) => relations.uses(claim, at),
                VolumeSource::Template(template) => {
                    if let Some(class) = &template.storage_class {
                        let class = neighbour("storage.k8s.io", "StorageClass", class.as_str());
                        relations.uses(&class, at);
                    }
                }
                VolumeSource::Files(files) => use_files(files, relations, at),
                VolumeSource::Projected(projected) => {
                    for source in &projected.sources {
                        if let Projection::Files(files) = source {
                            use_files(files, relations, at);
                        }
                    }
                }
                VolumeSource::Csi(csi) => {
                    if let Some(secret) = &csi.secret {
                        relations.uses(secret, at);
                    }
                }
                _ => {}
            }
        }
    }
    if let Some(account) = &pod.service_account {
        relations.uses(account, at("serviceAccountName"));
    }
    for secret in &pod.image_pull_secrets {
        relations.uses(secret, at("imagePullSecrets"));
    }
    if let Some(class) = &pod.priority_class {
        let class = neighbour("scheduling.k8s.io", "PriorityClass", class.as_str());
        relations.uses(&class, at("priorityClassName"));
    }
    if let Some(class) = &pod.runtime_class {
        let class = neighbour("node.k8s.io", "RuntimeClass", class.as_str());
        relations.uses(&class, at("runtimeClassName"));
    }
    for target in &pod.connects {
        relations.add(target.clone(), RelationKind::Connects, at("connects_to"));
    }
}

fn use_files(files: &Files, relations: &mut Relations, at: Option<&crate::object::Location>) {
    if files.items.is_empty() {
        relations.uses_key(&files.source, None, files.optional, at);
    }
    for (key, _) in &files.items {
        relations.uses_key(&files.source, Some(key.to_string()), files.optional, at);
    }
}
