//! Ports that nothing listens on: services to containers, ingresses to services.

use super::{problem, suggest::did_you_mean};
use crate::environment::{
    Problem,
    edges::behind,
    pods::Port,
    refs::{backends, items},
    view::View,
};
use serde_json::Value;

pub(super) fn check(view: &View<'_>, problems: &mut Vec<Problem>) {
    for (position, object) in view.objects.iter().enumerate() {
        match (object.id.group.as_str(), object.id.kind.as_str()) {
            ("", "Service") => service(view, position, problems),
            ("networking.k8s.io", "Ingress") => ingress(view, position, problems),
            _ => {}
        }
    }
}

/// A target port that no container of the selected pods has. A number counts as there when no port
/// is declared at all: declaring them is optional.
fn service(view: &View<'_>, position: usize, problems: &mut Vec<Problem>) {
    let object = &view.objects[position];
    let workloads = behind(view, position);
    if workloads.is_empty() {
        return;
    }
    let pods = workloads.iter().filter_map(|workload| view.pods(*workload));
    let ports: Vec<Port<'_>> = pods.flat_map(|pods| pods.ports()).collect();
    for port in items(&object.value["spec"]["ports"]) {
        let target = target_port(port);
        let protocol = port["protocol"].as_str().unwrap_or("TCP");
        let undeclared = ports.is_empty() && target.is_number();
        if undeclared || target.is_null() || ports.iter().any(|port| port.is(target, protocol)) {
            continue;
        }
        let names = ports.iter().filter_map(|port| port.name);
        let wanted = shown(target);
        let help = did_you_mean(&wanted, names, || {
            format!("the containers have {}", declared(&ports))
        });
        problems.push(problem(
            format!(
                "`{}` sends to the port `{wanted}` ({protocol}), which no container of `{}` has",
                object.id.short(),
                view.objects[workloads[0]].id.short()
            ),
            view.at(position, "spec.ports.targetPort", None),
            help,
        ));
    }
}

/// `targetPort`, which is `port` where it is not said.
pub(crate) fn target_port(port: &Value) -> &Value {
    if port["targetPort"].is_null() {
        &port["port"]
    } else {
        &port["targetPort"]
    }
}

/// A backend's port that its service does not have. That the service itself is missing is reported
/// with the other references.
fn ingress(view: &View<'_>, position: usize, problems: &mut Vec<Problem>) {
    let object = &view.objects[position];
    let home = object.id.namespace.as_deref().unwrap_or_default();
    for (backend, path) in backends(&object.value["spec"]) {
        let name = backend["service"]["name"].as_str().unwrap_or_default();
        let Some(service) = view.index.get(("", "Service", home, name)) else {
            continue;
        };
        let wanted = &backend["service"]["port"];
        let ports = items(&view.objects[service].value["spec"]["ports"]);
        if service_port(ports, wanted).is_some() {
            continue;
        }
        let said = if wanted["name"].is_string() {
            &wanted["name"]
        } else {
            &wanted["number"]
        };
        let known = ports.iter().map(|port| match port["name"].as_str() {
            Some(name) => format!("`{}` (`{name}`)", port["port"]),
            None => format!("`{}`", port["port"]),
        });
        let known = known.collect::<Vec<_>>().join(", ");
        let (message, help) = if said.is_null() {
            (
                format!(
                    "`{}` does not say which port of `service/{name}` it means",
                    object.id.short()
                ),
                known,
            )
        } else {
            let message = format!(
                "`{}` sends to the port `{}` of `service/{name}`, which has no such port",
                object.id.short(),
                shown(said)
            );
            (message, known)
        };
        problems.push(problem(
            message,
            view.at(position, path, Some(("", "Service", home, name))),
            format!(
                "the service has {}",
                if help.is_empty() { "none" } else { &help }
            ),
        ));
    }
}

/// The port of a service that an ingress backend means, by name or number.
pub(crate) fn service_port<'a>(ports: &'a [Value], wanted: &Value) -> Option<&'a Value> {
    ports.iter().find(|port| {
        let named = wanted["name"].is_string() && port["name"] == wanted["name"];
        named || wanted["number"].is_number() && port["port"] == wanted["number"]
    })
}

fn shown(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn declared(ports: &[Port<'_>]) -> String {
    let shown = ports.iter().map(|port| match port.name {
        Some(name) => format!("`{}` (`{name}`, {})", port.number, port.protocol),
        None => format!("`{}` ({})", port.number, port.protocol),
    });
    let mut shown: Vec<String> = shown.collect();
    shown.dedup();
    if shown.is_empty() {
        "no ports".to_owned()
    } else {
        shown.join(", ")
    }
}
