//! A port of a service.

use crate::resource::PortFact;
use crate::types::{Port, PortName, PortRef, Protocol};
use k8s_openapi::api::core::v1 as core;

/// A port of a service (`spec.ports[]`).
///
/// ```
/// use infra_sdk::resource::ServicePort;
///
/// let http = ServicePort::new("80".parse()?).name("http".parse()?).target("web".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct ServicePort {
    port: Port,
    name: Option<PortName>,
    target: Option<PortRef>,
    protocol: Protocol,
    node_port: Option<Port>,
    app_protocol: Option<String>,
}

impl ServicePort {
    /// A TCP port; requests go to the same port of the pods.
    pub fn new(port: Port) -> Self {
        Self {
            port,
            name: None,
            target: None,
            protocol: Protocol::Tcp,
            node_port: None,
            app_protocol: None,
        }
    }

    /// Its name (`name`). Default, where there are several: protocol and number, `tcp-8080`.
    pub fn name(mut self, name: PortName) -> Self {
        self.name = Some(name);
        self
    }

    /// The pods' port, by number or name (`targetPort`). Default: the same number.
    pub fn target(mut self, port: PortRef) -> Self {
        self.target = Some(port);
        self
    }

    /// The protocol (`protocol`). Default: TCP.
    pub fn protocol(mut self, protocol: Protocol) -> Self {
        self.protocol = protocol;
        self
    }

    /// The port on every node (`nodePort`). Default: the API server picks one, for the types that
    /// have one.
    pub fn node_port(mut self, port: Port) -> Self {
        self.node_port = Some(port);
        self
    }

    /// What is spoken on it (`appProtocol`), such as `kubernetes.io/h2c`.
    pub fn app_protocol(mut self, name: impl Into<String>) -> Self {
        self.app_protocol = Some(name.into());
        self
    }

    pub(super) fn fact(&self) -> PortFact {
        PortFact {
            name: self.name.as_ref().map(ToString::to_string),
            port: self.port.number(),
            protocol: self.protocol.to_string(),
        }
    }

    pub(super) fn lower(&self) -> core::ServicePort {
        core::ServicePort {
            app_protocol: self.app_protocol.clone(),
            name: self.name.as_ref().map(ToString::to_string),
            node_port: self.node_port.map(|port| port.number().into()),
            port: self.port.number().into(),
            protocol: Some(self.protocol.to_string()),
            target_port: self.target.as_ref().map(PortRef::int_or_string),
        }
    }
}
