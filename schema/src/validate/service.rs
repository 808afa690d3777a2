//! Services.

use std::collections::BTreeSet;

use serde_json::Value;

use super::Violation;
use super::address::NO_ADDRESS;
use super::look::{field, items, number, text};
use super::meta::labels;
use super::network_policy::cidr;
use super::path::{Found, Path};
use super::probe::port as port_or_name;
use crate::names;

/// Ports that nodes can offer.
const NODE_PORTS: std::ops::RangeInclusive<i64> = 30000..=32767;
const OUT_OF_RANGE: &str =
    "provided port is not in the valid range. The range of valid ports is 30000-32767";
const FIRST_IS_ANOTHER: &str = "first value must match `clusterIP`";
const LIST_ALONE: &str = "must be empty when `clusterIP` is not specified";
const NONE_WITH_OTHERS: &str = "'None' must be the first and only value";

pub(super) fn check(spec: &Value, path: &Path<'_>, found: &mut Found) {
    let kind = text(spec, "type");
    let headless = text(spec, "clusterIP") == "None";
    if items(spec, "ports").is_empty() && !headless && kind != "ExternalName" {
        path.field("ports").required(found, "");
    }
    if headless && matches!(kind, "NodePort" | "LoadBalancer") {
        let detail = format!("may not be set to 'None' for {kind} services");
        path.field("clusterIPs")
            .index(0)
            .invalid(found, &spec["clusterIP"], &detail);
    }
    if kind == "ExternalName" {
        let name = text(spec, "externalName");
        if name.is_empty() {
            path.field("externalName").required(found, "");
        } else {
            let wrong = names::dns1123_subdomain(name.strip_suffix('.').unwrap_or(name));
            path.field("externalName")
                .invalid_each(found, &spec["externalName"], wrong);
        }
        for (given, name) in [
            ("clusterIP", "clusterIPs"),
            ("ipFamilies", "ipFamilies"),
            ("ipFamilyPolicy", "ipFamilyPolicy"),
        ] {
            if !text(spec, given).is_empty() || !items(spec, given).is_empty() {
                path.field(name)
                    .forbidden(found, "may not be set for ExternalName services");
            }
        }
    }
    if kind != "LoadBalancer" && field(spec, "allocateLoadBalancerNodePorts").is_some() {
        path.field("allocateLoadBalancerNodePorts")
            .forbidden(found, "may only be used when `type` is 'LoadBalancer'");
    }
    addresses(spec, path, found);
    labels(spec, "selector", path, found);
    ports(spec, kind, path, found);
    let outside =
        matches!(kind, "NodePort" | "LoadBalancer") || !items(spec, "externalIPs").is_empty();
    if !text(spec, "externalTrafficPolicy").is_empty() && !outside {
        let detail = "may only be set for externally-accessible services";
        let value = &spec["externalTrafficPolicy"];
        path.field("externalTrafficPolicy")
            .invalid(found, value, detail);
    }
    // The server names the field as Go does.
    let list = path.field("LoadBalancerSourceRanges");
    let ranges = items(spec, "loadBalancerSourceRanges");
    if kind != "LoadBalancer" && !ranges.is_empty() {
        list.forbidden(found, "may only be used when `type` is 'LoadBalancer'");
    }
    for (at, range) in ranges.iter().enumerate() {
        let range = range.as_str().unwrap_or_default().trim();
        cidr(&Value::from(range), &list.index(at), found);
    }
    class(spec, path, found);
    for (name, allowed) in [
        ("sessionAffinity", &["ClientIP", "None"][..]),
        ("internalTrafficPolicy", &["Cluster", "Local"]),
        (
            "trafficDistribution",
            &["PreferClose", "PreferSameZone", "PreferSameNode"],
        ),
    ] {
        let given = text(spec, name);
        if !given.is_empty() && !allowed.contains(&given) {
            path.field(name).unsupported(found, &spec[name], allowed);
        }
    }
    let checks = kind == "LoadBalancer" && text(spec, "externalTrafficPolicy") == "Local";
    if let Some(port) = number(spec, "healthCheckNodePort").filter(|port| *port != 0 && !checks) {
        let detail =
            "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'";
        path.field("healthCheckNodePort")
            .invalid(found, &Value::from(port), detail);
    }
    let timeout = spec.pointer("/sessionAffinityConfig/clientIP/timeoutSeconds");
    if let Some(timeout) = timeout.filter(|t| t.as_i64().is_none_or(|t| !(1..=86400).contains(&t)))
    {
        let path = path.field("sessionAffinityConfig");
        let path = path.field("clientIP");
        let detail = "must be greater than 0 and less than 86400";
        path.field("timeoutSeconds").invalid(found, timeout, detail);
    }
}

/// Whether nodes cannot offer a port.
pub(super) fn is_out_of_range(number: &Value) -> bool {
    number.as_i64().is_some_and(|n| !NODE_PORTS.contains(&n))
}

/// Who balances the load; judged with the whole, and again with a change.
pub(super) fn class(spec: &Value, path: &Path<'_>, found: &mut Found) {
    let Some(class) = field(spec, "loadBalancerClass") else {
        return;
    };
    let path = path.field("loadBalancerClass");
    if text(spec, "type") == "LoadBalancer" {
        let wrong = names::label_key(class.as_str().unwrap_or_default());
        path.invalid_each(found, class, wrong);
    } else {
        path.forbidden(found, "may only be used when `type` is 'LoadBalancer'");
    }
}

/// Leaves what a server finds while it looks for addresses, and then for ports, before it judges
/// anything else. Says whether there is such a thing.
pub(super) fn alone(found: &mut Found) -> bool {
    let of_addresses = |violation: &Violation| {
        let told = [FIRST_IS_ANOTHER, LIST_ALONE, NONE_WITH_OTHERS];
        violation.field.starts_with("spec.clusterIPs[") && violation.message.ends_with(NO_ADDRESS)
            || told.iter().any(|told| violation.message.ends_with(told))
            || violation.field.starts_with("spec.ipFamilies[")
    };
    let of_ports = |violation: &Violation| violation.message.ends_with(OUT_OF_RANGE);
    let steps: [&dyn Fn(&Violation) -> bool; 2] = [&of_addresses, &of_ports];
    for step in steps {
        if found.iter().any(step) {
            found.retain(step);
            return true;
        }
    }
    false
}

fn addresses(spec: &Value, path: &Path<'_>, found: &mut Found) {
    let first = [spec["clusterIP"].clone()];
    let given = match items(spec, "clusterIPs") {
        [] if !text(spec, "clusterIP").is_empty() => &first,
        given => given,
    };
    for (name, addresses) in [
        ("clusterIPs", given),
        ("externalIPs", items(spec, "externalIPs")),
    ] {
        let path = path.field(name);
        for (at, address) in addresses.iter().enumerate() {
            let written = address.as_str().unwrap_or_default();
            let none = name == "clusterIPs" && at == 0 && written == "None";
            if !none && written.parse::<std::net::IpAddr>().is_err() {
                path.index(at).invalid(found, address, NO_ADDRESS);
            }
        }
    }
    let (first, all) = (text(spec, "clusterIP"), items(spec, "clusterIPs"));
    let list = path.field("clusterIPs");
    if first.is_empty() && !all.is_empty() {
        list.invalid(found, &spec["clusterIPs"], LIST_ALONE);
    } else if all.first().is_some_and(|other| other != first) {
        list.invalid(found, &spec["clusterIPs"], FIRST_IS_ANOTHER);
    }
    if all.len() > 1 && all[0] == "None" {
        list.invalid(found, &spec["clusterIPs"], NONE_WITH_OTHERS);
    }
    let path = path.field("ipFamilies");
    for (at, family) in items(spec, "ipFamilies").iter().enumerate() {
        if !matches!(family.as_str(), Some("IPv4" | "IPv6")) {
            path.index(at).unsupported(found, family, &["IPv4", "IPv6"]);
        }
    }
}

fn ports(spec: &Value, kind: &str, path: &Path<'_>, found: &mut Found) {
    let list = path.field("ports");
    let all = items(spec, "ports");
    let is_offered = kind == "NodePort"
        || kind == "LoadBalancer" && spec["allocateLoadBalancerNodePorts"] != false;
    let (mut seen, mut pairs) = (BTreeSet::new(), BTreeSet::new());
    for (at, port) in all.iter().enumerate() {
        let path = list.index(at);
        let name = text(port, "name");
        if name.is_empty() {
            if all.len() > 1 {
                path.field("name").required(found, "");
            }
        } else {
            path.field("name")
                .invalid_each(found, &port["name"], names::dns1123_label(name));
            if !seen.insert(name) {
                path.field("name").duplicate(found, &port["name"]);
            }
        }
        let own = number(port, "port").unwrap_or_default();
        path.field("port")
            .invalid_each(found, &port["port"], names::port_number(own));
        if !pairs.insert((own, text(port, "protocol"))) {
            // The server shows a port of its inner form with nothing else in it.
            let protocol = &port["protocol"];
            path.duplicate_text(
                found,
                &format!(
                    "{{\"Name\":\"\",\"Protocol\":{protocol},\"AppProtocol\":null,\"Port\":{own},\"TargetPort\":0,\"NodePort\":0}}"
                ),
            );
        }
        if let Some(protocol) = field(port, "appProtocol") {
            let wrong = names::label_key(protocol.as_str().unwrap_or_default());
            path.field("appProtocol")
                .invalid_each(found, protocol, wrong);
        }
        if field(port, "targetPort").is_some() {
            port_or_name(port, "targetPort", &path, found);
        }
        if let Some(node) = number(port, "nodePort").filter(|node| *node != 0) {
            let path = path.field("nodePort");
            let same = |before: &Value| {
                number(before, "nodePort") == Some(node) && before["protocol"] == port["protocol"]
            };
            if all[..at].iter().any(same) {
                path.duplicate(found, &port["nodePort"]);
            }
            if kind == "ClusterIP" {
                path.forbidden(found, "may not be used when `type` is 'ClusterIP'");
            } else if is_offered && !NODE_PORTS.contains(&node) {
                path.invalid(found, &port["nodePort"], OUT_OF_RANGE);
            }
        }
    }
}
