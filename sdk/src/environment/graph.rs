//! Who refers to whom: what lowering one resource may ask of all others.

use super::Environment;
use crate::object::Ref;
use crate::resource::{Facts, PodFacts, PortFact, Relation, RelationKind, Resource};
use ahash::AHashMap;
use std::{borrow::Cow, collections::BTreeMap, sync::Arc};

/// All that lowering one resource may know of the others.
///
/// A [`Ref`] that names the environment's own namespace and one that names none are the same.
#[derive(Clone, Debug, Default)]
pub struct Graph {
    pub(crate) environment: String,
    pub(crate) namespace: String,
    pub(crate) labels: BTreeMap<String, String>,
    pub(crate) facts: AHashMap<Ref, Facts>,
    pub(crate) relations: Vec<Relation>,
    from: AHashMap<Ref, Vec<usize>>,
    to: AHashMap<Ref, Vec<usize>>,
    services: AHashMap<Ref, Vec<Ref>>,
    /// The service accounts that workloads have for their own, each with the one that brings it along.
    accounts: AHashMap<Ref, Ref>,
}

/// The bounds within which an autoscaler sets `replicas`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Scale {
    /// `minReplicas`: what is sent once, at creation.
    pub min: i32,
    /// `maxReplicas`.
    pub max: i32,
}

impl Graph {
    /// The graph of an environment's resources.
    pub fn of(environment: &Environment) -> Self {
        let mut graph = Self {
            environment: environment.name.clone(),
            namespace: environment.default_namespace().to_owned(),
            labels: environment.labels.clone(),
            ..Self::default()
        };
        let beside = environment.beside.as_ref();
        let beside = beside.map(|beside| graph.normal(beside).into_owned());
        for resource in &environment.resources {
            graph.add(resource, beside.as_ref());
        }
        graph.link();
        graph
    }

    fn add(&mut self, resource: &Arc<dyn Resource>, beside: Option<&Ref>) {
        let reference = self.normal(&resource.reference()).into_owned();
        // A resource that stands twice is reported by the checks; what is known of it first stays.
        let facts = self.facts.entry(reference.clone());
        let facts = facts.or_insert_with(|| resource.facts());
        let own = own_account(facts).cloned();
        for mut relation in resource.relations() {
            if let Cow::Owned(from) = self.normal(&relation.from) {
                relation.from = from;
            }
            let index = self.relations.len();
            note(&mut self.from, &relation.from, index);
            if let Some(to) = relation.to.reference() {
                let to = normal(&self.namespace, to);
                note(&mut self.to, &to, index);
            }
            self.relations.push(relation);
        }
        // The first of the workloads that share an account brings it along, unless it only runs
        // beside the environment.
        if let Some(own) = own.filter(|_| beside != Some(&reference)) {
            let own = self.normal(&own).into_owned();
            self.accounts.entry(own).or_insert(reference);
        }
    }

    /// Finds the workloads behind every service.
    fn link(&mut self) {
        let mut links: Vec<(Ref, Ref)> = Vec::new();
        for (service, facts) in &self.facts {
            let Some(serves) = &facts.service else {
                continue;
            };
            if let Some(workload) = &serves.workload {
                links.push((self.normal(workload).into_owned(), service.clone()));
            } else if !serves.selector.is_empty() {
                let behind = self.facts.iter().filter(|(workload, facts)| {
                    workload.namespace == service.namespace
                        && facts
                            .pods
                            .as_ref()
                            .is_some_and(|pods| selects(&serves.selector, &pods.labels))
                });
                links.extend(behind.map(|(workload, _)| (workload.clone(), service.clone())));
            }
        }
        for (workload, service) in links {
            self.services.entry(workload).or_default().push(service);
        }
        for services in self.services.values_mut() {
            services.sort_unstable();
        }
    }

    /// The reference without the environment's own namespace, which goes without saying.
    pub(crate) fn normal<'a>(&self, reference: &'a Ref) -> Cow<'a, Ref> {
        normal(&self.namespace, reference)
    }

    /// The environment's name.
    pub fn environment(&self) -> &str {
        &self.environment
    }

    /// The default namespace: where objects are that say no other.
    pub fn namespace(&self) -> &str {
        &self.namespace
    }

    /// The namespace that a reference means.
    pub fn namespace_of<'a>(&'a self, reference: &'a Ref) -> &'a str {
        reference.namespace.as_deref().unwrap_or(&self.namespace)
    }

    /// The labels that every object of the environment gets (rendering adds them; lowering need not).
    pub fn labels(&self) -> &BTreeMap<String, String> {
        &self.labels
    }

    /// What is known of a resource, if it is in the environment.
    pub fn facts(&self, reference: &Ref) -> Option<&Facts> {
        self.facts.get(&*self.normal(reference))
    }

    /// The pods of a workload, or those behind a service that was made from a workload.
    pub fn pods(&self, reference: &Ref) -> Option<&PodFacts> {
        let facts = self.facts(reference)?;
        if let Some(service) = &facts.service {
            return self.facts(service.workload.as_ref()?)?.pods.as_ref();
        }
        facts.pods.as_ref()
    }

    /// Whether a service account is described here, said to exist, or a workload's own.
    pub(crate) fn has_account(&self, account: &Ref) -> bool {
        self.facts(account).is_some() || self.accounts.contains_key(&*self.normal(account))
    }

    /// Whether a workload brings along the account that it has for its own.
    pub(crate) fn brings_account(&self, workload: &Ref, account: &Ref) -> bool {
        self.facts(account).is_none()
            && self.accounts.get(&*self.normal(account)) == Some(&*self.normal(workload))
    }

    /// The ports of a service: its own, else its workload's.
    pub fn service_ports(&self, service: &Ref) -> &[PortFact] {
        let facts = self.facts(service);
        let Some(service) = facts.and_then(|facts| facts.service.as_ref()) else {
            return &[];
        };
        if !service.ports.is_empty() {
            return &service.ports;
        }
        let pods = service
            .workload
            .as_ref()
            .and_then(|workload| self.pods(workload));
        pods.map(|pods| pods.ports.as_slice()).unwrap_or_default()
    }

    /// Whether a binding gives rights to a workload or service account by name.
    pub(crate) fn grants(&self, subject: &Ref) -> bool {
        self.relations_to(subject)
            .any(|relation| relation.kind == RelationKind::Grants)
    }

    /// The bounds of the autoscaler that sets this workload's replicas, if one does.
    pub fn scaled(&self, workload: &Ref) -> Option<Scale> {
        self.relations_to(workload)
            .find_map(|relation| match relation.kind {
                RelationKind::Scales { min, max } => Some(Scale { min, max }),
                _ => None,
            })
    }

    /// The services that select a workload's pods, in the order of their names.
    pub fn services_of(&self, workload: &Ref) -> Vec<&Ref> {
        self.services
            .get(&*self.normal(workload))
            .map(|services| services.iter().collect())
            .unwrap_or_default()
    }

    /// The workloads behind a service: the one that it was made from, or those that it selects.
    pub fn workloads_of(&self, service: &Ref) -> Vec<&Ref> {
        let service = self.normal(service);
        let mut workloads: Vec<&Ref> = self
            .services
            .iter()
            .filter(|(_, services)| services.contains(&*service))
            .map(|(workload, _)| workload)
            .collect();
        workloads.sort();
        workloads
    }

    /// What a resource needs, in the order in which it says so.
    pub fn relations_from(&self, reference: &Ref) -> impl Iterator<Item = &Relation> {
        self.indexed(self.from.get(&*self.normal(reference)))
    }

    /// Who needs a resource.
    pub fn relations_to(&self, reference: &Ref) -> impl Iterator<Item = &Relation> {
        self.indexed(self.to.get(&*self.normal(reference)))
    }

    fn indexed<'a>(
        &'a self,
        indices: Option<&'a Vec<usize>>,
    ) -> impl Iterator<Item = &'a Relation> {
        indices
            .into_iter()
            .flatten()
            .map(|index| &self.relations[*index])
    }
}

fn normal<'a>(namespace: &str, reference: &'a Ref) -> Cow<'a, Ref> {
    if reference.namespace.as_deref() == Some(namespace) {
        let mut reference = reference.clone();
        reference.namespace = None;
        Cow::Owned(reference)
    } else {
        Cow::Borrowed(reference)
    }
}

/// Notes the position of a relation; a reference is copied only the first time.
fn note(relations: &mut AHashMap<Ref, Vec<usize>>, end: &Ref, position: usize) {
    match relations.get_mut(end) {
        Some(known) => known.push(position),
        None => {
            relations.insert(end.clone(), vec![position]);
        }
    }
}

/// The account that a workload has for its own.
fn own_account(facts: &Facts) -> Option<&Ref> {
    let pods = facts.pods.as_ref().filter(|pods| pods.own_account)?;
    pods.account.as_ref()
}

/// Whether every label of `selector` stands in `labels`.
pub(crate) fn selects(
    selector: &BTreeMap<String, String>,
    labels: &BTreeMap<String, String>,
) -> bool {
    selector
        .iter()
        .all(|(key, value)| labels.get(key) == Some(value))
}

/// `after` comes after `before`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Edge {
    /// The index of the object that comes first.
    pub before: usize,
    /// The index of the object that comes after.
    pub after: usize,
    /// How far `before` must be.
    pub kind: EdgeKind,
}

/// How far the first must be before the second is applied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum EdgeKind {
    /// Applied: the API server has it.
    Applied,
    /// Ready: its status says so.
    Ready,
}
