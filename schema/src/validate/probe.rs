//! Probes and life cycle hooks. Source: `pkg/apis/core/validation/validation.go`, Kubernetes 1.36.

use serde_json::Value;

use super::look::{field, items, number, text};
use super::path::{Found, Path};
use crate::names;

/// The ways to ask, in the order in which a server looks for them.
const HANDLERS: [&str; 5] = ["exec", "httpGet", "tcpSocket", "grpc", "sleep"];

/// Checks the probe of a name, in a pod that has so many seconds to stop.
pub(super) fn check(
    probe: &Value,
    name: &str,
    grace: Option<i64>,
    path: &Path<'_>,
    found: &mut Found,
) {
    handler(probe, grace, path, found);
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
    let given = &probe["terminationGracePeriodSeconds"];
    let path_of = path.field("terminationGracePeriodSeconds");
    if given.as_i64().is_some_and(|seconds| seconds <= 0) {
        path_of.invalid(found, given, "must be greater than 0");
    }
    if name == "readinessProbe" {
        if !given.is_null() {
            path_of.invalid(found, given, "must not be set for readinessProbes");
        }
    } else if number(probe, "successThreshold").is_some_and(|successes| successes != 1) {
        // What decides over life succeeds at once.
        path.field("successThreshold")
            .invalid(found, &probe["successThreshold"], "must be 1");
    }
}

/// Checks that exactly one way to ask is given; the first is judged.
pub(super) fn handler(handler: &Value, grace: Option<i64>, path: &Path<'_>, found: &mut Found) {
    let mut given = HANDLERS
        .iter()
        .filter_map(|name| Some((*name, field(handler, name)?)));
    let Some((name, action)) = given.next() else {
        path.required(found, "must specify a handler type");
        return;
    };
    for (name, _) in given {
        path.field(name)
            .forbidden(found, "may not specify more than 1 handler type");
    }
    let path = path.field(name);
    match name {
        "exec" if items(action, "command").is_empty() => {
            path.field("command").required(found, "");
        }
        "httpGet" => {
            if text(action, "path").is_empty() {
                path.field("path").required(found, "");
            }
            port(action, "port", &path, found);
            let scheme = text(action, "scheme");
            if !matches!(scheme, "HTTP" | "HTTPS") {
                path.field("scheme")
                    .unsupported(found, &Value::from(scheme), &["HTTP", "HTTPS"]);
            }
            for header in items(action, "httpHeaders") {
                let name = text(header, "name");
                path.field("httpHeaders").invalid_each(
                    found,
                    &Value::from(name),
                    names::http_header(name),
                );
            }
        }
        "tcpSocket" => port(action, "port", &path, found),
        "grpc" => {
            let number = number(action, "port").unwrap_or_default();
            path.field("port").invalid_each(
                found,
                &Value::from(number),
                names::port_number(number),
            );
        }
        "sleep" => {
            let seconds = number(action, "seconds").unwrap_or_default();
            if let Some(grace) = grace.filter(|grace| !(0..=*grace).contains(&seconds)) {
                let detail = format!(
                    "must be non-negative and less than terminationGracePeriodSeconds ({grace})"
                );
                path.invalid(found, &Value::from(seconds), &detail);
            }
        }
        _ => {}
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
        _ => path.invalid_each(found, &Value::from(0), names::port_number(0)),
    }
}
