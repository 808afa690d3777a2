//! The scheduler: a node for each pod, or the reasons why there is none.

mod affinity;
mod claims;
mod fit;
mod request;
mod spread;

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use self::fit::{Reason, Snapshot};
use self::request::Request;
use super::condition::{self, Condition};
use super::effect::{Action, Event, perform, status_action};
use super::json::{items, set, set_key, text};
use super::meta::{controller_of, is_terminating, name, own_key};
use super::pod::{POD, is_finished};
use super::seam::{Change, Cluster, Controller, GroupKind, Key, Writer};

pub(crate) use self::claims::{SELECTED_NODE, names as claim_names};
pub(crate) use self::fit::may_run;
pub(crate) use self::request::bytes;

const NODE: GroupKind<'static> = GroupKind::new("", "Node");
const CLAIM: GroupKind<'static> = GroupKind::new("", "PersistentVolumeClaim");
const COMPONENT: &str = "default-scheduler";

/// The scheduler. What is used on each node is counted along with the changes.
#[derive(Default)]
pub(crate) struct Scheduler {
    /// Pods that no node takes now.
    waiting: BTreeSet<Key>,
    /// What stands on each node.
    nodes: HashMap<String, Usage>,
    /// Pods that keep others away from where they are.
    keepers: BTreeSet<Key>,
}

/// What the pods of one node need together.
#[derive(Default)]
struct Usage {
    request: Request,
    pods: i64,
    /// Pods by the uid of their controller: siblings are spread.
    owners: BTreeMap<String, i64>,
}

impl Scheduler {
    fn count(&mut self, pod: Option<&Arc<Value>>, sign: i64) {
        let Some(pod) = pod.filter(|pod| !is_finished(pod)) else {
            return;
        };
        let node = text(pod, "spec.nodeName");
        if node.is_empty() {
            return;
        }
        if affinity::keeps_away(pod) {
            let key = Key::of(pod);
            if sign > 0 {
                self.keepers.insert(key);
            } else {
                self.keepers.remove(&key);
            }
        }
        let usage = self.nodes.entry(node.to_owned()).or_default();
        usage.request.add(&Request::of_pod(pod), sign);
        usage.pods += sign;
        if let Some(owner) = controller_of(pod) {
            *usage
                .owners
                .entry(text(owner, "uid").to_owned())
                .or_default() += sign;
        }
    }

    /// The node of the best score: fewest siblings, then the least used, then by name.
    fn best(&self, pod: &Value, nodes: &[Arc<Value>]) -> Option<String> {
        let owner = controller_of(pod).map_or("", |owner| text(owner, "uid"));
        let score = |node: &&Arc<Value>| {
            let usage = self.nodes.get(name(node));
            let siblings = usage.map_or(0, |usage| usage.owners.get(owner).copied().unwrap_or(0));
            let used = usage.map_or(0, |usage| {
                usage.request.permille_of(&Request::allocatable(node))
            });
            let liked = affinity::preference(pod, node);
            (-liked, siblings, used, name(node).to_owned())
        };
        nodes
            .iter()
            .min_by_key(score)
            .map(|node| name(node).to_owned())
    }
}

impl Controller for Scheduler {
    fn name(&self) -> &'static str {
        COMPONENT
    }

    fn keys(&mut self, change: &Change, _: &dyn Cluster) -> Vec<Key> {
        let object = change.object();
        let kind = GroupKind::of(object);
        if kind == POD {
            let node = |pod: &Option<Arc<Value>>| {
                pod.as_ref()
                    .filter(|pod| !is_finished(pod))
                    .map(|pod| text(pod, "spec.nodeName").to_owned())
            };
            let freed = node(&change.before) != node(&change.after);
            if freed {
                self.count(change.before.as_ref(), -1);
                self.count(change.after.as_ref(), 1);
            }
            let own = own_key(change, POD);
            if change.is_removal() || is_finished(object) {
                if let Some(key) = &own {
                    self.waiting.remove(key);
                }
                return self.waiting.iter().cloned().collect();
            }
            let waits = text(object, "spec.nodeName").is_empty();
            return own.filter(|_| waits).into_iter().collect();
        }
        let matters = kind == NODE || kind == CLAIM || kind.kind == "StorageClass";
        if matters && !is_heartbeat(change) {
            self.waiting.iter().cloned().collect()
        } else {
            Vec::new()
        }
    }

    fn sync(&mut self, key: &Key, cluster: &mut dyn Cluster) -> Option<Timestamp> {
        self.waiting.remove(key);
        let pod = cluster.get(POD, &key.namespace, &key.name)?;
        let elsewhere = !matches!(text(&pod, "spec.schedulerName"), "" | COMPONENT);
        if !text(&pod, "spec.nodeName").is_empty()
            || is_terminating(&pod)
            || elsewhere
            || is_finished(&pod)
        {
            return None;
        }
        if !items(&pod, "spec.schedulingGates").is_empty() {
            let message = "Scheduling is blocked due to non-empty scheduling gates";
            tell(&pod, "SchedulingGated", message, cluster);
            return None;
        }
        match self.choose(&pod, cluster) {
            Ok(Some(node)) => {
                if cluster.bind(&key.namespace, &key.name, &node).is_ok() {
                    let message = format!(
                        "Successfully assigned {}/{} to {node}",
                        key.namespace, key.name
                    );
                    let event = Event::normal(&pod, "Scheduled", message);
                    let _ = perform(cluster, Writer::Scheduler, COMPONENT, Action::Event(event));
                }
            }
            // Volumes are on their way.
            Ok(None) => {
                self.waiting.insert(key.clone());
            }
            Err(message) => {
                self.waiting.insert(key.clone());
                if tell(&pod, "Unschedulable", &message, cluster) {
                    let event = Event::warning(&pod, "FailedScheduling", message);
                    let _ = perform(cluster, Writer::Scheduler, COMPONENT, Action::Event(event));
                }
            }
        }
        None
    }
}

impl Scheduler {
    /// The node for a pod; none while the volumes for the chosen node are being made; or why no
    /// node will do.
    fn choose(&self, pod: &Value, cluster: &mut dyn Cluster) -> Result<Option<String>, String> {
        let nodes = cluster.list(NODE, "");
        if nodes.is_empty() {
            return Err("no nodes available to schedule pods".to_owned());
        }
        let volumes = claims::look(pod, cluster)
            .map_err(|reason| fit::message(nodes.len(), &[(nodes.len(), Reason::pod(reason))]))?;
        let snapshot = Snapshot::new(pod, &nodes, &self.keepers, cluster);
        let mut fitting = Vec::new();
        let mut reasons: Vec<(usize, Reason)> = Vec::new();
        for node in &nodes {
            let usage = self.nodes.get(name(node));
            let used = usage.map(|usage| (&usage.request, usage.pods));
            let mut against = fit::against(&snapshot, node, used);
            if against.is_empty() && !volumes.allow(node) {
                against.push(Reason::node(
                    "node(s) had volume node affinity conflict",
                    false,
                ));
            }
            if against.is_empty() {
                fitting.push(node.clone());
            }
            for reason in against {
                match reasons.iter_mut().find(|(_, known)| *known == reason) {
                    Some((count, _)) => *count += 1,
                    None => reasons.push((1, reason)),
                }
            }
        }
        let chosen = volumes
            .selected(&fitting)
            .or_else(|| self.best(pod, &fitting));
        let Some(node) = chosen else {
            return Err(fit::message(nodes.len(), &reasons));
        };
        if volumes.unbound.is_empty() {
            return Ok(Some(node));
        }
        // While its volumes are made, the pod says where it is expected to go.
        let mut status = pod["status"].clone();
        set(&mut status, "nominatedNodeName", node.as_str());
        if let Some(action) = status_action(pod, status) {
            let _ = perform(cluster, Writer::Scheduler, COMPONENT, action);
        }
        for claim in volumes.unbound {
            if super::json::annotation(&claim, claims::SELECTED_NODE) != Some(&node) {
                let mut claim = Value::clone(&claim);
                set_key(
                    &mut claim,
                    "metadata.annotations",
                    claims::SELECTED_NODE,
                    node.as_str(),
                );
                let _ = perform(cluster, Writer::Scheduler, COMPONENT, Action::Update(claim));
            }
        }
        Ok(None)
    }
}

/// A node that only said it is alive.
fn is_heartbeat(change: &Change) -> bool {
    let (Some(before), Some(after)) = (&change.before, &change.after) else {
        return false;
    };
    before["spec"] == after["spec"]
        && before["metadata"]["labels"] == after["metadata"]["labels"]
        && before["metadata"]["deletionTimestamp"] == after["metadata"]["deletionTimestamp"]
        && before["status"]["allocatable"] == after["status"]["allocatable"]
        && before["status"]["phase"] == after["status"]["phase"]
}

/// Says in `PodScheduled` why a pod has no node. Says whether that was news.
fn tell(pod: &Value, reason: &str, message: &str, cluster: &mut dyn Cluster) -> bool {
    let mut status = pod["status"].clone();
    let told = Condition::new("PodScheduled", "False", reason, message);
    if !condition::put(&mut status, &told, cluster.now()) {
        return false;
    }
    if text(pod, "status.phase").is_empty() {
        set(&mut status, "phase", "Pending");
    }
    if let Some(action) = status_action(pod, status) {
        let _ = perform(cluster, Writer::Scheduler, COMPONENT, action);
    }
    true
}

/// The node that a pod is on, or, while it is on none, the one that its affinity names.
pub(crate) fn node_of(pod: &Value) -> &str {
    const NAMED: &str = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution";
    match text(pod, "spec.nodeName") {
        "" => items(super::json::at(pod, NAMED), "nodeSelectorTerms")
            .iter()
            .flat_map(|term| items(term, "matchFields"))
            .find(|field| text(field, "key") == "metadata.name")
            .and_then(|field| items(field, "values").first()?.as_str())
            .unwrap_or_default(),
        node => node,
    }
}
