//! What is wrong with a value, as one who wrote it reads it: without the server's frame around it.

use crate::validate::{Violation, ViolationKind};

/// A violation, taken apart.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What is wrong, to follow the field's name: `must be an integer, got a string`.
    pub problem: String,
    /// The texts that would be taken, where there is a choice.
    pub choice: Vec<String>,
    /// The text that stands there instead, where there is a choice.
    pub found: String,
}

/// Takes apart what [`check`](super::check) found. None for what the server says of no field, beside
/// what it says of one.
pub fn told(violation: &Violation) -> Option<Told> {
    if violation.field == "<nil>" {
        return None;
    }
    let message = violation.message.as_str();
    let mut told = Told {
        problem: String::new(),
        choice: Vec::new(),
        found: String::new(),
    };
    told.problem = match violation.kind {
        ViolationKind::Required => "is missing".to_owned(),
        ViolationKind::NotSupported => {
            let rest = message.trim_start_matches("Unsupported value: ");
            let (found, allowed) = rest
                .split_once(": supported values: ")
                .unwrap_or((rest, ""));
            told.choice = allowed.split(", ").map(unquoted).collect();
            told.found = unquoted(found);
            format!(
                "must be one of {}, got `{}`",
                listed(&told.choice),
                told.found
            )
        }
        ViolationKind::Duplicate => {
            let value = message.trim_start_matches("Duplicate value: ");
            format!("stands in its list twice: `{value}`")
        }
        _ => match message.split_once(" in body ") {
            Some((before, detail)) => body(before, detail),
            None => plain(message),
        },
    };
    Some(told)
}

/// `spec.size in body should be at least 1 chars long`, after the value.
fn body(before: &str, detail: &str) -> String {
    if let Some(types) = detail.strip_prefix("must be of type ") {
        let (expected, found) = types.split_once(": ").unwrap_or((types, ""));
        return format!(
            "must be {}, got {}",
            article(expected),
            article(&unquoted(found))
        );
    }
    let value = before
        .trim_start_matches("Invalid value: ")
        .rsplit_once(": ")
        .map_or("", |(value, _)| value);
    let detail = match detail.split_once('\'') {
        Some((words, pattern)) => format!("{words}`{}`", pattern.trim_end_matches('\'')),
        None => detail
            .replace(" 1 chars", " 1 character")
            .replace(" chars", " characters"),
    };
    // A whole map says less than what is wrong with it, and where things are counted the count is
    // what stands for it.
    let counted = detail.ends_with("items") || detail.ends_with("properties");
    if value.is_empty() || value.starts_with(['{', '[']) || counted {
        detail
    } else {
        format!("{detail}, got `{}`", unquoted(value))
    }
}

fn plain(message: &str) -> String {
    let message = message.trim_start_matches("Invalid value: ");
    match message.split_once(": ") {
        Some(("Too long" | "Too many", detail)) => {
            detail.rsplit(": ").next().unwrap_or(detail).to_owned()
        }
        _ => format!("is not right: {message}"),
    }
}

fn unquoted(text: &str) -> String {
    serde_json::from_str::<String>(text).unwrap_or_else(|_| text.to_owned())
}

fn listed(choice: &[String]) -> String {
    let quoted: Vec<String> = choice.iter().map(|one| format!("`{one}`")).collect();
    quoted.join(", ")
}

fn article(types: &str) -> String {
    let words = types
        .replace(',', " or a ")
        .replace("boolean", "truth value");
    let words = words.replace("object", "map").replace("array", "list");
    match words.as_str() {
        "null" => "nothing".to_owned(),
        _ if words.starts_with('i') => format!("an {words}"),
        _ => format!("a {words}"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::crd::{Definition, check};

    fn told_of(schema: Value, value: Value) -> Vec<String> {
        let definition = Definition::parse(&json!({"spec": {
            "group": "example.com", "scope": "Namespaced",
            "names": {"plural": "widgets", "kind": "Widget"},
            "versions": [{"name": "v1", "served": true, "storage": true, "schema": {"openAPIV3Schema":
                {"type": "object", "properties": {"spec": {"type": "object", "required": ["must"], "properties": {
                    "it": schema, "must": {"type": "string"}}}}}}}],
        }}))
        .expect("readable");
        let ty = definition.versions[0].kind.ty();
        let mut object = json!({"spec": {"it": value}});
        if object["spec"]["it"] != "-" {
            object["spec"]["must"] = "be".into();
        }
        let found = check(&ty, &object);
        found
            .iter()
            .filter_map(|violation| {
                Some(format!("{} {}", violation.field, told(violation)?.problem))
            })
            .collect()
    }

    #[test]
    fn every_violation_reads_as_a_sentence() {
        let text = || json!({"type": "string"});
        for (schema, value, expected) in [
            (text(), json!("-"), "spec.must is missing"),
            (text(), json!(5), "spec.it must be a string, got an integer"),
            (text(), json!(null), "spec.it must be a string, got nothing"),
            (
                json!({"type": "integer"}),
                json!("x"),
                "spec.it must be an integer, got a string",
            ),
            (
                json!({"type": "integer"}),
                json!(1.5),
                "spec.it must be an integer, got a number",
            ),
            (
                json!({"type": "boolean"}),
                json!("true"),
                "spec.it must be a truth value, got a string",
            ),
            (
                json!({"type": "object", "properties": {"a": text()}}),
                json!([]),
                "spec.it must be a map, got a list",
            ),
            (
                json!({"type": "array", "items": text()}),
                json!({}),
                "spec.it must be a list, got a map",
            ),
            (
                json!({"x-kubernetes-int-or-string": true}),
                json!([]),
                "spec.it must be an integer or a string, got a list",
            ),
            (
                json!({"type": "string", "enum": ["a", "b"]}),
                json!("c"),
                "spec.it must be one of `a`, `b`, got `c`",
            ),
            (
                json!({"type": "integer", "enum": [1, 2]}),
                json!(3),
                "spec.it must be one of `1`, `2`, got `3`",
            ),
            (
                json!({"type": "string", "pattern": "^a'b$"}),
                json!("c: d"),
                "spec.it should match `^a'b$`, got `c: d`",
            ),
            (
                json!({"type": "string", "minLength": 3}),
                json!("c"),
                "spec.it should be at least 3 characters long, got `c`",
            ),
            (
                json!({"type": "string", "maxLength": 3}),
                json!("long"),
                "spec.it may not be more than 3 bytes",
            ),
            (
                json!({"type": "integer", "minimum": 3}),
                json!(1),
                "spec.it should be greater than or equal to 3, got `1`",
            ),
            (
                json!({"type": "number", "multipleOf": 3}),
                json!(4),
                "spec.it should be a multiple of 3, got `4`",
            ),
            (
                json!({"type": "array", "minItems": 2, "items": text()}),
                json!(["a"]),
                "spec.it should have at least 2 items",
            ),
            (
                json!({"type": "array", "maxItems": 1, "items": text()}),
                json!(["a", "b"]),
                "spec.it must have at most 1 item",
            ),
            (
                json!({"type": "object", "minProperties": 1, "additionalProperties": text()}),
                json!({}),
                "spec.it should have at least 1 properties",
            ),
            (
                json!({"type": "array", "x-kubernetes-list-type": "set", "items": text()}),
                json!(["a", "a"]),
                "spec.it[1] stands in its list twice: `\"a\"`",
            ),
            (
                json!({"type": "object", "properties": {"a": text()}, "oneOf": [{"required": ["a"]}]}),
                json!({}),
                "spec.it must validate one and only one schema (oneOf). Found none valid",
            ),
        ] {
            assert_eq!(told_of(schema, value), [expected]);
        }
    }
}
