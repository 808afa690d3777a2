//! Defaults that the types declare: real ones, and Go's zero values, which a typed server prints
//! although nobody set them (`resources: {}`, `status: {loadBalancer: {}}`).

use serde_json::{Map, Value};

use crate::table::Default;
use crate::ty::{Shape, Type};

/// Optional fields with a zero default that Go leaves out all the same (`omitempty`).
const SILENT: &[&str] = &["apiGroup", "minReadySeconds", "name", "replicas", "status"];

/// The declared default of a field that a server prints.
fn declared(name: &str, default: Default, ty: &Type) -> Option<Value> {
    let zero = match default {
        Default::Nothing => return None,
        Default::EmptyStruct => {
            return matches!(ty.shape(), Shape::Struct { .. }).then(|| Value::Object(Map::new()));
        }
        Default::Text(text) => return Some(Value::from(text)),
        Default::Int(number) => return Some(Value::from(number)),
        Default::EmptyText => Value::from(""),
        Default::Zero => Value::from(0),
        Default::False => Value::from(false),
    };
    (ty.is_required() || !SILENT.contains(&name)).then_some(zero)
}

/// Fills declared defaults into every struct of a value.
pub(super) fn fill(ty: &Type, value: &mut Value) {
    match (ty.shape(), value) {
        (Shape::Struct { .. }, Value::Object(fields)) => {
            ty.for_defaults(&mut |name, default, ty| {
                if fields.get(name).is_none_or(Value::is_null)
                    && let Some(value) = declared(name, default, ty)
                {
                    fields.insert(name.to_owned(), value);
                }
            });
            for (name, value) in fields
                .iter_mut()
                .filter(|(_, v)| v.is_object() || v.is_array())
            {
                if let Some(ty) = ty.field(name) {
                    fill(&ty, value);
                    if name == "conditions" {
                        times(&ty, value);
                    }
                }
            }
        }
        (Shape::Map { .. }, Value::Object(fields)) => {
            let Some(item) = ty.item() else { return };
            fields.values_mut().for_each(|value| fill(&item, value));
        }
        (Shape::List(_), Value::Array(items)) => {
            let Some(item) = ty
                .item()
                .filter(|ty| !matches!(ty.shape(), Shape::Scalar(_)))
            else {
                return;
            };
            for value in items {
                fill(&item, value);
            }
        }
        _ => {}
    }
}

/// The times of conditions are no pointers: a server prints those that nobody set, as null.
fn times(ty: &Type, conditions: &mut Value) {
    let Some(condition) = ty.item() else { return };
    let is_time = |name: &str| name.starts_with("last") && name.ends_with("Time");
    for field in condition
        .fields()
        .into_iter()
        .filter(|field| is_time(&field.name))
    {
        for fields in conditions.as_array_mut().into_iter().flatten() {
            if let Some(fields) = fields.as_object_mut() {
                fields.entry(&*field.name).or_insert(Value::Null);
            }
        }
    }
}

/// A built-in object that nobody wrote anything into: what a creation is compared with.
pub(crate) fn zeros(ty: &Type) -> Value {
    let mut out = Map::new();
    ty.for_defaults(&mut |name, default, ty| {
        let zero = match default {
            Default::EmptyStruct if matches!(ty.shape(), Shape::Struct { .. }) => zeros(ty),
            // What the server fills in is set by whoever creates the object.
            Default::Text(_) | Default::Int(_) => return,
            _ => match declared(name, default, ty) {
                Some(zero) => zero,
                None => return,
            },
        };
        out.insert(name.to_owned(), zero);
    });
    for field in ty.fields() {
        if field.required && matches!(field.ty.shape(), Shape::List(_)) {
            out.insert(field.name.into_owned(), Value::Null);
        }
    }
    Value::Object(out)
}
