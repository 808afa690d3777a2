//! What one call of the command did.

use std::fmt;

/// Everything that one call of the command did.
pub(crate) struct Outcome {
    /// What was typed.
    pub(crate) line: String,
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Outcome {
    /// Stops the test, showing everything, unless the command ended with this code.
    #[track_caller]
    pub(crate) fn ends_with(self, code: i32) -> Self {
        assert!(self.code == code, "expected exit code {code}\n{self}");
        self
    }
}

/// What a person at a terminal would have seen, the streams apart.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "$ {}", self.line)?;
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !text.is_empty() {
                writeln!(f, "--- {name}")?;
                write!(f, "{text}")?;
                if !text.ends_with('\n') {
                    writeln!(f, "⏎ missing")?;
                }
            }
        }
        write!(f, "--- exit {}", self.code)
    }
}
