//! Taking paths out of an object.

use serde_json::Value;

use super::{Atom, atom, child_field, item_element};
use crate::fields::FieldSet;
use crate::ty::{ListKind, Type};

/// The value without the paths of a set and everything below them. What is emptied by it becomes
/// null; atomic things are taken whole or not at all.
pub fn remove_items(ty: &Type, value: Value, gone: &FieldSet) -> Value {
    if gone.is_empty() {
        return value;
    }
    match (atom(ty, &value), value) {
        (Atom::List(kind), Value::Array(items)) => {
            if kind == ListKind::Atomic {
                return Value::Null;
            }
            let item_type = ty.item().unwrap_or(Type::untyped());
            let left: Vec<Value> = items
                .into_iter()
                .filter_map(|item| {
                    let Ok(element) = item_element(ty, kind, &item) else {
                        return Some(item);
                    };
                    match gone.step(&element) {
                        None => Some(item),
                        Some((true, _)) => None,
                        Some((false, below)) => Some(remove_items(&item_type, item, below)),
                    }
                })
                .collect();
            if left.is_empty() {
                Value::Null
            } else {
                Value::Array(left)
            }
        }
        (Atom::Map { atomic }, Value::Object(fields)) => {
            if atomic {
                return Value::Null;
            }
            let left: serde_json::Map<String, Value> = fields
                .into_iter()
                .filter_map(|(name, value)| {
                    let (element, child) = child_field(ty, &name);
                    match gone.step(&element) {
                        None => Some((name, value)),
                        Some((true, _)) => None,
                        Some((false, below)) => {
                            let ty = child.unwrap_or(Type::untyped());
                            Some((name, remove_items(&ty, value, below)))
                        }
                    }
                })
                .collect();
            if left.is_empty() {
                Value::Null
            } else {
                Value::Object(left)
            }
        }
        (_, value) => value,
    }
}
