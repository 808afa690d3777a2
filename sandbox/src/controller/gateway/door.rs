//! Gateways: those whose class is there get an address, when their certificates are there.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{CLASS, COMPONENT, Condition, GATEWAY, GRANT, ROUTE, home, judge, may_name};
use crate::controller::condition;
use crate::controller::effect::{Decision, status_action};
use crate::controller::json::{items, later, set, text, time};
use crate::controller::meta::is_terminating;
use crate::controller::seam::{Change, Cluster, Controller, GroupKind, Key, Writer};

const SECRET: GroupKind<'static> = GroupKind::new("", "Secret");
/// Seconds until a gateway has its address.
const DELAY: i64 = 5;
const ADDRESS: &str = "203.0.113.11";

/// The controller of gateways.
pub(crate) struct Gateways;

impl Controller for Gateways {
    fn name(&self) -> &'static str {
        COMPONENT
    }

    fn keys(&mut self, change: &Change, cluster: &dyn Cluster) -> Vec<Key> {
        let object = change.object();
        let kind = GroupKind::of(object);
        if kind == GATEWAY {
            return vec![Key::of(object)];
        }
        if kind == ROUTE {
            let parents = items(object, "spec.parentRefs").iter();
            return parents
                .map(|parent| Key::new(home(parent, object), text(parent, "name")))
                .collect();
        }
        let concerns: Box<dyn Fn(&Value) -> bool> = if kind == CLASS || kind == GRANT {
            Box::new(|_| true)
        } else if kind == SECRET {
            let name = text(object, "metadata.name");
            Box::new(move |gateway| certificates(gateway).any(|one| text(one, "name") == name))
        } else {
            return Vec::new();
        };
        let gateways = cluster.list(GATEWAY, "");
        let concerned = gateways.iter().filter(|gateway| concerns(gateway));
        concerned.map(|gateway| Key::of(gateway)).collect()
    }

    fn sync(&mut self, key: &Key, cluster: &mut dyn Cluster) -> Option<Timestamp> {
        let gateway = cluster.get(GATEWAY, &key.namespace, &key.name)?;
        let class = text(&gateway, "spec.gatewayClassName");
        if is_terminating(&gateway) || cluster.get(CLASS, "", class).is_none() {
            return None;
        }
        let decision = decide(&gateway, cluster);
        decision.perform(cluster, Writer::LoadBalancer, COMPONENT)
    }
}

fn certificates(gateway: &Value) -> impl Iterator<Item = &Value> {
    let listeners = items(gateway, "spec.listeners").iter();
    listeners.flat_map(|listener| items(listener, "tls.certificateRefs"))
}

fn decide(gateway: &Value, cluster: &dyn Cluster) -> Decision {
    let now = cluster.now();
    let mut decision = Decision::default();
    let mut status = gateway["status"].clone();
    let before = items(gateway, "status.listeners");
    let mut broken = None;
    let mut listeners = Vec::new();
    for listener in items(gateway, "spec.listeners") {
        let name = text(listener, "name");
        let mut said = before
            .iter()
            .find(|one| text(one, "name") == name)
            .cloned()
            .unwrap_or_else(|| json!({"name": name}));
        said["supportedKinds"] = json!([{"group": super::GROUP, "kind": "HTTPRoute"}]);
        said["attachedRoutes"] = attached(gateway, name, cluster).into();
        let trouble = unresolved(gateway, listener, cluster);
        let (resolved, programmed) = match &trouble {
            None => (
                Condition::new(
                    "ResolvedRefs",
                    "True",
                    "ResolvedRefs",
                    "all references are resolved",
                ),
                Condition::new(
                    "Programmed",
                    "True",
                    "Programmed",
                    "the listener is programmed",
                ),
            ),
            Some((reason, message)) => (
                Condition::new("ResolvedRefs", "False", *reason, message.clone()),
                Condition::new("Programmed", "False", "Invalid", message.clone()),
            ),
        };
        let accepted = Condition::new("Accepted", "True", "Accepted", "the listener is accepted");
        for condition in [&accepted, &programmed, &resolved] {
            judge(&mut said, condition, gateway, now);
        }
        broken = broken.or(trouble.map(|(_, message)| message));
        listeners.push(said);
    }
    set(&mut status, "listeners", listeners);
    let accepted = match broken {
        None => Condition::new("Accepted", "True", "Accepted", "the gateway is accepted"),
        Some(_) => Condition::new(
            "Accepted",
            "True",
            "ListenersNotValid",
            "a listener is not valid",
        ),
    };
    judge(&mut status, &accepted, gateway, now);
    let ready = later(
        time(gateway, "metadata.creationTimestamp").unwrap_or(now),
        DELAY,
    );
    let programmed = match broken {
        Some(message) => Condition::new("Programmed", "False", "Invalid", message),
        None if ready > now => {
            decision.look_again(ready);
            let message = "the gateway waits for its address";
            Condition::new("Programmed", "False", "AddressNotAssigned", message)
        }
        None => {
            let address = json!([{"type": "IPAddress", "value": ADDRESS}]);
            set(&mut status, "addresses", address);
            Condition::new(
                "Programmed",
                "True",
                "Programmed",
                "the gateway is programmed",
            )
        }
    };
    judge(&mut status, &programmed, gateway, now);
    decision.actions.extend(status_action(gateway, status));
    decision
}

/// Why a listener has not all certificates that it names.
fn unresolved(
    gateway: &Value,
    listener: &Value,
    cluster: &dyn Cluster,
) -> Option<(&'static str, String)> {
    items(listener, "tls.certificateRefs")
        .iter()
        .find_map(|secret| {
            let (namespace, name) = (home(secret, gateway), text(secret, "name"));
            if !may_name(cluster, gateway, ("Secret", namespace, name)) {
                let message = format!(
                    "nothing in namespace {namespace} allows the gateway to name secret {name}"
                );
                return Some(("RefNotPermitted", message));
            }
            let found = cluster.get(SECRET, namespace, name);
            match found {
                None => Some((
                    "InvalidCertificateRef",
                    format!("secret {namespace}/{name} not found"),
                )),
                Some(secret) if text(&secret, "type") != "kubernetes.io/tls" => {
                    let message =
                        format!("secret {namespace}/{name} is not of the type kubernetes.io/tls");
                    Some(("InvalidCertificateRef", message))
                }
                Some(_) => None,
            }
        })
}

/// How many routes a listener has taken.
fn attached(gateway: &Value, listener: &str, cluster: &dyn Cluster) -> usize {
    let routes = cluster.list(ROUTE, "");
    let taken = |route: &Value| {
        items(route, "status.parents").iter().any(|parent| {
            let reference = &parent["parentRef"];
            home(reference, route) == text(gateway, "metadata.namespace")
                && text(reference, "name") == text(gateway, "metadata.name")
                && [listener, ""].contains(&text(reference, "sectionName"))
                && condition::is_true(parent, "Accepted")
        })
    };
    routes.iter().filter(|route| taken(route)).count()
}
