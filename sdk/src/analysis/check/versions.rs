//! Versions of the API that are gone or will be, for the servers that are supported: 1.33 to 1.37.

use super::look::{Findings, Look};
use super::{Rule, Severity};
use infra_schema::default::defaults;
use infra_schema::kind::Kind;
use infra_schema::validate::warnings;

pub(super) static REMOVED_API: Rule = Rule {
    id: "removed-api",
    severity: Severity::Error,
    title: "a version of the API that servers no longer have",
    why: "the API server does not know it, and the run stops there",
    cure: "write it in the version that servers have",
};

pub(super) static UNKNOWN_API: Rule = Rule {
    id: "unknown-api",
    severity: Severity::Error,
    title: "a kind of Kubernetes' own groups that does not exist",
    why: "the API server does not know it, and the run stops there",
    cure: "write `apiVersion` and `kind` as `kubectl api-resources` shows them",
};

pub(super) static DEPRECATED: Rule = Rule {
    id: "deprecated",
    severity: Severity::Warning,
    title: "something that Kubernetes will take away, or does not heed any more",
    why: "a later server ignores it, or refuses the object",
    cure: "use what the message names",
};

/// What is gone: `apiVersion`, the kind (`*` for all), since when, and what to use.
const REMOVED: [(&str, &str, &str, &str); 31] = [
    (
        "extensions/v1beta1",
        "Ingress",
        "1.22",
        "networking.k8s.io/v1",
    ),
    (
        "extensions/v1beta1",
        "NetworkPolicy",
        "1.16",
        "networking.k8s.io/v1",
    ),
    ("extensions/v1beta1", "PodSecurityPolicy", "1.16", PSP),
    ("extensions/v1beta1", "*", "1.16", "apps/v1"),
    ("apps/v1beta1", "*", "1.16", "apps/v1"),
    ("apps/v1beta2", "*", "1.16", "apps/v1"),
    ("policy/v1beta1", "PodSecurityPolicy", "1.25", PSP),
    ("policy/v1beta1", "*", "1.25", "policy/v1"),
    ("batch/v1beta1", "*", "1.25", "batch/v1"),
    ("batch/v2alpha1", "*", "1.21", "batch/v1"),
    (
        "networking.k8s.io/v1beta1",
        "Ingress",
        "1.22",
        "networking.k8s.io/v1",
    ),
    (
        "networking.k8s.io/v1beta1",
        "IngressClass",
        "1.22",
        "networking.k8s.io/v1",
    ),
    ("autoscaling/v2beta1", "*", "1.25", "autoscaling/v2"),
    ("autoscaling/v2beta2", "*", "1.26", "autoscaling/v2"),
    (
        "rbac.authorization.k8s.io/v1beta1",
        "*",
        "1.22",
        "rbac.authorization.k8s.io/v1",
    ),
    (
        "rbac.authorization.k8s.io/v1alpha1",
        "*",
        "1.22",
        "rbac.authorization.k8s.io/v1",
    ),
    (
        "apiextensions.k8s.io/v1beta1",
        "*",
        "1.22",
        "apiextensions.k8s.io/v1",
    ),
    (
        "apiregistration.k8s.io/v1beta1",
        "*",
        "1.22",
        "apiregistration.k8s.io/v1",
    ),
    (
        "admissionregistration.k8s.io/v1beta1",
        "ValidatingWebhookConfiguration",
        "1.22",
        "admissionregistration.k8s.io/v1",
    ),
    (
        "admissionregistration.k8s.io/v1beta1",
        "MutatingWebhookConfiguration",
        "1.22",
        "admissionregistration.k8s.io/v1",
    ),
    (
        "certificates.k8s.io/v1beta1",
        "CertificateSigningRequest",
        "1.22",
        "certificates.k8s.io/v1",
    ),
    (
        "coordination.k8s.io/v1beta1",
        "Lease",
        "1.22",
        "coordination.k8s.io/v1",
    ),
    (
        "scheduling.k8s.io/v1beta1",
        "*",
        "1.22",
        "scheduling.k8s.io/v1",
    ),
    (
        "scheduling.k8s.io/v1alpha1",
        "PriorityClass",
        "1.17",
        "scheduling.k8s.io/v1",
    ),
    (
        "storage.k8s.io/v1beta1",
        "CSIStorageCapacity",
        "1.27",
        "storage.k8s.io/v1",
    ),
    (
        "storage.k8s.io/v1beta1",
        "StorageClass",
        "1.22",
        "storage.k8s.io/v1",
    ),
    (
        "storage.k8s.io/v1beta1",
        "CSIDriver",
        "1.22",
        "storage.k8s.io/v1",
    ),
    (
        "discovery.k8s.io/v1beta1",
        "*",
        "1.25",
        "discovery.k8s.io/v1",
    ),
    ("events.k8s.io/v1beta1", "*", "1.25", "events.k8s.io/v1"),
    ("node.k8s.io/v1beta1", "*", "1.25", "node.k8s.io/v1"),
    (
        "flowcontrol.apiserver.k8s.io/v1beta3",
        "*",
        "1.32",
        "flowcontrol.apiserver.k8s.io/v1",
    ),
];

const PSP: &str = "a Pod Security Standard of the namespace: `.pod_security(\"restricted\")`";

/// Labels of nodes that have other names now.
const LABELS: [(&str, &str); 5] = [
    ("beta.kubernetes.io/os", "kubernetes.io/os"),
    ("beta.kubernetes.io/arch", "kubernetes.io/arch"),
    (
        "beta.kubernetes.io/instance-type",
        "node.kubernetes.io/instance-type",
    ),
    (
        "failure-domain.beta.kubernetes.io/zone",
        "topology.kubernetes.io/zone",
    ),
    (
        "failure-domain.beta.kubernetes.io/region",
        "topology.kubernetes.io/region",
    ),
];

/// Kinds that are still served, and not for ever.
const DEPRECATED_KINDS: [(&str, &str, &str); 2] = [
    (
        "Endpoints",
        "1.33",
        "`EndpointSlice` of discovery.k8s.io/v1",
    ),
    (
        "ComponentStatus",
        "1.19",
        "the health endpoints of the API server",
    ),
];

pub(super) fn check(look: &Look<'_>, findings: &mut Findings<'_>) {
    for (position, object) in look.view.objects.iter().enumerate() {
        let (short, api) = (object.id.short(), object.api_version());
        let kind_name = object.id.kind.as_str();
        let gone = REMOVED
            .iter()
            .find(|row| row.0 == api && (row.1 == kind_name || row.1 == "*"));
        if let Some((_, _, since, instead)) = gone {
            let message =
                format!("`{short}` is of `{api}`, which is gone since Kubernetes {since}");
            let help = Some(format!("use {instead}"));
            findings.add_with(&REMOVED_API, position, "apiVersion", message, help);
            continue;
        }
        let Some(kind) = Kind::find_api(api, kind_name) else {
            // Other versions of a known group may be new or old; other groups are custom.
            if Kind::all().iter().any(|kind| kind.group == object.id.group)
                && !is_served_elsewhere(api)
            {
                let message = format!("Kubernetes has no {kind_name} in `{api}`");
                let known = Kind::find_latest(&object.id.group, kind_name);
                let known = known.or_else(|| Kind::lookup(kind_name).first().copied());
                let help = known.map(|kind| format!("it is in `{}`", kind.api_version()));
                findings.add_with(&UNKNOWN_API, position, "apiVersion", message, help);
            }
            continue;
        };
        if let Some((_, since, instead)) = DEPRECATED_KINDS.iter().find(|row| row.0 == kind_name) {
            let message =
                format!("`{short}` is of a kind that is deprecated since Kubernetes {since}");
            let help = Some(format!("use {instead}"));
            findings.add_with(&DEPRECATED, position, "kind", message, help);
        }
        warned(position, kind, look, findings);
    }
    labels(look, findings);
}

/// Alpha and beta versions that some servers have switched on.
fn is_served_elsewhere(api: &str) -> bool {
    let version = api.rsplit('/').next().unwrap_or(api);
    version.contains("alpha") || version.contains("beta")
}

/// What a server warns of.
fn warned(position: usize, kind: &Kind, look: &Look<'_>, findings: &mut Findings<'_>) {
    let object = &look.view.objects[position];
    if !object.secrets.is_empty() {
        return;
    }
    let mut value = object.value.clone();
    defaults(kind, &mut value);
    for warning in warnings(kind, None, &value) {
        // It has a check of its own.
        if warning.contains("kubernetes.io/ingress.class") {
            continue;
        }
        let field = warning.split(": ").next().unwrap_or_default();
        let path = if field.contains(' ') { "" } else { field };
        let message = format!("the API server warns of `{}`: {warning}", object.id.short());
        findings.add(&DEPRECATED, position, path, message);
    }
}

fn labels(look: &Look<'_>, findings: &mut Findings<'_>) {
    for workload in &look.workloads {
        let text = [
            workload.pods.spec["nodeSelector"].to_string(),
            workload.pods.spec["affinity"].to_string(),
            workload.pods.spec["topologySpreadConstraints"].to_string(),
        ];
        for (old, new) in LABELS {
            let found = text
                .iter()
                .position(|text| text.contains(&format!("\"{old}\"")));
            let Some(place) = found else { continue };
            let message = format!(
                "`{}` chooses nodes by `{old}`, which is deprecated",
                workload.short()
            );
            let field = ["nodeSelector", "affinity", "topologySpreadConstraints"][place];
            let help = Some(format!("use `{new}`"));
            findings.add_with(
                &DEPRECATED,
                workload.position,
                &workload.path(field),
                message,
                help,
            );
        }
    }
}
