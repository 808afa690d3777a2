//! Runs the controllers: a queue of keys without repeats, and timers on the virtual clock.

use std::collections::{BTreeMap, BTreeSet, HashSet, VecDeque};
use std::sync::Arc;

use jiff::Timestamp;
use serde_json::Value;

use super::seam::{Change, Cluster, Controller, Key};

/// How often one run may sync before it is taken for two controllers that fight each other.
const LIMIT: usize = 1_000_000;

/// All controllers, what they are to look at, and when.
pub(crate) struct Manager {
    controllers: Vec<Box<dyn Controller>>,
    queue: VecDeque<(usize, Key)>,
    queued: HashSet<(usize, Key)>,
    timers: BTreeSet<(Timestamp, usize, Key)>,
    due: BTreeMap<(usize, Key), Timestamp>,
}

impl Manager {
    /// The given controllers, with nothing to do yet.
    pub(crate) fn new(controllers: Vec<Box<dyn Controller>>) -> Self {
        Self {
            controllers,
            queue: VecDeque::new(),
            queued: HashSet::new(),
            timers: BTreeSet::new(),
            due: BTreeMap::new(),
        }
    }

    /// Looks at everything there is, as a controller does when it starts. To be called once with
    /// the objects of a state that was kept.
    pub(crate) fn start(
        &mut self,
        objects: impl IntoIterator<Item = Arc<Value>>,
        cluster: &dyn Cluster,
    ) {
        for object in objects {
            self.observe(
                &Change {
                    before: None,
                    after: Some(object),
                },
                cluster,
            );
        }
    }

    /// Notes a change: every controller says which keys it concerns.
    pub(crate) fn observe(&mut self, change: &Change, cluster: &dyn Cluster) {
        for index in 0..self.controllers.len() {
            for key in self.controllers[index].keys(change, cluster) {
                self.enqueue(index, key);
            }
        }
    }

    /// Syncs until nothing is left to do now: no changes, no keys, no timers that are due.
    pub(crate) fn run(&mut self, cluster: &mut dyn Cluster) {
        for turn in 0.. {
            for change in cluster.take_changes() {
                self.observe(&change, cluster);
            }
            self.wake(cluster.now());
            let Some((index, key)) = self.queue.pop_front() else {
                return;
            };
            self.queued.remove(&(index, key.clone()));
            if turn == LIMIT {
                let name = self.controllers[index].name();
                debug_assert!(false, "`{name}` does not come to rest over {key:?}");
                return;
            }
            let again = self.controllers[index].sync(&key, cluster);
            self.set_timer(index, key, again);
        }
    }

    /// When there is something to do next, if nothing changes until then.
    pub(crate) fn next_due(&self) -> Option<Timestamp> {
        self.timers.first().map(|(time, ..)| *time)
    }

    fn enqueue(&mut self, index: usize, key: Key) {
        if self.queued.insert((index, key.clone())) {
            self.queue.push_back((index, key));
        }
    }

    fn wake(&mut self, now: Timestamp) {
        while self.timers.first().is_some_and(|(time, ..)| *time <= now) {
            if let Some((_, index, key)) = self.timers.pop_first() {
                self.due.remove(&(index, key.clone()));
                self.enqueue(index, key);
            }
        }
    }

    fn set_timer(&mut self, index: usize, key: Key, time: Option<Timestamp>) {
        let entry = (index, key);
        if let Some(old) = self.due.remove(&entry) {
            self.timers.remove(&(old, entry.0, entry.1.clone()));
        }
        if let Some(time) = time {
            self.timers.insert((time, entry.0, entry.1.clone()));
            self.due.insert(entry, time);
        }
    }
}
