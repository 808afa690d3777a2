//! Fields that a schema does not know.

use serde_json::Value;

use crate::kind::Word;
use crate::ty::{Shape, Type};

/// Paths of the fields that the type does not declare, as the server's warnings name them:
/// `spec.replica`, `spec.template.spec.containers[0].imagee`.
pub fn unknown_fields(ty: &Type, object: &Value) -> Vec<String> {
    let mut out = Vec::new();
    let mut found = |path: &str, _: &Type| out.push(path.to_owned());
    walk(ty, object, &mut String::new(), &mut found);
    out
}

/// The same, each with the names of the fields that are declared beside it.
pub fn unknown_fields_and_known(ty: &Type, object: &Value) -> Vec<(String, Vec<Word>)> {
    let mut out = Vec::new();
    let mut found = |path: &str, around: &Type| {
        let names = around.fields().into_iter().map(|field| field.name);
        out.push((path.to_owned(), names.collect()));
    };
    walk(ty, object, &mut String::new(), &mut found);
    out
}

fn walk(ty: &Type, value: &Value, path: &mut String, out: &mut dyn FnMut(&str, &Type)) {
    let length = path.len();
    match value {
        Value::Object(fields) if ty.shape() != Shape::Untyped => {
            for (name, value) in fields {
                if length > 0 {
                    path.push('.');
                }
                path.push_str(name);
                match ty.field(name) {
                    Some(ty) => walk(&ty, value, path, out),
                    None => out(path, ty),
                }
                path.truncate(length);
            }
        }
        Value::Array(items) => {
            let Some(item) = ty.item() else { return };
            for (at, value) in items.iter().enumerate() {
                path.push('[');
                path.push_str(&at.to_string());
                path.push(']');
                walk(&item, value, path, out);
                path.truncate(length);
            }
        }
        _ => {}
    }
}

/// Takes out the fields that the type does not declare, as a server does after it warned of them.
pub fn prune(ty: &Type, object: &mut Value) {
    match object {
        Value::Object(fields) if ty.shape() != Shape::Untyped => {
            fields.retain(|name, value| match ty.field(name) {
                Some(ty) => {
                    prune(&ty, value);
                    true
                }
                None => false,
            });
        }
        Value::Array(items) => {
            let Some(item) = ty.item() else { return };
            for value in items {
                prune(&item, value);
            }
        }
        _ => {}
    }
}
