//! The values of parameters.

use rhai::Dynamic;
use std::collections::BTreeMap;
use std::fmt;

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum ParamValue {
    /// `()`: nothing. In a map of changes it removes its key.
    Unit,
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// A string.
    Text(String),
    /// An array.
    Array(Vec<ParamValue>),
    /// A map.
    Map(BTreeMap<String, ParamValue>),
}

impl ParamValue {
    /// The name of its type.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Unit => "()",
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Float(_) => "number",
            Self::Text(_) => "string",
            Self::Array(_) => "array",
            Self::Map(_) => "map",
        }
    }

    /// A value of a script; `None` for what no parameter can be, such as a builder or a secret.
    pub(crate) fn from_script(value: &Dynamic) -> Option<Self> {
        if value.is_unit() {
            return Some(Self::Unit);
        }
        if let Ok(value) = value.as_bool() {
            return Some(Self::Bool(value));
        }
        if let Ok(value) = value.as_int() {
            return Some(Self::Int(value));
        }
        if let Ok(value) = value.as_float() {
            return Some(Self::Float(value));
        }
        if let Ok(array) = value.as_array_ref() {
            let items = array.iter().map(Self::from_script);
            return items.collect::<Option<_>>().map(Self::Array);
        }
        if let Ok(map) = value.as_map_ref() {
            let entries = map
                .iter()
                .map(|(key, value)| Some((key.to_string(), Self::from_script(value)?)));
            return entries.collect::<Option<_>>().map(Self::Map);
        }
        let text = value.as_immutable_string_ref().ok()?;
        Some(Self::Text(text.to_string()))
    }

    /// It as a value of a script.
    pub(crate) fn into_script(self) -> Dynamic {
        match self {
            Self::Unit => Dynamic::UNIT,
            Self::Bool(value) => value.into(),
            Self::Int(value) => value.into(),
            Self::Float(value) => value.into(),
            Self::Text(value) => value.into(),
            Self::Array(items) => {
                Dynamic::from_array(items.into_iter().map(Self::into_script).collect())
            }
            Self::Map(entries) => Dynamic::from_map(
                entries
                    .into_iter()
                    .map(|(key, value)| (key.into(), value.into_script()))
                    .collect(),
            ),
        }
    }

    /// It as JSON, as results are given to programs.
    pub fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Unit => serde_json::Value::Null,
            Self::Bool(value) => (*value).into(),
            Self::Int(value) => (*value).into(),
            Self::Float(value) => (*value).into(),
            Self::Text(value) => value.as_str().into(),
            Self::Array(items) => items.iter().map(Self::to_json).collect(),
            Self::Map(entries) => entries
                .iter()
                .map(|(key, value)| (key.clone(), value.to_json()))
                .collect(),
        }
    }
}

/// As a person would type it after `--set NAME=`.
impl fmt::Display for ParamValue {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Text(value) => f.write_str(value),
            Self::Unit => f.write_str("()"),
            other => other.to_json().fmt(f),
        }
    }
}
