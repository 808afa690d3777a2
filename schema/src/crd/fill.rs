//! Defaults of custom resources.

use serde_json::Value;

use crate::ty::{Custom, Type};

/// Fills in what a schema says missing fields are, at every level that is there. A null that is not
/// allowed counts as missing where there is a default.
pub fn fill(ty: &Type, value: &mut Value) {
    let Some(custom) = ty.as_custom() else { return };
    match value {
        Value::Object(fields) => {
            for field in &custom.fields {
                let Some(inner) = field.ty.as_custom() else {
                    continue;
                };
                let Some(default) = &inner.default else {
                    continue;
                };
                if fields
                    .get(&field.name)
                    .is_none_or(|value| is_bad_null(inner, value))
                {
                    fields.insert(field.name.clone(), default.clone());
                }
            }
            for (name, value) in fields {
                if let Some(ty) = ty.field(name) {
                    fill(&ty, value);
                }
            }
        }
        Value::Array(items) => {
            let Some(item) = ty.item() else { return };
            for value in items {
                fill(&item, value);
            }
        }
        _ => {}
    }
}

fn is_bad_null(custom: &Custom, value: &Value) -> bool {
    value.is_null() && !custom.nullable
}
