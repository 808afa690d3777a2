//! Where an ingress or a route sends requests.

use super::{Link, PortFact, Service, Target};
use crate::environment::Graph;
use crate::object::Ref;
use crate::types::{DnsLabel, PortRef};
use k8s_openapi::api::networking::v1 as networking;
use serde_json::{Value, json};

/// A service, and which of its ports.
///
/// ```
/// use infra_sdk::resource::{Backend, Deployment, Ingress, Service, pod::ContainerPort, prelude::*};
///
/// let http = ContainerPort::named("http".parse()?, "8080".parse()?);
/// let web = Deployment::new("web".parse()?).image("web:1".parse()?).port(http);
/// let web = Service::new("web".parse()?, &web);
/// let entry = Ingress::new("entry".parse()?)
///     .host("shop.example".parse()?, Backend::to(&web).port("http".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Backend {
    pub(super) service: Link,
    pub(super) port: Option<PortRef>,
}

impl Backend {
    /// A service; its port is its only one, or the one named `http`.
    pub fn to(service: impl Into<Link>) -> Self {
        Self {
            service: service.into(),
            port: None,
        }
    }

    /// The port, by the service's number or name (`backend.service.port`).
    pub fn port(mut self, port: PortRef) -> Self {
        self.port = Some(port);
        self
    }

    pub(super) fn lower(&self, graph: &Graph) -> networking::IngressBackend {
        let port = match &self.port {
            Some(PortRef::Number(port)) => Some((None, Some(port.number()))),
            Some(PortRef::Name(name)) => Some((Some(name.to_string()), None)),
            None => self.only_port(graph).map(|port| (None, Some(port.port))),
        };
        networking::IngressBackend {
            resource: None,
            service: Some(networking::IngressServiceBackend {
                name: self.service.name().to_owned(),
                port: port.map(|(name, number)| networking::ServiceBackendPort {
                    name,
                    number: number.map(Into::into),
                }),
            }),
        }
    }

    /// The same for a route of a namespace, which wants the port's number.
    pub(super) fn as_reference(&self, graph: &Graph, home: &str) -> Value {
        let service = self.found(graph);
        let ports = graph.service_ports(&service);
        let number = match &self.port {
            Some(PortRef::Number(port)) => Some(port.number()),
            Some(name) => ports
                .iter()
                .find(|port| port.is(name))
                .map(|port| port.port),
            None => self.only_port(graph).map(|port| port.port),
        };
        let mut reference = json!({ "name": service.name });
        if (service.group.as_str(), service.kind.as_str()) != ("", "Service") {
            // It is told what it is, and that it has no service.
            reference["group"] = service.group.as_str().into();
            reference["kind"] = service.kind.as_str().into();
        }
        let namespace = graph.namespace_of(&service);
        if namespace != home {
            reference["namespace"] = namespace.into();
        }
        if let Some(number) = number {
            reference["port"] = number.into();
        }
        reference
    }

    /// The service that is meant: itself, or the only one of a workload.
    pub(super) fn found(&self, graph: &Graph) -> Ref {
        let reference = self.service.reference();
        match graph.services_of(reference).as_slice() {
            [only] if !self.service.is("", "Service") => (*only).clone(),
            _ => reference.clone(),
        }
    }

    /// Why a workload stands for no service, as the end of a sentence about its route, and what to do.
    pub(super) fn unserved(&self, graph: &Graph) -> Option<(String, String)> {
        let (target, name) = (self.service.reference(), self.service.name());
        let facts = graph.facts(target)?;
        if self.service.is("", "Service") {
            return None;
        }
        let what = self.service.in_words();
        match graph.services_of(target).as_slice() {
            [_] => None,
            [] if facts.pods.is_none() => {
                let help = "expected a service, or a workload that has one";
                Some((format!("sends requests to {what}"), help.to_owned()))
            }
            [] => Some((
                format!("sends requests to {what}, which has no service"),
                format!("add `service(\"{name}\", …)`"),
            )),
            several => {
                let names: Vec<String> = several
                    .iter()
                    .map(|one| format!("`{}`", one.name))
                    .collect();
                let names = names.join(", ");
                Some((
                    format!("sends requests to {what}, which has the services {names}"),
                    "send them to one of the services".to_owned(),
                ))
            }
        }
    }

    /// What is wrong with it, as the end of a sentence about its ingress.
    pub(super) fn trouble(&self, graph: &Graph) -> Option<String> {
        let service = self.found(graph);
        let name = &service.name;
        let ports = graph.service_ports(&service);
        if ports.is_empty() {
            // Whether the service is there at all is looked at for all references alike.
            let unknown = match graph.facts(self.service.reference()) {
                Some(facts) => facts.existing,
                None => matches!(self.service.target(), Target::Existing(_)),
            };
            return (self.port.is_none() && unknown)
                .then(|| format!("does not say which port of service `{name}` it means"));
        }
        let known = || PortFact::list(ports);
        match &self.port {
            None => self.only_port(graph).is_none().then(|| {
                let known = known();
                format!("does not say which port of service `{name}` it means: it has {known}")
            }),
            Some(port) => {
                let has = ports.iter().any(|fact| fact.is(port));
                let known = known();
                let problem = format!("names port `{port}` of service `{name}`, which has {known}");
                (!has).then_some(problem)
            }
        }
    }

    fn only_port(&self, graph: &Graph) -> Option<PortFact> {
        let service = self.found(graph);
        let ports = graph.service_ports(&service);
        let http = ports
            .iter()
            .find(|port| port.name.as_deref() == Some("http"));
        match ports {
            [one] => Some(one.clone()),
            _ => http.cloned(),
        }
    }
}

impl From<&Service> for Backend {
    fn from(service: &Service) -> Self {
        Self::to(service)
    }
}

/// A service of the environment by its name.
impl From<DnsLabel> for Backend {
    fn from(name: DnsLabel) -> Self {
        Self::to(Link::to(Ref::new("", "Service", name.as_str())))
    }
}
