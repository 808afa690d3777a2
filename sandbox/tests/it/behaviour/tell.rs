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
        let way = states
            .iter()
            .map(|facets| facets.get(path).map(String::as_str));
        let freedom = free::of(at, path);
        if freedom == Some(Free::All) {
            continue;
        }
        if let Some(way) = fold(way, freedom.is_some(), is_new) {
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
