//! The loop behind a [`Waiter`](super::Waiter).

use super::answers::{Answer, Told};
use super::evidence::Classes;
use super::pending::Pending;
use super::stores::{Key, Stores, Touched, key_of, name};
use super::{Command, Progress, Until, WaitOptions, Waited};
use crate::cluster::{Cluster, Selector, WatchEvent};
use futures::future::BoxFuture;
use futures::stream::{BoxStream, FuturesUnordered, SelectAll};
use futures::{FutureExt as _, StreamExt as _};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;
use tokio::sync::mpsc;

/// Clocks of client and server differ by a little.
const SKEW: jiff::SignedDuration = jiff::SignedDuration::from_secs(10);

/// The watching behind a [`Waiter`](super::Waiter): poll [`run`](Self::run) beside what waits.
pub struct Watching {
    pub(super) cluster: Cluster,
    pub(super) options: WaitOptions,
    pub(super) commands: mpsc::UnboundedReceiver<Command>,
    pub(super) watches: SelectAll<BoxStream<'static, Told>>,
    pub(super) requests: FuturesUnordered<BoxFuture<'static, Answer>>,
    pub(super) stores: Stores,
    pub(super) classes: Classes,
    pub(super) pending: BTreeMap<usize, Pending>,
    pub(super) next: usize,
    /// When each is to be looked at again.
    pub(super) wakes: BTreeMap<usize, Duration>,
    /// Which are to be looked at now.
    pub(super) dirty: BTreeSet<usize>,
    /// Watches that do not answer at the moment, and were told to be so.
    pub(super) interrupted: BTreeSet<Key>,
    pub(super) deadline: Duration,
    pub(super) since: jiff::Timestamp,
}

impl std::fmt::Debug for Watching {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Watching")
            .field("pending", &self.pending.len())
            .finish_non_exhaustive()
    }
}

impl Watching {
    pub(super) fn new(
        cluster: Cluster,
        options: WaitOptions,
        commands: mpsc::UnboundedReceiver<Command>,
    ) -> Self {
        let now = cluster.clock().timestamp();
        Self {
            since: now.checked_sub(SKEW).unwrap_or(now),
            cluster,
            options,
            commands,
            watches: SelectAll::new(),
            requests: FuturesUnordered::new(),
            stores: Stores::default(),
            classes: Classes::new(),
            pending: BTreeMap::new(),
            next: 0,
            wakes: BTreeMap::new(),
            dirty: BTreeSet::new(),
            interrupted: BTreeSet::new(),
            deadline: Duration::ZERO,
        }
    }

    /// Watches until every handle is dropped and nothing is waited for. Dropping it closes all
    /// watches.
    pub async fn run(mut self, progress: &(dyn Fn(Progress) + Send + Sync)) {
        let mut timer: Option<(Duration, BoxFuture<'static, ()>)> = None;
        let mut closed = false;
        loop {
            let wake = self.wakes.values().min().copied();
            if timer.as_ref().map(|(at, _)| *at) != wake {
                timer = wake.map(|at| {
                    let clock = self.cluster.clock();
                    (at, clock.sleep(at.saturating_sub(clock.now())))
                });
            }
            let fires = async {
                match &mut timer {
                    Some((_, sleep)) => sleep.await,
                    None => std::future::pending().await,
                }
            };
            tokio::select! {
                biased;
                command = self.commands.recv(), if !closed => match command {
                    Some(command) => self.register(command),
                    None => closed = true,
                },
                Some(told) = self.watches.next(), if !self.watches.is_empty() => {
                    self.told(told, progress);
                }
                Some(answer) = self.requests.next(), if !self.requests.is_empty() => {
                    self.answered(answer);
                }
                () = fires => {
                    timer = None;
                    // What happened before this moment may still be on its way to us.
                    for _ in 0..3 {
                        tokio::task::yield_now().await;
                        self.drain(progress);
                    }
                    let now = self.cluster.clock().now();
                    let due = self.wakes.iter().filter(|(_, at)| **at <= now);
                    self.dirty.extend(due.map(|(number, _)| *number));
                }
            }
            self.drain(progress);
            self.look(progress);
            if closed && self.pending.is_empty() {
                return;
            }
        }
    }

    /// Takes in all that is there already, so that a burst is looked at once.
    fn drain(&mut self, progress: &(dyn Fn(Progress) + Send + Sync)) {
        while let Some(Some(told)) = self.watches.next().now_or_never() {
            self.told(told, progress);
        }
        while let Ok(command) = self.commands.try_recv() {
            self.register(command);
        }
    }

    fn register(&mut self, command: Command) {
        let now = self.cluster.clock().now();
        self.deadline = now + self.options.timeout;
        let number = self.next;
        self.next += 1;
        self.pending
            .insert(number, Pending::new(command.target, command.answer, now));
        self.dirty.insert(number);
    }

    fn told(&mut self, (key, event): Told, progress: &(dyn Fn(Progress) + Send + Sync)) {
        match event {
            Ok(WatchEvent::Interrupted(error)) => {
                let ending = self.pending.iter().filter(|(_, one)| one.ending.is_some());
                self.dirty.extend(ending.map(|(number, _)| *number));
                if self.interrupted.insert(key.clone()) {
                    progress(Progress::Interrupted {
                        resource: key.served.resource(),
                        error,
                    });
                }
            }
            Ok(event) => {
                self.interrupted.remove(&key);
                if let WatchEvent::Changed(object) | WatchEvent::Gone(object) = &event {
                    self.touch_name(&key, &name(object));
                }
                match self.stores.take(&key, event) {
                    Touched::Uid(uid) => self.touch(&uid),
                    Touched::Namespace(namespace) => self.dirty.extend(
                        self.pending
                            .iter()
                            .filter(|(_, one)| {
                                namespace.is_none() || one.target.id.namespace == namespace
                            })
                            .map(|(number, _)| *number),
                    ),
                    Touched::None => {}
                }
            }
            Err(error) => {
                self.stores.settle(&key);
                // Without permission to see what is around, the status alone must do.
                let waiting: Vec<usize> = self
                    .pending
                    .iter()
                    .filter(|(_, one)| self.key(one) == key)
                    .map(|(number, _)| *number)
                    .collect();
                for number in waiting {
                    let gone = error.is_kind_missing()
                        && self.pending[&number].target.until == Until::Gone;
                    let end = if gone {
                        Waited::Gone
                    } else {
                        Waited::Unknown(error.clone())
                    };
                    self.end(number, end);
                }
                self.dirty.extend(self.pending.keys());
            }
        }
    }

    /// Marks the object with this uid and those that control it.
    fn touch(&mut self, uid: &str) {
        let line = self.stores.line(uid);
        let touched = self
            .pending
            .iter()
            .filter(|(_, one)| line.contains(&one.uid));
        self.dirty.extend(touched.map(|(number, _)| *number));
    }

    /// Marks what waits for the object of this name: another one may have taken its place.
    fn touch_name(&mut self, key: &Key, name: &str) {
        let touched: Vec<usize> = self
            .pending
            .iter()
            .filter(|(_, one)| one.target.id.name == name && self.key(one) == *key)
            .map(|(number, _)| *number)
            .collect();
        self.dirty.extend(touched);
    }

    fn answered(&mut self, answer: Answer) {
        match answer {
            Answer::Log(number, log) => {
                if let Some(pending) = self.pending.get_mut(&number) {
                    pending.logs.push(log);
                    self.dirty.insert(number);
                }
            }
            Answer::Class(name, class) => {
                self.classes.insert(name, class);
                self.dirty.extend(self.pending.keys());
            }
        }
    }

    fn look(&mut self, progress: &(dyn Fn(Progress) + Send + Sync)) {
        while let Some(number) = self.dirty.pop_first() {
            let Some(mut pending) = self.pending.remove(&number) else {
                continue;
            };
            self.wakes.remove(&number);
            if pending.is_abandoned() {
                continue;
            }
            match self.judge(number, &mut pending, progress) {
                Some(end) => {
                    if let Some(answer) = pending.answer.take() {
                        // Nobody may wait for it any more, which is no harm.
                        let _ = answer.send(end);
                    }
                }
                None => {
                    self.pending.insert(number, pending);
                }
            }
        }
    }

    pub(super) fn open(&mut self, key: Key) {
        if self.stores.contains(&key) {
            return;
        }
        self.stores.open(key.clone());
        let watch = self
            .cluster
            .watch(&key.served, key.namespace.as_deref(), &key.selector);
        self.watches
            .push(watch.map(move |event| (key.clone(), event)).boxed());
    }

    fn end(&mut self, number: usize, waited: Waited) {
        self.wakes.remove(&number);
        if let Some(mut pending) = self.pending.remove(&number)
            && let Some(answer) = pending.answer.take()
        {
            let _ = answer.send(waited);
        }
    }

    pub(super) fn key(&self, pending: &Pending) -> Key {
        key_of(
            &pending.target.id,
            &pending.target.served,
            &self.selector(pending),
        )
    }

    /// An object that lacks the label (one that is taken over, and replaced) is watched without it.
    pub(super) fn selector(&self, pending: &Pending) -> Selector {
        if has_label(&pending.target.live, &self.options.selector.labels) {
            self.options.selector.clone()
        } else {
            Selector::all()
        }
    }
}

/// Whether an object bears the label of a selector `key=value`. Other selectors are taken on trust.
fn has_label(object: &Value, selector: &str) -> bool {
    match selector.split_once('=') {
        Some((key, value)) if !selector.contains([',', '!', '(']) && !value.starts_with('=') => {
            object["metadata"]["labels"][key] == value
        }
        _ => true,
    }
}
