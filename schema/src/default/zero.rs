//! Go's zero values: what a typed server prints although nobody set it.

use serde_json::{Map, Value};

use crate::table::Default;
use crate::ty::{Shape, Type};

/// Optional fields with a zero default that Go leaves out all the same (`omitempty`).
const SILENT: &[&str] = &["apiGroup", "minReadySeconds", "name", "replicas", "status"];

/// The zero value of a field, when a server prints it.
pub(super) fn zero_of(name: &str, default: Default, ty: &Type) -> Option<Value> {
    let zero = match default {
        Default::EmptyStruct => {
            return matches!(ty.shape(), Shape::Struct { .. }).then(|| zeros(ty));
        }
        Default::EmptyText => Value::from(""),
        Default::Zero => Value::from(0),
        Default::False => Value::from(false),
        Default::Nothing | Default::Text(_) | Default::Int(_) => return None,
    };
    (ty.is_required() || !SILENT.contains(&name)).then_some(zero)
}

/// A value of a built-in struct that nobody wrote anything into.
pub(crate) fn zeros(ty: &Type) -> Value {
    let mut out = Map::new();
    ty.for_defaults(&mut |name, default, ty| {
        if let Some(zero) = zero_of(name, default, ty) {
            out.insert(name.to_owned(), zero);
        }
    });
    for field in ty.fields() {
        if field.required && matches!(field.ty.shape(), Shape::List(_)) {
            out.insert(field.name.into_owned(), Value::Null);
        }
    }
    Value::Object(out)
}
