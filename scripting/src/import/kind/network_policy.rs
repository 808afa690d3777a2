//! `network_policy(name)`.

use super::{Subject, labels_alone, labels_code};
use crate::import::code::{Code, call, json, text};
use crate::import::pod::{fields, items};
use serde_json::Value;

pub(super) fn propose(subject: &Subject<'_>) -> Option<Code> {
    let spec = subject.spec();
    let mut code = call("network_policy", [text(subject.name())]);
    let labels = labels_alone(&spec["podSelector"])?;
    code = match subject.workload(labels) {
        Some(index) => code.then("of", [subject.context.constant(index)]),
        None if fields(labels).next().is_some() => code.then("pods", [json(labels)]),
        None => code,
    };
    let types = items(&spec["policyTypes"]);
    for (field, peers, word, deny) in [
        ("ingress", "from", "Ingress", "deny_ingress"),
        ("egress", "to", "Egress", "deny_egress"),
    ] {
        let rules = items(&spec[field]);
        for rule in rules {
            code = code.then(field, [self::rule(subject, rule, peers)?]);
        }
        let limited = types.iter().any(|one| one == word);
        // Without a type named, only what comes in is limited.
        if rules.is_empty() && limited && (word == "Egress" || types.len() > 1) {
            code = code.then(deny, []);
        }
    }
    Some(code)
}

fn rule(subject: &Subject<'_>, rule: &Value, peers: &str) -> Option<Code> {
    let mut code = call("allow", []);
    for peer in items(&rule[peers]) {
        code = code.then("peer", [self::peer(subject, peer)?]);
    }
    for port in items(&rule["ports"]) {
        let number = &port["port"];
        let protocol = port["protocol"].as_str().unwrap_or("TCP");
        code = match (protocol, &port["endPort"]) {
            ("TCP", Value::Null) => code.then("port", [json(number)]),
            ("UDP", Value::Null) => code.then("udp_port", [json(number)]),
            ("TCP", last) => code.then("ports", [json(number), json(last)]),
            _ => return None,
        };
    }
    Some(code)
}

fn peer(subject: &Subject<'_>, peer: &Value) -> Option<Code> {
    if peer["ipBlock"].is_object() {
        let block = &peer["ipBlock"];
        let code = call("addresses", [json(&block["cidr"])]);
        return Some(match items(&block["except"]) {
            [] => code,
            [one] => code.then("except", [json(one)]),
            _ => code.then("except", [json(&block["except"])]),
        });
    }
    let (pods, namespace) = (&peer["podSelector"], &peer["namespaceSelector"]);
    if pods.is_null() {
        return Some(call(
            "namespaces_with",
            [labels_code(labels_alone(namespace)?)],
        ));
    }
    let labels = labels_alone(pods)?;
    if namespace.is_null() {
        return Some(match subject.workload(labels) {
            Some(index) => call("pods_of", [subject.context.constant(index)]),
            None => call("pods_with", [labels_code(labels)]),
        });
    }
    let code = call("pods_with", [labels_code(labels)]);
    Some(code.then("in_namespace", [labels_code(labels_alone(namespace)?)]))
}
