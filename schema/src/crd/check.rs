//! Whether a custom resource fits its schema, in the server's words.

use serde_json::{Map, Value};

use super::{bounds, combine};
use crate::fields::{Literal, PathElement};
use crate::merge::item_element;
use crate::ty::{Custom, ListKind, Scalar, Shape, Type};
use crate::validate::{Violation, ViolationKind};

/// Everything that is wrong with an object of a custom kind. Rules (`x-kubernetes-validations`) and
/// formats are not evaluated.
pub fn check(ty: &Type, object: &Value) -> Vec<Violation> {
    let mut out = Vec::new();
    walk(ty, object, "", &mut out);
    out
}

/// Everything that is wrong with a status that is written through its own endpoint. Messages name
/// fields from the status on.
pub fn check_status(ty: &Type, status: &Value) -> Vec<Violation> {
    let mut out = Vec::new();
    if let Some(ty) = ty.field("status") {
        walk(&ty, status, "", &mut out);
    }
    for violation in &mut out {
        violation.field = match violation.field.as_str() {
            "<nil>" => "status".to_owned(),
            field => join("status", field.trim_start_matches('.')),
        };
    }
    out
}

fn join(path: &str, name: &str) -> String {
    if path.is_empty() {
        name.to_owned()
    } else {
        format!("{path}.{name}")
    }
}

fn walk(ty: &Type, value: &Value, path: &str, out: &mut Vec<Violation>) {
    let Some(custom) = ty.as_custom() else { return };
    if value.is_null() && custom.nullable {
        return;
    }
    if let (Shape::Scalar(Scalar::Integer), Value::Number(number)) = (custom.shape, value) {
        integer(&custom.schema, number, path, out);
    }
    if let Some(expected) = misfit(custom.shape, value) {
        let found = type_name(value);
        let message = format!("{path} in body must be of type {expected}: \"{found}\"");
        out.push(Violation::new(
            path,
            ViolationKind::TypeInvalid,
            format!("Invalid value: \"{found}\": {message}"),
        ));
        return;
    }
    bounds::check(&custom.schema, value, path, out);
    combine::check(&custom.schema, value, path, out);
    match value {
        Value::Object(fields) => {
            required(custom, fields, path, out);
            for (name, value) in fields {
                let Some(ty) = ty.field(name) else { continue };
                let path = if ty_declares(custom, name) {
                    join(path, name)
                } else {
                    format!("{path}.{name}")
                };
                walk(&ty, value, &path, out);
            }
        }
        Value::Array(items) => {
            let Some(item_type) = ty.item() else { return };
            twice(ty, items, path, out);
            for (at, item) in items.iter().enumerate() {
                walk(&item_type, item, &format!("{path}[{at}]"), out);
            }
        }
        _ => {}
    }
}

/// A number that no whole number of the schema's format can hold, which is told beside all else.
fn integer(schema: &Value, number: &serde_json::Number, path: &str, out: &mut Vec<Violation>) {
    let format = schema.get("format").and_then(Value::as_str);
    let whole = number.as_i64().or_else(|| {
        let float = number.as_f64().filter(|float| float.fract() == 0.0)?;
        (float.abs() < 9.2e18).then_some(float as i64)
    });
    let (fits, what) = match (format, whole) {
        (Some("int32"), whole) => (
            whole.is_some_and(|whole| i32::try_from(whole).is_ok()),
            "with format int32",
        ),
        (Some("int64"), whole) => (whole.is_some(), "with format int64"),
        (_, whole) => (whole.is_some(), "(default format)"),
    };
    if !fits {
        let message = format!("Checked value must be of type integer {what} in {path}");
        out.push(Violation::invalid("", &Value::from(""), &message));
    }
}

fn ty_declares(custom: &Custom, name: &str) -> bool {
    custom.fields.iter().any(|field| field.name == name)
}

fn required(custom: &Custom, fields: &Map<String, Value>, path: &str, out: &mut Vec<Violation>) {
    for field in custom
        .fields
        .iter()
        .filter(|f| f.required && !fields.contains_key(&f.name))
    {
        out.push(Violation::required(&join(path, &field.name), ""));
    }
}

fn twice(ty: &Type, items: &[Value], path: &str, out: &mut Vec<Violation>) {
    let Shape::List(kind) = ty.shape() else {
        return;
    };
    if kind == ListKind::Atomic {
        return;
    }
    let stranger = |item: &Value| !item.is_object() && !item.is_null();
    if let (ListKind::Map, Some(at)) = (kind, items.iter().position(stranger)) {
        let detail = "must be an object for an array of list-type map";
        out.push(Violation::invalid(
            &format!("{path}[{at}]"),
            &items[at],
            detail,
        ));
        return;
    }
    let mut seen = std::collections::BTreeSet::new();
    for (at, item) in items.iter().enumerate() {
        let Ok(element) = item_element(ty, kind, item) else {
            continue;
        };
        if !seen.insert(element.clone()) {
            let shown = match element {
                PathElement::Key(keys) => {
                    let keys: Map<String, Value> = keys
                        .into_iter()
                        .map(|(name, Literal(v))| (name.into_owned(), v))
                        .collect();
                    Value::Object(keys)
                }
                _ => item.clone(),
            };
            out.push(Violation::duplicate(&format!("{path}[{at}]"), &shown));
        }
    }
}

fn misfit(shape: Shape, value: &Value) -> Option<&'static str> {
    let (fits, expected) = match shape {
        Shape::Untyped => return None,
        Shape::Struct { .. } | Shape::Map { .. } => (value.is_object(), "object"),
        Shape::List(_) => (value.is_array(), "array"),
        Shape::Scalar(Scalar::Integer) => {
            let whole = value.as_f64().is_some_and(|number| number.fract() == 0.0);
            (whole, "integer")
        }
        Shape::Scalar(Scalar::Number) => (value.is_number(), "number"),
        Shape::Scalar(Scalar::Boolean) => (value.is_boolean(), "boolean"),
        Shape::Scalar(Scalar::IntOrString) => (
            value.is_i64() || value.is_u64() || value.is_string(),
            "integer,string",
        ),
        Shape::Scalar(_) => (value.is_string(), "string"),
    };
    (!fits).then_some(expected)
}

pub(super) fn type_name(value: &Value) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.is_f64() => "number",
        Value::Number(_) => "integer",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    }
}
