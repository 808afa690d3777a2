//! What objects name outside their pods, kind by kind.

use super::{Reference, group, items, text};
use crate::environment::EdgeKind;
use crate::object::Object;
use serde_json::Value;

/// The group of the Gateway API.
pub(crate) const GATEWAY: &str = "gateway.networking.k8s.io";

/// Cluster roles that every cluster has.
const ROLES: [&str; 4] = ["admin", "cluster-admin", "edit", "view"];

pub(super) fn references<'a>(
    object: &'a Object,
    namespace: &'a str,
    found: &mut Vec<Reference<'a>>,
) {
    let value = &object.value;
    let spec = &value["spec"];
    let mut add = |reference: Reference<'a>| found.push(reference);
    match (object.id.group.as_str(), object.id.kind.as_str()) {
        ("apps", "StatefulSet") => {
            let service = text(&spec["serviceName"]);
            add(Reference::new(
                "",
                "Service",
                namespace,
                service,
                "spec.serviceName",
            ));
            for claim in items(&spec["volumeClaimTemplates"]) {
                claim_references(
                    &claim["spec"],
                    "spec.volumeClaimTemplates",
                    namespace,
                    &mut add,
                );
            }
        }
        ("", "PersistentVolumeClaim") => claim_references(spec, "", namespace, &mut add),
        ("", "PersistentVolume") => volume_references(spec, &mut add),
        ("", "ResourceQuota") => {
            for expression in items(&spec["scopeSelector"]["matchExpressions"]) {
                for name in items(&expression["values"]) {
                    if expression["scopeName"] == "PriorityClass" {
                        add(Reference::new(
                            "scheduling.k8s.io",
                            "PriorityClass",
                            "",
                            text(name),
                            "spec.scopeSelector",
                        )
                        .provided(true));
                    }
                }
            }
        }
        ("", "ServiceAccount") => {
            for secret in items(&value["imagePullSecrets"]) {
                let name = text(&secret["name"]);
                add(Reference::new(
                    "",
                    "Secret",
                    namespace,
                    name,
                    "imagePullSecrets.name",
                ));
            }
        }
        ("networking.k8s.io", "Ingress") => ingress(value, namespace, &mut add),
        ("autoscaling", "HorizontalPodAutoscaler") => {
            add(scale_target(&spec["scaleTargetRef"], namespace));
        }
        ("keda.sh", "ScaledObject") => {
            let target = &spec["scaleTargetRef"];
            let (group, kind) = match target["kind"].as_str() {
                Some(kind) => (group(&target["apiVersion"]), kind),
                None => ("apps", "Deployment"),
            };
            let group = if group.is_empty() { "apps" } else { group };
            add(Reference::new(
                group,
                kind,
                namespace,
                text(&target["name"]),
                "spec.scaleTargetRef",
            ));
        }
        ("rbac.authorization.k8s.io", "RoleBinding" | "ClusterRoleBinding") => {
            binding(value, namespace, &mut add);
        }
        (
            "admissionregistration.k8s.io",
            "ValidatingWebhookConfiguration" | "MutatingWebhookConfiguration",
        ) => {
            for webhook in items(&value["webhooks"]) {
                service(
                    &webhook["clientConfig"]["service"],
                    "webhooks.clientConfig.service",
                    &mut add,
                );
            }
        }
        (
            "admissionregistration.k8s.io",
            "ValidatingAdmissionPolicyBinding" | "MutatingAdmissionPolicyBinding",
        ) => {
            let kind = object.id.kind.trim_end_matches("Binding");
            let policy = text(&spec["policyName"]);
            add(Reference::new(
                "admissionregistration.k8s.io",
                kind,
                "",
                policy,
                "spec.policyName",
            ));
        }
        ("apiregistration.k8s.io", "APIService") => {
            service(&spec["service"], "spec.service", &mut add);
        }
        ("cert-manager.io", "Certificate") => add(issuer(&spec["issuerRef"], namespace)),
        ("cert-manager.io", "Issuer") => add(Reference::new(
            "",
            "Secret",
            namespace,
            text(&spec["ca"]["secretName"]),
            "spec.ca.secretName",
        )),
        ("external-secrets.io", "ExternalSecret") => {
            add(secret_store(&spec["secretStoreRef"], namespace));
        }
        (GATEWAY, "Gateway") => {
            add(class(GATEWAY, "GatewayClass", spec, "gatewayClassName"));
            issuers(value, namespace, &mut add);
            let listeners = items(&spec["listeners"]).iter();
            for secret in listeners.flat_map(|one| items(&one["tls"]["certificateRefs"])) {
                let kind = secret["kind"].as_str().unwrap_or("Secret");
                let home = secret["namespace"].as_str().unwrap_or(namespace);
                let field = "spec.listeners.tls.certificateRefs";
                add(Reference::new(
                    text(&secret["group"]),
                    kind,
                    home,
                    text(&secret["name"]),
                    field,
                ));
            }
        }
        (GATEWAY, "HTTPRoute" | "GRPCRoute" | "TLSRoute" | "TCPRoute" | "UDPRoute") => {
            for parent in items(&spec["parentRefs"]) {
                let group = parent["group"].as_str().unwrap_or(GATEWAY);
                let kind = parent["kind"].as_str().unwrap_or("Gateway");
                let home = parent["namespace"].as_str().unwrap_or(namespace);
                let name = text(&parent["name"]);
                add(Reference::new(group, kind, home, name, "spec.parentRefs"));
            }
            for backend in route_backends(spec) {
                let kind = backend["kind"].as_str().unwrap_or("Service");
                let home = backend["namespace"].as_str().unwrap_or(namespace);
                let field = "spec.rules.backendRefs";
                add(Reference::new(
                    text(&backend["group"]),
                    kind,
                    home,
                    text(&backend["name"]),
                    field,
                ));
            }
        }
        _ => {}
    }
}

fn claim_references<'a>(
    spec: &'a Value,
    within: &'static str,
    namespace: &'a str,
    add: &mut impl FnMut(Reference<'a>),
) {
    add(class("storage.k8s.io", "StorageClass", spec, "storageClassName").within(within, "spec"));
    add(Reference::new(
        "",
        "PersistentVolume",
        "",
        text(&spec["volumeName"]),
        "volumeName",
    )
    .within(within, "spec")
    .provided(true));
    let source = &spec["dataSource"];
    add(Reference::new(
        text(&source["apiGroup"]),
        text(&source["kind"]),
        namespace,
        text(&source["name"]),
        "dataSource.name",
    )
    .within(within, "spec"));
}

fn volume_references<'a>(spec: &'a Value, add: &mut impl FnMut(Reference<'a>)) {
    add(class(
        "storage.k8s.io",
        "StorageClass",
        spec,
        "storageClassName",
    ));
    for (field, path) in [
        (
            "controllerPublishSecretRef",
            "spec.csi.controllerPublishSecretRef",
        ),
        ("nodeStageSecretRef", "spec.csi.nodeStageSecretRef"),
        ("nodePublishSecretRef", "spec.csi.nodePublishSecretRef"),
        (
            "controllerExpandSecretRef",
            "spec.csi.controllerExpandSecretRef",
        ),
        ("nodeExpandSecretRef", "spec.csi.nodeExpandSecretRef"),
    ] {
        let secret = &spec["csi"][field];
        let (home, name) = (text(&secret["namespace"]), text(&secret["name"]));
        add(Reference::new("", "Secret", home, name, path));
    }
}

fn class<'a>(group: &'a str, kind: &'a str, spec: &'a Value, field: &'static str) -> Reference<'a> {
    Reference::new(group, kind, "", text(&spec[field]), field)
        .within("", "spec")
        .provided(true)
}

fn ingress<'a>(value: &'a Value, namespace: &'a str, add: &mut impl FnMut(Reference<'a>)) {
    let spec = &value["spec"];
    add(class(
        "networking.k8s.io",
        "IngressClass",
        spec,
        "ingressClassName",
    ));
    issuers(value, namespace, add);
    for tls in items(&spec["tls"]) {
        let name = text(&tls["secretName"]);
        add(Reference::new(
            "",
            "Secret",
            namespace,
            name,
            "spec.tls.secretName",
        ));
    }
    for (backend, path) in backends(spec) {
        let name = text(&backend["service"]["name"]);
        add(Reference::new("", "Service", namespace, name, path));
    }
}

/// The issuers that annotations name, of an ingress or a gateway.
fn issuers<'a>(value: &'a Value, namespace: &'a str, add: &mut impl FnMut(Reference<'a>)) {
    let annotations = &value["metadata"]["annotations"];
    for (annotation, kind, namespace) in [
        ("cert-manager.io/cluster-issuer", "ClusterIssuer", ""),
        ("cert-manager.io/issuer", "Issuer", namespace),
    ] {
        let name = text(&annotations[annotation]);
        add(Reference::new(
            "cert-manager.io",
            kind,
            namespace,
            name,
            "metadata.annotations",
        )
        .provided(true));
    }
}

/// Whether an ingress or a gateway asks cert-manager for its certificates.
fn is_issued(value: &Value) -> bool {
    let annotations = value["metadata"]["annotations"].as_object();
    annotations.is_some_and(|annotations| {
        ["cert-manager.io/cluster-issuer", "cert-manager.io/issuer"]
            .iter()
            .any(|annotation| annotations.contains_key(*annotation))
    })
}

/// The backends of a route.
pub(crate) fn route_backends(spec: &Value) -> impl Iterator<Item = &Value> {
    let rules = items(&spec["rules"]).iter();
    rules.flat_map(|rule| items(&rule["backendRefs"]))
}

/// The backends of an ingress, with the path of the field that names the service.
pub(crate) fn backends(spec: &Value) -> impl Iterator<Item = (&Value, &'static str)> {
    let rules = items(&spec["rules"]).iter();
    let paths = rules.flat_map(|rule| items(&rule["http"]["paths"]));
    std::iter::once((&spec["defaultBackend"], "spec.defaultBackend.service"))
        .chain(paths.map(|path| (&path["backend"], "spec.rules.http.paths.backend.service")))
        .filter(|(backend, _)| backend.is_object())
}

fn scale_target<'a>(target: &'a Value, namespace: &'a str) -> Reference<'a> {
    Reference::new(
        group(&target["apiVersion"]),
        text(&target["kind"]),
        namespace,
        text(&target["name"]),
        "spec.scaleTargetRef",
    )
}

fn binding<'a>(value: &'a Value, namespace: &'a str, add: &mut impl FnMut(Reference<'a>)) {
    let role = &value["roleRef"];
    let (kind, name) = (text(&role["kind"]), text(&role["name"]));
    let home = if kind == "Role" { namespace } else { "" };
    add(Reference::new(
        "rbac.authorization.k8s.io",
        kind,
        home,
        name,
        "roleRef.name",
    )
    .provided(kind == "ClusterRole" && (ROLES.contains(&name) || name.starts_with("system:"))));
    for subject in items(&value["subjects"]) {
        if subject["kind"] == "ServiceAccount" {
            let name = text(&subject["name"]);
            let home = subject["namespace"].as_str().unwrap_or(namespace);
            add(Reference::new("", "ServiceAccount", home, name, "subjects")
                .provided(name == "default"));
        }
    }
}

/// A service that the API server itself calls: its pods must answer before it is told to.
fn service<'a>(service: &'a Value, path: &'static str, add: &mut impl FnMut(Reference<'a>)) {
    let mut reference = Reference::new(
        "",
        "Service",
        text(&service["namespace"]),
        text(&service["name"]),
        path,
    );
    reference.edge = EdgeKind::Ready;
    add(reference);
}

fn issuer<'a>(issuer: &'a Value, namespace: &'a str) -> Reference<'a> {
    let kind = issuer["kind"].as_str().unwrap_or("Issuer");
    let home = if kind == "ClusterIssuer" {
        ""
    } else {
        namespace
    };
    let group = issuer["group"].as_str().unwrap_or("cert-manager.io");
    Reference::new(group, kind, home, text(&issuer["name"]), "spec.issuerRef").provided(true)
}

fn secret_store<'a>(store: &'a Value, namespace: &'a str) -> Reference<'a> {
    let kind = store["kind"].as_str().unwrap_or("SecretStore");
    let home = if kind == "ClusterSecretStore" {
        ""
    } else {
        namespace
    };
    let name = text(&store["name"]);
    Reference::new(
        "external-secrets.io",
        kind,
        home,
        name,
        "spec.secretStoreRef",
    )
    .provided(true)
}

/// The keys of the secret that a controller makes because of an object, where they are known: of an
/// external secret that names each, of a certificate.
pub(crate) fn provided_keys(object: &Object) -> Option<Vec<&str>> {
    let spec = &object.value["spec"];
    match (object.id.group.as_str(), object.id.kind.as_str()) {
        ("external-secrets.io", "ExternalSecret") => {
            let free = spec["dataFrom"].is_null() && spec["target"]["template"].is_null();
            let keys = items(&spec["data"]).iter();
            free.then(|| keys.filter_map(|item| item["secretKey"].as_str()).collect())
        }
        ("cert-manager.io", "Certificate") => {
            let more = ["keystores", "additionalOutputFormats", "secretTemplate"];
            let free = more.iter().all(|field| spec[field].is_null());
            free.then(|| vec!["tls.crt", "tls.key", "ca.crt"])
        }
        _ => None,
    }
}

/// The secrets, in its own namespace, that controllers make because of an object.
pub(crate) fn provided_secrets(object: &Object) -> Vec<&str> {
    let value = &object.value;
    let spec = &value["spec"];
    match (object.id.group.as_str(), object.id.kind.as_str()) {
        ("networking.k8s.io", "Ingress") => {
            let tls = items(if is_issued(value) {
                &spec["tls"]
            } else {
                &Value::Null
            });
            tls.iter()
                .filter_map(|tls| tls["secretName"].as_str())
                .collect()
        }
        (GATEWAY, "Gateway") if is_issued(value) => {
            let listeners = items(&spec["listeners"]).iter();
            let secrets = listeners.flat_map(|one| items(&one["tls"]["certificateRefs"]));
            let own = secrets.filter(|secret| secret["namespace"].is_null());
            own.filter_map(|secret| secret["name"].as_str()).collect()
        }
        ("cert-manager.io", "Certificate") => spec["secretName"].as_str().into_iter().collect(),
        ("external-secrets.io", "ExternalSecret") => {
            vec![spec["target"]["name"].as_str().unwrap_or(&object.id.name)]
        }
        ("bitnami.com", "SealedSecret") => vec![&object.id.name],
        _ => Vec::new(),
    }
}
