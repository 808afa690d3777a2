//! A whole object.

use serde_json::{Map, Value};

use super::path::{Found, Path};
use super::{
    Violation, ViolationKind, autoscaling, batch, config, definition, ingress, meta,
    network_policy, pod, quota, rbac, schema, service, storage, workload,
};
use crate::crd;
use crate::kind::Kind;

/// Everything that keeps a server from storing a new object with its defaults filled in
/// ([`crate::default::defaults`], [`crate::crd::fill`]); empty when it would take it.
pub fn validate(kind: &Kind, object: &Value) -> Vec<Violation> {
    let mut found = Found::new();
    let nothing = Value::Object(Map::new());
    let metadata = object.get("metadata").unwrap_or(&nothing);
    meta::check(kind, metadata, &Path::ROOT.field("metadata"), &mut found);
    let ty = kind.ty();
    if !ty.is_builtin() {
        found.extend(crd::check(&ty, object));
        return found;
    }
    found.extend(rules(kind, object));
    if kind.group == "batch" && kind.kind == "Job" {
        batch::generated(object, &mut found);
        batch::named(object, &mut found);
    }
    if kind.kind == "Service" {
        service::alone(&mut found);
    }
    let again = found.iter().filter(|wrong| is_told_twice(kind, wrong));
    let again: Found = again.cloned().collect();
    found.extend(again);
    found
}

/// What is wrong with an object of a built-in kind beside its metadata.
pub(super) fn rules(kind: &Kind, object: &Value) -> Found {
    let mut all = Found::new();
    let found = &mut all;
    let nothing = Value::Object(Map::new());
    let spec = object.get("spec").unwrap_or(&nothing);
    let path = Path::ROOT.field("spec");
    match (kind.group.as_ref(), kind.kind.as_ref()) {
        ("", "Pod") => {
            pod::pod(spec, &path, found);
            pod::created(spec, &path, found);
        }
        ("", "PodTemplate") => pod::template(object, &Path::ROOT.field("template"), found),
        ("", "Service") => service::check(spec, &path, found),
        ("", "ConfigMap") => config::config_map(object, found),
        ("", "Secret") => config::secret(object, found),
        ("", "PersistentVolumeClaim") => storage::claim(spec, &path, found),
        ("", "PersistentVolume") => storage::volume(spec, &path, found),
        ("", "ResourceQuota") => quota::quota(spec, &path, found),
        ("coordination.k8s.io", "Lease") => quota::lease(spec, &path, found),
        ("apps", name) => workload::check(name, spec, &path, found),
        ("batch", "Job") => {
            batch::job(spec, &path, found);
            batch::selected(object, &path, found);
        }
        ("batch", "CronJob") => batch::cron_job(spec, &path, found),
        ("networking.k8s.io", "Ingress") => {
            ingress::check(spec, &path, found);
            ingress::one_class(object, found);
        }
        ("networking.k8s.io", "NetworkPolicy") => network_policy::check(spec, &path, found),
        ("autoscaling", _) => autoscaling::autoscaler(spec, &path, found),
        ("policy", "PodDisruptionBudget") => autoscaling::budget(spec, &path, found),
        ("rbac.authorization.k8s.io", name) => rbac::check(name, object, found),
        ("scheduling.k8s.io", "PriorityClass") => rbac::priority_class(object, found),
        ("apiextensions.k8s.io", "CustomResourceDefinition") => definition::check(object, found),
        _ => {}
    }
    // Of some kinds all is said by rules of their own.
    if !matches!(
        kind.kind.as_ref(),
        "CustomResourceDefinition" | "HorizontalPodAutoscaler"
    ) {
        let mut demanded = Found::new();
        schema::check(&kind.ty(), object, &mut demanded);
        demanded.retain(|violation| !is_said(kind, violation, &all));
        all.extend(demanded);
    }
    all
}

/// What is wrong with a pod that only OpenAPI says: choices of containers and their ports.
const LEFT_TO_SCHEMA: [&str; 4] = [
    ".imagePullPolicy",
    ".protocol",
    ".pullPolicy",
    ".terminationMessagePolicy",
];

/// Where kinds keep the `spec` of a pod.
fn pod_path(kind: &Kind) -> Option<&'static str> {
    match (kind.group.as_ref(), kind.kind.as_ref()) {
        ("", "Pod") => Some("spec."),
        ("", "PodTemplate") => Some("template.spec."),
        ("batch", "CronJob") => Some("spec.jobTemplate.spec.template.spec."),
        ("apps" | "batch", _) | ("", "ReplicationController") => Some("spec.template.spec."),
        _ => None,
    }
}

/// Whether the rules of a kind said all that there is to say of what OpenAPI demands.
fn is_said(kind: &Kind, demand: &Violation, said: &[Violation]) -> bool {
    let field = demand.field.as_str();
    let in_pod = pod_path(kind).is_some_and(|path| field.starts_with(path));
    let left = LEFT_TO_SCHEMA.iter().any(|end| field.ends_with(end));
    // A word that is none of those allowed is told by the rules in their own way, or with what it
    // is a part of.
    let above = field.strip_suffix(".type").unwrap_or(field);
    let same = |one: &Violation| {
        one == demand
            || demand.kind == ViolationKind::NotSupported
                && (one.field == field || one.field == above)
    };
    (in_pod && !left) || said.iter().any(same)
}

/// What is judged at two places of the server, and told by both.
fn is_told_twice(kind: &Kind, violation: &Violation) -> bool {
    let field = violation.field.as_str();
    let above = field.split('[').next().unwrap_or_default();
    match kind.kind.as_ref() {
        "StatefulSet" => matches!(above, "spec.template.labels" | "spec.template.annotations"),
        "HorizontalPodAutoscaler" => {
            above == "spec.metrics"
                && field.ends_with("].type")
                && violation.kind == ViolationKind::NotSupported
        }
        _ => false,
    }
}

/// What is judged of a new object alone: kind, and the field or what it is below.
const ONLY_WHEN_NEW: [(&str, &str); 5] = [
    ("CustomResourceDefinition", "metadata.name"),
    ("CustomResourceDefinition", "metadata.generateName"),
    ("Ingress", "annotations.kubernetes.io/ingress.class"),
    ("StatefulSet", "spec.serviceName"),
    ("StatefulSet", "spec.volumeClaimTemplates"),
];

/// What a new pod may not have at all.
const NOT_OF_NEW_PODS: [&str; 2] = ["spec.ephemeralContainers", "spec.nodeName"];

/// Whether a server that updates an object still says what [`validate`] says of the new one.
pub fn is_judged_again(kind: &Kind, violation: &Violation) -> bool {
    let is_only = |row: &(&str, &str)| row.0 == kind.kind && violation.field.starts_with(row.1);
    let is_of_new_pod = kind.kind == "Pod"
        && violation.kind == ViolationKind::Forbidden
        && NOT_OF_NEW_PODS.contains(&violation.field.as_str());
    !(kind.ty().is_builtin() && (is_of_new_pod || ONLY_WHEN_NEW.iter().any(is_only)))
}
