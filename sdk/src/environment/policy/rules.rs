//! The rules of one network policy, merged where their ports are the same.

use crate::environment::pods;
use crate::resource::PortFact;
use crate::types::Cidr;
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// Ranges that are not the internet: private ones, carriers', and link-local ones, where clouds
/// serve their metadata.
const PRIVATE: [&str; 5] = [
    "10.0.0.0/8",
    "100.64.0.0/10",
    "169.254.0.0/16",
    "172.16.0.0/12",
    "192.168.0.0/16",
];
/// The same of IPv6.
const PRIVATE6: [&str; 2] = ["fc00::/7", "fe80::/10"];

/// A protocol and a port number.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Port {
    number: u16,
    protocol: String,
}

impl Port {
    pub(super) fn tcp(number: u16) -> Self {
        Self {
            number,
            protocol: "TCP".to_owned(),
        }
    }

    pub(super) fn of(port: &pods::Port<'_>) -> Self {
        Self {
            number: port.number,
            protocol: port.protocol.to_owned(),
        }
    }

    pub(super) fn fact(port: &PortFact) -> Self {
        Self {
            number: port.port,
            protocol: port.protocol.clone(),
        }
    }

    pub(super) fn new(number: u16, protocol: &str) -> Self {
        Self {
            number,
            protocol: protocol.to_owned(),
        }
    }
}

/// One item of `from` or `to`.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Peer(Value);

impl Peer {
    /// Pods of the policy's own namespace, or of `away`.
    pub(super) fn pods(away: Option<&str>, selector: Value) -> Self {
        match away {
            None => Self(json!({ "podSelector": selector })),
            Some(namespace) => {
                Self(json!({ "namespaceSelector": named(namespace), "podSelector": selector }))
            }
        }
    }

    /// Pods by labels of the namespace (none: the policy's own) and of the pods (none: all).
    pub(super) fn labels(
        namespace: &BTreeMap<String, String>,
        pods: &BTreeMap<String, String>,
    ) -> Self {
        let selector = |labels: &BTreeMap<String, String>| {
            if labels.is_empty() {
                json!({})
            } else {
                json!({ "matchLabels": labels })
            }
        };
        match (namespace.is_empty(), pods.is_empty()) {
            (true, _) => Self(json!({ "podSelector": selector(pods) })),
            (false, true) => Self(json!({ "namespaceSelector": selector(namespace) })),
            (false, false) => Self(
                json!({ "namespaceSelector": selector(namespace), "podSelector": selector(pods) }),
            ),
        }
    }

    /// As a policy that was written by hand has it.
    pub(super) fn written(peer: Value) -> Self {
        Self(peer)
    }

    /// All pods of a namespace.
    pub(super) fn namespace(name: &str) -> Self {
        Self(json!({ "namespaceSelector": named(name) }))
    }

    /// Every address that is not private.
    pub(super) fn internet() -> Vec<Self> {
        vec![
            Self(json!({ "ipBlock": { "cidr": "0.0.0.0/0", "except": PRIVATE } })),
            Self(json!({ "ipBlock": { "cidr": "::/0", "except": PRIVATE6 } })),
        ]
    }

    /// Addresses of these ranges; where none is known, every one but those of nodes' own links, where
    /// clouds serve their metadata.
    pub(super) fn outside(ranges: &[Cidr]) -> Vec<Self> {
        if ranges.is_empty() {
            return vec![
                Self(json!({ "ipBlock": { "cidr": "0.0.0.0/0", "except": ["169.254.0.0/16"] } })),
                Self(json!({ "ipBlock": { "cidr": "::/0", "except": ["fe80::/10"] } })),
            ];
        }
        let ranges = ranges.iter();
        ranges
            .map(|range| Self(json!({ "ipBlock": { "cidr": range.as_str() } })))
            .collect()
    }

    /// The cluster's DNS servers.
    pub(super) fn dns() -> Self {
        Self::pods(
            Some("kube-system"),
            json!({ "matchLabels": { "k8s-app": "kube-dns" } }),
        )
    }
}

fn named(namespace: &str) -> Value {
    json!({ "matchLabels": { "kubernetes.io/metadata.name": namespace } })
}

/// One direction: who, on which ports. No peers means everyone, no ports means all.
#[derive(Clone, Debug, Default)]
pub(super) struct Direction(Vec<(Vec<Peer>, Vec<Port>)>);

impl Direction {
    pub(super) fn allow(&mut self, peers: Vec<Peer>, ports: Vec<Port>) {
        let everyone = peers.is_empty();
        match self
            .0
            .iter_mut()
            .find(|(known, same)| *same == ports && known.is_empty() == everyone)
        {
            Some((known, _)) => {
                for peer in peers {
                    if !known.contains(&peer) {
                        known.push(peer);
                    }
                }
            }
            None => self.0.push((peers, ports)),
        }
    }

    /// Whether nothing is allowed.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// As `ingress` or `egress`; `side` is the field of the peers, `from` or `to`.
    pub(super) fn render(&self, side: &str) -> Value {
        let rules = self.0.iter().map(|(peers, ports)| {
            let mut rule = json!({});
            if !peers.is_empty() {
                rule[side] = peers.iter().map(|peer| peer.0.clone()).collect();
            }
            if !ports.is_empty() {
                let port = |port: &Port| json!({ "protocol": port.protocol, "port": port.number });
                rule["ports"] = ports.iter().map(port).collect();
            }
            rule
        });
        rules.collect()
    }
}

/// Both directions of a workload's policy.
#[derive(Clone, Debug, Default)]
pub(super) struct Rules {
    pub(super) ingress: Direction,
    pub(super) egress: Direction,
}
