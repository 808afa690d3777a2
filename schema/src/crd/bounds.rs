//! Bounds of single values: lengths, sizes, ranges, choices.

use serde_json::Value;

use super::pattern;
use crate::validate::Violation;

/// A choice as the server tells it: as a text, whatever it is.
fn quoted(choice: &Value) -> String {
    match choice {
        Value::String(text) => format!("{text:?}"),
        other => format!("{:?}", other.to_string()),
    }
}

/// Checks a value against what its schema says of it alone.
pub(super) fn check(schema: &Value, value: &Value, path: &str, out: &mut Vec<Violation>) {
    if let Some(allowed) = schema.get("enum").and_then(Value::as_array)
        && !allowed.contains(value)
    {
        out.push(Violation::unsupported(
            path,
            value,
            allowed.iter().map(quoted),
        ));
    }
    let mut invalid = |message: String| out.push(Violation::invalid(path, value, &message));
    let count = |name: &str| schema.get(name).and_then(Value::as_u64);
    match value {
        Value::Number(number) => {
            let number = number.as_f64().unwrap_or_default();
            range(schema, number, path, &mut invalid);
        }
        Value::String(text) => {
            // The first of these that fails is told alone.
            let length = text.chars().count() as u64;
            let pattern = schema.get("pattern").and_then(Value::as_str);
            if let Some(most) = count("maxLength").filter(|most| length > *most) {
                out.push(Violation::too_long(path, most));
            } else if let Some(least) = count("minLength").filter(|least| length < *least) {
                invalid(format!(
                    "{path} in body should be at least {least} chars long"
                ));
            } else if let Some(pattern) = pattern.filter(|pattern| pattern::fails(pattern, text)) {
                invalid(format!("{path} in body should match '{pattern}'"));
            }
        }
        Value::Array(items) => {
            let length = items.len() as u64;
            if let Some(least) = count("minItems").filter(|least| length < *least) {
                let message = format!("{path} in body should have at least {least} items");
                out.push(Violation::invalid(path, &Value::from(length), &message));
            }
            if let Some(most) = count("maxItems").filter(|most| length > *most) {
                out.push(Violation::too_many(path, length, most));
            }
        }
        Value::Object(fields) => {
            let length = fields.len() as u64;
            if let Some(least) = count("minProperties").filter(|least| length < *least) {
                let message = format!("{path} in body should have at least {least} properties");
                out.push(Violation::invalid(path, &Value::from(length), &message));
            }
            if let Some(most) = count("maxProperties").filter(|most| length > *most) {
                out.push(Violation::too_many(path, length, most));
            }
        }
        _ => {}
    }
}

fn range(schema: &Value, number: f64, path: &str, invalid: &mut dyn FnMut(String)) {
    let bound = |name: &str| schema.get(name).and_then(Value::as_f64);
    let exclusive = |name: &str| schema.get(name) == Some(&Value::Bool(true));
    if let Some(least) = bound("minimum") {
        if exclusive("exclusiveMinimum") && number <= least {
            invalid(format!("{path} in body should be greater than {least}"));
        } else if number < least {
            invalid(format!(
                "{path} in body should be greater than or equal to {least}"
            ));
        }
    }
    if let Some(most) = bound("maximum") {
        if exclusive("exclusiveMaximum") && number >= most {
            invalid(format!("{path} in body should be less than {most}"));
        } else if number > most {
            invalid(format!(
                "{path} in body should be less than or equal to {most}"
            ));
        }
    }
    if let Some(factor) = bound("multipleOf").filter(|factor| *factor != 0.0)
        && (number / factor).fract() != 0.0
    {
        invalid(format!("{path} in body should be a multiple of {factor}"));
    }
}
