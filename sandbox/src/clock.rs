//! The sandbox's virtual clock.

use crate::waiting::Waiter;
use crate::world::Shared;
use jiff::Timestamp;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

/// Time inside the sandbox: where it began, and where it is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Time {
    /// The date at which the sandbox was first started.
    pub(crate) start: Timestamp,
    /// The virtual date.
    pub(crate) now: Timestamp,
}

impl Time {
    /// A clock that starts at this date.
    pub(crate) fn starting_at(start: Timestamp) -> Self {
        Self { start, now: start }
    }

    /// The date after a while; the end of time where there is none.
    pub(crate) fn after(&self, time: Duration) -> Timestamp {
        self.now.checked_add(time).unwrap_or(Timestamp::MAX)
    }

    /// Goes to a date, never back.
    pub(crate) fn reach(&mut self, date: Timestamp) {
        self.now = self.now.max(date);
    }

    /// Virtual time since the start.
    pub(crate) fn elapsed(&self) -> Duration {
        self.now
            .duration_since(self.start)
            .try_into()
            .unwrap_or_default()
    }
}

/// A handle on the sandbox's clock.
///
/// Time stands still while a client works, and runs ahead to the next event while every client only
/// waits: in an open watch, or in [`Clock::sleep`]. It never runs when nobody waits.
#[derive(Clone, Debug)]
pub struct Clock {
    shared: Arc<Shared>,
}

impl Clock {
    pub(crate) fn new(shared: Arc<Shared>) -> Self {
        Self { shared }
    }

    /// Virtual time since the sandbox was first started.
    pub fn now(&self) -> Duration {
        self.shared.with(|world| world.time.elapsed())
    }

    /// The virtual date.
    pub fn timestamp(&self) -> Timestamp {
        self.shared.with(|world| world.time.now)
    }

    /// Waits for virtual time to pass. Counts as a client that waits, from its first poll on.
    pub fn sleep(&self, time: Duration) -> Sleep {
        let waiter = self.shared.with(|world| {
            let deadline = world.time.after(time);
            Waiter::new(self.shared.clone(), world, Some(deadline))
        });
        Sleep { waiter }
    }

    /// Lets virtual time pass at once; everything that happens meanwhile happens in order.
    pub fn advance(&self, time: Duration) {
        self.shared.with(|world| world.advance(time));
    }

    /// Holds time still until the returned guard is dropped, for a client that works on something
    /// the sandbox does not see (a question to a person, a computation on another thread) while a
    /// watch of its stays open.
    #[must_use]
    pub fn hold(&self) -> Hold {
        self.shared.with(|world| world.waiting.hold());
        Hold {
            shared: self.shared.clone(),
        }
    }
}

/// The future that [`Clock::sleep`] returns.
#[derive(Debug)]
pub struct Sleep {
    waiter: Waiter,
}

impl Future for Sleep {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let waiter = &mut self.waiter;
        let shared = waiter.shared().clone();
        shared.with(|world| {
            if waiter.is_over(world) {
                world.waiting.stir();
                return Poll::Ready(());
            }
            waiter.idle(world, cx);
            Poll::Pending
        })
    }
}

/// While it lives, virtual time stands still. See [`Clock::hold`].
#[derive(Debug)]
pub struct Hold {
    shared: Arc<Shared>,
}

impl Drop for Hold {
    fn drop(&mut self) {
        self.shared.with(|world| world.waiting.release());
    }
}
