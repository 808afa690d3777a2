//! Which kinds live in namespaces.

use crate::object::Object;
use ahash::{AHashMap, AHashSet};
use infra_schema::kind::Kind;
use serde_json::Value;
use std::{cell::RefCell, sync::LazyLock};

/// What is known of scopes: Kubernetes' own kinds, and those that the environment defines.
pub(crate) struct Scopes<'a> {
    defined: AHashMap<(&'a str, &'a str), bool>,
    /// What Kubernetes' own kinds turned out to be: there are few, and many objects of each.
    known: RefCell<AHashMap<(&'a str, &'a str), Option<bool>>>,
}

impl<'a> Scopes<'a> {
    /// The scopes with the custom kinds that `objects` define.
    pub(crate) fn new(objects: &'a [Object]) -> Self {
        let defined = objects
            .iter()
            .filter(|object| is_definition(object))
            .map(|object| (defines(&object.value), is_namespaced(&object.value)))
            .collect();
        Self {
            defined,
            known: RefCell::default(),
        }
    }

    /// Whether objects of a kind are in a namespace; `None` where only the cluster knows.
    pub(crate) fn namespaced(&self, group: &'a str, kind: &'a str) -> Option<bool> {
        if let Some(namespaced) = self.defined.get(&(group, kind)) {
            return Some(*namespaced);
        }
        let mut known = self.known.borrow_mut();
        let found = || Kind::find_latest(group, kind).map(|kind| kind.namespaced);
        *known.entry((group, kind)).or_insert_with(found)
    }
}

/// Whether a group is Kubernetes' own.
pub(crate) fn is_builtin(group: &str) -> bool {
    static GROUPS: LazyLock<AHashSet<&str>> =
        LazyLock::new(|| Kind::all().iter().map(|kind| kind.group.as_ref()).collect());
    GROUPS.contains(group)
}

/// Whether an object defines a custom kind.
pub(crate) fn is_definition(object: &Object) -> bool {
    object.id.group == "apiextensions.k8s.io" && object.id.kind == "CustomResourceDefinition"
}

/// Whether a definition is of a kind whose objects are in namespaces.
pub(crate) fn is_namespaced(definition: &Value) -> bool {
    definition["spec"]["scope"] != "Cluster"
}

/// Group and kind that a definition defines.
pub(crate) fn defines(definition: &Value) -> (&str, &str) {
    let spec = &definition["spec"];
    (
        spec["group"].as_str().unwrap_or_default(),
        spec["names"]["kind"].as_str().unwrap_or_default(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_of_kubernetes_own_kinds_are_known() {
        let scopes = Scopes::new(&[]);
        for (group, kind, expected) in [
            ("", "ConfigMap", Some(true)),
            ("", "Node", Some(false)),
            ("scheduling.k8s.io", "PriorityClass", Some(false)),
            (
                "apiextensions.k8s.io",
                "CustomResourceDefinition",
                Some(false),
            ),
            ("apiregistration.k8s.io", "APIService", Some(false)),
            ("cert-manager.io", "Certificate", None),
        ] {
            assert_eq!(scopes.namespaced(group, kind), expected, "{kind}");
        }
        assert!(
            is_builtin("networking.k8s.io")
                && is_builtin("")
                && !is_builtin("gateway.networking.k8s.io")
        );
    }
}
