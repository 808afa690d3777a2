//! The setters of a pod, for every workload.

use super::affinity::Neighbour;
use super::{Container, DnsPolicy, HasContainer, PodSettings, Toleration, TopologySpread};
use crate::resource::{Described, Link, Meta, PriorityClassLink, Target};
use crate::types::{DnsLabel, LabelKey, LabelValue, Name, Seconds, label_map};
use std::collections::BTreeMap;

/// What runs pods: deployments, stateful sets, daemon sets, jobs, cron jobs.
pub trait Workload: HasContainer + Described {
    /// The pod.
    fn pod(&self) -> &PodSettings;

    /// The pod that the setters change.
    #[doc(hidden)]
    fn pod_mut(&mut self) -> &mut PodSettings;

    /// What every builder has.
    #[doc(hidden)]
    fn meta(&self) -> &Meta;

    /// The name of the main container (`containers[0].name`). Default: the workload's.
    #[must_use]
    fn container_name(mut self, name: DnsLabel) -> Self {
        self.container_mut().name = Some(name);
        self
    }

    /// Adds an init container (`initContainers[]`): it must succeed before the others start.
    #[must_use]
    fn init(mut self, container: Container) -> Self {
        self.pod_mut().init.push((container, false));
        self
    }

    /// Adds a sidecar (`initContainers[]` with `restartPolicy: Always`): it starts before the init
    /// containers that come after it, and stops after the main container.
    #[must_use]
    fn sidecar(mut self, container: Container) -> Self {
        self.pod_mut().init.push((container, true));
        self
    }

    /// Adds a container beside the main one (`containers[]`).
    #[must_use]
    fn container(mut self, container: Container) -> Self {
        self.pod_mut().containers.push(container);
        self
    }

    /// It talks to another workload or service, to the internet or to the API server: it starts when
    /// that is ready, and where traffic is denied by default this much is allowed, on both sides.
    #[must_use]
    fn connects_to(mut self, target: impl Into<Target>) -> Self {
        self.pod_mut().connects.push(target.into());
        self
    }

    /// The labels that select its pods (`spec.selector.matchLabels`), which cannot change later.
    /// Default: `app`, where its labels have one, else `app.kubernetes.io/name: NAME`.
    #[must_use]
    fn selector(mut self, labels: impl IntoIterator<Item = (LabelKey, LabelValue)>) -> Self {
        self.pod_mut().selector = label_map(labels);
        self
    }

    /// A label of the pods alone (`template.metadata.labels`).
    #[must_use]
    fn pod_label(mut self, key: LabelKey, value: LabelValue) -> Self {
        self.pod_mut().labels.insert(key.into(), value.into());
        self
    }

    /// An annotation of the pods (`template.metadata.annotations`).
    #[must_use]
    fn pod_annotation(mut self, key: LabelKey, value: impl Into<String>) -> Self {
        let annotations = &mut self.pod_mut().annotations;
        annotations.insert(key.into(), value.into());
        self
    }

    /// The service account (`serviceAccountName`), whose token the pod then gets. Default: one of
    /// its own, named after the workload, without a token.
    #[must_use]
    fn service_account(mut self, account: impl Into<Link>) -> Self {
        self.pod_mut().service_account = Some(account.into());
        self
    }

    /// Whether the pod gets its service account's token (`automountServiceAccountToken`). Default:
    /// only where a service account is named.
    #[must_use]
    fn automount_service_account_token(mut self, yes: bool) -> Self {
        self.pod_mut().mount_token = Some(yes);
        self
    }

    /// A secret with which images are fetched (`imagePullSecrets[]`).
    #[must_use]
    fn image_pull_secret(mut self, secret: impl Into<Link>) -> Self {
        self.pod_mut().image_pull_secrets.push(secret.into());
        self
    }

    /// The group that owns the volumes (`securityContext.fsGroup`). Default: the group, else the
    /// user, that the pod runs as, where it mounts persistent volumes.
    #[must_use]
    fn fs_group(mut self, id: u32) -> Self {
        self.pod_mut().fs_group = Some(id.into());
        self
    }

    /// A further group of every process (`securityContext.supplementalGroups[]`).
    #[must_use]
    fn supplemental_group(mut self, id: u32) -> Self {
        self.pod_mut().supplemental_groups.push(id.into());
        self
    }

    /// A kernel parameter (`securityContext.sysctls[]`).
    #[must_use]
    fn sysctl(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        let sysctls = &mut self.pod_mut().sysctls;
        sysctls.push((name.into(), value.into()));
        self
    }

    /// Only nodes with this label (`nodeSelector`).
    #[must_use]
    fn node_selector(mut self, key: LabelKey, value: LabelValue) -> Self {
        let selector = &mut self.pod_mut().node_selector;
        selector.insert(key.into(), value.into());
        self
    }

    /// A taint of nodes that it accepts (`tolerations[]`).
    #[must_use]
    fn toleration(mut self, toleration: Toleration) -> Self {
        self.pod_mut().tolerations.push(toleration);
        self
    }

    /// How its pods are spread (`topologySpreadConstraints[]`). Default, for more than one replica:
    /// over nodes and zones where possible.
    #[must_use]
    fn topology_spread(mut self, spread: TopologySpread) -> Self {
        self.pod_mut().spread.push(spread);
        self
    }

    /// Only nodes whose label has one of these values, or has the label at all where none is given
    /// (`affinity.nodeAffinity`, required).
    #[must_use]
    fn require_nodes<S: Into<String>>(
        mut self,
        key: LabelKey,
        values: impl IntoIterator<Item = S>,
    ) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        let affinity = &mut self.pod_mut().affinity;
        affinity.require_nodes.push((key.into(), values));
        self
    }

    /// Rather nodes whose label has one of these values (`affinity.nodeAffinity`, preferred), with a
    /// weight from 1 to 100 against other wishes.
    #[must_use]
    fn prefer_nodes<S: Into<String>>(
        mut self,
        weight: u8,
        key: LabelKey,
        values: impl IntoIterator<Item = S>,
    ) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        let affinity = &mut self.pod_mut().affinity;
        let weight = weight.clamp(1, 100);
        affinity.prefer_nodes.push((weight, key.into(), values));
        self
    }

    /// Only where pods of a workload run, by node or zone (`affinity.podAffinity`, required).
    #[must_use]
    fn require_near(self, workload: impl Into<Link>, topology_key: LabelKey) -> Self {
        neighbour(self, workload.into(), false, None, topology_key)
    }

    /// Rather where pods of a workload run (`affinity.podAffinity`, preferred, weight 100).
    #[must_use]
    fn prefer_near(self, workload: impl Into<Link>, topology_key: LabelKey) -> Self {
        neighbour(self, workload.into(), false, Some(100), topology_key)
    }

    /// Never where pods of a workload run (`affinity.podAntiAffinity`, required).
    #[must_use]
    fn require_apart(self, workload: impl Into<Link>, topology_key: LabelKey) -> Self {
        neighbour(self, workload.into(), true, None, topology_key)
    }

    /// Rather not where pods of a workload run (`affinity.podAntiAffinity`, preferred, weight 100).
    #[must_use]
    fn prefer_apart(self, workload: impl Into<Link>, topology_key: LabelKey) -> Self {
        neighbour(self, workload.into(), true, Some(100), topology_key)
    }

    /// The priority class (`priorityClassName`), by value or by name: who goes first when there is
    /// not enough room.
    #[must_use]
    fn priority_class(mut self, class: PriorityClassLink) -> Self {
        self.pod_mut().priority_class = Some(class);
        self
    }

    /// The runtime class (`runtimeClassName`), such as that of a sandboxed runtime.
    #[must_use]
    fn runtime_class(mut self, name: Name) -> Self {
        self.pod_mut().runtime_class = Some(name);
        self
    }

    /// The scheduler that places its pods (`schedulerName`). Default: `default-scheduler`.
    #[must_use]
    fn scheduler(mut self, name: impl Into<String>) -> Self {
        self.pod_mut().scheduler = Some(name.into());
        self
    }

    /// How long its containers have to stop (`terminationGracePeriodSeconds`). Default: 30s.
    #[must_use]
    fn termination_grace_period(mut self, period: Seconds) -> Self {
        self.pod_mut().termination_grace_period = Some(period);
        self
    }

    /// How names are resolved (`dnsPolicy`). Default: `ClusterFirst`.
    #[must_use]
    fn dns_policy(mut self, policy: DnsPolicy) -> Self {
        self.pod_mut().dns_policy = Some(policy);
        self
    }

    /// A DNS server by its address (`dnsConfig.nameservers[]`).
    #[must_use]
    fn dns_nameserver(mut self, address: std::net::IpAddr) -> Self {
        let nameservers = &mut self.pod_mut().dns_nameservers;
        nameservers.push(address.to_string());
        self
    }

    /// A domain in which short names are looked for (`dnsConfig.searches[]`).
    #[must_use]
    fn dns_search(mut self, domain: impl Into<String>) -> Self {
        self.pod_mut().dns_searches.push(domain.into());
        self
    }

    /// An option of the resolver (`dnsConfig.options[]`), such as `ndots` with `2`.
    #[must_use]
    fn dns_option(mut self, name: impl Into<String>, value: Option<String>) -> Self {
        self.pod_mut().dns_options.push((name.into(), value));
        self
    }

    /// Names of an address in `/etc/hosts` (`hostAliases[]`).
    #[must_use]
    fn host_alias<S: Into<String>>(
        mut self,
        address: std::net::IpAddr,
        names: impl IntoIterator<Item = S>,
    ) -> Self {
        let names = names.into_iter().map(Into::into).collect();
        let aliases = &mut self.pod_mut().host_aliases;
        aliases.push((address.to_string(), names));
        self
    }

    /// Whether it is on the node's own network (`hostNetwork`): its ports are the node's. Names of the
    /// cluster are found all the same (`dnsPolicy`). Default: no.
    #[must_use]
    fn host_network(mut self, yes: bool) -> Self {
        self.pod_mut().host_network = Some(yes);
        self
    }

    /// Whether it sees the node's processes (`hostPID`). Default: no.
    #[must_use]
    fn host_pid(mut self, yes: bool) -> Self {
        self.pod_mut().host_pid = Some(yes);
        self
    }

    /// Whether it shares memory with the node's processes (`hostIPC`). Default: no.
    #[must_use]
    fn host_ipc(mut self, yes: bool) -> Self {
        self.pod_mut().host_ipc = Some(yes);
        self
    }

    /// Whether its users are the node's (`hostUsers`): where they are not, root inside is nobody
    /// outside. Default: they are.
    #[must_use]
    fn host_users(mut self, yes: bool) -> Self {
        self.pod_mut().host_users = Some(yes);
        self
    }

    /// Whether its containers see each other's processes (`shareProcessNamespace`). Default: no.
    #[must_use]
    fn share_process_namespace(mut self, yes: bool) -> Self {
        self.pod_mut().share_process_namespace = Some(yes);
        self
    }

    /// The host name inside (`hostname`). Default: the pod's name.
    #[must_use]
    fn hostname(mut self, name: DnsLabel) -> Self {
        self.pod_mut().hostname = Some(name);
        self
    }

    /// The subdomain of its full host name (`subdomain`): the name of a headless service.
    #[must_use]
    fn subdomain(mut self, name: DnsLabel) -> Self {
        self.pod_mut().subdomain = Some(name);
        self
    }

    /// Whether it gets variables for every service of its namespace (`enableServiceLinks`).
    /// Default: Kubernetes' own, yes.
    #[must_use]
    fn enable_service_links(mut self, yes: bool) -> Self {
        self.pod_mut().service_links = Some(yes);
        self
    }
}

fn neighbour<W: Workload>(
    mut workload: W,
    other: Link,
    apart: bool,
    weight: Option<u8>,
    topology_key: LabelKey,
) -> W {
    workload.pod_mut().affinity.neighbours.push(Neighbour {
        workload: other,
        apart,
        weight,
        topology_key: topology_key.into(),
    });
    workload
}

/// The labels that select a workload's pods.
pub(crate) fn selector_of(meta: &Meta, pod: &PodSettings) -> BTreeMap<String, String> {
    if !pod.selector.is_empty() {
        return pod.selector.clone();
    }
    let mut labels = meta.own_standard_labels();
    labels.extend(meta.labels.clone());
    let key = if meta.labels.contains_key("app") || !labels.contains_key(NAME_LABEL) {
        "app"
    } else {
        NAME_LABEL
    };
    let name = || crate::types::label_value_of(meta.name.as_str());
    let value = labels.remove(key).unwrap_or_else(name);
    BTreeMap::from([(key.to_owned(), value)])
}

const NAME_LABEL: &str = "app.kubernetes.io/name";

/// The traits of a workload for a builder with a `meta` and a `pod`: of one whose pods keep running
/// (it has a `running`), of one that runs a number of them (it has `replicas` too), or of another.
macro_rules! workload {
    ($name:ident: replicated) => {
        workload!($name: keeps_running);

        impl $crate::resource::Replicated for $name {
            fn replicas_mut(&mut self) -> &mut Option<u16> {
                &mut self.replicas
            }
        }
    };
    ($name:ident: keeps_running) => {
        workload!($name);

        impl $crate::resource::KeepsRunning for $name {
            fn running_mut(&mut self) -> &mut $crate::resource::RunningSettings {
                &mut self.running
            }
        }
    };
    ($name:ident) => {
        impl $crate::resource::pod::HasContainer for $name {
            fn container_mut(&mut self) -> &mut $crate::resource::pod::ContainerSettings {
                &mut self.pod.container
            }

            fn security_mut(&mut self) -> &mut $crate::resource::pod::SecuritySettings {
                &mut self.pod.security
            }
        }

        impl $crate::resource::pod::Workload for $name {
            fn pod(&self) -> &$crate::resource::pod::PodSettings {
                &self.pod
            }

            fn pod_mut(&mut self) -> &mut $crate::resource::pod::PodSettings {
                &mut self.pod
            }

            fn meta(&self) -> &$crate::resource::Meta {
                &self.meta
            }
        }

        described!($name);
    };
}
