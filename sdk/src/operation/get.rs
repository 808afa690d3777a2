//! Reading objects.

use super::{Found, KindName, OperationError, Target, WORKLOADS, find, served};
use crate::cluster::{Cluster, Selector};
use serde_json::Value;

/// One object. A name alone means the workload that has it.
pub async fn get(
    cluster: &Cluster,
    target: &Target,
    namespace: &str,
) -> Result<Found, OperationError> {
    find(cluster, target, namespace, WORKLOADS).await
}

/// Which objects of a kind are listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ListOptions {
    /// The namespace; nothing for all. It counts for nothing where the kind lives in none.
    pub namespace: Option<String>,
    /// Which of them, by labels and fields; all by default.
    pub selector: Selector,
}

/// The objects of a kind, by namespace and name.
pub async fn list(
    cluster: &Cluster,
    kind: &KindName,
    options: &ListOptions,
) -> Result<Vec<Value>, OperationError> {
    let served = served(cluster, kind).await?;
    let namespace = options.namespace.as_deref();
    let mut found = cluster
        .list_all(&served, namespace, &options.selector)
        .await
        .map_err(|error| {
            let place = match namespace.filter(|_| served.namespaced) {
                Some(namespace) => format!(" in {namespace}"),
                None => String::new(),
            };
            OperationError::api(format!("{}{place} cannot be listed", served.plural), error)
        })?;
    found.sort_by_cached_key(|object| {
        let text = |key: &str| {
            object["metadata"][key]
                .as_str()
                .unwrap_or_default()
                .to_owned()
        };
        (text("namespace"), text("name"))
    });
    // A list whose pages expired is read again, and shows some twice.
    found.dedup_by(|a, b| {
        a["metadata"]["uid"] == b["metadata"]["uid"] && !a["metadata"]["uid"].is_null()
    });
    Ok(found)
}
