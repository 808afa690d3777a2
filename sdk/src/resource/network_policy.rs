//! A network policy, written by hand.

use super::meta::some;
use super::peer::{Peer, PeerKind, PolicyRule};
use super::pod::match_labels;
use super::{Link, Meta, Relation, RelationKind, Resource};
use crate::environment::{Graph, Problem};
use crate::object::{Object, Ref};
use crate::types::{LabelKey, LabelValue, Name, label_map};
use k8s_openapi::api::networking::v1 as networking;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use std::collections::BTreeMap;

/// What traffic pods may have, written by hand (`NetworkPolicy`).
///
/// Rules add up. A direction without a rule of any policy is free; one with a rule allows what the
/// rules say and nothing else. Relations (`connects_to`) write policies by themselves.
///
/// ```
/// use infra_sdk::resource::{Deployment, NetworkPolicy, Peer, PolicyRule};
///
/// let app = Deployment::new("app".parse()?);
/// let policy = NetworkPolicy::new("app".parse()?)
///     .of(&app)
///     .ingress(PolicyRule::new().peer(Peer::namespace([("team".parse()?, "web".parse()?)])));
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct NetworkPolicy {
    meta: Meta,
    workload: Option<Link>,
    pods: BTreeMap<String, String>,
    ingress: Option<Vec<PolicyRule>>,
    egress: Option<Vec<PolicyRule>>,
}

impl NetworkPolicy {
    /// A policy for every pod of the namespace, until it says which.
    #[track_caller]
    pub fn new(name: Name) -> Self {
        Self {
            meta: Meta::new(name),
            workload: None,
            pods: BTreeMap::new(),
            ingress: None,
            egress: None,
        }
    }

    /// Only for the pods of a workload (`spec.podSelector`).
    pub fn of(mut self, workload: impl Into<Link>) -> Self {
        self.workload = Some(workload.into());
        self
    }

    /// Only for pods with these labels (`spec.podSelector`). Default: every pod of the namespace.
    pub fn pods(mut self, labels: impl IntoIterator<Item = (LabelKey, LabelValue)>) -> Self {
        self.pods = label_map(labels);
        self
    }

    /// What may come in (`spec.ingress[]`).
    pub fn ingress(mut self, rule: PolicyRule) -> Self {
        self.ingress.get_or_insert_default().push(rule);
        self
    }

    /// What may go out (`spec.egress[]`).
    pub fn egress(mut self, rule: PolicyRule) -> Self {
        self.egress.get_or_insert_default().push(rule);
        self
    }

    /// Nothing may come in but what a rule allows (`spec.policyTypes: [Ingress]`).
    pub fn deny_ingress(mut self) -> Self {
        self.ingress.get_or_insert_default();
        self
    }

    /// Nothing may go out but what a rule allows (`spec.policyTypes: [Egress]`).
    pub fn deny_egress(mut self) -> Self {
        self.egress.get_or_insert_default();
        self
    }

    fn selector(&self, graph: &Graph) -> LabelSelector {
        let labels = match &self.workload {
            Some(workload) => selector_of(graph, workload),
            None => self.pods.clone(),
        };
        LabelSelector {
            match_labels: some(labels),
            match_expressions: None,
        }
    }
}

fn selector_of(graph: &Graph, workload: &Link) -> BTreeMap<String, String> {
    let pods = graph.pods(workload.reference());
    pods.map(|pods| pods.selector.clone()).unwrap_or_default()
}

/// A peer as it stands in a policy.
pub(crate) fn lower_peer(graph: &Graph, peer: &Peer) -> networking::NetworkPolicyPeer {
    let mut lowered = networking::NetworkPolicyPeer::default();
    let any = |labels: &BTreeMap<String, String>| LabelSelector {
        match_labels: some(labels.clone()),
        match_expressions: None,
    };
    match &peer.kind {
        PeerKind::Pods { namespace, pods } => {
            lowered.namespace_selector = namespace.as_ref().map(any);
            lowered.pod_selector = pods.as_ref().map(any);
        }
        PeerKind::Workload(workload) => {
            lowered.pod_selector = Some(match_labels(&selector_of(graph, workload)));
            lowered.namespace_selector = workload.reference().namespace.as_ref().map(|name| {
                let key = "kubernetes.io/metadata.name".to_owned();
                match_labels(&BTreeMap::from([(key, name.clone())]))
            });
        }
        PeerKind::Addresses { range, except } => {
            lowered.ip_block = Some(networking::IPBlock {
                cidr: range.to_string(),
                except: some(except.iter().map(ToString::to_string).collect()),
            });
        }
    }
    lowered
}

described!(NetworkPolicy);

impl Resource for NetworkPolicy {
    origin!();

    fn reference(&self) -> Ref {
        self.meta.reference("networking.k8s.io", "NetworkPolicy")
    }

    fn relations(&self) -> Vec<Relation> {
        let mut relations = self.meta.relations(self.reference());
        if let Some(workload) = &self.workload {
            let at = self.meta.origin.of_field("podSelector");
            relations.add(workload.target(), RelationKind::Selects, at);
        }
        relations.done()
    }

    fn check(&self, graph: &Graph) -> Vec<Problem> {
        let what = format!("network policy `{}`", self.meta.name);
        let rules = self.ingress.iter().chain(&self.egress).flatten();
        let peers = rules
            .flat_map(|rule| &rule.peers)
            .filter_map(|peer| match &peer.kind {
                PeerKind::Workload(workload) => Some(workload),
                PeerKind::Pods { .. } | PeerKind::Addresses { .. } => None,
            });
        let at = self.meta.origin.of_field("podSelector");
        let workloads = self.workload.iter().chain(peers);
        workloads
            .filter_map(|workload| workload.must_have_pods(graph, &what, at))
            .collect()
    }

    fn lower(&self, graph: &Graph) -> Vec<Object> {
        let peers = |rule: &PolicyRule| {
            let peers = rule.peers.iter();
            some(peers.map(|one| lower_peer(graph, one)).collect())
        };
        // A direction without rules is closed by its name in `policyTypes` alone.
        let ingress = self.ingress.as_ref().map(|rules| {
            let rules = rules.iter();
            let rules = rules.map(|rule| networking::NetworkPolicyIngressRule {
                from: peers(rule),
                ports: rule.lower_ports(),
            });
            rules.collect::<Vec<_>>()
        });
        let egress = self.egress.as_ref().map(|rules| {
            let rules = rules.iter();
            let rules = rules.map(|rule| networking::NetworkPolicyEgressRule {
                to: peers(rule),
                ports: rule.lower_ports(),
            });
            rules.collect::<Vec<_>>()
        });
        let mut types = Vec::new();
        if ingress.is_some() || egress.is_none() {
            types.push("Ingress".to_owned());
        }
        if egress.is_some() {
            types.push("Egress".to_owned());
        }
        let policy = networking::NetworkPolicy {
            metadata: self.meta.object_meta(graph),
            spec: Some(networking::NetworkPolicySpec {
                egress: egress.filter(|rules| !rules.is_empty()),
                ingress: ingress.filter(|rules| !rules.is_empty()),
                pod_selector: Some(self.selector(graph)),
                policy_types: Some(types),
            }),
        };
        vec![self.meta.object(&policy)]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::resource::Deployment;
    use crate::resource::pod::HasContainer;
    use crate::resource::testing::{lower, p};
    use serde_json::json;

    #[test]
    fn every_peer_and_port() {
        let app = Deployment::new(p("app")).image(p("app:1"));
        let policy = NetworkPolicy::new(p("app"))
            .of(&app)
            .ingress(
                PolicyRule::new()
                    .peer(Peer::workload(&app))
                    .peer(Peer::pods([(p("app"), p("web"))]).in_namespace([(p("team"), p("web"))]))
                    .peer(Peer::namespace([]))
                    .port(p("http")),
            )
            .egress(
                PolicyRule::new()
                    .peer(Peer::addresses(p("0.0.0.0/0")).except(p("10.0.0.0/8")))
                    .ports(p("1000"), p("2000")),
            )
            .egress(PolicyRule::new().udp_port(p("53")));
        assert_eq!(
            lower(&[&policy, &app])[0]["spec"],
            json!({
                "podSelector": { "matchLabels": { "app.kubernetes.io/name": "app" } },
                "policyTypes": ["Ingress", "Egress"],
                "ingress": [{
                    "from": [
                        { "podSelector": { "matchLabels": { "app.kubernetes.io/name": "app" } } },
                        {
                            "namespaceSelector": { "matchLabels": { "team": "web" } },
                            "podSelector": { "matchLabels": { "app": "web" } },
                        },
                        { "namespaceSelector": {} },
                    ],
                    "ports": [{ "port": "http", "protocol": "TCP" }],
                }],
                "egress": [
                    {
                        "to": [{ "ipBlock": { "cidr": "0.0.0.0/0", "except": ["10.0.0.0/8"] } }],
                        "ports": [{ "port": 1000, "endPort": 2000, "protocol": "TCP" }],
                    },
                    { "ports": [{ "port": 53, "protocol": "UDP" }] },
                ],
            })
        );
    }

    #[test]
    fn what_is_closed_and_what_is_open() {
        let policy = || NetworkPolicy::new(p("all"));
        for (policy, expected) in [
            (
                policy(),
                json!({ "podSelector": {}, "policyTypes": ["Ingress"] }),
            ),
            (
                policy().deny_egress(),
                json!({ "podSelector": {}, "policyTypes": ["Egress"] }),
            ),
            (
                policy().deny_ingress().egress(PolicyRule::new()),
                json!({ "podSelector": {}, "policyTypes": ["Ingress", "Egress"], "egress": [{}] }),
            ),
        ] {
            assert_eq!(lower(&[&policy])[0]["spec"], expected);
        }
    }
}
