//! The structure of a definition's schema: types outside of combinations, and in those nothing but
//! bounds. Source: `apiserver/schema/validation.go` and `complete.go` of the API extensions server,
//! Kubernetes 1.36.

use serde_json::{Value, json};

use super::look::{entries, field, items, text};
use super::path::{Found, Path};

/// Where a schema stands that has to have a type.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Root,
    Field,
    Item,
}

/// What a combination may not say, and what is said of it.
const FORBIDDEN: [(&str, &str); 13] = [
    ("type", "must be empty to be structural"),
    ("additionalProperties", "must be undefined to be structural"),
    ("default", "must be undefined to be structural"),
    ("title", "must be empty to be structural"),
    ("description", "must be empty to be structural"),
    ("nullable", "must be false to be structural"),
    (
        "x-kubernetes-preserve-unknown-fields",
        "must be false to be structural",
    ),
    (
        "x-kubernetes-embedded-resource",
        "must be false to be structural",
    ),
    (
        "x-kubernetes-int-or-string",
        "must be false to be structural",
    ),
    (
        "x-kubernetes-list-map-keys",
        "must be empty to be structural",
    ),
    (
        "x-kubernetes-list-type",
        "must be undefined to be structural",
    ),
    (
        "x-kubernetes-map-type",
        "must be undefined to be structural",
    ),
    ("x-kubernetes-validations", "must be empty to be structural"),
];

const COMBINATIONS: [&str; 3] = ["allOf", "anyOf", "oneOf"];

/// A whole schema.
pub(super) fn check(schema: &Value, path: &Path<'_>, found: &mut Found) {
    structure(schema, Place::Root, path, found);
    completeness(schema, schema, path, path, found);
}

fn is_object(schema: &Value, name: &str) -> bool {
    field(schema, name).is_some_and(Value::is_object)
}

fn structure(schema: &Value, place: Place, path: &Path<'_>, found: &mut Found) {
    types(schema, place, path, found);
    extensions(schema, path, found);
    combinations(schema, path, found);
    if place == Place::Root || schema["x-kubernetes-embedded-resource"] == true {
        metadata(schema, place, path, found);
    }
    if let Some(items) = field(schema, "items").filter(|items| items.is_object()) {
        structure(items, Place::Item, &path.field("items"), found);
    }
    let list = path.field("properties");
    for (name, schema) in entries(schema, "properties") {
        structure(schema, Place::Field, &list.key(name), found);
    }
    let path = path.field("additionalProperties");
    if place == Place::Root && field(schema, "additionalProperties").is_some() {
        path.forbidden(found, "must not be used at the root");
    }
    if is_object(schema, "additionalProperties") {
        let rest = &schema["additionalProperties"];
        structure(rest, Place::Field, &path, found);
    }
}

fn types(schema: &Value, place: Place, path: &Path<'_>, found: &mut Found) {
    let ty = text(schema, "type");
    let path_of = path.field("type");
    let is_free = schema["x-kubernetes-int-or-string"] == true
        || schema["x-kubernetes-preserve-unknown-fields"] == true;
    if schema["x-kubernetes-embedded-resource"] == true && ty != "object" {
        let detail = "must be object if x-kubernetes-embedded-resource is true";
        match ty {
            "" => path_of.required(found, detail),
            _ => path_of.invalid(found, &schema["type"], detail),
        }
    } else if ty.is_empty() && !is_free {
        path_of.required(
            found,
            match place {
                Place::Root => "must not be empty at the root",
                Place::Field => "must not be empty for specified object fields",
                Place::Item => "must not be empty for specified array items",
            },
        );
    }
    if place == Place::Root && !matches!(ty, "" | "object") {
        path_of.invalid(found, &schema["type"], "must be object at the root");
    }
    if ty == "array" && !is_object(schema, "items") {
        path.field("items").required(found, "must be specified");
    }
}

fn extensions(schema: &Value, path: &Path<'_>, found: &mut Found) {
    let is = |name: &str| schema[name] == true;
    let embedded = "x-kubernetes-embedded-resource";
    let preserves = "x-kubernetes-preserve-unknown-fields";
    if is("x-kubernetes-int-or-string") {
        for name in [preserves, embedded].into_iter().filter(|name| is(name)) {
            let detail = "must be false if x-kubernetes-int-or-string is true";
            path.field(name).invalid(found, &schema[name], detail);
        }
    }
    if !is(embedded) {
        return;
    }
    if field(schema, "additionalProperties").is_some() {
        let detail = "must not be used if x-kubernetes-embedded-resource is set";
        path.field("additionalProperties").forbidden(found, detail);
    }
    if !is(preserves) && entries(schema, "properties").next().is_none() {
        let detail = "must not be empty if x-kubernetes-embedded-resource is true without x-kubernetes-preserve-unknown-fields";
        path.field("properties").required(found, detail);
    }
}

/// What every object has: a schema may say little of it.
fn metadata(schema: &Value, place: Place, path: &Path<'_>, found: &mut Found) {
    let list = path.field("properties");
    let properties = &schema["properties"];
    for name in ["kind", "apiVersion"] {
        if let Some(schema) = field(properties, name)
            && text(schema, "type") != "string"
        {
            let shown = Value::from(text(schema, "type"));
            let path = list.key(name);
            path.field("type").invalid(found, &shown, "must be string");
        }
    }
    let Some(schema) = field(properties, "metadata") else {
        return;
    };
    let path = list.key("metadata");
    if text(schema, "type") != "object" {
        let shown = Value::from(text(schema, "type"));
        path.field("type").invalid(found, &shown, "must be object");
    }
    let known = ["name", "generateName"];
    let says_more = schema.as_object().is_some_and(|fields| {
        fields
            .keys()
            .any(|name| !["type", "default", "properties"].contains(&name.as_str()))
    }) || entries(schema, "properties")
        .any(|(name, _)| !known.contains(&name.as_str()));
    if place == Place::Root && says_more {
        let detail = "must not specify anything other than name and generateName, but metadata is implicitly specified";
        path.forbidden(found, detail);
    }
}

/// The two types of which a value may be either, as combinations spell them out.
fn is_either(schemas: &Value) -> bool {
    *schemas == json!([{"type": "integer"}, {"type": "string"}])
}

/// What stands in combinations.
fn combinations(schema: &Value, path: &Path<'_>, found: &mut Found) {
    let first_of_all = schema.pointer("/allOf/0/anyOf").is_some_and(is_either);
    below(
        schema,
        is_either(&schema["anyOf"]),
        first_of_all,
        path,
        found,
    );
}

fn below(schema: &Value, skips_any: bool, skips_first: bool, path: &Path<'_>, found: &mut Found) {
    for list in COMBINATIONS {
        if list == "anyOf" && skips_any {
            continue;
        }
        let path = path.field(list);
        for (at, schema) in items(schema, list).iter().enumerate() {
            let skips_any = list == "allOf" && skips_first && at == 0;
            nested(schema, skips_any, &path.index(at), found);
        }
    }
    if let Some(schema) = field(schema, "not") {
        nested(schema, false, &path.field("not"), found);
    }
}

fn nested(schema: &Value, skips_any: bool, path: &Path<'_>, found: &mut Found) {
    below(schema, skips_any, false, path, found);
    if let Some(items) = field(schema, "items").filter(|items| items.is_object()) {
        nested(items, false, &path.field("items"), found);
    }
    let list = path.field("properties");
    for (name, schema) in entries(schema, "properties") {
        nested(schema, false, &list.key(name), found);
    }
    for (name, detail) in FORBIDDEN {
        let is_said = match &schema[name] {
            Value::Null | Value::Bool(false) if name != "additionalProperties" => false,
            Value::Null => false,
            Value::String(text) => !text.is_empty() || name.starts_with("x-"),
            Value::Array(items) => !items.is_empty(),
            _ => true,
        };
        if is_said {
            path.field(name).forbidden(found, detail);
        }
    }
    if schema["properties"].get("metadata").is_some() {
        let detail = "must not be specified in a nested context";
        list.key("metadata").forbidden(found, detail);
    }
}

/// What combinations say of fields and items has to be about some that the schema has. `at` is
/// where the schema has them, `path` where the combination says it.
fn completeness(
    combined: &Value,
    schema: &Value,
    at: &Path<'_>,
    path: &Path<'_>,
    found: &mut Found,
) {
    for list in COMBINATIONS {
        let path = path.field(list);
        for (place, combined) in items(combined, list).iter().enumerate() {
            complete(combined, Some(schema), at, &path.index(place), found);
        }
    }
    if let Some(combined) = field(combined, "not") {
        complete(combined, Some(schema), at, &path.field("not"), found);
    }
}

fn complete(
    combined: &Value,
    schema: Option<&Value>,
    at: &Path<'_>,
    path: &Path<'_>,
    found: &mut Found,
) {
    let Some(schema) = schema else {
        at.required(found, &format!("because it is defined in {path}"));
        return;
    };
    completeness(combined, schema, at, path, found);
    if let Some(combined) = field(combined, "items").filter(|items| items.is_object()) {
        let items = field(schema, "items").filter(|items| items.is_object());
        let (at, path) = (at.field("items"), path.field("items"));
        complete(combined, items, &at, &path, found);
    }
    let (at, path) = (at.field("properties"), path.field("properties"));
    for (name, combined) in entries(combined, "properties") {
        let schema = field(&schema["properties"], name);
        complete(combined, schema, &at.key(name), &path.key(name), found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn combinations_bound_what_the_schema_has() {
        let told = |schema: Value| {
            let mut found = Found::new();
            check(&schema, &Path::ROOT.field("root"), &mut found);
            let mut told: Vec<String> = found.iter().map(ToString::to_string).collect();
            told.sort();
            told
        };
        for (schema, expected) in [
            (json!({"type": "object"}), vec![]),
            (
                json!({"type": "object", "properties": {"a": {
                    "x-kubernetes-int-or-string": true, "anyOf": [{"type": "integer"}, {"type": "string"}],
                }}}),
                vec![],
            ),
            (
                json!({"type": "object", "properties": {"a": {"type": "string"}}, "anyOf": [
                    {"properties": {"a": {"minLength": 1}}}, {"properties": {"b": {"type": "string"}}},
                ]}),
                vec![
                    "root.anyOf[1].properties[b].type: Forbidden: must be empty to be structural",
                    "root.properties[b]: Required value: because it is defined in root.anyOf[1].properties[b]",
                ],
            ),
            (
                json!({"type": "object", "properties": {"metadata": {"type": "object", "properties": {"labels": {"type": "object"}}}}}),
                vec![
                    "root.properties[metadata]: Forbidden: must not specify anything other than name and generateName, but metadata is implicitly specified",
                ],
            ),
        ] {
            assert_eq!(told(schema.clone()), expected, "{schema}");
        }
    }
}
