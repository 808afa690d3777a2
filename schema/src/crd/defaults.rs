//! Defaults in the schema of a definition: each has to be what its own schema allows.

use serde_json::Value;

use super::check::{check, type_name};
use super::{CrdError, schema};
use crate::validate::{Violation, ViolationKind, unknown_fields};

/// What is wrong with the defaults in a schema at `path`, and in those of its fields and items.
/// Those of metadata are the server's own affair.
pub(crate) fn misfits(schema: &Value, path: &str) -> Vec<Violation> {
    let mut out = Vec::new();
    if let Some(items) = schema.get("items").filter(|items| items.is_object()) {
        walk(items, &format!("{path}.items"), &mut out);
    }
    let fields = schema.get("properties").and_then(Value::as_object);
    let own = ["apiVersion", "kind", "metadata"];
    let fields = fields.into_iter().flatten();
    for (name, schema) in fields.filter(|(name, _)| !own.contains(&name.as_str())) {
        walk(schema, &format!("{path}.properties[{name}]"), &mut out);
    }
    out
}

fn walk(schema: &Value, path: &str, out: &mut Vec<Violation>) {
    if let Some(default) = schema.get("default").filter(|default| !default.is_null()) {
        let path = format!("{path}.default");
        for mut wrong in judge(schema, default) {
            wrong.field = match wrong.field.as_str() {
                "<nil>" => path.clone(),
                field => format!("{path}.{}", field.trim_start_matches('.')),
            };
            out.push(wrong);
        }
    }
    if let Some(items) = schema.get("items").filter(|items| items.is_object()) {
        walk(items, &format!("{path}.items"), out);
    }
    let fields = schema.get("properties").and_then(Value::as_object);
    for (name, schema) in fields.into_iter().flatten() {
        walk(schema, &format!("{path}.properties[{name}]"), out);
    }
}

fn judge(schema: &Value, default: &Value) -> Vec<Violation> {
    let ty = match schema::node(schema, "", false) {
        Ok(ty) => ty,
        // Nothing is of a type that nobody knows.
        Err(CrdError::UnknownType { path, found }) if path.is_empty() => {
            let ty = type_name(default);
            let message =
                format!("Invalid value: \"{ty}\":  in body must be of type {found}: \"{ty}\"");
            return vec![Violation::new("", ViolationKind::TypeInvalid, message)];
        }
        // What else keeps a schema from being read is told of the schema.
        Err(_) => return Vec::new(),
    };
    let mut out = check(&ty, default);
    if !unknown_fields(&ty, default).is_empty() {
        out.push(Violation::invalid(
            "",
            default,
            "must not have unknown fields",
        ));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_default_has_to_fit_its_schema() {
        let told = |schema: Value| {
            let schema = json!({"properties": {"a": schema}});
            let found = misfits(&schema, "root").into_iter();
            found
                .map(|wrong| format!("{}: {}", wrong.field, wrong.message))
                .collect::<Vec<_>>()
        };
        for (schema, expected) in [
            (json!({"type": "integer", "default": 1}), None),
            (
                json!({"type": "integer", "default": null, "minimum": 5}),
                None,
            ),
            (
                json!({"type": "integer", "default": 1, "minimum": 5}),
                Some(
                    "root.properties[a].default: Invalid value: 1:  in body should be greater than or equal to 5",
                ),
            ),
            (
                json!({"type": "x", "default": 1}),
                Some(
                    "root.properties[a].default: Invalid value: \"integer\":  in body must be of type x: \"integer\"",
                ),
            ),
            (
                json!({"type": "array", "items": {"type": "string"}, "default": [1]}),
                Some(
                    "root.properties[a].default.[0]: Invalid value: \"integer\": [0] in body must be of type string: \"integer\"",
                ),
            ),
            (
                json!({"type": "object", "properties": {"b": {"type": "string"}}, "default": {"c": 1}}),
                Some(
                    "root.properties[a].default: Invalid value: {\"c\":1}: must not have unknown fields",
                ),
            ),
        ] {
            let expected: Vec<&str> = expected.into_iter().collect();
            assert_eq!(told(schema.clone()), expected, "{schema}");
        }
    }
}
