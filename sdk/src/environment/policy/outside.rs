//! Traffic that is not between workloads: DNS, ingress controllers, load balancers, Prometheus, and
//! the API server's calls.

use super::{Maker, Peer, Port, behind_of};
use crate::environment::{
    check::{service_port, target_port},
    pods::Pods,
    refs::{GATEWAY, backends, items, provided_secrets, references, route_backends},
};
use crate::object::Object;
use serde_json::{Value, json};

/// Adds what no relation says.
pub(super) fn allow(maker: &mut Maker<'_>) {
    let objects = maker.objects;
    for object in objects {
        match (object.id.group.as_str(), object.id.kind.as_str()) {
            ("networking.k8s.io", "Ingress") => ingress(maker, object),
            (GATEWAY, "HTTPRoute" | "GRPCRoute" | "TLSRoute" | "TCPRoute" | "UDPRoute") => {
                route(maker, object);
            }
            ("", "Service") => load_balancer(maker, object),
            ("admissionregistration.k8s.io" | "apiregistration.k8s.io", _) => called(maker, object),
            ("monitoring.coreos.com", "ServiceMonitor" | "PodMonitor") => {
                super::monitors::allow(maker, object);
            }
            _ => {}
        }
    }
    let workloads: Vec<usize> = maker.rules.keys().copied().collect();
    for workload in workloads {
        maker.egress(
            workload,
            vec![Peer::dns()],
            vec![Port::new(53, "UDP"), Port::tcp(53)],
        );
    }
}

/// The ingress controller reaches what an ingress sends to.
fn ingress(maker: &mut Maker<'_>, object: &Object) {
    let home = object.id.namespace.as_deref().unwrap_or_default();
    let controller = Peer::namespace(&maker.environment.ingress_namespace);
    for (backend, _) in backends(&object.value["spec"]) {
        let name = backend["service"]["name"].as_str().unwrap_or_default();
        let Some(service) = maker.index.get(("", "Service", home, name)) else {
            continue;
        };
        reach(
            maker,
            service,
            Some(&backend["service"]["port"]),
            std::slice::from_ref(&controller),
        );
    }
}

/// The pods of its gateways reach what a route sends to: those that controllers make beside a gateway
/// and mark with its name, and those of the namespace that the environment names.
fn route(maker: &mut Maker<'_>, object: &Object) {
    let home = object.id.namespace.as_deref().unwrap_or_default();
    let spec = &object.value["spec"];
    let gateways: Vec<(&str, &str)> = items(&spec["parentRefs"])
        .iter()
        .filter(|parent| matches!(parent["kind"].as_str(), None | Some("Gateway")))
        .map(|parent| {
            let namespace = parent["namespace"].as_str().unwrap_or(home);
            (namespace, parent["name"].as_str().unwrap_or_default())
        })
        .collect();
    for backend in route_backends(spec) {
        let away = backend["namespace"].as_str().unwrap_or(home);
        let name = backend["name"].as_str().unwrap_or_default();
        let Some(service) = maker.index.get(("", "Service", away, name)) else {
            continue;
        };
        let mut peers: Vec<Peer> = gateways
            .iter()
            .map(|(namespace, gateway)| {
                let namespace = (*namespace != away).then_some(*namespace);
                Peer::pods(namespace, gateway_pods(gateway))
            })
            .collect();
        peers.push(Peer::namespace(gateway_namespace(maker)));
        let port = json!({ "number": backend["port"] });
        let port = Some(&port).filter(|_| backend["port"].is_number());
        reach(maker, service, port, &peers);
    }
}

/// Where controllers keep the pods of gateways that do not stand beside them.
fn gateway_namespace<'a>(maker: &'a Maker<'_>) -> &'a str {
    let environment = &maker.environment;
    let said = environment.gateway_namespace.as_deref();
    said.unwrap_or(&environment.ingress_namespace)
}

/// The labels of the pods that a controller makes for a gateway.
pub(super) fn gateway_pods(gateway: &str) -> Value {
    json!({ "matchLabels": { "gateway.networking.k8s.io/gateway-name": gateway } })
}

/// Everyone reaches what a load balancer or a port of the nodes leads to: the address that pods see
/// may be the client's or a node's.
fn load_balancer(maker: &mut Maker<'_>, object: &Object) {
    if matches!(
        object.value["spec"]["type"].as_str(),
        Some("LoadBalancer" | "NodePort")
    ) && let Some(service) = maker.index.get(crate::environment::index::key(object))
    {
        reach(maker, service, None, &[]);
    }
}

/// The API server calls webhooks and extension servers, from addresses that only the cluster knows.
fn called(maker: &mut Maker<'_>, object: &Object) {
    let spec = &object.value["spec"]["service"];
    let webhooks = items(&object.value["webhooks"])
        .iter()
        .map(|webhook| &webhook["clientConfig"]["service"]);
    for service in std::iter::once(spec).chain(webhooks) {
        let text = |field: &str| service[field].as_str().unwrap_or_default();
        if let Some(service) = maker
            .index
            .get(("", "Service", text("namespace"), text("name")))
        {
            reach(maker, service, None, &[]);
        }
    }
}

fn reach(maker: &mut Maker<'_>, service: usize, port: Option<&Value>, peers: &[Peer]) {
    for workload in behind_of(maker.objects, &maker.index, service) {
        let Some(pods) = Pods::of(&maker.objects[workload]) else {
            continue;
        };
        let ports = service_targets(&maker.objects[service], &pods, port);
        if !ports.is_empty() {
            maker.ingress(workload, peers.to_vec(), ports);
        }
    }
}

/// The ports of the pods that a service sends to, through all of its ports or the one that `only`
/// means.
pub(super) fn service_targets(
    service: &Object,
    pods: &Pods<'_>,
    only: Option<&Value>,
) -> Vec<Port> {
    let ports = items(&service.value["spec"]["ports"]);
    let through: Vec<&Value> = match only {
        Some(wanted) => service_port(ports, wanted).into_iter().collect(),
        None => ports.iter().collect(),
    };
    let mut targets: Vec<Port> = through
        .into_iter()
        .filter_map(|port| {
            let protocol = port["protocol"].as_str().unwrap_or("TCP");
            let target = target_port(port);
            let number = match target.as_u64() {
                Some(number) => u16::try_from(number).ok()?,
                None => pods.ports().find(|port| port.is(target, protocol))?.number,
            };
            Some(Port::new(number, protocol))
        })
        .collect();
    targets.sort();
    targets.dedup();
    targets
}

/// Who proves for cert-manager that a host is ours: where an ingress or a gateway of a namespace asks
/// it for a certificate, or a certificate of it may be proved by a request, those who serve them.
pub(super) fn provers(maker: &Maker<'_>, home: &str) -> Vec<Value> {
    let namespace = |name: &str| json!({ "namespaceSelector": { "matchLabels": { "kubernetes.io/metadata.name": name } } });
    let mut found = Vec::new();
    for object in maker.objects {
        let own = object.id.namespace.as_deref() == Some(home);
        if !own || provided_secrets(object).is_empty() {
            continue;
        }
        match (object.id.group.as_str(), object.id.kind.as_str()) {
            ("networking.k8s.io", "Ingress") => {
                found.push(namespace(&maker.environment.ingress_namespace));
            }
            ("cert-manager.io", "Certificate") if !proves_otherwise(maker, object) => {
                found.push(namespace(&maker.environment.ingress_namespace));
            }
            (GATEWAY, "Gateway") => {
                found.push(json!({ "podSelector": gateway_pods(&object.id.name) }));
                found.push(namespace(gateway_namespace(maker)));
            }
            _ => {}
        }
    }
    let mut seen = Vec::new();
    found.retain(|one| {
        !seen.contains(one) && {
            seen.push(one.clone());
            true
        }
    });
    found
}

/// Whether a certificate's issuer is made here and sends no request to prove that a host is ours.
fn proves_otherwise(maker: &Maker<'_>, certificate: &Object) -> bool {
    let references = references(certificate);
    let mut issuers = references.iter().filter(|one| one.kind.ends_with("Issuer"));
    issuers.any(|issuer| {
        let found = maker.index.get(issuer.target());
        found.is_some_and(|found| {
            let solvers = items(&maker.objects[found].value["spec"]["acme"]["solvers"]);
            !solvers.iter().any(|solver| solver["http01"].is_object())
        })
    })
}
