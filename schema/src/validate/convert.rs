//! Reading into Go's types what is JSON already, as an apply and a strategic merge patch do it: the
//! words are others than a decoder's, and whole numbers that do not fit wrap.

use serde_json::Value;

use super::decode::{Wrong, scalar_error};
use crate::ty::{Scalar, Shape, Type};

/// Whole numbers of 64 bits; all others have 32.
const WIDE: &[&str] = &[
    "activeDeadlineSeconds",
    "deletionGracePeriodSeconds",
    "expirationSeconds",
    "fsGroup",
    "generation",
    "gracePeriodSeconds",
    "observedGeneration",
    "remainingItemCount",
    "retryAfterSeconds",
    "runAsGroup",
    "runAsUser",
    "seconds",
    "startingDeadlineSeconds",
    "supplementalGroups",
    "terminationGracePeriodSeconds",
    "tolerationSeconds",
];

/// Whether a field's numbers have 64 bits.
pub(super) fn is_wide(field: &str) -> bool {
    WIDE.contains(&field)
}

/// Reads a value of a built-in type; why it cannot be read. Numbers that are too large for their
/// field are those that are left of them there.
pub fn convert(ty: &Type, value: &mut Value) -> Result<(), String> {
    walk(ty, value, "")
}

fn walk(ty: &Type, value: &mut Value, name: &str) -> Result<(), String> {
    let kind = go_kind(value);
    match (ty.shape(), value) {
        (Shape::Untyped, _) | (_, Value::Null) => Ok(()),
        (Shape::Scalar(scalar), value) => self::scalar(scalar, value, name),
        (Shape::List(_), Value::Array(items)) => {
            let item = ty.item().unwrap_or(Type::untyped());
            items
                .iter_mut()
                .try_for_each(|value| walk(&item, value, name))
        }
        (Shape::Struct { .. } | Shape::Map { .. }, Value::Object(fields)) => {
            for (name, value) in fields {
                if let Some(ty) = ty.field(name) {
                    walk(&ty, value, name)?;
                }
            }
            Ok(())
        }
        (Shape::List(_), _) => Err(format!("cannot restore slice from {kind}")),
        (Shape::Struct { .. }, _) => Err(format!("cannot restore struct from: {kind}")),
        (Shape::Map { .. }, _) => Err(format!("cannot restore map from {kind}")),
    }
}

fn scalar(scalar: Scalar, value: &mut Value, name: &str) -> Result<(), String> {
    let kind = go_kind(value);
    if scalar == Scalar::Integer {
        let go = if is_wide(name) { "int64" } else { "int32" };
        let whole = match value {
            Value::Number(number) => number.as_i64().or_else(|| {
                let float = number.as_f64().filter(|float| float.fract() == 0.0)?;
                Some(float as i64)
            }),
            _ => return Err(format!("unrecognized type: {go}")),
        };
        let whole = whole.ok_or_else(|| format!("cannot convert float64 to {go}"))?;
        *value = match go {
            "int32" => Value::from(whole as i32),
            _ => Value::from(whole),
        };
        return Ok(());
    }
    match (scalar, scalar_error(scalar, value)) {
        (_, None) => Ok(()),
        (Scalar::Bytes, Some(Wrong::Value(message))) => {
            Err(format!("error decoding from json: {message}"))
        }
        (_, Some(Wrong::Value(message))) => Err(message),
        (Scalar::Bytes, Some(_)) => Err(format!("cannot restore slice from {kind}")),
        (Scalar::String, Some(_)) if kind == "int64" => {
            Err("cannot convert int64 to string".to_owned())
        }
        (Scalar::String, Some(_)) => Err("unrecognized type: string".to_owned()),
        (Scalar::Boolean, Some(_)) => Err("unrecognized type: bool".to_owned()),
        (_, Some(Wrong::Type(expected))) => Err(format!(
            "json: cannot unmarshal {} into Go value of type {expected}",
            json_kind(value)
        )),
    }
}

/// What JSON calls a value.
pub(super) fn json_kind(value: &Value) -> &'static str {
    match value {
        Value::Bool(_) => "bool",
        Value::Number(_) => "number",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Null | Value::Object(_) => "object",
    }
}

/// The kind of Go's value.
fn go_kind(value: &Value) -> &'static str {
    match value {
        Value::Null => "invalid",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float64",
        Value::Number(_) => "int64",
        Value::String(_) => "string",
        Value::Array(_) => "slice",
        Value::Object(_) => "map",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_json_already_is_read_in_its_own_way() {
        let ty = Type::of("apps", "v1", "Deployment").expect("known");
        for (spec, expected) in [
            (json!({"replicas": 3}), Ok(json!({"replicas": 3}))),
            (
                json!({"replicas": 4_000_000_000_i64}),
                Ok(json!({"replicas": -294_967_296})),
            ),
            (json!({"replicas": 2.0}), Ok(json!({"replicas": 2}))),
            (
                json!({"replicas": 1.5}),
                Err("cannot convert float64 to int32"),
            ),
            (json!({"replicas": "2"}), Err("unrecognized type: int32")),
            (json!({"paused": 1}), Err("unrecognized type: bool")),
            (
                json!({"selector": {"matchLabels": ["a"]}}),
                Err("cannot restore map from slice"),
            ),
            (
                json!({"selector": "x"}),
                Err("cannot restore struct from: string"),
            ),
            (
                json!({"template": {"spec": {"containers": true}}}),
                Err("cannot restore slice from bool"),
            ),
            (
                json!({"template": {"spec": {"nodeName": 3}}}),
                Err("cannot convert int64 to string"),
            ),
        ] {
            let mut object = json!({"spec": spec});
            let result = convert(&ty, &mut object);
            let result = result.map(|()| object["spec"].take());
            assert_eq!(result, expected.map_err(str::to_owned));
        }
    }
}
