//! Changing how many pods a workload has.

use super::{Found, OperationError, Target, Workloads, Written, find, written};
use crate::cluster::{Cluster, PatchForm};
use serde_json::json;

/// What a name alone may mean.
const SCALED: Workloads = &[("apps", "Deployment"), ("apps", "StatefulSet")];

/// Scales a Deployment, `StatefulSet` or `ReplicaSet`, or an object of a custom kind that has
/// `spec.replicas`.
pub async fn scale(
    cluster: &Cluster,
    target: &Target,
    namespace: &str,
    replicas: u32,
    dry_run: bool,
) -> Result<Written, OperationError> {
    let found = find(cluster, target, namespace, SCALED).await?;
    check(&found)?;
    let change = json!({"spec": {"replicas": replicas}});
    written::patch(cluster, &found, &change, PatchForm::Merge, dry_run).await
}

fn check(found: &Found) -> Result<(), OperationError> {
    if found.object["spec"]["replicas"].is_u64() {
        return Ok(());
    }
    let help = match found.id.kind.as_str() {
        "DaemonSet" => "it has a pod on each node that takes it: its node selector decides",
        "Job" => "how many pods run at once is its `parallelism`: `patch(…)` changes it",
        _ => "only what has `spec.replicas` can be scaled",
    };
    let problem = format!("{} has no replicas, so that it cannot be scaled", found.id);
    Err(OperationError::unfit_but(problem, help))
}
