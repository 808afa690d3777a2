//! What a pod needs of others (config maps, secrets, claims, classes, whom it talks to), and what they
//! may know of it.

use super::files::Item;
use super::projected::Projection;
use super::{ContainerPort, EnvValue, Files, PodSettings, VolumeSource};
use crate::object::Ref;
use crate::resource::link::Relations;
use crate::resource::{Convention, Link, Meta, PodFacts, Relation, RelationKind};

/// What others may know of a workload's pods. How many there are, and the service that names them,
/// only some workloads say.
pub(crate) fn facts(meta: &Meta, pod: &PodSettings) -> PodFacts {
    let selector = super::selector_of(meta, pod);
    let mut labels = meta.own_standard_labels();
    labels.extend(meta.labels.clone());
    labels.extend(pod.labels.clone());
    labels.extend(selector.clone());
    let containers = std::iter::once(&pod.container)
        .chain(pod.containers.iter().map(|other| &other.settings))
        .chain(
            pod.init
                .iter()
                .filter(|(_, sidecar)| *sidecar)
                .map(|(init, _)| &init.settings),
        );
    PodFacts {
        selector,
        labels,
        ports: containers
            .flat_map(|container| &container.ports)
            .map(ContainerPort::fact)
            .collect(),
        account: super::account::of(meta, pod),
        own_account: pod.service_account.is_none(),
        replicas: None,
        restarts: meta.has(Convention::RestartOnChange),
        service_name: None,
    }
}

/// Whom a workload needs, and for what.
pub(crate) fn relations(meta: &Meta, pod: &PodSettings, workload: Ref) -> Vec<Relation> {
    let mut relations = meta.relations(workload);
    relate(meta, pod, &mut relations);
    relations.done()
}

fn relate(meta: &Meta, pod: &PodSettings, relations: &mut Relations) {
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
                    let class = template.storage_class.as_ref();
                    if let Some(class) = class.filter(|class| !class.name().is_empty()) {
                        relations.uses(class.link(), at);
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
        relations.uses(class.link(), at("priorityClassName"));
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
    for Item { key, .. } in &files.items {
        relations.uses_key(&files.source, Some(key.to_string()), files.optional, at);
    }
}
