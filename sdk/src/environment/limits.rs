//! What bounds objects, or completes them, without being named by them: quotas, limit ranges,
//! default classes.

use super::{EdgeKind, edges::Why, index::namespace, pods::Pods, refs::items};
use crate::object::Object;
use infra_schema::kind::Kind;
use serde_json::Value;

/// An object that bears on others as they are created.
pub(crate) struct Limit<'a> {
    object: &'a Object,
    bears: Bears,
    /// How far it must be before them.
    pub(crate) edge: EdgeKind,
    /// Why they come after it.
    pub(crate) why: Why,
}

enum Bears {
    /// On what a quota counts. It counts, and refuses, only once its controller has written
    /// `status.hard`: before that, everything is let in.
    Quota,
    /// On the pods and claims of a namespace.
    LimitRange,
    /// On pods that name no priority class.
    Priority,
    /// On claims that name no storage class.
    Storage,
    /// On ingresses that name no class.
    Ingress,
    /// On the claim that a volume is kept for, or whoever makes it.
    Claim,
}

impl<'a> Limit<'a> {
    /// What an object bears on, if it is of a kind that does.
    pub(crate) fn of(object: &'a Object) -> Option<Self> {
        let is_default = |annotation: &str| {
            object.value["metadata"]["annotations"][annotation].as_str() == Some("true")
        };
        let applied = EdgeKind::Applied;
        let (bears, edge, why) = match (object.id.group.as_str(), object.id.kind.as_str()) {
            ("", "ResourceQuota") => (Bears::Quota, EdgeKind::Ready, "is limited by"),
            ("", "LimitRange") => (Bears::LimitRange, applied, "is limited by"),
            ("scheduling.k8s.io", "PriorityClass") if object.value["globalDefault"] == true => {
                (Bears::Priority, applied, "gets its priority from")
            }
            ("storage.k8s.io", "StorageClass")
                if is_default("storageclass.kubernetes.io/is-default-class") =>
            {
                (Bears::Storage, applied, "gets its storage from")
            }
            ("networking.k8s.io", "IngressClass")
                if is_default("ingressclass.kubernetes.io/is-default-class") =>
            {
                (Bears::Ingress, applied, "is served by")
            }
            ("", "PersistentVolume") => (Bears::Claim, applied, "takes"),
            _ => return None,
        };
        Some(Self {
            object,
            bears,
            edge,
            why,
        })
    }

    /// Whether it bears on an object.
    pub(crate) fn bears_on(&self, other: &Object) -> bool {
        let is = |group: &str, kind: &str| other.id.group == group && other.id.kind == kind;
        let here = || namespace(self.object) == namespace(other);
        match self.bears {
            // Two quotas that count quotas would wait for each other.
            Bears::Quota => here() && !is("", "ResourceQuota") && self.counts(other),
            Bears::LimitRange => {
                here() && (Pods::of(other).is_some() || claims(other).next().is_some())
            }
            Bears::Priority => {
                Pods::of(other).is_some_and(|pods| pods.spec["priorityClassName"].is_null())
            }
            Bears::Storage => claims(other).any(|claim| claim["storageClassName"].is_null()),
            Bears::Claim => {
                let claim = &self.object.value["spec"]["claimRef"];
                let name = claim["name"].as_str().unwrap_or_default();
                claim["namespace"].as_str() == other.id.namespace.as_deref()
                    && !name.is_empty()
                    && (is("", "PersistentVolumeClaim") && other.id.name == name
                        || makes_claim(other, name))
            }
            Bears::Ingress => {
                is("networking.k8s.io", "Ingress")
                    && other.value["spec"]["ingressClassName"].is_null()
            }
        }
    }

    fn counts(&self, other: &Object) -> bool {
        let hard = self.object.value["spec"]["hard"].as_object();
        hard.is_some_and(|hard| hard.keys().any(|name| counts(name, other)))
    }
}

/// Whether an object, or what a controller makes because of it, is counted under a name of a quota.
fn counts(name: &str, object: &Object) -> bool {
    let is = |group: &str, kind: &str| object.id.group == group && object.id.kind == kind;
    if let Some(resource) = name.strip_prefix("count/") {
        return match resource {
            "pods" => counts("pods", object),
            "persistentvolumeclaims" => counts("persistentvolumeclaims", object),
            "replicasets.apps" => is("apps", "ReplicaSet") || is("apps", "Deployment"),
            "jobs.batch" => is("batch", "Job") || is("batch", "CronJob"),
            _ => {
                let (plural, group) = resource.split_once('.').unwrap_or((resource, ""));
                Kind::find_latest(&object.id.group, &object.id.kind)
                    .is_some_and(|kind| kind.plural == plural && kind.group == group)
            }
        };
    }
    match name {
        "services" | "services.loadbalancers" | "services.nodeports" => is("", "Service"),
        "secrets" => is("", "Secret"),
        "configmaps" => is("", "ConfigMap"),
        "replicationcontrollers" => is("", "ReplicationController"),
        "resourcequotas" => false,
        "persistentvolumeclaims" | "requests.storage" => claims(object).next().is_some(),
        _ if name.contains(".storageclass.storage.k8s.io/") => claims(object).next().is_some(),
        // Processors, memory, devices: what pods ask for.
        _ => Pods::of(object).is_some(),
    }
}

/// Whether a stateful set makes a claim of this name: `data-db-0`.
pub(crate) fn makes_claim(object: &Object, claim: &str) -> bool {
    let is_set = object.id.group == "apps" && object.id.kind == "StatefulSet";
    let templates = items(&object.value["spec"]["volumeClaimTemplates"]).iter();
    let mut names = templates.map(|template| &template["metadata"]["name"]);
    is_set
        && names.any(|name| {
            let rest = claim.strip_prefix(name.as_str().unwrap_or_default());
            let ordinal = rest
                .and_then(|rest| {
                    rest.strip_prefix('-')?
                        .strip_prefix(object.id.name.as_str())
                })
                .and_then(|rest| rest.strip_prefix('-'))
                .unwrap_or_default();
            !ordinal.is_empty() && ordinal.bytes().all(|byte| byte.is_ascii_digit())
        })
}

/// The `spec` of every claim that an object is or makes.
fn claims(object: &Object) -> impl Iterator<Item = &Value> {
    let spec = &object.value["spec"];
    let (own, templates) = match (object.id.group.as_str(), object.id.kind.as_str()) {
        ("", "PersistentVolumeClaim") => (Some(spec), &Value::Null),
        ("apps", "StatefulSet") => (None, &spec["volumeClaimTemplates"]),
        _ => (None, &Value::Null),
    };
    let volumes = Pods::of(object).map_or(&Value::Null, |pods| &pods.spec["volumes"]);
    let ephemeral = items(volumes)
        .iter()
        .map(|volume| &volume["ephemeral"]["volumeClaimTemplate"]["spec"])
        .filter(|claim| claim.is_object());
    own.into_iter()
        .chain(items(templates).iter().map(|template| &template["spec"]))
        .chain(ephemeral)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::Origin;
    use serde_json::json;

    fn object(api_version: &str, kind: &str, rest: Value) -> Object {
        let value = json!({ "apiVersion": api_version, "kind": kind, "metadata": { "name": "x", "namespace": "shop" } });
        let value = infra_schema::patch::merge_patch(value, &rest);
        Object::new(value, Origin::default())
    }

    fn words(limit: &Object, others: &[Object]) -> String {
        let limit = Limit::of(limit).expect("a limit");
        let borne = others.iter().filter(|other| limit.bears_on(other));
        borne
            .map(|other| other.id.kind.as_str())
            .collect::<Vec<_>>()
            .join(" ")
    }

    #[test]
    fn what_a_quota_counts_comes_after_it() {
        let all = [
            object("v1", "ConfigMap", json!({})),
            object("v1", "Secret", json!({})),
            object("v1", "Service", json!({})),
            object("v1", "PersistentVolumeClaim", json!({ "spec": {} })),
            object("apps/v1", "Deployment", json!({})),
            object(
                "apps/v1",
                "StatefulSet",
                json!({ "spec": { "volumeClaimTemplates": [{ "spec": {} }] } }),
            ),
            object("batch/v1", "CronJob", json!({})),
            object("v1", "ResourceQuota", json!({})),
        ];
        for (name, expected) in [
            ("pods", "Deployment StatefulSet CronJob"),
            ("count/pods", "Deployment StatefulSet CronJob"),
            ("requests.cpu", "Deployment StatefulSet CronJob"),
            ("requests.nvidia.com/gpu", "Deployment StatefulSet CronJob"),
            ("requests.storage", "PersistentVolumeClaim StatefulSet"),
            (
                "fast.storageclass.storage.k8s.io/requests.storage",
                "PersistentVolumeClaim StatefulSet",
            ),
            ("services.loadbalancers", "Service"),
            ("secrets", "Secret"),
            ("count/configmaps", "ConfigMap"),
            ("count/replicasets.apps", "Deployment"),
            ("count/jobs.batch", "CronJob"),
            ("count/deployments.apps", "Deployment"),
            ("count/deployments.example.com", ""),
            ("resourcequotas", ""),
        ] {
            let quota = object(
                "v1",
                "ResourceQuota",
                json!({ "spec": { "hard": { name: "1" } } }),
            );
            assert_eq!(words(&quota, &all), expected, "{name}");
        }
        let elsewhere = object(
            "v1",
            "ResourceQuota",
            json!({ "metadata": { "namespace": "other" }, "spec": { "hard": { "pods": "1" } } }),
        );
        assert_eq!(words(&elsewhere, &all), "");
    }

    #[test]
    fn what_completes_objects_comes_before_those_that_leave_it_open() {
        let template = |spec: Value| {
            object(
                "apps/v1",
                "Deployment",
                json!({ "spec": { "template": { "spec": spec } } }),
            )
        };
        let open = [
            template(
                json!({ "volumes": [{ "ephemeral": { "volumeClaimTemplate": { "spec": {} } } }] }),
            ),
            object("v1", "PersistentVolumeClaim", json!({ "spec": {} })),
            object("networking.k8s.io/v1", "Ingress", json!({ "spec": {} })),
        ];
        let stated = [
            template(json!({ "priorityClassName": "low" })),
            object(
                "v1",
                "PersistentVolumeClaim",
                json!({ "spec": { "storageClassName": "" } }),
            ),
            object(
                "networking.k8s.io/v1",
                "Ingress",
                json!({ "spec": { "ingressClassName": "nginx" } }),
            ),
        ];
        let default = |group: &str, kind: &str, annotation: &str| {
            object(
                &format!("{group}/v1"),
                kind,
                json!({ "globalDefault": true, "metadata": { "annotations": { annotation: "true" } } }),
            )
        };
        for (limit, expected, even_so) in [
            (
                default("scheduling.k8s.io", "PriorityClass", "x"),
                "Deployment",
                "",
            ),
            (
                default(
                    "storage.k8s.io",
                    "StorageClass",
                    "storageclass.kubernetes.io/is-default-class",
                ),
                "Deployment PersistentVolumeClaim",
                "",
            ),
            (
                default(
                    "networking.k8s.io",
                    "IngressClass",
                    "ingressclass.kubernetes.io/is-default-class",
                ),
                "Ingress",
                "",
            ),
            (
                object("v1", "LimitRange", json!({})),
                "Deployment PersistentVolumeClaim",
                "Deployment PersistentVolumeClaim",
            ),
        ] {
            assert_eq!(words(&limit, &open), expected, "{}", limit.id.kind);
            assert_eq!(words(&limit, &stated), even_so, "{}", limit.id.kind);
        }
        assert!(Limit::of(&object("storage.k8s.io/v1", "StorageClass", json!({}))).is_none());
    }
}
