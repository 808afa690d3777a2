//! What is done on demand against a live cluster: the building blocks of procedures.
//!
//! Each is a function of a cluster, a [`Target`] and a namespace for where the target names none.
//! What it decides is a pure function beside it.

mod apply;
mod around;
mod condition;
mod consequence;
mod cordon;
mod delete;
mod describe;
mod drain;
mod error;
mod fields;
mod find;
mod get;
mod http;
mod job_error;
mod logs;
mod mask;
mod notify;
mod observe;
mod outside;
mod patch;
mod pause;
mod prometheus;
mod restart;
mod rollout;
mod run_job;
mod scale;
mod set_image;
mod target;
mod top;
mod wait_for;
mod written;

pub use apply::apply;
pub use condition::Condition;
pub use consequence::{Consequence, set_at};
pub use cordon::{cordon, uncordon};
pub use delete::{DeleteOptions, delete};
pub use describe::{Description, EventLine, PodLine, describe};
pub use drain::{DrainError, DrainEvent, DrainOptions, Drained, Left, Verdict, drain, verdict};
pub use error::OperationError;
pub use fields::{Field, Fields, NoField};
pub use find::{Found, ROLLED_OUT, WORKLOADS, Workloads, find, served};
pub use get::{ListOptions, get, list};
pub use http::{
    Exchange, HttpAnswer, HttpError, HttpRequest, Internet, InternetOptions, NoNetwork, Unanswered,
    WireAnswer, WireRequest,
};
pub use job_error::{JobError, Unfinished};
pub use logs::{ContainerLog, LogOptions, follow_logs, joined, logs};
pub use mask::mask;
pub use notify::{PagerDuty, Severity, message};
pub use observe::{Observation, Seen};
pub use outside::Outside;
pub use patch::patch;
pub use pause::{pause, resume};
pub use prometheus::{Sample, Series, instant_query, range_query, samples, series};
pub use restart::{RESTARTED_AT, restart};
pub use rollout::{Revision, rollout_history, rollout_status, rollout_undo, wait_ready};
pub use run_job::{JobEvent, JobOptions, JobRun, PodLog, run_job};
pub use scale::scale;
pub use set_image::set_image;
pub use target::{KindName, Target};
pub use top::{Usage, top_nodes, top_pods};
pub use wait_for::{not_in_time, observe, wait_for};
pub use written::Written;

#[cfg(test)]
mod tests;
