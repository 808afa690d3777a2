//! Objects by id, and pods by label.

use super::{Selector, pods::Pods};
use crate::object::Object;
use ahash::AHashMap;

/// Group, kind, namespace (empty for none) and name.
pub(crate) type Key<'a> = (&'a str, &'a str, &'a str, &'a str);

/// Objects by key.
pub(crate) type ByKey<'a> = AHashMap<Key<'a>, usize>;

/// The positions of objects by their keys. Of two equal objects the first counts; that there are two
/// is a problem of its own.
pub(crate) fn by_key(objects: &[Object]) -> ByKey<'_> {
    let mut found = ByKey::with_capacity(objects.len());
    for (position, object) in objects.iter().enumerate() {
        found.entry(key(object)).or_insert(position);
    }
    found
}

/// What every check and edge looks objects up in.
pub(crate) struct Index<'a> {
    objects: &'a [Object],
    by_key: ByKey<'a>,
    pods: ByLabel<'a>,
}

/// The objects that make pods, by namespace, and by namespace and label of the pods.
#[derive(Default)]
struct ByLabel<'a> {
    makers: AHashMap<&'a str, Vec<usize>>,
    labelled: AHashMap<(&'a str, &'a str, &'a str), Vec<usize>>,
}

impl<'a> ByLabel<'a> {
    fn new(objects: &'a [Object]) -> Self {
        let mut index = Self::default();
        for (position, object) in objects.iter().enumerate() {
            let Some(pods) = Pods::of(object) else {
                continue;
            };
            let namespace = namespace(object);
            index.makers.entry(namespace).or_default().push(position);
            for (label, value) in pods.labels().into_iter().flatten() {
                let label = (
                    namespace,
                    label.as_str(),
                    value.as_str().unwrap_or_default(),
                );
                index.labelled.entry(label).or_default().push(position);
            }
        }
        index
    }
}

impl<'a> Index<'a> {
    pub(crate) fn new(objects: &'a [Object]) -> Self {
        Self {
            objects,
            by_key: by_key(objects),
            pods: ByLabel::new(objects),
        }
    }

    /// The object with this key.
    pub(crate) fn get(&self, key: Key<'_>) -> Option<usize> {
        self.by_key.get(&key).copied()
    }

    /// The objects in `namespace` that make pods.
    pub(crate) fn makers(&self, namespace: &str) -> &[usize] {
        self.pods.makers.get(namespace).map_or(&[], Vec::as_slice)
    }

    /// The objects in `namespace` whose pods are selected.
    pub(crate) fn selected(&self, namespace: &str, selector: &Selector<'_>) -> Vec<usize> {
        let candidates = match selector.first() {
            Some((label, value)) => self
                .pods
                .labelled
                .get(&(namespace, label, value))
                .map_or(&[][..], Vec::as_slice),
            None => self.makers(namespace),
        };
        candidates
            .iter()
            .copied()
            .filter(|position| {
                Pods::of(&self.objects[*position])
                    .is_some_and(|pods| selector.matches(pods.labels()))
            })
            .collect()
    }

    /// The names of objects of a kind in a namespace: what a misspelt name is compared with.
    pub(crate) fn names(&self, group: &str, kind: &str, namespace: &str) -> Vec<&'a str> {
        let mut names: Vec<&str> = self
            .by_key
            .keys()
            .filter(|key| (key.0, key.1, key.2) == (group, kind, namespace))
            .map(|key| key.3)
            .collect();
        names.sort_unstable();
        names
    }
}

/// An object's key.
pub(crate) fn key(object: &Object) -> Key<'_> {
    let id = &object.id;
    (&id.group, &id.kind, namespace(object), &id.name)
}

/// An object's namespace, empty for none.
pub(crate) fn namespace(object: &Object) -> &str {
    object.id.namespace.as_deref().unwrap_or_default()
}
