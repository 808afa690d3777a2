//! Fields of objects, by path, and whether two values mean the same.

use infra_sdk::types::{Quantity, Seconds};
use serde_json::Value;

/// The value at a path: keys with dots between them; in brackets a key, the index of an item, the
/// `name` of one, or what it says (`rules[alert=HighLatency]`, `metrics[resource.name=cpu]`).
pub(super) fn at<'a>(value: &'a Value, path: &str) -> Option<&'a Value> {
    let mut found = value;
    let mut rest = path;
    while !rest.is_empty() {
        let (step, after) = if let Some(inside) = rest.strip_prefix('[') {
            let (step, after) = inside.split_once(']')?;
            (Step::Bracket(step), after)
        } else {
            let end = rest.find(['.', '[']).unwrap_or(rest.len());
            (Step::Key(&rest[..end]), &rest[end..])
        };
        found = match step {
            Step::Key(key) => found.get(key)?,
            Step::Bracket(word) => item(found, word)?,
        };
        rest = after.strip_prefix('.').unwrap_or(after);
    }
    Some(found)
}

enum Step<'a> {
    Key(&'a str),
    Bracket(&'a str),
}

fn item<'a>(value: &'a Value, word: &str) -> Option<&'a Value> {
    let Value::Array(items) = value else {
        return value.get(word);
    };
    if let Ok(index) = word.parse::<usize>() {
        return items.get(index);
    }
    let (path, wanted) = word.split_once('=').unwrap_or(("name", word));
    items.iter().find(|item| {
        let found = at(item, path).and_then(scalar);
        found.is_some_and(|found| found == wanted)
    })
}

/// Whether a value of a field means what is expected: quantities and durations in any notation.
pub(super) fn same(path: &str, expected: &Value, found: &Value) -> bool {
    if expected == found {
        return true;
    }
    if let (Value::Array(expected), Value::Array(found)) = (expected, found) {
        return expected.len() == found.len()
            && expected
                .iter()
                .zip(found)
                .all(|(one, other)| same(path, one, other));
    }
    let is_duration = path.ends_with("Seconds");
    let durations = || seconds(expected, is_duration).zip(seconds(found, is_duration));
    let quantities = || quantity(expected).zip(quantity(found));
    match durations() {
        Some((one, other)) => one == other,
        None if is_duration => false,
        None => quantities().is_some_and(|(one, other)| one == other),
    }
}

/// A duration: `10m`, `720h0m0s`; a bare number where the field says seconds.
fn seconds(value: &Value, bare: bool) -> Option<i32> {
    let text = scalar(value)?;
    if text.parse::<f64>().is_ok() && !bare {
        return None;
    }
    text.parse::<Seconds>().ok().map(Seconds::get)
}

fn quantity(value: &Value) -> Option<Quantity> {
    scalar(value)?.parse().ok()
}

fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Number(number) => Some(number.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn fields_are_found_by_path() {
        let object = json!({
            "metadata": {"annotations": {"a.b/c": "x"}},
            "spec": {"containers": [{"name": "app", "ports": [80, 81]}],
                "metrics": [{"type": "Pods"}, {"resource": {"name": "cpu", "at": 70}}]},
        });
        for (path, expected) in [
            ("metadata.annotations[a.b/c]", Some(json!("x"))),
            ("spec.containers[app].ports[1]", Some(json!(81))),
            ("spec.containers[0].name", Some(json!("app"))),
            (
                "spec.metrics[resource.name=cpu].resource.at",
                Some(json!(70)),
            ),
            ("spec.metrics[type=Pods].type", Some(json!("Pods"))),
            ("spec.containers[web]", None),
            ("spec.containers[2]", None),
            ("spec.none.deeper", None),
        ] {
            assert_eq!(at(&object, path).cloned(), expected, "{path}");
        }
    }

    #[test]
    fn values_are_compared_by_what_they_mean() {
        for (path, one, other, expected) in [
            ("x", json!("1000m"), json!("1"), true),
            ("x", json!(2), json!("2"), true),
            ("x", json!("1Gi"), json!("1024Mi"), true),
            ("x", json!("1G"), json!("1Gi"), false),
            ("periodSeconds", json!("5m"), json!(300), true),
            ("periodSeconds", json!("5m"), json!(5), false),
            ("periodSeconds", json!(300), json!(300), true),
            ("for", json!("5m"), json!("300s"), true),
            ("ttl", json!("30d"), json!("720h0m0s"), true),
            ("ttl", json!("30d"), json!("72h0m0s"), false),
            ("cpu", json!("5m"), json!("300"), false),
            ("x", json!(["5m"]), json!(["300s"]), true),
            ("x", json!(["5m"]), json!([]), false),
            ("x", json!(true), json!("true"), false),
            ("x", json!("a"), json!("b"), false),
        ] {
            assert_eq!(same(path, &one, &other), expected, "{path}: {one} {other}");
        }
    }
}
