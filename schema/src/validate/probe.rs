//! Probes and life cycle hooks.

use serde_json::Value;

use super::look::{count, field, number, text};
use super::path::{Found, Path};
use crate::names;

const HANDLERS: [&str; 5] = ["exec", "grpc", "httpGet", "sleep", "tcpSocket"];

/// Checks a probe; those that decide over life succeed at once.
pub(super) fn check(probe: &Value, once: bool, path: &Path<'_>, found: &mut Found) {
    handler(probe, path, found);
    for name in [
        "failureThreshold",
        "initialDelaySeconds",
        "periodSeconds",
        "successThreshold",
        "timeoutSeconds",
    ] {
        if number(probe, name).is_some_and(|value| value < 0) {
            path.field(name)
                .invalid(found, &probe[name], "must be greater than or equal to 0");
        }
    }
    if once && number(probe, "successThreshold").is_some_and(|successes| successes != 1) {
        path.field("successThreshold")
            .invalid(found, &probe["successThreshold"], "must be 1");
    }
    if number(probe, "terminationGracePeriodSeconds").is_some_and(|seconds| seconds <= 0) {
        let path = path.field("terminationGracePeriodSeconds");
        path.invalid(
            found,
            &probe["terminationGracePeriodSeconds"],
            "must be greater than 0",
        );
    }
}

/// Checks that exactly one way to ask is given.
pub(super) fn handler(handler: &Value, path: &Path<'_>, found: &mut Found) {
    match count(handler, &HANDLERS) {
        0 => path.required(found, "must specify a handler type"),
        1 => {}
        _ => {
            let given = HANDLERS
                .iter()
                .filter(|name| field(handler, name).is_some());
            for name in given.skip(1) {
                path.field(name)
                    .forbidden(found, "may not specify more than 1 handler type");
            }
        }
    }
    for name in ["httpGet", "tcpSocket"] {
        if let Some(action) = field(handler, name) {
            port(action, "port", &path.field(name), found);
        }
    }
    if let Some(get) = field(handler, "httpGet")
        && text(get, "path").is_empty()
    {
        path.field("httpGet").field("path").required(found, "");
    }
    if let Some(grpc) = field(handler, "grpc") {
        let wrong = names::port_number(number(grpc, "port").unwrap_or_default());
        path.field("grpc")
            .field("port")
            .invalid_each(found, &grpc["port"], wrong);
    }
}

/// A port by number or name.
pub(super) fn port(value: &Value, name: &str, path: &Path<'_>, found: &mut Found) {
    let path = path.field(name);
    match &value[name] {
        Value::Number(number) => {
            let wrong = names::port_number(number.as_i64().unwrap_or_default());
            path.invalid_each(found, &value[name], wrong);
        }
        Value::String(text) => path.invalid_each(found, &value[name], names::port_name(text)),
        _ => path.required(found, ""),
    }
}
