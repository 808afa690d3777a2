//! What the stores know around one object.

use super::pending::Pending;
use super::stores::{Around, Stores, uid};
use super::{Target, Until};
use crate::cluster::Selector;
use crate::status::{Evidence, State, Status, cause};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

/// The storage classes that were asked for; `None` where the answer has not come or was no.
pub(super) type Classes = BTreeMap<String, Option<Value>>;

/// How the object is right now.
#[derive(Debug)]
pub(super) enum Now {
    /// It is there (or was, as the API server last said).
    There(Arc<Value>),
    /// It is not, with its last state where that was seen.
    Missing(Option<Arc<Value>>),
}

/// The object as it is now: what the watch shows, unless the answer to the apply is newer.
pub(super) fn now(stores: &Stores, target: &Target, selector: &Selector, settled: bool) -> Now {
    let key = super::stores::key_of(&target.id, &target.served, selector);
    let live = || Now::There(Arc::new(target.live.clone()));
    let Some(store) = stores.get(&key) else {
        return live();
    };
    if let Some(object) = store.get(&target.id.name) {
        let older = super::stores::version(object) < super::stores::version(&target.live);
        return if older {
            live()
        } else {
            Now::There(Arc::clone(object))
        };
    }
    if let Some(last) = store.gone(&target.id.name)
        && uid(last) == uid(&target.live)
    {
        return Now::Missing(Some(Arc::clone(last)));
    }
    match target.until {
        Until::Gone if store.listed => Now::Missing(None),
        // A watch that was opened before it was made will show it in a moment.
        Until::Ready if store.listed && settled => Now::Missing(None),
        _ => live(),
    }
}

/// The status of an object that is no longer there.
pub(super) fn missing(last: Option<&Value>) -> Status {
    // A finished job may be cleaned up by its time to live at any moment.
    if let Some(last) = last {
        let before = crate::status::status(&Evidence::of(&without_deletion(last)));
        let is_job = last["kind"] == "Job";
        if is_job && matches!(before.state, State::Ready | State::Failed) {
            return before;
        }
    }
    Status::new(State::Missing, "was deleted while it was waited for")
}

fn without_deletion(object: &Value) -> Value {
    let mut object = object.clone();
    if let Some(metadata) = object["metadata"].as_object_mut() {
        metadata.remove("deletionTimestamp");
    }
    object
}

/// What is around an object: kept alive while the evidence borrows from it.
#[derive(Debug, Default)]
pub(in crate::engine) struct Surroundings {
    replica_sets: Vec<Arc<Value>>,
    pods: Vec<Arc<Value>>,
    claims: Vec<Arc<Value>>,
    events: Vec<Arc<Value>>,
}

impl Surroundings {
    pub(in crate::engine) fn of(stores: &Stores, object: &Value) -> Self {
        let id = uid(object);
        let namespace = object["metadata"]["namespace"].as_str().unwrap_or_default();
        let kind = object["kind"].as_str().unwrap_or_default();
        let mut around = Self::default();
        let cloned = |found: Vec<&Arc<Value>>| found.into_iter().cloned().collect::<Vec<_>>();
        match kind {
            "Deployment" => {
                around.replica_sets = cloned(stores.owned(Around::ReplicaSets, &id));
                for set in &around.replica_sets {
                    around
                        .pods
                        .extend(cloned(stores.owned(Around::Pods, &uid(set))));
                }
            }
            "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Job" => {
                around.pods = cloned(stores.owned(Around::Pods, &id));
            }
            "PersistentVolumeClaim" => around.pods = cloned(stores.all(Around::Pods, namespace)),
            _ => {}
        }
        let pods = around.pods.iter().map(AsRef::as_ref);
        let used: BTreeSet<&str> = match kind {
            "PersistentVolumeClaim" => BTreeSet::new(),
            "Pod" => claims(object).collect(),
            _ => pods.flat_map(claims).collect(),
        };
        if !used.is_empty() {
            let all = stores.all(Around::Claims, namespace).into_iter();
            around.claims = all
                .filter(|claim| {
                    used.contains(claim["metadata"]["name"].as_str().unwrap_or_default())
                })
                .cloned()
                .collect();
        }
        let mut uids: BTreeSet<String> = BTreeSet::from([id]);
        let others = around.replica_sets.iter().chain(&around.claims);
        uids.extend(others.map(|object| uid(object)));
        if kind != "PersistentVolumeClaim" {
            uids.extend(around.pods.iter().map(|pod| uid(pod)));
        }
        for uid in &uids {
            around.events.extend(stores.events(uid).cloned());
        }
        around
    }

    pub(super) fn evidence<'a>(
        &'a self,
        object: &'a Value,
        pending: &Pending,
        classes: &'a Classes,
        since: jiff::Timestamp,
        now: Duration,
    ) -> Evidence<'a> {
        Evidence {
            generation: pending.target.live["metadata"]["generation"].as_i64(),
            waited: pending.target.age + now.saturating_sub(pending.since),
            expects_status: pending.target.expects_status,
            classes: classes.values().flatten().collect(),
            since: Some(since),
            logs: pending.logs.clone(),
            ..self.plain(object)
        }
    }

    /// The same for an object that is only looked at.
    pub(in crate::engine) fn plain<'a>(&'a self, object: &'a Value) -> Evidence<'a> {
        let refs = |list: &'a [Arc<Value>]| list.iter().map(AsRef::as_ref).collect();
        Evidence {
            replica_sets: refs(&self.replica_sets),
            pods: refs(&self.pods),
            claims: refs(&self.claims),
            events: refs(&self.events),
            ..Evidence::of(object)
        }
    }
}

/// Whether one of the pods of the new revision has a claim.
pub(super) fn has_claims(evidence: &Evidence<'_>) -> bool {
    cause::pods(evidence)
        .iter()
        .any(|pod| claims(pod).next().is_some())
}

fn claims(pod: &Value) -> impl Iterator<Item = &str> {
    pod["spec"]["volumes"]
        .as_array()
        .into_iter()
        .flatten()
        .filter_map(|volume| volume["persistentVolumeClaim"]["claimName"].as_str())
}

/// What must be watched to say why an object of this kind is not ready.
pub(in crate::engine) fn around(kind: &str) -> &'static [Around] {
    match kind {
        "Deployment" => &[Around::ReplicaSets, Around::Pods],
        "StatefulSet" | "DaemonSet" | "ReplicaSet" | "Job" => &[Around::Pods],
        _ => &[],
    }
}
