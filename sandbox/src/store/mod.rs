//! What a sandbox holds: the objects, their history for watchers, and its counters.

mod counters;
mod history;
mod key;
mod objects;

pub(crate) use counters::Counters;
pub(crate) use history::{Change, ChangeKind, History};
pub(crate) use key::{Key, group_of};
pub(crate) use objects::Objects;
