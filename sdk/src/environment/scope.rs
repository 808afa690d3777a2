//! Which kinds live in namespaces.

use crate::object::Object;
use std::collections::HashMap;

/// Kinds of Kubernetes' own that are not in a namespace. (Whole groups follow below.)
const CLUSTER: [(&str, &str); 17] = [
    ("", "ComponentStatus"),
    ("", "Namespace"),
    ("", "Node"),
    ("", "PersistentVolume"),
    ("apiextensions.k8s.io", "CustomResourceDefinition"),
    ("networking.k8s.io", "IPAddress"),
    ("networking.k8s.io", "IngressClass"),
    ("networking.k8s.io", "ServiceCIDR"),
    ("rbac.authorization.k8s.io", "ClusterRole"),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"),
    ("resource.k8s.io", "DeviceClass"),
    ("resource.k8s.io", "ResourceSlice"),
    ("storage.k8s.io", "CSIDriver"),
    ("storage.k8s.io", "CSINode"),
    ("storage.k8s.io", "StorageClass"),
    ("storage.k8s.io", "VolumeAttachment"),
    ("storage.k8s.io", "VolumeAttributesClass"),
];

/// Groups of Kubernetes' own without a kind in a namespace.
const CLUSTER_GROUPS: [&str; 6] = [
    "admissionregistration.k8s.io",
    "apiregistration.k8s.io",
    "certificates.k8s.io",
    "flowcontrol.apiserver.k8s.io",
    "node.k8s.io",
    "scheduling.k8s.io",
];

/// What is known of scopes: Kubernetes' own kinds, and those that the environment defines.
pub(crate) struct Scopes<'a> {
    defined: HashMap<(&'a str, &'a str), bool>,
}

impl<'a> Scopes<'a> {
    /// The scopes with the custom kinds that `objects` define.
    pub(crate) fn new(objects: &'a [Object]) -> Self {
        let defined = objects
            .iter()
            .filter(|object| is_definition(object))
            .map(|object| (defines(object), object.value["spec"]["scope"] != "Cluster"))
            .collect();
        Self { defined }
    }

    /// Whether objects of a kind are in a namespace; `None` where only the cluster knows.
    pub(crate) fn namespaced(&self, group: &str, kind: &str) -> Option<bool> {
        if let Some(namespaced) = self.defined.get(&(group, kind)) {
            return Some(*namespaced);
        }
        is_builtin(group)
            .then(|| !CLUSTER_GROUPS.contains(&group) && !CLUSTER.contains(&(group, kind)))
    }
}

/// Whether a group is Kubernetes' own.
pub(crate) fn is_builtin(group: &str) -> bool {
    // Groups below `k8s.io` are reserved, and those of projects beside Kubernetes end in `x-k8s.io`
    // or stand in the short list of exceptions.
    matches!(group, "" | "apps" | "autoscaling" | "batch" | "policy")
        || (group.ends_with(".k8s.io")
            && !matches!(
                group,
                "gateway.networking.k8s.io"
                    | "snapshot.storage.k8s.io"
                    | "autoscaling.k8s.io"
                    | "metrics.k8s.io"
            ))
}

/// Whether an object defines a custom kind.
pub(crate) fn is_definition(object: &Object) -> bool {
    object.id.group == "apiextensions.k8s.io" && object.id.kind == "CustomResourceDefinition"
}

/// Group and kind that a definition defines.
pub(crate) fn defines(definition: &Object) -> (&str, &str) {
    let spec = &definition.value["spec"];
    (
        spec["group"].as_str().unwrap_or_default(),
        spec["names"]["kind"].as_str().unwrap_or_default(),
    )
}
