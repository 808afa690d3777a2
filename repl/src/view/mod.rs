//! How values look in a terminal, and for programs.

mod check;
mod diagnostic;
mod doc;
mod document;
mod duration;
mod failure;
mod markdown;
mod outcome;
mod place;
mod plan;
mod progress;
mod sarif;
mod sent;
mod session;
mod status;
mod table;
mod totals;
mod value;

pub(crate) use check::{Shown, check, explained, findings, rules};
pub(crate) use diagnostic::diagnostics;
pub(crate) use doc::{entry, found, overview, topics, type_page};
pub(crate) use document::{document, value};
pub(crate) use duration::human;
pub(crate) use failure::failure;
pub(crate) use markdown::markdown;
pub(crate) use outcome::outcome;
pub(crate) use place::place;
pub(crate) use plan::plan;
pub(crate) use progress::Progress;
pub(crate) use sarif::sarif;
pub(crate) use sent::sent;
pub(crate) use session::session_help;
pub(crate) use status::status;
pub(crate) use table::cut;
pub(crate) use totals::totals;
pub(crate) use value::{as_yaml, shown};
