//! Which kinds count generations.

use super::Kind;

/// Kinds whose strategy sets `metadata.generation` to 1 at creation and raises it when the content
/// changes. OpenAPI does not say this; source: `PrepareForCreate` in `pkg/registry/**/strategy.go`
/// of Kubernetes 1.36.
const COUNTED: &[(&str, &str)] = &[
    ("", "Pod"),
    ("", "PodTemplate"),
    ("", "ReplicationController"),
    ("admissionregistration.k8s.io", "MutatingAdmissionPolicy"),
    (
        "admissionregistration.k8s.io",
        "MutatingAdmissionPolicyBinding",
    ),
    (
        "admissionregistration.k8s.io",
        "MutatingWebhookConfiguration",
    ),
    ("admissionregistration.k8s.io", "ValidatingAdmissionPolicy"),
    (
        "admissionregistration.k8s.io",
        "ValidatingAdmissionPolicyBinding",
    ),
    (
        "admissionregistration.k8s.io",
        "ValidatingWebhookConfiguration",
    ),
    ("apiextensions.k8s.io", "CustomResourceDefinition"),
    ("apps", "DaemonSet"),
    ("apps", "Deployment"),
    ("apps", "ReplicaSet"),
    ("apps", "StatefulSet"),
    ("batch", "CronJob"),
    ("batch", "Job"),
    ("discovery.k8s.io", "EndpointSlice"),
    ("flowcontrol.apiserver.k8s.io", "FlowSchema"),
    ("flowcontrol.apiserver.k8s.io", "PriorityLevelConfiguration"),
    ("networking.k8s.io", "Ingress"),
    ("networking.k8s.io", "IngressClass"),
    ("networking.k8s.io", "NetworkPolicy"),
    ("policy", "PodDisruptionBudget"),
    ("resource.k8s.io", "DeviceClass"),
    ("resource.k8s.io", "ResourceSlice"),
    ("scheduling.k8s.io", "PriorityClass"),
];

impl Kind {
    /// Whether its objects have a `metadata.generation` that rises when their content changes. True
    /// for every custom resource.
    pub fn counts_generation(&self) -> bool {
        Kind::find_latest(&self.group, &self.kind).is_none()
            || COUNTED
                .binary_search(&(self.group.as_ref(), self.kind.as_ref()))
                .is_ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_names_known_kinds_in_order() {
        assert!(COUNTED.is_sorted());
        for (group, kind) in COUNTED {
            assert!(Kind::find_latest(group, kind).is_some(), "{group} {kind}");
        }
        let counts =
            |group, kind| Kind::find_latest(group, kind).is_some_and(Kind::counts_generation);
        assert!(counts("apps", "Deployment"));
        assert!(!counts("", "Service"));
        assert!(!counts("autoscaling", "HorizontalPodAutoscaler"));
    }
}
