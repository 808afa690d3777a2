//! What pods name.

use super::{Reference, items, text};
use crate::environment::pods::Pods;
use serde_json::Value;

pub(super) fn references<'a>(pods: &Pods<'a>, namespace: &'a str, found: &mut Vec<Reference<'a>>) {
    let spec = pods.spec;
    let mut push = |reference: Reference<'a>, list: &'static str| {
        found.push(reference.within(pods.path, list));
    };
    for volume in items(&spec["volumes"]) {
        volume_references(volume, namespace, &mut |reference| {
            push(reference, "volumes");
        });
    }
    for (list, container) in pods.containers() {
        for source in items(&container["envFrom"]) {
            for (field, kind, path) in [
                ("configMapRef", "ConfigMap", "envFrom.configMapRef.name"),
                ("secretRef", "Secret", "envFrom.secretRef.name"),
            ] {
                let source = &source[field];
                push(
                    Reference::new("", kind, namespace, text(&source["name"]), path)
                        .whole(true)
                        .optional(&source["optional"]),
                    list,
                );
            }
        }
        for variable in items(&container["env"]) {
            for (field, kind, path) in [
                (
                    "configMapKeyRef",
                    "ConfigMap",
                    "env.valueFrom.configMapKeyRef",
                ),
                ("secretKeyRef", "Secret", "env.valueFrom.secretKeyRef"),
            ] {
                let source = &variable["valueFrom"][field];
                push(
                    Reference::new("", kind, namespace, text(&source["name"]), path)
                        .key(source["key"].as_str())
                        .optional(&source["optional"]),
                    list,
                );
            }
        }
    }
    for secret in items(&spec["imagePullSecrets"]) {
        push(
            Reference::new(
                "",
                "Secret",
                namespace,
                text(&secret["name"]),
                "imagePullSecrets.name",
            ),
            "",
        );
    }
    let account = text(&spec["serviceAccountName"]);
    push(
        Reference::new(
            "",
            "ServiceAccount",
            namespace,
            account,
            "serviceAccountName",
        )
        .provided(account == "default"),
        "",
    );
    for (group, kind, field) in [
        ("scheduling.k8s.io", "PriorityClass", "priorityClassName"),
        ("node.k8s.io", "RuntimeClass", "runtimeClassName"),
    ] {
        push(
            Reference::new(group, kind, "", text(&spec[field]), field).provided(true),
            "",
        );
    }
    for claim in items(&spec["resourceClaims"]) {
        for (field, kind) in [
            ("resourceClaimName", "ResourceClaim"),
            ("resourceClaimTemplateName", "ResourceClaimTemplate"),
        ] {
            push(
                Reference::new(
                    "resource.k8s.io",
                    kind,
                    namespace,
                    text(&claim[field]),
                    field,
                ),
                "resourceClaims",
            );
        }
    }
}

fn volume_references<'a>(
    volume: &'a Value,
    namespace: &'a str,
    push: &mut impl FnMut(Reference<'a>),
) {
    keyed(
        &volume["configMap"],
        (
            "ConfigMap",
            text(&volume["configMap"]["name"]),
            "configMap.name",
        ),
        namespace,
        push,
    );
    keyed(
        &volume["secret"],
        (
            "Secret",
            text(&volume["secret"]["secretName"]),
            "secret.secretName",
        ),
        namespace,
        push,
    );
    for source in items(&volume["projected"]["sources"]) {
        for (field, kind, path) in [
            ("configMap", "ConfigMap", "projected.sources.configMap.name"),
            ("secret", "Secret", "projected.sources.secret.name"),
        ] {
            keyed(
                &source[field],
                (kind, text(&source[field]["name"]), path),
                namespace,
                push,
            );
        }
    }
    let claim = &volume["persistentVolumeClaim"]["claimName"];
    push(Reference::new(
        "",
        "PersistentVolumeClaim",
        namespace,
        text(claim),
        "persistentVolumeClaim.claimName",
    ));
    let secret = &volume["csi"]["nodePublishSecretRef"]["name"];
    push(Reference::new(
        "",
        "Secret",
        namespace,
        text(secret),
        "csi.nodePublishSecretRef.name",
    ));
    let class = &volume["ephemeral"]["volumeClaimTemplate"]["spec"]["storageClassName"];
    push(
        Reference::new(
            "storage.k8s.io",
            "StorageClass",
            "",
            text(class),
            "ephemeral.volumeClaimTemplate.spec.storageClassName",
        )
        .provided(true),
    );
}

/// A volume source that names a config map or secret, and perhaps some of its keys.
fn keyed<'a>(
    source: &'a Value,
    (kind, name, path): (&'static str, &'a str, &'static str),
    namespace: &'a str,
    push: &mut impl FnMut(Reference<'a>),
) {
    let reference = Reference::new("", kind, namespace, name, path).optional(&source["optional"]);
    let keys = items(&source["items"]);
    for item in keys {
        push(reference.clone().key(item["key"].as_str()));
    }
    push(reference.whole(keys.is_empty()));
}
