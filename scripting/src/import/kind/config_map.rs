//! `config_map(name)`.

use super::Subject;
use crate::import::code::{Code, call, json, text};
use crate::import::pod::fields;

pub(super) fn propose(subject: &Subject<'_>) -> Option<Code> {
    let mut code = call("config_map", [text(subject.name())]);
    let data = &subject.value["data"];
    if fields(data).next().is_some() {
        code = code.then("values", [json(data)]);
    }
    if subject.value["immutable"] == true {
        code = code.then("immutable", []);
    }
    Some(code)
}
