//! What a server takes and warns of. Sources: `WarningsOnCreate` and `WarningsOnUpdate` of the
//! strategies in `pkg/registry`, and `pkg/api/*/warnings.go`, Kubernetes 1.36.

use serde_json::Value;

use super::look::{entries, field, items, number, text};
use super::path::Path;
use super::{definition, tls};
use crate::kind::Kind;
use crate::quantity::Quantity;

/// Annotations of pods that do nothing any more, and what to use instead.
const DEAD_ANNOTATIONS: [(&str, &str); 3] = [
    (
        "scheduler.alpha.kubernetes.io/critical-pod",
        "non-functional in v1.16+; use the \"priorityClassName\" field instead",
    ),
    (
        "security.alpha.kubernetes.io/sysctls",
        "non-functional in v1.11+; use the \"sysctls\" field instead",
    ),
    (
        "security.alpha.kubernetes.io/unsafe-sysctls",
        "non-functional in v1.11+; use the \"sysctls\" field instead",
    ),
];

const INGRESS_CLASS: &str = "kubernetes.io/ingress.class";
const TOPOLOGY_HINTS: &str = "service.kubernetes.io/topology-aware-hints";

/// What a server warns of when it creates an object, or makes of `old` the new one.
pub fn warnings(kind: &Kind, old: Option<&Value>, object: &Value) -> Vec<String> {
    let generation = |object: &Value| number(&object["metadata"], "generation");
    // Templates are looked at when something was changed.
    let changes = old.is_none_or(|old| generation(old) != generation(object));
    let spec = Path::ROOT.field("spec");
    let mut told = Vec::new();
    match (kind.group.as_ref(), kind.kind.as_ref()) {
        ("", "Secret") if text(object, "type") == "kubernetes.io/tls" => {
            told.extend(tls::fault(object));
        }
        ("", "Service") => service(object, &mut told),
        ("apiextensions.k8s.io", _) => told.extend(definition::warnings(old, object)),
        ("", "ResourceQuota") if old.is_none() => quota(&object["spec"]["hard"], &mut told),
        ("", "PersistentVolumeClaim") => {
            fractions(
                &object["spec"],
                &["storage"],
                &["requests", "limits"],
                &spec,
                &mut told,
            );
        }
        ("", "Pod") if old.is_none() => pod(object, &Path::ROOT, &mut told),
        ("networking.k8s.io", "Ingress") if old.is_none() => {
            let annotated = object["metadata"]["annotations"].get(INGRESS_CLASS);
            if annotated.is_some() && field(&object["spec"], "ingressClassName").is_none() {
                told.push(format!(
                    "annotation {INGRESS_CLASS:?} is deprecated, please use 'spec.ingressClassName' instead"
                ));
            }
        }
        ("apps", "DaemonSet" | "Deployment" | "ReplicaSet" | "StatefulSet") | ("batch", "Job") => {
            let template = &object["spec"]["template"];
            let changes = match old {
                // Of a daemon set the template alone counts.
                Some(old) if kind.kind == "DaemonSet" => old["spec"]["template"] != *template,
                _ => changes,
            };
            if changes {
                pod(template, &spec.field("template"), &mut told);
            }
            if kind.kind == "StatefulSet" {
                set(&object["spec"], old.is_none(), &spec, &mut told);
            }
        }
        ("batch", "CronJob") if changes => {
            let path = spec.field("jobTemplate");
            let path = path.field("spec");
            let template = object.pointer("/spec/jobTemplate/spec/template");
            let template = template.unwrap_or(&Value::Null);
            pod(template, &path.field("template"), &mut told);
        }
        _ => {}
    }
    told
}

/// What only stateful sets have.
fn set(spec: &Value, is_new: bool, path: &Path<'_>, told: &mut Vec<String>) {
    let list = path.field("volumeClaimTemplates");
    for (at, claim) in items(spec, "volumeClaimTemplates").iter().enumerate() {
        let path = list.index(at);
        // Of one that changes the server names one field more.
        let below = path.field("Spec");
        let path = if is_new { &path } else { &below };
        let amounts = ["requests", "limits"];
        fractions(&claim["spec"], &["storage"], &amounts, path, told);
    }
    if number(spec, "revisionHistoryLimit").is_some_and(|limit| limit < 0) {
        told.push(
            "spec.revisionHistoryLimit: a negative value retains all historical revisions; a value >= 0 is recommended"
                .to_owned(),
        );
    }
}

/// Requests of which there may be more than of limits.
fn quota(hard: &Value, told: &mut Vec<String>) {
    let amount = |name: &str| {
        let written = text(hard, name);
        Some((written.to_owned(), Quantity::parse(written).ok()?))
    };
    for resource in ["cpu", "memory", "storage", "ephemeral-storage"] {
        let mut wanted = format!("requests.{resource}");
        if field(hard, &wanted).is_none() && matches!(resource, "cpu" | "memory") {
            resource.clone_into(&mut wanted);
        }
        let most = format!("limits.{resource}");
        if let (Some((asked, request)), Some((bound, limit))) = (amount(&wanted), amount(&most))
            && request > limit
        {
            told.push(format!(
                "ResourceQuota {wanted} ({asked}) should be less than {most} ({bound})"
            ));
        }
    }
}

fn service(object: &Value, told: &mut Vec<String>) {
    let spec = &object["spec"];
    let external_name = text(spec, "type") == "ExternalName";
    let headless = text(spec, "type") == "ClusterIP" && text(spec, "clusterIP") == "None";
    let addresses = !items(spec, "externalIPs").is_empty();
    if object["metadata"]["annotations"]
        .get(TOPOLOGY_HINTS)
        .is_some()
    {
        told.push(format!(
            "annotation {TOPOLOGY_HINTS} is deprecated, please use service.kubernetes.io/topology-mode instead"
        ));
    }
    for (holds, warning) in [
        (
            headless && !text(spec, "loadBalancerIP").is_empty(),
            "spec.loadBalancerIP is ignored for headless services",
        ),
        (
            headless && addresses,
            "spec.externalIPs is ignored for headless services",
        ),
        (
            headless && text(spec, "sessionAffinity") != "None",
            "spec.SessionAffinity is ignored for headless services",
        ),
        (
            addresses && !headless && !external_name,
            "spec.externalIPs is deprecated and may no longer be implemented in some clusters",
        ),
        (
            addresses && external_name,
            "spec.externalIPs is ignored when spec.type is \"ExternalName\"",
        ),
        (
            !external_name && !text(spec, "externalName").is_empty(),
            "spec.externalName is ignored when spec.type is not \"ExternalName\"",
        ),
        (
            text(spec, "trafficDistribution") == "PreferClose",
            "spec.trafficDistribution: \"PreferClose\" is deprecated; use \"PreferSameZone\"",
        ),
    ] {
        if holds {
            told.push(warning.to_owned());
        }
    }
}

/// A pod, or the template of one.
fn pod(pod: &Value, path: &Path<'_>, told: &mut Vec<String>) {
    let spec = &pod["spec"];
    let annotations = path.field("metadata");
    let annotations = annotations.field("annotations");
    let path = path.field("spec");
    let list = path.field("topologySpreadConstraints");
    for (at, constraint) in items(spec, "topologySpreadConstraints").iter().enumerate() {
        if field(constraint, "labelSelector").is_none() {
            let path = list.index(at);
            told.push(format!(
                "{}: a null labelSelector results in matching no pod",
                path.field("labelSelector")
            ));
        }
    }
    for (name, detail) in DEAD_ANNOTATIONS {
        if pod["metadata"]["annotations"].get(name).is_some() {
            told.push(format!("{}: {detail}", annotations.key(name)));
        }
    }
    affinity(&spec["affinity"], &path, told);
    for (list, name, word) in [
        ("hostAliases", "ip", "ip"),
        ("imagePullSecrets", "name", "name"),
    ] {
        let (all, list) = (items(spec, list), path.field(list));
        for (at, item) in all.iter().enumerate() {
            let value = text(item, name);
            if all[..at].iter().any(|before| text(before, name) == value) {
                let path = list.index(at);
                told.push(format!("{}: duplicate {word} {value:?}", path.field(name)));
            }
        }
    }
    for (at, secret) in items(spec, "imagePullSecrets").iter().enumerate() {
        if text(secret, "name").is_empty() {
            let path = path.field("imagePullSecrets");
            let path = path.index(at);
            told.push(format!("{}: invalid empty name \"\"", path.field("name")));
        }
    }
    for list in ["initContainers", "containers"] {
        let list_path = path.field(list);
        for (at, container) in items(spec, list).iter().enumerate() {
            let path = list_path.index(at);
            let resources = ["memory", "ephemeral-storage"];
            fractions(container, &resources, &["limits", "requests"], &path, told);
            environment(container, &path, told);
        }
    }
    ports(spec, &path, told);
}

/// Pods that are to be near others, or apart, and select none.
fn affinity(affinity: &Value, path: &Path<'_>, told: &mut Vec<String>) {
    let path = path.field("affinity");
    for kind in ["podAffinity", "podAntiAffinity"] {
        let path = path.field(kind);
        for (list, below) in [
            ("requiredDuringSchedulingIgnoredDuringExecution", ""),
            (
                "preferredDuringSchedulingIgnoredDuringExecution",
                "podAffinityTerm",
            ),
        ] {
            let list_path = path.field(list);
            for (at, term) in items(&affinity[kind], list).iter().enumerate() {
                let path = list_path.index(at);
                let inner = path.field(below);
                let (term, path) = if below.is_empty() {
                    (term, &path)
                } else {
                    (&term[below], &inner)
                };
                if field(term, "labelSelector").is_none() {
                    told.push(format!(
                        "{}: a null labelSelector results in matching no pod",
                        path.field("labelSelector")
                    ));
                }
            }
        }
    }
}

/// Parts of bytes.
fn fractions(
    holder: &Value,
    resources: &[&str],
    lists: &[&str],
    path: &Path<'_>,
    told: &mut Vec<String>,
) {
    let path = path.field("resources");
    for resource in resources {
        for list in lists {
            let all = &holder["resources"];
            let amount = entries(all, list).find(|(name, _)| name == resource);
            let Some(written) = amount.and_then(|(_, amount)| amount.as_str()) else {
                continue;
            };
            if Quantity::parse(written).is_ok_and(|amount| amount.as_milli() % 1000 != 0) {
                let path = path.field(list);
                told.push(format!(
                    "{}: fractional byte value {written:?} is invalid, must be an integer",
                    path.key(resource)
                ));
            }
        }
    }
}

/// Variables that hide others of their name without making use of them.
fn environment(container: &Value, path: &Path<'_>, told: &mut Vec<String>) {
    let (all, list) = (items(container, "env"), path.field("env"));
    for (at, variable) in all.iter().enumerate() {
        let name = text(variable, "name");
        if !all[..at].iter().any(|before| text(before, "name") == name) {
            continue;
        }
        let (value, reference) = (text(variable, "value"), format!("$({name})"));
        if field(variable, "valueFrom").is_some()
            || value == reference
            || !value.contains(&reference)
        {
            told.push(format!(
                "{}: hides previous definition of {name:?}, which may be dropped when using apply",
                list.index(at)
            ));
        }
    }
}

/// Ports that several say.
fn ports(spec: &Value, path: &Path<'_>, told: &mut Vec<String>) {
    let mut seen: Vec<(&Value, String)> = Vec::new();
    for list in ["initContainers", "containers"] {
        let list_path = path.field(list);
        for (at, container) in items(spec, list).iter().enumerate() {
            let path = list_path.index(at);
            let ports = path.field("ports");
            for (at, port) in items(container, "ports").iter().enumerate() {
                let here = ports.index(at).to_string();
                let of = |name: &str| number(port, name).unwrap_or_default();
                if !text(port, "hostIP").is_empty() && of("hostPort") == 0 {
                    told.push(format!(
                        "{here}: hostIP set without hostPort: {{Name:{} HostPort:0 ContainerPort:{} Protocol:{} HostIP:{}}}",
                        text(port, "name"),
                        of("containerPort"),
                        text(port, "protocol"),
                        text(port, "hostIP"),
                    ));
                }
                for (other, there) in &seen {
                    if let Some(how) = meet(port, other) {
                        told.push(format!("{here}: {how} port definition with {there}"));
                    }
                }
                seen.push((port, here));
            }
        }
    }
}

/// How two ports stand in each other's way.
fn meet(one: &Value, other: &Value) -> Option<&'static str> {
    if one["containerPort"] != other["containerPort"]
        || text(one, "protocol") != text(other, "protocol")
    {
        return None;
    }
    let host = |port: &Value| number(port, "hostPort").unwrap_or_default();
    let (ip, other_ip) = (text(one, "hostIP"), text(other, "hostIP"));
    if ip == other_ip && host(one) == host(other) {
        Some("duplicate")
    } else if host(one) == 0 || host(other) == 0 {
        Some("overlapping")
    } else if host(one) == host(other) && ip.is_empty() != other_ip.is_empty() {
        Some("dangerously ambiguous")
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_is_taken_with_a_warning() {
        let env = |value: &str| {
            json!({"spec": {"containers": [{"name": "a", "env": [
                {"name": "A", "value": "1"}, {"name": "A", "value": value},
            ]}]}})
        };
        let hidden = "spec.containers[0].env[1]: hides previous definition of \"A\", which may be dropped when using apply";
        for (group, kind, object, expected) in [
            ("", "Pod", env("2"), vec![hidden]),
            ("", "Pod", env("$(A)"), vec![hidden]),
            ("", "Pod", env("$(A)2"), vec![]),
            (
                "apps",
                "Deployment",
                json!({"spec": {"template": {"metadata": {"annotations": {"security.alpha.kubernetes.io/sysctls": ""}}}}}),
                vec![
                    "spec.template.metadata.annotations[security.alpha.kubernetes.io/sysctls]: non-functional in v1.11+; use the \"sysctls\" field instead",
                ],
            ),
            (
                "",
                "Pod",
                json!({"spec": {"imagePullSecrets": [{"name": "a"}, {"name": "a"}], "containers": [
                    {"ports": [{"containerPort": 80}]}, {"ports": [{"containerPort": 80}], "resources": {"limits": {"memory": "100m"}}},
                ]}}),
                vec![
                    "spec.imagePullSecrets[1].name: duplicate name \"a\"",
                    "spec.containers[1].resources.limits[memory]: fractional byte value \"100m\" is invalid, must be an integer",
                    "spec.containers[1].ports[0]: duplicate port definition with spec.containers[0].ports[0]",
                ],
            ),
            (
                "",
                "Service",
                json!({"spec": {"type": "ClusterIP", "externalIPs": ["192.0.2.1"]}}),
                vec![
                    "spec.externalIPs is deprecated and may no longer be implemented in some clusters",
                ],
            ),
            (
                "",
                "ResourceQuota",
                json!({"spec": {"hard": {"requests.cpu": "4", "limits.cpu": "2500m", "memory": "1Gi", "limits.memory": "1Gi"}}}),
                vec!["ResourceQuota requests.cpu (4) should be less than limits.cpu (2500m)"],
            ),
            (
                "",
                "PersistentVolumeClaim",
                json!({"spec": {"resources": {"requests": {"storage": "1001m"}}}}),
                vec![
                    "spec.resources.requests[storage]: fractional byte value \"1001m\" is invalid, must be an integer",
                ],
            ),
            (
                "networking.k8s.io",
                "Ingress",
                json!({"metadata": {"annotations": {"kubernetes.io/ingress.class": "nginx"}}, "spec": {}}),
                vec![
                    "annotation \"kubernetes.io/ingress.class\" is deprecated, please use 'spec.ingressClassName' instead",
                ],
            ),
            (
                "",
                "Secret",
                json!({"type": "kubernetes.io/tls", "data": {"tls.crt": "", "tls.key": ""}}),
                vec!["tls: failed to find any PEM data in certificate input"],
            ),
        ] {
            let kind = Kind::find_latest(group, kind).expect("known");
            assert_eq!(warnings(kind, None, &object), expected, "{kind:?}");
        }
    }
}
