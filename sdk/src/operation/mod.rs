//! What is done on demand against a live cluster: the building blocks of procedures.

mod job_error;
mod mask;
mod run_job;

pub use job_error::{JobError, Unfinished};
pub use mask::mask;
pub use run_job::{JobEvent, JobOptions, JobRun, PodLog, run_job};

#[cfg(test)]
mod tests;
