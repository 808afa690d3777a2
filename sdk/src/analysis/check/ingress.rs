//! What comes in by ingresses and load balancers.

mod nginx;

use super::look::{Findings, Look};
use super::{Rule, Severity};
use crate::environment::{items, suggest};
use crate::object::Object;
use nginx::KNOWN;
use serde_json::Value;

pub(super) static INGRESS_WITHOUT_TLS: Rule = Rule {
    id: "ingress-without-tls",
    severity: Severity::Warning,
    title: "an ingress answers without TLS",
    why: "passwords and cookies cross the network in plain text",
    cure: "add `.tls(\"app-tls\").cluster_issuer(\"letsencrypt\")`",
};

pub(super) static CLASS_ANNOTATION: Rule = Rule {
    id: "ingress-class-annotation",
    severity: Severity::Warning,
    title: "an ingress names its class by an annotation",
    why: "it is deprecated since Kubernetes 1.18; some controllers do not look at it any more, and the ingress does nothing",
    cure: "use the field `ingressClassName`: `.class(\"nginx\")`",
};

pub(super) static NO_CLASS: Rule = Rule {
    id: "no-ingress-class",
    severity: Severity::Info,
    title: "an ingress names no class",
    why: "whichever controller is the default takes it, or none does",
    cure: "name it: `.class(\"nginx\")`",
};

pub(super) static UNKNOWN_ANNOTATION: Rule = Rule {
    id: "unknown-annotation",
    severity: Severity::Warning,
    title: "an annotation that ingress-nginx does not know",
    why: "it does nothing, and nobody says so",
    cure: "write it as the controller's documentation does",
};

pub(super) static OPEN_LOAD_BALANCER: Rule = Rule {
    id: "open-load-balancer",
    severity: Severity::Warning,
    title: "a load balancer that the whole world reaches",
    why: "what is behind it meets every scanner of the internet, without an ingress' TLS and limits",
    cure: "limit it with `loadBalancerSourceRanges`, make it internal by its provider's annotation, or use an ingress",
};

pub(super) static NODE_PORT: Rule = Rule {
    id: "node-port",
    severity: Severity::Info,
    title: "a service on a port of every node",
    why: "whoever reaches a node reaches it, past ingresses and their TLS",
    cure: "use an ingress, or a service of the type `ClusterIP`",
};

const CLASS: &str = "kubernetes.io/ingress.class";
const NGINX: &str = "nginx.ingress.kubernetes.io/";

pub(super) fn check(look: &Look<'_>, findings: &mut Findings<'_>) {
    for (position, object) in look.of_kind("networking.k8s.io", "Ingress") {
        let spec = &object.value["spec"];
        let annotations = &object.value["metadata"]["annotations"];
        let short = object.id.short();
        if let Some(host) = without_tls(spec) {
            let what = if host.is_empty() {
                "any host".to_owned()
            } else {
                format!("`{host}`")
            };
            let message = format!("`{short}` answers for {what} without TLS");
            findings.add(&INGRESS_WITHOUT_TLS, position, "spec.tls", message);
        }
        if let Some(class) = annotations[CLASS].as_str() {
            let message =
                format!("`{short}` names its class `{class}` by the annotation `{CLASS}`");
            let path = format!("metadata.annotations[{CLASS}]");
            findings.add(&CLASS_ANNOTATION, position, &path, message);
        } else if spec["ingressClassName"].is_null() {
            let message = format!("`{short}` names no class");
            findings.add(&NO_CLASS, position, "spec.ingressClassName", message);
        }
        for name in annotations
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name)
        {
            let Some(known) = name
                .strip_prefix(NGINX)
                .filter(|name| !KNOWN.contains(name))
            else {
                continue;
            };
            let message =
                format!("`{short}` has the annotation `{name}`, which ingress-nginx does not know");
            let help = suggest(known, KNOWN).map(|meant| format!("did you mean `{NGINX}{meant}`?"));
            let path = format!("metadata.annotations[{name}]");
            findings.add_with(&UNKNOWN_ANNOTATION, position, &path, message, help);
        }
    }
    for (position, object) in look.of_kind("", "Service") {
        let spec = &object.value["spec"];
        let short = object.id.short();
        if spec["type"] == "LoadBalancer"
            && items(&spec["loadBalancerSourceRanges"]).is_empty()
            && !is_internal(object)
        {
            let message = format!("`{short}` is reached by the whole world");
            findings.add(&OPEN_LOAD_BALANCER, position, "spec.type", message);
        }
        if spec["type"] == "NodePort" {
            let message = format!("`{short}` has a port of every node");
            findings.add(&NODE_PORT, position, "spec.type", message);
        }
    }
}

/// A host that no certificate is for; an empty one where the rule names none.
fn without_tls(spec: &Value) -> Option<&str> {
    let secured: Vec<&str> = items(&spec["tls"])
        .iter()
        .flat_map(|tls| items(&tls["hosts"]))
        .filter_map(Value::as_str)
        .collect();
    // Without hosts, the certificate is for all.
    let all = items(&spec["tls"])
        .iter()
        .any(|tls| items(&tls["hosts"]).is_empty());
    let covers = |host: &str| {
        let parent = host
            .split_once('.')
            .map(|(_, parent)| format!("*.{parent}"));
        all || secured.contains(&host)
            || parent.is_some_and(|parent| secured.contains(&parent.as_str()))
    };
    let hosts = items(&spec["rules"])
        .iter()
        .map(|rule| rule["host"].as_str().unwrap_or_default());
    let mut hosts = hosts.chain((!spec["defaultBackend"].is_null()).then_some(""));
    hosts.find(|host| !covers(host))
}

/// Each provider has an annotation of its own for load balancers that only its network reaches.
fn is_internal(service: &Object) -> bool {
    let annotations = service.value["metadata"]["annotations"].as_object();
    annotations.into_iter().flatten().any(|(name, value)| {
        let value = value.as_str().unwrap_or_default().to_lowercase();
        (name.contains("internal") && value != "false")
            || (name.contains("scheme") || name.contains("type")) && value.contains("internal")
    })
}

#[cfg(test)]
mod tests {
    use super::without_tls;
    use serde_json::json;

    #[test]
    fn hosts_without_a_certificate() {
        let rules = json!([{ "host": "a.example.com" }, { "host": "b.example.com" }]);
        for (spec, expected) in [
            (json!({ "rules": rules }), Some("a.example.com")),
            (
                json!({ "rules": rules, "tls": [{ "hosts": ["a.example.com"] }] }),
                Some("b.example.com"),
            ),
            (
                json!({ "rules": rules, "tls": [{ "hosts": ["*.example.com"] }] }),
                None,
            ),
            (
                json!({ "rules": rules, "tls": [{ "secretName": "all" }] }),
                None,
            ),
            (json!({ "rules": [{ "http": {} }] }), Some("")),
            (json!({ "defaultBackend": {} }), Some("")),
        ] {
            assert_eq!(without_tls(&spec), expected, "{spec}");
        }
    }
}
