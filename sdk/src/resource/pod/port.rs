//! Ports of a container.

use crate::resource::PortFact;
use crate::types::{Port, PortName, Protocol};
use k8s_openapi::api::core::v1 as core;

/// A port that a container listens on (`containers[].ports[]`).
///
/// ```
/// use infra_sdk::resource::pod::ContainerPort;
///
/// let dns = ContainerPort::named("dns".parse()?, "53".parse()?).protocol("UDP".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ContainerPort {
    pub(crate) name: Option<PortName>,
    pub(crate) port: Port,
    pub(crate) protocol: Protocol,
    pub(crate) host_port: Option<Port>,
}

impl ContainerPort {
    /// A TCP port without a name.
    pub fn new(port: Port) -> Self {
        Self {
            name: None,
            port,
            protocol: Protocol::Tcp,
            host_port: None,
        }
    }

    /// A TCP port with a name, by which probes and services may refer to it.
    pub fn named(name: PortName, port: Port) -> Self {
        Self {
            name: Some(name),
            ..Self::new(port)
        }
    }

    /// The protocol (`protocol`). Default: TCP.
    #[must_use]
    pub fn protocol(mut self, protocol: Protocol) -> Self {
        self.protocol = protocol;
        self
    }

    /// The same port on the node's own addresses (`hostPort`).
    #[must_use]
    pub fn host_port(mut self, port: Port) -> Self {
        self.host_port = Some(port);
        self
    }

    pub(crate) fn fact(&self) -> PortFact {
        PortFact {
            name: self.name.as_ref().map(ToString::to_string),
            port: self.port.number(),
            protocol: self.protocol.to_string(),
        }
    }

    pub(crate) fn lower(&self) -> core::ContainerPort {
        core::ContainerPort {
            name: self.name.as_ref().map(ToString::to_string),
            container_port: self.port.number().into(),
            protocol: (self.protocol != Protocol::Tcp).then(|| self.protocol.to_string()),
            host_port: self.host_port.map(|port| port.number().into()),
            host_ip: None,
        }
    }
}

impl From<Port> for ContainerPort {
    fn from(port: Port) -> Self {
        Self::new(port)
    }
}

impl From<(PortName, Port)> for ContainerPort {
    fn from((name, port): (PortName, Port)) -> Self {
        Self::named(name, port)
    }
}
