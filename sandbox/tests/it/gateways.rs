//! The Gateway API in the sandbox, with the definitions that the examples' platform brings.

use std::time::Duration;

use infra_sandbox::Sandbox;
use serde_json::{Value, json};

const GROUP: &str = "gateway.networking.k8s.io";

/// The definitions, as JSON: the sandbox reads no YAML.
fn definitions() -> Vec<Value> {
    let class = |kind: &str, plural: &str, scope: &str| {
        json!({
            "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
            "metadata": {"name": format!("{plural}.{GROUP}")},
            "spec": {
                "group": GROUP, "scope": scope, "names": {"kind": kind, "plural": plural},
                "versions": [{
                    "name": "v1", "served": true, "storage": true, "subresources": {"status": {}},
                    "schema": {"openAPIV3Schema": {"type": "object", "x-kubernetes-preserve-unknown-fields": true}},
                }],
            },
        })
    };
    vec![
        class("GatewayClass", "gatewayclasses", "Cluster"),
        class("Gateway", "gateways", "Namespaced"),
        class("HTTPRoute", "httproutes", "Namespaced"),
        class("ReferenceGrant", "referencegrants", "Namespaced"),
    ]
}

fn object(kind: &str, namespace: &str, name: &str, spec: Value) -> Value {
    json!({
        "apiVersion": format!("{GROUP}/v1"), "kind": kind,
        "metadata": {"name": name, "namespace": namespace}, "spec": spec,
    })
}

fn sandbox() -> Sandbox {
    let sandbox = Sandbox::with_platform();
    let namespace = |name: &str| {
        let labels = json!({"team": name});
        json!({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": labels}})
    };
    let mut objects = definitions();
    objects.extend([namespace("shop"), namespace("other")]);
    objects.push(json!({
        "apiVersion": "v1", "kind": "Service", "metadata": {"name": "web", "namespace": "shop"},
        "spec": {"ports": [{"port": 80}]},
    }));
    sandbox.load(objects).expect("valid");
    sandbox
}

fn class() -> Value {
    json!({
        "apiVersion": format!("{GROUP}/v1"), "kind": "GatewayClass", "metadata": {"name": "envoy"},
        "spec": {"controllerName": "example.com/envoy"},
    })
}

fn door(listeners: Value) -> Value {
    let spec = json!({"gatewayClassName": "envoy", "listeners": listeners});
    object("Gateway", "shop", "door", spec)
}

/// `Accepted=True Accepted`, each condition of a status or of one of its parts.
fn said(holder: &Value) -> Vec<String> {
    let conditions = holder["conditions"].as_array().cloned().unwrap_or_default();
    let word = |one: &Value, key: &str| one[key].as_str().unwrap_or_default().to_owned();
    conditions
        .iter()
        .map(|one| {
            format!(
                "{}={} {}",
                word(one, "type"),
                word(one, "status"),
                word(one, "reason")
            )
        })
        .collect()
}

fn status(sandbox: &Sandbox, kind: &str, namespace: &str, name: &str) -> Value {
    sandbox.clock().advance(Duration::from_secs(10));
    let object = sandbox.object(GROUP, kind, namespace, name);
    object.expect("it is there")["status"].clone()
}

#[test]
fn a_gateway_comes_true_when_its_class_and_its_certificates_are_there() {
    let sandbox = sandbox();
    let https = json!([
        {"name": "http", "port": 80, "protocol": "HTTP"},
        {"name": "https", "port": 443, "protocol": "HTTPS", "tls": {"certificateRefs": [{"name": "tls"}]}},
    ]);
    sandbox.load([door(https)]).expect("valid");
    assert_eq!(status(&sandbox, "Gateway", "shop", "door"), Value::Null);
    sandbox.load([class()]).expect("valid");
    assert_eq!(
        said(&status(&sandbox, "GatewayClass", "", "envoy")),
        ["Accepted=True Accepted"]
    );
    let without = status(&sandbox, "Gateway", "shop", "door");
    assert_eq!(
        said(&without),
        [
            "Accepted=True ListenersNotValid",
            "Programmed=False Invalid"
        ]
    );
    assert_eq!(
        said(&without["listeners"][1]),
        [
            "Accepted=True Accepted",
            "Programmed=False Invalid",
            "ResolvedRefs=False InvalidCertificateRef"
        ]
    );
    let data = json!({"tls.crt": "", "tls.key": ""});
    let secret = json!({
        "apiVersion": "v1", "kind": "Secret", "type": "kubernetes.io/tls",
        "metadata": {"name": "tls", "namespace": "shop"}, "data": data,
    });
    sandbox.load([secret]).expect("valid");
    let with = status(&sandbox, "Gateway", "shop", "door");
    assert_eq!(
        said(&with),
        ["Accepted=True Accepted", "Programmed=True Programmed"]
    );
    assert_eq!(with["addresses"][0]["value"], "203.0.113.11");
    assert_eq!(with["conditions"][0]["observedGeneration"], 1);
}

#[test]
fn routes_are_told_whether_they_are_taken_and_what_is_missing() {
    let sandbox = sandbox();
    let to = |name: &str| json!([{"backendRefs": [{"name": name, "port": 80}]}]);
    let route = |namespace: &str, name: &str, parent: Value, rules: Value| {
        let spec =
            json!({"parentRefs": [parent], "hostnames": ["www.shop.example"], "rules": rules});
        object("HTTPRoute", namespace, name, spec)
    };
    let parent =
        |section: &str| json!({"name": "door", "namespace": "shop", "sectionName": section});
    let away = json!([{"backendRefs": [{"name": "web", "namespace": "shop", "port": 80}]}]);
    let mut others = route("other", "away", parent("all"), away);
    sandbox
        .load([
            class(),
            door(json!([
                {"name": "own", "port": 80, "protocol": "HTTP"},
                {"name": "host", "port": 81, "protocol": "HTTP", "hostname": "*.other.example"},
                {"name": "all", "port": 82, "protocol": "HTTP", "allowedRoutes": {"namespaces": {"from": "All"}}},
                {"name": "team", "port": 83, "protocol": "HTTP", "allowedRoutes": {"namespaces": {
                    "from": "Selector", "selector": {"matchLabels": {"team": "other"}}}}},
            ])),
            route("shop", "good", parent("own"), to("web")),
            route("shop", "nowhere", parent("none"), to("web")),
            route("shop", "strange", parent("host"), to("web")),
            route("shop", "missing", parent("own"), to("gone")),
            route("other", "stranger", parent("own"), to("web")),
            route("other", "team", parent("team"), json!([{}])),
            route("shop", "alone", json!({"name": "gone"}), to("web")),
            others.clone(),
        ])
        .expect("valid");
    for (namespace, name, accepted, resolved) in [
        (
            "shop",
            "good",
            "Accepted=True Accepted",
            "ResolvedRefs=True ResolvedRefs",
        ),
        (
            "shop",
            "nowhere",
            "Accepted=False NoMatchingParent",
            "ResolvedRefs=True ResolvedRefs",
        ),
        (
            "shop",
            "strange",
            "Accepted=False NoMatchingListenerHostname",
            "ResolvedRefs=True ResolvedRefs",
        ),
        (
            "shop",
            "missing",
            "Accepted=True Accepted",
            "ResolvedRefs=False BackendNotFound",
        ),
        (
            "other",
            "stranger",
            "Accepted=False NotAllowedByListeners",
            "ResolvedRefs=False BackendNotFound",
        ),
        (
            "other",
            "team",
            "Accepted=True Accepted",
            "ResolvedRefs=True ResolvedRefs",
        ),
        (
            "other",
            "away",
            "Accepted=True Accepted",
            "ResolvedRefs=False RefNotPermitted",
        ),
    ] {
        let status = status(&sandbox, "HTTPRoute", namespace, name);
        let parent = &status["parents"][0];
        assert_eq!(said(parent), [accepted, resolved], "{name}");
        assert_eq!(parent["controllerName"], "example.com/envoy");
    }
    assert_eq!(status(&sandbox, "HTTPRoute", "shop", "alone"), Value::Null);
    let gateway = status(&sandbox, "Gateway", "shop", "door");
    let attached: Vec<&Value> = (0..4)
        .map(|at| &gateway["listeners"][at]["attachedRoutes"])
        .collect();
    assert_eq!(attached, [2, 0, 1, 1]);
    let grant = object(
        "ReferenceGrant",
        "shop",
        "others",
        json!({
            "from": [{"group": GROUP, "kind": "HTTPRoute", "namespace": "other"}],
            "to": [{"group": "", "kind": "Service", "name": "web"}],
        }),
    );
    others["spec"]["hostnames"] = json!([]);
    sandbox.load([grant, others]).expect("valid");
    let status = status(&sandbox, "HTTPRoute", "other", "away");
    assert_eq!(
        said(&status["parents"][0])[1],
        "ResolvedRefs=True ResolvedRefs"
    );
    assert_eq!(
        status["parents"][0]["conditions"][0]["observedGeneration"],
        2
    );
}
