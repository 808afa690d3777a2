//! The loop behind a [`Waiter`](super::Waiter).

use super::answers::{self, Answer, LogRequest, Told};
use super::evidence::{self, Classes, Now, Surroundings};
use super::pending::{Decision, Ending, Pending};
use super::stores::{Around, Key, Stores, Touched, key_of, name, uid};
use super::{Command, Progress, Until, WaitOptions, Waited};
use crate::cluster::{Cluster, Selector, WatchEvent};
use crate::status::cause::{self, Cause};
use crate::status::{self, State, Status};
use futures::future::BoxFuture;
use futures::stream::{BoxStream, FuturesUnordered, SelectAll};
use futures::{FutureExt as _, StreamExt as _};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc;

/// Clocks of client and server differ by a little.
const SKEW: jiff::SignedDuration = jiff::SignedDuration::from_secs(10);

/// The watching behind a [`Waiter`](super::Waiter): poll [`run`](Self::run) beside what waits.
pub struct Watching {
    cluster: Cluster,
    options: WaitOptions,
    commands: mpsc::UnboundedReceiver<Command>,
    watches: SelectAll<BoxStream<'static, Told>>,
    requests: FuturesUnordered<BoxFuture<'static, Answer>>,
    stores: Stores,
    classes: Classes,
    pending: BTreeMap<usize, Pending>,
    next: usize,
    /// When each is to be looked at again.
    wakes: BTreeMap<usize, Duration>,
    /// Which are to be looked at now.
    dirty: BTreeSet<usize>,
    /// Watches that do not answer at the moment, and were told to be so.
    interrupted: BTreeSet<Key>,
    deadline: Duration,
    since: jiff::Timestamp,
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

    /// How waiting for this object ends, if it does now.
    fn judge(
        &mut self,
        number: usize,
        pending: &mut Pending,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) -> Option<Waited> {
        let now = self.cluster.clock().now();
        let selector = self.selector(pending);
        let settled = pending.wants_events(now);
        let (object, mut status) =
            match evidence::now(&self.stores, &pending.target, &selector, settled) {
                Now::There(object) => (object, None),
                Now::Missing(last) => {
                    if pending.target.until == Until::Gone {
                        return Some(Waited::Gone);
                    }
                    let status = evidence::missing(last.as_deref());
                    let object = last.unwrap_or_else(|| Arc::new(pending.target.live.clone()));
                    (object, Some(status))
                }
            };
        if uid(&object) != pending.uid {
            if pending.target.until == Until::Gone {
                return Some(Waited::Gone);
            }
            let reason = "was deleted and made again by somebody else";
            status = Some(Status::new(State::Missing, reason));
        }
        let around = Surroundings::of(&self.stores, &object);
        let seen = around.evidence(&object, pending, &self.classes, self.since, now);
        let status = status.unwrap_or_else(|| status::status(&seen));
        let found = if pending.target.until == Until::Gone {
            Some(going(pending, &status))
        } else {
            cause::find(&seen, &status)
        };
        let has_claims = evidence::has_claims(&seen);
        drop(seen);

        if let Some(ending) = pending.ending {
            // It may have become ready while its end was being explained.
            if pending.target.until == Until::Ready && status.state.is_settled() {
                return Some(Waited::Ready(status));
            }
            return self.finish(number, pending, ending, status, found);
        }
        let decision = pending.decide(now, self.deadline, &status, found.as_ref(), &self.options);
        match decision {
            Decision::Ready => Some(Waited::Ready(status)),
            Decision::End(ending) => {
                pending.ending = Some(ending);
                self.finish(number, pending, ending, status, found)
            }
            Decision::Wait(wake) => {
                self.wakes.insert(number, wake);
                self.watch_for(pending, &object, now, has_claims);
                if !status.state.is_settled() {
                    self.tell(pending, status, found, progress);
                }
                None
            }
        }
    }

    /// Opens the watches that an object which is not ready needs.
    fn watch_for(&mut self, pending: &Pending, object: &Value, now: Duration, has_claims: bool) {
        let key = self.key(pending);
        self.open(key);
        let Some(namespace) = pending.target.id.namespace.clone() else {
            return;
        };
        let kind = object["kind"].as_str().unwrap_or_default();
        if pending.target.until == Until::Ready {
            for around in evidence::around(kind) {
                self.open(around.key(&namespace));
            }
            if has_claims && !is_running(object) {
                self.open(Around::Claims.key(&namespace));
            }
            if pending.wants_events(now) {
                self.open(Around::Events.key(&namespace));
            }
        } else if kind == "PersistentVolumeClaim" {
            // Which pod still uses it.
            self.open(Around::Pods.key(&namespace));
        }
        if kind == "PersistentVolumeClaim"
            && let Some(class) = object["spec"]["storageClassName"].as_str()
            && !self.classes.contains_key(class)
        {
            self.classes.insert(class.to_owned(), None);
            self.requests
                .push(answers::class(self.cluster.clone(), class.to_owned()));
        }
    }

    fn open(&mut self, key: Key) {
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

    /// Gathers what explains the end: events, and the log of a container that crashes. `None` while
    /// that is under way.
    fn finish(
        &mut self,
        number: usize,
        pending: &mut Pending,
        ending: Ending,
        status: Status,
        cause: Option<Cause>,
    ) -> Option<Waited> {
        let namespace = pending.target.id.namespace.clone();
        if let Some(namespace) = namespace
            .as_deref()
            .filter(|_| status.state != State::Missing)
        {
            let key = Around::Events.key(namespace);
            self.open(key.clone());
            if self.stores.get(&key).is_some_and(|store| !store.listed) {
                return None;
            }
        }
        let mut cause =
            cause.unwrap_or_else(|| Cause::plain(&pending.target.id, status.reason.clone()));
        if let Some(log) = cause.log.clone().filter(|log| log.lines.is_empty()) {
            let come = pending.logs.iter().any(|one| one.pod == log.pod);
            if !pending.log_asked {
                pending.log_asked = true;
                let namespace = namespace.unwrap_or_default();
                let request = LogRequest { namespace, log };
                self.requests
                    .push(answers::log(self.cluster.clone(), number, request));
                return None;
            }
            if pending.logs.is_empty() {
                return None;
            }
            // A log without a line tells nothing.
            if come {
                cause.log = None;
            }
        }
        if let Some(mask) = &self.options.mask {
            cause = cause.masked(&**mask);
        }
        let cause = Box::new(cause);
        Some(match ending {
            Ending::Failed => Waited::Failed(status, cause),
            Ending::TimedOut => Waited::TimedOut(status, cause),
        })
    }

    fn tell(
        &self,
        pending: &mut Pending,
        status: Status,
        cause: Option<Cause>,
        progress: &(dyn Fn(Progress) + Send + Sync),
    ) {
        let cause = match &self.options.mask {
            Some(mask) => cause.map(|cause| cause.masked(&**mask)),
            None => cause,
        };
        let told = Progress::Waiting {
            id: pending.target.id.clone(),
            status,
            cause: cause.map(Box::new),
        };
        let reason = told.reason();
        if pending.told.as_ref() != Some(&reason) {
            pending.told = Some(reason);
            progress(told);
        }
    }

    fn end(&mut self, number: usize, waited: Waited) {
        self.wakes.remove(&number);
        if let Some(mut pending) = self.pending.remove(&number)
            && let Some(answer) = pending.answer.take()
        {
            let _ = answer.send(waited);
        }
    }

    fn key(&self, pending: &Pending) -> Key {
        key_of(
            &pending.target.id,
            &pending.target.served,
            &self.selector(pending),
        )
    }

    /// An object that lacks the label (one that is taken over, and replaced) is watched without it.
    fn selector(&self, pending: &Pending) -> Selector {
        if has_label(&pending.target.live, &self.options.selector.labels) {
            self.options.selector.clone()
        } else {
            Selector::all()
        }
    }
}

/// Why an object is not gone yet.
fn going(pending: &Pending, status: &Status) -> Cause {
    let summary = match status.state {
        State::Terminating => status.reason.clone(),
        _ => "is still there".to_owned(),
    };
    let mut cause = Cause::plain(&pending.target.id, summary);
    cause.details.clone_from(&status.notes);
    cause
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

/// Whether every pod of a workload runs already, so that no claim can hold it up.
fn is_running(object: &Value) -> bool {
    let wanted = object["spec"]["replicas"].as_i64().unwrap_or(1);
    object["status"]["readyReplicas"].as_i64().unwrap_or(0) >= wanted
}
