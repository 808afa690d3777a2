//! Network policies as Kubernetes reads them.

mod block;

use super::Traffic;
use crate::environment::{Port, Selector, items};
use crate::object::Object;
use serde_json::{Map, Value};
use std::net::IpAddr;

/// One end of a connection, with all that policies may ask about it.
pub(super) enum Side<'a> {
    /// Pods.
    Pods {
        namespace: &'a str,
        namespace_labels: Map<String, Value>,
        labels: Map<String, Value>,
        ports: Vec<Port<'a>>,
        /// They use their node's network, and its address.
        on_node: bool,
    },
    /// An address outside the cluster.
    Address(IpAddr),
}

/// From the view of the pods that a policy selects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Direction {
    /// To them.
    Ingress,
    /// From them.
    Egress,
}

impl Direction {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Ingress => "ingress",
            Self::Egress => "egress",
        }
    }
}

/// A network policy.
pub(super) struct Policy<'a> {
    pub(super) name: &'a str,
    namespace: &'a str,
    spec: &'a Value,
}

impl<'a> Policy<'a> {
    pub(super) fn of(object: &'a Object) -> Option<Self> {
        let is = object.id.group == "networking.k8s.io" && object.id.kind == "NetworkPolicy";
        is.then(|| Self {
            name: &object.id.name,
            namespace: object.id.namespace.as_deref().unwrap_or_default(),
            spec: &object.value["spec"],
        })
    }

    /// Whether it selects pods, for this direction.
    pub(super) fn isolates(&self, side: &Side<'_>, direction: Direction) -> bool {
        let Side::Pods {
            namespace,
            labels,
            on_node,
            ..
        } = side
        else {
            return false;
        };
        !on_node
            && *namespace == self.namespace
            && self.is_about(direction)
            && Selector::parse(&self.spec["podSelector"]).matches(Some(labels))
    }

    /// `policyTypes`; without it, ingress always, and egress where there are rules for it.
    fn is_about(&self, direction: Direction) -> bool {
        let types = items(&self.spec["policyTypes"]);
        if types.is_empty() {
            return direction == Direction::Ingress || !items(&self.spec["egress"]).is_empty();
        }
        types.iter().any(|one| {
            one.as_str()
                .is_some_and(|one| one.eq_ignore_ascii_case(direction.name()))
        })
    }

    /// Whether one of its rules allows traffic with `peer`. `target` is the receiver, whose ports
    /// named ports mean.
    pub(super) fn allows(
        &self,
        direction: Direction,
        peer: &Side<'_>,
        target: &Side<'_>,
        traffic: Traffic,
    ) -> bool {
        let side = match direction {
            Direction::Ingress => "from",
            Direction::Egress => "to",
        };
        items(&self.spec[direction.name()]).iter().any(|rule| {
            let (peers, ports) = (items(&rule[side]), items(&rule["ports"]));
            let from = peers.is_empty() || peers.iter().any(|known| self.is_peer(known, peer));
            from && (ports.is_empty() || ports.iter().any(|port| is_port(port, target, traffic)))
        })
    }

    fn is_peer(&self, known: &Value, peer: &Side<'_>) -> bool {
        match peer {
            Side::Address(address) => block::holds(&known["ipBlock"], *address),
            Side::Pods { on_node: true, .. } => false,
            Side::Pods {
                namespace,
                namespace_labels,
                labels,
                ..
            } => {
                let (namespaces, pods) = (&known["namespaceSelector"], &known["podSelector"]);
                if !known["ipBlock"].is_null() || namespaces.is_null() && pods.is_null() {
                    return false;
                }
                let home = if namespaces.is_null() {
                    *namespace == self.namespace
                } else {
                    Selector::parse(namespaces).matches(Some(namespace_labels))
                };
                home && Selector::parse(pods).matches(Some(labels))
            }
        }
    }
}

fn is_port(port: &Value, target: &Side<'_>, traffic: Traffic) -> bool {
    let protocol = traffic.protocol.name();
    if port["protocol"].as_str().unwrap_or("TCP") != protocol {
        return false;
    }
    match &port["port"] {
        Value::Null => true,
        Value::String(name) => {
            let Side::Pods { ports, .. } = target else {
                return false;
            };
            ports.iter().any(|port| {
                port.name == Some(name.as_str())
                    && port.protocol == protocol
                    && port.number == traffic.port
            })
        }
        number => {
            let wanted = u64::from(traffic.port);
            let first = number.as_u64().unwrap_or_default();
            let last = port["endPort"].as_u64().unwrap_or(first);
            (first..=last).contains(&wanted)
        }
    }
}
