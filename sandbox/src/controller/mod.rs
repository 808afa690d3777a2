//! The controllers: what makes objects come true, on the virtual clock.
//!
//! Each is a pure decision (values in, actions out) and a thin effect through
//! [`seam::Cluster`], so that it is tested with tables and runs as a client of the API.

mod adopt;
mod autoscaler;
pub(crate) mod condition;
mod cron_job;
mod daemon_set;
mod deployment;
pub(crate) mod disruption_budget;
pub(crate) mod effect;
mod endpoint_slice;
mod event_expiry;
mod garbage_collector;
mod gateway;
mod ingress;
mod job;
pub(crate) mod json;
pub(crate) mod manager;
pub(crate) mod meta;
mod namespace;
pub(crate) mod pod;
pub(crate) mod recorder;
mod replica_set;
mod retry;
pub(crate) mod scheduler;
pub(crate) mod seam;
pub(crate) mod selector;
mod service;
mod stateful_set;
pub(crate) mod template;
#[cfg(test)]
pub(crate) mod testing;
#[cfg(test)]
mod tests;
mod volume;

use self::seam::Controller;

/// Every controller, the scheduler and the kubelet, in the order in which they look at a change.
pub(crate) fn all() -> Vec<Box<dyn Controller>> {
    vec![
        Box::new(namespace::Namespaces::default()),
        Box::new(crate::kubelet::Nodes),
        Box::new(deployment::Deployments::default()),
        Box::new(replica_set::ReplicaSets::default()),
        Box::new(daemon_set::DaemonSets),
        Box::new(stateful_set::StatefulSets::default()),
        Box::new(job::Jobs),
        Box::new(cron_job::CronJobs),
        Box::new(volume::EphemeralClaims),
        Box::new(volume::Volumes),
        Box::new(service::Services),
        Box::new(endpoint_slice::EndpointSlices),
        Box::new(ingress::Ingresses),
        Box::new(gateway::Classes),
        Box::new(gateway::Gateways),
        Box::new(gateway::Routes),
        Box::new(autoscaler::Autoscalers::default()),
        Box::new(disruption_budget::DisruptionBudgets),
        Box::new(garbage_collector::GarbageCollector::default()),
        Box::new(event_expiry::EventExpiry),
        Box::new(scheduler::Scheduler::default()),
        Box::new(crate::kubelet::Kubelet::default()),
    ]
}
