//! From list items and map keys to path elements.

use std::borrow::Cow;

use serde_json::Value;

use crate::fields::{Literal, PathElement};
use crate::ty::{ListKind, Type};

/// The path element of an item of a set or keyed list. A key field that is missing counts as its
/// default; one without a default is left out.
pub(crate) fn item_element(
    list: &Type,
    kind: ListKind,
    item: &Value,
) -> Result<PathElement, String> {
    if kind == ListKind::Set {
        return match item {
            Value::Object(_) => {
                Err("associative list without keys has an element that's a map type".to_owned())
            }
            Value::Array(_) => {
                Err("not supported: associative list with lists as elements".to_owned())
            }
            scalar => Ok(PathElement::Value(Literal(scalar.clone()))),
        };
    }
    let fields = match item {
        Value::Object(fields) => fields,
        Value::Null => {
            return Err("associative list with keys may not have a null element".to_owned());
        }
        _ => return Err("associative list with keys may not have non-map elements".to_owned()),
    };
    let mut keys = Vec::new();
    let item_type = list.item();
    list.keys().for_each(|key, known| {
        let value = fields
            .get(key)
            .cloned()
            .or_else(|| item_type.as_ref()?.field(key)?.default());
        if let Some(value) = value {
            let name = known.map_or_else(|| Cow::Owned(key.to_owned()), Cow::Borrowed);
            keys.push((name, Literal(value)));
        }
    });
    if keys.is_empty() {
        let names: Vec<String> = list
            .list_keys()
            .iter()
            .map(|(name, _)| format!("{name:?}"))
            .collect();
        return Err(format!(
            "associative list with keys has an element that omits all key fields [{}] (and doesn't have default values for any key fields)",
            names.join(" ")
        ));
    }
    Ok(PathElement::Key(keys))
}

/// A key of an object as a path element, with the type of what stands there.
pub(crate) fn child_field(ty: &Type, name: &str) -> (PathElement, Option<Type>) {
    match ty.entry(name) {
        Some((Some(known), ty)) => (PathElement::Field(Cow::Borrowed(known)), Some(ty)),
        Some((None, ty)) => (PathElement::field(name), Some(ty)),
        None => (PathElement::field(name), None),
    }
}
