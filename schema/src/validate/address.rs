//! Addresses in a status. Those that were there already are taken as they are.

use std::net::IpAddr;

use serde_json::Value;

use super::look::{items, text};
use super::path::{Found, Path};
use crate::names;

/// What a server says of what is no address.
pub(super) const NO_ADDRESS: &str = "must be a valid IP address, (e.g. 10.9.8.7 or 2001:db8::ffff)";

pub(super) fn is_address(text: &str) -> bool {
    text.parse::<IpAddr>().is_ok()
}

/// The addresses and names of a load balancer.
pub(super) fn of_balancer(before: &Value, after: &Value, path: &Path<'_>, found: &mut Found) {
    let had = items(&before["loadBalancer"], "ingress");
    let list = path.field("loadBalancer");
    let list = list.field("ingress");
    for (at, entry) in items(&after["loadBalancer"], "ingress").iter().enumerate() {
        let path = list.index(at);
        let (address, name) = (text(entry, "ip"), text(entry, "hostname"));
        let known = had.iter().any(|had| text(had, "ip") == address);
        if !address.is_empty() && !known && !is_address(address) {
            path.field("ip").invalid(found, &entry["ip"], NO_ADDRESS);
        }
        if name.is_empty() {
            continue;
        }
        let path = path.field("hostname");
        path.invalid_each(found, &entry["hostname"], names::dns1123_subdomain(name));
        if is_address(name) {
            let detail = "must be a DNS name, not an IP address";
            path.invalid(found, &entry["hostname"], detail);
        }
    }
}

/// The addresses of a pod, or of its node.
pub(super) fn listed(
    before: &Value,
    after: &Value,
    list: &str,
    path: &Path<'_>,
    found: &mut Found,
) {
    let addresses = |status: &Value| -> Vec<String> {
        let all = items(status, list).iter();
        all.map(|item| text(item, "ip").to_owned()).collect()
    };
    let (had, has) = (addresses(before), addresses(after));
    let path = path.field(list);
    for (at, address) in has.iter().enumerate() {
        if !had.contains(address) && !is_address(address) {
            let shown = Value::from(address.as_str());
            path.index(at).invalid(found, &shown, NO_ADDRESS);
        }
    }
    let families: Vec<bool> = has.iter().map(|address| address.contains(':')).collect();
    let one_each = families.len() == 2 && families[0] != families[1];
    if families.len() > 1 && !one_each {
        let shown: Vec<String> = has.iter().map(|ip| format!("{{\"IP\":{ip:?}}}")).collect();
        let shown = format!("[{}]", shown.join(","));
        path.invalid_text(
            found,
            &shown,
            "may specify no more than one IP for each IP family",
        );
    }
}
