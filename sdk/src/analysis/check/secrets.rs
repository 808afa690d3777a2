//! What is secret and stands where anyone can read it.

mod told;

use super::look::{Findings, Look};
use super::{Rule, Severity};
use crate::environment::items;
use crate::object::SecretPart;
use serde_json::Value;
use told::{is_secret_name, is_secret_value, lines_with_secrets, tells_password};

pub(super) static SECRET_IN_ENV: Rule = Rule {
    id: "secret-in-env",
    severity: Severity::Error,
    title: "a secret in an environment variable's text",
    why: "whoever may look at the pod, its workload or this file reads it",
    cure: "put it into a `secret(…)` from a source, and use `SECRET.key(\"NAME\")` or `.env_from(SECRET)`",
};

pub(super) static SECRET_IN_CONFIG_MAP: Rule = Rule {
    id: "secret-in-config-map",
    severity: Severity::Error,
    title: "a secret in a config map",
    why: "config maps are shown to everyone who may look at the namespace, and are not encrypted",
    cure: "put it into a `secret(…)`, with a source: `secret_env(\"NAME\")`, `secret_file(PATH)`, `generated(NAME, 32)`",
};

pub(super) static SECRET_IN_COMMAND: Rule = Rule {
    id: "secret-in-command",
    severity: Severity::Error,
    title: "a secret in a command line",
    why: "whoever may look at the pod reads it, and so does every program on its node that lists processes",
    cure: "put it into a variable of a secret, and name that: `$(PASSWORD)`",
};

pub(super) static SECRET_IN_METADATA: Rule = Rule {
    id: "secret-in-metadata",
    severity: Severity::Error,
    title: "a secret in a label or an annotation",
    why: "metadata is shown in lists, logs and metrics",
    cure: "put it into a `secret(…)`",
};

pub(super) static SECRET_IN_PLAIN_TEXT: Rule = Rule {
    id: "secret-in-plain-text",
    severity: Severity::Error,
    title: "the value of a secret stands in the script or the manifest",
    why: "whoever reads the repository, and every copy of it for ever, has it",
    cure: "take it from a source: `secret_env(\"NAME\")`, `secret_file(PATH)`, `generated(NAME, 32)`",
};

/// Whether a value is secret, by what it is called or by what it looks like.
#[must_use]
pub fn looks_secret(name: &str, value: &str) -> bool {
    is_secret_name(name) && !told::is_harmless(value) || is_secret_value(value)
}

pub(super) fn check(look: &Look<'_>, findings: &mut Findings<'_>) {
    for (position, object) in look.view.objects.iter().enumerate() {
        let short = object.id.short();
        if object.id.group.is_empty() && object.id.kind == "ConfigMap" {
            config_map(position, &object.value["data"], findings);
        }
        for (key, text) in &object.secrets {
            let plain: Option<String> = text
                .sources()
                .into_iter()
                .map(|part| match part {
                    SecretPart::Text(text) => Some(text.as_str()),
                    _ => None,
                })
                .collect();
            let Some(plain) = plain else { continue };
            if looks_secret(key, &plain) {
                let message = format!("the value of `{key}` of `{short}` is written out");
                findings.add(
                    &SECRET_IN_PLAIN_TEXT,
                    position,
                    &format!("data.{key}"),
                    message,
                );
            }
        }
        for field in ["labels", "annotations"] {
            for (key, value) in object.value["metadata"][field]
                .as_object()
                .into_iter()
                .flatten()
            {
                if value.as_str().is_some_and(is_secret_value) {
                    let message = format!("`{short}` has a secret under `{key}` of its {field}");
                    let path = format!("metadata.{field}[{key}]");
                    findings.add(&SECRET_IN_METADATA, position, &path, message);
                }
            }
        }
    }
    for workload in &look.workloads {
        for container in workload.containers() {
            for (index, variable) in items(&container.value["env"]).iter().enumerate() {
                let (Some(name), Some(value)) =
                    (variable["name"].as_str(), variable["value"].as_str())
                else {
                    continue;
                };
                if looks_secret(name, value) {
                    let message = format!(
                        "`{}` has the value of `{name}` in its text",
                        workload.short()
                    );
                    let path = format!("{}.env[{index}].value", container.path);
                    findings.add(&SECRET_IN_ENV, workload.position, &path, message);
                }
            }
            for list in ["command", "args"] {
                let words: Vec<&str> = items(&container.value[list])
                    .iter()
                    .filter_map(Value::as_str)
                    .collect();
                if let Some(index) = tells_password(&words) {
                    let message = format!("`{}` has a secret in its `{list}`", workload.short());
                    let path = format!("{}.{list}[{index}]", container.path);
                    findings.add(&SECRET_IN_COMMAND, workload.position, &path, message);
                }
            }
        }
    }
}

fn config_map(position: usize, data: &Value, findings: &mut Findings<'_>) {
    let short = findings.short(position);
    for (key, value) in data.as_object().into_iter().flatten() {
        let value = value.as_str().unwrap_or_default();
        let path = format!("data.{key}");
        if looks_secret(key, value) {
            let message = format!("`{short}` has a secret under `{key}`");
            findings.add(&SECRET_IN_CONFIG_MAP, position, &path, message);
        } else if let Some(line) = lines_with_secrets(value) {
            let message = format!("`{short}` has a secret in line {line} of `{key}`");
            findings.add(&SECRET_IN_CONFIG_MAP, position, &path, message);
        }
    }
}
