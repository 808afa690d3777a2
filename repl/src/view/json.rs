//! Results as JSON: one document, with the version of its form.

use serde::Serialize;
use serde_json::{Value, json as object};

/// The version of every JSON form. It goes up when a field changes its meaning or goes away.
const VERSION: u32 = 1;

/// `{"version": 1, NAME: value, …}`, indented, with a newline at its end.
pub(crate) fn json(parts: &[(&str, Value)]) -> String {
    let mut document = object!({ "version": VERSION });
    for (name, part) in parts {
        document[*name] = part.clone();
    }
    format!("{document:#}\n")
}

/// A value as JSON. Ours have string keys and implementations that cannot fail.
pub(crate) fn value(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}
