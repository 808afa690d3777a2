//! The objects, by kind, namespace and name, with an index of owners.

use super::Key;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

/// Objects of one kind: namespace (empty for cluster-scoped ones), then name.
type Collection = BTreeMap<String, BTreeMap<String, Arc<Value>>>;

/// All objects.
#[derive(Debug, Default)]
pub(crate) struct Objects {
    kinds: BTreeMap<String, BTreeMap<String, Collection>>,
    /// Owner's uid to the objects that name it.
    owned: HashMap<String, BTreeSet<Key>>,
}

/// The uids an object names as its owners.
fn owners(object: &Value) -> impl Iterator<Item = &str> {
    object["metadata"]["ownerReferences"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|owner| owner["uid"].as_str())
}

impl Objects {
    fn collection(&self, group: &str, kind: &str) -> Option<&Collection> {
        self.kinds.get(kind)?.get(group)
    }

    /// One object.
    pub(crate) fn get(&self, group: &str, kind: &str, ns: &str, name: &str) -> Option<&Arc<Value>> {
        self.collection(group, kind)?.get(ns)?.get(name)
    }

    /// One object by its key.
    pub(crate) fn at(&self, key: &Key) -> Option<&Arc<Value>> {
        self.get(&key.group, &key.kind, key.ns(), &key.name)
    }

    /// The objects of a kind, in one namespace or in all, ordered by namespace and name.
    pub(crate) fn list<'a>(
        &'a self,
        group: &str,
        kind: &str,
        namespace: Option<&'a str>,
    ) -> impl Iterator<Item = &'a Arc<Value>> {
        self.collection(group, kind)
            .into_iter()
            .flatten()
            .filter(move |(ns, _)| namespace.is_none_or(|wanted| wanted == ns.as_str()))
            .flat_map(|(_, objects)| objects.values())
    }

    /// The objects that name this uid among their owners.
    pub(crate) fn owned_by<'a>(&'a self, uid: &str) -> impl Iterator<Item = &'a Arc<Value>> {
        self.owned
            .get(uid)
            .into_iter()
            .flatten()
            .filter_map(|key| self.at(key))
    }

    /// Every object.
    pub(crate) fn all(&self) -> impl Iterator<Item = &Arc<Value>> {
        self.kinds
            .values()
            .flat_map(BTreeMap::values)
            .flat_map(BTreeMap::values)
            .flat_map(BTreeMap::values)
    }

    /// Puts an object in its place and returns what stood there.
    pub(crate) fn put(&mut self, key: &Key, object: Arc<Value>) -> Option<Arc<Value>> {
        for uid in owners(&object) {
            self.owned
                .entry(uid.to_owned())
                .or_default()
                .insert(key.clone());
        }
        let old = self
            .kinds
            .entry(key.kind.clone())
            .or_default()
            .entry(key.group.clone())
            .or_default()
            .entry(key.ns().to_owned())
            .or_default()
            .insert(key.name.clone(), object.clone());
        if let Some(old) = &old {
            for uid in owners(old) {
                if !owners(&object).any(|other| other == uid) {
                    self.disown(uid, key);
                }
            }
        }
        old
    }

    /// Takes an object out.
    pub(crate) fn remove(&mut self, key: &Key) -> Option<Arc<Value>> {
        let spaces = self.kinds.get_mut(&key.kind)?.get_mut(&key.group)?;
        let objects = spaces.get_mut(key.ns())?;
        let old = objects.remove(&key.name)?;
        if objects.is_empty() {
            spaces.remove(key.ns());
        }
        for uid in owners(&old) {
            self.disown(uid, key);
        }
        Some(old)
    }

    fn disown(&mut self, uid: &str, key: &Key) {
        if let Some(keys) = self.owned.get_mut(uid) {
            keys.remove(key);
            if keys.is_empty() {
                self.owned.remove(uid);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn pod(name: &str, owner: &str) -> (Key, Arc<Value>) {
        let value = json!({"apiVersion": "v1", "kind": "Pod", "metadata": {
            "namespace": "shop", "name": name, "ownerReferences": [{"uid": owner}]}});
        (Key::of(&value), Arc::new(value))
    }

    #[test]
    fn the_owner_index_follows_the_objects() {
        let mut objects = Objects::default();
        let (key, value) = pod("a", "u1");
        objects.put(&key, value);
        assert_eq!(objects.owned_by("u1").count(), 1);
        objects.put(&key, pod("a", "u2").1);
        assert_eq!(
            (
                objects.owned_by("u1").count(),
                objects.owned_by("u2").count()
            ),
            (0, 1)
        );
        objects.remove(&key);
        assert_eq!(objects.owned_by("u2").count(), 0);
        assert_eq!(objects.list("", "Pod", None).count(), 0);
    }

    #[test]
    fn a_list_is_ordered_and_keeps_to_its_namespace() {
        let mut objects = Objects::default();
        for name in ["b", "a"] {
            let (key, value) = pod(name, "u");
            objects.put(&key, value);
        }
        let names: Vec<_> = objects
            .list("", "Pod", Some("shop"))
            .map(|pod| pod["metadata"]["name"].clone())
            .collect();
        assert_eq!(names, ["a", "b"]);
        assert_eq!(objects.list("", "Pod", Some("other")).count(), 0);
    }
}
