//! Deployments: replica sets per template, rolled over without going below what must be available.

mod revision;
pub(crate) mod rollout;
mod scaling;
mod status;

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use super::adopt::Orphans;
use super::condition::Condition;
use super::effect::{Action, Decision, perform, status_action};
use super::json::{child_list, count, flag, items, set, stamp, text};
use super::meta::{controlled, is_terminating, name, own_key, owner_key};
use super::pod::POD;
use super::replica_set::REPLICA_SET;
use super::seam::{Change, Cluster, Controller, GroupKind, Key, Writer};

/// The kind of deployments.
pub(crate) const DEPLOYMENT: GroupKind<'static> = GroupKind::new("apps", "Deployment");

/// The revision of a template, on the deployment and its replica sets.
pub(crate) const REVISION: &str = "deployment.kubernetes.io/revision";
const HISTORY: &str = "deployment.kubernetes.io/revision-history";
const DESIRED: &str = "deployment.kubernetes.io/desired-replicas";
const MAX: &str = "deployment.kubernetes.io/max-replicas";
const COMPONENT: &str = "deployment-controller";

/// The controller of deployments.
#[derive(Default)]
pub(crate) struct Deployments {
    orphans: Orphans,
}

impl Controller for Deployments {
    fn name(&self) -> &'static str {
        COMPONENT
    }

    fn keys(&mut self, change: &Change, cluster: &dyn Cluster) -> Vec<Key> {
        let owners = self.orphans.note(change, REPLICA_SET, DEPLOYMENT, cluster);
        if !owners.is_empty() {
            return owners;
        }
        if let Some(key) = own_key(change, DEPLOYMENT) {
            return vec![key];
        }
        if let Some(key) = owner_key(change, REPLICA_SET, DEPLOYMENT) {
            return vec![key];
        }
        // A pod that is gone may be what `Recreate` waits for.
        if change.is_removal()
            && let Some(set) = owner_key(change, POD, REPLICA_SET)
            && let Some(set) = cluster.get(REPLICA_SET, &set.namespace, &set.name)
            && let Some(owner) = super::meta::controller_of(&set)
        {
            return vec![Key::new(&key_namespace(&set), text(owner, "name"))];
        }
        Vec::new()
    }

    fn sync(&mut self, key: &Key, cluster: &mut dyn Cluster) -> Option<Timestamp> {
        let deployment = cluster.get(DEPLOYMENT, &key.namespace, &key.name)?;
        self.orphans
            .adopt(REPLICA_SET, &deployment, cluster, COMPONENT);
        let sets = controlled(cluster, REPLICA_SET, &deployment);
        // Only stopping the old pods first has to look at them.
        let pods: Vec<_> = if text(&deployment, "spec.strategy.type") == "Recreate" {
            sets.iter()
                .flat_map(|set| controlled(cluster, POD, set))
                .collect()
        } else {
            Vec::new()
        };
        let mut decision = decide(&deployment, &sets, &pods, cluster.now());
        // A new replica set that is refused is told of in the deployment's conditions.
        let mut refused = None;
        for action in std::mem::take(&mut decision.actions) {
            let is_new_set = matches!(action, Action::Create(_));
            if let Err(refusal) = perform(cluster, Writer::ControllerManager, COMPONENT, action)
                && is_new_set
            {
                refused = Some(refusal);
                break;
            }
        }
        let Some(refusal) = refused else {
            return decision.again;
        };
        let deployment = cluster.get(DEPLOYMENT, &key.namespace, &key.name)?;
        let again = super::json::later(cluster.now(), 1);
        if refusal.reason == "AlreadyExists" {
            let mut status = deployment["status"].clone();
            let collisions = count(&status, "collisionCount") + 1;
            set(&mut status, "collisionCount", collisions);
            let action = status_action(&deployment, status)?;
            let _ = perform(cluster, Writer::ControllerManager, COMPONENT, action);
            return Some(again);
        }
        let mut status = deployment["status"].clone();
        let message = format!("Failed to create new replica set: {}", refusal.message);
        let failed = Condition::new("Progressing", "False", "ReplicaSetCreateError", message);
        put_condition(&mut status, &failed, cluster.now());
        set(
            &mut status,
            "observedGeneration",
            deployment["metadata"]["generation"].clone(),
        );
        if let Some(action) = status_action(&deployment, status) {
            let _ = perform(cluster, Writer::ControllerManager, COMPONENT, action);
        }
        Some(super::json::later(cluster.now(), 15))
    }
}

fn key_namespace(object: &Value) -> String {
    super::meta::namespace(object).to_owned()
}

/// All that a decision knows, and what it came to so far.
struct Sync<'a> {
    /// The deployment as it was read.
    read: &'a Value,
    /// The deployment with what was decided so far.
    deployment: Value,
    /// The replica set of the current template, if there is one.
    new: Option<Value>,
    /// The other replica sets, oldest first.
    old: Vec<Value>,
    pods: &'a [Arc<Value>],
    now: Timestamp,
    decision: Decision,
}

/// One step of a deployment: a write or two, and the status that follows from what is there.
pub(crate) fn decide(
    deployment: &Value,
    sets: &[Arc<Value>],
    pods: &[Arc<Value>],
    now: Timestamp,
) -> Decision {
    let mut sets: Vec<Value> = sets.iter().map(|set| Value::clone(set)).collect();
    sets.sort_by_key(age);
    let is_new = |set: &Value| {
        super::template::same(&set["spec"]["template"], &deployment["spec"]["template"])
    };
    let new = sets.iter().position(is_new).map(|index| sets.remove(index));
    let mut sync = Sync {
        read: deployment,
        deployment: deployment.clone(),
        new,
        old: sets,
        pods,
        now,
        decision: Decision::default(),
    };
    if is_terminating(deployment) {
        sync.write_status(false);
        return sync.decision;
    }
    sync.note_pause();
    if flag(deployment, "spec.paused") || sync.is_scaling() {
        sync.revise(false);
        sync.scale();
        sync.write_status(false);
        return sync.decision;
    }
    if text(deployment, "spec.strategy.type") == "Recreate" {
        sync.recreate();
    } else {
        sync.roll();
    }
    sync.decision
}

fn age(set: &Value) -> (String, String) {
    (
        text(set, "metadata.creationTimestamp").to_owned(),
        name(set).to_owned(),
    )
}

impl Sync<'_> {
    /// How many pods are wanted.
    fn wanted(&self) -> i64 {
        super::json::int(&self.deployment, "spec.replicas").unwrap_or(1)
    }

    fn all(&self) -> impl Iterator<Item = &Value> {
        self.old.iter().chain(self.new.as_ref())
    }

    /// Marks the beginning and the end of a pause in the condition `Progressing`.
    fn note_pause(&mut self) {
        if !self.has_deadline() {
            return;
        }
        let reason = self.progress_reason().to_owned();
        if reason == "ProgressDeadlineExceeded" {
            return;
        }
        let condition = match (
            flag(&self.deployment, "spec.paused"),
            reason == "DeploymentPaused",
        ) {
            (true, false) => Condition::new(
                "Progressing",
                "Unknown",
                "DeploymentPaused",
                "Deployment is paused",
            ),
            (false, true) => Condition::new(
                "Progressing",
                "Unknown",
                "DeploymentResumed",
                "Deployment is resumed",
            ),
            _ => return,
        };
        put_condition(&mut self.deployment["status"], &condition, self.now);
        self.decision.push(Action::Status(self.deployment.clone()));
    }

    fn progress_reason(&self) -> &str {
        super::condition::find(&self.deployment["status"], "Progressing")
            .map_or("", |condition| text(condition, "reason"))
    }

    fn has_deadline(&self) -> bool {
        super::json::int(&self.deployment, "spec.progressDeadlineSeconds")
            .is_some_and(|seconds| seconds != i64::from(i32::MAX))
    }
}

/// Sets a deployment's condition, which has a `lastUpdateTime` beside the transition time and stays
/// as it is while status and reason do.
fn put_condition(status: &mut Value, condition: &Condition, now: Timestamp) {
    let list = child_list(status, "conditions");
    let old = list
        .iter()
        .position(|old| text(old, "type") == condition.kind);
    let mut transition = serde_json::json!(stamp(now));
    if let Some(index) = old {
        let old = &list[index];
        if text(old, "status") == condition.status {
            if text(old, "reason") == condition.reason {
                return;
            }
            transition = old["lastTransitionTime"].clone();
        }
        list.remove(index);
    }
    list.push(serde_json::json!({
        "type": condition.kind,
        "status": condition.status,
        "reason": condition.reason,
        "message": condition.message,
        "lastUpdateTime": stamp(now),
        "lastTransitionTime": transition,
    }));
}

/// The replicas a set wants.
fn spec_replicas(set: &Value) -> i64 {
    super::json::int(set, "spec.replicas").unwrap_or(1)
}

/// A replica set's status count.
fn reported(set: &Value, field: &str) -> i64 {
    count(&set["status"], field)
}

/// Whether a list of conditions has one of a type.
fn conditions_of<'a>(set: &'a Value, kind: &str) -> Option<&'a Value> {
    items(set, "status.conditions")
        .iter()
        .find(|condition| text(condition, "type") == kind)
}
