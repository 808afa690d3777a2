//! The world as JSON, for the kept state, and back.

use super::World;
use crate::clock::Time;
use crate::controller::seam::Controller;
use crate::kubelet::logs::Logs;
use crate::store::{Counters, History, Key};
use jiff::Timestamp;
use serde_json::{Value, json};
use std::sync::Arc;

/// The format that is written. A reader refuses any other.
const FORMAT: u64 = 2;

/// A world that was kept.
pub(crate) struct Kept {
    time: Time,
    revision: u64,
    counters: Counters,
    logs: Logs,
    objects: Vec<Value>,
}

impl World {
    /// The revision and the date: nothing that is kept changes without one of them.
    pub(crate) fn mark(&self) -> (u64, Timestamp) {
        (self.history.revision(), self.time.now)
    }

    /// Everything that is kept: the objects, the logs, the counters, and the time.
    pub(crate) fn to_json(&self) -> Value {
        let objects: Vec<&Value> = self.objects.all().map(AsRef::as_ref).collect();
        json!({
            "format": FORMAT,
            "start": self.time.start.to_string(),
            "now": self.time.now.to_string(),
            "revision": self.history.revision(),
            "counters": self.counters.to_json(),
            "logs": self.logs.to_json(),
            "objects": objects,
        })
    }
}

impl Kept {
    /// The moment that was kept: see [`World::mark`].
    pub(crate) fn mark(&self) -> (u64, Timestamp) {
        (self.revision, self.time.now)
    }

    /// Reads what [`World::to_json`] wrote.
    pub(crate) fn from_json(mut state: Value) -> Result<Self, &'static str> {
        if state["format"] != FORMAT {
            return Err("it was written by another version");
        }
        let date = |field: &str| -> Result<Timestamp, &'static str> {
            let text = state[field].as_str();
            text.and_then(|text| text.parse().ok())
                .ok_or("it lacks its dates")
        };
        let time = Time {
            start: date("start")?,
            now: date("now")?,
        };
        let revision = state["revision"].as_u64().ok_or("it lacks its revision")?;
        let counters = Counters::from_json(&state["counters"]);
        let logs = Logs::from_json(&state["logs"]);
        let Value::Array(objects) = state["objects"].take() else {
            return Err("it lacks its objects");
        };
        Ok(Self {
            time,
            revision,
            counters,
            logs,
            objects,
        })
    }

    /// The world as it was. Watches from before have to list again.
    pub(crate) fn into_world(self, controllers: Vec<Box<dyn Controller>>) -> World {
        let mut world = World::new(self.time.start, controllers);
        world.time = self.time;
        world.counters = self.counters;
        world.logs = self.logs;
        world.history = History::starting_at(self.revision);
        for object in self.objects {
            let key = Key::of(&object);
            world.kinds.notice(&key, Some(&object));
            world.objects.put(&key, Arc::new(object));
        }
        world.rouse();
        world
    }
}
