//! From settings to a pod template: where the defaults of a pod are applied.

use super::affinity::default_spread;
use super::mounts::{Mounts, is_persistent};
use super::{
    Container, ContainerSettings, PodSettings, ResizePolicy, SeccompProfile, SecuritySettings,
};
use crate::environment::Graph;
use crate::object::Ref;
use crate::resource::meta::some;
use crate::resource::{Convention, Meta, Target, Variables};
use crate::types::{DnsLabel, Quantity};
use k8s_openapi::api::core::v1 as core;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use std::{borrow::Cow, collections::BTreeMap};

/// A workload as its pod template is lowered.
pub(crate) struct Template<'a> {
    pub(crate) meta: &'a Meta,
    pub(crate) pod: &'a PodSettings,
    pub(crate) graph: &'a Graph,
    /// The workload itself.
    pub(crate) workload: &'a Ref,
    /// The labels that select the pods.
    pub(crate) selector: &'a BTreeMap<String, String>,
    /// Whether there is more than one replica to spread.
    pub(crate) spread: bool,
    /// Whether pods are labelled by revision (`pod-template-hash`).
    pub(crate) by_revision: bool,
    /// `restartPolicy` where the pod names none.
    pub(crate) restart_policy: Option<&'static str>,
}

impl Template<'_> {
    /// The template, and the claims that a stateful set makes for each pod.
    pub(crate) fn lower(&self) -> (core::PodTemplateSpec, Vec<core::PersistentVolumeClaim>) {
        let mut mounts = Mounts::of(self.pod);
        let main = self.main(&mut mounts);
        let others = self.pod.containers.iter();
        let others = others.map(|other| self.other(other, &mut mounts));
        let containers = std::iter::once(main).chain(others).collect();
        let init: Vec<_> = self
            .pod
            .init
            .iter()
            .map(|(init, sidecar)| core::Container {
                restart_policy: sidecar.then(|| "Always".to_owned()),
                ..self.other(init, &mut mounts)
            })
            .collect();
        let (volumes, templates) = mounts.done();
        let spec = core::PodSpec {
            containers,
            init_containers: some(init),
            volumes: some(volumes),
            ..self.around()
        };
        let template = core::PodTemplateSpec {
            metadata: Some(self.metadata()),
            spec: Some(spec),
        };
        (template, templates)
    }

    fn metadata(&self) -> ObjectMeta {
        let mut labels = self.meta.standard_labels(self.graph);
        labels.extend(self.meta.labels.clone());
        labels.extend(self.pod.labels.clone());
        labels.extend(self.selector.clone());
        ObjectMeta {
            labels: some(labels),
            annotations: some(self.pod.annotations.clone()),
            ..ObjectMeta::default()
        }
    }

    /// All of the pod but its containers and volumes.
    fn around(&self) -> core::PodSpec {
        let pod = self.pod;
        let text = |name: &DnsLabel| name.to_string();
        core::PodSpec {
            affinity: pod.affinity.lower(self.graph),
            automount_service_account_token: self.mount_token(),
            dns_config: self.dns(),
            dns_policy: self.dns_policy().map(|policy| policy.to_string()),
            enable_service_links: pod.service_links,
            host_aliases: some(self.host_aliases()),
            host_ipc: pod.host_ipc,
            host_network: pod.host_network,
            host_pid: pod.host_pid,
            host_users: pod.host_users,
            hostname: pod.hostname.as_ref().map(text),
            image_pull_secrets: some(self.pull_secrets()),
            node_selector: some(pod.node_selector.clone()),
            priority_class_name: pod
                .priority_class
                .as_ref()
                .map(|class| class.name().to_owned()),
            restart_policy: pod
                .restart_policy
                .map(super::RestartPolicy::as_str)
                .or(self.restart_policy)
                .map(str::to_owned),
            runtime_class_name: pod.runtime_class.as_ref().map(ToString::to_string),
            scheduler_name: pod.scheduler.clone(),
            security_context: some(self.security()),
            service_account_name: super::account::name(self.meta, pod, self.graph),
            share_process_namespace: pod.share_process_namespace,
            subdomain: pod.subdomain.as_ref().map(text),
            termination_grace_period_seconds: pod
                .termination_grace_period
                .map(|period| period.get().into()),
            tolerations: some(
                pod.tolerations
                    .iter()
                    .map(super::Toleration::lower)
                    .collect(),
            ),
            topology_spread_constraints: some(self.spread()),
            ..core::PodSpec::default()
        }
    }

    fn has(&self, convention: Convention) -> bool {
        self.meta.has(convention)
    }

    fn mount_token(&self) -> Option<bool> {
        let pod = self.pod;
        if pod.mount_token.is_some() {
            return pod.mount_token;
        }
        if super::account::has_rights(self.meta, pod, self.graph, self.workload) {
            return Some(true);
        }
        let default = pod.service_account.is_none() && self.has(Convention::NoToken);
        default.then_some(false)
    }

    fn spread(&self) -> Vec<core::TopologySpreadConstraint> {
        let default = if self.spread && self.pod.spread.is_empty() && self.has(Convention::Spread) {
            default_spread()
        } else {
            Vec::new()
        };
        self.pod
            .spread
            .iter()
            .chain(&default)
            .map(|spread| spread.lower(self.selector, self.by_revision))
            .collect()
    }

    fn dns_policy(&self) -> Option<super::DnsPolicy> {
        let pod = self.pod;
        let of_host = pod.host_network == Some(true) && self.has(Convention::HostNetworkDns);
        let default = of_host.then_some(super::DnsPolicy::ClusterFirstWithHostNet);
        pod.dns_policy.or(default)
    }

    fn dns(&self) -> Option<core::PodDNSConfig> {
        let pod = self.pod;
        let options: Vec<_> = pod
            .dns_options
            .iter()
            .map(|(name, value)| core::PodDNSConfigOption {
                name: Some(name.clone()),
                value: value.clone(),
            })
            .collect();
        some(core::PodDNSConfig {
            nameservers: some(pod.dns_nameservers.clone()),
            options: some(options),
            searches: some(pod.dns_searches.clone()),
        })
    }

    fn host_aliases(&self) -> Vec<core::HostAlias> {
        let aliases = self.pod.host_aliases.iter();
        aliases
            .map(|(ip, names)| core::HostAlias {
                hostnames: Some(names.clone()),
                ip: ip.clone(),
            })
            .collect()
    }

    fn pull_secrets(&self) -> Vec<core::LocalObjectReference> {
        let secrets = self.pod.image_pull_secrets.iter();
        secrets
            .map(|secret| core::LocalObjectReference {
                name: secret.name().to_owned(),
            })
            .collect()
    }

    fn security(&self) -> core::PodSecurityContext {
        let (pod, security) = (self.pod, &self.pod.security);
        let seccomp = security.seccomp.clone().or_else(|| {
            self.has(Convention::Seccomp)
                .then_some(SeccompProfile::RuntimeDefault)
        });
        let fs_group = self.fs_group();
        // Without it, every start changes the owner of every file.
        let by_default = fs_group.is_some() && pod.fs_group.is_none();
        let sysctls: Vec<_> = pod
            .sysctls
            .iter()
            .map(|(name, value)| core::Sysctl {
                name: name.clone(),
                value: value.clone(),
            })
            .collect();
        core::PodSecurityContext {
            app_armor_profile: security.app_armor.clone(),
            fs_group,
            fs_group_change_policy: by_default.then(|| "OnRootMismatch".to_owned()),
            run_as_group: security.run_as_group,
            run_as_non_root: self.non_root(),
            run_as_user: security.run_as_user,
            se_linux_options: security.se_linux.clone(),
            seccomp_profile: seccomp.as_ref().map(SeccompProfile::lower),
            supplemental_groups: some(pod.supplemental_groups.clone()),
            sysctls: some(sysctls),
            ..core::PodSecurityContext::default()
        }
    }

    /// Whether the pod says that nobody in it is root. Who is privileged is as good as root, and
    /// mostly is.
    fn non_root(&self) -> Option<bool> {
        let security = &self.pod.security;
        let root = security.is_root()
            || (self.pod.container.privileges.is_privileged() && security.run_as_user.is_none());
        let default = !root && self.has(Convention::NonRoot);
        security.run_as_non_root.or(default.then_some(true))
    }

    fn fs_group(&self) -> Option<i64> {
        let security = &self.pod.security;
        let persistent = || {
            self.pod
                .all_containers()
                .flat_map(ContainerSettings::all_volumes)
                .any(|(_, volume)| is_persistent(volume))
        };
        self.pod.fs_group.or_else(|| {
            let user = security.run_as_user.filter(|user| *user != 0)?;
            let wanted = self.has(Convention::FsGroup) && persistent();
            wanted.then(|| security.run_as_group.unwrap_or(user))
        })
    }

    fn main(&self, mounts: &mut Mounts) -> core::Container {
        let settings = self.main_settings();
        let name = match &settings.name {
            Some(name) => name.to_string(),
            None => label_of(self.meta.name.as_str()),
        };
        self.container(&name, &settings, &SecuritySettings::default(), mounts)
    }

    /// The main container's settings, with the variables that those give whom it connects to: before
    /// its own, which win.
    fn main_settings(&self) -> Cow<'_, ContainerSettings> {
        let mut settings = Cow::Borrowed(&self.pod.container);
        let connects = self.pod.connects.iter().filter_map(Target::reference);
        let given = connects
            .filter_map(|to| Some(&self.graph.facts(to)?.variables))
            .filter(|variables| **variables != Variables::default());
        let (mut from, mut env) = (Vec::new(), Vec::new());
        for variables in given {
            from.extend(variables.from.iter().cloned());
            env.extend(variables.env.iter().cloned());
        }
        if !(from.is_empty() && env.is_empty()) {
            let own = settings.to_mut();
            from.append(&mut own.env_from);
            own.env_from = from;
            env.retain(|(name, _)| own.env.iter().all(|(known, _)| known != name));
            env.append(&mut own.env);
            own.env = env;
        }
        settings
    }

    fn other(&self, other: &Container, mounts: &mut Mounts) -> core::Container {
        let mut security = other.security.clone();
        let root = security.is_root()
            || (other.settings.privileges.is_privileged() && security.run_as_user.is_none());
        // The pod says that nobody is root; a container that is must say so itself.
        if root && security.run_as_non_root.is_none() && self.non_root() == Some(true) {
            security.run_as_non_root = Some(false);
        }
        self.container(other.name(), &other.settings, &security, mounts)
    }

    fn container(
        &self,
        name: &str,
        settings: &ContainerSettings,
        security: &SecuritySettings,
        mounts: &mut Mounts,
    ) -> core::Container {
        let env = settings.env.iter();
        let hooks = core::Lifecycle {
            post_start: settings.post_start.as_ref().map(super::Hook::lower),
            pre_stop: settings.pre_stop.as_ref().map(super::Hook::lower),
            stop_signal: None,
        };
        let probe = |probe: &Option<super::Probe>| probe.as_ref().map(super::Probe::lower);
        core::Container {
            name: name.to_owned(),
            image: settings.image.as_ref().map(ToString::to_string),
            image_pull_policy: settings.image_pull_policy.map(|policy| policy.to_string()),
            command: settings.command.clone(),
            args: settings.args.clone(),
            working_dir: settings.working_dir.clone(),
            env: some(
                env.map(|(name, value)| value.lower(name.as_str()))
                    .collect(),
            ),
            env_from: some(
                settings
                    .env_from
                    .iter()
                    .map(super::EnvFrom::lower)
                    .collect(),
            ),
            ports: some(
                settings
                    .ports
                    .iter()
                    .map(super::ContainerPort::lower)
                    .collect(),
            ),
            resources: some(self.resources(settings)),
            liveness_probe: probe(&settings.liveness_probe),
            readiness_probe: probe(&settings.readiness_probe),
            startup_probe: probe(&settings.startup_probe),
            lifecycle: some(hooks),
            resize_policy: some(settings.resize_policy.iter().map(resize).collect()),
            volume_mounts: some(mounts.mount(&settings.volumes)),
            volume_devices: some(mounts.devices(&settings.devices)),
            security_context: some(self.privileges(settings, security)),
            termination_message_policy: settings.termination_message_policy.clone(),
            stdin: settings.stdin,
            tty: settings.tty,
            ..core::Container::default()
        }
    }

    fn resources(&self, settings: &ContainerSettings) -> core::ResourceRequirements {
        let mut requests = settings.requests.clone();
        if self.has(Convention::Requests) {
            for (resource, quantity) in default_requests() {
                // A limit without a request is a request too: the API server copies it.
                if !settings.limits.contains_key(resource) {
                    requests.entry(resource.to_owned()).or_insert(quantity);
                }
            }
        }
        let wire = |map: &BTreeMap<String, Quantity>| {
            let pairs = map.iter();
            some(pairs.map(|(key, q)| (key.clone(), q.wire())).collect())
        };
        core::ResourceRequirements {
            claims: None,
            limits: wire(&settings.limits),
            requests: wire(&requests),
        }
    }

    fn privileges(
        &self,
        settings: &ContainerSettings,
        security: &SecuritySettings,
    ) -> core::SecurityContext {
        let privileges = &settings.privileges;
        let privileged = privileges.is_privileged();
        let contained = !privileges.escalate() && self.has(Convention::NoPrivilegeEscalation);
        let mut drop = privileges.drop_capabilities.clone();
        if drop.is_empty() && !privileged && self.has(Convention::DroppedCapabilities) {
            drop.push("ALL".to_owned());
        }
        core::SecurityContext {
            allow_privilege_escalation: privileges
                .allow_privilege_escalation
                .or(contained.then_some(false)),
            app_armor_profile: security.app_armor.clone(),
            capabilities: some(core::Capabilities {
                add: some(privileges.add_capabilities.clone()),
                drop: some(drop),
            }),
            privileged: privileges.privileged,
            read_only_root_filesystem: privileges.read_only_root_filesystem,
            run_as_group: security.run_as_group,
            run_as_non_root: security.run_as_non_root,
            run_as_user: security.run_as_user,
            se_linux_options: security.se_linux.clone(),
            seccomp_profile: security.seccomp.as_ref().map(SeccompProfile::lower),
            ..core::SecurityContext::default()
        }
    }
}

fn resize((resource, policy): &(String, ResizePolicy)) -> core::ContainerResizePolicy {
    core::ContainerResizePolicy {
        resource_name: resource.clone(),
        restart_policy: policy.to_string(),
    }
}

fn default_requests() -> [(&'static str, Quantity); 2] {
    let quantity = |text: &str| text.parse().expect("a quantity of ours");
    [("cpu", quantity("100m")), ("memory", quantity("128Mi"))]
}

/// An object's name as the name of a container or volume.
pub(crate) fn label_of(name: &str) -> String {
    crate::types::label_value_of(&name.replace('.', "-"))
}
