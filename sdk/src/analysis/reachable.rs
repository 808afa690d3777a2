//! Whether network policies let one thing talk to another.

use super::network::{Direction, Policy, Side};
use crate::environment::Pods;
use crate::object::{Object, Ref};
use serde_json::{Map, Value, json};
use std::{collections::BTreeMap, fmt, net::IpAddr};

/// One end of a connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Endpoint {
    /// The pods of a workload among the objects. Without a namespace, the first of that kind and
    /// name is meant.
    Workload(Ref),
    /// Pods that others run, such as an ingress controller's or the DNS servers'.
    Pods {
        /// The name of their namespace. Its labels are those of a namespace among the objects, if
        /// one bears this name, and `kubernetes.io/metadata.name`, which every namespace has.
        namespace: String,
        /// Their labels.
        labels: BTreeMap<String, String>,
    },
    /// An address outside the cluster.
    Address(IpAddr),
}

impl Endpoint {
    /// Pods that others run, by the name of their namespace and their labels.
    pub fn pods<'a>(namespace: &str, labels: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let labels = labels
            .into_iter()
            .map(|(key, value)| (key.to_owned(), value.to_owned()));
        Self::Pods {
            namespace: namespace.to_owned(),
            labels: labels.collect(),
        }
    }
}

impl fmt::Display for Endpoint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Workload(workload) => write!(f, "`{workload}`"),
            Self::Pods { namespace, labels } => {
                let labels: Vec<String> = labels
                    .iter()
                    .map(|(key, value)| format!("{key}={value}"))
                    .collect();
                write!(f, "pods of `{namespace}` with `{}`", labels.join(","))
            }
            Self::Address(address) => write!(f, "{address}"),
        }
    }
}

/// A transport protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// SCTP.
    Sctp,
}

impl Protocol {
    /// As Kubernetes writes it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
            Self::Sctp => "SCTP",
        }
    }
}

/// What is sent: to which port of the pods (not of a service before them), over which protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Traffic {
    /// The port of the receiver.
    pub port: u16,
    /// The protocol.
    pub protocol: Protocol,
}

impl Traffic {
    /// Over UDP.
    pub fn udp(port: u16) -> Self {
        Self {
            port,
            protocol: Protocol::Udp,
        }
    }
}

/// Over TCP.
impl From<u16> for Traffic {
    fn from(port: u16) -> Self {
        Self {
            port,
            protocol: Protocol::Tcp,
        }
    }
}

/// Whether a connection is allowed, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Whether it is.
    pub reachable: bool,
    /// Why, for each side that had a say.
    pub reason: String,
}

/// Whether the network policies among `objects` let `from` open a connection to `to`.
///
/// As Kubernetes has it: a pod accepts (or sends) everything until a policy of its namespace selects
/// it for that direction, and from then on only what one of the policies that select it allows; both
/// sides must agree. Blocks of addresses mean addresses outside the cluster: what they mean for pods
/// depends on the cluster. Pods in the network of their node are beyond policies.
pub fn reachable(
    objects: &[Object],
    from: &Endpoint,
    to: &Endpoint,
    traffic: impl Into<Traffic>,
) -> Verdict {
    let traffic = traffic.into();
    let (source, target) = match (Side::of(objects, from), Side::of(objects, to)) {
        (Some(source), Some(target)) => (source, target),
        (source, _) => {
            let missing = if source.is_none() { from } else { to };
            return Verdict {
                reachable: false,
                reason: format!("{missing} is not among the objects"),
            };
        }
    };
    let policies: Vec<Policy<'_>> = objects.iter().filter_map(Policy::of).collect();
    let out = judge(
        &policies,
        Direction::Egress,
        (&source, &target),
        &target,
        traffic,
    );
    let into = judge(
        &policies,
        Direction::Ingress,
        (&target, &source),
        &target,
        traffic,
    );
    Verdict {
        reachable: out.0 && into.0,
        reason: format!(
            "{from} to {to} on {} {}: {}, {}",
            traffic.protocol.name(),
            traffic.port,
            out.1,
            into.1
        ),
    }
}

/// What the policies that select `own` say of traffic with `peer`, in one direction.
fn judge(
    policies: &[Policy<'_>],
    direction: Direction,
    (own, peer): (&Side<'_>, &Side<'_>),
    target: &Side<'_>,
    traffic: Traffic,
) -> (bool, String) {
    let name = direction.name();
    let selecting: Vec<&Policy<'_>> = policies
        .iter()
        .filter(|policy| policy.isolates(own, direction))
        .collect();
    if selecting.is_empty() {
        return (true, format!("no policy limits its {name}"));
    }
    let mut allowing = selecting.iter();
    if let Some(policy) = allowing.find(|policy| policy.allows(direction, peer, target, traffic)) {
        return (true, format!("{name} allowed by `{}`", policy.name));
    }
    let names = selecting.iter().map(|policy| format!("`{}`", policy.name));
    let names = names.collect::<Vec<_>>().join(", ");
    (false, format!("{name} allowed by none of {names}"))
}

impl<'a> Side<'a> {
    fn of(objects: &'a [Object], endpoint: &'a Endpoint) -> Option<Self> {
        match endpoint {
            Endpoint::Address(address) => Some(Self::Address(*address)),
            Endpoint::Pods { namespace, labels } => Some(Self::Pods {
                namespace,
                namespace_labels: namespace_labels(objects, namespace),
                labels: labels
                    .iter()
                    .map(|(key, value)| (key.clone(), json!(value)))
                    .collect(),
                ports: Vec::new(),
                on_node: false,
            }),
            Endpoint::Workload(workload) => {
                let object = objects.iter().find(|object| {
                    let id = &object.id;
                    (id.group.as_str(), id.kind.as_str(), id.name.as_str())
                        == (
                            workload.group.as_str(),
                            workload.kind.as_str(),
                            workload.name.as_str(),
                        )
                        && (workload.namespace.is_none() || workload.namespace == id.namespace)
                })?;
                Self::of_object(objects, object)
            }
        }
    }

    /// The pods that one of the objects makes.
    pub(super) fn of_object(objects: &[Object], object: &'a Object) -> Option<Self> {
        let pods = Pods::of(object)?;
        let namespace = object.id.namespace.as_deref().unwrap_or_default();
        Some(Self::Pods {
            namespace,
            namespace_labels: namespace_labels(objects, namespace),
            labels: pods.labels().cloned().unwrap_or_default(),
            ports: pods.ports().collect(),
            on_node: pods.spec["hostNetwork"] == true,
        })
    }
}

fn namespace_labels(objects: &[Object], name: &str) -> Map<String, Value> {
    let namespace = objects.iter().find(|object| {
        object.id.group.is_empty() && object.id.kind == "Namespace" && object.id.name == name
    });
    let labels = namespace.and_then(|namespace| namespace.value["metadata"]["labels"].as_object());
    let mut labels = labels.cloned().unwrap_or_default();
    labels.insert("kubernetes.io/metadata.name".to_owned(), json!(name));
    labels
}

#[cfg(test)]
mod tests;
