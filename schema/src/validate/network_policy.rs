//! Network policies.

use std::net::IpAddr;

use serde_json::Value;

use super::look::{count, field, items, number};
use super::path::{Found, Path};
use super::selector;
use crate::names;

pub(super) fn check(spec: &Value, path: &Path<'_>, found: &mut Found) {
    if let Some(pods) = field(spec, "podSelector") {
        selector::check(pods, &path.field("podSelector"), found);
    }
    for (rules, peers) in [("ingress", "from"), ("egress", "to")] {
        let list = path.field(rules);
        for (at, rule) in items(spec, rules).iter().enumerate() {
            let path = list.index(at);
            let ports = path.field("ports");
            for (at, port) in items(rule, "ports").iter().enumerate() {
                self::port(port, &ports.index(at), found);
            }
            let list = path.field(peers);
            for (at, peer) in items(rule, peers).iter().enumerate() {
                self::peer(peer, &list.index(at), found);
            }
        }
    }
    let types = items(spec, "policyTypes");
    if types.len() > 2 {
        path.field("policyTypes").invalid(
            found,
            &spec["policyTypes"],
            "may not specify more than two policyTypes",
        );
    }
    for (at, kind) in types.iter().enumerate() {
        if !matches!(kind.as_str(), Some("Ingress" | "Egress")) {
            let allowed = ["Ingress", "Egress"];
            path.field("policyTypes")
                .index(at)
                .unsupported(found, kind, &allowed);
        }
    }
}

fn port(port: &Value, path: &Path<'_>, found: &mut Found) {
    const PROTOCOLS: [&str; 3] = ["TCP", "UDP", "SCTP"];
    if let Some(protocol) = field(port, "protocol")
        && !protocol
            .as_str()
            .is_some_and(|one| PROTOCOLS.contains(&one))
    {
        path.field("protocol")
            .unsupported(found, protocol, &PROTOCOLS);
    }
    let end = number(port, "endPort");
    match field(port, "port") {
        Some(Value::String(name)) => {
            path.field("port")
                .invalid_each(found, &port["port"], names::port_name(name));
            if end.is_some() {
                let detail = "may not be specified when `port` is non-numeric";
                path.field("endPort")
                    .invalid(found, &port["endPort"], detail);
            }
        }
        Some(value) => {
            let first = value.as_i64().unwrap_or_default();
            path.field("port")
                .invalid_each(found, value, names::port_number(first));
            let path = path.field("endPort");
            if end.is_some_and(|end| end < first) {
                // The server shows the port, and not the end.
                path.invalid(found, value, "must be greater than or equal to `port`");
            }
            if let Some(end) = end {
                path.invalid_each(found, &port["endPort"], names::port_number(end));
            }
        }
        None if end.is_some() => {
            let detail = "may not be specified when `port` is not specified";
            path.field("endPort")
                .invalid(found, &port["endPort"], detail);
        }
        None => {}
    }
}

fn peer(peer: &Value, path: &Path<'_>, found: &mut Found) {
    let selectors = count(peer, &["podSelector", "namespaceSelector"]);
    for name in ["podSelector", "namespaceSelector"] {
        if let Some(labels) = field(peer, name) {
            selector::check(labels, &path.field(name), found);
        }
    }
    let Some(block) = field(peer, "ipBlock") else {
        if selectors == 0 {
            path.required(found, "must specify a peer");
        }
        return;
    };
    if selectors > 0 {
        path.forbidden(found, "may not specify both ipBlock and another peer");
    }
    let path = path.field("ipBlock");
    let Some(outer) = cidr(&block["cidr"], &path.field("cidr"), found) else {
        return;
    };
    let list = path.field("except");
    for (at, except) in items(block, "except").iter().enumerate() {
        let path = list.index(at);
        if let Some(inner) = cidr(except, &path, found)
            && !is_strict_part(inner, outer)
        {
            path.invalid(found, except, "must be a strict subset of `cidr`");
        }
    }
}

/// Address bits, their number, and how many of them are fixed.
type Cidr = (u128, u32, u32);

pub(super) fn cidr(value: &Value, path: &Path<'_>, found: &mut Found) -> Option<Cidr> {
    let text = value.as_str().unwrap_or_default();
    if text.is_empty() {
        return None;
    }
    let parsed = parse_cidr(text);
    if parsed.is_none() {
        let detail = "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)";
        path.invalid(found, value, detail);
    }
    parsed
}

fn parse_cidr(text: &str) -> Option<Cidr> {
    let (address, length) = text.split_once('/')?;
    let length: u32 = length.parse().ok()?;
    let (bits, width) = match address.parse::<IpAddr>().ok()? {
        IpAddr::V4(address) => (u128::from(address.to_bits()), 32),
        IpAddr::V6(address) => (address.to_bits(), 128),
    };
    (length <= width).then_some((bits, width, length))
}

fn is_strict_part(inner: Cidr, outer: Cidr) -> bool {
    let network = |(bits, width, _): Cidr| bits.checked_shr(width - outer.2).unwrap_or_default();
    inner.1 == outer.1 && inner.2 > outer.2 && network(inner) == network(outer)
}
