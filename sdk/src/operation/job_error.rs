//! Why a job did not do its work.

use super::JobRun;
use crate::cluster::ApiError;
use crate::object::ObjectId;
use crate::status::cause::Cause;

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
        error: ApiError,
    },
    /// It has failed; it is kept for a day, so that it can be looked at.
    #[error("{id} {reason}{}", because(.reason, .cause))]
    Failed {
        /// The job.
        id: ObjectId,
        /// How it is, after its name: `has failed 3 times and is not retried again`.
        reason: String,
        /// Why.
        cause: Box<Cause>,
        /// What its pods have said.
        run: Box<JobRun>,
    },
    /// It was not done in time; it goes on.
    #[error("{id} is not done in time: {reason}{}", because(.reason, .cause))]
    TimedOut {
        /// The job.
        id: ObjectId,
        /// How it is.
        reason: String,
        /// Why.
        cause: Box<Cause>,
        /// What its pods have said until now.
        run: Box<JobRun>,
    },
}

impl JobError {
    /// Why it failed or is not done, where that is known.
    pub fn cause(&self) -> Option<&Cause> {
        match self {
            Self::Failed { cause, .. } | Self::TimedOut { cause, .. } => Some(cause),
            Self::Unfit(_) | Self::Api { .. } => None,
        }
    }

    /// What its pods have said, where it ran.
    pub fn run(&self) -> Option<&JobRun> {
        match self {
            Self::Failed { run, .. } | Self::TimedOut { run, .. } => Some(run),
            Self::Unfit(_) | Self::Api { .. } => None,
        }
    }
}

fn because(reason: &str, cause: &Cause) -> String {
    if reason.contains(&cause.summary) {
        String::new()
    } else {
        format!(": {}", cause.summary)
    }
}
