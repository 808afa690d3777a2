//! Why a request was not answered.

use crate::engine::Unread;

/// Why there is no answer. It never holds a secret's value.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HttpError {
    /// A secret in it cannot be read.
    #[error("the request cannot be sent: {0}")]
    Unread(Unread),
    /// It cannot be a request.
    #[error("the request cannot be sent: {0}")]
    Unfit(String),
    /// There was no answer.
    #[error("no answer to `{request}`{}: {problem}", times(*.attempts))]
    Unanswered {
        /// What was asked: `GET https://…`.
        request: String,
        /// How often it was sent.
        attempts: u32,
        /// What is wrong.
        problem: String,
    },
    /// It was sent elsewhere, where it must not go.
    #[error("`{request}` came to no end: {problem}")]
    Redirected {
        /// What was asked: `GET https://…`.
        request: String,
        /// What is wrong.
        problem: String,
    },
}

fn times(attempts: u32) -> String {
    if attempts > 1 {
        format!(" in {attempts} attempts")
    } else {
        String::new()
    }
}
