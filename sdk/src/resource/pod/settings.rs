//! One pod.

use super::affinity::AffinitySettings;
use super::{Container, ContainerSettings, SecuritySettings, Toleration, TopologySpread};
use crate::object::Ref;
use crate::resource::{Link, PriorityClassLink, Target};
use crate::types::{DnsLabel, Name, Port, Seconds};
use std::collections::BTreeMap;

/// What the pods of a workload have.
#[derive(Clone, Debug, Default)]
pub struct PodSettings {
    pub(crate) container: ContainerSettings,
    /// Init containers in order; `true` for those that keep running (sidecars).
    pub(crate) init: Vec<(Container, bool)>,
    pub(crate) containers: Vec<Container>,
    pub(crate) security: SecuritySettings,
    pub(crate) fs_group: Option<i64>,
    pub(crate) supplemental_groups: Vec<i64>,
    pub(crate) sysctls: Vec<(String, String)>,
    pub(crate) service_account: Option<Link>,
    /// The workload that it is like, whose account it has where it names none.
    pub(crate) like: Option<Ref>,
    pub(crate) mount_token: Option<bool>,
    pub(crate) image_pull_secrets: Vec<Link>,
    pub(crate) node_selector: BTreeMap<String, String>,
    pub(crate) tolerations: Vec<Toleration>,
    pub(crate) spread: Vec<TopologySpread>,
    pub(crate) affinity: AffinitySettings,
    pub(crate) priority_class: Option<PriorityClassLink>,
    pub(crate) runtime_class: Option<Name>,
    pub(crate) scheduler: Option<String>,
    pub(crate) termination_grace_period: Option<Seconds>,
    pub(crate) restart_policy: Option<RestartPolicy>,
    pub(crate) dns_policy: Option<DnsPolicy>,
    pub(crate) dns_nameservers: Vec<String>,
    pub(crate) dns_searches: Vec<String>,
    pub(crate) dns_options: Vec<(String, Option<String>)>,
    pub(crate) host_aliases: Vec<(String, Vec<String>)>,
    pub(crate) host_network: Option<bool>,
    pub(crate) host_pid: Option<bool>,
    pub(crate) host_ipc: Option<bool>,
    pub(crate) host_users: Option<bool>,
    pub(crate) share_process_namespace: Option<bool>,
    pub(crate) hostname: Option<DnsLabel>,
    pub(crate) subdomain: Option<DnsLabel>,
    pub(crate) service_links: Option<bool>,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) annotations: BTreeMap<String, String>,
    pub(crate) selector: BTreeMap<String, String>,
    pub(crate) connects: Vec<Target>,
}

impl PodSettings {
    /// A port that it takes of its node, so that no second pod can be there.
    pub(crate) fn host_port(&self) -> Option<Port> {
        let mut ports = self.all_containers().flat_map(|one| &one.ports);
        if self.host_network == Some(true) {
            return ports.next().map(|port| port.port);
        }
        ports.find_map(|port| port.host_port)
    }

    /// Every container: the main one, the others, the init containers.
    pub(crate) fn all_containers(&self) -> impl Iterator<Item = &ContainerSettings> {
        std::iter::once(&self.container)
            .chain(self.containers.iter().map(|other| &other.settings))
            .chain(self.init.iter().map(|(init, _)| &init.settings))
    }
}

word_type! {
    /// When the containers of a pod are started again (`restartPolicy`).
    RestartPolicy, "a restart policy" {
        /// Always: the only one for deployments and stateful sets.
        Always = "Always",
        /// When they fail: the same pod tries again.
        OnFailure = "OnFailure",
        /// Never: a job makes a new pod, and the failed one stays with its log.
        Never = "Never",
    }
}

word_type! {
    /// How names are resolved (`dnsPolicy`).
    DnsPolicy, "a DNS policy" {
        /// By the cluster, then by what the node uses.
        ClusterFirst = "ClusterFirst",
        /// The same, for pods on the node's own network.
        ClusterFirstWithHostNet = "ClusterFirstWithHostNet",
        /// As the node does.
        Default = "Default",
        /// As the settings say, and nothing else.
        None = "None",
    }
}
