//! Label selectors.

use serde_json::Value;

use super::look::{entries, items, text};
use super::meta::labels;
use super::path::{Found, Path};
use crate::names;

/// Checks a label selector.
pub(super) fn check(selector: &Value, path: &Path<'_>, found: &mut Found) {
    labels(selector, "matchLabels", path, found);
    for (at, expression) in items(selector, "matchExpressions").iter().enumerate() {
        let list = path.field("matchExpressions");
        let path = list.index(at);
        let values = items(expression, "values");
        match text(expression, "operator") {
            "In" | "NotIn" if values.is_empty() => path.field("values").required(
                found,
                "must be specified when `operator` is 'In' or 'NotIn'",
            ),
            "Exists" | "DoesNotExist" if !values.is_empty() => path.field("values").forbidden(
                found,
                "may not be specified when `operator` is 'Exists' or 'DoesNotExist'",
            ),
            "In" | "NotIn" | "Exists" | "DoesNotExist" => {}
            other => path.field("operator").invalid(
                found,
                &Value::from(other),
                "not a valid selector operator",
            ),
        }
        let key = text(expression, "key");
        path.field("key")
            .invalid_each(found, &Value::from(key), names::label_key(key));
        let list = path.field("values");
        for (at, value) in values.iter().enumerate() {
            let wrong = names::label_value(value.as_str().unwrap_or_default());
            list.index(at).invalid_each(found, value, wrong);
        }
    }
}

/// Whether a selector could select anything at all.
pub(super) fn is_sound(selector: &Value) -> bool {
    let mut found = Found::new();
    check(selector, &Path::ROOT, &mut found);
    found.is_empty()
}

/// Whether a selector selects nothing in particular.
pub(super) fn is_empty(selector: &Value) -> bool {
    entries(selector, "matchLabels").next().is_none()
        && items(selector, "matchExpressions").is_empty()
}

/// Whether labels meet a selector.
pub(super) fn matches(selector: &Value, labels: &Value) -> bool {
    let label = |key: &str| labels.get(key);
    entries(selector, "matchLabels").all(|(key, value)| label(key) == Some(value))
        && items(selector, "matchExpressions")
            .iter()
            .all(|expression| {
                let value = label(text(expression, "key"));
                let listed = value.is_some_and(|value| items(expression, "values").contains(value));
                match text(expression, "operator") {
                    "In" => listed,
                    "NotIn" => !listed,
                    "Exists" => value.is_some(),
                    "DoesNotExist" => value.is_none(),
                    _ => false,
                }
            })
}
