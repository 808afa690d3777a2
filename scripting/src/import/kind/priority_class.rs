//! `priority_class(name, value)`.

use super::Subject;
use crate::import::code::{Code, call, json, text};
use crate::import::setters::set;

pub(super) fn propose(subject: &Subject<'_>) -> Option<Code> {
    let value = subject.value;
    let mut code = call(
        "priority_class",
        [text(subject.name()), json(&value["value"])],
    );
    if value["globalDefault"] == true {
        code = code.then("global_default", []);
    }
    Some(set(code, "priority_class", value, "", |name| {
        matches!(name, "preemption_policy" | "description")
    }))
}
