//! Fields that no update may change, as tables. Source: `Validate…Update` in
//! `pkg/apis/*/validation/validation.go`, Kubernetes 1.36.

use super::IMMUTABLE;

/// Fields that cannot change once the object is there: group, kind, path, and the server's words
/// where they are its own. Source: `Validate…Update` in `pkg/apis/*/validation/validation.go`,
/// Kubernetes 1.36.
pub(super) const FIELDS: &[(&str, &str, &str, &str)] = &[
    ("", "PersistentVolume", "spec.volumeMode", IMMUTABLE),
    ("", "Secret", "type", IMMUTABLE),
    (
        "apiextensions.k8s.io",
        "CustomResourceDefinition",
        "spec.group",
        IMMUTABLE,
    ),
    (
        "apiextensions.k8s.io",
        "CustomResourceDefinition",
        "spec.names.plural",
        IMMUTABLE,
    ),
    ("apps", "ControllerRevision", "data", IMMUTABLE),
    ("apps", "DaemonSet", "spec.selector", IMMUTABLE),
    ("apps", "Deployment", "spec.selector", IMMUTABLE),
    ("apps", "ReplicaSet", "spec.selector", IMMUTABLE),
    ("batch", "Job", "spec.backoffLimitPerIndex", IMMUTABLE),
    ("batch", "Job", "spec.completionMode", IMMUTABLE),
    ("batch", "Job", "spec.managedBy", IMMUTABLE),
    ("batch", "Job", "spec.podFailurePolicy", IMMUTABLE),
    ("batch", "Job", "spec.selector", IMMUTABLE),
    ("batch", "Job", "spec.successPolicy", IMMUTABLE),
    (
        "discovery.k8s.io",
        "EndpointSlice",
        "addressType",
        IMMUTABLE,
    ),
    (
        "networking.k8s.io",
        "IngressClass",
        "spec.controller",
        IMMUTABLE,
    ),
    ("node.k8s.io", "RuntimeClass", "handler", IMMUTABLE),
    (
        "rbac.authorization.k8s.io",
        "ClusterRoleBinding",
        "roleRef",
        "cannot change roleRef",
    ),
    (
        "rbac.authorization.k8s.io",
        "RoleBinding",
        "roleRef",
        "cannot change roleRef",
    ),
    (
        "scheduling.k8s.io",
        "PriorityClass",
        "preemptionPolicy",
        IMMUTABLE,
    ),
    (
        "storage.k8s.io",
        "CSIDriver",
        "spec.attachRequired",
        IMMUTABLE,
    ),
    (
        "storage.k8s.io",
        "CSIDriver",
        "spec.volumeLifecycleModes",
        IMMUTABLE,
    ),
    ("storage.k8s.io", "StorageClass", "parameters", IMMUTABLE),
    ("storage.k8s.io", "StorageClass", "provisioner", IMMUTABLE),
    ("storage.k8s.io", "StorageClass", "reclaimPolicy", IMMUTABLE),
    (
        "storage.k8s.io",
        "StorageClass",
        "volumeBindingMode",
        IMMUTABLE,
    ),
];

/// As [`FIELDS`], where the server says `Forbidden` and repeats no value.
pub(super) const FORBIDDEN: &[(&str, &str, &str, &str)] = &[
    (
        "scheduling.k8s.io",
        "PriorityClass",
        "value",
        "may not be changed in an update.",
    ),
    (
        "storage.k8s.io",
        "VolumeAttributesClass",
        "driverName",
        "updates to driverName are forbidden.",
    ),
    (
        "storage.k8s.io",
        "VolumeAttributesClass",
        "parameters",
        "updates to parameters are forbidden.",
    ),
];
