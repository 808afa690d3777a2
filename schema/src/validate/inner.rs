//! Values as a server shows them that tells of its inner form: fields under the names and in the
//! order of its source.

use serde_json::Value;

use super::look::{field, items, text};
use super::violation;

/// The value of a field that cannot change.
pub(super) fn shown(path: &str, value: &Value) -> String {
    match (path, value) {
        (_, Value::Null) => "null".to_owned(),
        ("roleRef", _) => {
            let of = |name: &str| Value::from(text(value, name));
            let (group, kind, name) = (of("apiGroup"), of("kind"), of("name"));
            format!("{{\"APIGroup\":{group},\"Kind\":{kind},\"Name\":{name}}}")
        }
        ("spec.podFailurePolicy", _) => rules(value, failure_rule),
        ("spec.successPolicy", _) => rules(value, |rule| {
            let of = |name: &str| field(rule, name).unwrap_or(&Value::Null);
            let (indexes, count) = (of("succeededIndexes"), of("succeededCount"));
            format!("{{\"SucceededIndexes\":{indexes},\"SucceededCount\":{count}}}")
        }),
        _ => violation::shown(value),
    }
}

/// An object under the names and in the order of Go's fields: pairs of inner and outer name. What is
/// not there is null.
pub(super) fn record(value: &Value, names: &[(&str, &str)]) -> String {
    let fields = names.iter().map(|(inner, name)| {
        let value = violation::shown(field(value, name).unwrap_or(&Value::Null));
        format!("\"{inner}\":{value}")
    });
    format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
}

fn rules(policy: &Value, shown: impl Fn(&Value) -> String) -> String {
    let rules: Vec<String> = items(policy, "rules").iter().map(shown).collect();
    format!("{{\"Rules\":[{}]}}", rules.join(","))
}

fn failure_rule(rule: &Value) -> String {
    let codes = field(rule, "onExitCodes").map_or_else(
        || "null".to_owned(),
        |codes| {
            let of = |name: &str| field(codes, name).unwrap_or(&Value::Null);
            let (container, operator, values) = (of("containerName"), of("operator"), of("values"));
            format!("{{\"ContainerName\":{container},\"Operator\":{operator},\"Values\":{values}}}")
        },
    );
    let conditions = field(rule, "onPodConditions").map_or_else(
        || "null".to_owned(),
        |_| {
            let shown = |condition: &Value| {
                let (ty, status) = (&condition["type"], &condition["status"]);
                format!("{{\"Type\":{ty},\"Status\":{status}}}")
            };
            let conditions: Vec<String> =
                items(rule, "onPodConditions").iter().map(shown).collect();
            format!("[{}]", conditions.join(","))
        },
    );
    let action = &rule["action"];
    format!("{{\"Action\":{action},\"OnExitCodes\":{codes},\"OnPodConditions\":{conditions}}}")
}
