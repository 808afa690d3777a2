//! Stateful sets: pods with an ordinal, each with claims of its own, started and replaced in order.

mod claims;
mod identity;
mod order;
mod revision;
mod status;

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use self::revision::Revisions;
use super::adopt::Orphans;
use super::effect::{Action, Decision, Event, perform};
use super::json::{int, text};
use super::meta::{controlled, is_terminating, name, own_key, owner_key};
use super::pod::POD;
use super::seam::{Change, Cluster, Controller, GroupKind, Key, Writer};

/// The kind of stateful sets.
pub(crate) const STATEFUL_SET: GroupKind<'static> = GroupKind::new("apps", "StatefulSet");
const REVISION: GroupKind<'static> = GroupKind::new("apps", "ControllerRevision");
const CLAIM: GroupKind<'static> = GroupKind::new("", "PersistentVolumeClaim");
const COMPONENT: &str = "statefulset-controller";

/// The controller of stateful sets.
#[derive(Default)]
pub(crate) struct StatefulSets {
    orphans: Orphans,
    orphan_revisions: Orphans,
}

/// What a decision about a set knows.
struct View<'a> {
    set: &'a Value,
    pods: &'a [Arc<Value>],
    /// The claims of the set's namespace.
    claims: &'a [Arc<Value>],
    revisions: Revisions,
    now: Timestamp,
}

impl Controller for StatefulSets {
    fn name(&self) -> &'static str {
        COMPONENT
    }

    fn keys(&mut self, change: &Change, cluster: &dyn Cluster) -> Vec<Key> {
        let mut keys = self.orphans.note(change, POD, STATEFUL_SET, cluster);
        let revisions = &mut self.orphan_revisions;
        keys.extend(revisions.note(change, REVISION, STATEFUL_SET, cluster));
        keys.extend(own_key(change, STATEFUL_SET).or_else(|| owner_key(change, POD, STATEFUL_SET)));
        keys
    }

    fn sync(&mut self, key: &Key, cluster: &mut dyn Cluster) -> Option<Timestamp> {
        let set = cluster.get(STATEFUL_SET, &key.namespace, &key.name)?;
        self.orphans.adopt(POD, &set, cluster, COMPONENT);
        self.orphan_revisions
            .adopt(REVISION, &set, cluster, COMPONENT);
        let known = controlled(cluster, REVISION, &set);
        let revisions = Revisions::of(&set, &known);
        let claims = if super::json::items(&set, "spec.volumeClaimTemplates").is_empty() {
            Vec::new()
        } else {
            cluster.list(CLAIM, &key.namespace)
        };
        let pods = controlled(cluster, POD, &set);
        let view = View {
            set: &set,
            pods: &pods,
            claims: &claims,
            revisions,
            now: cluster.now(),
        };
        let decision = decide(&view);
        let mut failed = false;
        for action in decision.actions {
            failed |= attempt(&set, action, cluster);
        }
        // What was created and deleted just now is counted when the changes come back.
        if failed {
            Some(super::json::later(cluster.now(), 5))
        } else {
            decision.again
        }
    }
}

/// Does one thing, and tells of what was refused. Says whether it was.
fn attempt(set: &Value, action: Action, cluster: &mut dyn Cluster) -> bool {
    let what = match &action {
        Action::Create(object) if text(object, "kind") != "ControllerRevision" => {
            Some((text(object, "kind").to_owned(), name(object).to_owned()))
        }
        _ => None,
    };
    let result = perform(cluster, Writer::ControllerManager, COMPONENT, action);
    let Some((kind, object)) = what else {
        return result.is_err();
    };
    // A claim is told of with the pod it is for, which has the same ordinal.
    let (set_name, ordinal) = (name(set), object.rsplit('-').next().unwrap_or_default());
    let (made, refused) = if kind == "Pod" {
        let what = format!("Create Pod {object} in StatefulSet {set_name}");
        (format!("{what} successful"), what)
    } else {
        let pod = format!("Pod {set_name}-{ordinal} in StatefulSet {set_name}");
        (
            format!("Create Claim {object} {pod} success"),
            format!("Create Claim {object} for {pod}"),
        )
    };
    let event = match &result {
        Ok(()) => Event::normal(set, "SuccessfulCreate", made),
        Err(refusal) => {
            let message = format!("{refused} failed error: {}", refusal.message);
            Event::warning(set, "FailedCreate", message)
        }
    };
    let _ = perform(
        cluster,
        Writer::ControllerManager,
        COMPONENT,
        Action::Event(event),
    );
    result.is_err()
}

/// One step of a set.
fn decide(view: &View<'_>) -> Decision {
    let mut decision = Decision::default();
    view.revisions.keep(view.set, view.pods, &mut decision);
    if !is_terminating(view.set) {
        order::step(view, &mut decision);
    }
    status::report(view, &mut decision);
    decision
}

impl View<'_> {
    fn wanted(&self) -> i64 {
        int(self.set, "spec.replicas").unwrap_or(1).max(0)
    }

    fn first_ordinal(&self) -> i64 {
        int(self.set, "spec.ordinals.start").unwrap_or(0)
    }

    fn partition(&self) -> i64 {
        int(self.set, "spec.updateStrategy.rollingUpdate.partition").unwrap_or(0)
    }

    fn is_ordered(&self) -> bool {
        text(self.set, "spec.podManagementPolicy") != "Parallel"
    }

    fn patience(&self) -> i64 {
        int(self.set, "spec.minReadySeconds").unwrap_or(0)
    }

    /// The pod of an ordinal.
    fn pod(&self, ordinal: i64) -> Option<&Arc<Value>> {
        self.pods
            .iter()
            .find(|pod| identity::ordinal(self.set, pod) == Some(ordinal))
    }

    /// Whether a pod runs, is ready, and has been for long enough.
    fn is_healthy(&self, pod: &Value) -> bool {
        super::pod::is_available(pod, self.patience(), self.now) && !is_terminating(pod)
    }
}
