//! Where pods run: tolerations, spreading, affinity.

use crate::environment::Graph;
use crate::resource::Link;
use crate::types::{LabelKey, Seconds};
use k8s_openapi::api::core::v1 as core;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::LabelSelector;
use std::collections::BTreeMap;

/// A taint of nodes that pods accept (`tolerations[]`).
///
/// ```
/// use infra_sdk::resource::{Deployment, pod::Toleration, prelude::*};
///
/// let app = Deployment::new("app".parse()?)
///     .image("app:1".parse()?)
///     .toleration(Toleration::key("node-type".parse()?).value("api").effect("NoSchedule".parse()?));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default, PartialEq)]
#[must_use]
pub struct Toleration {
    key: Option<String>,
    value: Option<String>,
    effect: Option<TaintEffect>,
    time: Option<Seconds>,
}

word_type! {
    /// What a taint does to pods that do not tolerate it.
    TaintEffect, "the effect of a taint" {
        /// New ones do not come.
        NoSchedule = "NoSchedule",
        /// New ones come only if there is no other place.
        PreferNoSchedule = "PreferNoSchedule",
        /// New ones do not come, and those that are there go.
        NoExecute = "NoExecute",
    }
}

impl Toleration {
    /// Every taint.
    pub fn all() -> Self {
        Self::default()
    }

    /// Taints of a key, whatever their value.
    pub fn key(key: LabelKey) -> Self {
        Self {
            key: Some(key.into()),
            ..Self::default()
        }
    }

    /// Only taints of this value (`value`, `operator: Equal`).
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.value = Some(value.into());
        self
    }

    /// Only taints of this effect (`effect`). Default: every effect.
    pub fn effect(mut self, effect: TaintEffect) -> Self {
        self.effect = Some(effect);
        self
    }

    /// For how long a taint of effect `NoExecute` is tolerated (`tolerationSeconds`); it is then the
    /// only effect that is. Default: for ever.
    pub fn time(mut self, time: Seconds) -> Self {
        self.time = Some(time);
        self
    }

    pub(crate) fn lower(&self) -> core::Toleration {
        let operator = if self.value.is_some() {
            "Equal"
        } else {
            "Exists"
        };
        // Only `NoExecute` has a time: a pod that may not come cannot come for a while.
        let effect = match self.time {
            Some(_) => Some(TaintEffect::NoExecute),
            None => self.effect,
        };
        core::Toleration {
            effect: effect.map(|effect| effect.to_string()),
            key: self.key.clone(),
            operator: Some(operator.to_owned()),
            toleration_seconds: self.time.map(|time| time.get().into()),
            value: self.value.clone(),
        }
    }
}

/// How the pods of a workload are spread (`topologySpreadConstraints[]`).
///
/// ```
/// use infra_sdk::resource::{Deployment, pod::TopologySpread, prelude::*};
///
/// let app = Deployment::new("app".parse()?)
///     .image("app:1".parse()?)
///     .replicas(6)
///     .topology_spread(TopologySpread::over("topology.kubernetes.io/zone".parse()?).required());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, PartialEq)]
#[must_use]
pub struct TopologySpread {
    topology_key: String,
    max_skew: u16,
    required: bool,
    min_domains: Option<u16>,
}

impl TopologySpread {
    /// Evenly over the values of a node label, where possible: `kubernetes.io/hostname`,
    /// `topology.kubernetes.io/zone`.
    pub fn over(topology_key: LabelKey) -> Self {
        Self {
            topology_key: topology_key.into(),
            max_skew: 1,
            required: false,
            min_domains: None,
        }
    }

    /// By how many pods the fullest and the emptiest may differ (`maxSkew`). Default: 1.
    pub fn max_skew(mut self, pods: u16) -> Self {
        self.max_skew = pods.max(1);
        self
    }

    /// A pod that would break it waits (`whenUnsatisfiable: DoNotSchedule`). Default: it is placed
    /// all the same.
    pub fn required(mut self) -> Self {
        self.required = true;
        self
    }

    /// Over at least so many (`minDomains`); makes it required.
    pub fn min_domains(mut self, domains: u16) -> Self {
        self.min_domains = Some(domains);
        self.required = true;
        self
    }

    /// `by_revision`: pods of an older template do not count (deployments label theirs).
    pub(crate) fn lower(
        &self,
        selector: &BTreeMap<String, String>,
        by_revision: bool,
    ) -> core::TopologySpreadConstraint {
        let when = if self.required {
            "DoNotSchedule"
        } else {
            "ScheduleAnyway"
        };
        core::TopologySpreadConstraint {
            label_selector: Some(match_labels(selector)),
            match_label_keys: by_revision.then(|| vec!["pod-template-hash".to_owned()]),
            max_skew: self.max_skew.into(),
            min_domains: self.min_domains.map(Into::into),
            topology_key: self.topology_key.clone(),
            when_unsatisfiable: when.to_owned(),
            ..core::TopologySpreadConstraint::default()
        }
    }
}

/// The default: over nodes and over zones, where possible.
pub(crate) fn default_spread() -> Vec<TopologySpread> {
    ["kubernetes.io/hostname", "topology.kubernetes.io/zone"]
        .into_iter()
        .map(|key| TopologySpread {
            topology_key: key.to_owned(),
            max_skew: 1,
            required: false,
            min_domains: None,
        })
        .collect()
}

pub(crate) fn match_labels(labels: &BTreeMap<String, String>) -> LabelSelector {
    LabelSelector {
        match_labels: Some(labels.clone()),
        match_expressions: None,
    }
}

/// Which nodes, and which neighbours.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct AffinitySettings {
    pub(crate) require_nodes: Vec<(String, Vec<String>)>,
    pub(crate) prefer_nodes: Vec<(u8, String, Vec<String>)>,
    pub(crate) neighbours: Vec<Neighbour>,
}

/// A wish to run near the pods of a workload, or apart from them.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Neighbour {
    pub(crate) workload: Link,
    pub(crate) apart: bool,
    /// `None`: required.
    pub(crate) weight: Option<u8>,
    pub(crate) topology_key: String,
}

fn expression(key: &str, values: &[String]) -> core::NodeSelectorRequirement {
    let operator = if values.is_empty() { "Exists" } else { "In" };
    core::NodeSelectorRequirement {
        key: key.to_owned(),
        operator: operator.to_owned(),
        values: crate::resource::meta::some(values.to_vec()),
    }
}

/// Terms about other pods: the required ones, and the preferred ones.
type Neighbours = (
    Option<Vec<core::PodAffinityTerm>>,
    Option<Vec<core::WeightedPodAffinityTerm>>,
);

impl AffinitySettings {
    pub(crate) fn lower(&self, graph: &Graph) -> Option<core::Affinity> {
        (*self != Self::default()).then(|| core::Affinity {
            node_affinity: self.nodes(),
            pod_affinity: self
                .pods(graph, false)
                .map(|(required, preferred)| core::PodAffinity {
                    preferred_during_scheduling_ignored_during_execution: preferred,
                    required_during_scheduling_ignored_during_execution: required,
                }),
            pod_anti_affinity: self.pods(graph, true).map(|(required, preferred)| {
                core::PodAntiAffinity {
                    preferred_during_scheduling_ignored_during_execution: preferred,
                    required_during_scheduling_ignored_during_execution: required,
                }
            }),
        })
    }

    fn nodes(&self) -> Option<core::NodeAffinity> {
        let term = |expressions| core::NodeSelectorTerm {
            match_expressions: Some(expressions),
            match_fields: None,
        };
        let required: Vec<_> = self
            .require_nodes
            .iter()
            .map(|(key, values)| expression(key, values))
            .collect();
        let preferred: Vec<_> = self
            .prefer_nodes
            .iter()
            .map(|(weight, key, values)| core::PreferredSchedulingTerm {
                preference: term(vec![expression(key, values)]),
                weight: (*weight).into(),
            })
            .collect();
        (!required.is_empty() || !preferred.is_empty()).then(|| core::NodeAffinity {
            preferred_during_scheduling_ignored_during_execution: crate::resource::meta::some(
                preferred,
            ),
            required_during_scheduling_ignored_during_execution: (!required.is_empty()).then(
                || core::NodeSelector {
                    node_selector_terms: vec![term(required)],
                },
            ),
        })
    }

    fn pods(&self, graph: &Graph, apart: bool) -> Option<Neighbours> {
        let (mut required, mut preferred) = (Vec::new(), Vec::new());
        for neighbour in self.neighbours.iter().filter(|n| n.apart == apart) {
            let pods = graph.pods(neighbour.workload.reference());
            let term = core::PodAffinityTerm {
                label_selector: Some(match_labels(
                    &pods.map(|pods| pods.selector.clone()).unwrap_or_default(),
                )),
                topology_key: neighbour.topology_key.clone(),
                ..core::PodAffinityTerm::default()
            };
            match neighbour.weight {
                None => required.push(term),
                Some(weight) => preferred.push(core::WeightedPodAffinityTerm {
                    pod_affinity_term: term,
                    weight: weight.into(),
                }),
            }
        }
        let some = !required.is_empty() || !preferred.is_empty();
        some.then(|| {
            (
                (!required.is_empty()).then_some(required),
                (!preferred.is_empty()).then_some(preferred),
            )
        })
    }
}
