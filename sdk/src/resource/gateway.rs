//! A gateway: where requests from outside come in.

use super::grant::{Grant, grants};
use super::listener::{Listener, ListenerProtocol, RoutesFrom, in_a_secret};
use super::{Custom, CustomKind, Link};
use crate::environment::{Graph, Problem};
use crate::object::{Object, Ref};
use crate::types::{HostName, Name, Port};
use serde_json::{Value, json};

pub(super) const GROUP: &str = "gateway.networking.k8s.io";
pub(super) const API: &str = "gateway.networking.k8s.io/v1";

/// Where requests from outside come in (`Gateway` of the Gateway API, `gateway.networking.k8s.io/v1`):
/// ports, hosts and certificates. Routes say where requests go from there.
///
/// ```
/// use infra_sdk::resource::{Deployment, Existing, Gateway, HttpRoute, Service};
///
/// let app = Deployment::new("app".parse()?);
/// let service = Service::new("app".parse()?, &app);
/// let door = Gateway::new("door".parse()?, "envoy".parse()?)
///     .http()
///     .https(&Existing::new("secret", "shop-tls".parse()?)?);
/// let route = HttpRoute::new("shop".parse()?, &door)
///     .hostnames(["shop.example".parse()?])
///     .path("/", &service);
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug)]
#[must_use]
pub struct Gateway {
    custom: Custom,
    class: Name,
    listeners: Vec<Listener>,
    routes: Option<RoutesFrom>,
}

named_link! {
    /// A gateway by value or by name.
    GatewayLink, "gateway.networking.k8s.io", "Gateway", Gateway, "the name of a gateway"
}

impl Gateway {
    /// A gateway of a class (`spec.gatewayClassName`), which names the controller that makes it come
    /// true. It has no listeners yet.
    #[track_caller]
    pub fn new(name: Name, class: Name) -> Self {
        let mut custom = Custom::new(API, "Gateway", name);
        let to = Ref::new(GROUP, "GatewayClass", class.as_str());
        custom.uses(Link::to(to), "gatewayClassName");
        Self {
            custom,
            class,
            listeners: Vec::new(),
            routes: None,
        }
    }

    /// A door (`spec.listeners[]`).
    pub fn listener(mut self, listener: Listener) -> Self {
        for secret in &listener.tls {
            self.custom.uses(secret.clone(), "listeners");
        }
        self.listeners.push(listener);
        self
    }

    /// HTTP without encryption, at port 80, for all hosts: the listener `http`.
    pub fn http(self) -> Self {
        Self::at(self, "http", 80, ListenerProtocol::Http, None, None)
    }

    /// HTTPS at port 443, for all hosts, with the certificate of a secret: the listener `https`.
    pub fn https(self, secret: impl Into<Link>) -> Self {
        Self::at(
            self,
            "https",
            443,
            ListenerProtocol::Https,
            None,
            Some(secret.into()),
        )
    }

    /// HTTPS at port 443 for a host, with the certificate of a secret: the listener
    /// `https-` and the host, with `-` for dots and `any` for the star.
    pub fn https_for(self, host: HostName, secret: impl Into<Link>) -> Self {
        let name = host.as_str().replace('*', "any").replace('.', "-");
        let name = format!("https-{name}");
        Self::at(
            self,
            &name,
            443,
            ListenerProtocol::Https,
            Some(host),
            Some(secret.into()),
        )
    }

    fn at(
        this: Self,
        name: &str,
        port: u16,
        protocol: ListenerProtocol,
        host: Option<HostName>,
        secret: Option<Link>,
    ) -> Self {
        let Ok(port) = Port::try_from(port) else {
            return this;
        };
        let mut listener = Listener::new(Name::referred(name), port, protocol);
        listener.hostname = host;
        listener.tls.extend(secret.map(in_a_secret));
        this.listener(listener)
    }

    /// Routes of any namespace may attach, at every listener that does not say whose
    /// (`allowedRoutes.namespaces.from: All`). Default: of the gateway's own.
    pub fn any_namespace(mut self) -> Self {
        self.routes = Some(RoutesFrom::All);
        self
    }

    /// The issuer of its certificates, for all namespaces (`cert-manager.io/cluster-issuer`).
    pub fn cluster_issuer(self, name: Name) -> Self {
        Self::issued(
            self,
            "cert-manager.io/cluster-issuer",
            "ClusterIssuer",
            name,
        )
    }

    /// The issuer of its certificates, of its own namespace (`cert-manager.io/issuer`).
    pub fn issuer(self, name: Name) -> Self {
        Self::issued(self, "cert-manager.io/issuer", "Issuer", name)
    }

    fn issued(mut this: Self, annotation: &'static str, kind: &'static str, name: Name) -> Self {
        let to = Ref::new("cert-manager.io", kind, name.as_str());
        this.custom.uses(Link::to(to), "metadata.annotations");
        let annotations = &mut this.custom.meta.annotations;
        annotations.insert(annotation.to_owned(), name.to_string());
        this
    }

    fn home<'a>(&'a self, graph: &'a Graph) -> &'a str {
        self.custom.namespace().unwrap_or(graph.namespace())
    }
}

impl CustomKind for Gateway {
    custom!();

    fn found(&self, graph: &Graph) -> Value {
        let home = self.home(graph);
        let listeners = self.listeners.iter();
        let listeners = listeners.map(|one| one.lower(graph, home, self.routes.as_ref()));
        json!({ "spec": {
            "gatewayClassName": self.class.as_str(),
            "listeners": listeners.collect::<Vec<_>>(),
        } })
    }

    fn beside(&self, graph: &Graph) -> Vec<Object> {
        let secrets = self.listeners.iter().flat_map(|listener| &listener.tls);
        let needed = secrets.map(|secret| Grant::to(secret.reference()));
        grants(&self.custom, "Gateway", needed, graph)
    }

    fn problems(&self, _graph: &Graph) -> Vec<Problem> {
        let mut problems = Vec::new();
        let mut problem = |message: String, help: &str| {
            problems.push(self.custom.problem("listeners", message, help));
        };
        if self.listeners.is_empty() {
            problem(
                "listens nowhere".to_owned(),
                "add a listener: `.http()`, or `.https(\"shop-tls\")`",
            );
        }
        for (index, listener) in self.listeners.iter().enumerate() {
            if let Some((what, help)) = listener.trouble() {
                problem(what, help);
            }
            let before = &self.listeners[..index];
            if before.iter().any(|known| known.name == listener.name) {
                let what = format!("has two listeners `{}`", listener.name);
                problem(what, "give one of them another name");
            } else if let Some(known) = before
                .iter()
                .find(|known| known.port == listener.port && known.hostname == listener.hostname)
            {
                let what = format!(
                    "has two listeners for the same hosts of port {}: `{}` and `{}`",
                    listener.port, known.name, listener.name
                );
                problem(
                    what,
                    "give one of them another port, or a host: `.hostname(\"shop.example\")`",
                );
            }
        }
        problems
    }
}
