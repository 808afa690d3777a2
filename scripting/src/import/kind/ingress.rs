//! `ingress(name)`.

use super::Subject;
use crate::import::code::{Code, call, json, text};
use crate::import::pod::items;
use crate::import::setters::get;
use serde_json::Value;

/// Annotations that have a setter of their own, which takes their text or their number.
const SETTINGS: [(&str, &str, bool); 12] = [
    ("cert-manager.io/cluster-issuer", "cluster_issuer", false),
    ("cert-manager.io/issuer", "issuer", false),
    (
        "nginx.ingress.kubernetes.io/proxy-body-size",
        "max_body",
        false,
    ),
    ("nginx.ingress.kubernetes.io/limit-rpm", "limit_rpm", true),
    ("nginx.ingress.kubernetes.io/limit-rps", "limit_rps", true),
    (
        "nginx.ingress.kubernetes.io/limit-connections",
        "limit_connections",
        true,
    ),
    (
        "nginx.ingress.kubernetes.io/limit-burst-multiplier",
        "limit_burst_multiplier",
        true,
    ),
    (
        "nginx.ingress.kubernetes.io/permanent-redirect",
        "redirect",
        false,
    ),
    (
        "nginx.ingress.kubernetes.io/rewrite-target",
        "rewrite_target",
        false,
    ),
    ("nginx.ingress.kubernetes.io/app-root", "app_root", false),
    (
        "nginx.ingress.kubernetes.io/backend-protocol",
        "backend_protocol",
        false,
    ),
    (
        "nginx.ingress.kubernetes.io/proxy-read-timeout",
        "read_timeout",
        true,
    ),
];
const FORCED: [&str; 2] = [
    "nginx.ingress.kubernetes.io/ssl-redirect",
    "nginx.ingress.kubernetes.io/force-ssl-redirect",
];

/// Whether an annotation is set by a setter of its own.
pub(in crate::import) fn is_setting(key: &str, annotations: &Value) -> bool {
    SETTINGS
        .iter()
        .any(|(known, _, number)| known == &key && (!number || is_number(&annotations[key])))
        || (FORCED.contains(&key) && is_forced(annotations))
}

fn is_number(value: &Value) -> bool {
    value
        .as_str()
        .is_some_and(|text| text.parse::<u32>().is_ok())
}

fn is_forced(annotations: &Value) -> bool {
    FORCED.iter().all(|key| annotations[*key] == "true")
}

pub(super) fn propose(subject: &Subject<'_>) -> Option<Code> {
    let spec = subject.spec();
    let mut code = call("ingress", [text(subject.name())]);
    if let Some(class) = spec["ingressClassName"].as_str() {
        code = code.then("class", [text(class)]);
    }
    let mut hosts: Vec<&Value> = Vec::new();
    for rule in items(&spec["rules"]) {
        if rule["host"].is_string() && !hosts.contains(&&rule["host"]) {
            hosts.push(&rule["host"]);
        }
        for path in items(&rule["http"]["paths"]) {
            code = route(subject, code, &rule["host"], path)?;
        }
    }
    if spec["defaultBackend"].is_object() {
        code = code.then(
            "default_backend",
            [backend(subject, &spec["defaultBackend"])?],
        );
    }
    for tls in items(&spec["tls"]) {
        let secret = json(&tls["secretName"]);
        let of = items(&tls["hosts"]);
        code = if !of.is_empty() && of.iter().collect::<Vec<_>>() == hosts {
            code.then("tls", [secret])
        } else {
            code.then("tls_for", [secret, json(&tls["hosts"])])
        };
    }
    let annotations = &subject.value["metadata"]["annotations"];
    if is_forced(annotations) {
        code = code.then("force_https", []);
    }
    for (annotation, setter, number) in SETTINGS {
        let Some(value) = annotations[annotation].as_str() else {
            continue;
        };
        match value.parse::<u32>() {
            Ok(value) if number => code = code.then(setter, [Code::Int(value.into())]),
            _ if !number => code = code.then(setter, [text(value)]),
            _ => {}
        }
    }
    Some(code)
}

fn route(subject: &Subject<'_>, code: Code, host: &Value, path: &Value) -> Option<Code> {
    let backend = backend(subject, &path["backend"])?;
    let at = json(&path["path"]);
    Some(match (path["pathType"].as_str()?, host.is_string()) {
        ("Prefix", true) if path["path"] == "/" => code.then("host", [json(host), backend]),
        ("Prefix", true) => code.then("path", [json(host), at, backend]),
        ("Exact", true) => code.then("exact_path", [json(host), at, backend]),
        ("Prefix", false) => code.then("any_host", [at, backend]),
        _ => return None,
    })
}

fn backend(subject: &Subject<'_>, backend: &Value) -> Option<Code> {
    let service = &backend["service"];
    let name = service["name"].as_str()?;
    let context = subject.context;
    let link = context.link("", "Service", subject.home, name);
    let port = &service["port"];
    let index = context.find("", "Service", subject.home, name);
    if let Some(index) = index
        && let [only] = items(get(&context.objects[index].value, "spec.ports"))
        && only["port"] == port["number"]
    {
        return Some(link);
    }
    let port = if port["name"].is_string() {
        &port["name"]
    } else {
        &port["number"]
    };
    Some(call("backend", [link, json(port)]))
}
