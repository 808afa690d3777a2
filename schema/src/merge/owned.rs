//! The set of fields that an applied object claims.

use serde_json::Value;

use super::{Atom, atom, child_field, item_element};
use crate::fields::{FieldSet, Node};
use crate::ty::{ListKind, Type};

/// Every field that stands in a value: leaves, items of keyed lists and sets, atomic things as a
/// whole, nulls and empty objects.
pub fn field_set(ty: &Type, value: &Value) -> FieldSet {
    walk(ty, value).1
}

/// Whether the value itself is claimed, and what below it is.
fn walk(ty: &Type, value: &Value) -> (bool, FieldSet) {
    match (atom(ty, value), value) {
        (Atom::Scalar | Atom::List(ListKind::Atomic) | Atom::Map { atomic: true }, _) => {
            (true, FieldSet::new())
        }
        (Atom::List(kind), Value::Array(items)) => (false, list(ty, kind, items)),
        (Atom::Map { .. }, Value::Object(fields)) => {
            let mut set = FieldSet::new();
            for (name, value) in fields {
                let (element, child) = child_field(ty, name);
                let (member, children) =
                    child.map_or((true, FieldSet::new()), |ty| walk(&ty, value));
                let empty =
                    value.is_null() || value.as_object().is_some_and(serde_json::Map::is_empty);
                let member = member || empty || !ty.declares(name);
                set.insert_node(Node {
                    element,
                    member,
                    children,
                });
            }
            (false, set)
        }
        _ => (false, FieldSet::new()),
    }
}

fn list(ty: &Type, kind: ListKind, items: &[Value]) -> FieldSet {
    let mut set = FieldSet::new();
    let mut twice = FieldSet::new();
    let Some(item_type) = ty.item() else {
        return set;
    };
    for item in items {
        let Ok(element) = item_element(ty, kind, item) else {
            continue;
        };
        if set.step(&element).is_some() {
            // Of items that stand twice nothing but their being there is claimed.
            twice.insert(std::slice::from_ref(&element));
            continue;
        }
        let (_, children) = walk(&item_type, item);
        set.insert_node(Node {
            element,
            member: true,
            children,
        });
    }
    if twice.is_empty() {
        set
    } else {
        set.recursive_difference(&twice).union(&twice)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn twice_named_items_are_claimed_as_such() {
        let ty = Type::of("", "v1", "Pod").expect("known");
        let pod = json!({"spec": {"containers": [{"name": "a", "image": "x"}, {"name": "a"}]}});
        assert_eq!(
            field_set(&ty, &pod).to_json(),
            json!({"f:spec": {"f:containers": {"k:{\"name\":\"a\"}": {}}}})
        );
    }
}
