//! How values look in a terminal, and as JSON.

mod diagnostic;
mod duration;
mod failure;
mod json;
mod outcome;
mod plan;
mod progress;

pub(crate) use diagnostic::diagnostics;
pub(crate) use duration::human;
pub(crate) use failure::failure;
pub(crate) use json::{json, value};
pub(crate) use outcome::outcome;
pub(crate) use plan::{heading, plan};
pub(crate) use progress::Progress;
