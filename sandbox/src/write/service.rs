//! What the server alone gives services: addresses and ports, and what goes with another type.

use super::Write;
use crate::error::Cause;
use crate::store::Key;
use crate::world::World;
use serde_json::{Map, Value, json};
use std::collections::BTreeMap;
use std::net::IpAddr;
use std::sync::Arc;

/// Gives a service the addresses and ports that it has none of.
pub(super) fn allocate(world: &mut World, service: &mut Value, is_new: bool) {
    let kind = service["spec"]["type"]
        .as_str()
        .unwrap_or("ClusterIP")
        .to_owned();
    if kind == "ExternalName" {
        return;
    }
    let spec = &mut service["spec"];
    if is_unset_in(spec, "clusterIP") && !is_unset_in(spec, "clusterIPs") {
        return; // Validation says that the list cannot stand alone.
    }
    let address = match spec["clusterIP"]
        .as_str()
        .filter(|address| !address.is_empty())
    {
        Some(address) => address.to_owned(),
        None => free_address(world),
    };
    let spec = &mut service["spec"];
    spec["clusterIP"] = address.clone().into();
    if spec["clusterIPs"].as_array().is_none_or(Vec::is_empty) {
        spec["clusterIPs"] = json!([address]);
    }
    // Whoever has neither an address nor pods is reached by names alone, in both families.
    let is_free = address == "None" && spec["selector"].as_object().is_none_or(Map::is_empty);
    if spec["ipFamilyPolicy"].is_null() {
        let policy = if is_free {
            "RequireDualStack"
        } else {
            "SingleStack"
        };
        spec["ipFamilyPolicy"] = policy.into();
    }
    if spec["ipFamilies"].is_null() {
        spec["ipFamilies"] = json!(["IPv4"]);
    }
    let is_single = spec["ipFamilyPolicy"] == "SingleStack";
    if is_free
        && !is_single
        && let Some([family]) = spec["ipFamilies"].as_array().map(Vec::as_slice)
    {
        let other = if family == "IPv4" { "IPv6" } else { "IPv4" };
        spec["ipFamilies"] = json!([family, other]);
    }
    if has_health_port(service) && is_unset(service, "healthCheckNodePort") {
        let port = world.counters.node_port();
        service["spec"]["healthCheckNodePort"] = port.into();
    }
    let balanced =
        kind == "LoadBalancer" && service["spec"]["allocateLoadBalancerNodePorts"] != false;
    if kind == "NodePort" || balanced {
        node_ports(world, service, is_new);
    }
}

/// Gives ports that have none a port of the nodes. Those of a new service share one where their own
/// number is the same.
fn node_ports(world: &mut World, service: &mut Value, is_new: bool) {
    let number = |port: &Value| port["nodePort"].as_u64().unwrap_or_default();
    let mut given: BTreeMap<u64, u64> = BTreeMap::new();
    for port in ports_of(service).filter(|port| number(port) != 0) {
        let own = port["port"].as_u64().unwrap_or_default();
        given.entry(own).or_insert(number(port));
    }
    for port in ports_of(service).filter(|port| number(port) == 0) {
        let own = port["port"].as_u64().unwrap_or_default();
        let shared = given.get(&own).copied().filter(|_| is_new);
        let node = shared.unwrap_or_else(|| world.counters.node_port().into());
        given.insert(own, node);
        port["nodePort"] = node.into();
    }
}

/// The network from which services get their addresses.
const NETWORK: ([u8; 2], &str) = ([10, 96], "10.96.0.0/16");

/// Why the address that a service wishes for itself cannot be given to it.
pub(super) fn refused(
    world: &World,
    write: &Write,
    old: Option<&Value>,
    service: &Value,
) -> Option<Cause> {
    if !has_address(service) || old.is_some_and(has_address) {
        return None;
    }
    let wanted = service["spec"]["clusterIP"].as_str()?;
    let is_taken = |other: &Arc<Value>| {
        other["spec"]["clusterIP"] == wanted && Key::of(other) != Key::of(service)
    };
    let (field, why) = match wanted.parse().ok()? {
        IpAddr::V6(_) => (
            "spec.clusterIPs[0]",
            "IPv6 is not configured on this cluster".to_owned(),
        ),
        IpAddr::V4(address) => {
            let (network, range) = NETWORK;
            let why = if address.octets()[..2] != network {
                if write.dry_run {
                    format!(
                        "the provided IP ({wanted}) is not in the valid range. The range of valid IPs is {range}"
                    )
                } else {
                    "the provided network does not match the current range".to_owned()
                }
            } else if world.objects.list("", "Service", None).any(is_taken) {
                "provided IP is already allocated".to_owned()
            } else {
                return None;
            };
            (
                "spec.clusterIPs",
                format!("failed to allocate IP {wanted}: {why}"),
            )
        }
    };
    let shown = json!([wanted]);
    Some(Cause {
        reason: "FieldValueInvalid".into(),
        message: format!("Invalid value: {shown}: {why}"),
        field: field.into(),
    })
}

/// A service address that no service has.
fn free_address(world: &mut World) -> String {
    loop {
        let address = world.counters.service_ip();
        let taken = world
            .objects
            .list("", "Service", None)
            .any(|service| service["spec"]["clusterIP"] == address.as_str());
        if !taken {
            return address;
        }
    }
}

fn ports_of(service: &mut Value) -> impl Iterator<Item = &mut Value> {
    let ports = service.pointer_mut("/spec/ports");
    ports.and_then(Value::as_array_mut).into_iter().flatten()
}

fn kind(service: &Value) -> &str {
    service["spec"]["type"].as_str().unwrap_or("ClusterIP")
}

fn has_address(service: &Value) -> bool {
    kind(service) != "ExternalName"
}

fn may_have_node_ports(service: &Value) -> bool {
    matches!(kind(service), "NodePort" | "LoadBalancer")
}

fn has_health_port(service: &Value) -> bool {
    kind(service) == "LoadBalancer" && service["spec"]["externalTrafficPolicy"] == "Local"
}

fn is_outside(service: &Value) -> bool {
    let external = service["spec"]["externalIPs"].as_array();
    matches!(kind(service), "NodePort" | "LoadBalancer")
        || external.is_some_and(|list| !list.is_empty())
}

/// Settles what a change leaves open: what was allocated stays, unless the new type has no use for
/// it; and what went with the old type goes.
pub(super) fn update(world: &mut World, old: &Value, service: &mut Value) {
    keep(old, service);
    link_addresses(old, service);
    drop_with_type(old, service);
    allocate(world, service, false);
}

fn is_unset(service: &Value, field: &str) -> bool {
    is_unset_in(&service["spec"], field)
}

fn is_unset_in(spec: &Value, field: &str) -> bool {
    match &spec[field] {
        Value::Null => true,
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Number(number) => number.as_i64() == Some(0),
        _ => false,
    }
}

fn set(service: &mut Value, field: &str, value: &Value) {
    if value.is_null() {
        unset(service, field);
    } else {
        service["spec"][field] = value.clone();
    }
}

fn unset(service: &mut Value, field: &str) {
    if let Some(spec) = service["spec"].as_object_mut() {
        spec.remove(field);
    }
}

/// Who writes one of the two lists of addresses means the other.
fn link_addresses(old: &Value, service: &mut Value) {
    let (before, after) = (
        old["spec"]["clusterIP"].clone(),
        service["spec"]["clusterIP"].clone(),
    );
    let cleared = is_unset(service, "clusterIP");
    let same_list = old["spec"]["clusterIPs"] == service["spec"]["clusterIPs"];
    if before == after && !is_unset(old, "clusterIPs") && is_unset(service, "clusterIPs") {
        set(service, "clusterIPs", &old["spec"]["clusterIPs"]);
    } else if before != after && same_list {
        if cleared {
            unset(service, "clusterIPs");
        } else {
            service["spec"]["clusterIPs"] = json!([after]);
        }
    }
}

/// What was allocated stays.
fn keep(old: &Value, service: &mut Value) {
    if has_address(old) && has_address(service) {
        for field in ["clusterIP", "clusterIPs"] {
            if is_unset(service, field) {
                set(service, field, &old["spec"][field]);
            }
        }
        if is_unset(service, "ipFamilyPolicy") {
            set(service, "ipFamilyPolicy", &old["spec"]["ipFamilyPolicy"]);
        }
    }
    if may_have_node_ports(old) && may_have_node_ports(service) {
        let ports = |service: &Value| -> Vec<Value> {
            let ports = service["spec"]["ports"].as_array();
            ports.cloned().unwrap_or_default()
        };
        let (had, has) = (ports(old), ports(service));
        let used = |number: &Value| has.iter().any(|port| port["nodePort"] == *number);
        for port in ports_of(service) {
            let unset = port["nodePort"].as_i64().unwrap_or_default() == 0;
            let before = had.iter().find(|before| before["name"] == port["name"]);
            if unset && let Some(before) = before.filter(|before| !used(&before["nodePort"])) {
                port["nodePort"] = before["nodePort"].clone();
            }
        }
    }
    if has_health_port(old) && has_health_port(service) && is_unset(service, "healthCheckNodePort")
    {
        set(
            service,
            "healthCheckNodePort",
            &old["spec"]["healthCheckNodePort"],
        );
    }
}

/// What went with the old type goes, where the writer did not touch it.
fn drop_with_type(old: &Value, service: &mut Value) {
    let mut gone = Vec::new();
    if has_address(old) && !has_address(service) {
        let same = |field: &str| old["spec"][field] == service["spec"][field];
        if same("clusterIP") && same("clusterIPs") {
            gone.extend(["clusterIP", "clusterIPs"]);
        }
        gone.extend(["ipFamilies", "ipFamilyPolicy"]);
    }
    if has_health_port(old) && !has_health_port(service) {
        gone.push("healthCheckNodePort");
    }
    if kind(old) == "LoadBalancer" && kind(service) != "LoadBalancer" {
        gone.extend(["allocateLoadBalancerNodePorts", "loadBalancerClass"]);
    }
    if is_outside(old) && !is_outside(service) {
        gone.push("externalTrafficPolicy");
    }
    for field in gone {
        if old["spec"][field] == service["spec"][field] {
            unset(service, field);
        }
    }
    let numbers = |service: &Value| -> Vec<u64> {
        let ports = service["spec"]["ports"].as_array().into_iter().flatten();
        ports.filter_map(|port| port["nodePort"].as_u64()).collect()
    };
    let had = numbers(old);
    let none_is_new = numbers(service).iter().all(|number| had.contains(number));
    if may_have_node_ports(old) && !may_have_node_ports(service) && none_is_new {
        for port in ports_of(service).filter_map(Value::as_object_mut) {
            port.remove("nodePort");
        }
    }
    if kind(service) != "LoadBalancer" {
        service["status"]["loadBalancer"] = json!({});
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_allocated_stays_as_long_as_the_type_has_a_use_for_it() {
        let old = json!({"spec": {
            "type": "NodePort", "clusterIP": "10.0.0.1", "clusterIPs": ["10.0.0.1"],
            "ipFamilies": ["IPv4"], "externalTrafficPolicy": "Cluster",
            "ports": [{"name": "web", "port": 80, "nodePort": 30001}],
        }});
        let with = |changes: &[(&str, Value)]| {
            let mut service = old.clone();
            for (field, value) in changes {
                set(&mut service, field, value);
            }
            keep(&old, &mut service);
            link_addresses(&old, &mut service);
            drop_with_type(&old, &mut service);
            service["spec"].take()
        };
        let unnumbered = json!([{"name": "web", "port": 81}]);
        let kept = with(&[("clusterIP", Value::Null), ("ports", unnumbered)]);
        assert_eq!(kept["clusterIP"], "10.0.0.1");
        assert_eq!(kept["clusterIPs"], json!(["10.0.0.1"]));
        assert_eq!(kept["ports"][0]["nodePort"], 30001);
        let inside = with(&[("type", json!("ClusterIP"))]);
        assert_eq!(
            inside,
            json!({
                "type": "ClusterIP", "clusterIP": "10.0.0.1", "clusterIPs": ["10.0.0.1"],
                "ipFamilies": ["IPv4"], "ports": [{"name": "web", "port": 80}],
            })
        );
        let external = with(&[
            ("type", json!("ExternalName")),
            ("externalName", json!("a.b")),
        ]);
        assert_eq!(
            external,
            json!({
                "type": "ExternalName", "externalName": "a.b", "ports": [{"name": "web", "port": 80}],
            })
        );
    }
}
