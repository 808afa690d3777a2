//! `service(name, workload)`.

use super::Subject;
use crate::import::code::{Code, call, json, text};
use crate::import::pod::{fields, items};
use crate::import::setters::{get, set, time};
use serde_json::Value;

pub(super) fn propose(subject: &Subject<'_>) -> Option<Code> {
    let spec = subject.spec();
    let workload = subject.workload(&spec["selector"]);
    let name = text(subject.name());
    let mut code = match workload {
        Some(index) => call("service", [name, subject.context.constant(index)]),
        None => call("service", [name]),
    };
    if workload.is_none() && fields(&spec["selector"]).next().is_some() {
        code = code.then("selector", [json(&spec["selector"])]);
    }
    let of_workload = workload.map(|index| ports_of(&subject.context.objects[index].value));
    let ports = items(&spec["ports"]);
    if of_workload.is_none_or(|served| served != ports.iter().map(plain).collect::<Vec<_>>()) {
        for port in ports {
            code = code.then("port", self::port(port));
        }
    }
    if spec["clusterIP"] == "None" {
        code = code.then("headless", []);
    }
    code = set(code, "service", spec, "spec.", |name| {
        matches!(
            name,
            "type"
                | "external_name"
                | "load_balancer_class"
                | "load_balancer_source_range"
                | "traffic_distribution"
        )
    });
    for (field, value, setter) in [
        (
            "publishNotReadyAddresses",
            Value::from(true),
            "publish_not_ready_addresses",
        ),
        (
            "externalTrafficPolicy",
            Value::from("Local"),
            "external_traffic_local",
        ),
        (
            "internalTrafficPolicy",
            Value::from("Local"),
            "internal_traffic_local",
        ),
    ] {
        if spec[field] == value {
            code = code.then(setter, []);
        }
    }
    if spec["sessionAffinity"] == "ClientIP" {
        let timeout = get(spec, "sessionAffinityConfig.clientIP.timeoutSeconds").as_i64();
        code = code.then("session_affinity", [timeout.map_or(Code::Unit, time)]);
    }
    Some(code)
}

/// Name, number, protocol and target: what a port is when it has nothing else.
type Plain = (Option<String>, Value, String, Value, bool);

fn plain(port: &Value) -> Plain {
    let number = port["port"].clone();
    let target = match &port["targetPort"] {
        Value::Null => number.clone(),
        target => target.clone(),
    };
    let more = !port["nodePort"].is_null() || !port["appProtocol"].is_null();
    let protocol = port["protocol"].as_str().unwrap_or("TCP").to_owned();
    (
        port["name"].as_str().map(str::to_owned),
        number,
        protocol,
        target,
        more,
    )
}

/// The ports that a service has of a workload.
fn ports_of(workload: &Value) -> Vec<Plain> {
    let spec = &workload["spec"]["template"]["spec"];
    let containers = items(&spec["containers"]).iter();
    let ports = containers.flat_map(|container| items(&container["ports"]));
    let mut served: Vec<Plain> = ports
        .map(|port| {
            let number = port["containerPort"].clone();
            let name = port["name"].as_str().map(str::to_owned);
            let target = name.clone().map_or_else(|| number.clone(), Value::from);
            let protocol = port["protocol"].as_str().unwrap_or("TCP").to_owned();
            (name, number, protocol, target, false)
        })
        .collect();
    if served.len() > 1 {
        for (name, number, protocol, ..) in &mut served {
            let made = format!("{}-{number}", protocol.to_lowercase());
            name.get_or_insert(made);
        }
    }
    served
}

fn port(port: &Value) -> Vec<Code> {
    let (name, number, protocol, target, more) = plain(port);
    let elsewhere = target != number;
    if protocol == "TCP" && !more {
        match (&name, elsewhere) {
            (None, false) => return vec![json(&number)],
            (None, true) => return vec![json(&number), json(&target)],
            (Some(name), false) => return vec![text(name), json(&number)],
            (Some(_), true) => {}
        }
    }
    let mut code = call("service_port", [json(&number)]);
    if let Some(name) = name {
        code = code.then("name", [text(name)]);
    }
    if elsewhere {
        code = code.then("target", [json(&target)]);
    }
    if protocol != "TCP" {
        code = code.then("protocol", [text(protocol)]);
    }
    vec![set(code, "service_port", port, "", |name| {
        matches!(name, "node_port" | "app_protocol")
    })]
}
