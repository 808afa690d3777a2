//! Keeping new pods from a node, and letting them on it again.

use super::{OperationError, Target, Written, find, written};
use crate::cluster::{Cluster, PatchForm};
use serde_json::{Value, json};

/// A node as a target.
pub(super) fn node(name: &str) -> Target {
    Target {
        kind: Some("node".into()),
        name: name.to_owned(),
        namespace: None,
    }
}

/// Marks a node so that no new pod comes to it. Those that run there stay.
pub async fn cordon(
    cluster: &Cluster,
    name: &str,
    dry_run: bool,
) -> Result<Written, OperationError> {
    mark(cluster, name, json!(true), dry_run).await
}

/// Lets new pods come to a node again.
pub async fn uncordon(
    cluster: &Cluster,
    name: &str,
    dry_run: bool,
) -> Result<Written, OperationError> {
    mark(cluster, name, Value::Null, dry_run).await
}

async fn mark(
    cluster: &Cluster,
    name: &str,
    unschedulable: Value,
    dry_run: bool,
) -> Result<Written, OperationError> {
    let found = find(cluster, &node(name), "", &[]).await?;
    let change = json!({ "spec": { "unschedulable": unschedulable } });
    written::patch(cluster, &found, &change, PatchForm::Merge, dry_run).await
}
