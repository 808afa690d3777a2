//! Schemas joined by `allOf`, `anyOf`, `oneOf` and `not`. Inside them stand only conditions: which
//! fields are there, and bounds of values.

use serde_json::Value;

use super::bounds;
use crate::validate::Violation;

/// Checks what a schema joins.
pub(super) fn check(schema: &Value, value: &Value, path: &str, out: &mut Vec<Violation>) {
    let list = |name: &str| {
        schema
            .get(name)
            .and_then(Value::as_array)
            .filter(|l| !l.is_empty())
    };
    let mut invalid = |message: &str| {
        let message = format!("{path} in body {message}");
        out.push(Violation::invalid(path, value, &message));
    };
    if list("allOf").is_some_and(|all| !all.iter().all(|schema| holds(schema, value))) {
        invalid("must validate all the schemas (allOf)");
    }
    if list("anyOf").is_some_and(|any| !any.iter().any(|schema| holds(schema, value))) {
        invalid("must validate at least one schema (anyOf)");
    }
    if let Some(one) = list("oneOf") {
        match one.iter().filter(|schema| holds(schema, value)).count() {
            0 => invalid("must validate one and only one schema (oneOf). Found none valid"),
            1 => {}
            many => invalid(&format!(
                "must validate one and only one schema (oneOf). Found {many} valid alternatives"
            )),
        }
    }
    if schema.get("not").is_some_and(|not| holds(not, value)) {
        invalid("must not validate the schema (not)");
    }
}

/// Whether a value meets the conditions of a schema inside a junctor.
fn holds(schema: &Value, value: &Value) -> bool {
    let mut wrong = Vec::new();
    bounds::check(schema, value, "", &mut wrong);
    check(schema, value, "", &mut wrong);
    let typed = match (schema.get("type").and_then(Value::as_str), value) {
        (None, _)
        | (Some("object"), Value::Object(_))
        | (Some("array"), Value::Array(_))
        | (Some("string"), Value::String(_))
        | (Some("boolean"), Value::Bool(_))
        | (Some("number"), Value::Number(_)) => true,
        (Some("integer"), Value::Number(number)) => !number.is_f64(),
        _ => false,
    };
    let names = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    let required = names.filter_map(Value::as_str).all(|name| {
        // Only objects can lack a field.
        !value.is_object() || value.get(name).is_some()
    });
    let fields = schema
        .get("properties")
        .and_then(Value::as_object)
        .into_iter()
        .flatten();
    let below = fields.into_iter().all(|(name, schema)| {
        value
            .get(name.as_str())
            .is_none_or(|value| holds(schema, value))
    });
    let items = schema.get("items").is_none_or(|schema| {
        value
            .as_array()
            .is_none_or(|items| items.iter().all(|item| holds(schema, item)))
    });
    typed && wrong.is_empty() && required && below && items
}
