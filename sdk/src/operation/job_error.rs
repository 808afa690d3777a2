//! Why a job did not do its work.

use super::JobRun;
use crate::cluster::ApiError;
use crate::object::ObjectId;
use crate::status::cause::Cause;
use std::fmt;

/// Why a job did not do its work.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum JobError {
    /// The object is no job, or lacks what one must have.
    #[error("{0}")]
    Unfit(String),
    /// The API server refused it, or did not answer.
    #[error("job `{name}` cannot be {what}: {error}")]
    Api {
        /// The job's name.
        name: String,
        /// What was to be done: `made`, `watched`.
        what: &'static str,
        /// What it said.
        error: Box<ApiError>,
    },
    /// It has failed; it is kept for a day, so that it can be looked at.
    #[error("{0}")]
    Failed(Box<Unfinished>),
    /// It was not done in time; it goes on.
    #[error("not done in time: {0}")]
    TimedOut(Box<Unfinished>),
}

/// A job that was made and has not succeeded.
#[derive(Clone, Debug, PartialEq)]
pub struct Unfinished {
    /// The job.
    pub id: ObjectId,
    /// How it is, to be read after its name: `has failed 3 times and is not retried again`.
    pub reason: String,
    /// Why.
    pub cause: Cause,
    /// What its pods have said until now.
    pub run: JobRun,
}

impl fmt::Display for Unfinished {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.id, self.reason)?;
        if self.reason.contains(&self.cause.summary) {
            return Ok(());
        }
        write!(f, ": {}", self.cause.summary)
    }
}

impl JobError {
    /// Why it failed or is not done, where that is known.
    pub fn cause(&self) -> Option<&Cause> {
        self.unfinished().map(|job| &job.cause)
    }

    /// What its pods have said, where it ran.
    pub fn run(&self) -> Option<&JobRun> {
        self.unfinished().map(|job| &job.run)
    }

    fn unfinished(&self) -> Option<&Unfinished> {
        match self {
            Self::Failed(job) | Self::TimedOut(job) => Some(job),
            Self::Unfit(_) | Self::Api { .. } => None,
        }
    }
}
