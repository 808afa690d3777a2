//! Rules of a network policy: with whom, and on which ports.

use super::meta::some;
use super::{Link, Resource};
use crate::types::{Cidr, LabelKey, LabelValue, Port, PortRef, Protocol, label_map};
use k8s_openapi::api::networking::v1 as networking;
use std::collections::BTreeMap;

/// Traffic that is allowed: with any of its peers, on any of its ports. Without peers with everyone,
/// without ports on every port.
///
/// ```
/// use infra_sdk::resource::{NetworkPolicy, Peer, PolicyRule};
///
/// let web = PolicyRule::new().peer(Peer::pods([("app".parse()?, "web".parse()?)])).port("http".parse()?);
/// let policy = NetworkPolicy::new("only-web".parse()?).ingress(web);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
#[must_use]
pub struct PolicyRule {
    pub(super) peers: Vec<Peer>,
    ports: Vec<(Protocol, PortRef, Option<Port>)>,
}

impl PolicyRule {
    /// Everyone, on every port.
    pub fn new() -> Self {
        Self::default()
    }

    /// With a peer (`from[]`, `to[]`).
    pub fn peer(mut self, peer: Peer) -> Self {
        self.peers.push(peer);
        self
    }

    /// On a TCP port of the pods, by number or name (`ports[]`).
    pub fn port(mut self, port: PortRef) -> Self {
        self.ports.push((Protocol::Tcp, port, None));
        self
    }

    /// On a UDP port of the pods (`ports[]`).
    pub fn udp_port(mut self, port: PortRef) -> Self {
        self.ports.push((Protocol::Udp, port, None));
        self
    }

    /// On TCP ports from one number to another (`ports[].endPort`).
    pub fn ports(mut self, first: Port, last: Port) -> Self {
        let (first, last) = (first.min(last), first.max(last));
        self.ports.push((Protocol::Tcp, first.into(), Some(last)));
        self
    }

    pub(super) fn lower_ports(&self) -> Option<Vec<networking::NetworkPolicyPort>> {
        let ports = self.ports.iter();
        let ports = ports.map(|(protocol, port, last)| networking::NetworkPolicyPort {
            end_port: last.map(|last| last.number().into()),
            port: Some(port.int_or_string()),
            protocol: Some(protocol.to_string()),
        });
        some(ports.collect())
    }
}

/// With whom traffic is allowed.
///
/// ```
/// use infra_sdk::resource::Peer;
///
/// let prometheus = Peer::pods([("app".parse()?, "prometheus".parse()?)])
///     .in_namespace([("kubernetes.io/metadata.name".parse()?, "monitoring".parse()?)]);
/// let office = Peer::addresses("192.0.2.0/24".parse()?).except("192.0.2.128/25".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Peer {
    pub(crate) kind: PeerKind,
}

#[derive(Clone, Debug)]
pub(crate) enum PeerKind {
    Pods {
        namespace: Option<BTreeMap<String, String>>,
        pods: Option<BTreeMap<String, String>>,
    },
    Workload(Link),
    Addresses {
        range: Cidr,
        except: Vec<Cidr>,
    },
}

impl<R: Resource + ?Sized> From<&R> for Peer {
    fn from(workload: &R) -> Self {
        Self::workload(workload)
    }
}

impl From<Link> for Peer {
    fn from(workload: Link) -> Self {
        Self::workload(workload)
    }
}

impl Peer {
    /// Pods of the policy's namespace with these labels (`podSelector`); without labels, all.
    pub fn pods(labels: impl IntoIterator<Item = (LabelKey, LabelValue)>) -> Self {
        Self {
            kind: PeerKind::Pods {
                namespace: None,
                pods: Some(label_map(labels)),
            },
        }
    }

    /// All pods of namespaces with these labels (`namespaceSelector`); without labels, of every
    /// namespace.
    pub fn namespace(labels: impl IntoIterator<Item = (LabelKey, LabelValue)>) -> Self {
        Self {
            kind: PeerKind::Pods {
                namespace: Some(label_map(labels)),
                pods: None,
            },
        }
    }

    /// The pods of a workload.
    pub fn workload(workload: impl Into<Link>) -> Self {
        Self {
            kind: PeerKind::Workload(workload.into()),
        }
    }

    /// Addresses (`ipBlock`), which are those outside the cluster: pods are better named by labels.
    pub fn addresses(range: Cidr) -> Self {
        Self {
            kind: PeerKind::Addresses {
                range,
                except: Vec::new(),
            },
        }
    }

    /// Of the pods only those in namespaces with these labels (`namespaceSelector`). Nothing on
    /// addresses and workloads.
    pub fn in_namespace(
        mut self,
        labels: impl IntoIterator<Item = (LabelKey, LabelValue)>,
    ) -> Self {
        if let PeerKind::Pods { namespace, .. } = &mut self.kind {
            *namespace = Some(label_map(labels));
        }
        self
    }

    /// Of the addresses not these (`ipBlock.except[]`). Nothing on pods.
    pub fn except(mut self, range: Cidr) -> Self {
        if let PeerKind::Addresses { except, .. } = &mut self.kind {
            except.push(range);
        }
        self
    }
}
