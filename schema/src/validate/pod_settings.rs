//! What a pod says of itself beside its containers, volumes and nodes. Source:
//! `pkg/apis/core/validation/validation.go`, Kubernetes 1.36.

use std::collections::BTreeSet;

use serde_json::Value;

use super::address::{NO_ADDRESS, is_address};
use super::look::{field, items, text};
use super::path::{Found, Path};
use super::{container, inner, pod_resources};
use crate::names;

const NAMESERVERS: usize = 3;
const SEARCHES: usize = 32;
const SEARCH_LETTERS: usize = 2048;

pub(super) fn check(spec: &Value, path: &Path<'_>, found: &mut Found) {
    dns(spec, path, found);
    gates(spec, path, found);
    aliases(spec, path, found);
    claims(spec, path, found);
    pod_resources::check(spec, path, found);
    host_name(spec, path, found);
    if let Some(overhead) = field(spec, "overhead") {
        let limits = serde_json::json!({"limits": overhead});
        let none = BTreeSet::new();
        container::resources(&limits, &none, &path.field("overhead"), found);
    }
    if let Some(os) = field(spec, "os") {
        let path = path.field("os");
        match text(os, "name") {
            "" => path.field("name").required(found, ""),
            "linux" | "windows" => {}
            other => path.unsupported(found, &Value::from(other), &["linux", "windows"]),
        }
    }
    if spec["hostUsers"] == false {
        for (name, shown) in [("hostPID", "HostPID"), ("hostIPC", "HostIPC")] {
            if spec[name] == true {
                path.field(shown)
                    .forbidden(found, "when `hostUsers` is false");
            }
        }
    }
}

fn dns(spec: &Value, path: &Path<'_>, found: &mut Found) {
    let path = path.field("dnsConfig");
    let config = field(spec, "dnsConfig");
    let servers = config.map_or(&[][..], |config| items(config, "nameservers"));
    if text(spec, "dnsPolicy") == "None" && servers.is_empty() {
        if config.is_some() {
            let detail = "must provide at least one DNS nameserver when `dnsPolicy` is None";
            path.field("nameservers").required(found, detail);
        } else {
            let detail = "must provide `dnsConfig` when `dnsPolicy` is None";
            path.required(found, detail);
        }
        return;
    }
    let Some(config) = config else { return };
    let list = path.field("nameservers");
    if servers.len() > NAMESERVERS {
        let detail = format!("must not have more than {NAMESERVERS} nameservers");
        list.invalid(found, &config["nameservers"], &detail);
    }
    for (at, server) in servers.iter().enumerate() {
        if !is_address(server.as_str().unwrap_or_default()) {
            list.index(at).invalid(found, server, NO_ADDRESS);
        }
    }
    let searches: Vec<&str> = items(config, "searches")
        .iter()
        .filter_map(Value::as_str)
        .collect();
    let list = path.field("searches");
    if searches.len() > SEARCHES {
        let detail = format!("must not have more than {SEARCHES} search paths");
        list.invalid(found, &config["searches"], &detail);
    }
    if searches.join(" ").len() > SEARCH_LETTERS {
        let detail = format!(
            "must not have more than {SEARCH_LETTERS} characters (including spaces) in the search list"
        );
        list.invalid(found, &config["searches"], &detail);
    }
    for (at, search) in searches.iter().enumerate().filter(|(_, one)| **one != ".") {
        let search = search.strip_suffix('.').unwrap_or(search);
        let wrong = names::search_domain(search);
        list.index(at)
            .invalid_each(found, &Value::from(search), wrong);
    }
    let list = path.field("options");
    for (at, option) in items(config, "options").iter().enumerate() {
        if text(option, "name").is_empty() {
            list.index(at).required(found, "must not be empty");
        }
    }
}

/// What has to be so before a pod is ready, and what before it is scheduled.
fn gates(spec: &Value, path: &Path<'_>, found: &mut Found) {
    let list = path.field("readinessGates");
    for (at, gate) in items(spec, "readinessGates").iter().enumerate() {
        let ty = text(gate, "conditionType");
        list.index(at).field("conditionType").invalid_each(
            found,
            &Value::from(ty),
            names::label_key(ty),
        );
    }
    let (gates, list) = (
        items(spec, "schedulingGates"),
        path.field("schedulingGates"),
    );
    for (at, gate) in gates.iter().enumerate() {
        let (path, name) = (list.index(at), text(gate, "name"));
        path.invalid_each(found, &Value::from(name), names::label_key(name));
        if gates[..at]
            .iter()
            .any(|before| text(before, "name") == name)
        {
            path.duplicate(found, &Value::from(name));
        }
    }
}

fn aliases(spec: &Value, path: &Path<'_>, found: &mut Found) {
    let list = path.field("hostAliases");
    for (at, alias) in items(spec, "hostAliases").iter().enumerate() {
        let path = list.index(at);
        let address = text(alias, "ip");
        if !is_address(address) {
            path.field("ip")
                .invalid(found, &Value::from(address), NO_ADDRESS);
        }
        let list = path.field("hostnames");
        for (at, name) in items(alias, "hostnames").iter().enumerate() {
            let wrong = names::dns1123_subdomain(name.as_str().unwrap_or_default());
            list.index(at).invalid_each(found, name, wrong);
        }
    }
}

/// Claims of devices.
fn claims(spec: &Value, path: &Path<'_>, found: &mut Found) {
    const SOURCES: [&str; 2] = ["resourceClaimName", "resourceClaimTemplateName"];
    let (claims, list) = (items(spec, "resourceClaims"), path.field("resourceClaims"));
    for (at, claim) in claims.iter().enumerate() {
        let path = list.index(at);
        let name = text(claim, "name");
        if name.is_empty() {
            path.field("name").required(found, "");
        } else if claims[..at]
            .iter()
            .any(|before| text(before, "name") == name)
        {
            path.field("name").duplicate(found, &claim["name"]);
        } else {
            path.field("name")
                .invalid_each(found, &claim["name"], names::dns1123_label(name));
        }
        let detail = match SOURCES
            .iter()
            .filter(|name| field(claim, name).is_some())
            .count()
        {
            0 => "must specify one of: `resourceClaimName`, `resourceClaimTemplateName`",
            2 => {
                "at most one of `resourceClaimName` or `resourceClaimTemplateName` may be specified"
            }
            _ => "",
        };
        if !detail.is_empty() {
            let shown = inner::record(
                claim,
                &[
                    ("Name", "name"),
                    ("ResourceClaimName", "resourceClaimName"),
                    ("ResourceClaimTemplateName", "resourceClaimTemplateName"),
                ],
            );
            path.invalid_text(found, &shown, detail);
        }
        for name in SOURCES {
            if let Some(value) = field(claim, name) {
                let wrong = names::dns1123_subdomain(value.as_str().unwrap_or_default());
                path.field(name).invalid_each(found, value, wrong);
            }
        }
    }
}

fn host_name(spec: &Value, path: &Path<'_>, found: &mut Found) {
    let Some(given) = field(spec, "hostnameOverride") else {
        return;
    };
    let path = path.field("hostnameOverride");
    if spec["setHostnameAsFQDN"] == true {
        path.forbidden(found, "may not be specified when setHostnameAsFQDN is true");
    }
    if spec["hostNetwork"] == true {
        path.forbidden(found, "may not be specified when hostNetwork is true");
    }
    let name = given.as_str().unwrap_or_default();
    if name.len() > 64 {
        path.too_long(found, 64);
    }
    path.invalid_each(found, given, names::dns1123_subdomain(name));
}
