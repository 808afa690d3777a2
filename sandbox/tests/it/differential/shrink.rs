//! Makes a sequence that differs as small as it can be and still differ in the same way.

use super::operation::Operation;
use serde_json::Value;

/// Smaller sequences than this one, the smallest first.
pub(crate) fn smaller(operations: &[Operation], at: usize) -> Vec<Vec<Operation>> {
    let mut out = Vec::new();
    // Only what comes before the difference can matter, in halves first, then one by one.
    let (before, rest) = operations.split_at(at);
    let last = &rest[..1];
    let mut size = before.len();
    while size > 0 {
        for from in (0..before.len()).step_by(size) {
            let to = (from + size).min(before.len());
            out.push([&before[..from], &before[to..], last].concat());
        }
        size /= 2;
    }
    out
}

/// The same sequence with one field or item less in one body, or without one parameter.
pub(crate) fn simpler(operations: &[Operation]) -> Vec<Vec<Operation>> {
    let mut out = Vec::new();
    for (at, operation) in operations.iter().enumerate() {
        let mut with = |changed: Operation| {
            let mut sequence = operations.to_vec();
            sequence[at] = changed;
            out.push(sequence);
        };
        for parameter in operation.query.keys() {
            if parameter != "fieldManager" {
                let mut changed = operation.clone();
                changed.query.remove(parameter);
                with(changed);
            }
        }
        let mut places = Vec::new();
        pointers(&operation.body, String::new(), &mut places);
        for place in places {
            let mut changed = operation.clone();
            if remove(&mut changed.body, &place) {
                with(changed);
            }
        }
    }
    out
}

/// The places of a body, the large ones first.
fn pointers(value: &Value, pointer: String, out: &mut Vec<String>) {
    let kept = ["", "/apiVersion", "/kind", "/metadata", "/metadata/name"];
    if !kept.contains(&pointer.as_str()) {
        out.push(pointer.clone());
    }
    match value {
        Value::Object(fields) => {
            for (name, value) in fields {
                let step = name.replace('~', "~0").replace('/', "~1");
                pointers(value, format!("{pointer}/{step}"), out);
            }
        }
        Value::Array(items) => {
            for (at, value) in items.iter().enumerate() {
                pointers(value, format!("{pointer}/{at}"), out);
            }
        }
        _ => {}
    }
}

fn remove(body: &mut Value, pointer: &str) -> bool {
    let Some((parent, last)) = pointer.rsplit_once('/') else {
        return false;
    };
    match body.pointer_mut(parent) {
        Some(Value::Object(fields)) => fields
            .remove(&last.replace("~1", "/").replace("~0", "~"))
            .is_some(),
        Some(Value::Array(items)) => last.parse().is_ok_and(|at: usize| {
            let there = at < items.len();
            if there {
                items.remove(at);
            }
            there
        }),
        _ => false,
    }
}
