//! The schema in a custom resource definition. What its rules say is not judged: they are not
//! evaluated.

use serde_json::Value;

use super::definition_root::{is_unreadable, rule as shown_rule};
use super::look::{entries, field, items, text};
use super::path::{Found, Path};
use super::{definition_lists, definition_structure};
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
        definition_structure::check(schema, path, found);
        if found.len() == before {
            found.extend(crd::misfit_defaults(schema, &path.to_string()));
        }
    }
    let list = path.field("properties");
    for name in ["apiVersion", "kind", "metadata"] {
        if let Some(schema) = field(&schema["properties"], name) {
            no_defaults(schema, name, &list.key(name), found);
        }
    }
    below(schema, path, found);
}

/// What every object has gets no defaults of a definition.
fn no_defaults(schema: &Value, of: &str, path: &Path<'_>, found: &mut Found) {
    if field(schema, "default").is_some() {
        let detail = format!("must not be set in top-level {of}");
        path.field("default").forbidden(found, &detail);
    }
    let list = path.field("properties");
    for (name, schema) in entries(schema, "properties") {
        no_defaults(schema, of, &list.key(name), found);
    }
    for name in ["items", "additionalProperties"] {
        if let Some(schema) = field(schema, name) {
            no_defaults(schema, of, &path.field(name), found);
        }
    }
}

/// What no schema may say.
fn unsupported(schema: &Value, path: &Path<'_>, found: &mut Found) {
    const TYPES: [&str; 6] = ["array", "boolean", "integer", "number", "object", "string"];
    let ty = text(schema, "type");
    if !ty.is_empty() && !TYPES.contains(&ty) {
        path.field("type")
            .unsupported(found, &schema["type"], &TYPES);
    }
    if ty == "null" {
        let detail = "type cannot be set to null, use nullable as an alternative";
        path.field("type").forbidden(found, detail);
    }
    let preserves = "x-kubernetes-preserve-unknown-fields";
    if schema[preserves] == false {
        let detail = "must be true or undefined";
        path.field(preserves)
            .invalid(found, &Value::Bool(false), detail);
    }
    let rest = field(schema, "additionalProperties").filter(|rest| **rest != true);
    if rest.is_some() && entries(schema, "properties").next().is_some() {
        let detail = "additionalProperties and properties are mutual exclusive";
        path.field("additionalProperties").forbidden(found, detail);
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
    definition_lists::check(schema, path, found);
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
