//! Who waits, and when time may therefore run ahead.
//!
//! A client waits when it holds an open watch that has delivered everything, or sleeps on the
//! sandbox's clock. Time runs ahead when a waiter was polled [`ROUNDS`] times in a row with nothing
//! happening in between: each of those polls lets the runtime run everything else that can run, so
//! that a client that still works (decodes an answer, prepares its next request) gets to it first.
//! A waiter that cannot make time run (nothing is planned, a request is in flight, time is held) is
//! parked and costs nothing.

use crate::world::{Shared, World};
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::task::{Context, Waker};

/// How many times a waiter yields to the runtime, with nothing happening, before time runs ahead.
const ROUNDS: u32 = 32;

/// The state all waiters share.
#[derive(Debug, Default)]
pub(crate) struct Waiting {
    next: u64,
    /// Counts whatever happens: requests, deliveries, jumps of time.
    activity: u64,
    /// Requests that were received and not answered yet.
    in_flight: usize,
    /// Reasons for time to stand still.
    holds: usize,
    parked: BTreeMap<u64, Waker>,
    deadlines: BTreeSet<(Timestamp, u64)>,
    /// Wakers to call once the lock is released.
    due: Vec<Waker>,
}

impl Waiting {
    /// Something happened that nobody waits for.
    pub(crate) fn touch(&mut self) {
        self.activity += 1;
    }

    /// Something happened: everyone who waits looks again.
    pub(crate) fn stir(&mut self) {
        self.activity += 1;
        self.due
            .extend(std::mem::take(&mut self.parked).into_values());
    }

    /// A request begins; time stands still until it is answered.
    pub(crate) fn begin(&mut self) {
        self.in_flight += 1;
        self.activity += 1;
    }

    /// A request is answered or given up.
    pub(crate) fn end(&mut self) {
        self.in_flight -= 1;
        self.stir();
    }

    /// Time is held.
    pub(crate) fn hold(&mut self) {
        self.holds += 1;
        self.activity += 1;
    }

    /// Time is released.
    pub(crate) fn release(&mut self) {
        self.holds -= 1;
        self.stir();
    }

    /// The earliest moment somebody waits for.
    pub(crate) fn next_deadline(&self) -> Option<Timestamp> {
        self.deadlines.first().map(|(at, _)| *at)
    }

    /// Forgets the deadlines that have come. Who holds a stream without reading it must not keep
    /// time from going on.
    pub(crate) fn pass(&mut self, now: Timestamp) {
        while self.deadlines.first().is_some_and(|(at, _)| *at <= now) {
            self.deadlines.pop_first();
        }
    }

    /// Wakers to call after the lock is released.
    pub(crate) fn take_due(&mut self) -> Vec<Waker> {
        std::mem::take(&mut self.due)
    }
}

/// One waiting client: a watch or a sleeper.
#[derive(Debug)]
pub(crate) struct Waiter {
    shared: Arc<Shared>,
    id: u64,
    seen: u64,
    rounds: u32,
    deadline: Option<Timestamp>,
}

impl Waiter {
    /// A new waiter, which stops waiting at `deadline` (a virtual date).
    pub(crate) fn new(shared: Arc<Shared>, world: &mut World, deadline: Option<Timestamp>) -> Self {
        let id = world.waiting.next;
        world.waiting.next += 1;
        if let Some(at) = deadline {
            world.waiting.deadlines.insert((at, id));
        }
        Self {
            shared,
            id,
            seen: 0,
            rounds: 0,
            deadline,
        }
    }

    /// The sandbox this waits in.
    pub(crate) fn shared(&self) -> &Arc<Shared> {
        &self.shared
    }

    /// Whether its deadline has come.
    pub(crate) fn is_over(&self, world: &World) -> bool {
        self.deadline.is_some_and(|at| at <= world.time.now)
    }

    /// Called whenever the waiter was polled and has nothing to deliver. Lets time run ahead when
    /// nothing else happens, and arranges to be polled again.
    pub(crate) fn idle(&mut self, world: &mut World, cx: &Context<'_>) {
        let waiting = &mut world.waiting;
        waiting.parked.insert(self.id, cx.waker().clone());
        if self.seen != waiting.activity {
            self.seen = waiting.activity;
            self.rounds = 0;
        }
        if waiting.in_flight > 0 || waiting.holds > 0 || world.next_moment().is_none() {
            return;
        }
        self.rounds += 1;
        if self.rounds >= ROUNDS {
            self.rounds = 0;
            world.run_ahead();
        }
        world.waiting.due.push(cx.waker().clone());
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        let (id, deadline) = (self.id, self.deadline);
        self.shared.with(|world| {
            world.waiting.parked.remove(&id);
            if let Some(at) = deadline {
                world.waiting.deadlines.remove(&(at, id));
            }
        });
    }
}
