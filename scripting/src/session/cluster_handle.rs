//! `cluster("staging")`: a cluster as a value of a script.

use crate::table::ScriptType;
use infra_sdk::cluster::Cluster;

/// A cluster that a procedure can reach, and the namespace that operations on it are about.
#[derive(Clone, Debug)]
pub struct ClusterHandle {
    /// The cluster; the run's own where none was named.
    pub cluster: Option<Cluster>,
    /// The namespace, where one was named.
    pub namespace: Option<String>,
}

impl ScriptType for ClusterHandle {
    const NAME: &'static str = "cluster";

    fn text(&self) -> String {
        let name = match &self.cluster {
            Some(cluster) => &cluster.name().context,
            None => "the cluster of the run",
        };
        match &self.namespace {
            Some(namespace) => format!("{name}, namespace {namespace}"),
            None => name.to_owned(),
        }
    }
}
