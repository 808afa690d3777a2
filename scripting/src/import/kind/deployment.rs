//! `deployment(name)`.

use super::Subject;
use crate::import::code::{Code, call, text};
use crate::import::setters::set;

pub(super) fn propose(subject: &Subject<'_>) -> Option<Code> {
    let code = call("deployment", [text(subject.name())]);
    let code = set(code, "deployment", subject.value, "", |name| {
        name == "replicas"
    });
    let mut code = subject.pod("deployment", "spec.template").add(code);
    if subject.spec()["strategy"]["type"] == "Recreate" {
        code = code.then("recreate", []);
    }
    Some(set(code, "deployment", subject.spec(), "", |name| {
        matches!(
            name,
            "max_surge"
                | "max_unavailable"
                | "progress_deadline"
                | "paused"
                | "min_ready"
                | "revision_history_limit"
        )
    }))
}
