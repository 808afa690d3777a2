//! What every builder has: name, namespace, labels, annotations, and where it came from.

use super::{Convention, Link, RelationKind, Resource, link::Relations};
use crate::analysis::{Acceptance, CheckId};
use crate::environment::Graph;
use crate::object::{Decision, Location, Object, Origin, Ownership, Ref};
use crate::types::{DnsLabel, FieldName, LabelKey, LabelValue, Name, Reason};
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use serde::Serialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

/// What every builder has: name, namespace, labels, annotations, and where it came from.
#[derive(Clone, Debug)]
pub struct Meta {
    pub(crate) name: Name,
    pub(crate) namespace: Option<DnsLabel>,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) annotations: BTreeMap<String, String>,
    pub(crate) after: Vec<Link>,
    pub(crate) without: BTreeSet<Convention>,
    pub(crate) unscaled: bool,
    pub(crate) accepted: Vec<Acceptance>,
    pub(crate) decisions: Vec<Decision>,
    pub(crate) patches: Vec<Patch>,
    pub(crate) origin: Origin,
}

/// A patch. It may hold what is secret, so that it is not shown.
#[derive(Clone)]
pub(crate) struct Patch(Value);

impl fmt::Debug for Patch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(patch)")
    }
}

impl Meta {
    #[track_caller]
    pub(crate) fn new(name: Name) -> Self {
        Self {
            name,
            namespace: None,
            labels: BTreeMap::new(),
            annotations: BTreeMap::new(),
            after: Vec::new(),
            without: BTreeSet::new(),
            unscaled: false,
            accepted: Vec::new(),
            decisions: Vec::new(),
            patches: Vec::new(),
            origin: Origin::caller(),
        }
    }

    /// Named as another resource is, and in its namespace.
    #[track_caller]
    pub(crate) fn like(other: &Link) -> Self {
        Self::beside(Name::referred(other.name()), other)
    }

    /// In the namespace of another resource.
    #[track_caller]
    pub(crate) fn beside(name: Name, other: &Link) -> Self {
        let mut meta = Self::new(name);
        let namespace = other.reference().namespace.as_deref();
        meta.namespace = namespace.and_then(|namespace| namespace.parse().ok());
        meta
    }

    pub(crate) fn has(&self, convention: Convention) -> bool {
        !self.without.contains(&convention)
    }

    /// The reference of an object that bears this name.
    pub(crate) fn reference(&self, group: &str, kind: &str) -> Ref {
        let reference = Ref::new(group, kind, self.name.as_str());
        match &self.namespace {
            Some(namespace) => reference.namespace(namespace.as_str()),
            None => reference,
        }
    }

    /// The relations that the common setters state.
    pub(crate) fn relations(&self, from: Ref) -> Relations {
        let mut relations = Relations::of(from);
        let at = self.origin.of_field("after");
        for link in &self.after {
            relations.add(link.target(), RelationKind::After, at);
        }
        relations
    }

    /// The labels that this product gives to everything it makes, unless turned off.
    pub(crate) fn standard_labels(&self, graph: &Graph) -> BTreeMap<String, String> {
        if !self.has(Convention::StandardLabels) {
            return BTreeMap::new();
        }
        let environment = crate::types::label_value_of(graph.environment());
        let mut labels = self.own_standard_labels();
        labels.insert("app.kubernetes.io/instance".to_owned(), environment.clone());
        labels.insert("app.kubernetes.io/part-of".to_owned(), environment);
        labels
    }

    /// Those of the standard labels that do not depend on the environment.
    pub(crate) fn own_standard_labels(&self) -> BTreeMap<String, String> {
        if !self.has(Convention::StandardLabels) {
            return BTreeMap::new();
        }
        let name = crate::types::label_value_of(self.name.as_str());
        BTreeMap::from([
            ("app.kubernetes.io/name".to_owned(), name),
            (
                "app.kubernetes.io/managed-by".to_owned(),
                "infra".to_owned(),
            ),
        ])
    }

    /// Its labels, as far as they do not depend on the environment.
    pub(crate) fn known_labels(&self) -> BTreeMap<String, String> {
        let mut labels = self.own_standard_labels();
        labels.extend(self.labels.clone());
        labels
    }

    /// `metadata` of an object in a namespace.
    pub(crate) fn object_meta(&self, graph: &Graph) -> ObjectMeta {
        let namespace = self
            .namespace
            .as_ref()
            .map_or(graph.namespace(), DnsLabel::as_str);
        ObjectMeta {
            namespace: Some(namespace.to_owned()),
            ..self.cluster_meta(graph)
        }
    }

    /// `metadata` of an object that is in no namespace.
    pub(crate) fn cluster_meta(&self, graph: &Graph) -> ObjectMeta {
        let mut labels = self.standard_labels(graph);
        labels.extend(self.labels.clone());
        ObjectMeta {
            name: Some(self.name.to_string()),
            labels: some(labels),
            annotations: some(self.annotations.clone()),
            ..ObjectMeta::default()
        }
    }

    /// The object: typed out, JSON from here on, patched last.
    pub(crate) fn object<T: Serialize>(&self, value: &T) -> Object {
        let mut value = to_json(value);
        for patch in &self.patches {
            super::patch::patch(&mut value, &patch.0);
        }
        Object::new(value, self.origin.clone())
    }

    /// A second object that comes with the first, and is not patched with it.
    pub(crate) fn companion<T: Serialize>(&self, value: &T) -> Object {
        Object::new(to_json(value), self.origin.clone())
    }
}

fn to_json<T: Serialize>(value: &T) -> Value {
    serde_json::to_value(value).expect("Kubernetes types serialise: their maps have texts as keys")
}

/// `None` for what is empty or says nothing: what nobody set is not sent.
pub(crate) fn some<C: Default + PartialEq>(collection: C) -> Option<C> {
    (collection != C::default()).then_some(collection)
}

/// The setters that every builder has.
pub trait Described: Resource + Sized {
    /// The settings that they change.
    #[doc(hidden)]
    fn meta_mut(&mut self) -> &mut Meta;

    /// The namespace (`metadata.namespace`). Default: the environment's.
    #[must_use]
    fn namespace(mut self, namespace: DnsLabel) -> Self {
        self.meta_mut().namespace = Some(namespace);
        self
    }

    /// Adds a label (`metadata.labels`), or replaces the one under its key.
    #[must_use]
    fn label(mut self, key: LabelKey, value: LabelValue) -> Self {
        self.meta_mut().labels.insert(key.into(), value.into());
        self
    }

    /// Adds labels (`metadata.labels`).
    ///
    /// A workload's labels stand on its pods too; one named `app` becomes its selector, which
    /// cannot change later.
    #[must_use]
    fn labels(self, labels: impl IntoIterator<Item = (LabelKey, LabelValue)>) -> Self {
        labels
            .into_iter()
            .fold(self, |this, (key, value)| this.label(key, value))
    }

    /// Adds an annotation (`metadata.annotations`), or replaces the one under its key.
    #[must_use]
    fn annotation(mut self, key: LabelKey, value: impl Into<String>) -> Self {
        let annotations = &mut self.meta_mut().annotations;
        annotations.insert(key.into(), value.into());
        self
    }

    /// Adds annotations (`metadata.annotations`).
    #[must_use]
    fn annotations<V: Into<String>>(
        self,
        annotations: impl IntoIterator<Item = (LabelKey, V)>,
    ) -> Self {
        annotations
            .into_iter()
            .fold(self, |this, (key, value)| this.annotation(key, value))
    }

    /// Comes after another resource, which must be ready before this one is applied.
    #[must_use]
    fn after(mut self, other: impl Into<Link>) -> Self {
        self.meta_mut().after.push(other.into());
        self
    }

    /// Turns a default of the product off. What it would have set is then left to Kubernetes.
    #[must_use]
    fn without(mut self, convention: Convention) -> Self {
        self.meta_mut().without.insert(convention);
        self
    }

    /// Accepts what a [check](crate::analysis::check()) finds in the objects that this becomes, with
    /// a reason. An acceptance that there is nothing for is found too.
    #[must_use]
    #[track_caller]
    fn accept(self, check: CheckId, reason: Reason) -> Self {
        let caller = Origin::caller();
        self.accept_at(caller.made, check, reason)
    }

    /// The same, where that was said elsewhere than by the caller.
    #[must_use]
    fn accept_at(mut self, at: Option<Location>, check: CheckId, reason: Reason) -> Self {
        let acceptance = Acceptance { check, reason, at };
        self.meta_mut().accepted.push(acceptance);
        self
    }

    /// Sets a field whoever else sets it: it is taken from other field managers, controllers too.
    #[must_use]
    fn takes(self, field: FieldName) -> Self {
        decides(self, Ownership::Take, field)
    }

    /// Leaves a field to another field manager that sets it, and never fights for it; as long as
    /// nobody else sets it, it is set here.
    #[must_use]
    fn yields(self, field: FieldName) -> Self {
        decides(self, Ownership::Yield, field)
    }

    /// Sets a field together with another field manager, to the same value; where the values differ
    /// the plan is refused.
    #[must_use]
    fn shares(self, field: FieldName) -> Self {
        decides(self, Ownership::Share, field)
    }

    /// Stays as it is when its environment is [scaled](crate::environment::Environment::scaled), and
    /// so do its autoscaler and its disruption budget.
    #[must_use]
    fn unscaled(mut self) -> Self {
        self.meta_mut().unscaled = true;
        self
    }

    /// Patches the object that this becomes, last of all: a strategic merge patch. Maps are merged,
    /// lists with a key (containers, volumes, environment variables, ports) item by item, `null`
    /// removes.
    #[must_use]
    fn patch(mut self, patch: Value) -> Self {
        self.meta_mut().patches.push(Patch(patch));
        self
    }
}

fn decides<W: Described>(mut resource: W, ownership: Ownership, field: FieldName) -> W {
    let decision = Decision { ownership, field };
    resource.meta_mut().decisions.push(decision);
    resource
}

/// The parts of [`Resource`] and [`Described`] that are the same for every builder with a `meta`.
macro_rules! described {
    ($name:ident) => {
        impl $crate::resource::Described for $name {
            fn meta_mut(&mut self) -> &mut $crate::resource::Meta {
                &mut self.meta
            }
        }
    };
}

/// The methods of [`Resource`] that are the same for every builder with a `meta`.
macro_rules! origin {
    () => {
        fn origin(&self) -> &$crate::object::Origin {
            &self.meta.origin
        }

        fn origin_mut(&mut self) -> &mut $crate::object::Origin {
            &mut self.meta.origin
        }

        fn turned_off(&self) -> Vec<$crate::resource::Convention> {
            self.meta.without.iter().copied().collect()
        }

        fn relieved(
            &self,
            conventions: &std::collections::BTreeSet<$crate::resource::Convention>,
        ) -> Option<std::sync::Arc<dyn $crate::resource::Resource>> {
            if conventions.is_subset(&self.meta.without) {
                return None;
            }
            let mut relieved = self.clone();
            relieved.meta.without.extend(conventions);
            Some(std::sync::Arc::new(relieved))
        }

        fn keeps_size(&self) -> bool {
            self.meta.unscaled
        }

        fn accepted(&self) -> Vec<$crate::analysis::Acceptance> {
            self.meta.accepted.clone()
        }

        fn decisions(&self) -> &[$crate::object::Decision] {
            &self.meta.decisions
        }
    };
}

/// [`Resource::scaled`] of a builder that has a `scale` method.
macro_rules! scaled {
    () => {
        fn scaled(
            &self,
            share: $crate::types::Share,
        ) -> Option<std::sync::Arc<dyn $crate::resource::Resource>> {
            let mut scaled = self.clone();
            scaled.scale(share);
            Some(std::sync::Arc::new(scaled))
        }
    };
}
