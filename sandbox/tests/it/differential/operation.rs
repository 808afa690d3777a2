//! One request, as data: what is generated, shrunk, and kept as a case.

use super::fault::Fault;
use super::kind::{self, NAMESPACE};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use std::collections::BTreeMap;

/// The value of a body's field that stands for the version of the object as this end last showed it.
pub(crate) const VERSION: &str = "$version";
/// The same for a version that is no longer the current one.
pub(crate) const STALE: &str = "$stale";
/// The same for the object's uid.
pub(crate) const UID: &str = "$uid";
/// The value of `continue` that stands for where the last page of this kind ended.
pub(crate) const NEXT: &str = "$next";
/// The field of a body that is to be a live object, changed by the merge patch in it.
pub(crate) const LIVE: &str = "$live";

/// What an operation does.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Verb {
    Get,
    List,
    Watch,
    Create,
    Apply,
    Update,
    JsonPatch,
    MergePatch,
    StrategicPatch,
    Delete,
    DeleteCollection,
}

impl Verb {
    fn word(self) -> String {
        let word = serde_json::to_value(self).unwrap_or_default();
        word.as_str().unwrap_or_default().to_owned()
    }

    pub(crate) fn method(self) -> &'static str {
        match self {
            Self::Get | Self::List | Self::Watch => "GET",
            Self::Create => "POST",
            Self::Update => "PUT",
            Self::Apply | Self::JsonPatch | Self::MergePatch | Self::StrategicPatch => "PATCH",
            Self::Delete | Self::DeleteCollection => "DELETE",
        }
    }

    pub(crate) fn content_type(self) -> &'static str {
        match self {
            Self::Apply => "application/apply-patch+yaml",
            Self::JsonPatch => "application/json-patch+json",
            Self::MergePatch => "application/merge-patch+json",
            Self::StrategicPatch => "application/strategic-merge-patch+json",
            _ => "application/json",
        }
    }

    fn is_collection(self) -> bool {
        matches!(
            self,
            Self::List | Self::Watch | Self::Create | Self::DeleteCollection
        )
    }
}

/// One request.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Operation {
    pub(crate) verb: Verb,
    pub(crate) kind: String,
    /// The object's name; empty for collections.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) name: String,
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub(crate) subresource: String,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) query: BTreeMap<String, String>,
    #[serde(default, skip_serializing_if = "Value::is_null")]
    pub(crate) body: Value,
    /// What was made wrong; for the count alone.
    #[serde(skip)]
    pub(crate) fault: Fault,
}

impl Operation {
    pub(crate) fn new(verb: Verb, kind: &str, name: &str) -> Self {
        Self {
            verb,
            kind: kind.to_owned(),
            name: name.to_owned(),
            subresource: String::new(),
            query: BTreeMap::new(),
            body: Value::Null,
            fault: Fault::None,
        }
    }

    pub(crate) fn with(mut self, parameter: &str, value: &str) -> Self {
        self.query.insert(parameter.to_owned(), value.to_owned());
        self
    }

    pub(crate) fn body(mut self, body: Value) -> Self {
        self.body = body;
        self
    }

    pub(crate) fn wrong(mut self, fault: Fault) -> Self {
        self.fault = fault;
        self
    }

    /// The verb, and the subresource if it is not the object itself: `update`, `apply/status`.
    pub(crate) fn word(&self) -> String {
        let verb = self.verb.word();
        match self.subresource.as_str() {
            "" => verb,
            subresource => format!("{verb}/{subresource}"),
        }
    }

    pub(crate) fn sub(mut self, subresource: &str) -> Self {
        subresource.clone_into(&mut self.subresource);
        self
    }

    /// The path and the query, with the placeholder for the namespace.
    pub(crate) fn path(&self) -> String {
        let sample = kind::sample(&self.kind);
        let kind = sample.schema();
        let root = if kind.group.is_empty() {
            "/api"
        } else {
            "/apis"
        };
        let mut parts = vec![root.to_owned(), sample.api.clone()];
        if kind.namespaced {
            parts.push(format!("namespaces/{NAMESPACE}"));
        }
        parts.push(kind.plural.to_string());
        if !self.verb.is_collection() || !self.subresource.is_empty() {
            parts.push(self.name.clone());
        }
        if !self.subresource.is_empty() {
            parts.push(self.subresource.clone());
        }
        let watch = (self.verb == Verb::Watch).then_some(("watch", "true"));
        let rest = self.query.iter().map(|(k, v)| (k.as_str(), v.as_str()));
        let query: Vec<String> = watch
            .into_iter()
            .chain(rest)
            .map(|(name, value)| format!("{name}={}", encode(value)))
            .collect();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}{mark}{}", parts.join("/"), query.join("&"))
    }
}

/// Percent-encoding.
pub(crate) fn encode(text: &str) -> String {
    let encoded = text.bytes().map(|byte| {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            char::from(byte).to_string()
        } else {
            format!("%{byte:02X}")
        }
    });
    encoded.collect()
}

/// A name as a step of a JSON pointer.
pub(crate) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The name that a step of a JSON pointer stands for.
pub(crate) fn unescaped(step: &str) -> String {
    step.replace("~1", "/").replace("~0", "~")
}

/// Takes away what stands at a JSON pointer. False where nothing does.
pub(crate) fn remove_at(body: &mut Value, pointer: &str) -> bool {
    let Some((parent, last)) = pointer.rsplit_once('/') else {
        return false;
    };
    match body.pointer_mut(parent) {
        Some(Value::Object(fields)) => fields.remove(&unescaped(last)).is_some(),
        Some(Value::Array(items)) => {
            let at = last.parse().ok().filter(|at| *at < items.len());
            at.map(|at: usize| items.remove(at)).is_some()
        }
        _ => false,
    }
}

/// The merge patch that makes the second of the first.
pub(crate) fn difference(from: &Value, to: &Value) -> Value {
    let (Value::Object(from), Value::Object(to)) = (from, to) else {
        return to.clone();
    };
    let mut patch = Map::new();
    for name in from.keys().filter(|name| !to.contains_key(*name)) {
        patch.insert(name.clone(), Value::Null);
    }
    for (name, value) in to {
        match from.get(name) {
            Some(old) if old == value => {}
            Some(old) => {
                patch.insert(name.clone(), difference(old, value));
            }
            None => {
                patch.insert(name.clone(), value.clone());
            }
        }
    }
    Value::Object(patch)
}

/// RFC 7386.
pub(crate) fn merged(base: &mut Value, patch: &Value) {
    let Value::Object(patch) = patch else {
        *base = patch.clone();
        return;
    };
    if !base.is_object() {
        *base = Value::Object(Map::new());
    }
    let Some(fields) = base.as_object_mut() else {
        return;
    };
    for (name, value) in patch {
        if value.is_null() {
            fields.remove(name);
        } else {
            merged(fields.entry(name).or_insert(Value::Null), value);
        }
    }
}

#[test]
fn a_difference_is_the_patch_between_two_values() {
    let from = serde_json::json!({"a": {"b": 1, "c": [1]}, "d": 2, "e": {"f": 1}});
    let to = serde_json::json!({"a": {"b": 1, "c": [1, 2]}, "e": 3, "g": {}});
    let patch = difference(&from, &to);
    assert_eq!(
        patch,
        serde_json::json!({"a": {"c": [1, 2]}, "d": null, "e": 3, "g": {}})
    );
    let mut patched = from;
    merged(&mut patched, &patch);
    assert_eq!(patched, to);
}
