//! Where the API server serves a kind.

use crate::object::ObjectId;
use serde_json::Value;
use std::borrow::Cow;

/// A kind as the API server serves it: enough to address its objects.
///
/// Built-in kinds come from the schema's tables, others from their definition or from discovery.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Served {
    /// The API group, empty for the core group.
    pub group: Cow<'static, str>,
    /// The version.
    pub version: Cow<'static, str>,
    /// The kind, such as `Deployment`.
    pub kind: Cow<'static, str>,
    /// The name in paths, such as `deployments`.
    pub plural: Cow<'static, str>,
    /// Whether its objects live in namespaces.
    pub namespaced: bool,
}

impl Served {
    /// `apps/v1`, or `v1` for the core group.
    pub fn api_version(&self) -> String {
        if self.group.is_empty() {
            self.version.clone().into_owned()
        } else {
            format!("{}/{}", self.group, self.version)
        }
    }

    /// `deployments.apps`, or `services` for the core group, as the API server names it.
    pub fn resource(&self) -> String {
        if self.group.is_empty() {
            self.plural.clone().into_owned()
        } else {
            format!("{}.{}", self.plural, self.group)
        }
    }

    /// Whether an object with this id is of this kind, whatever the version.
    pub fn is_of(&self, id: &ObjectId) -> bool {
        self.group == id.group.as_str() && self.kind == id.kind.as_str()
    }

    /// The path of its objects: all of them, or those of one namespace.
    pub fn collection_path(&self, namespace: Option<&str>) -> String {
        let root = if self.group.is_empty() {
            format!("/api/{}", self.version)
        } else {
            format!("/apis/{}/{}", self.group, self.version)
        };
        match namespace.filter(|_| self.namespaced) {
            Some(namespace) => format!("{root}/namespaces/{namespace}/{}", self.plural),
            None => format!("{root}/{}", self.plural),
        }
    }

    /// The path of one object.
    pub fn object_path(&self, namespace: Option<&str>, name: &str) -> String {
        format!("{}/{name}", self.collection_path(namespace))
    }

    /// What a `CustomResourceDefinition` will be served as, once per served version.
    pub fn of_definition(definition: &Value) -> Vec<Self> {
        let spec = &definition["spec"];
        let text = |value: &Value| Cow::Owned(value.as_str().unwrap_or_default().to_owned());
        spec["versions"]
            .as_array()
            .into_iter()
            .flatten()
            .filter(|version| version["served"] != false)
            .map(|version| Self {
                group: text(&spec["group"]),
                version: text(&version["name"]),
                kind: text(&spec["names"]["kind"]),
                plural: text(&spec["names"]["plural"]),
                namespaced: spec["scope"] == "Namespaced",
            })
            .collect()
    }

    /// Writes `apiVersion` and `kind` into an item of a list, which built-in kinds come without.
    pub fn stamp(&self, item: &mut Value) {
        if let Some(fields) = item.as_object_mut() {
            fields
                .entry("apiVersion")
                .or_insert_with(|| Value::String(self.api_version()));
            fields
                .entry("kind")
                .or_insert_with(|| Value::String(self.kind.clone().into_owned()));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_the_api_servers() {
        let deployment = Served {
            group: "apps".into(),
            version: "v1".into(),
            kind: "Deployment".into(),
            plural: "deployments".into(),
            namespaced: true,
        };
        let node = Served {
            group: "".into(),
            version: "v1".into(),
            kind: "Node".into(),
            plural: "nodes".into(),
            namespaced: false,
        };
        for (path, expected) in [
            (
                deployment.object_path(Some("shop"), "web"),
                "/apis/apps/v1/namespaces/shop/deployments/web",
            ),
            (
                deployment.collection_path(None),
                "/apis/apps/v1/deployments",
            ),
            (node.object_path(Some("shop"), "n1"), "/api/v1/nodes/n1"),
        ] {
            assert_eq!(path, expected);
        }
        assert_eq!(deployment.resource(), "deployments.apps");
        assert_eq!(node.resource(), "nodes");
    }
}
