//! Emptying a node: no new pod comes to it, and those that run there are evicted.

mod decide;
mod error;
mod evict;

pub use decide::{DrainOptions, Verdict, verdict};
pub use error::{DrainError, Left};
pub use evict::{DrainEvent, Drained, drain};

#[cfg(test)]
mod tests;
