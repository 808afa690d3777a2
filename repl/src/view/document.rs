//! Results for programs: one document, with the version of its form.

use crate::args::Output;
use infra_sdk::types::yaml;
use serde::Serialize;
use serde_json::{Value, json as object};

/// The version of every form. It goes up when a field changes its meaning or goes away.
const VERSION: u32 = 1;

/// `{"version": 1, NAME: value, …}` as JSON (or as YAML, where that is asked for), with a newline at
/// its end.
pub(crate) fn document(output: Output, parts: &[(&str, Value)]) -> String {
    let mut document = object!({ "version": VERSION });
    for (name, part) in parts {
        document[*name] = part.clone();
    }
    match output {
        Output::Yaml => yaml::to_string(&document),
        Output::Text | Output::Json => format!("{document:#}\n"),
    }
}

/// A value as JSON. Ours have string keys and implementations that cannot fail.
pub(crate) fn value(value: &impl Serialize) -> Value {
    serde_json::to_value(value).unwrap_or(Value::Null)
}
