//! A stable order that respects the edges, or the cycle that prevents one.

use super::edges::Links;
use crate::object::{Object, ObjectId};
use ahash::AHashMap;
use std::{
    cmp::Reverse,
    collections::{BTreeSet, BinaryHeap},
};

/// The positions of `objects` in an order in which everything stands after what it waits for; or,
/// for every knot of objects that wait for each other, one cycle: each waits for the next, the last
/// for the first.
///
/// Among objects that could stand next, namespaces come first, then what others use, then by kind
/// and name: the order depends on the objects alone, not on where they stood.
pub(crate) fn order(objects: &[Object], links: &Links) -> Result<Vec<usize>, Vec<Vec<usize>>> {
    let mut waiting = vec![0_usize; objects.len()];
    let mut after: Vec<Vec<usize>> = vec![Vec::new(); objects.len()];
    for (first, second) in links.keys() {
        waiting[*second] += 1;
        after[*first].push(*second);
    }
    let families = families(objects);
    let entry =
        |position: usize| Reverse((families[position], &objects[position].id.name, position));
    let free = (0..objects.len()).filter(|position| waiting[*position] == 0);
    let mut next: BinaryHeap<_> = free.map(entry).collect();
    let mut sorted = Vec::with_capacity(objects.len());
    while let Some(Reverse((_, _, position))) = next.pop() {
        sorted.push(position);
        for second in &after[position] {
            waiting[*second] -= 1;
            if waiting[*second] == 0 {
                next.push(entry(*second));
            }
        }
    }
    if sorted.len() == objects.len() {
        return Ok(sorted);
    }
    Err(cycles(objects, links, &waiting))
}

/// Group, kind and namespace.
type Family<'a> = (&'a str, &'a str, Option<&'a str>);

/// For each object what comes before its name in the order: its rank, and the place of its family
/// among all. Thousands of objects are of few of them.
fn families(objects: &[Object]) -> Vec<(u8, usize)> {
    let mut places: AHashMap<Family<'_>, usize> = AHashMap::new();
    places.extend(objects.iter().map(|object| (family_of(&object.id), 0)));
    let mut sorted: Vec<Family<'_>> = places.keys().copied().collect();
    sorted.sort_unstable();
    places.extend(
        sorted
            .into_iter()
            .enumerate()
            .map(|(place, family)| (family, place)),
    );
    let objects = objects.iter().map(|object| &object.id);
    objects
        .map(|id| (rank(id), places[&family_of(id)]))
        .collect()
}

fn family_of(id: &ObjectId) -> Family<'_> {
    (&id.group, &id.kind, id.namespace.as_deref())
}

/// What comes first among things that do not wait for each other.
fn rank(id: &ObjectId) -> u8 {
    match (id.group.as_str(), id.kind.as_str()) {
        ("", "Namespace") => 0,
        ("apiextensions.k8s.io", _) => 1,
        (_, kind) if kind.ends_with("Class") => 2,
        ("", "ResourceQuota" | "LimitRange") => 3,
        ("", "ServiceAccount") | ("rbac.authorization.k8s.io", _) => 4,
        ("", "ConfigMap" | "Secret") => 5,
        ("", "PersistentVolume" | "PersistentVolumeClaim") => 6,
        ("networking.k8s.io", "NetworkPolicy") | ("policy", _) => 7,
        ("", "Service") => 8,
        ("apps", "StatefulSet") => 9,
        ("apps" | "batch" | "", _) => 10,
        ("admissionregistration.k8s.io" | "apiregistration.k8s.io", _) => 12,
        _ => 11,
    }
}

/// One cycle for every knot among the objects that could not be sorted.
fn cycles(objects: &[Object], links: &Links, waiting: &[usize]) -> Vec<Vec<usize>> {
    let mut before: Vec<Vec<usize>> = vec![Vec::new(); objects.len()];
    for (first, second) in links.keys() {
        if waiting[*first] > 0 && waiting[*second] > 0 {
            before[*second].push(*first);
        }
    }
    let mut stuck: Vec<usize> = (0..objects.len())
        .filter(|position| waiting[*position] > 0)
        .collect();
    stuck.sort_by_key(|position| &objects[*position].id);
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for start in stuck {
        // Everything that is stuck waits for something stuck: walking back must meet itself.
        let mut path = vec![start];
        while let Some(previous) = path.last().and_then(|last| before[*last].first()).copied() {
            if !seen.insert(path[path.len() - 1]) {
                break;
            }
            if let Some(begin) = path.iter().position(|position| *position == previous) {
                found.push(smallest_first(path.split_off(begin), objects));
                break;
            }
            path.push(previous);
        }
    }
    found
}

fn smallest_first(mut cycle: Vec<usize>, objects: &[Object]) -> Vec<usize> {
    let smallest = (0..cycle.len()).min_by_key(|index| &objects[cycle[*index]].id);
    cycle.rotate_left(smallest.unwrap_or_default());
    cycle
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::environment::EdgeKind;
    use crate::object::Origin;
    use proptest::prelude::*;
    use serde_json::json;

    fn objects(count: usize) -> Vec<Object> {
        (0..count)
            .map(|name| {
                let value = json!({ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": format!("{name:03}") } });
                Object::new(value, Origin::default())
            })
            .collect()
    }

    fn links(pairs: impl IntoIterator<Item = (usize, usize)>) -> Links {
        pairs
            .into_iter()
            .map(|pair| (pair, (EdgeKind::Applied, "uses")))
            .collect()
    }

    #[test]
    fn names_decide_where_edges_do_not() {
        assert_eq!(
            order(&objects(4), &links([(3, 0), (2, 1)])),
            Ok(vec![2, 1, 3, 0])
        );
    }

    #[test]
    fn each_knot_is_reported_once_as_a_path() {
        let knots = links([(0, 1), (1, 2), (2, 0), (3, 4), (4, 3), (4, 5)]);
        assert_eq!(
            order(&objects(6), &knots),
            Err(vec![vec![0, 2, 1], vec![3, 4]])
        );
    }

    proptest! {
        #[test]
        fn every_edge_is_respected_wherever_objects_stand(
            pairs in proptest::collection::vec((0_usize..20, 0_usize..20), 0..60),
            shift in 0_usize..20,
        ) {
            let forward = links(pairs.into_iter().filter(|(a, b)| a < b));
            let all = objects(20);
            let sorted = order(&all, &forward).unwrap();
            for (before, after) in forward.keys() {
                let place = |wanted: &usize| sorted.iter().position(|position| position == wanted);
                prop_assert!(place(before) < place(after));
            }
            // The same objects, standing elsewhere: the same order of names.
            let mut moved = all.clone();
            moved.rotate_left(shift);
            let there = |position: usize| (position + 20 - shift) % 20;
            let moved_links = links(forward.keys().map(|(a, b)| (there(*a), there(*b))));
            let again = order(&moved, &moved_links).unwrap();
            let names = |objects: &[Object], order: &[usize]| -> Vec<String> {
                order.iter().map(|position| objects[*position].id.name.clone()).collect()
            };
            prop_assert_eq!(names(&all, &sorted), names(&moved, &again));
        }
    }
}
