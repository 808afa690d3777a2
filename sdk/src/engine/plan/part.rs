//! A part of an environment (`--only`), and what it needs of the rest.

use super::target;
use crate::{
    engine::{EngineError, kinds, resolve},
    environment::{Edge, Rendered, suggest},
    object::{Object, ObjectId},
};
use std::collections::BTreeSet;

/// The objects that are planned, and what of the others comes before them.
#[derive(Debug)]
pub(crate) struct Part {
    /// By index, in the order of the environment.
    pub(crate) chosen: BTreeSet<usize>,
    /// What is left out and comes before something that is chosen: the one, then the other.
    pub(crate) needed: BTreeSet<(usize, usize)>,
}

/// The objects that the targets name. The secrets that hold generated values of theirs come along:
/// a value is made once, and there.
pub(crate) fn part(
    targets: &[String],
    objects: &[Object],
    edges: &[Edge],
) -> Result<Part, EngineError> {
    let ids = || objects.iter().map(|object| &object.id);
    let mut chosen = BTreeSet::new();
    for target in targets {
        let meant = target::find(target, ids())?;
        let Some(index) = meant.and_then(|meant| ids().position(|id| id == meant)) else {
            return Err(unknown(target, ids()));
        };
        chosen.insert(index);
    }
    let homes = resolve::homes(objects);
    for index in chosen.clone() {
        let texts = objects[index].secrets.values();
        let homes = texts.flat_map(resolve::generated).filter_map(|name| {
            let home = homes.get(name)?;
            ids().position(|id| *id == home.id)
        });
        chosen.extend(homes);
    }
    let needed = edges
        .iter()
        .filter(|edge| chosen.contains(&edge.after) && !chosen.contains(&edge.before))
        .map(|edge| (edge.before, edge.after))
        .collect();
    Ok(Part { chosen, needed })
}

impl Part {
    /// The order among what is chosen, by its places there.
    pub(crate) fn edges(&self, edges: &[Edge]) -> Vec<Edge> {
        let place = |index: usize| self.chosen.iter().position(|chosen| *chosen == index);
        let inside = edges.iter().filter_map(|edge| {
            Some(Edge {
                before: place(edge.before)?,
                after: place(edge.after)?,
                kind: edge.kind,
            })
        });
        inside.collect()
    }
}

/// What is said of something that comes before a chosen object and is left out.
pub(crate) fn note(left: &ObjectId, is_there: bool) -> String {
    let state = if is_there {
        "would change too"
    } else {
        "is not there yet"
    };
    let what = left.short();
    let why = if kinds::is_namespace(left) {
        "it lives in"
    } else {
        "it builds on"
    };
    format!("{why} `{what}`, which {state} and is left out: `--only {what}` takes it along")
}

/// Which of several environments each target is for: their targets, each in its place. A target
/// that no environment has is an error, and so is one that means two objects.
pub fn choose(
    targets: &[String],
    environments: &[Rendered],
) -> Result<Vec<Vec<String>>, EngineError> {
    let ids = |rendered: &Rendered| -> Vec<ObjectId> {
        let objects = rendered.objects.iter();
        objects.map(|object| object.id.clone()).collect()
    };
    let held: Vec<Vec<ObjectId>> = environments.iter().map(ids).collect();
    let all = || held.iter().flatten();
    target::holders(targets, &held)?.map_err(|target| unknown(&target, all()))
}

/// A target that no object has.
fn unknown<'a>(target: &str, all: impl Iterator<Item = &'a ObjectId> + Clone) -> EngineError {
    let known: Vec<String> = all
        .clone()
        .map(|id| target::name_among(id, all.clone()))
        .collect();
    let near = suggest(target, known.iter().map(String::as_str)).map(str::to_owned);
    let near = near.or_else(|| target::nearest(target, &known));
    EngineError::NothingToApply {
        target: target.to_owned(),
        meant: near,
    }
}
