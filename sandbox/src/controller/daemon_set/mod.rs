//! Daemon sets: one pod on each node that takes it, replaced a few at a time.

mod pods;
mod status;

use std::collections::BTreeMap;
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use super::effect::{Action, Decision, Event, perform};
use super::json::{at, later, text};
use super::meta::{controlled, is_terminating, name, own_key, owner_key};
use super::pod::{POD, available_from, is_available, is_finished};
use super::recorder::record;
use super::scheduler::{may_run, node_of};
use super::seam::{Change, Cluster, Controller, GroupKind, Key, Writer};
use super::template;

const DAEMON_SET: GroupKind<'static> = GroupKind::new("apps", "DaemonSet");
const NODE: GroupKind<'static> = GroupKind::new("", "Node");
const COMPONENT: &str = "daemonset-controller";
/// The label that tells the revisions of a set's pods apart.
const HASH: &str = "controller-revision-hash";

/// The controller of daemon sets.
pub(crate) struct DaemonSets;

impl Controller for DaemonSets {
    fn name(&self) -> &'static str {
        COMPONENT
    }

    fn keys(&mut self, change: &Change, cluster: &dyn Cluster) -> Vec<Key> {
        if GroupKind::of(change.object()) == NODE {
            let part = |node: &Option<Arc<Value>>| {
                let node = node.as_deref()?;
                Some((
                    at(node, "spec").clone(),
                    at(node, "metadata.labels").clone(),
                ))
            };
            if part(&change.before) == part(&change.after) {
                return Vec::new();
            }
            let sets = cluster.list(DAEMON_SET, "");
            return sets.iter().map(|set| Key::of(set)).collect();
        }
        own_key(change, DAEMON_SET)
            .or_else(|| owner_key(change, POD, DAEMON_SET))
            .into_iter()
            .collect()
    }

    fn sync(&mut self, key: &Key, cluster: &mut dyn Cluster) -> Option<Timestamp> {
        let set = cluster.get(DAEMON_SET, &key.namespace, &key.name)?;
        let nodes = cluster.list(NODE, "");
        let pods = controlled(cluster, POD, &set);
        let view = View::new(&set, &nodes, &pods, cluster.now());
        let decision = decide(&view);
        let mut again = decision.again;
        for action in decision.actions {
            let event = match action {
                Action::Create(pod) => match cluster.create(Writer::ControllerManager, pod) {
                    Ok(made) => {
                        let message = format!("Created pod: {}", name(&made));
                        Event::normal(&set, "SuccessfulCreate", message)
                    }
                    Err(refusal) => {
                        let soon = later(cluster.now(), 10);
                        again = Some(again.map_or(soon, |time| time.min(soon)));
                        let message = format!("Error creating: {}", refusal.message);
                        Event::warning(&set, "FailedCreate", message)
                    }
                },
                Action::Delete(pod) => {
                    let message = format!("Deleted pod: {}", name(&pod));
                    let deletion = Action::Delete(pod);
                    let _ = perform(cluster, Writer::ControllerManager, COMPONENT, deletion);
                    Event::normal(&set, "SuccessfulDelete", message)
                }
                other => {
                    let _ = perform(cluster, Writer::ControllerManager, COMPONENT, other);
                    continue;
                }
            };
            record(cluster, Writer::ControllerManager, COMPONENT, &event);
        }
        again
    }
}

/// What a decision about a set knows.
struct View<'a> {
    set: &'a Value,
    /// The nodes that are to have a pod.
    wanted: Vec<&'a str>,
    /// The pods by the node they are for.
    by_node: BTreeMap<&'a str, Vec<&'a Arc<Value>>>,
    hash: String,
    now: Timestamp,
}

impl<'a> View<'a> {
    fn new(
        set: &'a Value,
        nodes: &'a [Arc<Value>],
        pods: &'a [Arc<Value>],
        now: Timestamp,
    ) -> Self {
        let probe = pods::make(set, "", "");
        let takes = |node: &&Arc<Value>| may_run(&probe, node) && !is_terminating(node);
        let mut by_node: BTreeMap<&str, Vec<&Arc<Value>>> = BTreeMap::new();
        for pod in pods {
            by_node.entry(node_of(pod)).or_default().push(pod);
        }
        Self {
            set,
            wanted: nodes.iter().filter(takes).map(|node| name(node)).collect(),
            by_node,
            hash: template::hash(at(set, "spec.template"), None),
            now,
        }
    }

    /// The pods that are for a node.
    fn at(&self, node: &str) -> &[&'a Arc<Value>] {
        self.by_node.get(node).map_or(&[], Vec::as_slice)
    }

    fn patience(&self) -> i64 {
        super::json::count(self.set, "spec.minReadySeconds")
    }

    fn is_new(&self, pod: &Value) -> bool {
        super::json::label(pod, HASH) == Some(&self.hash)
    }

    fn is_well(&self, pod: &Value) -> bool {
        !is_terminating(pod) && is_available(pod, self.patience(), self.now)
    }
}

/// One step of a set.
fn decide(view: &View<'_>) -> Decision {
    let mut decision = Decision::default();
    if !is_terminating(view.set) {
        place(view, &mut decision);
        if text(view.set, "spec.updateStrategy.type") != "OnDelete" {
            replace(view, &mut decision);
        }
    }
    for pods in view.by_node.values() {
        for pod in pods {
            let from = available_from(pod, view.patience());
            if let Some(from) = from.filter(|&from| from > view.now) {
                decision.look_again(from);
            }
        }
    }
    decision.actions.extend(status::report(view));
    decision
}

/// A pod for each node that wants one, none for those that do not.
fn place(view: &View<'_>, decision: &mut Decision) {
    for node in &view.wanted {
        let pods = view.at(node);
        for pod in pods
            .iter()
            .filter(|pod| is_finished(pod) && !is_terminating(pod))
        {
            decision.push(Action::Delete(Arc::clone(pod)));
        }
        if pods.is_empty() {
            decision.push(Action::Create(pods::make(view.set, node, &view.hash)));
        }
    }
    for (node, pods) in &view.by_node {
        if !view.wanted.contains(node) {
            for pod in pods.iter().filter(|pod| !is_terminating(pod)) {
                decision.push(Action::Delete(Arc::clone(pod)));
            }
        }
    }
}

/// How many of the nodes a field of the rolling update means.
fn allowed(view: &View<'_>, field: &str) -> i64 {
    let path = format!("spec.updateStrategy.rollingUpdate.{field}");
    let total = view.wanted.len() as i64;
    super::deployment::rollout::resolve(at(view.set, &path), total, true)
}

/// Replaces old pods: as many as may be missing at a time, or as many as there may be more.
fn replace(view: &View<'_>, decision: &mut Decision) {
    match allowed(view, "maxSurge") {
        0 => replace_in_place(view, decision),
        more => surge(view, more, decision),
    }
}

/// Deletes old pods, those that do not work first; new ones take their places.
fn replace_in_place(view: &View<'_>, decision: &mut Decision) {
    let total = view.wanted.len() as i64;
    let well = |node: &&&str| view.at(node).iter().any(|pod| view.is_well(pod));
    let missing = total - view.wanted.iter().filter(well).count() as i64;
    let mut room = (allowed(view, "maxUnavailable").max(1) - missing).max(0);
    for node in &view.wanted {
        for pod in view
            .at(node)
            .iter()
            .filter(|pod| !view.is_new(pod) && !is_terminating(pod))
        {
            if !view.is_well(pod) {
                decision.push(Action::Delete(Arc::clone(pod)));
            } else if room > 0 {
                room -= 1;
                decision.push(Action::Delete(Arc::clone(pod)));
            }
        }
    }
}

/// Makes new pods beside old ones, which go when theirs is available; at once where the old one does
/// not work.
fn surge(view: &View<'_>, more: i64, decision: &mut Decision) {
    let (mut begun, mut candidates) = (0, Vec::new());
    for node in &view.wanted {
        let pods = view.at(node).iter().copied();
        let pods = pods.filter(|pod| !is_terminating(pod));
        let (new, old): (Vec<&Arc<Value>>, Vec<&Arc<Value>>) =
            pods.partition(|pod| view.is_new(pod));
        match (new.first(), old.first()) {
            (_, None) => {}
            (None, Some(old)) if !view.is_well(old) => {
                decision.push(Action::Create(pods::make(view.set, node, &view.hash)));
            }
            (None, Some(_)) => candidates.push(node),
            (Some(new), Some(_)) => {
                begun += 1;
                if view.is_well(new) {
                    let old = old.into_iter().map(Arc::clone);
                    decision.actions.extend(old.map(Action::Delete));
                }
            }
        }
    }
    let room = usize::try_from(more - begun).unwrap_or(0);
    for node in candidates.into_iter().take(room) {
        decision.push(Action::Create(pods::make(view.set, node, &view.hash)));
    }
}
