//! Values that a server cannot even read.

use serde_json::Value;

use super::convert::{is_wide, json_kind};
use super::time;
use crate::kind::Kind;
use crate::quantity::Quantity;
use crate::ty::{Scalar, Shape, Type};

/// Why a server could not decode an object of a built-in kind, as it answers with 400; `None` when
/// it could.
pub fn decode_error(kind: &Kind, object: &Value) -> Option<String> {
    let message = decode_fault(&kind.ty(), object)?;
    let (name, version) = (&kind.kind, &kind.version);
    Some(format!(
        "{name} in version \"{version}\" cannot be handled as a {name}: {message}"
    ))
}

/// As [`decode_error`], in the decoder's own words: those of a patch, whose result cannot be read.
pub fn decode_fault(ty: &Type, value: &Value) -> Option<String> {
    walk(ty, value, "")
}

fn walk(ty: &Type, value: &Value, path: &str) -> Option<String> {
    let wrong = |expected: &str| {
        let found = json_kind(value);
        Some(format!(
            "json: cannot unmarshal {found} into Go struct field {path} of type {expected}"
        ))
    };
    match (ty.shape(), value) {
        (Shape::Untyped, _) | (_, Value::Null) => None,
        (Shape::Scalar(Scalar::Integer), Value::Number(number)) => {
            let name = path.rsplit('.').next().unwrap_or_default();
            let fits = match number.as_i64() {
                Some(whole) => is_wide(name) || i32::try_from(whole).is_ok(),
                None => number.as_f64().is_some_and(|float| float.fract() == 0.0),
            };
            let expected = if is_wide(name) { "int64" } else { "int32" };
            (!fits).then(|| {
                format!("json: cannot unmarshal number {number} into Go struct field {path} of type {expected}")
            })
        }
        (Shape::Scalar(scalar), value) => match scalar_error(scalar, value)? {
            Wrong::Type("int32") if is_wide(path.rsplit('.').next().unwrap_or_default()) => {
                wrong("int64")
            }
            Wrong::Type(expected) => wrong(expected),
            Wrong::Value(message) => Some(message),
        },
        (Shape::List(_), Value::Array(items)) => {
            let item = ty.item()?;
            items.iter().find_map(|value| walk(&item, value, path))
        }
        (Shape::Struct { .. } | Shape::Map { .. }, Value::Object(fields)) => {
            fields.iter().find_map(|(name, value)| {
                let dot = if path.is_empty() { "" } else { "." };
                walk(&ty.field(name)?, value, &format!("{path}{dot}{name}"))
            })
        }
        (Shape::List(_), _) => wrong("[]interface {}"),
        (Shape::Struct { .. }, _) => wrong("struct"),
        (Shape::Map { .. }, _) => wrong("map[string]string"),
    }
}

/// What is wrong with a leaf.
pub(super) enum Wrong {
    Type(&'static str),
    Value(String),
}

pub(super) fn scalar_error(scalar: Scalar, value: &Value) -> Option<Wrong> {
    let (fits, expected) = match scalar {
        Scalar::Boolean => (value.is_boolean(), "bool"),
        Scalar::Integer => (value.is_i64() || value.is_u64(), "int32"),
        Scalar::Number => (value.is_number(), "float64"),
        Scalar::Quantity => {
            if let Value::String(text) = value {
                let error = Quantity::parse(text.trim()).err()?;
                return Some(Wrong::Value(error.to_string()));
            }
            if !value.is_number() {
                // Whatever stands there is read as a text.
                let error = Quantity::parse(&value.to_string()).err()?;
                return Some(Wrong::Value(error.to_string()));
            }
            (true, "resource.Quantity")
        }
        Scalar::IntOrString => {
            let fits = value.as_i64().is_some_and(|n| i32::try_from(n).is_ok());
            if !fits && !value.is_string() {
                let shown = match value {
                    Value::Number(number) => format!("number {number}"),
                    other => json_kind(other).to_owned(),
                };
                return Some(Wrong::Value(format!(
                    "json: cannot unmarshal {shown} into Go value of type int32"
                )));
            }
            (true, "intstr.IntOrString")
        }
        Scalar::Bytes => {
            if let Value::String(text) = value {
                let at = base64_error(text)?;
                return Some(Wrong::Value(format!(
                    "illegal base64 data at input byte {at}"
                )));
            }
            (false, "[]uint8")
        }
        Scalar::String => (value.is_string(), "string"),
        Scalar::Time | Scalar::MicroTime => {
            let Value::String(text) = value else {
                let kind = json_kind(value);
                return Some(Wrong::Value(format!(
                    "json: cannot unmarshal {kind} into Go value of type string"
                )));
            };
            return time::fault(text, scalar == Scalar::MicroTime).map(Wrong::Value);
        }
        Scalar::Untyped => (true, ""),
    };
    (!fits).then_some(Wrong::Type(expected))
}

/// The place of the first byte that cannot stand in base64.
fn base64_error(text: &str) -> Option<usize> {
    let mut digits = 0_usize;
    let mut padding = 0_usize;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'\n' | b'\r' => {}
            b'=' if digits % 4 >= 2 && digits % 4 + padding < 4 => padding += 1,
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'+' | b'/' if padding == 0 => digits += 1,
            _ => return Some(at),
        }
    }
    // What is too short is told by where its last four began.
    let rest = (digits + padding) % 4;
    (rest != 0).then(|| text.len() - rest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_cannot_be_read() {
        let error = |group: &str, kind: &str, object: Value| {
            let kind = Kind::find_latest(group, kind).expect("known");
            decode_error(kind, &object).unwrap_or_default()
        };
        assert_eq!(
            error("apps", "Deployment", json!({"spec": {"replicas": "3"}})),
            "Deployment in version \"v1\" cannot be handled as a Deployment: json: cannot unmarshal string into Go struct field spec.replicas of type int32"
        );
        assert_eq!(
            error(
                "",
                "PersistentVolumeClaim",
                json!({"spec": {"resources": {"requests": {"storage": "1Gib"}}}})
            ),
            "PersistentVolumeClaim in version \"v1\" cannot be handled as a PersistentVolumeClaim: quantities must match the regular expression '^([+-]?[0-9.]+)([eEinumkKMGTP]*[-+]?[0-9]*)$'"
        );
        assert!(
            error("", "Secret", json!({"data": {"a": "not base64!"}})).contains("illegal base64")
        );
        assert_eq!(
            error(
                "",
                "Secret",
                json!({"data": {"a": "YQ==", "b": "", "c": null}})
            ),
            ""
        );
        assert_eq!(
            error(
                "",
                "Service",
                json!({"spec": {"ports": [{"targetPort": "http", "port": 80}]}})
            ),
            ""
        );
    }
}
