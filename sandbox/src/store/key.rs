//! Which object.

use serde_json::Value;

/// Group, kind, namespace and name of an object. The version is not part of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Key {
    /// The API group, empty for the core group.
    pub(crate) group: String,
    /// The kind, such as `Deployment`.
    pub(crate) kind: String,
    /// The namespace; `None` for cluster-scoped kinds.
    pub(crate) namespace: Option<String>,
    /// The name.
    pub(crate) name: String,
}

impl Key {
    /// A key from its parts.
    pub(crate) fn new(group: &str, kind: &str, namespace: Option<&str>, name: &str) -> Self {
        Self {
            group: group.to_owned(),
            kind: kind.to_owned(),
            namespace: namespace
                .filter(|namespace| !namespace.is_empty())
                .map(str::to_owned),
            name: name.to_owned(),
        }
    }

    /// The key of an object given as JSON. What is missing reads as empty.
    pub(crate) fn of(object: &Value) -> Self {
        Self::new(
            group_of(object),
            object["kind"].as_str().unwrap_or_default(),
            object["metadata"]["namespace"].as_str(),
            object["metadata"]["name"].as_str().unwrap_or_default(),
        )
    }

    /// The namespace, empty for cluster-scoped kinds.
    pub(crate) fn ns(&self) -> &str {
        self.namespace.as_deref().unwrap_or_default()
    }

    /// Whether the object is of this group and kind.
    pub(crate) fn is(&self, group: &str, kind: &str) -> bool {
        self.kind == kind && self.group == group
    }
}

/// The group in an object's `apiVersion`.
pub(crate) fn group_of(object: &Value) -> &str {
    let api_version = object["apiVersion"].as_str().unwrap_or_default();
    api_version.split_once('/').map_or("", |(group, _)| group)
}
