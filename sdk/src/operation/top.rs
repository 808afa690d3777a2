//! What pods and nodes use, where the cluster measures it.

use super::OperationError;
use crate::cluster::{Cluster, Selector, Served};
use infra_schema::quantity::Quantity;
use serde_json::Value;

/// What a pod or a node uses.
#[derive(Clone, Debug, PartialEq)]
pub struct Usage {
    /// Its name.
    pub name: String,
    /// Its namespace; nothing for a node.
    pub namespace: Option<String>,
    /// Processors: 0.25 is a quarter of one.
    pub cpu: f64,
    /// Memory, in bytes.
    pub memory: i64,
}

/// What the pods of a namespace (or of all) use, what uses most memory first.
pub async fn top_pods(
    cluster: &Cluster,
    namespace: Option<&str>,
    selector: &Selector,
) -> Result<Vec<Usage>, OperationError> {
    top(cluster, ("PodMetrics", "pods"), namespace, selector).await
}

/// What the nodes use, what uses most memory first.
pub async fn top_nodes(
    cluster: &Cluster,
    selector: &Selector,
) -> Result<Vec<Usage>, OperationError> {
    top(cluster, ("NodeMetrics", "nodes"), None, selector).await
}

async fn top(
    cluster: &Cluster,
    (kind, plural): (&'static str, &'static str),
    namespace: Option<&str>,
    selector: &Selector,
) -> Result<Vec<Usage>, OperationError> {
    let served = Served {
        group: "metrics.k8s.io".into(),
        version: "v1beta1".into(),
        kind: kind.into(),
        plural: plural.into(),
        namespaced: plural == "pods",
    };
    let measured = cluster.list_all(&served, namespace, selector).await;
    let measured = measured.map_err(|error| {
        if error.is_not_found() {
            OperationError::unfit_but(
                "the cluster measures nothing: it does not serve `metrics.k8s.io`",
                "install the metrics-server, or ask a Prometheus: `prometheus(url).query(…)`",
            )
        } else {
            OperationError::api(format!("what the {plural} use cannot be read"), error)
        }
    })?;
    let mut usage: Vec<Usage> = measured.iter().map(usage).collect();
    usage.sort_by_key(|one| (std::cmp::Reverse(one.memory), one.name.clone()));
    Ok(usage)
}

/// A measurement of a node, or of the containers of a pod.
fn usage(measured: &Value) -> Usage {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let containers = measured["containers"].as_array();
    let parts = containers.into_iter().flatten().chain([measured]);
    let (mut cpu, mut memory) = (0.0, 0.0);
    for part in parts {
        let number = |name: &str| {
            let quantity = part["usage"][name].as_str();
            quantity
                .and_then(|text| text.parse().ok())
                .map_or(0.0, |amount: Quantity| amount.as_f64())
        };
        cpu += number("cpu");
        memory += number("memory");
    }
    Usage {
        name: text(&measured["metadata"]["name"]).unwrap_or_default(),
        namespace: text(&measured["metadata"]["namespace"]),
        cpu,
        memory: memory as i64,
    }
}
