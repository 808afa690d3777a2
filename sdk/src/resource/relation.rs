//! Relations between resources, and what one may know of another.

use super::pod::{EnvFrom, EnvValue};
use crate::object::{Location, Ref};
use crate::types::{AccessMode, Cidr, EnvName, PortRef, Quantity};
use std::collections::{BTreeMap, BTreeSet};

/// A directed need: `from` needs `to`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Relation {
    /// Who needs.
    pub from: Ref,
    /// Who is needed.
    pub to: Target,
    /// For what.
    pub kind: RelationKind,
    /// Where the relation was stated.
    pub at: Option<Location>,
}

/// The other end of a relation.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// A resource of the environment.
    Resource(Ref),
    /// Something that is there already and that others own (`existing(kind, name)`): not looked
    /// for in the environment, and noted in [`Rendered::existing`](crate::environment::Rendered).
    Existing(Ref),
    /// Addresses outside the cluster (private ranges left out), on these TCP ports.
    Internet(Vec<u16>),
    /// Addresses of these ranges, on these TCP ports; where no range is known, every address but
    /// link-local ones.
    Addresses {
        /// The ranges.
        ranges: Vec<Cidr>,
        /// The ports.
        ports: Vec<u16>,
    },
    /// Pods of another namespace, by labels of the namespace and of the pods.
    Pods {
        /// Labels of the namespace.
        namespace: BTreeMap<String, String>,
        /// Labels of the pods; empty for all.
        pods: BTreeMap<String, String>,
    },
}

impl Target {
    /// The object that is meant, where it is one.
    pub fn reference(&self) -> Option<&Ref> {
        match self {
            Self::Resource(reference) | Self::Existing(reference) => Some(reference),
            Self::Internet(_) | Self::Addresses { .. } | Self::Pods { .. } => None,
        }
    }
}

/// What a relation means.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RelationKind {
    /// Reads, mounts or names it (a config map, a secret, a claim, a class, a service account):
    /// applied before. `key` where one key of it is named; `optional` where it may be missing.
    Uses {
        /// The key of a config map or secret, where one is named.
        key: Option<String>,
        /// Whether Kubernetes accepts that it is missing.
        optional: bool,
    },
    /// Talks to it: a network policy on both sides, and it is ready before.
    Connects,
    /// Selects its pods (a service, a disruption budget).
    Selects,
    /// Sends requests from outside to it (an ingress to a service), through the named port.
    Routes {
        /// The service's port, by number or name; `None` for its only one.
        port: Option<String>,
    },
    /// Gives rights to it (a role binding): to a service account, or to the one that a workload's pods
    /// run under.
    Grants,
    /// Sets its replicas (an autoscaler), within these bounds.
    Scales {
        /// `minReplicas`.
        min: i32,
        /// `maxReplicas`.
        max: i32,
    },
    /// Comes after it, which must be ready (`.after(x)`).
    After,
}

/// What others may know of a resource without having it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Its pods, if it makes any.
    pub pods: Option<PodFacts>,
    /// Its ports and selector, if it is a service.
    pub service: Option<ServiceFacts>,
    /// Its keys, if it is a config map or secret made here.
    pub keys: Option<BTreeSet<String>>,
    /// The name of the Secret that a controller makes because of it, in its namespace.
    pub secret: Option<String>,
    /// Its access modes, if it is a volume claim.
    pub access_modes: Vec<String>,
    /// Its storage, if it is a volume or a claim.
    pub storage: Option<StorageFacts>,
    /// It is there already and is not made here (`existing(kind, name)`).
    pub existing: bool,
    /// Where it is, if it is outside the cluster.
    pub outside: Option<OutsideFacts>,
    /// The environment variables that who connects to it gets.
    pub variables: Variables,
}

impl From<PodFacts> for Facts {
    fn from(pods: PodFacts) -> Self {
        Self {
            pods: Some(pods),
            ..Self::default()
        }
    }
}

/// A server outside the cluster.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OutsideFacts {
    /// The addresses that it may have; empty where they are not known.
    pub ranges: Vec<Cidr>,
    /// The TCP ports that it listens on.
    pub ports: Vec<u16>,
}

/// Environment variables.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Variables {
    /// All keys of these (`envFrom[]`).
    pub from: Vec<EnvFrom>,
    /// Single ones (`env[]`).
    pub env: Vec<(EnvName, EnvValue)>,
}

/// The pods of a workload.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PodFacts {
    /// The labels that select exactly them (immutable in most kinds).
    pub selector: BTreeMap<String, String>,
    /// All their labels.
    pub labels: BTreeMap<String, String>,
    /// The ports of all their containers.
    pub ports: Vec<PortFact>,
    /// The service account that they run under, where it is not the namespace's `default`.
    pub account: Option<Ref>,
    /// Whether that account is their own, brought along, and not one that is named.
    pub own_account: bool,
    /// `replicas`, if set.
    pub replicas: Option<i32>,
    /// Whether they are to restart when a configuration that they read changes.
    pub restarts: bool,
    /// `serviceName` of a stateful set, if set.
    pub service_name: Option<String>,
}

/// The storage of a volume or a claim.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StorageFacts {
    /// How much it has, or asks for.
    pub size: Quantity,
    /// Its class, if it names one; an empty name is none.
    pub class: Option<String>,
    /// Its access modes, if it names any.
    pub modes: Vec<AccessMode>,
}

/// A port of a container or service.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct PortFact {
    /// Its name, if any.
    pub name: Option<String>,
    /// Its number.
    pub port: u16,
    /// `TCP`, `UDP` or `SCTP`.
    pub protocol: String,
}

impl PortFact {
    /// Whether a number or name means this port.
    pub(crate) fn is(&self, port: &PortRef) -> bool {
        match port {
            PortRef::Number(number) => self.port == number.number(),
            PortRef::Name(name) => self.name.as_deref() == Some(name.as_str()),
        }
    }

    /// Ports as a sentence lists them: "`http` (3000), 9090".
    pub(crate) fn list(ports: &[Self]) -> String {
        let words = ports.iter().map(|port| match &port.name {
            Some(name) => format!("`{name}` ({})", port.port),
            None => port.port.to_string(),
        });
        words.collect::<Vec<_>>().join(", ")
    }
}

/// What a service serves.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ServiceFacts {
    /// The workload whose pods it selects, if it was made from one.
    pub workload: Option<Ref>,
    /// Its own labels, by which monitors find it.
    pub labels: BTreeMap<String, String>,
    /// Its selector, if it names labels itself.
    pub selector: BTreeMap<String, String>,
    /// Its ports; empty where they are to be the workload's.
    pub ports: Vec<PortFact>,
    /// `clusterIP: None`.
    pub headless: bool,
}
