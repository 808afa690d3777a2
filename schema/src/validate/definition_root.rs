//! The root of a definition's schema, where the status has an endpoint of its own: that endpoint
//! judges `properties.status` alone, so the root may say little beside its fields.

use serde_json::Value;

use super::look::{entries, field, items, text};
use super::path::{Found, Path};

/// How a field of a schema is shown in the server's inner form.
#[derive(Clone, Copy)]
enum Form {
    Text,
    Flag,
    /// As it is, or null.
    Plain,
    Schema,
    Schemas,
    Named,
    /// One schema, or a list of them.
    Items,
    /// A schema, or whether anything goes.
    Rest,
    Rules,
}

/// A field of a schema: its inner name, its name, its form, and whether the root may have it.
type Row = (&'static str, &'static str, Form, bool);

/// Source: `JSONSchemaProps` of the API extensions server's inner types, Kubernetes 1.36, in its order.
const FIELDS: [Row; 43] = [
    ("ID", "id", Form::Text, false),
    ("Schema", "$schema", Form::Text, false),
    ("Ref", "$ref", Form::Plain, false),
    ("Description", "description", Form::Text, true),
    ("Type", "type", Form::Text, true),
    ("Nullable", "nullable", Form::Flag, false),
    ("Format", "format", Form::Text, true),
    ("Title", "title", Form::Text, true),
    ("Default", "default", Form::Plain, false),
    ("Maximum", "maximum", Form::Plain, true),
    ("ExclusiveMaximum", "exclusiveMaximum", Form::Flag, true),
    ("Minimum", "minimum", Form::Plain, true),
    ("ExclusiveMinimum", "exclusiveMinimum", Form::Flag, true),
    ("MaxLength", "maxLength", Form::Plain, true),
    ("MinLength", "minLength", Form::Plain, true),
    ("Pattern", "pattern", Form::Text, true),
    ("MaxItems", "maxItems", Form::Plain, true),
    ("MinItems", "minItems", Form::Plain, true),
    ("UniqueItems", "uniqueItems", Form::Flag, true),
    ("MultipleOf", "multipleOf", Form::Plain, true),
    ("Enum", "enum", Form::Plain, false),
    ("MaxProperties", "maxProperties", Form::Plain, false),
    ("MinProperties", "minProperties", Form::Plain, false),
    ("Required", "required", Form::Plain, true),
    ("Items", "items", Form::Items, true),
    ("AllOf", "allOf", Form::Schemas, false),
    ("OneOf", "oneOf", Form::Schemas, false),
    ("AnyOf", "anyOf", Form::Schemas, false),
    ("Not", "not", Form::Schema, false),
    ("Properties", "properties", Form::Named, true),
    (
        "AdditionalProperties",
        "additionalProperties",
        Form::Rest,
        false,
    ),
    ("PatternProperties", "patternProperties", Form::Named, false),
    ("Dependencies", "dependencies", Form::Plain, false),
    ("AdditionalItems", "additionalItems", Form::Rest, false),
    ("Definitions", "definitions", Form::Named, false),
    ("ExternalDocs", "externalDocs", Form::Plain, true),
    ("Example", "example", Form::Plain, true),
    (
        "XPreserveUnknownFields",
        "x-kubernetes-preserve-unknown-fields",
        Form::Plain,
        true,
    ),
    (
        "XEmbeddedResource",
        "x-kubernetes-embedded-resource",
        Form::Flag,
        false,
    ),
    (
        "XIntOrString",
        "x-kubernetes-int-or-string",
        Form::Flag,
        false,
    ),
    (
        "XListMapKeys",
        "x-kubernetes-list-map-keys",
        Form::Plain,
        false,
    ),
    ("XListType", "x-kubernetes-list-type", Form::Plain, false),
    ("XMapType", "x-kubernetes-map-type", Form::Plain, false),
];

/// The last field, which the root may have too.
const RULES: Row = (
    "XValidations",
    "x-kubernetes-validations",
    Form::Rules,
    true,
);

fn rows() -> impl Iterator<Item = &'static Row> {
    FIELDS.iter().chain([&RULES])
}

/// The root of a schema. The first field that it may not have is told.
pub(super) fn check(schema: &Value, has_status: bool, path: &Path<'_>, found: &mut Found) {
    if schema["nullable"] == true {
        path.field("nullable")
            .forbidden(found, "nullable cannot be true at the root");
    }
    if !has_status {
        return;
    }
    for (inner, name, _, allowed) in rows().filter(|row| is_set(&schema[row.1])) {
        if *inner == "Type" && schema["type"] != "object" {
            let detail = "only \"object\" is allowed as the type at the root of the schema if the status subresource is enabled";
            path.field("type").invalid(found, &schema[*name], detail);
            return;
        }
        if !allowed {
            let allowed = rows().filter(|row| row.3).map(|row| row.0);
            let allowed: Vec<&str> = allowed.collect();
            let detail = format!(
                "only [{}] fields are allowed at the root of the schema if the status subresource is enabled",
                allowed.join(" ")
            );
            path.invalid_text(found, &shown(schema), &detail);
            return;
        }
    }
}

fn is_set(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => false,
        Value::String(text) => !text.is_empty(),
        _ => true,
    }
}

/// A schema in the server's inner form.
fn shown(schema: &Value) -> String {
    let fields = rows().map(|(inner, name, form, _)| {
        let value = &schema[*name];
        let value = match form {
            Form::Text => Value::from(text(schema, name)).to_string(),
            Form::Flag => (*value == true).to_string(),
            _ if value.is_null() => "null".to_owned(),
            Form::Plain => value.to_string(),
            Form::Schema => shown(value),
            Form::Schemas => list(value, shown),
            Form::Named => {
                let named = entries(schema, name);
                let named = named.map(|(name, schema)| {
                    format!("{}:{}", Value::from(name.as_str()), shown(schema))
                });
                format!("{{{}}}", named.collect::<Vec<_>>().join(","))
            }
            Form::Items if value.is_array() => {
                format!("{{\"Schema\":null,\"JSONSchemas\":{}}}", list(value, shown))
            }
            Form::Items => format!("{{\"Schema\":{},\"JSONSchemas\":null}}", shown(value)),
            Form::Rest if value.is_object() => {
                format!("{{\"Allows\":true,\"Schema\":{}}}", shown(value))
            }
            Form::Rest => format!("{{\"Allows\":{value},\"Schema\":null}}"),
            Form::Rules => list(value, rule),
        };
        format!("\"{inner}\":{value}")
    });
    format!("{{{}}}", fields.collect::<Vec<_>>().join(","))
}

fn list(values: &Value, shown: impl Fn(&Value) -> String) -> String {
    let values = values.as_array().into_iter().flatten();
    let values: Vec<String> = values.map(shown).collect();
    format!("[{}]", values.join(","))
}

/// A rule in the server's inner form.
pub(super) fn rule(rule: &Value) -> String {
    let of = |name: &str| Value::from(text(rule, name));
    let or_null = |name: &str| field(rule, name).cloned().unwrap_or_default();
    format!(
        "{{\"Rule\":{},\"Message\":{},\"MessageExpression\":{},\"Reason\":{},\"FieldPath\":{},\"OptionalOldSelf\":{}}}",
        of("rule"),
        of("message"),
        of("messageExpression"),
        or_null("reason"),
        of("fieldPath"),
        or_null("optionalOldSelf"),
    )
}

/// Whether a schema, or one below it, says something without which the server cannot read it at
/// all: types and defaults are not judged then.
pub(super) fn is_unreadable(schema: &Value) -> bool {
    let own = ["id", "$schema", "$ref"]
        .iter()
        .any(|name| !text(schema, name).is_empty())
        || ["patternProperties", "dependencies", "definitions"]
            .iter()
            .any(|name| entries(schema, name).next().is_some())
        || field(schema, "additionalItems").is_some();
    own || entries(schema, "properties").any(|(_, schema)| is_unreadable(schema))
        || ["items", "additionalProperties", "not"]
            .iter()
            .filter_map(|name| field(schema, name))
            .any(is_unreadable)
        || ["allOf", "anyOf", "oneOf"]
            .iter()
            .any(|name| items(schema, name).iter().any(is_unreadable))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_cannot_be_read_is_found_at_any_depth() {
        for (schema, expected) in [
            (json!({"type": "object"}), false),
            (json!({"id": "x"}), true),
            (json!({"additionalItems": false}), true),
            (
                json!({"properties": {"a": {"anyOf": [{"$ref": "x"}]}}}),
                true,
            ),
            (json!({"properties": {"id": {"type": "string"}}}), false),
            (json!({"items": {"not": {"definitions": {"x": {}}}}}), true),
            (json!({"uniqueItems": true, "definitions": {}}), false),
        ] {
            assert_eq!(is_unreadable(&schema), expected, "{schema}");
        }
    }

    #[test]
    fn the_root_beside_a_status_has_little_else() {
        let told = |schema: Value| {
            let mut found = Found::new();
            check(&schema, true, &Path::ROOT.field("root"), &mut found);
            let told = found.iter().map(|wrong| {
                let (_, detail) = wrong.message.rsplit_once(": ").unwrap_or_default();
                format!(
                    "{}: {}",
                    wrong.field,
                    detail.split(' ').next().unwrap_or_default()
                )
            });
            told.collect::<Vec<_>>()
        };
        assert_eq!(told(json!({"type": "object", "required": ["a"]})), [""; 0]);
        assert_eq!(
            told(json!({"type": "array", "enum": [1]})),
            ["root.type: only"]
        );
        assert_eq!(
            told(json!({"type": "object", "enum": [1], "not": {}})),
            ["root: only"]
        );
    }
}
