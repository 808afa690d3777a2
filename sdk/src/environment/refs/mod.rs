//! The references that stand in objects themselves: who names whom, in which field.

mod kinds;
mod pod;

pub(crate) use kinds::{GATEWAY, backends, provided_keys, provided_secrets, route_backends};

use super::{EdgeKind, index::Key, pods::Pods};
use crate::object::{Object, Ref};
use serde_json::Value;
use std::collections::HashSet;

/// One object names another.
#[derive(Clone, Debug)]
pub(crate) struct Reference<'a> {
    pub(crate) group: &'a str,
    pub(crate) kind: &'a str,
    /// Empty for cluster-scoped kinds.
    pub(crate) namespace: &'a str,
    pub(crate) name: &'a str,
    /// The key of a config map or secret, where one is named.
    pub(crate) key: Option<&'a str>,
    /// The pods read all of it, a config map or secret, and not single keys.
    pub(crate) whole: bool,
    /// Kubernetes accepts that it is missing.
    pub(crate) optional: bool,
    /// It counts as existing when it is not made here: classes, issuers and the like, which
    /// platforms provide.
    pub(crate) provided: bool,
    /// How far it must be before the object that names it.
    pub(crate) edge: EdgeKind,
    /// The parts of the field's path.
    path: [&'static str; 3],
}

impl<'a> Reference<'a> {
    fn new(
        group: &'a str,
        kind: &'a str,
        namespace: &'a str,
        name: &'a str,
        path: &'static str,
    ) -> Self {
        Self {
            group,
            kind,
            namespace,
            name,
            key: None,
            whole: false,
            optional: false,
            provided: false,
            edge: EdgeKind::Applied,
            path: ["", "", path],
        }
    }

    fn within(mut self, path: &'static str, list: &'static str) -> Self {
        (self.path[0], self.path[1]) = (path, list);
        self
    }

    fn provided(mut self, provided: bool) -> Self {
        self.provided = provided;
        self
    }

    fn optional(mut self, optional: &Value) -> Self {
        self.optional = optional.as_bool().unwrap_or_default();
        self
    }

    fn key(mut self, key: Option<&'a str>) -> Self {
        self.key = key;
        self
    }

    fn whole(mut self, whole: bool) -> Self {
        self.whole = whole;
        self
    }

    /// Whether the pods read it, or a key of it.
    pub(crate) fn is_read(&self) -> bool {
        self.whole || self.key.is_some()
    }

    /// What is named.
    pub(crate) fn target(&self) -> Key<'a> {
        (self.group, self.kind, self.namespace, self.name)
    }

    /// The path of the field, without indices.
    pub(crate) fn path(&self) -> String {
        let parts = self.path.iter().filter(|part| !part.is_empty());
        parts.copied().collect::<Vec<_>>().join(".")
    }
}

/// All references of an object, in the order of its fields.
pub(crate) fn references(object: &Object) -> Vec<Reference<'_>> {
    let mut found = Vec::new();
    let namespace = super::index::namespace(object);
    if let Some(pods) = Pods::of(object) {
        pod::references(&pods, namespace, &mut found);
    }
    kinds::references(object, namespace, &mut found);
    found.retain(|reference| !reference.name.is_empty());
    found
}

/// What objects name and need that is not among them, each once: what must be there already. Classes,
/// issuers and the like, which platforms provide, are left out.
pub fn missing<'a>(objects: impl IntoIterator<Item = &'a Object>) -> Vec<Ref> {
    let objects: Vec<&Object> = objects.into_iter().collect();
    let made: HashSet<Key<'_>> = objects
        .iter()
        .map(|object| super::index::key(object))
        .collect();
    let secrets: HashSet<(&str, &str)> = objects
        .iter()
        .flat_map(|object| {
            let namespace = super::index::namespace(object);
            provided_secrets(object)
                .into_iter()
                .map(move |name| (namespace, name))
        })
        .collect();
    let mut said = HashSet::new();
    let mut found = Vec::new();
    for object in &objects {
        for reference in references(object) {
            let target = reference.target();
            let (group, kind, namespace, name) = target;
            let brought = kind == "Secret" && secrets.contains(&(namespace, name));
            if reference.optional || reference.provided || brought || made.contains(&target) {
                continue;
            }
            if said.insert(target) {
                let missing = Ref::new(group, kind, name);
                found.push(if namespace.is_empty() {
                    missing
                } else {
                    missing.namespace(namespace)
                });
            }
        }
    }
    found
}

/// The items of a list, none where there is none.
pub(crate) fn items(list: &Value) -> &[Value] {
    list.as_array().map_or(&[], Vec::as_slice)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The group of an `apiVersion`.
fn group(api_version: &Value) -> &str {
    text(api_version)
        .split_once('/')
        .map_or("", |(group, _)| group)
}
