//! `storage_class(name, provisioner)`.

use super::Subject;
use crate::import::code::{Code, call, json, text};
use crate::import::setters::{set, texts};

pub(super) fn propose(subject: &Subject<'_>) -> Option<Code> {
    let value = subject.value;
    let mut code = call(
        "storage_class",
        [text(subject.name()), json(&value["provisioner"])],
    );
    if let Some(parameters) = texts(&value["parameters"]) {
        code = code.then("parameters", [parameters]);
    }
    Some(set(code, "storage_class", value, "", |name| {
        matches!(
            name,
            "reclaim_policy" | "allow_volume_expansion" | "volume_binding_mode" | "mount_option"
        )
    }))
}
