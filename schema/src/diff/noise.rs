//! What differs between two reads of an object although nobody changed what it is meant to be.

use serde_json::{Map, Value};

use crate::kind::Kind;

/// Metadata that the server keeps.
const METADATA: &[&str] = &[
    "creationTimestamp",
    "deletionGracePeriodSeconds",
    "deletionTimestamp",
    "generation",
    "managedFields",
    "resourceVersion",
    "selfLink",
    "uid",
];

/// Annotations that tools and controllers keep for themselves.
const ANNOTATIONS: &[&str] = &[
    "deployment.kubernetes.io/revision",
    "kubectl.kubernetes.io/last-applied-configuration",
    "pv.kubernetes.io/bind-completed",
    "pv.kubernetes.io/bound-by-controller",
    "pv.kubernetes.io/migrated-to",
    "volume.beta.kubernetes.io/storage-provisioner",
    "volume.kubernetes.io/selected-node",
    "volume.kubernetes.io/storage-provisioner",
];

/// Fields that a server or controller allocates, by group and kind.
const ALLOCATED: &[(&str, &str, &[&[&str]])] = &[
    (
        "",
        "Namespace",
        &[
            &["spec", "finalizers"],
            &["metadata", "labels", "kubernetes.io/metadata.name"],
        ],
    ),
    ("", "PersistentVolumeClaim", &[&["spec", "volumeName"]]),
    ("", "Pod", &[&["spec", "nodeName"]]),
    (
        "",
        "Service",
        &[
            &["spec", "clusterIP"],
            &["spec", "clusterIPs"],
            &["spec", "healthCheckNodePort"],
            &["spec", "ipFamilies"],
            &["spec", "ipFamilyPolicy"],
        ],
    ),
    ("", "ServiceAccount", &[&["secrets"]]),
];

/// The object without identity, status, ownership and what servers and controllers fill in for
/// themselves: what is left is worth comparing. A field that is listed as allocated stays when
/// `keep` says that somebody asked for it.
#[must_use]
pub fn without_noise(kind: &Kind, mut object: Value, keep: impl Fn(&[&str]) -> bool) -> Value {
    if let Some(fields) = object.as_object_mut() {
        fields.remove("status");
    }
    if let Some(metadata) = object.get_mut("metadata").and_then(Value::as_object_mut) {
        for name in METADATA {
            metadata.remove(*name);
        }
        if let Some(annotations) = metadata
            .get_mut("annotations")
            .and_then(Value::as_object_mut)
        {
            annotations.retain(|name, _| !ANNOTATIONS.contains(&name.as_str()));
        }
        for name in ["annotations", "labels"] {
            let emptied = |value: &Value| value.as_object().is_some_and(Map::is_empty);
            if metadata.get(name).is_some_and(emptied) {
                metadata.remove(name);
            }
        }
    }
    let allocated = ALLOCATED
        .iter()
        .filter(|row| row.0 == kind.group && row.1 == kind.kind);
    for path in allocated.flat_map(|row| row.2).filter(|path| !keep(path)) {
        if let Some((last, parents)) = path.split_last() {
            let parent = parents
                .iter()
                .try_fold(&mut object, |value, name| value.get_mut(*name));
            parent
                .and_then(Value::as_object_mut)
                .and_then(|fields| fields.remove(*last));
        }
    }
    object
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_nobody_asked_for_goes() {
        let service = json!({
            "metadata": {"name": "s", "uid": "u", "managedFields": [], "annotations": {"kubectl.kubernetes.io/last-applied-configuration": "{}"}},
            "spec": {"clusterIP": "10.0.0.1", "ipFamilies": ["IPv4"], "type": "ClusterIP"},
            "status": {"loadBalancer": {}},
        });
        let kind = Kind::find("", "v1", "Service").expect("known");
        assert_eq!(
            without_noise(kind, service, |path| path == ["spec", "clusterIP"]),
            json!({"metadata": {"name": "s"}, "spec": {"clusterIP": "10.0.0.1", "type": "ClusterIP"}})
        );
    }
}
