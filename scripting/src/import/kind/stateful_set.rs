//! `stateful_set(name)`.

use super::Subject;
use crate::import::code::{Code, call, text};
use crate::import::pod::fields;
use crate::import::setters::set;

pub(super) fn propose(subject: &Subject<'_>) -> Option<Code> {
    let spec = subject.spec();
    let code = call("stateful_set", [text(subject.name())]);
    let code = set(code, "stateful_set", subject.value, "", |name| {
        name == "replicas"
    });
    let mut code = subject.pod("stateful_set", "spec.template").add(code);
    if let Some(name) = spec["serviceName"]
        .as_str()
        .filter(|name| !found(subject, name))
    {
        code = code.then("service", [text(name)]);
    }
    if spec["podManagementPolicy"] == "Parallel" {
        code = code.then("parallel", []);
    }
    if spec["updateStrategy"]["type"] == "OnDelete" {
        code = code.then("on_delete", []);
    }
    Some(set(code, "stateful_set", spec, "", |name| {
        matches!(
            name,
            "partition"
                | "max_unavailable"
                | "first_ordinal"
                | "when_deleted"
                | "when_scaled"
                | "min_ready"
                | "revision_history_limit"
        )
    }))
}

/// Whether the service that is found by itself is this one: the first headless one of its pods.
fn found(subject: &Subject<'_>, name: &str) -> bool {
    let selector = &subject.spec()["selector"]["matchLabels"];
    fields(selector).next().is_some()
        && subject
            .context
            .objects
            .iter()
            .filter(|other| {
                other.id.kind == "Service"
                    && other.id.namespace.as_deref().unwrap_or_default() == subject.home
                    && other.value["spec"]["clusterIP"] == "None"
                    && other.value["spec"]["selector"] == *selector
            })
            .map(|service| service.id.name.as_str())
            .collect::<Vec<_>>()
            == [name]
}
