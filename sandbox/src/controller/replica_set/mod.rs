//! Replica sets: as many pods of a template as are wanted.

mod pods;
mod rank;
mod status;

use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use super::adopt::Orphans;
use super::json::int;
use super::meta::{controlled, is_terminating, own_key, owner_key};
use super::pod::{POD, is_active};
use super::retry::Retries;
use super::seam::{Change, Cluster, Controller, GroupKind, Key, Writer};

/// The kind of replica sets.
pub(crate) const REPLICA_SET: GroupKind<'static> = GroupKind::new("apps", "ReplicaSet");

const COMPONENT: &str = "replicaset-controller";
/// How many pods one look creates or deletes at most.
const BURST: usize = 500;

/// The controller of replica sets.
#[derive(Default)]
pub(crate) struct ReplicaSets {
    orphans: Orphans,
    retries: Retries,
}

impl Controller for ReplicaSets {
    fn name(&self) -> &'static str {
        COMPONENT
    }

    fn keys(&mut self, change: &Change, cluster: &dyn Cluster) -> Vec<Key> {
        let mut keys = self.orphans.note(change, POD, REPLICA_SET, cluster);
        keys.extend(own_key(change, REPLICA_SET).or_else(|| owner_key(change, POD, REPLICA_SET)));
        keys
    }

    fn sync(&mut self, key: &Key, cluster: &mut dyn Cluster) -> Option<Timestamp> {
        let Some(set) = cluster.get(REPLICA_SET, &key.namespace, &key.name) else {
            self.retries.forget(key);
            return None;
        };
        self.orphans.adopt(POD, &set, cluster, COMPONENT);
        let pods = controlled(cluster, POD, &set);
        let mut failure = None;
        if !is_terminating(&set) {
            match plan(&set, &pods, cluster.now()) {
                Plan::Nothing => {}
                Plan::Create(_) if !self.retries.is_due(key, cluster.now()) => {
                    failure = status::last_failure(&set);
                }
                Plan::Create(number) => match pods::create(&set, number, cluster) {
                    Ok(()) => self.retries.forget(key),
                    Err(refusal) => {
                        self.retries.failed(key, cluster.now());
                        failure = Some(refusal);
                    }
                },
                Plan::Delete(pods) => pods::delete(&set, &pods, cluster),
            }
        }
        // What was made or deleted just now is counted when it is seen.
        let set = cluster.get(REPLICA_SET, &key.namespace, &key.name)?;
        let mut decision = status::report(&set, &pods, failure.as_deref(), cluster.now());
        if let Some(next) = self.retries.next(key).filter(|_| failure.is_some()) {
            decision.look_again(next);
        }
        decision.perform(cluster, Writer::ControllerManager, COMPONENT)
    }
}

/// What to do about the number of pods.
#[derive(Debug, PartialEq)]
enum Plan {
    Nothing,
    Create(usize),
    /// These, in this order.
    Delete(Vec<Arc<Value>>),
}

fn plan(set: &Value, pods: &[Arc<Value>], now: Timestamp) -> Plan {
    let wanted = int(set, "spec.replicas").unwrap_or(1).max(0) as usize;
    let mut active: Vec<Arc<Value>> = pods.iter().filter(|pod| is_active(pod)).cloned().collect();
    if active.len() < wanted {
        return Plan::Create((wanted - active.len()).min(BURST));
    }
    let surplus = (active.len() - wanted).min(BURST);
    if surplus == 0 {
        return Plan::Nothing;
    }
    rank::rank(&mut active, now);
    active.truncate(surplus);
    Plan::Delete(active)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::super::json::set;
    use super::*;

    pub(super) fn now() -> Timestamp {
        "2026-01-01T01:00:00Z".parse().unwrap()
    }

    /// A ready pod of an hour, changed.
    pub(super) fn pod(name: &str, change: impl FnOnce(&mut Value)) -> Arc<Value> {
        let mut pod = json!({
            "metadata": {"name": name, "creationTimestamp": "2026-01-01T00:00:00Z"},
            "spec": {"nodeName": format!("node-{name}")},
            "status": {"phase": "Running", "conditions": [
                {"type": "Ready", "status": "True", "lastTransitionTime": "2026-01-01T00:00:00Z"},
            ]},
        });
        change(&mut pod);
        Arc::new(pod)
    }

    #[test]
    fn the_number_of_pods_is_made_up_for() {
        let set = |replicas: i64| json!({"spec": {"replicas": replicas}});
        let gone = pod("gone", set_time);
        let pods = [pod("a", |_| ()), pod("b", |_| ()), gone];
        assert_eq!(plan(&set(2), &pods, now()), Plan::Nothing);
        assert_eq!(plan(&set(5), &pods, now()), Plan::Create(3));
        assert_eq!(
            plan(&set(1), &pods, now()),
            Plan::Delete(vec![pods[0].clone()])
        );
        assert_eq!(plan(&set(900), &pods, now()), Plan::Create(BURST));
    }

    fn set_time(pod: &mut Value) {
        set(pod, "metadata.deletionTimestamp", "2026-01-01T00:59:59Z");
    }
}
