//! Why an operation was not done.

use crate::cluster::ApiError;
use crate::engine::advice;
use crate::environment::listed;
use crate::object::ObjectId;
use crate::status::cause::Cause;

/// Why an operation was not done. [`help`](OperationError::help) says what to do.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum OperationError {
    /// The cluster has no such kind.
    #[error("there is no kind `{word}` in the cluster")]
    NoKind {
        /// The word.
        word: String,
        /// The kind that may be meant.
        meant: Option<String>,
    },
    /// Several kinds are called so.
    #[error("`{word}` may mean {}", listed(.kinds.iter().map(String::as_str)))]
    SeveralKinds {
        /// The word.
        word: String,
        /// The kinds, as they can be named.
        kinds: Vec<String>,
    },
    /// It is not there.
    #[error("there is no {what}")]
    NotThere {
        /// What: ``deployment `app` in shop``.
        what: String,
        /// The name that may be meant, as it can be typed.
        meant: Option<String>,
        /// What is there.
        known: Vec<String>,
    },
    /// Several workloads have the name.
    #[error("several workloads are called `{name}`")]
    Several {
        /// The name.
        name: String,
        /// The workloads, as they can be typed.
        found: Vec<String>,
    },
    /// It cannot be done with it.
    #[error("{problem}")]
    Unfit {
        /// What is wrong.
        problem: String,
        /// What to do.
        help: Option<String>,
    },
    /// It was waited for and is not ready.
    #[error("{id} {}: {why}", if *.in_time { "does not become ready" } else { "was not ready in time" })]
    NotReady {
        /// Who.
        id: Box<ObjectId>,
        /// Why, in one line.
        why: String,
        /// The cause.
        cause: Box<Cause>,
        /// Whether it was given up before the time was over, since it will not become ready.
        in_time: bool,
    },
    /// The API server refused it, or did not answer.
    #[error("{what}: {error}")]
    Api {
        /// What was to be done: `deployment/app in shop cannot be read`.
        what: String,
        /// What it said.
        error: ApiError,
    },
}

impl OperationError {
    pub(crate) fn unfit(problem: impl Into<String>) -> Self {
        Self::Unfit {
            problem: problem.into(),
            help: None,
        }
    }

    pub(crate) fn unfit_but(problem: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Unfit {
            problem: problem.into(),
            help: Some(help.into()),
        }
    }

    pub(crate) fn api(what: impl Into<String>, error: ApiError) -> Self {
        Self::Api {
            what: what.into(),
            error,
        }
    }

    /// What to do, where it is known.
    pub fn help(&self) -> Option<String> {
        let meant = |meant: &String| format!("did you mean `{meant}`?");
        match self {
            Self::NoKind { meant: kind, .. } => kind.as_ref().map(meant).or_else(|| {
                Some("a kind is named as kubectl names it: `deployment`, `deploy`, `certificates.cert-manager.io`".to_owned())
            }),
            Self::SeveralKinds { .. } | Self::Several { .. } => {
                let found = match self {
                    Self::SeveralKinds { kinds, .. } => kinds,
                    Self::Several { found, .. } => found,
                    _ => return None,
                };
                let found = listed(found.iter().map(String::as_str));
                Some(format!("name one of {found}"))
            }
            Self::NotThere {
                meant: name, known, ..
            } => name.as_ref().map(meant).or_else(|| {
                let known = listed(known.iter().map(String::as_str));
                (known != "none").then(|| format!("there is {known}"))
            }),
            Self::Unfit { help, .. } => help.clone(),
            Self::NotReady { cause, .. } => cause.hint.clone(),
            Self::Api { error, .. } => advice::advice(error),
        }
    }
}
