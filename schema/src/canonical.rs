//! Values as an API server writes them.

use serde_json::Value;

use crate::quantity::Quantity;
use crate::ty::{Scalar, Shape, Type};

/// The value with every quantity, time and base64 text as a server would answer it: `1000m` as `1`,
/// `0.5` as `500m`, times in UTC. Nothing is added or removed. Values that are none (`cpu: lots`)
/// stay as they are: validation names them. Custom resources are kept as they were written.
#[must_use]
pub fn canonical(ty: &Type, mut value: Value) -> Value {
    canonicalise(ty, &mut value);
    value
}

/// As [`canonical`], in place.
pub fn canonicalise(ty: &Type, value: &mut Value) {
    match (ty.shape(), value) {
        (Shape::Scalar(scalar), value) if ty.is_builtin() => {
            if let Some(better) = written(scalar, value) {
                *value = Value::from(better);
            }
        }
        (Shape::Struct { .. } | Shape::Map { .. }, Value::Object(fields)) => {
            for (name, value) in fields {
                if let Some(ty) = ty.field(name) {
                    canonicalise(&ty, value);
                }
            }
        }
        (Shape::List(_), Value::Array(items)) => {
            let Some(item) = ty.item() else { return };
            for value in items {
                canonicalise(&item, value);
            }
        }
        _ => {}
    }
}

/// Whether two leaves mean the same to a server.
pub(crate) fn same(ty: &Type, a: &Value, b: &Value) -> bool {
    if crate::fields::equal(a, b) {
        return true;
    }
    let Some(scalar) = ty.scalar().filter(|_| ty.is_builtin()) else {
        return false;
    };
    let text = |value: &Value| written(scalar, value).or_else(|| value.as_str().map(str::to_owned));
    matches!((text(a), text(b)), (Some(a), Some(b)) if a == b)
}

/// A scalar's text, when the server would write it otherwise.
fn written(scalar: Scalar, value: &Value) -> Option<String> {
    match (scalar, value) {
        (Scalar::Quantity, Value::String(text)) => {
            let canonical = Quantity::parse(text.trim()).ok()?.to_string();
            (canonical != *text).then_some(canonical)
        }
        (Scalar::Quantity, Value::Number(number)) => {
            Some(Quantity::parse(&decimal(number)).ok()?.to_string())
        }
        (Scalar::Time, Value::String(text)) => {
            let time: jiff::Timestamp = text.parse().ok()?;
            let whole = jiff::Timestamp::from_second(time.as_second())
                .ok()?
                .to_string();
            (whole != *text).then_some(whole)
        }
        (Scalar::MicroTime, Value::String(text)) => {
            let time: jiff::Timestamp = text.parse().ok()?;
            let written = format!("{time:.6}");
            (written != *text).then_some(written)
        }
        (Scalar::Bytes, Value::String(text)) if text.contains(['\n', '\r']) => {
            Some(text.replace(['\n', '\r'], ""))
        }
        _ => None,
    }
}

/// A JSON number without an exponent or a `.0`.
fn decimal(number: &serde_json::Number) -> String {
    match number.as_f64() {
        Some(float) if number.is_f64() => format!("{float}"),
        _ => number.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn scalars_are_written_as_the_server_does() {
        let ty = Type::of("", "v1", "Pod").expect("known");
        let pod = |cpu: Value, memory: Value, start: &str| {
            json!({
                "metadata": {"creationTimestamp": start, "annotations": {"cpu": "1000m"}},
                "spec": {"containers": [{"name": "a", "ports": [{"containerPort": 80}],
                    "resources": {"limits": {"cpu": cpu, "memory": memory}}}]},
            })
        };
        let before = pod(json!("1000m"), json!(0.5), "2026-01-01T02:00:00.5+02:00");
        let after = pod(json!("1"), json!("500m"), "2026-01-01T00:00:00Z");
        assert_eq!(canonical(&ty, before), after);
        assert_eq!(canonical(&ty, after.clone()), after);
        let odd = pod(json!("lots"), json!(["x"]), "tomorrow");
        assert_eq!(canonical(&ty, odd.clone()), odd);
        let lease = Type::of("coordination.k8s.io", "v1", "Lease").expect("known");
        let renewed = |time: &str| json!({"spec": {"renewTime": time}});
        assert_eq!(
            canonical(&lease, renewed("2026-01-01T00:00:00Z")),
            renewed("2026-01-01T00:00:00.000000Z")
        );
    }
}
