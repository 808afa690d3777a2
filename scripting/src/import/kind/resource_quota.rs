//! `resource_quota(name)`.

use super::Subject;
use crate::import::code::{Code, call, json, text};
use crate::import::setters::set;

pub(super) fn propose(subject: &Subject<'_>) -> Option<Code> {
    let code = call("resource_quota", [text(subject.name())])
        .then("hard", [json(&subject.spec()["hard"])]);
    Some(set(code, "resource_quota", subject.value, "", |name| {
        name == "scope"
    }))
}
