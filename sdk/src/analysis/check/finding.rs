//! What a check found.

use super::{CheckId, Rule, Severity};
use crate::object::{Location, ObjectId};
use crate::types::Reason;

/// One thing that a check found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The check.
    pub rule: &'static Rule,
    /// The environment.
    pub environment: String,
    /// The object that it is about, where it is about one.
    pub object: Option<ObjectId>,
    /// The field, as the API server names it.
    pub field: Option<String>,
    /// Where it was said, or where it was left out.
    pub at: Option<Location>,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
    /// What to do about it here, where that is more than the check itself knows.
    pub help: Option<String>,
    /// Why it was accepted, where it was.
    pub accepted: Option<Reason>,
}

impl Finding {
    /// Whether it makes `infra check` fail: an error that nobody accepted.
    pub fn fails(&self) -> bool {
        self.rule.severity == Severity::Error && self.accepted.is_none()
    }

    /// What to do about it.
    pub fn cure(&self) -> &str {
        self.help.as_deref().unwrap_or(self.rule.cure)
    }
}

/// What somebody decided to live with, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Acceptance {
    /// The check whose findings are accepted.
    pub check: CheckId,
    /// Why.
    pub reason: Reason,
    /// Where it was said.
    pub at: Option<Location>,
}
