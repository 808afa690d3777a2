//! Pausing and resuming: deployments do not roll out, cron jobs and jobs do not run.

use super::{Found, OperationError, Target, Workloads, Written, find, written};
use crate::cluster::{Cluster, PatchForm};
use serde_json::{Value, json};

/// What a name alone may mean.
const PAUSED: Workloads = &[
    ("apps", "Deployment"),
    ("batch", "CronJob"),
    ("batch", "Job"),
];

/// Pauses a Deployment, so that changes of its template wait, or suspends a `CronJob` or Job.
pub async fn pause(
    cluster: &Cluster,
    target: &Target,
    namespace: &str,
    dry_run: bool,
) -> Result<Written, OperationError> {
    set(cluster, target, namespace, true, dry_run).await
}

/// Resumes what was paused.
pub async fn resume(
    cluster: &Cluster,
    target: &Target,
    namespace: &str,
    dry_run: bool,
) -> Result<Written, OperationError> {
    set(cluster, target, namespace, false, dry_run).await
}

async fn set(
    cluster: &Cluster,
    target: &Target,
    namespace: &str,
    paused: bool,
    dry_run: bool,
) -> Result<Written, OperationError> {
    let found = find(cluster, target, namespace, PAUSED).await?;
    let change = change(&found, paused)?;
    written::patch(cluster, &found, &change, PatchForm::Merge, dry_run).await
}

fn change(found: &Found, paused: bool) -> Result<Value, OperationError> {
    match (found.id.group.as_str(), found.id.kind.as_str()) {
        ("apps", "Deployment") => Ok(json!({"spec": {"paused": paused}})),
        ("batch", "CronJob" | "Job") => Ok(json!({"spec": {"suspend": paused}})),
        _ => Err(OperationError::unfit_but(
            format!("{} cannot be paused", found.id),
            "deployments, cron jobs and jobs can",
        )),
    }
}
