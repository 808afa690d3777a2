//! The fields of an object that are followed, and who holds all its fields.

use super::names::Names;
use serde_json::Value;
use std::collections::BTreeMap;

/// The parts of a spec that controllers write.
const SPEC: [&str; 7] = [
    "replicas",
    "suspend",
    "volumeName",
    "nodeName",
    "claimRef",
    "finalizers",
    "parallelism",
];

/// An object's fields that are followed, by path. Conditions stand under their type.
pub(super) type Facets = BTreeMap<String, String>;

/// The fields of an object that are followed; `whole` adds those that only the end tells.
pub(super) fn facets(object: &Value, names: &Names, whole: bool) -> Facets {
    let mut out = Facets::new();
    let metadata = &object["metadata"];
    for part in ["labels", "annotations"] {
        for (key, value) in metadata[part].as_object().into_iter().flatten() {
            let text = names.mask(value.as_str().unwrap_or_default());
            out.insert(format!("metadata.{part}.{key}"), text);
        }
    }
    for part in ["finalizers", "deletionTimestamp"] {
        leaf(
            &mut out,
            &format!("metadata.{part}"),
            &metadata[part],
            names,
        );
    }
    for owner in metadata["ownerReferences"].as_array().into_iter().flatten() {
        let word = |key: &str| names.mask(owner[key].as_str().unwrap_or_default());
        let flags = ["controller", "blockOwnerDeletion"].map(|key| owner[key] == true);
        out.insert(
            format!("metadata.owner.{}/{}", word("kind"), word("name")),
            format!("controller {}, blocks {}", flags[0], flags[1]),
        );
    }
    if whole {
        leaf(
            &mut out,
            "metadata.generation",
            &metadata["generation"],
            names,
        );
    }
    for key in SPEC {
        leaf(
            &mut out,
            &format!("spec.{key}"),
            &object["spec"][key],
            names,
        );
    }
    for (key, value) in object["status"].as_object().into_iter().flatten() {
        if key == "conditions" {
            conditions(&mut out, value, names);
        } else if key.ends_with("ontainerStatuses") {
            containers(&mut out, value, names);
        } else {
            flatten(&mut out, &format!("status.{key}"), value, names);
        }
    }
    // What these kinds tell stands beside spec and status.
    for key in ["revision", "ports", "addressType"] {
        leaf(&mut out, key, &object[key], names);
    }
    if let Some(list) = object["endpoints"].as_array() {
        // They are a set.
        let mut list: Vec<String> = list
            .iter()
            .map(|one| masked(one, names).to_string())
            .collect();
        list.sort();
        out.insert("endpoints".to_owned(), list.join(" "));
    }
    out
}

fn conditions(out: &mut Facets, list: &Value, names: &Names) {
    for one in list.as_array().into_iter().flatten() {
        let word = |key: &str| names.mask(one[key].as_str().unwrap_or_default());
        let text = format!("{} {}: {}", word("status"), word("reason"), word("message"));
        out.insert(format!("status.condition.{}", word("type")), text);
    }
}

/// What a pod's status tells of its containers, each under its name.
fn containers(out: &mut Facets, list: &Value, names: &Names) {
    for one in list.as_array().into_iter().flatten() {
        let path = format!(
            "status.container.{}",
            one["name"].as_str().unwrap_or_default()
        );
        for (key, value) in one.as_object().into_iter().flatten() {
            let path = format!("{path}.{key}");
            match key.as_str() {
                "name" => {}
                "state" | "lastState" => {
                    let told = value.as_object().into_iter().flatten().next();
                    let told = told.map(|(state, more)| told_state(state, more, names));
                    out.extend(told.map(|told| (path, told)));
                }
                _ => leaf(out, &path, value, names),
            }
        }
    }
}

/// A container's state: `terminated Error 3`.
fn told_state(state: &str, more: &Value, names: &Names) -> String {
    let mut words = vec![state.to_owned()];
    for key in ["reason", "exitCode", "message"] {
        match &more[key] {
            Value::Null => {}
            Value::String(text) => words.push(names.mask(text)),
            other => words.push(other.to_string()),
        }
    }
    words.join(" ")
}

fn flatten(out: &mut Facets, path: &str, value: &Value, names: &Names) {
    match value {
        Value::Object(map) => {
            for (key, value) in map {
                let key = names.mask(key);
                flatten(out, &format!("{path}.{key}"), value, names);
            }
        }
        _ => leaf(out, path, value, names),
    }
}

fn leaf(out: &mut Facets, path: &str, value: &Value, names: &Names) {
    if !value.is_null() {
        let text = match value {
            Value::String(text) => names.mask(text),
            _ => masked(value, names).to_string(),
        };
        out.insert(path.to_owned(), text);
    }
}

/// A value with the strings in it masked, without what only times and versions say.
fn masked(value: &Value, names: &Names) -> Value {
    match value {
        Value::String(text) => names.mask(text).into(),
        Value::Array(list) => list.iter().map(|one| masked(one, names)).collect(),
        Value::Object(map) => map
            .iter()
            .filter(|(key, _)| *key != "resourceVersion")
            .map(|(key, value)| (key.clone(), masked(value, names)))
            .collect(),
        _ => value.clone(),
    }
}

/// The field managers of an object, each with its fields.
pub(super) fn managers(object: &Value, names: &Names) -> Vec<String> {
    let list = object["metadata"]["managedFields"].as_array();
    let mut lines: Vec<String> = list
        .into_iter()
        .flatten()
        .map(|one| {
            let word = |key: &str| one[key].as_str().unwrap_or_default();
            format!(
                "  by {} {} {}/{}: {}",
                word("manager"),
                word("operation"),
                word("apiVersion"),
                word("subresource"),
                fields(&one["fieldsV1"], names),
            )
        })
        .collect();
    lines.sort();
    lines
}

fn fields(value: &Value, names: &Names) -> String {
    let Some(map) = value.as_object() else {
        return String::new();
    };
    let parts: Vec<String> = map
        .iter()
        .map(|(key, value)| {
            let key = names.mask(key.strip_prefix("f:").unwrap_or(key));
            match fields(value, names).as_str() {
                "" => key,
                inner => format!("{key}{{{inner}}}"),
            }
        })
        .collect();
    parts.join(" ")
}
