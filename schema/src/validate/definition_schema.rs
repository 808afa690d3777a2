//! The schema in a custom resource definition. What its rules say is not judged: they are not
//! evaluated.

use serde_json::Value;

use super::definition_root::{is_unreadable, rule as shown_rule};
use super::look::{entries, field, items, text};
use super::path::{Found, Path};
use crate::crd;

/// What a rule may give as the reason of its refusal.
const REASONS: [&str; 4] = [
    "FieldValueDuplicate",
    "FieldValueForbidden",
    "FieldValueInvalid",
    "FieldValueRequired",
];

/// A schema and those below it.
pub(super) fn check(schema: &Value, path: &Path<'_>, found: &mut Found) {
    if !is_unreadable(schema) {
        let before = found.len();
        structure(schema, Place::Root, path, found);
        if found.len() == before {
            found.extend(crd::misfit_defaults(schema, &path.to_string()));
        }
    }
    below(schema, path, found);
}

/// Where a schema stands that has to have a type.
#[derive(Clone, Copy, PartialEq)]
enum Place {
    Root,
    Field,
    Item,
}

/// Types, which schemas have outside of combinations.
fn structure(schema: &Value, place: Place, path: &Path<'_>, found: &mut Found) {
    let ty = text(schema, "type");
    let path_of = path.field("type");
    let is_free = schema["x-kubernetes-int-or-string"] == true
        || schema["x-kubernetes-preserve-unknown-fields"] == true;
    if ty.is_empty() && !is_free {
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
    let items = field(schema, "items").filter(|items| items.is_object());
    if ty == "array" && items.is_none() {
        path.field("items").required(found, "must be specified");
    }
    if let Some(items) = items {
        structure(items, Place::Item, &path.field("items"), found);
    }
    let list = path.field("properties");
    for (name, schema) in entries(schema, "properties") {
        structure(schema, Place::Field, &list.key(name), found);
    }
    if let Some(rest) = field(schema, "additionalProperties").filter(|rest| rest.is_object()) {
        let path = path.field("additionalProperties");
        if place == Place::Root {
            path.forbidden(found, "must not be used at the root");
        }
        structure(rest, Place::Field, &path, found);
    }
}

/// What no schema may say.
fn unsupported(schema: &Value, path: &Path<'_>, found: &mut Found) {
    const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];
    let ty = text(schema, "type");
    if !ty.is_empty() && !TYPES.contains(&ty) && ty != "null" {
        path.field("type")
            .unsupported(found, &schema["type"], &TYPES);
    }
    for name in [
        "id",
        "additionalItems",
        "patternProperties",
        "definitions",
        "dependencies",
        "$ref",
    ] {
        let is_there = match &schema[name] {
            Value::Null => false,
            Value::String(text) => !text.is_empty(),
            Value::Object(fields) => !fields.is_empty() || name == "additionalItems",
            _ => true,
        };
        if is_there {
            path.field(name)
                .forbidden(found, &format!("{name} is not supported"));
        }
    }
}

fn below(schema: &Value, path: &Path<'_>, found: &mut Found) {
    let before = found.len();
    unsupported(schema, path, found);
    if schema["uniqueItems"] == true {
        let detail =
            "uniqueItems cannot be set to true since the runtime complexity becomes quadratic";
        path.field("uniqueItems").forbidden(found, detail);
    }
    lists(schema, path, found);
    rules(schema, path, found);
    for list in ["properties", "definitions"] {
        let path = path.field(list);
        for (name, schema) in entries(schema, list) {
            below(schema, &path.key(name), found);
        }
    }
    for name in ["additionalProperties", "items", "not"] {
        if let Some(schema) = field(schema, name).filter(|schema| schema.is_object()) {
            below(schema, &path.field(name), found);
        }
    }
    for list in ["allOf", "anyOf", "oneOf"] {
        let path = path.field(list);
        for (at, schema) in items(schema, list).iter().enumerate() {
            below(schema, &path.index(at), found);
        }
    }
    if found.len() == before {
        // Rules are read once all else is good.
        unknown_words(schema, path, found);
    }
}

/// Rules that are one word, which nobody knows. Others are not read.
fn unknown_words(schema: &Value, path: &Path<'_>, found: &mut Found) {
    const KNOWN: [&str; 28] = [
        "as", "bool", "break", "bytes", "const", "continue", "double", "dyn", "else", "false",
        "for", "function", "if", "import", "in", "int", "let", "list", "loop", "map", "null",
        "oldSelf", "self", "string", "true", "type", "uint", "void",
    ];
    let list = path.field("x-kubernetes-validations");
    for (at, rule) in items(schema, "x-kubernetes-validations").iter().enumerate() {
        let source = text(rule, "rule");
        let is_word = source
            .bytes()
            .all(|b| b.is_ascii_alphanumeric() || b == b'_')
            && source.starts_with(|first: char| first.is_ascii_alphabetic());
        if !is_word || KNOWN.contains(&source) {
            continue;
        }
        let detail = format!(
            "compilation failed: ERROR: <input>:1:1: undeclared reference to '{source}' (in container '')\n | {source}\n | ^"
        );
        let path = list.index(at);
        path.field("rule")
            .invalid_text(found, &shown_rule(rule), &detail);
        if let Some(optional) = field(rule, "optionalOldSelf") {
            let detail = "may not be set if oldSelf is not used in rule";
            path.field("optionalOldSelf")
                .invalid(found, optional, detail);
        }
    }
}

/// What a list and a map are merged by.
fn lists(schema: &Value, path: &Path<'_>, found: &mut Found) {
    for (name, ty, allowed) in [
        (
            "x-kubernetes-list-type",
            "array",
            &["atomic", "set", "map"][..],
        ),
        (
            "x-kubernetes-map-type",
            "object",
            &["atomic", "granular"][..],
        ),
    ] {
        let Some(given) = field(schema, name) else {
            continue;
        };
        let detail = format!("must be {ty} if {name} is specified");
        match text(schema, "type") {
            "" => path.field("type").required(found, &detail),
            other if other != ty => path.field("type").invalid(found, &schema["type"], &detail),
            _ => {}
        }
        if !given.as_str().is_some_and(|given| allowed.contains(&given)) {
            path.field(name).unsupported(found, given, allowed);
        }
    }
    let keys = items(schema, "x-kubernetes-list-map-keys");
    let ty = text(schema, "x-kubernetes-list-type");
    let path_of = path.field("x-kubernetes-list-type");
    let detail = "must be map if x-kubernetes-list-map-keys is non-empty";
    match (ty, keys.is_empty()) {
        ("map", true) => {
            let detail = "must not be empty if x-kubernetes-list-type is map";
            path.field("x-kubernetes-list-map-keys")
                .required(found, detail);
        }
        ("map", false) | (_, true) => {}
        ("", false) => path_of.required(found, detail),
        (_, false) => path_of.invalid(found, &schema["x-kubernetes-list-type"], detail),
    }
}

/// The form of rules.
fn rules(schema: &Value, path: &Path<'_>, found: &mut Found) {
    let list = path.field("x-kubernetes-validations");
    for (at, rule) in items(schema, "x-kubernetes-validations").iter().enumerate() {
        let path = list.index(at);
        let (source, message) = (text(rule, "rule").trim(), text(rule, "message").trim());
        let breaks = |text: &str| text.contains(['\n', '\r']);
        if source.is_empty() {
            path.field("rule").required(found, "rule is not specified");
        } else if !text(rule, "message").is_empty() && message.is_empty() {
            let detail = "must be non-empty if specified";
            path.field("message")
                .invalid(found, &rule["message"], detail);
        } else if breaks(message) {
            let detail = "must not contain line breaks";
            path.field("message")
                .invalid(found, &rule["message"], detail);
        } else if breaks(source) && message.is_empty() {
            let detail = "message must be specified if rule contains line breaks";
            path.field("message").required(found, detail);
        }
        let expression = text(rule, "messageExpression");
        if !expression.is_empty() && expression.trim().is_empty() {
            let detail = "messageExpression must be non-empty if specified";
            path.field("messageExpression").required(found, detail);
        }
        if let Some(reason) = field(rule, "reason")
            && !reason
                .as_str()
                .is_some_and(|reason| REASONS.contains(&reason))
        {
            path.field("reason").unsupported(found, reason, &REASONS);
        }
        let place = text(rule, "fieldPath");
        if place.is_empty() {
            continue;
        }
        let path = path.field("fieldPath");
        if place.trim().is_empty() {
            path.invalid(found, &rule["fieldPath"], "must be non-empty if specified");
        }
        if breaks(place) {
            path.invalid(found, &rule["fieldPath"], "must not contain line breaks");
        }
        if self::at(schema, place, true).is_err() {
            path.invalid(found, &rule["fieldPath"], "must be a valid path");
        }
    }
}

/// Formats that servers know, without their dashes.
const FORMATS: [&str; 24] = [
    "bsonobjectid",
    "byte",
    "cidr",
    "creditcard",
    "date",
    "datetime",
    "duration",
    "email",
    "hexcolor",
    "hostname",
    "ipv4",
    "ipv6",
    "isbn",
    "isbn10",
    "isbn13",
    "k8slongname",
    "k8sshortname",
    "mac",
    "password",
    "rgbcolor",
    "ssn",
    "uri",
    "uuid",
    "uuid3",
];

/// Whether a format means something of a type.
fn is_known(format: &str, ty: &str) -> bool {
    match ty {
        "" | "string" => {
            let plain = format.replace('-', "");
            FORMATS.contains(&plain.as_str()) || matches!(plain.as_str(), "uuid4" | "uuid5")
        }
        "integer" => matches!(format, "int32" | "int64"),
        "number" => matches!(format, "float" | "double"),
        _ => false,
    }
}

/// The formats in a schema, and in those below it, that mean nothing.
pub(super) fn unknown_formats(schema: &Value, out: &mut Vec<String>) {
    let format = text(schema, "format");
    if !format.is_empty() && !is_known(format, text(schema, "type")) {
        out.push(format.to_owned());
    }
    for (_, schema) in entries(schema, "properties").chain(entries(schema, "definitions")) {
        unknown_formats(schema, out);
    }
    for name in ["additionalProperties", "items", "not"] {
        if let Some(schema) = field(schema, name).filter(|schema| schema.is_object()) {
            unknown_formats(schema, out);
        }
    }
    for list in ["allOf", "anyOf", "oneOf"] {
        for schema in items(schema, list) {
            unknown_formats(schema, out);
        }
    }
}

/// What a path such as `.spec.size` or `.labels['a/b']` leads to in a schema, and its steps; why
/// it leads nowhere.
pub(super) fn at<'s>(
    schema: &'s Value,
    path: &str,
    brackets: bool,
) -> Result<(Vec<String>, &'s Value), String> {
    let (mut steps, mut schema) = (Vec::new(), schema);
    let mut tokens = tokens(path).into_iter();
    let end = || "unexpected end of JSON path".to_owned();
    while let Some(token) = tokens.next() {
        let step = match token {
            "[" if !brackets => return Err("array notation is not allowed".to_owned()),
            "[" => {
                let quoted = tokens.next().ok_or_else(end)?;
                let step = quoted
                    .strip_prefix('\'')
                    .and_then(|rest| rest.strip_suffix('\''))
                    .ok_or_else(|| format!("expected single quoted string but got {quoted}"))?;
                match tokens.next().ok_or_else(end)? {
                    "]" => step.replace("\\'", "'"),
                    other => return Err(format!("expected ] but got {other}")),
                }
            }
            "." => tokens.next().ok_or_else(end)?.to_owned(),
            other => return Err(format!("expected [ or . but got: {other}")),
        };
        let nowhere = || "does not refer to a valid field".to_owned();
        schema = match (field(schema, "properties"), &schema["additionalProperties"]) {
            (Some(properties), _) => properties.get(&step).ok_or_else(nowhere)?,
            (None, below @ Value::Object(_)) => below,
            _ => return Err(nowhere()),
        };
        steps.push(step);
    }
    Ok((steps, schema))
}

/// The delimiters `.`, `[` and `]`, and the texts between them. Quotes keep together.
fn tokens(path: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = path;
    while !rest.is_empty() {
        let length = if rest.starts_with(['.', '[', ']']) {
            1
        } else if let Some(inner) = rest.strip_prefix('\'') {
            let mut before = '\'';
            let close = inner.char_indices().find(|(_, letter)| {
                let closes = *letter == '\'' && before != '\\';
                before = *letter;
                closes
            });
            close.map_or(rest.len(), |(at, _)| at + 2)
        } else {
            rest.find(['.', '[', ']']).unwrap_or(rest.len())
        };
        let (token, tail) = rest.split_at(length);
        out.push(token);
        rest = tail;
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn paths_lead_through_a_schema() {
        let schema = json!({"properties": {
            "spec": {"properties": {"size": {"type": "integer"}, "a.b": {"type": "string"}}},
            "labels": {"additionalProperties": {"type": "string"}},
            "list": {"items": {"type": "string"}},
        }});
        for (path, brackets, expected) in [
            (".spec.size", false, Ok("integer")),
            (".spec['size']", true, Ok("integer")),
            (".spec['a.b']", true, Ok("string")),
            (".labels['x/y']", true, Ok("string")),
            (".labels.any", false, Ok("string")),
            ("/spec", true, Err("expected [ or . but got: /spec")),
            (".spec['size']", false, Err("array notation is not allowed")),
            (
                ".spec[size]",
                true,
                Err("expected single quoted string but got size"),
            ),
            (".spec['size'", true, Err("unexpected end of JSON path")),
            (".spec.", true, Err("unexpected end of JSON path")),
            (".spec.colour", true, Err("does not refer to a valid field")),
            (".list.any", true, Err("does not refer to a valid field")),
        ] {
            let found = at(&schema, path, brackets).map(|(_, schema)| text(schema, "type"));
            assert_eq!(found, expected.map_err(str::to_owned), "{path}");
        }
    }
}
