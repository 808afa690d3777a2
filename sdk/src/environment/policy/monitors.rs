//! Prometheus reads what monitors name.

use super::{Maker, Peer, Port, behind_of, outside::service_targets};
use crate::environment::{Selector, index::namespace, pods::Pods, refs::items};
use crate::object::Object;
use serde_json::{Value, json};

/// Prometheus, all pods of its namespace, reaches the ports that a monitor reads.
pub(super) fn allow(maker: &mut Maker<'_>, monitor: &Object) {
    let spec = &monitor.value["spec"];
    let selector = Selector::parse(&spec["selector"]);
    for home in homes(maker, monitor) {
        if monitor.id.kind == "PodMonitor" {
            for workload in maker.index.selected(&home, &selector) {
                let endpoints = items(&spec["podMetricsEndpoints"]);
                read(maker, workload, |pods| {
                    endpoints
                        .iter()
                        .filter_map(|one| of_pod(one, pods))
                        .collect()
                });
            }
            continue;
        }
        let objects = maker.objects;
        let services = objects.iter().enumerate().filter(|(_, object)| {
            let is_service = object.id.group.is_empty() && object.id.kind == "Service";
            let labels = object.value["metadata"]["labels"].as_object();
            is_service && namespace(object) == home && selector.matches(labels)
        });
        for (service, object) in services {
            for workload in behind_of(objects, &maker.index, service) {
                read(maker, workload, |pods| {
                    let endpoints = items(&spec["endpoints"]).iter();
                    endpoints
                        .flat_map(|one| of_service(one, object, pods))
                        .collect()
                });
            }
        }
    }
}

/// The namespaces of what it reads: its own, unless it says others. Of all, those that are described
/// here.
fn homes(maker: &Maker<'_>, monitor: &Object) -> Vec<String> {
    let selector = &monitor.value["spec"]["namespaceSelector"];
    if selector["any"] == true {
        let mut all: Vec<String> = maker
            .objects
            .iter()
            .map(|object| namespace(object).to_owned())
            .collect();
        all.sort();
        all.dedup();
        return all;
    }
    let named = items(&selector["matchNames"]).iter();
    let named: Vec<String> = named
        .filter_map(|name| name.as_str().map(str::to_owned))
        .collect();
    if named.is_empty() {
        vec![namespace(monitor).to_owned()]
    } else {
        named
    }
}

fn read(maker: &mut Maker<'_>, workload: usize, ports: impl Fn(&Pods<'_>) -> Vec<Port>) {
    let Some(pods) = Pods::of(&maker.objects[workload]) else {
        return;
    };
    let mut ports = ports(&pods);
    ports.sort();
    ports.dedup();
    if !ports.is_empty() {
        let prometheus = Peer::namespace(&maker.environment.monitoring_namespace);
        maker.ingress(workload, vec![prometheus], ports);
    }
}

/// The port of an endpoint of a pod monitor.
fn of_pod(endpoint: &Value, pods: &Pods<'_>) -> Option<Port> {
    let fields = ["port", "portNumber", "targetPort"].into_iter();
    let mut named = fields.map(|field| &endpoint[field]);
    container_port(named.find(|port| !port.is_null())?, pods)
}

/// The ports of an endpoint of a service monitor.
fn of_service(endpoint: &Value, service: &Object, pods: &Pods<'_>) -> Vec<Port> {
    if endpoint["port"].is_string() {
        let port = json!({ "name": endpoint["port"] });
        return service_targets(service, pods, Some(&port));
    }
    let port = container_port(&endpoint["targetPort"], pods);
    port.into_iter().collect()
}

/// A port by its name, or by its number, which need not be declared.
fn container_port(port: &Value, pods: &Pods<'_>) -> Option<Port> {
    if let Some(number) = port.as_u64() {
        return u16::try_from(number).ok().map(Port::tcp);
    }
    let mut ports = pods.ports();
    let found = ports.find(|declared| declared.is(port, "TCP"))?;
    Some(Port::of(&found))
}
