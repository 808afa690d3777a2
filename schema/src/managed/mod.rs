//! `metadata.managedFields`: who owns which fields of an object.

mod cap;
mod entry;
mod managers;
mod strip;

pub(crate) use cap::cap_updaters;
pub use entry::{ManagedError, Manager, Operation};
pub use managers::{Managers, take};
pub(crate) use strip::strip;
