//! Deleting an object.

use super::{Consequence, Found, Observation, OperationError, Seen, Target, Written, find};
use crate::cluster::{Cluster, DeleteRequest, Propagation, Selector};
use std::time::Duration;

/// How an object is deleted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeleteOptions {
    /// What becomes of what it owns; it goes after it by default.
    pub propagation: Propagation,
    /// Only if nothing has changed since this version.
    pub resource_version: Option<String>,
    /// How many seconds a pod has to end; its own setting by default.
    pub grace_period: Option<u32>,
    /// How long to wait until it is gone; not at all by default.
    pub wait: Option<Duration>,
    /// Only say what would happen.
    pub dry_run: bool,
}

impl Default for DeleteOptions {
    fn default() -> Self {
        Self {
            propagation: Propagation::Background,
            resource_version: None,
            grace_period: None,
            wait: None,
            dry_run: false,
        }
    }
}

/// Deletes an object: the one that is there now, and not another that comes in its place.
pub async fn delete(
    cluster: &Cluster,
    target: &Target,
    namespace: &str,
    options: &DeleteOptions,
) -> Result<Written, OperationError> {
    if target.kind.is_none() {
        return Err(OperationError::unfit_but(
            format!("`{target}` does not say of which kind it is"),
            format!("what is deleted is named in full: `deployment/{target}`"),
        ));
    }
    let found = find(cluster, target, namespace, &[]).await?;
    let request = DeleteRequest {
        uid: found.object["metadata"]["uid"].as_str(),
        resource_version: options.resource_version.as_deref(),
        propagation: options.propagation,
        grace_period: options.grace_period,
        dry_run: options.dry_run,
    };
    let consequence = Consequence::of_deletion(cluster, &found.object).await;
    let at = found.id.namespace.as_deref();
    cluster
        .delete_with(&found.served, at, &found.id.name, request)
        .await
        .map_err(|error| OperationError::api(format!("{} cannot be deleted", found.id), error))?;
    if let Some(time) = options.wait.filter(|_| !options.dry_run) {
        gone(cluster, &found, time).await?;
    }
    Ok(Written {
        id: found.id,
        object: found.object,
        consequence,
    })
}

/// Waits until an object is gone, or another has its name.
async fn gone(cluster: &Cluster, found: &Found, time: Duration) -> Result<(), OperationError> {
    let mut seen = Observation::new(
        cluster,
        &found.served,
        found.id.namespace.as_deref(),
        &Selector::fields(format!("metadata.name={}", found.id.name)),
        Some(time),
    );
    let uid = &found.object["metadata"]["uid"];
    let mut there = false;
    loop {
        match seen.next().await? {
            Some(Seen::Changed(object)) => there = object["metadata"]["uid"] == *uid,
            Some(Seen::Gone(_)) => there = false,
            Some(Seen::Listed) => {}
            None => {
                return Err(OperationError::unfit(format!(
                    "{} was deleted and is not gone in time",
                    found.id
                )));
            }
        }
        if !there && seen.is_listed() {
            return Ok(());
        }
    }
}
