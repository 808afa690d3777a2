//! What an object can be waited for.

use crate::types::Invalid;
use serde_json::Value;
use std::fmt;
use std::str::FromStr;

/// What an object is waited for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Condition {
    /// `ready`: it does what its specification says, as `infra status` judges it.
    Ready,
    /// `deleted`: it is not there.
    Deleted,
    /// `condition=Available` or `condition=Available=False`: a condition of its status.
    Is {
        /// The condition's type.
        kind: String,
        /// Its status.
        status: String,
    },
    /// `status.phase=Running`: a field.
    Field {
        /// The names from the object down.
        path: Vec<String>,
        /// What it is to be, as text.
        value: String,
    },
}

const EXPECTED: &str = "`ready`, `deleted`, `condition=Available`, `condition=Available=False` or `status.phase=Running`";

impl Condition {
    /// Whether an object that is there meets it; `ready` is judged elsewhere.
    pub(super) fn is_met(&self, object: &Value) -> bool {
        match self {
            Self::Ready | Self::Deleted => false,
            Self::Is { kind, status } => {
                let conditions = object["status"]["conditions"].as_array();
                let mut conditions = conditions.into_iter().flatten();
                let found = conditions.find(|one| {
                    let name = one["type"].as_str().unwrap_or_default();
                    name.eq_ignore_ascii_case(kind)
                });
                found.is_some_and(|found| {
                    let says = found["status"].as_str().unwrap_or_default();
                    says.eq_ignore_ascii_case(status) && !is_old(object, found)
                })
            }
            Self::Field { path, value } => {
                let found = path.iter().fold(object, |value, key| &value[key.as_str()]);
                match found {
                    Value::String(text) => text == value,
                    Value::Null | Value::Array(_) | Value::Object(_) => false,
                    plain => {
                        serde_json::from_str::<Value>(value).is_ok_and(|value| value == *plain)
                    }
                }
            }
        }
    }
}

/// Whether a condition is about what was wanted before.
fn is_old(object: &Value, condition: &Value) -> bool {
    let wanted = object["metadata"]["generation"].as_i64();
    let seen = condition["observedGeneration"].as_i64();
    let seen = seen.or_else(|| object["status"]["observedGeneration"].as_i64());
    matches!((wanted, seen), (Some(wanted), Some(seen)) if seen < wanted)
}

impl FromStr for Condition {
    type Err = Invalid;

    fn from_str(text: &str) -> Result<Self, Invalid> {
        let invalid = || Invalid::new("something to wait for", text, EXPECTED);
        match text.to_lowercase().as_str() {
            "ready" => return Ok(Self::Ready),
            "deleted" | "delete" => return Ok(Self::Deleted),
            _ => {}
        }
        let (left, right) = text.split_once('=').ok_or_else(invalid)?;
        if left.is_empty() || right.is_empty() {
            return Err(invalid());
        }
        if left == "condition" {
            let (kind, status) = right.split_once('=').unwrap_or((right, "True"));
            return Ok(Self::Is {
                kind: kind.to_owned(),
                status: status.to_owned(),
            });
        }
        let path: Vec<String> = left
            .trim_start_matches('.')
            .split('.')
            .map(str::to_owned)
            .collect();
        if path.iter().any(String::is_empty) {
            return Err(invalid());
        }
        Ok(Self::Field {
            path,
            value: right.to_owned(),
        })
    }
}

/// To be read after "until it is".
impl fmt::Display for Condition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Ready => f.write_str("ready"),
            Self::Deleted => f.write_str("deleted"),
            Self::Is { kind, status } => write!(f, "{kind}={status}"),
            Self::Field { path, value } => write!(f, "{}={value}", path.join(".")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn conditions_as_kubectl_writes_them() {
        let app = json!({"metadata": {"generation": 2}, "spec": {"replicas": 3},
            "status": {"observedGeneration": 2, "phase": "Running", "conditions": [
                {"type": "Available", "status": "True"},
                {"type": "Progressing", "status": "False"},
                {"type": "Old", "status": "True", "observedGeneration": 1}]}});
        for (text, met) in [
            ("condition=Available", true),
            ("condition=available=true", true),
            ("condition=Available=False", false),
            ("condition=Progressing=False", true),
            ("condition=Old", false),
            ("condition=Missing", false),
            ("status.phase=Running", true),
            (".status.phase=Failed", false),
            ("spec.replicas=3", true),
            ("spec=3", false),
        ] {
            let condition: Condition = text.parse().expect(text);
            assert_eq!(condition.is_met(&app), met, "{text}");
        }
        let mut old = app;
        old["status"]["observedGeneration"] = 1.into();
        let available: Condition = "condition=Available".parse().expect("fits");
        assert!(!available.is_met(&old));
        for text in ["", "Available", "condition=", "=x", "a..b=1"] {
            assert!(text.parse::<Condition>().is_err(), "{text}");
        }
    }
}
