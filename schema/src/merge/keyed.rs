//! Whether ownership of a value can be told at all.

use serde_json::Value;

use super::{Atom, atom, item_element};
use crate::ty::{ListKind, Type};

/// Whether every item of the keyed lists in a value has a key. Where one has none, a server cannot
/// tell who owns what, and forgets all managers.
pub(crate) fn is_keyed(ty: &Type, value: &Value) -> bool {
    match (atom(ty, value), value) {
        (Atom::List(ListKind::Atomic) | Atom::Map { atomic: true } | Atom::Scalar, _) => true,
        (Atom::List(kind), Value::Array(items)) => {
            let item_type = ty.item().unwrap_or(Type::untyped());
            items
                .iter()
                .all(|item| item_element(ty, kind, item).is_ok() && is_keyed(&item_type, item))
        }
        (Atom::Map { .. }, Value::Object(fields)) => fields.iter().all(|(name, value)| {
            !(value.is_object() || value.is_array())
                || ty.field(name).is_none_or(|ty| is_keyed(&ty, value))
        }),
        _ => true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn items_without_keys_are_found() {
        let ty = Type::of("", "v1", "ServiceAccount").expect("known");
        for (secrets, expected) in [
            (json!([{"name": "a"}, {"name": "b"}]), true),
            (json!([{"name": "a"}, {"namespace": "b"}]), false),
            (json!([]), true),
            (Value::Null, true),
        ] {
            assert_eq!(is_keyed(&ty, &json!({"secrets": secrets})), expected);
        }
    }
}
