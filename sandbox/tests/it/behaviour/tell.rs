//! What was seen, as text: a step, and the end.

use super::facet::{Facets, facets, managers};
use super::fold::fold;
use super::free::{self, Free, Place};
use super::names::Names;
use super::observe::{Seen, Track};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

/// What happened since the last step: `step` of `scenario`.
pub(super) fn step(scenario: &str, step: &str, seen: &Seen, names: &Names) -> String {
    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    for track in seen.tracks.iter().filter(|track| track.kind != "Event") {
        let at = Place {
            scenario,
            step,
            kind: &track.kind,
        };
        if let Some(text) = changes(at, track, names) {
            *told.entry(text).or_default() += 1;
        }
    }
    for track in seen.tracks.iter().filter(|track| track.kind == "Event") {
        let at = Place {
            scenario,
            step,
            kind: "Event",
        };
        let reason = track.last()["reason"].as_str().unwrap_or_default();
        if track.told == 0 && free::of(at, reason) != Some(Free::All) {
            let number = told.entry(event(track.last(), names)).or_default();
            if *number == 0 || track.last()["type"] != "Warning" {
                *number += 1;
            }
        }
    }
    grouped(&told)
}

/// Everything that is there at the end of a scenario, whole.
pub(super) fn end(scenario: &str, seen: &Seen, names: &Names) -> String {
    let mut told: BTreeMap<String, usize> = BTreeMap::new();
    for track in &seen.tracks {
        if track.gone || track.kind == "Event" {
            continue;
        }
        let mut lines = vec![format!("{}/{}", track.kind, names.mask(&track.name))];
        let at = Place {
            scenario,
            step: "the end",
            kind: &track.kind,
        };
        for (path, value) in facets(track.last(), names, true) {
            match free::of(at, &path) {
                Some(Free::All) => {}
                Some(free) => lines.push(format!("  {path}: {}", free.told(&value))),
                None => lines.push(format!("  {path}: {value}")),
            }
        }
        if free::of(at, "managedFields") != Some(Free::All) {
            lines.extend(managers(track.last(), names));
        }
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
        // Whether many that differ in a name alone are told as one depends on how often it was tried.
        word(&event["message"]).trim_start_matches("(combined from similar events): "),
    );
    match about["fieldPath"].as_str() {
        Some(path) => format!("{text} at {path}\n"),
        None => text + "\n",
    }
}

/// What became of one object since the last step; nothing where nothing did.
fn changes(at: Place<'_>, track: &Track, names: &Names) -> Option<String> {
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
        let free = free::of(at, path);
        if free == Some(Free::All) {
            continue;
        }
        let told = |state: &String| free.map_or_else(|| state.clone(), |free| free.told(state));
        let way: Vec<_> = states
            .iter()
            .map(|facets| facets.get(path).map(told))
            .collect();
        let way = way.iter().map(Option::as_deref);
        if let Some(way) = fold(way, free == Some(Free::Way), is_new) {
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
