//! What is done on demand against a live cluster: the building blocks of procedures.
//!
//! Each is a function of a cluster, a [`Target`] and a namespace for where the target names none.
//! What it decides is a pure function beside it.

mod apply;
mod around;
mod condition;
mod consequence;
mod delete;
mod describe;
mod error;
mod fields;
mod find;
mod get;
mod job_error;
mod logs;
mod mask;
mod observe;
mod patch;
mod pause;
mod restart;
mod rollout;
mod run_job;
mod scale;
mod set_image;
mod target;
mod wait_for;
mod written;

pub use apply::apply;
pub use condition::Condition;
pub use consequence::{Consequence, set_at};
pub use delete::{DeleteOptions, delete};
pub use describe::{Description, EventLine, PodLine, describe};
pub use error::OperationError;
pub use fields::{Field, Fields, NoField};
pub use find::{Found, ROLLED_OUT, WORKLOADS, Workloads, find, served};
pub use get::{ListOptions, get, list};
pub use job_error::{JobError, Unfinished};
pub use logs::{ContainerLog, LogOptions, follow_logs, joined, logs};
pub use mask::mask;
pub use observe::{Observation, Seen};
pub use patch::patch;
pub use pause::{pause, resume};
pub use restart::{RESTARTED_AT, restart};
pub use rollout::{Revision, rollout_history, rollout_status, rollout_undo, wait_ready};
pub use run_job::{JobEvent, JobOptions, JobRun, PodLog, run_job};
pub use scale::scale;
pub use set_image::set_image;
pub use target::{KindName, Target};
pub use wait_for::{not_in_time, observe, wait_for};
pub use written::Written;

#[cfg(test)]
mod tests;
