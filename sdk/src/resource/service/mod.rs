//! A service: one name and address for many pods.

mod port;

pub use self::port::ServicePort;

use super::{Facts, Link, Meta, Relation, RelationKind, Resource, ServiceFacts};
use crate::environment::{Graph, Problem};
use crate::object::{Object, Ref};
use crate::types::{Cidr, DnsLabel, HostName, LabelKey, LabelValue, Seconds, label_map};
use k8s_openapi::api::core::v1 as core;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use std::collections::BTreeMap;

/// One name and address for many pods (`Service`).
///
/// Made from a workload, it selects the workload's pods and serves their ports, each under its own
/// number and name, unless it has ports of its own.
///
/// ```
/// use infra_sdk::resource::prelude::*;
/// use infra_sdk::resource::{Deployment, Service};
///
/// let app = Deployment::new("app".parse()?).port(("http".parse()?, "3000".parse()?));
/// let service = Service::new("app-service".parse()?, &app);
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Service {
    meta: Meta,
    workload: Option<Link>,
    selector: BTreeMap<String, String>,
    ports: Vec<ServicePort>,
    kind: ServiceType,
    headless: bool,
    external_name: Option<HostName>,
    publish_not_ready_addresses: bool,
    session_affinity: bool,
    session_timeout: Option<Seconds>,
    external_traffic_policy: Option<String>,
    internal_traffic_policy: Option<String>,
    load_balancer_class: Option<String>,
    load_balancer_source_ranges: Vec<Cidr>,
    traffic_distribution: Option<String>,
}

word_type! {
    /// Who can reach a service (`spec.type`).
    ServiceType, "a type of service" {
        /// The cluster.
        ClusterIp = "ClusterIP",
        /// Who reaches a node, on a port that all nodes share.
        NodePort = "NodePort",
        /// Who reaches the load balancer that the platform makes.
        LoadBalancer = "LoadBalancer",
        /// Nobody: the name stands for another host's.
        ExternalName = "ExternalName",
    }
}

impl Service {
    /// A service for the pods of a workload, in its namespace: it can select no others.
    #[track_caller]
    pub fn new(name: DnsLabel, workload: impl Into<Link>) -> Self {
        let workload = workload.into();
        Self {
            meta: Meta::beside(name.clone().into(), &workload),
            workload: Some(workload),
            ..Self::named(name)
        }
    }

    /// A service that selects by labels ([`selector`](Self::selector)), stands for another host
    /// ([`external_name`](Self::external_name)), or whose endpoints others keep.
    #[track_caller]
    pub fn named(name: DnsLabel) -> Self {
        Self {
            meta: Meta::new(name.into()),
            workload: None,
            selector: BTreeMap::new(),
            ports: Vec::new(),
            kind: ServiceType::ClusterIp,
            headless: false,
            external_name: None,
            publish_not_ready_addresses: false,
            session_affinity: false,
            session_timeout: None,
            external_traffic_policy: None,
            internal_traffic_policy: None,
            load_balancer_class: None,
            load_balancer_source_ranges: Vec::new(),
            traffic_distribution: None,
        }
    }

    /// The labels of the pods that it serves (`spec.selector`). Default: the workload's selector.
    pub fn selector(mut self, labels: impl IntoIterator<Item = (LabelKey, LabelValue)>) -> Self {
        self.selector = label_map(labels);
        self
    }

    /// A port (`spec.ports[]`). Default, where none is set: the workload's.
    pub fn port(mut self, port: ServicePort) -> Self {
        self.ports.push(port);
        self
    }

    /// Who can reach it (`spec.type`). Default: the cluster.
    pub fn kind(mut self, kind: ServiceType) -> Self {
        self.kind = kind;
        self
    }

    /// No address of its own (`spec.clusterIP: None`): its name stands for the pods' addresses. The
    /// service of a stateful set is one.
    pub fn headless(mut self) -> Self {
        self.headless = true;
        self
    }

    /// Its name stands for another host's (`spec.externalName`, `type: ExternalName`).
    pub fn external_name(mut self, host: HostName) -> Self {
        self.kind = ServiceType::ExternalName;
        self.external_name = Some(host);
        self
    }

    /// Pods that are not ready are served too (`spec.publishNotReadyAddresses`): for members of a
    /// cluster that find each other before they are ready. Default: they are not.
    pub fn publish_not_ready_addresses(mut self) -> Self {
        self.publish_not_ready_addresses = true;
        self
    }

    /// Requests of one client go to one pod (`spec.sessionAffinity: ClientIP`), until it was silent
    /// for a time (default 3h). Default: to any.
    pub fn session_affinity(mut self, timeout: Option<Seconds>) -> Self {
        self.session_affinity = true;
        self.session_timeout = timeout;
        self
    }

    /// Requests from outside stay on their node, and keep the client's address
    /// (`spec.externalTrafficPolicy: Local`). Default: they go to any node.
    pub fn external_traffic_local(mut self) -> Self {
        self.external_traffic_policy = Some("Local".to_owned());
        self
    }

    /// Requests from the cluster stay on their node (`spec.internalTrafficPolicy: Local`).
    pub fn internal_traffic_local(mut self) -> Self {
        self.internal_traffic_policy = Some("Local".to_owned());
        self
    }

    /// Which load balancer serves it (`spec.loadBalancerClass`). Default: the platform's.
    pub fn load_balancer_class(mut self, name: impl Into<String>) -> Self {
        self.load_balancer_class = Some(name.into());
        self
    }

    /// Addresses from which the load balancer takes requests (`spec.loadBalancerSourceRanges[]`).
    /// Default: all.
    pub fn load_balancer_source_range(mut self, range: Cidr) -> Self {
        self.load_balancer_source_ranges.push(range);
        self
    }

    /// Requests rather go to pods near the client (`spec.trafficDistribution`), such as
    /// `PreferSameZone`. Default: to any.
    pub fn traffic_distribution(mut self, preference: impl Into<String>) -> Self {
        self.traffic_distribution = Some(preference.into());
        self
    }

    fn selected(&self, graph: &Graph) -> BTreeMap<String, String> {
        if !self.selector.is_empty() {
            return self.selector.clone();
        }
        self.workload
            .as_ref()
            .and_then(|workload| graph.pods(workload.reference()))
            .map(|pods| pods.selector.clone())
            .unwrap_or_default()
    }

    /// Its own ports, else the workload's. Several must have names: those without get one.
    fn served(&self, graph: &Graph) -> Vec<core::ServicePort> {
        let mut ports = self.plain_ports(graph);
        if ports.len() > 1 {
            for port in &mut ports {
                let protocol = port.protocol.as_deref().unwrap_or("TCP").to_lowercase();
                let number = port.port;
                let name = || format!("{protocol}-{number}");
                port.name.get_or_insert_with(name);
            }
        }
        ports
    }

    fn plain_ports(&self, graph: &Graph) -> Vec<core::ServicePort> {
        if !self.ports.is_empty() || self.kind == ServiceType::ExternalName {
            return self.ports.iter().map(ServicePort::lower).collect();
        }
        let pods = self
            .workload
            .as_ref()
            .and_then(|workload| graph.pods(workload.reference()));
        let ports = pods.map(|pods| pods.ports.as_slice()).unwrap_or_default();
        ports
            .iter()
            .map(|port| core::ServicePort {
                name: port.name.clone(),
                port: port.port.into(),
                protocol: Some(port.protocol.clone()),
                // By name, a pod may move the port without the service.
                target_port: Some(match &port.name {
                    Some(name) => IntOrString::String(name.clone()),
                    None => IntOrString::Int(port.port.into()),
                }),
                ..core::ServicePort::default()
            })
            .collect()
    }

    fn problem(&self, field: &str, message: String, help: &str) -> Problem {
        Problem {
            message: format!("service `{}` {message}", self.meta.name),
            at: self.meta.origin.of_field(field).cloned(),
            help: Some(help.to_owned()),
        }
    }
}

described!(Service);

impl Resource for Service {
    origin!();

    fn reference(&self) -> Ref {
        self.meta.reference("", "Service")
    }

    fn facts(&self) -> Facts {
        Facts {
            service: Some(ServiceFacts {
                workload: self.workload.as_ref().map(|link| link.reference().clone()),
                labels: self.meta.known_labels(),
                selector: self.selector.clone(),
                ports: self.ports.iter().map(ServicePort::fact).collect(),
                headless: self.headless,
            }),
            ..Facts::default()
        }
    }

    fn relations(&self) -> Vec<Relation> {
        let mut relations = self.meta.relations(self.reference());
        if let Some(workload) = &self.workload {
            let at = self.meta.origin.of_field("selector");
            relations.add(workload.target(), RelationKind::Selects, at);
        }
        relations.done()
    }

    fn check(&self, graph: &Graph) -> Vec<Problem> {
        let mut problems = Vec::new();
        let name = self.meta.name.as_str();
        if name.starts_with(|c: char| c.is_ascii_digit()) {
            let message = "must start with a letter".to_owned();
            problems.push(self.problem("metadata.name", message, "choose another name"));
        }
        if let Some(workload) = &self.workload {
            let at = self.meta.origin.of_field("selector");
            let what = format!("service `{name}`");
            problems.extend(workload.must_have_pods(graph, &what, at));
        }
        let ports = self.served(graph);
        let found = self
            .workload
            .as_ref()
            .is_none_or(|workload| graph.pods(workload.reference()).is_some());
        if ports.is_empty() && found && !self.headless && self.kind != ServiceType::ExternalName {
            let message = "has no ports, and neither has its workload".to_owned();
            let help = "name a port of the container: `.port(\"http\", 8080)`";
            problems.push(self.problem("ports", message, help));
        }
        if self.headless && self.kind != ServiceType::ClusterIp {
            let message = format!("cannot be headless and of type `{}`", self.kind);
            problems.push(self.problem("type", message, "leave one of the two out"));
        }
        problems
    }

    fn lower(&self, graph: &Graph) -> Vec<Object> {
        let session = self.session_affinity.then(|| "ClientIP".to_owned());
        let ranges = self.load_balancer_source_ranges.iter();
        let service = core::Service {
            metadata: self.meta.object_meta(graph),
            spec: Some(core::ServiceSpec {
                cluster_ip: self.headless.then(|| "None".to_owned()),
                external_name: self.external_name.as_ref().map(ToString::to_string),
                external_traffic_policy: self.external_traffic_policy.clone(),
                internal_traffic_policy: self.internal_traffic_policy.clone(),
                load_balancer_class: self.load_balancer_class.clone(),
                load_balancer_source_ranges: super::meta::some(
                    ranges.map(ToString::to_string).collect(),
                ),
                ports: super::meta::some(self.served(graph)),
                publish_not_ready_addresses: self.publish_not_ready_addresses.then_some(true),
                selector: super::meta::some(self.selected(graph)),
                session_affinity: session,
                session_affinity_config: self.session_timeout.map(|time| {
                    core::SessionAffinityConfig {
                        client_ip: Some(core::ClientIPConfig {
                            timeout_seconds: Some(time.get()),
                        }),
                    }
                }),
                traffic_distribution: self.traffic_distribution.clone(),
                type_: Some(self.kind.to_string()),
                ..core::ServiceSpec::default()
            }),
            status: None,
        };
        vec![self.meta.object(&service)]
    }
}
