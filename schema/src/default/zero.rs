//! Defaults that the types declare: real ones, and Go's zero values, which a typed server prints
//! although nobody set them (`resources: {}`, `status: {loadBalancer: {}}`).

use serde_json::{Map, Value};

use crate::quantity::Quantity;
use crate::table::Default;
use crate::ty::{Scalar, Shape, Type};

/// Optional fields with a zero default that Go leaves out all the same (`omitempty`).
const SILENT: &[&str] = &["apiGroup", "minReadySeconds", "name", "replicas", "status"];

/// Optional lists of an object itself, or of its status, that Go prints all the same.
const PRINTED_LISTS: &[&str] = &["currentMetrics", "rules"];

/// Times inside `status` that are no pointers: Go prints those that nobody set as null.
const PRINTED_TIMES: &[&str] = &[
    "finishedAt",
    "lastHeartbeatTime",
    "lastProbeTime",
    "lastTransitionTime",
    "lastUpdateTime",
    "startedAt",
];

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

/// Fills declared defaults into every struct of a value, and rounds amounts of resources as far up
/// as a server does.
pub(super) fn fill(ty: &Type, value: &mut Value) {
    walk(ty, value, false);
}

fn walk(ty: &Type, value: &mut Value, in_status: bool) {
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
                    walk(&ty, value, in_status || name == "status");
                }
            }
            if in_status {
                for name in PRINTED_TIMES {
                    if !fields.contains_key(*name) && is_time(ty, name) {
                        fields.insert((*name).to_owned(), Value::Null);
                    }
                }
            }
        }
        (Shape::Map { .. }, Value::Object(fields)) => {
            let Some(item) = ty.item() else { return };
            if item.scalar() == Some(Scalar::Quantity) {
                fields.values_mut().for_each(round_up);
                return;
            }
            fields
                .values_mut()
                .for_each(|value| walk(&item, value, in_status));
        }
        (Shape::List(_), Value::Array(items)) => {
            let Some(item) = ty
                .item()
                .filter(|ty| !matches!(ty.shape(), Shape::Scalar(_)))
            else {
                return;
            };
            for value in items {
                walk(&item, value, in_status);
            }
        }
        _ => {}
    }
}

fn is_time(ty: &Type, name: &str) -> bool {
    let scalar = ty.field(name).and_then(|ty| ty.scalar());
    scalar == Some(Scalar::Time)
}

/// An amount of a resource has at most thousandths.
fn round_up(amount: &mut Value) {
    let rounded = amount
        .as_str()
        .and_then(|text| Quantity::parse(text).ok())
        .and_then(Quantity::rounded_to_milli);
    if let Some(rounded) = rounded {
        *amount = Value::from(rounded.to_string());
    }
}

/// A built-in object that nobody wrote anything into, as Go prints it: what a creation is compared
/// with, and what a bookmark shows.
pub fn zeros(ty: &Type) -> Value {
    zeros_of("", ty)
}

fn zeros_of(at: &str, ty: &Type) -> Value {
    let mut out = Map::new();
    ty.for_defaults(&mut |name, default, ty| {
        let zero = match default {
            Default::EmptyStruct if matches!(ty.shape(), Shape::Struct { .. }) => {
                zeros_of(name, ty)
            }
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
        let printed = field.required
            || (matches!(at, "" | "status") && PRINTED_LISTS.contains(&field.name.as_ref()));
        if printed && matches!(field.ty.shape(), Shape::List(_)) {
            out.insert(field.name.into_owned(), Value::Null);
        }
    }
    Value::Object(out)
}
