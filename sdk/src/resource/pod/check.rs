//! What is wrong with a pod, seen as a whole.

use super::lower::label_of;
use super::mounts::same_source;
use super::{ContainerSettings, EnvValue, PodSettings, VolumeSource};
use crate::environment::Problem;
use crate::resource::{Link, Meta};
use crate::types::PortRef;
use std::collections::BTreeMap;

/// What is wrong with a pod. `what` names its workload: "deployment `web`".
pub(crate) fn check(meta: &Meta, pod: &PodSettings, what: &str, stateful: bool) -> Vec<Problem> {
    let mut check = Check {
        meta,
        what,
        problems: Vec::new(),
    };
    let main = match &pod.container.name {
        Some(name) => name.to_string(),
        None => label_of(meta.name.as_str()),
    };
    let others = pod
        .containers
        .iter()
        .chain(pod.init.iter().map(|(init, _)| init));
    let mut containers = vec![(main, &pod.container)];
    containers.extend(others.map(|other| (other.name().to_owned(), &other.settings)));

    check.names(&containers);
    for (index, (name, container)) in containers.iter().enumerate() {
        if container.image.is_none() {
            let help = format!("set it with `.image(\"{name}:1.2.3\")`");
            let message = if index == 0 {
                format!("{what} has no image")
            } else {
                format!("container `{name}` of {what} has no image")
            };
            check.problem("containers.image", message, Some(help));
        }
        check.ports(name, container);
        check.resources(name, container);
        check.volumes(name, container, stateful);
    }
    for (init, sidecar) in &pod.init {
        if !sidecar && init.settings.probes().next().is_some() {
            let (name, help) = (init.name(), "make it a sidecar, or take the probe away");
            let message = format!("init container `{name}` of {what} cannot have probes");
            check.problem("initContainers", message, Some(help.to_owned()));
        }
    }
    check.volume_names(&containers);
    check.kinds(pod);
    check.problems
}

struct Check<'a> {
    meta: &'a Meta,
    what: &'a str,
    problems: Vec<Problem>,
}

impl Check<'_> {
    fn problem(&mut self, field: &str, message: String, help: Option<String>) {
        self.problems.push(Problem {
            message,
            at: self.meta.origin.of_field(field).cloned(),
            help,
        });
    }

    fn names(&mut self, containers: &[(String, &ContainerSettings)]) {
        for (index, (name, _)) in containers.iter().enumerate() {
            if containers[..index].iter().any(|(known, _)| known == name) {
                let message = format!("{} has two containers named `{name}`", self.what);
                self.problem(
                    "containers",
                    message,
                    Some("give one of them another name".to_owned()),
                );
            }
        }
    }

    fn ports(&mut self, name: &str, container: &ContainerSettings) {
        let what = self.what;
        for (index, port) in container.ports.iter().enumerate() {
            let clash = container.ports[..index].iter().any(|known| {
                (known.port, known.protocol) == (port.port, port.protocol)
                    || (known.name.is_some() && known.name == port.name)
            });
            if clash {
                let message = format!("container `{name}` of {what} has port {} twice", port.port);
                self.problem("containers.ports", message, None);
            }
        }
        let named: Vec<String> = container
            .ports
            .iter()
            .filter_map(|port| port.name.as_ref().map(ToString::to_string))
            .collect();
        for (probe_name, probe) in container.probes() {
            if let Some(PortRef::Name(port)) = probe.port()
                && !named.contains(&port.to_string())
            {
                let words: Vec<&str> = named.iter().map(String::as_str).collect();
                let help = if words.is_empty() {
                    format!("name one with `.port(\"{port}\", 8080)`, or give the number")
                } else {
                    format!("expected {}", crate::types::one_of(port.as_str(), &words))
                };
                let message = format!(
                    "the {probe_name} probe of container `{name}` of {what} asks port `{port}`, which the container does not have"
                );
                let field = format!("containers.{probe_name}Probe");
                self.problem(&field, message, Some(help));
            }
        }
    }

    fn resources(&mut self, name: &str, container: &ContainerSettings) {
        for (resource, request) in &container.requests {
            if let Some(limit) = container.limits.get(resource)
                && request > limit
            {
                let what = self.what;
                let message = format!(
                    "container `{name}` of {what} requests {request} {resource}, more than its limit of {limit}"
                );
                self.problem("containers.resources.requests", message, None);
            }
        }
    }

    fn volumes(&mut self, name: &str, container: &ContainerSettings, stateful: bool) {
        let what = self.what;
        for (index, (path, volume)) in container.volumes.iter().enumerate() {
            if container.volumes[..index]
                .iter()
                .any(|(known, _)| known == path)
            {
                let message =
                    format!("container `{name}` of {what} mounts two volumes at `{path}`");
                self.problem("containers.volumeMounts", message, None);
            }
            if let VolumeSource::Template(template) = &volume.source
                && !template.ephemeral
                && !stateful
            {
                let message = format!(
                    "{what} cannot have the claim `{}` for each pod: only a stateful set can",
                    template.name
                );
                let help = "make it a `volume_claim` of its own, or `.ephemeral()`, to live as long as the pod";
                self.problem("containers.volumeMounts", message, Some(help.to_owned()));
            }
        }
    }

    /// What is referred to must be what it is referred to as.
    fn kinds(&mut self, pod: &PodSettings) {
        let (what, origin) = (self.what, &self.meta.origin);
        let mut must = |link: &Link, kind: &str, field: &str, start: &str| {
            let at = origin.of_field(field);
            let start = format!("{start} of {what}");
            self.problems.extend(link.must_be(("", kind), &start, at));
        };
        if let Some(account) = &pod.service_account {
            must(
                account,
                "ServiceAccount",
                "serviceAccountName",
                "the service account",
            );
        }
        for secret in &pod.image_pull_secrets {
            must(secret, "Secret", "imagePullSecrets", "a pull secret");
        }
        let kind_of = |secret| if secret { "Secret" } else { "ConfigMap" };
        for container in pod.all_containers() {
            for (name, value) in &container.env {
                if let EnvValue::Key(key) = value {
                    let start = format!("the source of variable `{name}`");
                    must(&key.source, kind_of(key.secret), "containers.env", &start);
                }
            }
            for from in &container.env_from {
                let start = "a source of the variables";
                must(
                    &from.source,
                    kind_of(from.secret),
                    "containers.envFrom",
                    start,
                );
            }
            for (path, volume) in container.all_volumes() {
                let start = format!("the volume at `{path}`");
                let field = "containers.volumeMounts";
                match &volume.source {
                    VolumeSource::Files(files) => {
                        must(&files.source, kind_of(files.secret), field, &start);
                    }
                    VolumeSource::Claim(claim) => {
                        must(claim, "PersistentVolumeClaim", field, &start);
                    }
                    _ => {}
                }
            }
        }
    }

    /// Names that were given must mean one volume each.
    fn volume_names(&mut self, containers: &[(String, &ContainerSettings)]) {
        let mut known: BTreeMap<&str, &VolumeSource> = BTreeMap::new();
        let volumes = containers
            .iter()
            .flat_map(|(_, container)| container.all_volumes());
        for (_, volume) in volumes {
            let name = match (&volume.options.name, &volume.source) {
                (Some(name), _) => name.as_str(),
                (None, VolumeSource::Template(template)) => template.name.as_str(),
                _ => continue,
            };
            let first = *known.entry(name).or_insert(&volume.source);
            if !same_source(first, &volume.source) {
                let message = format!("{} has two different volumes named `{name}`", self.what);
                self.problem("containers.volumeMounts", message, None);
            }
        }
    }
}
