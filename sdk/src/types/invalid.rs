//! What is said of a value that cannot be read.

use std::fmt;

/// A text that is not what was expected.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct Invalid {
    /// What it was to be: `a port`, `a quantity`.
    pub what: &'static str,
    /// What was given.
    pub found: String,
    /// What was expected, with an example.
    pub expected: String,
}

impl Invalid {
    pub(crate) fn new(
        what: &'static str,
        found: impl Into<String>,
        expected: impl Into<String>,
    ) -> Self {
        Self {
            what,
            found: found.into(),
            expected: expected.into(),
        }
    }
}

impl fmt::Display for Invalid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            what,
            found,
            expected,
        } = self;
        write!(f, "`{found}` is not {what}: expected {expected}")
    }
}
