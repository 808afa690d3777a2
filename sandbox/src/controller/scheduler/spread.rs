//! Topology spread constraints that are conditions (`DoNotSchedule`).

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::super::json::{at, has, int, items, label, strings, text};
use super::super::meta::{is_terminating, name, namespace};
use super::super::pod::{POD, is_finished};
use super::super::seam::Cluster;
use super::super::selector::selects;
use super::affinity;

/// The constraints of one pod with the counts of today.
#[derive(Default)]
pub(super) struct Spread(Vec<Constraint>);

struct Constraint {
    key: String,
    most: i64,
    /// Whether the pod counts itself.
    own: i64,
    counts: BTreeMap<String, i64>,
    least: i64,
}

impl Spread {
    pub(super) fn of(pod: &Value, nodes: &[Arc<Value>], cluster: &dyn Cluster) -> Self {
        let hard = items(pod, "spec.topologySpreadConstraints")
            .iter()
            .filter(|one| text(one, "whenUnsatisfiable") != "ScheduleAnyway");
        Self(
            hard.map(|one| Constraint::of(one, pod, nodes, cluster))
                .collect(),
        )
    }
}

impl Constraint {
    fn of(constraint: &Value, pod: &Value, nodes: &[Arc<Value>], cluster: &dyn Cluster) -> Self {
        let key = text(constraint, "topologyKey");
        // Only nodes that the pod may go to count, and each of their places counts, empty or not.
        let open =
            |node: &&Arc<Value>| affinity::node_matches(pod, node) && label(node, key).is_some();
        let mut counts: BTreeMap<String, i64> = BTreeMap::new();
        let mut place_of: BTreeMap<&str, &str> = BTreeMap::new();
        for node in nodes.iter().filter(open) {
            if let Some(place) = label(node, key) {
                counts.entry(place.to_owned()).or_default();
                place_of.insert(name(node), place);
            }
        }
        let labels = at(pod, "metadata.labels");
        let keys = strings(constraint, "matchLabelKeys");
        let counted = |other: &Value| {
            let others = at(other, "metadata.labels");
            selects(at(constraint, "labelSelector"), others)
                && keys.iter().all(|key| labels.get(key) == others.get(key))
        };
        for other in cluster.list(POD, namespace(pod)) {
            if has(&other, "spec.nodeName")
                && !is_finished(&other)
                && !is_terminating(&other)
                && counted(&other)
                && let Some(place) = place_of.get(text(&other, "spec.nodeName"))
            {
                *counts.entry((*place).to_owned()).or_default() += 1;
            }
        }
        let domains = int(constraint, "minDomains").unwrap_or(1);
        let least = if (counts.len() as i64) < domains {
            0
        } else {
            counts.values().min().copied().unwrap_or(0)
        };
        Self {
            key: key.to_owned(),
            most: int(constraint, "maxSkew").unwrap_or(1),
            own: i64::from(counted(pod)),
            counts,
            least,
        }
    }
}

/// Why spreading speaks against a node.
pub(super) fn against(spread: &Spread, node: &Value) -> Option<&'static str> {
    spread.0.iter().find_map(|constraint| {
        let Some(place) = label(node, &constraint.key) else {
            return Some(
                "node(s) didn't match pod topology spread constraints (missing required label)",
            );
        };
        let there = constraint.counts.get(place).copied().unwrap_or(0);
        (there + constraint.own - constraint.least > constraint.most)
            .then_some("node(s) didn't match pod topology spread constraints")
    })
}
