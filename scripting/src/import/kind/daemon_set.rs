//! `daemon_set(name)`.

use super::Subject;
use crate::import::code::{Code, call, text};
use crate::import::setters::set;

pub(super) fn propose(subject: &Subject<'_>) -> Option<Code> {
    let code = call("daemon_set", [text(subject.name())]);
    let mut code = subject.pod("daemon_set", "spec.template").add(code);
    if subject.spec()["updateStrategy"]["type"] == "OnDelete" {
        code = code.then("on_delete", []);
    }
    Some(set(code, "daemon_set", subject.spec(), "", |name| {
        matches!(
            name,
            "max_surge" | "max_unavailable" | "min_ready" | "revision_history_limit"
        )
    }))
}
