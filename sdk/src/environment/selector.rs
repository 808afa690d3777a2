//! Label selectors as Kubernetes reads them.

use serde_json::{Map, Value};

/// A `LabelSelector` (`matchLabels`, `matchExpressions`), or the plain map that a service has.
///
/// An empty selector matches everything; whether a missing one matches everything or nothing
/// depends on the field, so that its reader decides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Selector<'a> {
    labels: Vec<(&'a str, &'a str)>,
    expressions: Vec<Expression<'a>>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Expression<'a> {
    key: &'a str,
    operator: &'a str,
    values: Vec<&'a str>,
}

impl<'a> Selector<'a> {
    /// A `LabelSelector`.
    pub(crate) fn parse(selector: &'a Value) -> Self {
        let expressions = selector["matchExpressions"]
            .as_array()
            .into_iter()
            .flatten();
        Self {
            labels: pairs(&selector["matchLabels"]),
            expressions: expressions
                .map(|expression| Expression {
                    key: expression["key"].as_str().unwrap_or_default(),
                    operator: expression["operator"].as_str().unwrap_or_default(),
                    values: expression["values"]
                        .as_array()
                        .into_iter()
                        .flatten()
                        .filter_map(Value::as_str)
                        .collect(),
                })
                .collect(),
        }
    }

    /// A map of labels, all of which must be there.
    pub(crate) fn map(labels: &'a Value) -> Self {
        Self {
            labels: pairs(labels),
            expressions: Vec::new(),
        }
    }

    /// Whether it matches everything.
    pub(crate) fn is_empty(&self) -> bool {
        self.labels.is_empty() && self.expressions.is_empty()
    }

    /// A label that whatever is matched must have: what an index is asked for first.
    pub(crate) fn first(&self) -> Option<(&'a str, &'a str)> {
        self.labels.first().copied()
    }

    /// Whether an object with these labels is selected.
    pub(crate) fn matches(&self, labels: Option<&Map<String, Value>>) -> bool {
        let get = |key: &str| {
            labels
                .and_then(|labels| labels.get(key))
                .and_then(Value::as_str)
        };
        self.matches_by(get)
    }

    /// The same, asking for one label at a time.
    pub(crate) fn matches_by<'l>(&self, get: impl Fn(&str) -> Option<&'l str>) -> bool {
        self.labels
            .iter()
            .all(|(key, value)| get(key) == Some(value))
            && self.expressions.iter().all(|expression| {
                let label = get(expression.key);
                let listed = label.is_some_and(|label| expression.values.contains(&label));
                match expression.operator {
                    "In" => listed,
                    "NotIn" => !listed,
                    "Exists" => label.is_some(),
                    "DoesNotExist" => label.is_none(),
                    _ => false,
                }
            })
    }

    /// As `kubectl -l` would have it.
    pub(crate) fn describe(&self) -> String {
        let labels = self
            .labels
            .iter()
            .map(|(key, value)| format!("{key}={value}"));
        let expressions = self.expressions.iter().map(|expression| {
            let (key, values) = (expression.key, expression.values.join(", "));
            match expression.operator {
                "In" => format!("{key} in ({values})"),
                "NotIn" => format!("{key} notin ({values})"),
                "DoesNotExist" => format!("!{key}"),
                _ => key.to_owned(),
            }
        });
        labels.chain(expressions).collect::<Vec<_>>().join(",")
    }
}

fn pairs(labels: &Value) -> Vec<(&str, &str)> {
    labels
        .as_object()
        .into_iter()
        .flatten()
        .map(|(key, value)| (key.as_str(), value.as_str().unwrap_or_default()))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_selector_matches_as_kubernetes_does() {
        let labels = json!({ "app": "web", "tier": "front" });
        let labels = labels.as_object();
        for (selector, expected) in [
            (json!({}), true),
            (json!(null), true),
            (json!({ "matchLabels": { "app": "web" } }), true),
            (json!({ "matchLabels": { "app": "web", "x": "y" } }), false),
            (
                json!({ "matchExpressions": [{ "key": "app", "operator": "In", "values": ["api", "web"] }] }),
                true,
            ),
            (
                json!({ "matchExpressions": [{ "key": "app", "operator": "NotIn", "values": ["web"] }] }),
                false,
            ),
            (
                json!({ "matchExpressions": [{ "key": "x", "operator": "NotIn", "values": ["web"] }] }),
                true,
            ),
            (
                json!({ "matchExpressions": [{ "key": "tier", "operator": "Exists" }] }),
                true,
            ),
            (
                json!({ "matchExpressions": [{ "key": "tier", "operator": "DoesNotExist" }] }),
                false,
            ),
            (
                json!({ "matchExpressions": [{ "key": "tier", "operator": "Magic" }] }),
                false,
            ),
        ] {
            assert_eq!(
                Selector::parse(&selector).matches(labels),
                expected,
                "{selector}"
            );
        }
    }
}
