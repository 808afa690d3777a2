//! Whether a value fits its type, in the words of the server's merge.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Atom, atom, item_element};
use crate::fields::PathElement;
use crate::ty::{ListKind, Scalar, Type};

/// Everything that keeps a value from being merged: undeclared fields, wrong types and, unless
/// `duplicates` are allowed, list items that stand twice. Each is `PATH: MESSAGE`.
pub fn conform(ty: &Type, value: &Value, duplicates: bool) -> Vec<String> {
    let mut walk = Walk {
        path: Vec::new(),
        duplicates,
        out: Vec::new(),
    };
    walk.check(ty, value);
    walk.out
}

struct Walk {
    path: Vec<PathElement>,
    duplicates: bool,
    out: Vec<String>,
}

impl Walk {
    fn say(&mut self, message: &str) {
        let path: String = self.path.iter().map(ToString::to_string).collect();
        self.out.push(if path.is_empty() {
            message.to_owned()
        } else {
            format!("{path}: {message}")
        });
    }

    fn check(&mut self, ty: &Type, value: &Value) {
        if value.is_null() {
            return;
        }
        match (atom(ty, value), value) {
            // The server's own types say of it nothing but its name: whoever reads it finds out.
            (Atom::Scalar, _) if ty.is_builtin() && ty.scalar() == Some(Scalar::IntOrString) => {}
            (Atom::Scalar, _) => {
                if let Some(message) = ty.scalar().and_then(|scalar| misfit(scalar, value)) {
                    self.say(&message);
                }
            }
            (Atom::List(kind), Value::Array(items)) => self.list(ty, kind, items),
            (Atom::Map { .. }, Value::Object(fields)) => {
                for (name, value) in fields {
                    self.path.push(PathElement::field(name));
                    match ty.field(name) {
                        Some(ty) => self.check(&ty, value),
                        // A type that declares nothing at all takes anything.
                        None if ty.is_builtin() && ty.fields().is_empty() => {}
                        None => self.say("field not declared in schema"),
                    }
                    self.path.pop();
                }
            }
            (Atom::List(_), other) => {
                self.say(&format!("expected list, got &{{{}}}", shown(other)));
            }
            (Atom::Map { .. }, other) => {
                self.say(&format!("expected map, got &{{{}}}", shown(other)));
            }
        }
    }

    fn list(&mut self, ty: &Type, kind: ListKind, items: &[Value]) {
        let item_type = ty.item().unwrap_or(Type::untyped());
        let mut seen = BTreeSet::new();
        for (at, item) in items.iter().enumerate() {
            let element = if kind == ListKind::Atomic {
                PathElement::Index(at)
            } else {
                match item_element(ty, kind, item) {
                    Ok(element) => element,
                    Err(message) => {
                        self.say(&format!("element {at}: {message}"));
                        return;
                    }
                }
            };
            if !self.duplicates && seen.contains(&element) {
                self.say(&format!("duplicate entries for key {element}"));
            }
            self.path.push(element.clone());
            self.check(&item_type, item);
            self.path.pop();
            seen.insert(element);
        }
    }
}

/// What is wrong with a value where a scalar is expected.
fn misfit(scalar: Scalar, value: &Value) -> Option<String> {
    let (fits, message) = match scalar {
        Scalar::Integer | Scalar::Number => (
            value.is_number(),
            format!("expected numeric (int or float), got {}", go_type(value)),
        ),
        Scalar::Boolean => (
            value.is_boolean(),
            format!("expected boolean, got &{{{}}}", shown(value)),
        ),
        // A text of a form of its own may be any scalar here.
        Scalar::Quantity
        | Scalar::IntOrString
        | Scalar::Time
        | Scalar::MicroTime
        | Scalar::Untyped => (
            !value.is_array() && !value.is_object(),
            format!("expected any scalar, got &{{{}}}", shown(value)),
        ),
        Scalar::String | Scalar::Bytes => (
            value.is_string(),
            format!(
                "expected string, got &value.valueUnstructured{{Value:{}}}",
                written(value)
            ),
        ),
    };
    (!fits).then_some(message)
}

/// Go's name of a decoded value's type.
fn go_type(value: &Value) -> &'static str {
    match value {
        Value::Null => "nil",
        Value::Bool(_) => "bool",
        Value::Number(number) if number.is_f64() => "float64",
        Value::Number(_) => "int64",
        Value::String(_) => "string",
        Value::Array(_) => "[]interface {}",
        Value::Object(_) => "map[string]interface {}",
    }
}

/// A value as Go's `%#v` prints it.
fn written(value: &Value) -> String {
    match value {
        Value::Null => "interface {}(nil)".to_owned(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(written).collect();
            format!("[]interface {{}}{{{}}}", items.join(", "))
        }
        Value::Object(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(name, value)| format!("{name:?}:{}", written(value)))
                .collect();
            format!("map[string]interface {{}}{{{}}}", fields.join(", "))
        }
        other => other.to_string(),
    }
}

/// A value as Go's `%v` prints it.
pub fn shown(value: &Value) -> String {
    match value {
        Value::Null => "<nil>".to_owned(),
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            format!(
                "[{}]",
                items.iter().map(shown).collect::<Vec<_>>().join(" ")
            )
        }
        Value::Object(fields) => {
            let fields: Vec<String> = fields
                .iter()
                .map(|(k, v)| format!("{k}:{}", shown(v)))
                .collect();
            format!("map[{}]", fields.join(" "))
        }
        other => other.to_string(),
    }
}
