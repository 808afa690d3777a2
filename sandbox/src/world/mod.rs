//! Everything inside a sandbox, behind one lock.

mod cluster;
mod kept;

pub(crate) use kept::Kept;

use crate::clock::Time;
use crate::controller::manager::Manager;
use crate::controller::recorder::Recorder;
use crate::controller::seam::{Change as Seen, Controller};
use crate::faults::Faults;
use crate::kinds::Kinds;
use crate::kubelet::logs::Logs;
use crate::server::Journal;
use crate::store::{Change, ChangeKind, Counters, History, Key, Objects};
use crate::waiting::Waiting;
use jiff::{SignedDuration, Timestamp};
use serde_json::Value;
use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

/// How long an event is kept after it was last seen, as servers do by default.
const EVENTS_LIVE: SignedDuration = SignedDuration::from_hours(1);

/// How often is looked for events whose time is over.
const SWEEP_EVERY: SignedDuration = SignedDuration::from_mins(10);

/// The lock around the world.
pub(crate) struct Shared {
    world: Mutex<World>,
}

impl std::fmt::Debug for Shared {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Shared")
    }
}

impl Shared {
    /// A world behind its lock.
    pub(crate) fn new(world: World) -> Arc<Self> {
        Arc::new(Self {
            world: Mutex::new(world),
        })
    }

    /// Does something with the world, then wakes whoever has to look again.
    pub(crate) fn with<R>(&self, act: impl FnOnce(&mut World) -> R) -> R {
        // A panic elsewhere leaves no half-done write: an object is stored in one step.
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        let result = act(&mut world);
        let due = world.waiting.take_due();
        drop(world);
        for waker in due {
            waker.wake();
        }
        result
    }
}

/// The state of a sandbox.
pub(crate) struct World {
    /// The objects.
    pub(crate) objects: Objects,
    /// Their latest changes.
    pub(crate) history: History,
    /// Sources of uids, names and addresses.
    pub(crate) counters: Counters,
    /// The virtual time.
    pub(crate) time: Time,
    /// Who waits.
    pub(crate) waiting: Waiting,
    /// The kinds served: the built-in ones and those that CRDs define.
    pub(crate) kinds: Kinds,
    /// What containers wrote.
    pub(crate) logs: Logs,
    /// What controllers told lately.
    pub(crate) recorder: Recorder,
    /// The requests received.
    pub(crate) journal: Journal,
    /// The faults that requests are to meet.
    pub(crate) faults: Faults,
    /// Objects that stand there without a default that the next write stores, even one that changes
    /// nothing else.
    pub(crate) short: BTreeSet<Key>,
    /// When events were last looked through.
    swept: Timestamp,
    /// Changes that the controllers have not seen yet.
    unseen: Vec<Seen>,
    /// The controllers; taken out while they run.
    manager: Option<Manager>,
}

impl World {
    /// An empty world that begins at `start`.
    pub(crate) fn new(start: Timestamp, controllers: Vec<Box<dyn Controller>>) -> Self {
        Self {
            objects: Objects::default(),
            history: History::starting_at(1),
            counters: Counters::default(),
            time: Time::starting_at(start),
            waiting: Waiting::default(),
            kinds: Kinds::default(),
            logs: Logs::default(),
            recorder: Recorder::default(),
            journal: Journal::default(),
            faults: Faults::default(),
            short: BTreeSet::new(),
            swept: start,
            unseen: Vec::new(),
            manager: Some(Manager::new(controllers)),
        }
    }

    /// The virtual date in the form that objects carry: whole seconds.
    pub(crate) fn stamp(&self) -> String {
        let seconds = self.time.now.as_second();
        Timestamp::from_second(seconds)
            .unwrap_or(self.time.start)
            .to_string()
    }

    /// Stores an object under the next revision, which becomes its `resourceVersion`.
    pub(crate) fn store(&mut self, key: &Key, mut object: Value) -> Arc<Value> {
        let revision = self.history.revision() + 1;
        object["metadata"]["resourceVersion"] = revision.to_string().into();
        let object = Arc::new(object);
        let old = self.objects.put(key, object.clone());
        let kind = if old.is_some() {
            ChangeKind::Modified
        } else {
            ChangeKind::Added
        };
        self.short.remove(key);
        self.kinds.notice(key, Some(&object));
        self.unseen.push(Seen {
            before: old.clone(),
            after: Some(object.clone()),
        });
        self.history.push(Change::new(
            revision,
            kind,
            key.clone(),
            object.clone(),
            old,
        ));
        self.waiting.stir();
        object
    }

    /// Removes an object; its last state carries the revision of the removal.
    pub(crate) fn erase(&mut self, key: &Key) -> Option<Arc<Value>> {
        let last = self.objects.at(key)?.clone();
        self.erase_as(key, &last)
    }

    /// Removes an object, telling of it in another state than it stood in.
    pub(crate) fn erase_as(&mut self, key: &Key, last: &Value) -> Option<Arc<Value>> {
        let old = self.objects.remove(key)?;
        let revision = self.history.revision() + 1;
        let mut last = last.clone();
        last["metadata"]["resourceVersion"] = revision.to_string().into();
        let last = Arc::new(last);
        self.short.remove(key);
        self.kinds.notice(key, None);
        self.unseen.push(Seen {
            before: Some(old.clone()),
            after: None,
        });
        let change = Change::new(
            revision,
            ChangeKind::Deleted,
            key.clone(),
            last.clone(),
            Some(old),
        );
        self.history.push(change);
        self.waiting.stir();
        Some(last)
    }

    /// Lets the controllers work until none has anything to do at this moment.
    pub(crate) fn settle(&mut self) {
        if let Some(mut manager) = self.manager.take() {
            manager.run(self);
            self.manager = Some(manager);
        }
    }

    /// Shows every object to every controller, as after a restart of the controllers.
    pub(crate) fn rouse(&mut self) {
        let objects: Vec<_> = self.objects.all().cloned().collect();
        if let Some(mut manager) = self.manager.take() {
            manager.start(objects, self);
            manager.run(self);
            self.manager = Some(manager);
        }
    }

    /// Forgets the history, as a server does that compacts it.
    pub(crate) fn expire(&mut self) {
        self.history.forget();
        self.waiting.stir();
    }

    fn next_timer(&self) -> Option<Timestamp> {
        self.manager.as_ref().and_then(Manager::next_due)
    }

    /// The next moment at which something happens: a controller's timer, or the end of a wait.
    pub(crate) fn next_moment(&self) -> Option<Timestamp> {
        let next = [self.next_timer(), self.waiting.next_deadline()];
        next.into_iter().flatten().min()
    }

    /// Time jumps to the next moment, and what is due happens.
    pub(crate) fn run_ahead(&mut self) {
        if let Some(next) = self.next_moment() {
            self.reach(next);
            self.settle();
            self.waiting.stir();
        }
    }

    fn reach(&mut self, date: Timestamp) {
        self.time.reach(date);
        self.waiting.pass(self.time.now);
        if self.time.now.duration_since(self.swept) >= SWEEP_EVERY {
            self.swept = self.time.now;
            self.sweep();
        }
    }

    /// Removes the events whose time is over.
    fn sweep(&mut self) {
        let Ok(oldest) = self.time.now.checked_sub(EVENTS_LIVE) else {
            return;
        };
        let is_over = |event: &Value| {
            let seen = ["lastTimestamp", "eventTime", "firstTimestamp"]
                .into_iter()
                .find_map(|field| event[field].as_str())
                .or_else(|| event["metadata"]["creationTimestamp"].as_str());
            seen.and_then(|seen| seen.parse::<Timestamp>().ok())
                .is_some_and(|seen| seen < oldest)
        };
        let events = self.objects.list("", "Event", None);
        let over: Vec<Key> = events
            .filter(|event| is_over(event))
            .map(|event| Key::of(event))
            .collect();
        for key in over {
            self.erase(&key);
        }
    }

    /// Lets time pass, moment by moment.
    pub(crate) fn advance(&mut self, time: Duration) {
        let end = self.time.after(time);
        while let Some(next) = self.next_timer().filter(|next| *next <= end) {
            self.reach(next);
            self.settle();
        }
        self.reach(end);
        self.waiting.stir();
    }

    /// The changes the controllers have not seen, which they now have.
    fn take_unseen(&mut self) -> Vec<Seen> {
        std::mem::take(&mut self.unseen)
    }
}
