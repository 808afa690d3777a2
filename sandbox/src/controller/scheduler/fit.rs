//! Whether a node can take a pod, and the words for why not.

use std::collections::BTreeSet;
use std::sync::Arc;

use serde_json::Value;

use super::super::json::{flag, items, text};
use super::super::seam::{Cluster, Key};
use super::affinity::{self, Neighbours};
use super::request::Request;
use super::spread::{self, Spread};

/// A reason against a node.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Reason {
    text: String,
    /// Whether the reason is in the pod itself, the same for all nodes.
    whole: bool,
    /// Whether other pods going away could help.
    helped: bool,
}

impl Reason {
    /// A reason of one node; `helped` where other pods going away could help.
    pub(super) fn node(text: impl Into<String>, helped: bool) -> Self {
        Self {
            text: text.into(),
            whole: false,
            helped,
        }
    }

    /// A reason that no node has a part in.
    pub(super) fn pod(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            whole: true,
            helped: false,
        }
    }
}

/// What is the same for all nodes while one pod is looked at.
pub(super) struct Snapshot<'a> {
    pod: &'a Value,
    request: Request,
    neighbours: Neighbours,
    spread: Spread,
}

impl<'a> Snapshot<'a> {
    pub(super) fn new(
        pod: &'a Value,
        nodes: &[Arc<Value>],
        keepers: &BTreeSet<Key>,
        cluster: &dyn Cluster,
    ) -> Self {
        Self {
            pod,
            request: Request::of_pod(pod),
            neighbours: Neighbours::around(pod, nodes, keepers, cluster),
            spread: Spread::of(pod, nodes, cluster),
        }
    }
}

/// Whether a node lets a pod onto it, room aside: taints, selector and node affinity.
pub(crate) fn may_run(pod: &Value, node: &Value) -> bool {
    closed(pod, node).is_none()
}

/// What of the node itself speaks against it.
fn closed(pod: &Value, node: &Value) -> Option<Reason> {
    let tolerations = items(pod, "spec.tolerations");
    if flag(node, "spec.unschedulable") {
        let taint =
            serde_json::json!({"key": "node.kubernetes.io/unschedulable", "effect": "NoSchedule"});
        if !tolerations
            .iter()
            .any(|toleration| tolerates(toleration, &taint))
        {
            return Some(Reason::node("node(s) were unschedulable", false));
        }
    }
    let hard = items(node, "spec.taints").iter().find(|taint| {
        matches!(text(taint, "effect"), "NoSchedule" | "NoExecute")
            && !tolerations
                .iter()
                .any(|toleration| tolerates(toleration, taint))
    });
    if let Some(taint) = hard {
        let (key, value) = (text(taint, "key"), text(taint, "value"));
        return Some(Reason::node(
            format!("node(s) had untolerated taint {{{key}: {value}}}"),
            false,
        ));
    }
    if !affinity::node_matches(pod, node) {
        return Some(Reason::node(
            "node(s) didn't match Pod's node affinity/selector",
            false,
        ));
    }
    None
}

/// What speaks against a node; nothing if it can take the pod.
pub(super) fn against(
    snapshot: &Snapshot<'_>,
    node: &Value,
    used: Option<(&Request, i64)>,
) -> Vec<Reason> {
    let pod = snapshot.pod;
    if let Some(reason) = closed(pod, node) {
        return vec![reason];
    }
    let short = short_of(&snapshot.request, node, used);
    if !short.is_empty() {
        return short;
    }
    if let Some(text) = spread::against(&snapshot.spread, node) {
        return vec![Reason::node(text, !text.contains("missing"))];
    }
    affinity::against(&snapshot.neighbours, node)
        .map(|(text, helped)| vec![Reason::node(text, helped)])
        .unwrap_or_default()
}

fn short_of(request: &Request, node: &Value, used: Option<(&Request, i64)>) -> Vec<Reason> {
    let whole = Request::allocatable(node);
    let mut reasons = Vec::new();
    let most = whole.get("pods");
    if most > 0 && used.is_some_and(|(_, pods)| i128::from(pods) >= most) {
        reasons.push(Reason::node("Too many pods", true));
    }
    for (resource, amount) in request.iter().filter(|(_, amount)| *amount > 0) {
        let taken = used.map_or(0, |(used, _)| used.get(resource));
        if amount > whole.get(resource) - taken {
            let helped = amount <= whole.get(resource);
            reasons.push(Reason::node(format!("Insufficient {resource}"), helped));
        }
    }
    reasons
}

/// Whether a toleration lets a taint pass.
pub(crate) fn tolerates(toleration: &Value, taint: &Value) -> bool {
    let effect = text(toleration, "effect");
    let key = text(toleration, "key");
    let any_key = key.is_empty() && text(toleration, "operator") == "Exists";
    (effect.is_empty() || effect == text(taint, "effect"))
        && (any_key || key == text(taint, "key"))
        && (text(toleration, "operator") == "Exists"
            || text(toleration, "value") == text(taint, "value"))
}

/// The scheduler's sentence: how many of the nodes would do, and what is against the others.
pub(super) fn message(nodes: usize, reasons: &[(usize, Reason)]) -> String {
    let mut parts: Vec<String> = reasons
        .iter()
        .map(|(count, reason)| {
            if reason.whole {
                reason.text.clone()
            } else {
                format!("{count} {}", reason.text)
            }
        })
        .collect();
    parts.sort();
    let said = format!("0/{nodes} nodes are available: {}.", parts.join(", "));
    // What is against every node from the start ends the attempt before preemption, with an error.
    if reasons.iter().any(|(_, reason)| reason.whole) {
        return format!("{said} not found");
    }
    // A node may have several reasons: it is helped only if all of them could be.
    let helped: usize = reasons
        .iter()
        .filter(|(_, reason)| reason.helped)
        .map(|(count, _)| *count)
        .max()
        .unwrap_or(0);
    let beyond: usize = reasons
        .iter()
        .filter(|(_, reason)| !reason.helped)
        .map(|(count, _)| *count)
        .sum();
    let beyond = beyond.min(nodes);
    let mut advice = Vec::new();
    if beyond > 0 {
        advice.push(format!("{beyond} Preemption is not helpful for scheduling"));
    }
    if helped > 0 && beyond < nodes {
        let number = nodes - beyond;
        advice.push(format!(
            "{number} No preemption victims found for incoming pod"
        ));
    }
    advice.sort();
    format!(
        "{said} no new claims to deallocate, preemption: 0/{nodes} nodes are available: {}.",
        advice.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn tolerations() {
        let taint = json!({"key": "dedicated", "value": "db", "effect": "NoSchedule"});
        for (toleration, wanted) in [
            (json!({"operator": "Exists"}), true),
            (json!({"key": "dedicated", "operator": "Exists"}), true),
            (json!({"key": "dedicated", "value": "db"}), true),
            (
                json!({"key": "dedicated", "operator": "Equal", "value": "web"}),
                false,
            ),
            (
                json!({"key": "dedicated", "operator": "Exists", "effect": "NoExecute"}),
                false,
            ),
            (json!({"key": "other", "operator": "Exists"}), false),
        ] {
            assert_eq!(tolerates(&toleration, &taint), wanted, "{toleration}");
        }
    }

    #[test]
    fn sentences() {
        let cpu = (3, Reason::node("Insufficient cpu", true));
        assert_eq!(
            message(3, &[cpu]),
            "0/3 nodes are available: 3 Insufficient cpu. no new claims to deallocate, preemption: \
             0/3 nodes are available: 3 No preemption victims found for incoming pod."
        );
        let mixed = [
            (2, Reason::node("Insufficient memory", true)),
            (
                1,
                Reason::node("node(s) had untolerated taint {a: b}", false),
            ),
        ];
        assert_eq!(
            message(3, &mixed),
            "0/3 nodes are available: 1 node(s) had untolerated taint {a: b}, 2 Insufficient memory. \
             no new claims to deallocate, preemption: 0/3 nodes are available: \
             1 Preemption is not helpful for scheduling, 2 No preemption victims found for incoming pod."
        );
        let claim = Reason::pod("pod has unbound immediate PersistentVolumeClaims");
        assert_eq!(
            message(2, &[(2, claim)]),
            "0/2 nodes are available: pod has unbound immediate PersistentVolumeClaims. not found"
        );
    }
}
