//! How the command ends.

/// The exit codes, as the README lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Exit {
    /// Done.
    Done = 0,
    /// Failed: the cluster or the API server said no, or something broke.
    Failed = 1,
    /// The command line or the script is wrong; nothing was changed.
    Usage = 2,
    /// Changes are planned (only with `plan --exit-code`).
    Changes = 3,
    /// Refused: the user said no, or could not be asked.
    Refused = 4,
    /// Applied, but not everything became ready.
    NotReady = 5,
    /// Stopped by the user.
    Interrupted = 130,
}

impl From<Exit> for std::process::ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}
