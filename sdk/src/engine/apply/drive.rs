//! What runs at the same time: writes, waits, the watching behind them, and the ear for a stop.

use super::super::{
    Failure, Stop, StopLevel,
    wait::{Target, Waited},
};
use futures::{
    FutureExt as _, StreamExt as _,
    future::{BoxFuture, Fuse},
    stream::FuturesUnordered,
};
use serde_json::Value;

/// Something that ended.
pub(crate) enum Done {
    /// A write of a step, with the object as the API server has it now.
    Wrote(usize, Result<Value, Failure>),
    /// A wait for a step's object.
    Waited(usize, Waited),
    /// A deletion of a step's object, with what is to be waited for until it is gone.
    Removed(usize, Result<Option<Target>, Failure>),
}

/// What happened.
pub(crate) enum Happened {
    /// Something ended.
    Done(Box<Done>),
    /// A stop was asked for, for the first time.
    StopAsked,
    /// It was asked for again.
    StopNow,
    /// Nothing runs.
    Idle,
}

/// Futures that run beside the watching.
pub(crate) struct Drive<'a> {
    stop: &'a Stop,
    noticed: bool,
    watching: Fuse<BoxFuture<'a, ()>>,
    writes: FuturesUnordered<BoxFuture<'a, Done>>,
    waits: FuturesUnordered<BoxFuture<'a, Done>>,
}

impl<'a> Drive<'a> {
    pub(crate) fn new(stop: &'a Stop, watching: BoxFuture<'a, ()>) -> Self {
        Self {
            stop,
            noticed: false,
            watching: watching.fuse(),
            writes: FuturesUnordered::new(),
            waits: FuturesUnordered::new(),
        }
    }

    /// Runs something that changes the cluster: it is finished when a stop is asked for.
    pub(crate) fn write(&mut self, future: BoxFuture<'a, Done>) {
        self.writes.push(future);
    }

    /// Runs something that only waits: it is dropped when a stop is asked for.
    pub(crate) fn wait(&mut self, future: BoxFuture<'a, Done>) {
        self.waits.push(future);
    }

    /// How many writes are running.
    pub(crate) fn writing(&self) -> usize {
        self.writes.len()
    }

    /// Whether a stop was asked for and told.
    pub(crate) fn is_stopping(&self) -> bool {
        self.noticed
    }

    /// The next thing that happens.
    pub(crate) async fn next(&mut self) -> Happened {
        loop {
            if self.stop.level() == StopLevel::AtOnce {
                return Happened::StopNow;
            }
            if self.stop.is_asked() && !self.noticed {
                self.noticed = true;
                self.waits.clear();
                return Happened::StopAsked;
            }
            if self.writes.is_empty() && self.waits.is_empty() {
                return Happened::Idle;
            }
            let level = if self.noticed {
                StopLevel::AtOnce
            } else {
                StopLevel::Finish
            };
            tokio::select! {
                biased;
                () = self.stop.reached(level) => {}
                Some(done) = self.writes.next(), if !self.writes.is_empty() => {
                    return Happened::Done(Box::new(done));
                }
                Some(done) = self.waits.next(), if !self.waits.is_empty() => {
                    return Happened::Done(Box::new(done));
                }
                () = &mut self.watching => {}
            }
        }
    }
}
