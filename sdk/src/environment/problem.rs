//! What is wrong with an environment.

use crate::object::Location;
use std::fmt;

/// One thing that is wrong, and where.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// What is wrong, in one sentence without a full stop, lower case.
    pub message: String,
    /// Where it was said.
    pub at: Option<Location>,
    /// What to do, with a suggestion when a name is near another.
    pub help: Option<String>,
}

/// Everything that is wrong with an environment, reported together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Problems(pub Vec<Problem>);

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                writeln!(f)?;
            }
            write!(f, "{}", problem.message)?;
            if let Some(at) = &problem.at {
                write!(f, " ({at})")?;
            }
        }
        Ok(())
    }
}
