//! The first line of what is told about a cluster: what it is about, and where that is.

use infra_sdk::cluster::ClusterName;

/// `shop on cluster https://10.0.0.1:6443, context prod, namespace shop`.
pub(crate) fn place(environment: &str, cluster: &ClusterName, namespace: &str) -> String {
    let place = if cluster.server.is_empty() {
        cluster.context.clone()
    } else {
        format!("cluster {}, context {}", cluster.server, cluster.context)
    };
    format!("{environment} on {place}, namespace {namespace}\n")
}
