//! Affinity: of pods to nodes by labels, and of pods to and from other pods by topology.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::{Value, json};

use super::super::json::{at, has, items, label, strings, text};
use super::super::meta::{name, namespace};
use super::super::pod::{POD, is_finished};
use super::super::seam::{Cluster, GroupKind, Key};
use super::super::selector::{matches_map, matches_term, selects};

/// Whether node selector and required node affinity let a pod onto a node.
pub(super) fn node_matches(pod: &Value, node: &Value) -> bool {
    let labels = at(node, "metadata.labels");
    if !matches_map(at(pod, "spec.nodeSelector"), labels) {
        return false;
    }
    let path = "spec.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution";
    !has(pod, path)
        || items(at(pod, path), "nodeSelectorTerms")
            .iter()
            .any(|term| node_term(term, node))
}

/// Whether a node selector term holds for a node; an empty one never does.
pub(crate) fn node_term(term: &Value, node: &Value) -> bool {
    let expressions = items(term, "matchExpressions");
    let fields = items(term, "matchFields");
    let own = json!({"metadata.name": name(node)});
    !(expressions.is_empty() && fields.is_empty())
        && expressions
            .iter()
            .all(|one| matches_term(one, at(node, "metadata.labels")))
        && fields.iter().all(|one| matches_term(one, &own))
}

/// The weights of the preferred node affinities that a node meets.
pub(super) fn preference(pod: &Value, node: &Value) -> i64 {
    let path = "spec.affinity.nodeAffinity.preferredDuringSchedulingIgnoredDuringExecution";
    items(pod, path)
        .iter()
        .filter(|term| node_term(at(term, "preference"), node))
        .map(|term| term["weight"].as_i64().unwrap_or(0))
        .sum()
}

/// Where in the cluster the pods stand that a pod wants to be with, or keeps away from.
#[derive(Default)]
pub(super) struct Neighbours {
    /// One per required affinity: the topology key, and its values where such pods are. None where
    /// any place will do, because the pod is the first of its own kind.
    wanted: Vec<(String, Option<BTreeSet<String>>)>,
    /// One per required anti-affinity of the pod.
    avoided: Vec<(String, BTreeSet<String>)>,
    /// Places where pods are that keep away from this one.
    closed: Vec<(String, String)>,
}

const REQUIRED: &str = "requiredDuringSchedulingIgnoredDuringExecution";

impl Neighbours {
    pub(super) fn around(
        pod: &Value,
        nodes: &[Arc<Value>],
        keepers: &BTreeSet<Key>,
        cluster: &dyn Cluster,
    ) -> Self {
        let attracted = terms(pod, "podAffinity");
        let repelled = terms(pod, "podAntiAffinity");
        let all = if attracted.is_empty() && repelled.is_empty() {
            Vec::new()
        } else {
            cluster.list(POD, "")
        };
        let place = |other: &Value, key: &str| -> Option<String> {
            let node = nodes
                .iter()
                .find(|node| name(node) == text(other, "spec.nodeName"))?;
            label(node, key).map(str::to_owned)
        };
        let places = |term: &Value| -> BTreeSet<String> {
            let key = text(term, "topologyKey");
            all.iter()
                .filter(|other| !is_finished(other) && has(other, "spec.nodeName"))
                .filter(|other| concerns(term, pod, other, cluster))
                .filter_map(|other| place(other, key))
                .collect()
        };
        let wanted = attracted.iter().map(|term| {
            let found = places(term);
            let own = concerns(term, pod, pod, cluster);
            let key = text(term, "topologyKey").to_owned();
            (key, (!(found.is_empty() && own)).then_some(found))
        });
        let avoided = repelled.iter();
        let avoided = avoided.map(|term| (text(term, "topologyKey").to_owned(), places(term)));
        let mut closed = Vec::new();
        for keeper in keepers {
            let Some(other) = cluster.get(POD, &keeper.namespace, &keeper.name) else {
                continue;
            };
            for term in terms(&other, "podAntiAffinity") {
                let key = text(term, "topologyKey");
                if concerns(term, &other, pod, cluster)
                    && let Some(place) = place(&other, key)
                {
                    closed.push((key.to_owned(), place));
                }
            }
        }
        Self {
            wanted: wanted.collect(),
            avoided: avoided.collect(),
            closed,
        }
    }
}

/// The required terms of one kind of affinity to pods.
fn terms<'a>(pod: &'a Value, kind: &str) -> &'a [Value] {
    items(at(at(pod, "spec.affinity"), kind), REQUIRED)
}

/// Whether a pod keeps others away from where it is.
pub(super) fn keeps_away(pod: &Value) -> bool {
    !terms(pod, "podAntiAffinity").is_empty()
}

/// Whether an affinity term of `owner` is about `other`.
fn concerns(term: &Value, owner: &Value, other: &Value, cluster: &dyn Cluster) -> bool {
    let names = strings(term, "namespaces");
    let selector = at(term, "namespaceSelector");
    let home = namespace(other);
    let in_scope = if selector.is_null() && names.is_empty() {
        home == namespace(owner)
    } else {
        names.contains(&home)
            || cluster
                .get(GroupKind::new("", "Namespace"), "", home)
                .is_some_and(|home| selects(selector, at(&home, "metadata.labels")))
    };
    in_scope && selects(at(term, "labelSelector"), at(other, "metadata.labels"))
}

/// Why affinity to other pods speaks against a node, and whether other pods going away could help.
pub(super) fn against(neighbours: &Neighbours, node: &Value) -> Option<(&'static str, bool)> {
    let missing = neighbours
        .wanted
        .iter()
        .any(|(key, places)| match (label(node, key), places) {
            (None, _) => true,
            (Some(place), Some(places)) => !places.contains(place),
            (Some(_), None) => false,
        });
    if missing {
        return Some(("node(s) didn't match pod affinity rules", false));
    }
    let near = |(key, places): &(String, BTreeSet<String>)| {
        label(node, key).is_some_and(|place| places.contains(place))
    };
    if neighbours.avoided.iter().any(near) {
        return Some(("node(s) didn't match pod anti-affinity rules", true));
    }
    let shut = |(key, place): &(String, String)| label(node, key) == Some(place);
    neighbours.closed.iter().any(shut).then_some((
        "node(s) didn't satisfy existing pods anti-affinity rules",
        true,
    ))
}
