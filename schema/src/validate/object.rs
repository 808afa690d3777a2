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
    if kind.kind != "CustomResourceDefinition" {
        schema::check(&ty, object, &mut found);
    }
    let spec = object.get("spec").unwrap_or(&nothing);
    let path = Path::ROOT.field("spec");
    let found = &mut found;
    match (kind.group.as_ref(), kind.kind.as_ref()) {
        ("", "Pod") => pod::check(spec, &path, found),
        ("", "PodTemplate") => pod::template(object, &Path::ROOT.field("template"), found),
        ("", "Service") => service::check(spec, &path, found),
        ("", "ConfigMap") => config::config_map(object, found),
        ("", "Secret") => config::secret(object, found),
        ("", "PersistentVolumeClaim") => storage::claim(spec, &path, found),
        ("", "PersistentVolume") => storage::volume(spec, &path, found),
        ("", "ResourceQuota") => quota::quota(spec, &path, found),
        ("coordination.k8s.io", "Lease") => quota::lease(spec, &path, found),
        ("apps", name) => workload::check(name, spec, &path, found),
        ("batch", "Job") => batch::job(spec, &path, found),
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
    if kind.kind == "ResourceQuota" {
        // Each resource is told, though in the same words.
        return std::mem::take(found);
    }
    let mut found = without_repeats(std::mem::take(found));
    if kind.kind == "Service" && found.iter().any(service::is_told_alone) {
        found.retain(service::is_told_alone);
    }
    let again = found.iter().filter(|wrong| is_told_twice(kind, wrong));
    let again: Found = again.cloned().collect();
    found.extend(again);
    found
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

/// Whether a server that updates an object still says what [`validate`] says of the new one.
pub fn is_judged_again(kind: &Kind, violation: &Violation) -> bool {
    let is_only = |row: &(&str, &str)| row.0 == kind.kind && violation.field.starts_with(row.1);
    !(kind.ty().is_builtin() && ONLY_WHEN_NEW.iter().any(is_only))
}

/// The schema and a kind's own checks may find the same thing.
fn without_repeats(found: Found) -> Found {
    let mut out = Found::with_capacity(found.len());
    for violation in found {
        if !out.contains(&violation) {
            out.push(violation);
        }
    }
    out
}
