//! The differences between two objects, field by field.

use infra_sdk::types::Quantity;
use serde_json::{Map, Value};
use std::collections::BTreeSet;

/// One field that stands in one object, or in both with different values.
#[derive(Clone, Debug, PartialEq, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Difference {
    /// `Kind/name`.
    pub(crate) object: String,
    /// The path of the field; empty for the whole object.
    #[serde(default)]
    pub(crate) path: String,
    /// The first's value; nothing where it has none.
    #[serde(default, deserialize_with = "present")]
    pub(crate) document: Option<Value>,
    /// The other's.
    #[serde(default, deserialize_with = "present")]
    pub(crate) ours: Option<Value>,
    /// Why it differs.
    #[serde(default)]
    pub(crate) reason: String,
}

fn present<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Option<Value>, D::Error> {
    serde::Deserialize::deserialize(deserializer).map(Some)
}

impl Difference {
    /// Whether it is the same difference, whatever the reason.
    pub(crate) fn is(&self, other: &Self) -> bool {
        (&self.object, &self.path, &self.document, &self.ours)
            == (&other.object, &other.path, &other.document, &other.ours)
    }
}

/// All differences between two objects of one name. Quantities are compared by what they mean, lists
/// whose items have names by name.
pub(crate) fn differences(
    object: &str,
    document: Option<&Value>,
    ours: Option<&Value>,
) -> Vec<Difference> {
    let mut found = Vec::new();
    compare(object, String::new(), document, ours, &mut found);
    found
}

fn compare(
    object: &str,
    path: String,
    document: Option<&Value>,
    ours: Option<&Value>,
    found: &mut Vec<Difference>,
) {
    match (document, ours) {
        (Some(document), Some(ours))
            if document == ours || is_same_quantity(&path, document, ours) => {}
        (Some(Value::Object(document)), Some(Value::Object(ours))) => {
            for key in keys(document, ours) {
                compare(
                    object,
                    below(&path, key),
                    document.get(key),
                    ours.get(key),
                    found,
                );
            }
        }
        (Some(Value::Array(document)), Some(Value::Array(ours))) => {
            items(object, &path, document, ours, found);
        }
        (document, ours) => found.push(Difference {
            object: object.to_owned(),
            path,
            document: document.cloned(),
            ours: ours.cloned(),
            reason: String::new(),
        }),
    }
}

fn items(
    object: &str,
    path: &str,
    document: &[Value],
    ours: &[Value],
    found: &mut Vec<Difference>,
) {
    let all = || document.iter().chain(ours);
    if all().all(|item| item["name"].is_string()) {
        let names: BTreeSet<&str> = all().filter_map(|item| item["name"].as_str()).collect();
        for name in names {
            let named = |items: &[Value]| items.iter().find(|item| item["name"] == name).cloned();
            let (document, ours) = (named(document), named(ours));
            compare(
                object,
                format!("{path}[{name}]"),
                document.as_ref(),
                ours.as_ref(),
                found,
            );
        }
        return;
    }
    for index in 0..document.len().max(ours.len()) {
        compare(
            object,
            format!("{path}[{index}]"),
            document.get(index),
            ours.get(index),
            found,
        );
    }
}

fn keys<'a>(document: &'a Map<String, Value>, ours: &'a Map<String, Value>) -> BTreeSet<&'a str> {
    document
        .keys()
        .chain(ours.keys())
        .map(String::as_str)
        .collect()
}

fn below(path: &str, key: &str) -> String {
    match (path.is_empty(), key.contains(['.', '/'])) {
        (true, _) => key.to_owned(),
        (false, false) => format!("{path}.{key}"),
        (false, true) => format!("{path}[{key}]"),
    }
}

fn is_same_quantity(path: &str, document: &Value, ours: &Value) -> bool {
    let quantity = |value: &Value| -> Option<Quantity> { value.as_str()?.parse().ok() };
    path.contains(".resources.")
        && quantity(document)
            .zip(quantity(ours))
            .is_some_and(|(one, other)| one == other)
}
