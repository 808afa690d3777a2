//! Routes: each gateway that is served says whether it takes them, and whether it finds what they
//! send to.

use jiff::Timestamp;
use serde_json::{Value, json};

use super::{CLASS, COMPONENT, Condition, GATEWAY, GRANT, ROUTE, home, judge, may_name};
use crate::controller::effect::{Decision, status_action};
use crate::controller::json::{at, items, set, strings, text};
use crate::controller::meta::is_terminating;
use crate::controller::seam::{Change, Cluster, Controller, GroupKind, Key, Writer};
use crate::controller::selector::selects;

const SERVICE: GroupKind<'static> = GroupKind::new("", "Service");
const NAMESPACE: GroupKind<'static> = GroupKind::new("", "Namespace");

/// The controller of routes.
pub(crate) struct Routes;

impl Controller for Routes {
    fn name(&self) -> &'static str {
        "http-route-controller"
    }

    fn keys(&mut self, change: &Change, cluster: &dyn Cluster) -> Vec<Key> {
        let object = change.object();
        let kind = GroupKind::of(object);
        if kind == ROUTE {
            return vec![Key::of(object)];
        }
        if ![CLASS, GATEWAY, GRANT, SERVICE, NAMESPACE].contains(&kind) {
            return Vec::new();
        }
        let routes = cluster.list(ROUTE, "");
        routes.iter().map(|route| Key::of(route)).collect()
    }

    fn sync(&mut self, key: &Key, cluster: &mut dyn Cluster) -> Option<Timestamp> {
        let route = cluster.get(ROUTE, &key.namespace, &key.name)?;
        if is_terminating(&route) {
            return None;
        }
        let decision = decide(&route, cluster);
        decision.perform(cluster, Writer::LoadBalancer, COMPONENT)
    }
}

fn decide(route: &Value, cluster: &dyn Cluster) -> Decision {
    let mut decision = Decision::default();
    let mut parents = Vec::new();
    for parent in items(route, "spec.parentRefs") {
        if let Some(said) = parent_status(route, parent, cluster) {
            parents.push(said);
        }
    }
    let mut status = route["status"].clone();
    if parents.is_empty() && items(route, "status.parents").is_empty() {
        // Nobody has anything to say.
        return decision;
    }
    set(&mut status, "parents", parents);
    decision.actions.extend(status_action(route, status));
    decision
}

/// What a gateway says of a route; nothing where no controller serves it.
fn parent_status(route: &Value, parent: &Value, cluster: &dyn Cluster) -> Option<Value> {
    if !["", "Gateway"].contains(&text(parent, "kind")) {
        return None;
    }
    let gateway = cluster.get(GATEWAY, home(parent, route), text(parent, "name"))?;
    let class = cluster.get(CLASS, "", text(&gateway, "spec.gatewayClassName"))?;
    let before = items(route, "status.parents");
    let mut said = before
        .iter()
        .find(|one| one["parentRef"] == *parent)
        .cloned()
        .unwrap_or_else(|| json!({"parentRef": parent}));
    set(
        &mut said,
        "controllerName",
        text(&class, "spec.controllerName"),
    );
    let accepted = match refused(route, parent, &gateway, cluster) {
        None => Condition::new("Accepted", "True", "Accepted", "the route is accepted"),
        Some((reason, message)) => Condition::new("Accepted", "False", reason, message),
    };
    let resolved = match unresolved(route, cluster) {
        None => Condition::new(
            "ResolvedRefs",
            "True",
            "ResolvedRefs",
            "all references are resolved",
        ),
        Some((reason, message)) => Condition::new("ResolvedRefs", "False", reason, message),
    };
    for condition in [&accepted, &resolved] {
        judge(&mut said, condition, route, cluster.now());
    }
    Some(said)
}

/// Why a gateway does not take a route.
fn refused(
    route: &Value,
    parent: &Value,
    gateway: &Value,
    cluster: &dyn Cluster,
) -> Option<(&'static str, &'static str)> {
    let section = text(parent, "sectionName");
    let mut meant: Vec<&Value> = items(gateway, "spec.listeners")
        .iter()
        .filter(|one| [text(one, "name"), ""].contains(&section))
        .filter(|one| parent["port"].is_null() || parent["port"] == one["port"])
        .filter(|one| ["HTTP", "HTTPS"].contains(&text(one, "protocol")))
        .collect();
    if meant.is_empty() {
        return Some(("NoMatchingParent", "the gateway has no such listener"));
    }
    meant.retain(|listener| takes(listener, route, gateway, cluster));
    if meant.is_empty() {
        return Some((
            "NotAllowedByListeners",
            "no listener takes routes of this namespace",
        ));
    }
    let hosts = strings(route, "spec.hostnames");
    meant.retain(|listener| match text(listener, "hostname") {
        "" => true,
        own => hosts.is_empty() || hosts.iter().any(|host| meet(own, host)),
    });
    let reason = "NoMatchingListenerHostname";
    meant
        .is_empty()
        .then_some((reason, "no listener is for one of its hosts"))
}

fn takes(listener: &Value, route: &Value, gateway: &Value, cluster: &dyn Cluster) -> bool {
    let own = text(route, "metadata.namespace");
    match text(listener, "allowedRoutes.namespaces.from") {
        "All" => true,
        "Selector" => cluster.get(NAMESPACE, "", own).is_some_and(|namespace| {
            let selector = at(listener, "allowedRoutes.namespaces.selector");
            selects(selector, at(&namespace, "metadata.labels"))
        }),
        _ => own == text(gateway, "metadata.namespace"),
    }
}

fn meet(one: &str, other: &str) -> bool {
    let covers = |star: &str, host: &str| {
        star.strip_prefix('*')
            .is_some_and(|rest| host.ends_with(rest) && host.len() > rest.len())
    };
    one == other || covers(one, other) || covers(other, one)
}

/// Why something that a route sends to cannot be reached.
fn unresolved(route: &Value, cluster: &dyn Cluster) -> Option<(&'static str, String)> {
    let rules = items(route, "spec.rules").iter();
    rules
        .flat_map(|rule| items(rule, "backendRefs"))
        .find_map(|backend| {
            let (namespace, name) = (home(backend, route), text(backend, "name"));
            if !["", "Service"].contains(&text(backend, "kind")) {
                let message = format!("{} is not served", text(backend, "kind"));
                return Some(("InvalidKind", message));
            }
            if !may_name(cluster, route, ("Service", namespace, name)) {
                let message = format!(
                    "nothing in namespace {namespace} allows the route to name service {name}"
                );
                return Some(("RefNotPermitted", message));
            }
            let found = cluster.get(SERVICE, namespace, name);
            found.is_none().then(|| {
                (
                    "BackendNotFound",
                    format!("service {namespace}/{name} not found"),
                )
            })
        })
}
