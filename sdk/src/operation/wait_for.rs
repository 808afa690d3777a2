//! Waiting for one object to be what is wanted.

use super::{
    Condition, Observation, OperationError, Seen, Target, WORKLOADS, find, rollout, served,
};
use crate::cluster::{Cluster, Selector};
use serde_json::Value;
use std::time::Duration;

/// Waits until an object meets a condition. One that is not there yet is waited for, where its kind
/// is named. The object as it was then; nothing where it was waited for until it is not there.
pub async fn wait_for(
    cluster: &Cluster,
    target: &Target,
    namespace: &str,
    condition: &Condition,
    time: Duration,
    tell: &(dyn Fn(String) + Send + Sync),
) -> Result<Option<Value>, OperationError> {
    if *condition == Condition::Ready {
        let found = find(cluster, target, namespace, WORKLOADS).await?;
        let ready = rollout::wait_ready(cluster, &found, time, None, tell).await;
        return ready.map(Some);
    }
    let (mut seen, what) = observe(cluster, target, namespace, time).await?;
    let mut there = false;
    loop {
        match seen.next().await? {
            Some(Seen::Changed(object)) => {
                there = true;
                if condition.is_met(&object) {
                    return Ok(Some((*object).clone()));
                }
            }
            Some(Seen::Gone(_)) => there = false,
            Some(Seen::Listed) => {}
            None => return Err(not_in_time(&what, &condition.to_string(), there)),
        }
        if *condition == Condition::Deleted && !there && seen.is_listed() {
            return Ok(None);
        }
    }
}

/// Looks at one object as it changes, for a time; and how messages call it.
pub async fn observe(
    cluster: &Cluster,
    target: &Target,
    namespace: &str,
    time: Duration,
) -> Result<(Observation, String), OperationError> {
    let (served, name, namespace) = if let Some(kind) = &target.kind {
        let namespace = target.namespace.as_deref().unwrap_or(namespace);
        let served = served(cluster, kind).await?;
        (served, target.name.clone(), namespace.to_owned())
    } else {
        let found = find(cluster, target, namespace, WORKLOADS).await?;
        let namespace = found.id.namespace.unwrap_or_default();
        (found.served, found.id.name, namespace)
    };
    let selector = Selector::fields(format!("metadata.name={name}"));
    let seen = Observation::new(cluster, &served, Some(&namespace), &selector, Some(time));
    let place = if served.namespaced {
        format!(" in {namespace}")
    } else {
        String::new()
    };
    Ok((
        seen,
        format!("{}/{name}{place}", served.kind.to_lowercase()),
    ))
}

/// That an object was not what is wanted when the time was over.
pub fn not_in_time(what: &str, wanted: &str, there: bool) -> OperationError {
    let how = if there { "" } else { ": it is not there" };
    OperationError::unfit(format!("{what} did not become {wanted} in time{how}"))
}
