//! Workloads of so many pods: how many, who says so, and the disruption budget that guards them.

use super::running::KeepsRunning;
use super::{Convention, Meta, RelationKind};
use crate::environment::Graph;
use crate::object::{Object, Ref};
use k8s_openapi::api::policy::v1 as policy;
use k8s_openapi::apimachinery::pkg::util::intstr::IntOrString;
use std::collections::BTreeMap;

/// The setters of what runs a number of pods: deployments and stateful sets.
pub trait Replicated: KeepsRunning {
    /// The number that they change.
    #[doc(hidden)]
    fn replicas_mut(&mut self) -> &mut Option<u16>;

    /// How many pods (`spec.replicas`). Default: 1. Not sent where an autoscaler sets it.
    #[must_use]
    fn replicas(mut self, count: u16) -> Self {
        *self.replicas_mut() = Some(count);
        self
    }
}

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
