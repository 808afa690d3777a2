//! How values look in a terminal, and as JSON.

mod diagnostic;
mod duration;
mod failure;
mod json;
mod outcome;
mod place;
mod plan;
mod progress;
mod status;

pub(crate) use diagnostic::diagnostics;
pub(crate) use duration::human;
pub(crate) use failure::failure;
pub(crate) use json::{json, value};
pub(crate) use outcome::outcome;
pub(crate) use place::place;
pub(crate) use plan::plan;
pub(crate) use progress::Progress;
pub(crate) use status::status;
