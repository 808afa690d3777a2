//! Probes and hooks.

use super::super::code::{Code, call, json, text};
use super::super::setters::{set, time};
use super::items;
use serde_json::Value;

/// A probe, with its times.
pub(super) fn probe(probe: &Value) -> Option<Code> {
    let mut code = action(probe)?;
    if let Some(service) = probe["grpc"]["service"].as_str() {
        code = code.then("service", [text(service)]);
    }
    Some(set(code, "probe", probe, "", |name| name != "service"))
}

/// What runs at the start or before the end.
pub(super) fn hook(hook: &Value) -> Option<Code> {
    match hook["sleep"]["seconds"].as_i64() {
        Some(seconds) => Some(time(seconds)),
        None => action(hook),
    }
}

fn action(one: &Value) -> Option<Code> {
    let http = &one["httpGet"];
    if http.is_object() {
        let path = http["path"].as_str().unwrap_or("/");
        let mut code = call("http_get", [text(path), json(&http["port"])]);
        if http["scheme"] == "HTTPS" {
            code = code.then("https", []);
        }
        for header in items(&http["httpHeaders"]) {
            code = code.then("header", [json(&header["name"]), json(&header["value"])]);
        }
        return Some(code);
    }
    if one["tcpSocket"].is_object() {
        return Some(call("tcp_socket", [json(&one["tcpSocket"]["port"])]));
    }
    if one["exec"].is_object() {
        return Some(call("exec", [json(&one["exec"]["command"])]));
    }
    one["grpc"]
        .is_object()
        .then(|| call("grpc", [json(&one["grpc"]["port"])]))
}
