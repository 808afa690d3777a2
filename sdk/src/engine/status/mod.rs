//! How a whole environment is, without waiting: what its inventory owns, each with its status and,
//! where it is not ready, the cause.

mod read;

use super::{
    EngineError,
    wait::{LogRequest, Mask, Stores, Surroundings},
};
use crate::analysis::{self, Totals};
use crate::cluster::{Cluster, ClusterName};
use crate::object::ObjectId;
use crate::status::cause::{self, Cause};
use crate::status::{self as state, Evidence, State, Status};
use serde::Serialize;
use serde_json::Value;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// How an environment is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct EnvironmentStatus {
    /// The cluster that was read.
    pub cluster: ClusterName,
    /// The environment.
    pub environment: String,
    /// Its default namespace.
    pub namespace: String,
    /// Whether it has an inventory there. Without one it was never applied, or is destroyed.
    pub exists: bool,
    /// What it owns and wants, by kind and name.
    pub objects: Vec<ObjectStatus>,
    /// What it no longer wants and has kept: volumes, and what they depend on.
    pub kept: Vec<ObjectStatus>,
    /// What all that asks for which it wants and which is there.
    pub totals: Totals,
}

impl EnvironmentStatus {
    /// How many of the wanted objects are in this state.
    pub fn count(&self, state: State) -> usize {
        self.objects
            .iter()
            .filter(|one| one.status.state == state)
            .count()
    }

    /// Whether all that is wanted is ready, or told to rest.
    pub fn is_ready(&self) -> bool {
        self.objects.iter().all(|one| one.status.state.is_settled())
    }
}

/// How one object is.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct ObjectStatus {
    /// Who it is.
    #[serde(serialize_with = "as_text")]
    pub id: ObjectId,
    /// How it is.
    pub status: Status,
    /// Why it is not ready.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cause: Option<Box<Cause>>,
}

fn as_text<S: serde::Serializer>(id: &ObjectId, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_str(id)
}

/// What is read for a status.
#[derive(Debug, Default)]
struct Seen {
    /// The objects of the inventory that are there.
    objects: BTreeMap<ObjectId, Arc<Value>>,
    /// Kinds that are not served any more, or may not be read: what was said.
    unread: BTreeMap<ObjectId, String>,
    /// What is around those that are not ready.
    stores: Stores,
}

/// How an environment is. Reads only: one LIST per kind and namespace of what it owns; pods, replica
/// sets, claims and events of a namespace only when something in it is not ready; the log of a
/// container that crashes.
pub async fn status(
    cluster: &Cluster,
    environment: &str,
    namespace: &str,
    mask: Option<&Mask>,
) -> Result<EnvironmentStatus, EngineError> {
    let mut told = EnvironmentStatus {
        cluster: cluster.name().clone(),
        environment: environment.to_owned(),
        namespace: namespace.to_owned(),
        exists: false,
        objects: Vec::new(),
        kept: Vec::new(),
        totals: Totals::default(),
    };
    let Some(owned) = read::inventory(cluster, environment, namespace).await? else {
        return Ok(told);
    };
    told.exists = true;
    let mut seen = read::members(cluster, environment, namespace, &owned).await?;
    let wanted = owned.members.iter().filter(|(_, member)| !member.kept);
    let there = wanted.filter_map(|(id, _)| seen.objects.get(id));
    told.totals = analysis::totals(there.map(|object| &**object));
    read::surroundings(cluster, &mut seen).await;
    for (id, member) in &owned.members {
        let one = judged(cluster, &seen, id, mask).await;
        if member.kept {
            &mut told.kept
        } else {
            &mut told.objects
        }
        .push(one);
    }
    Ok(told)
}

/// How one object is that was read just now: with what is around it where it is not ready.
pub(crate) async fn status_of(
    cluster: &Cluster,
    object: &Value,
    mask: Option<&Mask>,
) -> ObjectStatus {
    let id = ObjectId::of(object);
    let mut seen = Seen::default();
    seen.objects.insert(id.clone(), Arc::new(object.clone()));
    read::surroundings(cluster, &mut seen).await;
    judged(cluster, &seen, &id, mask).await
}

/// How an object is, with the end of the log that tells why.
async fn judged(
    cluster: &Cluster,
    seen: &Seen,
    id: &ObjectId,
    mask: Option<&Mask>,
) -> ObjectStatus {
    let mut one = judge(seen, id, Vec::new());
    let log = one.cause.as_ref().and_then(|cause| cause.log.clone());
    if let (Some(log), Some(namespace)) = (log, &id.namespace) {
        let log = LogRequest {
            namespace: namespace.clone(),
            log,
        }
        .read(cluster)
        .await;
        one = judge(seen, id, vec![log]);
    }
    if let (Some(mask), Some(cause)) = (mask, &mut one.cause) {
        **cause = (**cause).clone().masked(&**mask);
    }
    one
}

fn judge(seen: &Seen, id: &ObjectId, logs: Vec<cause::LogTail>) -> ObjectStatus {
    let Some(object) = seen.objects.get(id) else {
        let status = match seen.unread.get(id) {
            Some(said) => Status::new(State::Missing, format!("cannot be read: {said}")),
            None => Status::new(State::Missing, "is not there"),
        };
        return ObjectStatus {
            id: id.clone(),
            status,
            cause: None,
        };
    };
    let around = Surroundings::of(&seen.stores, object);
    let mut evidence = Evidence {
        logs,
        ..around.plain(object)
    };
    // Nothing was applied just now: what has no status has had its time.
    evidence.waited = Duration::MAX;
    let status = state::status(&evidence);
    let cause = cause::find(&evidence, &status).map(Box::new);
    ObjectStatus {
        id: id.clone(),
        status,
        cause,
    }
}

#[cfg(test)]
mod tests;
