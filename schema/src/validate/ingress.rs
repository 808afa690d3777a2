//! Ingresses.

use serde_json::Value;

use super::look::{field, items, number, text};
use super::path::{Found, Path};
use crate::names;

pub(super) fn check(spec: &Value, path: &Path<'_>, found: &mut Found) {
    if items(spec, "rules").is_empty() && field(spec, "defaultBackend").is_none() {
        // The server shows the default backend, which is not there.
        path.invalid(
            found,
            &Value::Null,
            "either `defaultBackend` or `rules` must be specified",
        );
    }
    if let Some(class) = spec.get("ingressClassName").and_then(Value::as_str) {
        let wrong = names::dns1123_subdomain(class);
        path.field("ingressClassName")
            .invalid_each(found, &spec["ingressClassName"], wrong);
    }
    if let Some(default) = field(spec, "defaultBackend") {
        backend(default, &path.field("defaultBackend"), found);
    }
    let list = path.field("tls");
    for (at, tls) in items(spec, "tls").iter().enumerate() {
        let hosts = list.index(at);
        let hosts = hosts.field("hosts");
        for (at, name) in items(tls, "hosts").iter().enumerate() {
            let path = hosts.index(at);
            let given = name.as_str().unwrap_or_default();
            let wrong = if given.contains('*') {
                names::wildcard_dns1123_subdomain(given)
            } else {
                names::dns1123_subdomain(given)
            };
            path.invalid_each(found, name, wrong);
        }
        let secret = text(tls, "secretName");
        if !secret.is_empty() {
            let wrong = names::dns1123_subdomain(secret);
            list.index(at)
                .field("secretName")
                .invalid_each(found, &tls["secretName"], wrong);
        }
    }
    let list = path.field("rules");
    for (at, rule) in items(spec, "rules").iter().enumerate() {
        let path = list.index(at);
        if let Some(name) = field(rule, "host") {
            host(name, &path.field("host"), found);
        }
        let Some(http) = field(rule, "http") else {
            continue;
        };
        let path = path.field("http");
        let list = path.field("paths");
        for (at, item) in items(http, "paths").iter().enumerate() {
            self::path(item, &list.index(at), found);
        }
    }
}

/// The class that an annotation says has to be that of the field.
pub(super) fn one_class(object: &Value, found: &mut Found) {
    const ANNOTATION: &str = "kubernetes.io/ingress.class";
    let annotated = &object["metadata"]["annotations"][ANNOTATION];
    let Some(class) = field(&object["spec"], "ingressClassName") else {
        return;
    };
    if !annotated.is_null() && annotated != class {
        let path = Path::ROOT.field("annotations");
        let detail = "must match `ingressClassName` when both are specified";
        path.field(ANNOTATION).invalid(found, annotated, detail);
    }
}

fn host(value: &Value, path: &Path<'_>, found: &mut Found) {
    let name = value.as_str().unwrap_or_default();
    if name.is_empty() {
        return;
    }
    if name.parse::<std::net::IpAddr>().is_ok() {
        path.invalid(found, value, "must be a DNS name, not an IP address");
    } else if name.contains('*') {
        path.invalid_each(found, value, names::wildcard_dns1123_subdomain(name));
    } else {
        path.invalid_each(found, value, names::dns1123_subdomain(name));
    }
}

fn path(item: &Value, path: &Path<'_>, found: &mut Found) {
    let kind = text(item, "pathType");
    let place = text(item, "path");
    let value = &item["path"];
    if field(item, "pathType").is_none() {
        path.field("pathType")
            .required(found, "pathType must be specified");
        return;
    }
    match kind {
        "Exact" | "Prefix" => {
            let path = path.field("path");
            if place.starts_with('/') {
                for bad in ["//", "/./", "/../", "%2f", "%2F"] {
                    if place.contains(bad) {
                        path.invalid(found, value, &format!("must not contain '{bad}'"));
                    }
                }
                for bad in ["/..", "/."] {
                    if place.ends_with(bad) {
                        path.invalid(found, value, &format!("cannot end with '{bad}'"));
                    }
                }
            } else {
                path.invalid(found, value, "must be an absolute path");
            }
        }
        "ImplementationSpecific" => {
            if !place.is_empty() && !place.starts_with('/') {
                path.field("path")
                    .invalid(found, value, "must be an absolute path");
            }
        }
        _ => {
            let allowed = ["Exact", "ImplementationSpecific", "Prefix"];
            path.field("pathType")
                .unsupported(found, &item["pathType"], &allowed);
        }
    }
    if let Some(target) = field(item, "backend") {
        backend(target, &path.field("backend"), found);
    }
}

/// An object of any kind in the same namespace.
fn reference(to: &Value, path: &Path<'_>, found: &mut Found) {
    if let Some(group) = field(to, "apiGroup") {
        let wrong = names::dns1123_subdomain(group.as_str().unwrap_or_default());
        path.field("apiGroup").invalid_each(found, group, wrong);
    }
    for name in ["kind", "name"] {
        let given = text(to, name);
        if given.is_empty() {
            path.field(name).required(found, "");
        } else {
            path.field(name)
                .invalid_each(found, &to[name], names::path_segment(given));
        }
    }
}

fn backend(backend: &Value, path: &Path<'_>, found: &mut Found) {
    let (service, resource) = (field(backend, "service"), field(backend, "resource"));
    let Some(service) = service else {
        match resource {
            Some(resource) => reference(resource, &path.field("resource"), found),
            None => path.invalid(
                found,
                &Value::from(""),
                "resource or service backend is required",
            ),
        }
        return;
    };
    if resource.is_some() {
        path.invalid(
            found,
            &Value::from(""),
            "cannot set both resource and service backends",
        );
        return;
    }
    let above = path;
    let path = path.field("service");
    let name = text(service, "name");
    if name.is_empty() {
        path.field("name").required(found, "");
    } else {
        path.field("name")
            .invalid_each(found, &service["name"], names::dns1123_label(name));
    }
    let port = &service["port"];
    let path = path.field("port");
    match (
        text(port, "name"),
        number(port, "number").unwrap_or_default(),
    ) {
        ("", 0) => above.required(found, "port name or number is required"),
        ("", number) => {
            path.field("number")
                .invalid_each(found, &port["number"], names::port_number(number));
        }
        (name, 0) => path
            .field("name")
            .invalid_each(found, &port["name"], names::port_name(name)),
        _ => above.invalid(
            found,
            &Value::from(""),
            "cannot set both port name & port number",
        ),
    }
}
