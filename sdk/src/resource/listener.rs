//! One door of a gateway.

use super::{Link, meta::some};
use crate::environment::Graph;
use crate::types::{HostName, LabelKey, LabelValue, Name, Port, label_map};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// One door of a gateway (`spec.listeners[]`): a port, what is spoken there, for which host.
///
/// ```
/// use infra_sdk::resource::{Existing, Gateway, Listener};
///
/// let tls = Existing::new("secret", "admin-tls".parse()?)?;
/// let admin = Listener::new("admin".parse()?, "8443".parse()?, "HTTPS".parse()?)
///     .hostname("admin.shop.example".parse()?)
///     .tls(&tls);
/// let door = Gateway::new("door".parse()?, "envoy".parse()?).http().listener(admin);
/// # Ok::<(), infra_sdk::types::Invalid>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
#[must_use]
pub struct Listener {
    pub(super) name: Name,
    pub(super) port: Port,
    pub(super) protocol: ListenerProtocol,
    pub(super) hostname: Option<HostName>,
    pub(super) tls: Vec<Link>,
    pub(super) passthrough: bool,
    pub(super) routes: Option<RoutesFrom>,
}

/// The secret that something is kept in.
pub(super) fn in_a_secret(link: Link) -> Link {
    link.secret().unwrap_or(link)
}

/// Whose routes may attach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum RoutesFrom {
    All,
    Selector(BTreeMap<String, String>),
}

word_type! {
    /// What is spoken at a listener.
    ListenerProtocol, "the protocol of a listener" {
        /// HTTP without encryption.
        Http = "HTTP",
        /// HTTP over TLS, which ends at the gateway.
        Https = "HTTPS",
        /// TLS, which ends at the gateway or is passed through.
        Tls = "TLS",
        /// TCP.
        Tcp = "TCP",
        /// UDP.
        Udp = "UDP",
    }
}

impl Listener {
    /// A listener by its name, port and protocol.
    pub fn new(name: Name, port: Port, protocol: ListenerProtocol) -> Self {
        Self {
            name,
            port,
            protocol,
            hostname: None,
            tls: Vec::new(),
            passthrough: false,
            routes: None,
        }
    }

    /// The host that it is for, `*.` before it for its children (`hostname`). Default: all.
    pub fn hostname(mut self, host: HostName) -> Self {
        self.hostname = Some(host);
        self
    }

    /// The certificate that it shows (`tls.certificateRefs`): a secret, which cert-manager makes where
    /// the gateway names an issuer, or what a secret is made of, as a certificate is.
    pub fn tls(mut self, secret: impl Into<Link>) -> Self {
        self.tls.push(in_a_secret(secret.into()));
        self
    }

    /// What is encrypted is passed on as it is (`tls.mode: Passthrough`). Default: it ends here.
    pub fn passthrough(mut self) -> Self {
        self.passthrough = true;
        self
    }

    /// Routes of any namespace may attach (`allowedRoutes.namespaces.from: All`). Default: of the
    /// gateway's own.
    pub fn any_namespace(mut self) -> Self {
        self.routes = Some(RoutesFrom::All);
        self
    }

    /// Routes of namespaces with these labels may attach (`allowedRoutes.namespaces.selector`).
    pub fn namespaces(mut self, labels: impl IntoIterator<Item = (LabelKey, LabelValue)>) -> Self {
        self.routes = Some(RoutesFrom::Selector(label_map(labels)));
        self
    }

    pub(super) fn is_encrypted(&self) -> bool {
        matches!(
            self.protocol,
            ListenerProtocol::Https | ListenerProtocol::Tls
        )
    }

    /// As the API has it, in a gateway of a namespace.
    pub(super) fn lower(&self, graph: &Graph, home: &str, routes: Option<&RoutesFrom>) -> Value {
        let mut listener = json!({
            "name": self.name.as_str(),
            "port": self.port.number(),
            "protocol": self.protocol.as_str(),
        });
        if let Some(host) = &self.hostname {
            listener["hostname"] = host.as_str().into();
        }
        if self.is_encrypted() {
            let mode = if self.passthrough {
                "Passthrough"
            } else {
                "Terminate"
            };
            listener["tls"] = json!({ "mode": mode });
            let secrets = self.tls.iter().map(|secret| {
                let mut reference = json!({ "name": secret.name() });
                let namespace = graph.namespace_of(secret.reference());
                if namespace != home {
                    reference["namespace"] = namespace.into();
                }
                reference
            });
            if let Some(secrets) = some(secrets.collect::<Vec<_>>()) {
                listener["tls"]["certificateRefs"] = secrets.into();
            }
        }
        match self.routes.as_ref().or(routes) {
            Some(RoutesFrom::All) => {
                listener["allowedRoutes"] = json!({ "namespaces": { "from": "All" } });
            }
            Some(RoutesFrom::Selector(labels)) => {
                listener["allowedRoutes"] = json!({ "namespaces": {
                    "from": "Selector", "selector": { "matchLabels": labels },
                } });
            }
            None => {}
        }
        listener
    }

    /// What is wrong with it, as the end of a sentence about its gateway, and what to do.
    pub(super) fn trouble(&self) -> Option<(String, &'static str)> {
        let name = &self.name;
        if let Some(other) = self.tls.iter().find(|link| !link.is("", "Secret")) {
            let what = format!(
                "has {} for the certificate of its listener `{name}`",
                other.in_words()
            );
            return Some((what, "expected a secret, or a certificate"));
        }
        if self.protocol == ListenerProtocol::Https && self.passthrough {
            let what =
                format!("passes on what is encrypted at its listener `{name}`, which speaks HTTPS");
            Some((what, "the protocol `TLS` can be passed through"))
        } else if self.is_encrypted() && !self.passthrough && self.tls.is_empty() {
            let what = format!("shows no certificate at its listener `{name}`");
            Some((what, "name its secret: `.tls(\"shop-tls\")`"))
        } else if !self.is_encrypted() && !self.tls.is_empty() {
            let what = format!(
                "has a certificate for its listener `{name}`, which speaks {}",
                self.protocol
            );
            Some((what, "the protocol `HTTPS` shows certificates"))
        } else {
            None
        }
    }
}
