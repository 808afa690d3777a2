//! What must come before what.

use super::{
    EdgeKind, Selector,
    checksum::key_name,
    index::{Index, namespace},
    limits::Limit,
    refs::Reference,
    scope::{defines, is_definition},
    view::View,
};
use crate::object::{Checksum, Object, Ref};
use crate::resource::{Relation, RelationKind, Target};
use ahash::AHashMap;
use std::collections::BTreeMap;

/// Why one object waits for another, as the middle of a sentence.
pub(crate) type Why = &'static str;

/// The edges between objects, by (before, after), each pair once: "ready" includes "applied".
pub(crate) type Links = BTreeMap<(usize, usize), (EdgeKind, Why)>;

/// All objects that a resource became.
type Owned<'a> = AHashMap<&'a Ref, Vec<usize>>;

/// All edges of the view's objects.
pub(crate) fn edges(view: &View<'_>) -> Links {
    let mut builder = Builder {
        view,
        links: Links::new(),
    };
    builder.scopes();
    builder.references();
    builder.selections();
    builder.limits();
    builder.accounts();
    builder.checksums();
    builder.relations();
    builder.links
}

struct Builder<'v, 'a> {
    view: &'v View<'a>,
    links: Links,
}

impl Builder<'_, '_> {
    fn link(&mut self, before: usize, after: usize, kind: EdgeKind, why: Why) {
        if before == after {
            return;
        }
        let link = self.links.entry((before, after)).or_insert((kind, why));
        if kind > link.0 {
            *link = (kind, why);
        }
    }

    /// Namespaces before what is in them, definitions before objects of their kinds.
    fn scopes(&mut self) {
        let view = self.view;
        let objects = view.objects.iter().enumerate();
        let definitions: AHashMap<_, _> = objects
            .clone()
            .filter(|(_, object)| is_definition(object))
            .map(|(position, object)| (defines(&object.value), position))
            .collect();
        for (position, object) in objects {
            let home = namespace(object);
            if let Some(before) = view
                .index
                .get(("", "Namespace", "", home))
                .filter(|_| !home.is_empty())
            {
                self.link(before, position, EdgeKind::Applied, "is in");
            }
            if let Some(before) =
                definitions.get(&(object.id.group.as_str(), object.id.kind.as_str()))
            {
                self.link(
                    *before,
                    position,
                    EdgeKind::Ready,
                    "is of the kind defined by",
                );
            }
        }
    }

    /// What an object names before the object.
    fn references(&mut self) {
        let view = self.view;
        for (position, references) in view.references.iter().enumerate() {
            for reference in references {
                let Some(before) = view.index.get(reference.target()) else {
                    self.provided(position, reference);
                    continue;
                };
                self.link(before, position, reference.edge, "uses");
                if reference.edge == EdgeKind::Ready && reference.kind == "Service" {
                    for workload in behind(view, before) {
                        self.link(workload, position, EdgeKind::Ready, "is answered by");
                    }
                }
            }
        }
    }

    /// What a secret is made of before what uses it: pods wait for it to be made. An ingress does
    /// not wait for its certificate, which may be proved through it.
    fn provided(&mut self, position: usize, reference: &Reference<'_>) {
        let view = self.view;
        let Some(before) = view.provider(reference.target()) else {
            return;
        };
        if view.objects[before].id.kind == "Ingress" {
            return;
        }
        let kind = if view.pods(position).is_some() && !reference.optional {
            EdgeKind::Ready
        } else {
            EdgeKind::Applied
        };
        self.link(before, position, kind, "uses the secret of");
    }

    /// Services, disruption budgets and network policies before the pods that they select.
    fn selections(&mut self) {
        let view = self.view;
        for (position, object) in view.objects.iter().enumerate() {
            let spec = &object.value["spec"];
            let (selector, why) = match (object.id.group.as_str(), object.id.kind.as_str()) {
                ("", "Service") => {
                    let selector = Selector::map(&spec["selector"]);
                    if selector.is_empty() {
                        continue;
                    }
                    (selector, "is reached through")
                }
                ("policy", "PodDisruptionBudget") => {
                    (Selector::parse(&spec["selector"]), "is guarded by")
                }
                ("networking.k8s.io", "NetworkPolicy") => {
                    (Selector::parse(&spec["podSelector"]), "is guarded by")
                }
                _ => continue,
            };
            for after in view.index.selected(namespace(object), &selector) {
                self.link(position, after, EdgeKind::Applied, why);
            }
        }
    }

    /// Quotas, limit ranges and default classes before what they bear on.
    fn limits(&mut self) {
        let objects = self.view.objects;
        for (before, object) in objects.iter().enumerate() {
            let Some(limit) = Limit::of(object) else {
                continue;
            };
            for (after, other) in objects.iter().enumerate() {
                if limit.bears_on(other) {
                    self.link(before, after, limit.edge, limit.why);
                }
            }
        }
    }

    /// The bindings of a service account before the pods that run under it.
    fn accounts(&mut self) {
        let view = self.view;
        let mut bindings: AHashMap<usize, Vec<usize>> = AHashMap::new();
        for (position, object) in view.objects.iter().enumerate() {
            if object.id.group == "rbac.authorization.k8s.io" {
                for reference in view.references[position]
                    .iter()
                    .filter(|one| one.kind == "ServiceAccount")
                {
                    if let Some(account) = view.index.get(reference.target()) {
                        bindings.entry(account).or_default().push(position);
                    }
                }
            }
        }
        if bindings.is_empty() {
            return;
        }
        for (position, references) in view.references.iter().enumerate() {
            if view.pods(position).is_none() {
                continue;
            }
            for reference in references.iter().filter(|one| one.kind == "ServiceAccount") {
                let account = view.index.get(reference.target());
                for binding in account
                    .and_then(|account| bindings.get(&account))
                    .into_iter()
                    .flatten()
                {
                    self.link(*binding, position, EdgeKind::Applied, "is allowed by");
                }
            }
        }
    }

    /// The key of checksums before what is hashed with it: lost, it would make all pods restart.
    fn checksums(&mut self) {
        let view = self.view;
        let name = key_name(&view.environment.name);
        let Some(key) = view
            .index
            .get(("", "Secret", view.graph.namespace(), &name))
        else {
            return;
        };
        for (position, object) in view.objects.iter().enumerate() {
            if object.checksums.iter().any(Checksum::is_keyed) {
                self.link(
                    key,
                    position,
                    EdgeKind::Applied,
                    "is hashed with the key in",
                );
            }
        }
    }

    /// What a resource connects to, or comes after, is ready before it.
    fn relations(&mut self) {
        let view = self.view;
        let mut owned = Owned::new();
        for (position, owner) in view.owners.iter().enumerate() {
            if let Some(owner) = owner {
                owned.entry(owner).or_default().push(position);
            }
        }
        for relation in &view.graph.relations {
            let why = match relation.kind {
                RelationKind::Connects => "connects to",
                RelationKind::After => "comes after",
                _ => continue,
            };
            for (before, after, kind) in ends(view, &owned, relation) {
                self.link(before, after, kind, why);
            }
        }
    }
}

/// The objects at both ends of a relation. What comes after waits, whole, for the whole to be ready;
/// what connects waits for the pods: a service may wait long for an address that no pod asks for.
fn ends(view: &View<'_>, owned: &Owned<'_>, relation: &Relation) -> Vec<(usize, usize, EdgeKind)> {
    let Target::Resource(to) = &relation.to else {
        return Vec::new();
    };
    let ready = |position| (position, EdgeKind::Ready);
    let owned = |resource: &Ref| {
        let positions = owned.get(&*view.graph.normal(resource));
        positions.cloned().unwrap_or_default()
    };
    let (before, after): (Vec<(usize, EdgeKind)>, Vec<usize>) =
        if relation.kind == RelationKind::After {
            (
                owned(to).into_iter().map(ready).collect(),
                owned(&relation.from),
            )
        } else {
            let mut before = Vec::new();
            if let Some(main) = view.main(to) {
                let service = &view.objects[main].id;
                let pods = behind(view, main);
                let kind = if service.group.is_empty() && service.kind == "Service" {
                    EdgeKind::Applied
                } else {
                    EdgeKind::Ready
                };
                before.push((main, kind));
                before.extend(pods.into_iter().map(ready));
            } else {
                before.extend(owned(to).into_iter().map(ready));
            }
            (before, view.main(&relation.from).into_iter().collect())
        };
    let pairs = before
        .iter()
        .flat_map(|(before, kind)| after.iter().map(|after| (*before, *after, *kind)));
    pairs.collect()
}

/// The workloads that a service selects; none for what is no service.
pub(crate) fn behind(view: &View<'_>, service: usize) -> Vec<usize> {
    behind_of(view.objects, &view.index, service)
}

/// The same, without a view.
pub(crate) fn behind_of(objects: &[Object], index: &Index<'_>, service: usize) -> Vec<usize> {
    let object = &objects[service];
    if !(object.id.group.is_empty() && object.id.kind == "Service") {
        return Vec::new();
    }
    let selector = Selector::map(&object.value["spec"]["selector"]);
    if selector.is_empty() {
        return Vec::new();
    }
    index.selected(namespace(object), &selector)
}
