//! Defaults of network policies, ingress classes and endpoint slices.

use serde_json::{Value, json};

use super::edit::{Fields, has, items, object, set, within};

pub(super) fn defaults(kind: &str, value: &mut Value) {
    match kind {
        "NetworkPolicy" => network_policy(value),
        "Ingress" => {
            let Some(spec) = within(value, &["spec"]) else {
                return;
            };
            if let Some(backend) = object(spec, "defaultBackend") {
                resource(backend);
            }
            for rule in items(spec, "rules") {
                if let Some(http) = object(rule, "http") {
                    let paths = items(http, "paths");
                    paths
                        .filter_map(|path| object(path, "backend"))
                        .for_each(resource);
                }
            }
        }
        "IngressClass" => {
            if let Some(parameters) = within(value, &["spec", "parameters"]) {
                set(parameters, "scope", "Cluster");
            }
        }
        "EndpointSlice" => {
            let Some(slice) = value.as_object_mut() else {
                return;
            };
            for port in items(slice, "ports") {
                set(port, "name", "");
                set(port, "protocol", "TCP");
            }
        }
        _ => {}
    }
}

/// A backend that is no service. Go prints its group although it is not there.
fn resource(backend: &mut Fields) {
    if let Some(resource) = object(backend, "resource") {
        resource.entry("apiGroup").or_insert(Value::Null);
    }
}

fn network_policy(value: &mut Value) {
    let Some(fields) = value.as_object_mut() else {
        return;
    };
    let Some(spec) = object(fields, "spec") else {
        return;
    };
    for rules in ["ingress", "egress"] {
        for rule in items(spec, rules) {
            items(rule, "ports").for_each(|port| set(port, "protocol", "TCP"));
        }
    }
    if !has(spec, "policyTypes") {
        let egress = has(spec, "egress");
        let types = if egress {
            json!(["Ingress", "Egress"])
        } else {
            json!(["Ingress"])
        };
        spec.insert("policyTypes".to_owned(), types);
    }
}
