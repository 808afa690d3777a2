//! What deployments and stateful sets have in common.

use super::pod::{PodSettings, Workload};
use super::{Convention, Facts, Meta, PodFacts, Relation, RelationKind};
use crate::environment::{Graph, Problem};
use crate::object::{Object, Ref};
use k8s_openapi::api::policy::v1 as policy;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use std::collections::BTreeMap;

/// How many pods a workload has, and who says so.
#[derive(Clone, Copy)]
pub(super) struct Scale {
    replicas: Option<i32>,
    scaled_from: Option<i32>,
}

pub(super) fn scale(graph: &Graph, workload: &Ref, replicas: Option<u16>) -> Scale {
    Scale {
        replicas: replicas.map(Into::into),
        scaled_from: graph.scaled(workload).map(|scale| scale.min),
    }
}

impl Scale {
    /// Whether there is always more than one.
    pub(super) fn many(self) -> bool {
        self.scaled_from.or(self.replicas).unwrap_or(1) > 1
    }

    /// `spec.replicas`: an autoscaler's business where there is one.
    pub(super) fn sent(self) -> Option<i32> {
        match self.scaled_from {
            Some(_) => None,
            None => self.replicas,
        }
    }
}

/// What others may know of a workload.
pub(super) fn facts(
    meta: &Meta,
    pod: &PodSettings,
    replicas: Option<u16>,
    service_name: Option<String>,
) -> Facts {
    let selector = super::pod::selector_of(meta, pod);
    let mut labels = meta.own_standard_labels();
    labels.extend(meta.labels.clone());
    labels.extend(pod.labels.clone());
    labels.extend(selector.clone());
    let containers = std::iter::once(&pod.container)
        .chain(pod.containers.iter().map(|other| &other.settings))
        .chain(
            pod.init
                .iter()
                .filter(|(_, sidecar)| *sidecar)
                .map(|(init, _)| &init.settings),
        );
    Facts {
        pods: Some(PodFacts {
            selector,
            labels,
            ports: containers
                .flat_map(|container| &container.ports)
                .map(super::pod::ContainerPort::fact)
                .collect(),
            replicas: replicas.map(Into::into),
            service_name,
        }),
        ..Facts::default()
    }
}

pub(super) fn relations(meta: &Meta, pod: &PodSettings, reference: Ref) -> Vec<Relation> {
    let mut relations = meta.relations(reference);
    super::pod::relate(meta, pod, &mut relations);
    relations.done()
}

/// What is wrong with a workload and its pod.
pub(super) fn check<W: Workload>(
    workload: &W,
    kind: &str,
    graph: &Graph,
    stateful: bool,
) -> Vec<Problem> {
    let (meta, pod) = (workload.meta(), workload.pod());
    let what = format!("{kind} `{}`", meta.name);
    let mut problems = super::pod::check(meta, pod, &what, stateful);
    let labels: BTreeMap<&String, &String> = pod.labels.iter().chain(&meta.labels).collect();
    for (key, value) in &pod.selector {
        if let Some(other) = labels.get(key).filter(|other| **other != value) {
            problems.push(Problem {
                message: format!(
                    "{what} selects pods with `{key}: {value}`, and labels its own `{key}: {other}`"
                ),
                at: meta.origin.of_field("selector").cloned(),
                help: None,
            });
        }
    }
    let replicas = graph
        .facts(&workload.reference())
        .and_then(|facts| facts.pods.as_ref()?.replicas);
    if let (Some(scale), Some(replicas)) = (graph.scaled(&workload.reference()), replicas)
        && !(scale.min..=scale.max).contains(&replicas)
    {
        problems.push(Problem {
            message: format!(
                "{what} asks for {replicas} replicas, but its autoscaler keeps {} to {}",
                scale.min, scale.max
            ),
            at: meta.origin.of_field("replicas").cloned(),
            help: Some("leave `replicas` to the autoscaler".to_owned()),
        });
    }
    problems
}

/// The disruption budget that comes with several replicas, unless another selects them.
pub(super) fn budget(
    meta: &Meta,
    graph: &Graph,
    workload: &Ref,
    selector: &BTreeMap<String, String>,
    scale: Scale,
) -> Option<Object> {
    let guarded = graph.relations_to(workload).any(|relation| {
        relation.kind == RelationKind::Selects && relation.from.kind == "PodDisruptionBudget"
    });
    let wanted = scale.many() && !guarded && meta.has(Convention::DisruptionBudget);
    wanted.then(|| {
        meta.companion(&policy::PodDisruptionBudget {
            metadata: meta.object_meta(graph),
            spec: Some(policy::PodDisruptionBudgetSpec {
                max_unavailable: Some(IntOrString::Int(1)),
                min_available: None,
                selector: Some(super::pod::match_labels(selector)),
                // A pod that is not ready anyway must not hold a node up.
                unhealthy_pod_eviction_policy: Some("AlwaysAllow".to_owned()),
            }),
            status: None,
        })
    })
}
