//! What comes before what.

use super::{kinds, resolve};
use crate::{
    environment::{Edge, EdgeKind},
    object::{Object, ObjectId},
};
use std::collections::{BTreeMap, BTreeSet};

/// The edges between objects: the environment's own, and those that Kubernetes itself asks for:
/// a namespace before what is in it, a definition established before its objects, a secret with a
/// generated value before those that hold the same value, webhooks after everything they would
/// judge.
pub(crate) fn edges(objects: &[Object], given: &[Edge]) -> Vec<Edge> {
    let mut edges: BTreeSet<Edge> = given.iter().copied().collect();
    let by_id: BTreeMap<&ObjectId, usize> = objects
        .iter()
        .enumerate()
        .map(|(index, object)| (&object.id, index))
        .collect();
    let namespaces: BTreeMap<&str, usize> = objects
        .iter()
        .enumerate()
        .filter(|(_, object)| kinds::is_namespace(&object.id))
        .map(|(index, object)| (object.id.name.as_str(), index))
        .collect();
    let definitions: BTreeMap<(&str, &str), usize> = objects
        .iter()
        .enumerate()
        .filter(|(_, object)| kinds::is_definition(&object.id))
        .filter_map(|(index, object)| {
            let spec = &object.value["spec"];
            let key = (spec["group"].as_str()?, spec["names"]["kind"].as_str()?);
            Some((key, index))
        })
        .collect();
    let homes = resolve::homes(objects);
    for (after, object) in objects.iter().enumerate() {
        let mut add = |before: Option<&usize>, kind| {
            if let Some(&before) = before
                && before != after
            {
                edges.insert(Edge {
                    before,
                    after,
                    kind,
                });
            }
        };
        if let Some(namespace) = &object.id.namespace {
            add(namespaces.get(namespace.as_str()), EdgeKind::Applied);
        }
        add(
            definitions.get(&(object.id.group.as_str(), object.id.kind.as_str())),
            EdgeKind::Ready,
        );
        for text in object.secrets.values() {
            for name in resolve::generated(text) {
                let home = homes.get(name).and_then(|home| by_id.get(&home.id));
                add(home, EdgeKind::Applied);
            }
        }
    }
    edges.into_iter().collect()
}

/// The objects of a circle, each waiting for the one before it; `None` when there is none.
pub(crate) fn circle(count: usize, edges: &[Edge]) -> Option<Vec<usize>> {
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); count];
    let mut waiting = vec![0_usize; count];
    let mut after: Vec<Vec<usize>> = vec![Vec::new(); count];
    for edge in edges {
        before[edge.after].push(edge.before);
        after[edge.before].push(edge.after);
        waiting[edge.after] += 1;
    }
    let mut free: Vec<usize> = (0..count).filter(|index| waiting[*index] == 0).collect();
    while let Some(index) = free.pop() {
        for &next in &after[index] {
            waiting[next] -= 1;
            if waiting[next] == 0 {
                free.push(next);
            }
        }
    }
    // Whoever still waits, waits for someone who does: going back must meet itself.
    let mut at = (0..count).find(|index| waiting[*index] > 0)?;
    let mut way = Vec::new();
    loop {
        if let Some(start) = way.iter().position(|seen| *seen == at) {
            let mut circle = way.split_off(start);
            circle.reverse();
            return Some(circle);
        }
        way.push(at);
        at = *before[at].iter().find(|index| waiting[**index] > 0)?;
    }
}

/// When a kind is deleted: the lower, the earlier. Webhooks first, what takes traffic before what
/// serves it, workloads before what they use, volumes late, what holds others last.
pub(crate) fn deletion_rank(id: &ObjectId) -> u8 {
    match (id.group.as_str(), id.kind.as_str()) {
        ("admissionregistration.k8s.io" | "apiregistration.k8s.io", _) => 0,
        ("networking.k8s.io", "Ingress") => 1,
        ("autoscaling", _) => 2,
        ("batch", "CronJob") => 3,
        ("apps" | "batch", _) | ("", "Pod" | "ReplicationController") => 5,
        ("" | "discovery.k8s.io", "Service" | "Endpoints" | "EndpointSlice") => 6,
        ("", "ConfigMap" | "Secret" | "ServiceAccount" | "ResourceQuota" | "LimitRange")
        | ("policy" | "rbac.authorization.k8s.io" | "networking.k8s.io", _) => 7,
        ("", "PersistentVolumeClaim") => 8,
        ("", "PersistentVolume") | ("storage.k8s.io" | "scheduling.k8s.io" | "node.k8s.io", _) => 9,
        ("", "Namespace") => 10,
        ("apiextensions.k8s.io", _) => 11,
        // Custom objects go before the workloads that would have to clean up after them.
        _ => 4,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::object::Origin;
    use proptest::prelude::*;
    use serde_json::{Value, json};

    fn object(value: Value) -> Object {
        Object::new(value, Origin::default())
    }

    fn edge(before: usize, after: usize, kind: EdgeKind) -> Edge {
        Edge {
            before,
            after,
            kind,
        }
    }

    #[test]
    fn namespaces_and_definitions_come_first() {
        let objects = [
            object(
                json!({"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"c","namespace":"n"}}),
            ),
            object(json!({"apiVersion":"v1","kind":"Namespace","metadata":{"name":"n"}})),
            object(
                json!({"apiVersion":"example.com/v1","kind":"Thing","metadata":{"name":"t","namespace":"m"}}),
            ),
            object(
                json!({"apiVersion":"apiextensions.k8s.io/v1","kind":"CustomResourceDefinition",
                "metadata":{"name":"things.example.com"},
                "spec":{"group":"example.com","names":{"kind":"Thing"}}}),
            ),
        ];
        assert_eq!(
            edges(&objects, &[edge(0, 2, EdgeKind::Ready)]),
            [
                edge(0, 2, EdgeKind::Ready),
                edge(1, 0, EdgeKind::Applied),
                edge(3, 2, EdgeKind::Ready),
            ]
        );
    }

    #[test]
    fn a_circle_is_named_in_order() {
        let edges = [(0, 1), (1, 2), (2, 3), (3, 1)]
            .map(|(before, after)| edge(before, after, EdgeKind::Applied));
        let mut found = circle(4, &edges).unwrap();
        let first = found.iter().position(|index| *index == 1).unwrap();
        found.rotate_left(first);
        assert_eq!(found, [1, 2, 3]);
        assert_eq!(circle(4, &edges[..3]), None);
    }

    proptest! {
        #[test]
        fn edges_that_only_go_up_have_no_circle(pairs in prop::collection::vec((0..20_usize, 0..20_usize), 0..60)) {
            let edges: Vec<Edge> = pairs
                .into_iter()
                .filter(|(a, b)| a < b)
                .map(|(a, b)| edge(a, b, EdgeKind::Applied))
                .collect();
            prop_assert_eq!(circle(20, &edges), None);
        }
    }

    #[test]
    fn what_takes_traffic_goes_before_what_serves_it() {
        let rank = |api_version: &str, kind: &str| {
            deletion_rank(&ObjectId::of(
                &json!({"apiVersion": api_version, "kind": kind}),
            ))
        };
        let order = [
            rank(
                "admissionregistration.k8s.io/v1",
                "ValidatingWebhookConfiguration",
            ),
            rank("networking.k8s.io/v1", "Ingress"),
            rank("example.com/v1", "Thing"),
            rank("apps/v1", "StatefulSet"),
            rank("v1", "Service"),
            rank("v1", "Secret"),
            rank("v1", "PersistentVolumeClaim"),
            rank("v1", "Namespace"),
            rank("apiextensions.k8s.io/v1", "CustomResourceDefinition"),
        ];
        assert!(order.is_sorted());
    }
}
