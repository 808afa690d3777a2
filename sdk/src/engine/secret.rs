//! Where secret values come from.

use crate::object::{SecretBytes, SecretFrom};
use futures::future::BoxFuture;
use std::fmt;

/// What reads the caller's secrets: variables, files and the like. This crate reads none by itself.
///
/// It is asked for what an environment's Secrets need and for nothing else, once in a plan and once
/// in its apply: what must not change between the two, it keeps.
pub trait SecretSource: Send + Sync {
    /// The value; or why there is none.
    fn read<'a>(&'a self, from: &'a SecretFrom) -> BoxFuture<'a, Result<SecretBytes, Unread>>;
}

/// Why a secret has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unread {
    /// What is wrong. It never holds a value.
    pub problem: String,
    /// What to do.
    pub help: Option<String>,
}

impl Unread {
    /// A problem.
    pub fn new(problem: impl Into<String>) -> Self {
        Self {
            problem: problem.into(),
            help: None,
        }
    }

    /// With what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Unread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.problem)
    }
}
