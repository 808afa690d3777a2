//! Label selectors as they stand in objects (`matchLabels`, `matchExpressions`), and node selector
//! terms, which add `Gt` and `Lt`.

use std::collections::BTreeMap;

use serde_json::Value;

use super::json::{at, entries, items, text};

/// Whether a `LabelSelector` picks these labels. A null selector picks nothing, an empty one all.
pub(crate) fn selects(selector: &Value, labels: &Value) -> bool {
    if selector.is_null() {
        return false;
    }
    matches_map(at(selector, "matchLabels"), labels)
        && items(selector, "matchExpressions")
            .iter()
            .all(|term| matches_term(term, labels))
}

/// Whether every entry of a plain map of labels (a Service's selector) is in these labels.
pub(crate) fn matches_map(wanted: &Value, labels: &Value) -> bool {
    wanted.as_object().is_none_or(|wanted| {
        wanted
            .iter()
            .all(|(key, value)| labels.get(key) == Some(value))
    })
}

/// Whether one requirement (`key`, `operator`, `values`) holds for these labels.
pub(crate) fn matches_term(term: &Value, labels: &Value) -> bool {
    let found = labels.get(text(term, "key")).and_then(Value::as_str);
    let among = |found: &str| items(term, "values").iter().any(|value| value == found);
    let bound = || {
        items(term, "values")
            .first()
            .and_then(Value::as_str)?
            .parse::<i64>()
            .ok()
    };
    let number = || found?.parse::<i64>().ok();
    match text(term, "operator") {
        "In" => found.is_some_and(among),
        "NotIn" => !found.is_some_and(among),
        "Exists" => found.is_some(),
        "DoesNotExist" => found.is_none(),
        "Gt" => number()
            .zip(bound())
            .is_some_and(|(number, bound)| number > bound),
        "Lt" => number()
            .zip(bound())
            .is_some_and(|(number, bound)| number < bound),
        _ => false,
    }
}

/// The selector as a query string, as `status.selector` of a scale has it.
pub(crate) fn query(selector: &Value) -> String {
    let mut parts: BTreeMap<String, String> = entries(selector, "matchLabels")
        .map(|(key, value)| {
            (
                key.to_owned(),
                format!("{key}={}", value.as_str().unwrap_or("")),
            )
        })
        .collect();
    for term in items(selector, "matchExpressions") {
        let key = text(term, "key");
        let mut values: Vec<&str> = items(term, "values")
            .iter()
            .filter_map(Value::as_str)
            .collect();
        values.sort_unstable();
        let part = match text(term, "operator") {
            "In" => format!("{key} in ({})", values.join(",")),
            "NotIn" => format!("{key} notin ({})", values.join(",")),
            "DoesNotExist" => format!("!{key}"),
            _ => key.to_owned(),
        };
        parts.insert(format!("{key} {part}"), part);
    }
    parts.into_values().collect::<Vec<_>>().join(",")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn selectors() {
        let labels = json!({"app": "a", "tier": "web", "size": "5"});
        for (selector, wanted) in [
            (json!(null), false),
            (json!({}), true),
            (json!({"matchLabels": {"app": "a"}}), true),
            (json!({"matchLabels": {"app": "b"}}), false),
            (
                json!({"matchExpressions": [{"key": "tier", "operator": "In", "values": ["web", "db"]}]}),
                true,
            ),
            (
                json!({"matchExpressions": [{"key": "tier", "operator": "NotIn", "values": ["web"]}]}),
                false,
            ),
            (
                json!({"matchExpressions": [{"key": "none", "operator": "NotIn", "values": ["web"]}]}),
                true,
            ),
            (
                json!({"matchExpressions": [{"key": "tier", "operator": "Exists"}]}),
                true,
            ),
            (
                json!({"matchExpressions": [{"key": "tier", "operator": "DoesNotExist"}]}),
                false,
            ),
            (
                json!({"matchExpressions": [{"key": "size", "operator": "Gt", "values": ["4"]}]}),
                true,
            ),
            (
                json!({"matchExpressions": [{"key": "size", "operator": "Lt", "values": ["4"]}]}),
                false,
            ),
        ] {
            assert_eq!(selects(&selector, &labels), wanted, "{selector}");
        }
    }

    #[test]
    fn queries() {
        let selector = json!({
            "matchLabels": {"b": "2", "a": "1"},
            "matchExpressions": [{"key": "c", "operator": "In", "values": ["x", "y"]}]
        });
        assert_eq!(query(&selector), "a=1,b=2,c in (x,y)");
    }
}
