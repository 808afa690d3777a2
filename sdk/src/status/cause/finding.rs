//! One thing that may be the cause.

use super::{Class, LogTail, Verdict};

/// One thing that is wrong with a pod, a container, a claim or the making of pods.
#[derive(Clone, Debug)]
pub(super) struct Finding {
    pub(super) class: Class,
    pub(super) summary: String,
    /// Below the object: `pod/…`, ``container `…` ``.
    pub(super) at: Vec<String>,
    pub(super) pod: Option<String>,
    pub(super) log: Option<LogTail>,
    pub(super) hint: Option<String>,
    pub(super) verdict: Verdict,
}

impl Finding {
    pub(super) fn new(class: Class, verdict: Verdict, summary: impl Into<String>) -> Self {
        Self {
            class,
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
    pub(super) fn weight(&self) -> (bool, Class, Verdict) {
        (self.verdict == Verdict::Fatal, self.class, self.verdict)
    }
}
