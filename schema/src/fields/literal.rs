//! Values inside paths, with an order.

use std::cmp::Ordering;
use std::fmt;

use serde_json::Value;

/// A value that identifies a list item. Ordered as the server orders them: numbers, texts,
/// booleans, lists, objects, null. `1` equals `1.0`.
#[derive(Debug, Clone)]
pub struct Literal(pub Value);

impl From<&str> for Literal {
    fn from(text: &str) -> Self {
        Self(Value::from(text))
    }
}

impl From<i64> for Literal {
    fn from(number: i64) -> Self {
        Self(Value::from(number))
    }
}

impl PartialEq for Literal {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Literal {}

impl PartialOrd for Literal {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for Literal {
    fn cmp(&self, other: &Self) -> Ordering {
        compare(&self.0, &other.0)
    }
}

/// The order of any two values.
fn compare(a: &Value, b: &Value) -> Ordering {
    match (a, b) {
        (Value::String(a), Value::String(b)) => a.cmp(b),
        (Value::Number(x), Value::Number(y)) => match (x.as_i64(), y.as_i64()) {
            (Some(x), Some(y)) => x.cmp(&y),
            _ => x
                .as_f64()
                .unwrap_or_default()
                .total_cmp(&y.as_f64().unwrap_or_default()),
        },
        (Value::Bool(a), Value::Bool(b)) => a.cmp(b),
        (Value::Array(a), Value::Array(b)) => {
            for (x, y) in a.iter().zip(b) {
                let order = compare(x, y);
                if order != Ordering::Equal {
                    return order;
                }
            }
            a.len().cmp(&b.len())
        }
        (Value::Object(a), Value::Object(b)) => {
            for ((k, x), (l, y)) in a.iter().zip(b) {
                let order = k.cmp(l).then_with(|| compare(x, y));
                if order != Ordering::Equal {
                    return order;
                }
            }
            a.len().cmp(&b.len())
        }
        _ => rank(a).cmp(&rank(b)),
    }
}

fn rank(value: &Value) -> u8 {
    match value {
        Value::Number(_) => 0,
        Value::String(_) => 1,
        Value::Bool(_) => 2,
        Value::Array(_) => 3,
        Value::Object(_) => 4,
        Value::Null => 5,
    }
}

/// Whether two values are the same to the server: numbers by value, objects by key.
pub(crate) fn equal(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(_), Value::Number(_)) => a == b || compare(a, b) == Ordering::Equal,
        (Value::Array(a), Value::Array(b)) => {
            a.len() == b.len() && a.iter().zip(b).all(|(x, y)| equal(x, y))
        }
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len()
                && a.iter()
                    .zip(b)
                    .all(|((k, x), (l, y))| k == l && equal(x, y))
        }
        _ => a == b,
    }
}

impl fmt::Display for Literal {
    /// As in a path: texts quoted.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Value::Object(fields) => fields
                .iter()
                .try_for_each(|(name, value)| write!(f, "{name}={}", Literal(value.clone()))),
            Value::Array(items) => {
                let items: Vec<String> = items
                    .iter()
                    .map(|item| Literal(item.clone()).to_string())
                    .collect();
                write!(f, "[{}]", items.join(","))
            }
            scalar => write!(f, "{scalar}"),
        }
    }
}
