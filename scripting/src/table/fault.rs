//! How a row says that it cannot do what was asked.

use crate::diagnostic::{Diagnostic, message_of};
use rhai::EvalAltResult;
use std::sync::{Arc, Mutex, PoisonError};

/// Why a value does not fit a parameter.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Mismatch {
    /// What is wrong with it, to follow the parameter's name: "must be …, got …". Empty: the
    /// parameter's own expectation and what was given are named.
    pub problem: String,
    /// The whole message instead, where the value's own type says what is wrong.
    pub sentence: Option<String>,
    /// What to do.
    pub help: Option<String>,
    /// Where in the value it is wrong: keys of maps and indices of arrays.
    pub path: Vec<String>,
    /// Whether the last of `path` is an unknown key rather than a wrong value.
    pub key: bool,
}

impl Mismatch {
    /// The value is not of the expected form at all.
    pub fn form() -> Self {
        Self::default()
    }

    /// A problem in words that follow the parameter's name.
    pub fn new(problem: impl Into<String>) -> Self {
        Self {
            problem: problem.into(),
            ..Self::default()
        }
    }

    /// A whole message of its own.
    pub fn sentence(message: impl Into<String>) -> Self {
        Self {
            sentence: Some(message.into()),
            ..Self::default()
        }
    }

    /// Whether nothing was said but that the form is wrong.
    pub(crate) fn is_form(&self) -> bool {
        self.problem.is_empty() && self.sentence.is_none()
    }

    /// The same, with an advice.
    #[must_use]
    pub fn help(mut self, help: Option<String>) -> Self {
        self.help = help;
        self
    }

    /// The same, inside the value under a key or index.
    #[must_use]
    pub fn inside(mut self, step: impl Into<String>) -> Self {
        self.path.insert(0, step.into());
        self
    }
}

/// Why a call failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fault {
    /// An argument does not fit: its index after the receiver, and why.
    Argument(usize, Mismatch),
    /// The call itself failed.
    Failed {
        /// What is wrong.
        message: String,
        /// What to do.
        help: Option<String>,
    },
    /// It reads or changes a cluster, or talks to the world, and the script is only being evaluated.
    Refused,
    /// The run was cancelled.
    Cancelled,
    /// A function of the script, which the call ran, failed.
    Script(ScriptError),
    /// Several functions of the script did.
    Scripts(Vec<ScriptError>),
    /// Errors with their own places, such as those of an imported script.
    Diagnosed(Vec<Diagnostic>),
}

/// The error of a function of the script, on its way through a row that called it.
#[derive(Clone, Debug)]
pub struct ScriptError(Arc<Mutex<Option<Box<EvalAltResult>>>>);

impl ScriptError {
    pub(crate) fn new(error: Box<EvalAltResult>) -> Self {
        Self(Arc::new(Mutex::new(Some(error))))
    }

    /// What it says, for a row that goes on in spite of it.
    pub fn message(&self) -> String {
        let error = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        error.as_deref().map(message_of).unwrap_or_default()
    }

    /// Whether the script may not go on after it: the run was cancelled.
    pub fn is_final(&self) -> bool {
        let error = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        error.as_deref().is_some_and(|error| !error.is_catchable())
    }

    /// The error itself; once.
    pub(crate) fn take(&self) -> Option<Box<EvalAltResult>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}

/// Two are equal when they are the same one.
impl PartialEq for ScriptError {
    fn eq(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.0, &other.0)
    }
}

impl Eq for ScriptError {}

impl Fault {
    /// The call failed.
    pub fn new(message: impl Into<String>) -> Self {
        Self::Failed {
            message: message.into(),
            help: None,
        }
    }

    /// The call failed, and this can be done.
    pub fn with_help(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self::Failed {
            message: message.into(),
            help: Some(help.into()),
        }
    }
}

impl<E: std::error::Error> From<E> for Fault {
    fn from(error: E) -> Self {
        Self::new(error.to_string())
    }
}
