//! One thing that may be the cause.

use super::{LogTail, Verdict};

/// One thing that is wrong with a pod, a container, a claim or the making of pods.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub(super) rank: Rank,
    pub(super) summary: String,
    /// Below the object: `pod/…`, ``container `…` ``.
    pub(super) at: Vec<String>,
    pub(super) pod: Option<String>,
    pub(super) log: Option<LogTail>,
    pub(super) hint: Option<String>,
    pub(super) verdict: Verdict,
}

/// What tells more, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// On its way, nothing is wrong.
    Starting,
    NotReady,
    Unscheduled,
    Mount,
    Crash,
    Image,
    Config,
    Creation,
}

impl Finding {
    pub(super) fn new(rank: Rank, verdict: Verdict, summary: impl Into<String>) -> Self {
        Self {
            rank,
            summary: summary.into(),
            at: Vec::new(),
            pod: None,
            log: None,
            hint: None,
            verdict,
        }
    }

    pub(super) fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What is final goes first, then what tells more.
    pub(super) fn weight(&self) -> (bool, Rank, Verdict) {
        (self.verdict == Verdict::Fatal, self.rank, self.verdict)
    }
}
