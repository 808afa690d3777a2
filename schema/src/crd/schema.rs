//! From a structural schema to a type.

use std::sync::Arc;

use serde_json::Value;

use super::CrdError;
use crate::ty::{Custom, CustomField, ListKind, Scalar, Shape, Type};

/// The type of a whole custom resource: the schema's fields and those of every object.
pub(super) fn root(schema: &Value) -> Result<Type, CrdError> {
    node(schema, "openAPIV3Schema", true)
}

fn word<'v>(schema: &'v Value, name: &str) -> &'v str {
    schema.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn flag(schema: &Value, name: &str) -> bool {
    schema.get(name) == Some(&Value::Bool(true))
}

pub(super) fn node(schema: &Value, path: &str, whole: bool) -> Result<Type, CrdError> {
    let whole = whole || flag(schema, "x-kubernetes-embedded-resource");
    let mut out = Custom {
        shape: Shape::Untyped,
        fields: Vec::new(),
        rest: Some(Type::untyped()),
        keys: Vec::new(),
        default: schema.get("default").cloned(),
        nullable: flag(schema, "nullable"),
        schema: Arc::new(without_children(schema)),
    };
    match word(schema, "type") {
        _ if flag(schema, "x-kubernetes-int-or-string") => {
            scalar(&mut out, Scalar::IntOrString);
        }
        "string" => scalar(&mut out, Scalar::String),
        "integer" => scalar(&mut out, Scalar::Integer),
        "number" => scalar(&mut out, Scalar::Number),
        "boolean" => scalar(&mut out, Scalar::Boolean),
        "array" => list(&mut out, schema, path)?,
        "object" => object(&mut out, schema, path, whole)?,
        "" if whole => object(&mut out, schema, path, whole)?,
        "" => {}
        found => {
            return Err(CrdError::UnknownType {
                path: path.to_owned(),
                found: found.to_owned(),
            });
        }
    }
    Ok(Type::custom(out))
}

/// What validation needs: children have schemas of their own.
fn without_children(schema: &Value) -> Value {
    let Some(fields) = schema.as_object() else {
        return Value::Null;
    };
    let skipped = [
        "properties",
        "items",
        "additionalProperties",
        "default",
        "description",
    ];
    let kept = fields
        .iter()
        .filter(|(name, _)| !skipped.contains(&name.as_str()));
    Value::Object(
        kept.map(|(name, value)| (name.clone(), value.clone()))
            .collect(),
    )
}

fn scalar(out: &mut Custom, scalar: Scalar) {
    out.shape = Shape::Scalar(scalar);
    out.rest = None;
}

fn list(out: &mut Custom, schema: &Value, path: &str) -> Result<(), CrdError> {
    let items = schema
        .get("items")
        .ok_or_else(|| CrdError::NoItems(path.to_owned()))?;
    out.rest = Some(node(items, &format!("{path}.items"), false)?);
    out.shape = Shape::List(match word(schema, "x-kubernetes-list-type") {
        "set" => ListKind::Set,
        "map" => ListKind::Map,
        _ => ListKind::Atomic,
    });
    let keys = schema
        .get("x-kubernetes-list-map-keys")
        .and_then(Value::as_array);
    out.keys = keys
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .map(str::to_owned)
        .collect();
    out.keys.sort();
    Ok(())
}

fn object(out: &mut Custom, schema: &Value, path: &str, whole: bool) -> Result<(), CrdError> {
    let atomic = word(schema, "x-kubernetes-map-type") == "atomic";
    let required: Vec<&str> = schema
        .get("required")
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    if let Some(properties) = schema.get("properties").and_then(Value::as_object) {
        for (name, schema) in properties {
            if whole && matches!(name.as_str(), "apiVersion" | "kind" | "metadata") {
                continue;
            }
            out.fields.push(CustomField {
                name: name.clone(),
                required: required.contains(&name.as_str()),
                ty: node(schema, &format!("{path}.properties.{name}"), false)?,
            });
        }
    }
    if whole {
        let text = || node(&serde_json::json!({"type": "string"}), path, false);
        for (name, ty) in [
            ("apiVersion", text()?),
            ("kind", text()?),
            ("metadata", Type::object_meta()),
        ] {
            out.fields.push(CustomField {
                name: name.to_owned(),
                required: false,
                ty,
            });
        }
        out.fields.sort_by(|a, b| a.name.cmp(&b.name));
    }
    out.rest = match schema.get("additionalProperties") {
        Some(Value::Bool(true)) => Some(Type::untyped()),
        Some(schema @ Value::Object(_)) => Some(node(
            schema,
            &format!("{path}.additionalProperties"),
            false,
        )?),
        _ => flag(schema, "x-kubernetes-preserve-unknown-fields").then(Type::untyped),
    };
    out.shape = if out.fields.is_empty() && out.rest.is_some() {
        Shape::Map { atomic }
    } else {
        Shape::Struct { atomic }
    };
    Ok(())
}
