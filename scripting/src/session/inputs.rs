//! `param(name, default)`: the settings of a script.

use std::sync::{Mutex, PoisonError};

/// The value of a parameter.
#[derive(Clone, Debug, PartialEq)]
pub enum ParamValue {
    /// `true` or `false`.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// A string.
    Text(String),
}

impl ParamValue {
    /// The name of its type.
    pub fn type_name(&self) -> &'static str {
        match self {
            Self::Bool(_) => "bool",
            Self::Int(_) => "int",
            Self::Float(_) => "number",
            Self::Text(_) => "string",
        }
    }

    /// Reads a setting as a value of the same type.
    fn like(&self, text: &str) -> Result<Self, &'static str> {
        match self {
            Self::Bool(_) => match text {
                "true" | "yes" | "1" => Ok(Self::Bool(true)),
                "false" | "no" | "0" => Ok(Self::Bool(false)),
                _ => Err("`true` or `false`"),
            },
            Self::Int(_) => text.parse().map(Self::Int).map_err(|_| "a whole number"),
            Self::Float(_) => text.parse().map(Self::Float).map_err(|_| "a number"),
            Self::Text(_) => Ok(Self::Text(text.to_owned())),
        }
    }
}

impl std::fmt::Display for ParamValue {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Bool(value) => write!(f, "{value}"),
            Self::Int(value) => write!(f, "{value}"),
            Self::Float(value) => write!(f, "{value}"),
            Self::Text(value) => f.write_str(value),
        }
    }
}

/// A parameter that a script asked for.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// Its name.
    pub name: String,
    /// Its default; `None` when it is required.
    pub default: Option<ParamValue>,
    /// What it was: the setting, else the default. `None` where the script was only read.
    pub value: Option<ParamValue>,
}

/// Why a parameter has no value.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum ParamError {
    /// It is required and not set.
    Missing,
    /// `--set` gave something else.
    Mistyped {
        given: String,
        expected: &'static str,
    },
}

/// The settings of a run, and the parameters that were asked for.
#[derive(Debug)]
pub(crate) struct Parameters {
    settings: Vec<(String, String)>,
    asked: Mutex<Vec<Parameter>>,
}

impl Parameters {
    pub(crate) fn new(settings: &[(String, String)]) -> Self {
        Self {
            settings: settings.to_vec(),
            asked: Mutex::new(Vec::new()),
        }
    }

    /// The value of a parameter; the last setting of a name counts.
    pub(crate) fn ask(
        &self,
        name: &str,
        default: Option<ParamValue>,
    ) -> Result<ParamValue, ParamError> {
        let setting = self.settings.iter().rev().find(|(known, _)| known == name);
        let value = match (setting, &default) {
            (Some((_, text)), Some(default)) => {
                default.like(text).map_err(|expected| ParamError::Mistyped {
                    given: text.clone(),
                    expected,
                })
            }
            (Some((_, text)), None) => Ok(ParamValue::Text(text.clone())),
            (None, Some(default)) => Ok(default.clone()),
            (None, None) => Err(ParamError::Missing),
        };
        let mut asked = self.asked.lock().unwrap_or_else(PoisonError::into_inner);
        if asked.iter().all(|known| known.name != name) {
            asked.push(Parameter {
                name: name.to_owned(),
                default,
                value: value.as_ref().ok().cloned(),
            });
        }
        value
    }

    /// The parameters that were asked for, in order.
    pub(crate) fn asked(&self) -> Vec<Parameter> {
        self.asked
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// The settings whose names are in neither list.
    pub(crate) fn unknown<'a>(&'a self, written: &'a [Parameter]) -> Vec<&'a str> {
        let asked = self.asked();
        self.settings
            .iter()
            .map(|(name, _)| name.as_str())
            .filter(|name| {
                asked.iter().all(|known| known.name != *name)
                    && written.iter().all(|known| known.name != *name)
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_setting_has_the_type_of_the_default() {
        let set = |value: &str| Parameters::new(&[("x".to_owned(), value.to_owned())]);
        for (text, default, expected) in [
            ("5", Some(ParamValue::Int(3)), Ok(ParamValue::Int(5))),
            (
                "false",
                Some(ParamValue::Bool(true)),
                Ok(ParamValue::Bool(false)),
            ),
            (
                "a",
                Some(ParamValue::Text("b".into())),
                Ok(ParamValue::Text("a".into())),
            ),
            ("a", None, Ok(ParamValue::Text("a".into()))),
            (
                "many",
                Some(ParamValue::Int(3)),
                Err(ParamError::Mistyped {
                    given: "many".into(),
                    expected: "a whole number",
                }),
            ),
        ] {
            assert_eq!(set(text).ask("x", default), expected, "{text}");
        }
        assert_eq!(set("1").ask("y", None), Err(ParamError::Missing));
        let parameters = set("1");
        assert_eq!(parameters.unknown(&[]), ["x"]);
        let _ = parameters.ask("x", None);
        assert_eq!(parameters.unknown(&[]), Vec::<&str>::new());
    }
}
