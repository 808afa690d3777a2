//! Objects through time, as text: pure functions from what was seen.

use super::names::Names;
use super::observe::{Seen, Track};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// Fields whose way through a step is free, so that only where they come to is told: kind (`*` is
/// any), field, and why.
pub(super) const FREE: [(&str, &str, &str); 10] = [
    (
        "*",
        "status.observedGeneration",
        "a generation may be passed over",
    ),
    (
        "Deployment",
        "status.replicas",
        "sets grow and shrink at the same time",
    ),
    (
        "Deployment",
        "status.updatedReplicas",
        "sets grow and shrink at the same time",
    ),
    (
        "Deployment",
        "status.unavailableReplicas",
        "sets grow and shrink at the same time",
    ),
    (
        "Deployment",
        "status.terminatingReplicas",
        "pods without a node go at once",
    ),
    (
        "ReplicaSet",
        "status.terminatingReplicas",
        "pods without a node go at once",
    ),
    (
        "StatefulSet",
        "status.replicas",
        "a pod may be gone and back between two looks",
    ),
    (
        "Job",
        "status.terminating",
        "pods without a node go at once",
    ),
    (
        "Job",
        "status.uncountedTerminatedPods",
        "pods are counted in one look or in several",
    ),
    (
        "PersistentVolume",
        "status.lastPhaseTransitionTime",
        "only a time",
    ),
];

/// The parts of a spec that controllers write.
const SPEC: [&str; 7] = [
    "replicas",
    "suspend",
    "volumeName",
    "nodeName",
    "claimRef",
    "finalizers",
    "parallelism",
];

/// An object's fields that are followed, by path. Conditions stand under their type.
type Facets = BTreeMap<String, String>;

/// What happened since the last step.
pub(super) fn step(seen: &Seen, names: &Names) -> String {
    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    for track in seen.tracks.iter().filter(|track| track.kind != "Event") {
        if let Some(text) = changes(track, names) {
            *told.entry(text).or_default() += 1;
        }
    }
    for track in seen.tracks.iter().filter(|track| track.kind == "Event") {
        if track.told == 0 {
            let number = told.entry(event(track.last(), names)).or_default();
            if *number == 0 || track.last()["type"] != "Warning" {
                *number += 1;
            }
        }
    }
    grouped(&told)
}

/// Everything that is there at the end, whole.
pub(super) fn end(seen: &Seen, names: &Names) -> String {
    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    for track in &seen.tracks {
        if track.gone || track.kind == "Event" {
            continue;
        }
        let mut lines = vec![format!("{}/{}", track.kind, names.mask(&track.name))];
        let facets = facets(track.last(), names, true);
        lines.extend(
            facets
                .iter()
                .map(|(path, value)| format!("  {path}: {value}")),
        );
        lines.extend(managers(track.last(), names));
        *told.entry(lines.join("\n") + "\n").or_default() += 1;
    }
    grouped(&told)
}

/// Texts, each once, with how many are alike.
fn grouped(told: &BTreeMap<String, usize>) -> String {
    told.iter()
        .map(|(text, number)| match number {
            1 => text.clone(),
            number => format!("{number} × {text}"),
        })
        .collect()
}

fn event(event: &Value, names: &Names) -> String {
    let about = &event["involvedObject"];
    let word = |value: &Value| names.mask(value.as_str().unwrap_or_default());
    let text = format!(
        "event {}/{} {} {} ({}): {}",
        word(&about["kind"]),
        word(&about["name"]),
        word(&event["type"]),
        word(&event["reason"]),
        word(&event["source"]["component"]),
        word(&event["message"]),
    );
    match about["fieldPath"].as_str() {
        Some(path) => format!("{text} at {path}\n"),
        None => text + "\n",
    }
}

/// What became of one object since the last step; nothing where nothing did.
fn changes(track: &Track, names: &Names) -> Option<String> {
    let new = track.states.get(track.told..).unwrap_or_default();
    let goes = track.gone && !track.gone_told;
    if new.is_empty() && !goes {
        return None;
    }
    let before = track
        .told
        .checked_sub(1)
        .and_then(|last| track.states.get(last))
        .map(|state| facets(state, names, false));
    let is_new = before.is_none();
    let states: Vec<Facets> = before
        .into_iter()
        .chain(new.iter().map(|state| facets(state, names, false)))
        .collect();
    let paths: BTreeSet<&String> = states.iter().flat_map(BTreeMap::keys).collect();
    let mut lines = Vec::new();
    for path in paths {
        let way = states
            .iter()
            .map(|facets| facets.get(path).map(String::as_str));
        let is_free = FREE.iter().any(|(kind, field, _)| {
            (*kind == "*" || *kind == track.kind) && path.starts_with(field)
        });
        if let Some(way) = fold(way, is_free, is_new) {
            lines.push(format!("  {path}: {way}"));
        }
    }
    let head = match (is_new, goes) {
        (true, true) => "comes and goes",
        (true, false) => "comes",
        (false, true) => "goes",
        (false, false) if lines.is_empty() => return None,
        (false, false) => "changes",
    };
    lines.insert(
        0,
        format!("{}/{} {head}", track.kind, names.mask(&track.name)),
    );
    Some(lines.join("\n") + "\n")
}

/// The way of one field, repeats folded; nothing where it has not changed.
fn fold<'a>(
    way: impl Iterator<Item = Option<&'a str>>,
    is_free: bool,
    is_new: bool,
) -> Option<String> {
    let mut way: Vec<Option<&str>> = way.collect();
    way.dedup();
    let is_count = |value: Option<&str>| value.is_none_or(|text| text.parse::<i64>().is_ok());
    if way.iter().copied().all(is_count) && way.iter().any(Option::is_some) {
        let mut counts: Vec<i64> = way
            .iter()
            .map(|value| value.and_then(|text| text.parse().ok()).unwrap_or(0))
            .collect();
        if is_new {
            counts.insert(0, 0);
        }
        let counts = turning_points(&counts, is_free);
        return (counts.len() > 1).then(|| join(counts.iter().map(ToString::to_string)));
    }
    if is_free && way.len() > 2 {
        way.drain(1..way.len() - 1);
        way.dedup();
    }
    if is_new {
        // What was not there before the object was is not worth a word.
        while way.len() > 1 && way[0].is_none() {
            way.remove(0);
        }
    } else if way.len() < 2 {
        return None;
    }
    Some(join(
        way.into_iter().map(|value| value.unwrap_or("–").to_owned()),
    ))
}

fn join(words: impl Iterator<Item = String>) -> String {
    words.collect::<Vec<_>>().join(" → ")
}

/// The first value, the last, and every one at which a rise becomes a fall or a fall a rise.
fn turning_points(counts: &[i64], ends_only: bool) -> Vec<i64> {
    let mut out: Vec<i64> = Vec::new();
    for &count in counts {
        match out.as_slice() {
            [.., last] if *last == count => {}
            [_, .., last] if ends_only => {
                debug_assert!(*last != count);
                out[1] = count;
            }
            [.., before, last] if (before < last) == (*last < count) => {
                let end = out.len() - 1;
                out[end] = count;
            }
            _ => out.push(count),
        }
    }
    out.dedup();
    out
}

/// The fields of an object that are followed; `whole` adds those that only the end tells.
fn facets(object: &Value, names: &Names, whole: bool) -> Facets {
    let mut out = Facets::new();
    let metadata = &object["metadata"];
    for part in ["labels", "annotations"] {
        for (key, value) in metadata[part].as_object().into_iter().flatten() {
            let text = names.mask(value.as_str().unwrap_or_default());
            out.insert(format!("metadata.{part}.{key}"), text);
        }
    }
    for part in ["finalizers", "deletionTimestamp"] {
        leaf(
            &mut out,
            &format!("metadata.{part}"),
            &metadata[part],
            names,
        );
    }
    for owner in metadata["ownerReferences"].as_array().into_iter().flatten() {
        let word = |key: &str| names.mask(owner[key].as_str().unwrap_or_default());
        let flags = ["controller", "blockOwnerDeletion"].map(|key| owner[key] == true);
        out.insert(
            format!("metadata.owner.{}/{}", word("kind"), word("name")),
            format!("controller {}, blocks {}", flags[0], flags[1]),
        );
    }
    if whole {
        leaf(
            &mut out,
            "metadata.generation",
            &metadata["generation"],
            names,
        );
    }
    for key in SPEC {
        leaf(
            &mut out,
            &format!("spec.{key}"),
            &object["spec"][key],
            names,
        );
    }
    for (key, value) in object["status"].as_object().into_iter().flatten() {
        if key == "conditions" {
            conditions(&mut out, value, names);
        } else {
            flatten(&mut out, &format!("status.{key}"), value, names);
        }
    }
    if object["kind"] == "ControllerRevision" {
        leaf(&mut out, "revision", &object["revision"], names);
    }
    out
}

fn conditions(out: &mut Facets, list: &Value, names: &Names) {
    for one in list.as_array().into_iter().flatten() {
        let word = |key: &str| names.mask(one[key].as_str().unwrap_or_default());
        let text = format!("{} {}: {}", word("status"), word("reason"), word("message"));
        out.insert(format!("status.condition.{}", word("type")), text);
    }
}

fn flatten(out: &mut Facets, path: &str, value: &Value, names: &Names) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                flatten(out, &format!("{path}.{key}"), value, names);
            }
        }
        _ => leaf(out, path, value, names),
    }
}

fn leaf(out: &mut Facets, path: &str, value: &Value, names: &Names) {
    if !value.is_null() {
        let text = match value {
            Value::String(text) => names.mask(text),
            _ => masked(value, names).to_string(),
        };
        out.insert(path.to_owned(), text);
    }
}

/// A value with the strings in it masked, without what only times and versions say.
fn masked(value: &Value, names: &Names) -> Value {
    match value {
        Value::String(text) => names.mask(text).into(),
        Value::Array(list) => list.iter().map(|one| masked(one, names)).collect(),
        Value::Object(map) => map
            .iter()
            .filter(|(key, _)| *key != "resourceVersion")
            .map(|(key, value)| (key.clone(), masked(value, names)))
            .collect(),
        _ => value.clone(),
    }
}

/// The field managers of an object, each with its fields.
fn managers(object: &Value, names: &Names) -> Vec<String> {
    let list = object["metadata"]["managedFields"].as_array();
    let mut lines: Vec<String> = list
        .into_iter()
        .flatten()
        .map(|one| {
            let word = |key: &str| one[key].as_str().unwrap_or_default();
            format!(
                "  by {} {} {}/{}: {}",
                word("manager"),
                word("operation"),
                word("apiVersion"),
                word("subresource"),
                fields(&one["fieldsV1"], names),
            )
        })
        .collect();
    lines.sort();
    lines
}

fn fields(value: &Value, names: &Names) -> String {
    let Some(map) = value.as_object() else {
        return String::new();
    };
    let parts: Vec<String> = map
        .iter()
        .map(|(key, value)| {
            let key = names.mask(key.strip_prefix("f:").unwrap_or(key));
            match fields(value, names).as_str() {
                "" => key,
                inner => format!("{key}{{{inner}}}"),
            }
        })
        .collect();
    parts.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_keeps_what_is_law() {
        for (way, is_free, is_new, wanted) in [
            (vec![Some("A"), Some("A")], false, false, None),
            (
                vec![Some("A"), Some("B"), Some("B"), Some("A")],
                false,
                false,
                Some("A → B → A"),
            ),
            (
                vec![Some("A"), Some("B"), Some("C")],
                true,
                false,
                Some("A → C"),
            ),
            (vec![None, Some("A")], false, false, Some("– → A")),
            (vec![None, Some("A")], false, true, Some("A")),
            (
                vec![Some("0"), Some("1"), Some("3")],
                false,
                false,
                Some("0 → 3"),
            ),
            (
                vec![None, Some("1"), Some("3"), Some("2")],
                false,
                false,
                Some("0 → 3 → 2"),
            ),
            (
                vec![Some("3"), Some("4"), Some("2"), Some("3")],
                true,
                false,
                None,
            ),
            (
                vec![Some("3"), Some("4"), Some("2")],
                true,
                false,
                Some("3 → 2"),
            ),
            (vec![Some("2")], false, true, Some("0 → 2")),
        ] {
            let told = fold(way.clone().into_iter(), is_free, is_new);
            assert_eq!(told.as_deref(), wanted, "{way:?}");
        }
    }
}
