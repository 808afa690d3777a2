//! Everything that checks and edges look at, put together once.

use super::{
    Definitions, Environment, Graph,
    index::{Index, Key, namespace},
    limits::makes_claim,
    lower::Lowered,
    pods::Pods,
    refs::{Reference, provided_secrets, references},
    scope::is_builtin,
};
use crate::object::{Location, Object, Ref};
use ahash::{AHashMap, AHashSet};
use std::collections::BTreeSet;

/// The lowered objects of an environment, indexed, with the references between them.
pub(crate) struct View<'a> {
    pub(crate) environment: &'a Environment,
    pub(crate) graph: &'a Graph,
    pub(crate) definitions: &'a Definitions<'a>,
    pub(crate) objects: &'a [Object],
    pub(crate) owners: &'a [Option<Ref>],
    pub(crate) index: Index<'a>,
    /// The references of the object at the same index.
    pub(crate) references: Vec<Vec<Reference<'a>>>,
    existing: AHashSet<Key<'a>>,
    namespaces: BTreeSet<&'a str>,
    /// What makes a secret, by the secret's namespace and name.
    secrets: AHashMap<(&'a str, &'a str), usize>,
    sets: Vec<&'a Object>,
    custom: AHashSet<&'a str>,
}

impl<'a> View<'a> {
    pub(crate) fn new(
        environment: &'a Environment,
        graph: &'a Graph,
        definitions: &'a Definitions<'a>,
        lowered: &'a Lowered,
    ) -> Self {
        let objects = lowered.objects.as_slice();
        let mut view = Self {
            environment,
            graph,
            definitions,
            objects,
            owners: &lowered.owners,
            index: Index::new(objects),
            references: objects.iter().map(references).collect(),
            existing: AHashSet::new(),
            namespaces: BTreeSet::new(),
            secrets: AHashMap::new(),
            sets: Vec::new(),
            custom: AHashSet::new(),
        };
        if environment.namespace_exists {
            view.namespaces.insert(graph.namespace());
        }
        for reference in existing(graph) {
            let namespace = graph.namespace_of(reference);
            let (group, kind, name) = (&reference.group, &reference.kind, &reference.name);
            view.existing.insert((group, kind, namespace, name));
            view.existing.insert((group, kind, "", name));
        }
        for (position, object) in objects.iter().enumerate() {
            view.collect(position, object);
        }
        view
    }

    fn collect(&mut self, position: usize, object: &'a Object) {
        let home = namespace(object);
        if object.id.group.is_empty() && object.id.kind == "Namespace" {
            self.namespaces.insert(&object.id.name);
        }
        if !is_builtin(&object.id.group) {
            self.custom.insert(home);
        }
        for secret in provided_secrets(object) {
            self.secrets.entry((home, secret)).or_insert(position);
        }
        if object.id.kind == "StatefulSet" && object.id.group == "apps" {
            self.sets.push(object);
        }
    }

    /// Whether something is made here, is said to exist, comes with every cluster, or is made by a
    /// controller because of something that is made here.
    pub(crate) fn exists(&self, target: Key<'_>) -> bool {
        let (group, kind, home, name) = target;
        self.index.get(target).is_some()
            || self.existing.contains(&target)
            || match (group, kind) {
                ("", "Secret") => self.secrets.contains_key(&(home, name)),
                ("", "PersistentVolumeClaim") => self
                    .sets
                    .iter()
                    .any(|set| namespace(set) == home && makes_claim(set, name)),
                ("", "ServiceAccount") => name == "default",
                ("", "Namespace") => is_system_namespace(name),
                _ => ["Class", "Issuer", "SecretStore"]
                    .iter()
                    .any(|end| kind.ends_with(end)),
            }
            || !(home.is_empty() || self.is_ours(home))
    }

    /// The object because of which a controller makes what is meant: an external secret, a
    /// certificate.
    pub(crate) fn provider(&self, target: Key<'_>) -> Option<usize> {
        let (group, kind, home, name) = target;
        let secrets = (group.is_empty() && kind == "Secret").then_some(&self.secrets)?;
        secrets.get(&(home, name)).copied()
    }

    /// Whether all that stands in a namespace ought to be known here: it is made here, or it is the
    /// default one.
    pub(crate) fn is_ours(&self, namespace: &str) -> bool {
        namespace == self.graph.namespace() || self.namespaces.contains(namespace)
    }

    /// Whether a namespace is made here, said to exist, or there in every cluster.
    pub(crate) fn has_namespace(&self, name: &str) -> bool {
        self.is_ours(name)
            || is_system_namespace(name)
            || self.existing.contains(&("", "Namespace", "", name))
    }

    /// The names of the namespaces that are made here.
    pub(crate) fn namespaces(&self) -> impl Iterator<Item = &'a str> {
        self.namespaces.iter().copied()
    }

    /// Whether pods may appear in a namespace that no object here shows: a custom resource may make
    /// them.
    pub(crate) fn may_have_other_pods(&self, namespace: &str) -> bool {
        self.custom.contains(namespace) || !self.is_ours(namespace)
    }

    /// The pods of the object at an index.
    pub(crate) fn pods(&self, object: usize) -> Option<Pods<'a>> {
        Pods::of(&self.objects[object])
    }

    /// Where the object at an index names `target`, else where its field at `path` was set, else
    /// where it was made.
    pub(crate) fn at(
        &self,
        object: usize,
        path: &str,
        target: Option<Key<'_>>,
    ) -> Option<Location> {
        let related = self.owners[object]
            .as_ref()
            .zip(target)
            .and_then(|(owner, target)| {
                let mut relations = self.graph.relations_from(owner);
                relations.find_map(|relation| {
                    let to = relation.to.reference()?;
                    let same = (to.group.as_str(), to.kind.as_str(), to.name.as_str())
                        == (target.0, target.1, target.3);
                    relation.at.clone().filter(|_| same)
                })
            });
        related.or_else(|| self.objects[object].origin.place(path))
    }

    /// The main object of a resource.
    pub(crate) fn main(&self, resource: &Ref) -> Option<usize> {
        let namespace = self.graph.namespace_of(resource);
        let find = |namespace| {
            self.index
                .get((&resource.group, &resource.kind, namespace, &resource.name))
        };
        find(namespace).or_else(|| find(""))
    }
}

/// What relations and resources say to be there already.
pub(crate) fn existing(graph: &Graph) -> impl Iterator<Item = &Ref> {
    let named = graph
        .relations
        .iter()
        .filter_map(|relation| match &relation.to {
            crate::resource::Target::Existing(reference) => Some(reference),
            _ => None,
        });
    let stated = graph.facts.iter().filter(|(_, facts)| facts.existing);
    named.chain(stated.map(|(reference, _)| reference))
}

/// The namespaces that every cluster has.
fn is_system_namespace(name: &str) -> bool {
    matches!(
        name,
        "default" | "kube-system" | "kube-public" | "kube-node-lease"
    )
}
