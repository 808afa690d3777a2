//! Endpoint slices: the addresses of the pods behind each service.

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::effect::{Action, Decision};
use super::json::{at, flag, has, items, label, set, set_key, text};
use super::meta::{controller_reference, is_terminating, name, namespace, own_key, uid};
use super::pod::{POD, is_finished, is_ready};
use super::seam::{Change, Cluster, Controller, GroupKind, Key, Writer};
use super::selector::matches_map;
use super::template::copy_entries;

const NODE: GroupKind<'static> = GroupKind::new("", "Node");
const SERVICE: GroupKind<'static> = GroupKind::new("", "Service");
const SLICE: GroupKind<'static> = GroupKind::new("discovery.k8s.io", "EndpointSlice");
const COMPONENT: &str = "endpoint-slice-controller";
const SERVICE_LABEL: &str = "kubernetes.io/service-name";
const MANAGER_LABEL: &str = "endpointslice.kubernetes.io/managed-by";
const MANAGER: &str = "endpointslice-controller.k8s.io";
/// Addresses in one slice at most.
const FULL: usize = 100;

/// The controller of endpoint slices.
pub(crate) struct EndpointSlices;

impl Controller for EndpointSlices {
    fn name(&self) -> &'static str {
        COMPONENT
    }

    fn keys(&mut self, change: &Change, cluster: &dyn Cluster) -> Vec<Key> {
        if let Some(key) = own_key(change, SERVICE) {
            return vec![key];
        }
        let object = change.object();
        let kind = GroupKind::of(object);
        if kind == SLICE && label(object, MANAGER_LABEL) == Some(MANAGER) {
            let service = label(object, SERVICE_LABEL).unwrap_or_default();
            return vec![Key::new(namespace(object), service)];
        }
        if kind != POD || !matters(change) {
            return Vec::new();
        }
        let states = [&change.before, &change.after];
        let selects = |service: &Arc<Value>| {
            states
                .iter()
                .any(|pod| pod.as_ref().is_some_and(|pod| is_behind(pod, service)))
        };
        let services = cluster.list(SERVICE, namespace(object));
        services
            .iter()
            .filter(|service| selects(service))
            .map(|service| Key::of(service))
            .collect()
    }

    fn sync(&mut self, key: &Key, cluster: &mut dyn Cluster) -> Option<Timestamp> {
        let service = cluster.get(SERVICE, &key.namespace, &key.name)?;
        let slices: Vec<_> = cluster
            .list(SLICE, &key.namespace)
            .into_iter()
            .filter(|slice| {
                label(slice, SERVICE_LABEL) == Some(&key.name)
                    && label(slice, MANAGER_LABEL) == Some(MANAGER)
            })
            .collect();
        let mut pods = cluster.list(POD, &key.namespace);
        let node = |pod: &Value| cluster.get(NODE, "", text(pod, "spec.nodeName"));
        pods.retain(|pod| {
            is_behind(pod, &service)
                && !is_finished(pod)
                && has(pod, "status.podIP")
                && node(pod).is_some()
        });
        let zones =
            |pod: &Value| label(&*node(pod)?, "topology.kubernetes.io/zone").map(str::to_owned);
        let decision = decide(&service, &pods, &slices, &zones);
        decision.perform(cluster, Writer::ControllerManager, COMPONENT)
    }
}

/// Whether a change of a pod changes what a slice says of it.
fn matters(change: &Change) -> bool {
    let (Some(before), Some(after)) = (&change.before, &change.after) else {
        return true;
    };
    let view = |pod: &Value| {
        (
            is_ready(pod),
            is_terminating(pod),
            is_finished(pod),
            at(pod, "status.podIP").clone(),
        )
    };
    view(before) != view(after) || at(before, "metadata.labels") != at(after, "metadata.labels")
}

/// Whether a service's selector picks a pod.
fn is_behind(pod: &Value, service: &Value) -> bool {
    let selector = &service["spec"]["selector"];
    selector
        .as_object()
        .is_some_and(|selector| !selector.is_empty())
        && matches_map(selector, &pod["metadata"]["labels"])
}

/// The slices of a service as they should be, and what it takes to get there.
fn decide(
    service: &Value,
    pods: &[Arc<Value>],
    slices: &[Arc<Value>],
    zone: &dyn Fn(&Value) -> Option<String>,
) -> Decision {
    let mut decision = Decision::default();
    let selects = at(service, "spec.selector")
        .as_object()
        .is_some_and(|map| !map.is_empty());
    if !selects || is_terminating(service) || text(service, "spec.type") == "ExternalName" {
        decision
            .actions
            .extend(slices.iter().cloned().map(Action::Delete));
        return decision;
    }
    // Pods that name their port differently go into slices of their own.
    let mut groups: Vec<(Value, Vec<Value>)> = Vec::new();
    for pod in pods {
        let ports = ports(service, pod);
        let endpoint = endpoint(service, pod, zone);
        match groups
            .iter_mut()
            .find(|(known, list)| *known == ports && list.len() < FULL)
        {
            Some((_, list)) => list.push(endpoint),
            None => groups.push((ports, vec![endpoint])),
        }
    }
    if groups.is_empty() {
        groups.push((Value::Null, Vec::new()));
    }
    let mut old = slices.iter();
    for (ports, endpoints) in groups {
        let mut slice = match old.next() {
            Some(slice) => Value::clone(slice),
            None => json!({
                "apiVersion": "discovery.k8s.io/v1",
                "kind": "EndpointSlice",
                "metadata": {"generateName": format!("{}-", name(service)), "namespace": namespace(service)},
            }),
        };
        let before = slice.clone();
        fill(&mut slice, service, ports, endpoints);
        if !has(&before, "metadata.uid") {
            decision.push(Action::Create(slice));
        } else if slice != before {
            decision.push(Action::Update(slice));
        }
    }
    decision.actions.extend(old.cloned().map(Action::Delete));
    decision
}

fn fill(slice: &mut Value, service: &Value, ports: Value, endpoints: Vec<Value>) {
    set(
        slice,
        "metadata.ownerReferences",
        json!([controller_reference(service)]),
    );
    set(slice, "metadata.labels", json!({}));
    copy_entries(service, "metadata.labels", slice, "metadata.labels", |_| {
        true
    });
    set_key(slice, "metadata.labels", SERVICE_LABEL, name(service));
    set_key(slice, "metadata.labels", MANAGER_LABEL, MANAGER);
    if text(service, "spec.clusterIP") == "None" {
        set_key(
            slice,
            "metadata.labels",
            "service.kubernetes.io/headless",
            "",
        );
    }
    set(slice, "addressType", "IPv4");
    // None are told as Go tells an empty list.
    let endpoints = Some(endpoints).filter(|list| !list.is_empty());
    set(
        slice,
        "endpoints",
        endpoints.map_or(Value::Null, Value::from),
    );
    set(slice, "ports", ports);
}

/// The ports of a service as they are at one pod: a named target is looked up there.
fn ports(service: &Value, pod: &Value) -> Value {
    items(service, "spec.ports")
        .iter()
        .filter_map(|port| {
            let protocol = match text(port, "protocol") {
                "" => "TCP",
                protocol => protocol,
            };
            let number = target(port, pod, protocol)?;
            let mut out = json!({"name": text(port, "name"), "port": number, "protocol": protocol});
            if has(port, "appProtocol") {
                out["appProtocol"] = port["appProtocol"].clone();
            }
            Some(out)
        })
        .collect()
}

fn target(port: &Value, pod: &Value, protocol: &str) -> Option<i64> {
    match &port["targetPort"] {
        Value::String(wanted) => items(pod, "spec.containers")
            .iter()
            .chain(items(pod, "spec.initContainers").iter())
            .flat_map(|container| items(container, "ports"))
            .find(|port| {
                let own = text(port, "protocol");
                text(port, "name") == wanted
                    && (own == protocol || (own.is_empty() && protocol == "TCP"))
            })?["containerPort"]
            .as_i64(),
        Value::Number(number) => number.as_i64(),
        _ => port["port"].as_i64(),
    }
}

fn endpoint(service: &Value, pod: &Value, zone: &dyn Fn(&Value) -> Option<String>) -> Value {
    let serving = is_ready(pod);
    let ends = is_terminating(pod);
    let ready = flag(service, "spec.publishNotReadyAddresses") || (serving && !ends);
    let mut endpoint = json!({
        "addresses": [text(pod, "status.podIP")],
        "conditions": {"ready": ready, "serving": serving, "terminating": ends},
        "nodeName": text(pod, "spec.nodeName"),
        "targetRef": {
            "kind": "Pod", "name": name(pod), "namespace": namespace(pod), "uid": uid(pod),
        },
    });
    if let Some(zone) = zone(pod) {
        endpoint["zone"] = zone.into();
    }
    let is_named = !text(pod, "spec.hostname").is_empty()
        && text(pod, "spec.subdomain") == name(service)
        && namespace(pod) == namespace(service);
    if is_named {
        endpoint["hostname"] = text(pod, "spec.hostname").into();
    }
    endpoint
}

#[cfg(test)]
mod tests {
    use super::super::testing::outline;
    use super::*;

    #[test]
    fn a_named_port_is_looked_up_at_the_pod() {
        let service = json!({
            "kind": "Service", "metadata": {"name": "s", "namespace": "n"},
            "spec": {"selector": {"app": "a"}, "ports": [{"name": "http", "port": 80, "targetPort": "web"}]},
        });
        let pod = |name: &str, port: i64| {
            Arc::new(json!({
                "metadata": {"name": name, "namespace": "n", "labels": {"app": "a"}},
                "spec": {"nodeName": "x", "containers": [{"ports": [{"name": "web", "containerPort": port}]}]},
                "status": {"podIP": "10.0.0.1", "conditions": [{"type": "Ready", "status": "True"}]},
            }))
        };
        let decision = decide(
            &service,
            &[pod("a", 8080), pod("b", 9090), pod("c", 8080)],
            &[],
            &|_| None,
        );
        assert_eq!(
            outline(&decision),
            ["create EndpointSlice s-", "create EndpointSlice s-"]
        );
        let Action::Create(first) = &decision.actions[0] else {
            panic!()
        };
        assert_eq!(
            first["ports"],
            json!([{"name": "http", "port": 8080, "protocol": "TCP"}])
        );
        assert_eq!(first["endpoints"].as_array().unwrap().len(), 2);
        assert_eq!(first["endpoints"][0]["conditions"]["ready"], true);
    }

    #[test]
    fn a_service_without_pods_has_an_empty_slice() {
        let service = json!({
            "kind": "Service", "metadata": {"name": "s", "namespace": "n"},
            "spec": {"selector": {"app": "a"}, "clusterIP": "None"},
        });
        let decision = decide(&service, &[], &[], &|_| None);
        let [Action::Create(slice)] = decision.actions.as_slice() else {
            panic!("{decision:?}")
        };
        assert_eq!(
            slice["metadata"]["labels"]["service.kubernetes.io/headless"],
            ""
        );
        assert_eq!(slice["endpoints"], Value::Null);
    }
}
