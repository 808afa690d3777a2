//! What is done on demand against a live cluster: the building blocks of procedures.
//!
//! Each is a function of a cluster, a [`Target`] and a namespace for where the target names none.
//! What it decides is a pure function beside it.

mod error;
mod fields;
mod find;
mod get;
mod job_error;
mod mask;
mod restart;
mod run_job;
mod scale;
mod target;
mod written;

pub use error::OperationError;
pub use fields::{Field, Fields, NoField};
pub use find::{Found, ROLLED_OUT, WORKLOADS, Workloads, find, served};
pub use get::{ListOptions, get, list};
pub use job_error::{JobError, Unfinished};
pub use mask::mask;
pub use restart::{RESTARTED_AT, restart};
pub use run_job::{JobEvent, JobOptions, JobRun, PodLog, run_job};
pub use scale::scale;
pub use target::{KindName, Target};
pub use written::Written;

#[cfg(test)]
mod tests;
