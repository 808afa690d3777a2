//! What was seen: every object of a scenario, with all its states.

use serde_json::Value;
use std::collections::BTreeMap;

static NULL: Value = Value::Null;

/// One object through time.
pub(super) struct Track {
    pub(super) kind: String,
    pub(super) name: String,
    /// All its states, oldest first.
    pub(super) states: Vec<Value>,
    /// How many of them belong to steps that were told.
    pub(super) told: usize,
    /// Whether it is gone, and whether that was told.
    pub(super) gone: bool,
    pub(super) gone_told: bool,
}

impl Track {
    /// How it is now, or last was.
    pub(super) fn last(&self) -> &Value {
        self.states.last().unwrap_or(&NULL)
    }
}

/// Everything that was seen, in the order in which it came to be.
#[derive(Default)]
pub(super) struct Seen {
    pub(super) tracks: Vec<Track>,
    by_uid: BTreeMap<String, usize>,
}

impl Seen {
    /// Takes one message of a watch.
    pub(super) fn note(&mut self, kind: &str, what: &str, object: Value) {
        let uid = object["metadata"]["uid"].as_str().unwrap_or_default();
        let next = self.tracks.len();
        let index = *self.by_uid.entry(uid.to_owned()).or_insert(next);
        if index == next {
            let name = object["metadata"]["name"].as_str().unwrap_or_default();
            self.tracks.push(Track {
                kind: kind.to_owned(),
                name: name.to_owned(),
                states: Vec::new(),
                told: 0,
                gone: false,
                gone_told: false,
            });
        }
        let track = &mut self.tracks[index];
        track.gone = what == "DELETED";
        track.states.push(object);
    }

    /// The object of a name that is there now; null where there is none.
    pub(super) fn object(&self, kind: &str, name: &str) -> &Value {
        self.living(kind)
            .find(|object| object["metadata"]["name"] == name)
            .unwrap_or(&NULL)
    }

    /// All objects of a kind that are there now, in the order of their creation.
    pub(super) fn living(&self, kind: &str) -> impl Iterator<Item = &Value> {
        self.tracks
            .iter()
            .filter(move |track| !track.gone && track.kind == kind)
            .map(Track::last)
    }

    /// How many objects of a kind are there.
    pub(super) fn count(&self, kind: &str) -> usize {
        self.living(kind).count()
    }

    /// A number in an object, by JSON pointer; zero where there is none.
    pub(super) fn number(&self, kind: &str, name: &str, pointer: &str) -> i64 {
        number(self.object(kind, name), pointer)
    }

    /// A condition of an object as `Status Reason`; empty where it has none.
    pub(super) fn condition(&self, kind: &str, name: &str, of: &str) -> String {
        condition(self.object(kind, name), of)
    }

    /// Whether an event of a reason was told of an object of a kind.
    pub(super) fn was_told(&self, kind: &str, reason: &str) -> bool {
        self.living("Event")
            .any(|event| event["involvedObject"]["kind"] == kind && event["reason"] == reason)
    }
}

/// A number in an object, by JSON pointer; zero where there is none.
pub(super) fn number(object: &Value, pointer: &str) -> i64 {
    object.pointer(pointer).and_then(Value::as_i64).unwrap_or(0)
}

/// A condition of an object as `Status Reason`; empty where it has none.
pub(super) fn condition(object: &Value, of: &str) -> String {
    let conditions = object["status"]["conditions"].as_array();
    conditions
        .into_iter()
        .flatten()
        .find(|one| one["type"] == of)
        .map(|one| {
            let word = |key: &str| one[key].as_str().unwrap_or_default();
            format!("{} {}", word("status"), word("reason"))
        })
        .unwrap_or_default()
}
