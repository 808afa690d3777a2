//! The words of the language, one file for each builder of the SDK.

mod alert;
mod api_server;
mod argo_application;
mod autoscaler;
mod backend;
mod by_name;
mod certificate;
mod cluster_role;
mod cluster_role_binding;
mod config_map;
mod crd;
mod cron_job;
mod custom;
mod custom_resource;
mod daemon_set;
mod deployment;
mod described;
mod destination_rule;
mod disruption_budget;
mod environment;
mod existing;
mod external_secret;
mod external_service;
mod gateway;
mod http_route;
mod ingress;
mod inputs;
mod issuer;
mod job;
mod limit_range;
mod listener;
mod map;
mod namespace;
mod network_policy;
mod nginx;
mod object;
mod operation;
mod options;
mod params;
mod peer;
mod peer_authentication;
mod persistent_volume;
mod pod;
mod pod_monitor;
mod priority_class;
mod prometheus_rule;
mod replicated;
mod resource_quota;
mod rights;
mod role;
mod role_binding;
mod route_rule;
mod running;
mod scaling;
mod scrape;
mod secret;
mod secret_store;
mod secret_text;
mod service;
mod service_account;
mod service_monitor;
mod stateful_set;
mod storage_class;
mod subjects;
mod typed_secret;
mod velero_schedule;
mod virtual_service;
mod volume_claim;

use crate::table::{Row, Table};
use std::sync::{Arc, OnceLock};

/// The table of the language, built once in a process.
pub fn table() -> Arc<Table> {
    static TABLE: OnceLock<Arc<Table>> = OnceLock::new();
    Arc::clone(TABLE.get_or_init(|| Arc::new(Table::new(rows()))))
}

/// Every row of the language, in the order of the reference.
pub fn rows() -> Vec<Row> {
    let mut rows = Vec::with_capacity(1024);
    rows.extend(environment::rows());
    rows.extend(inputs::rows());
    rows.extend(map::rows());
    rows.extend(secret_text::rows());
    rows.extend(namespace::rows());
    rows.extend(config_map::rows());
    rows.extend(secret::rows());
    rows.extend(typed_secret::rows());
    rows.extend(service_account::rows());
    rows.extend(resource_quota::rows());
    rows.extend(limit_range::rows());
    rows.extend(priority_class::rows());
    rows.extend(storage_class::rows());
    rows.extend(persistent_volume::rows());
    rows.extend(role::rows());
    rows.extend(role_binding::rows());
    rows.extend(cluster_role::rows());
    rows.extend(cluster_role_binding::rows());
    rows.extend(volume_claim::rows());
    rows.extend(deployment::rows());
    rows.extend(stateful_set::rows());
    rows.extend(daemon_set::rows());
    rows.extend(job::rows());
    rows.extend(cron_job::rows());
    rows.extend(service::rows());
    rows.extend(ingress::rows());
    rows.extend(nginx::rows());
    rows.extend(gateway::rows());
    rows.extend(listener::rows());
    rows.extend(http_route::rows());
    rows.extend(route_rule::rows());
    rows.extend(backend::rows());
    rows.extend(autoscaler::rows());
    rows.extend(scaling::rows());
    rows.extend(disruption_budget::rows());
    rows.extend(network_policy::rows());
    rows.extend(peer::rows());
    rows.extend(service_monitor::rows());
    rows.extend(pod_monitor::rows());
    rows.extend(prometheus_rule::rows());
    rows.extend(alert::rows());
    rows.extend(external_secret::rows());
    rows.extend(secret_store::rows());
    rows.extend(certificate::rows());
    rows.extend(issuer::rows());
    rows.extend(velero_schedule::rows());
    rows.extend(peer_authentication::rows());
    rows.extend(virtual_service::rows());
    rows.extend(destination_rule::rows());
    rows.extend(argo_application::rows());
    rows.extend(operation::rows());
    rows.extend(existing::rows());
    rows.extend(external_service::rows());
    rows.extend(api_server::rows());
    rows.extend(object::rows());
    rows.extend(crd::rows());
    rows.extend(custom_resource::rows());
    rows.extend(pod::rows());
    rows
}

#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod tests;
