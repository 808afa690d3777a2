//! Merging one object over another.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::{Atom, atom, item_element};
use crate::fields::PathElement;
use crate::ty::{ListKind, Type};

/// `over` laid over `base`: its values win, nothing of `base` is removed, a null sets null. Keyed
/// lists and sets are merged by item, and keep the order of `over` where both have an item. The
/// values must conform to the type.
pub fn merge(ty: &Type, base: &Value, over: &Value) -> Value {
    both(ty, base, over).unwrap_or(Value::Null)
}

/// One side alone is taken as it stands.
fn either(ty: &Type, base: Option<&Value>, over: Option<&Value>) -> Option<Value> {
    match (base, over) {
        (Some(base), Some(over)) => both(ty, base, over),
        (one, other) => one.or(other).cloned(),
    }
}

fn both(ty: &Type, base: &Value, over: &Value) -> Option<Value> {
    let shape = atom(ty, over);
    let same = shape == atom(ty, base) || over.is_null();
    match shape {
        Atom::List(kind) if same && kind != ListKind::Atomic => {
            let (base, items) = (array(base), array(over));
            if base.is_empty() && items.is_empty() {
                return Some(over.clone());
            }
            let out = lists(ty, kind, base, items);
            (!out.is_empty()).then_some(Value::Array(out))
        }
        Atom::Map { atomic: false } if same => {
            let nothing = Map::new();
            let base = base.as_object().unwrap_or(&nothing);
            let fields = over.as_object().unwrap_or(&nothing);
            if base.is_empty() && fields.is_empty() {
                return Some(over.clone());
            }
            let out = maps(ty, base, fields);
            (!out.is_empty()).then_some(Value::Object(out))
        }
        _ => Some(over.clone()),
    }
}

pub(super) fn array(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

fn maps(ty: &Type, base: &Map<String, Value>, over: &Map<String, Value>) -> Map<String, Value> {
    let mut out = Map::new();
    for (name, value) in base {
        let merged = match over.get(name) {
            None => Some(value.clone()),
            Some(other) => both(&ty.field(name).unwrap_or(Type::untyped()), value, other),
        };
        if let Some(merged) = merged {
            out.insert(name.clone(), merged);
        }
    }
    for (name, value) in over {
        if !base.contains_key(name) {
            out.insert(name.clone(), value.clone());
        }
    }
    out
}

/// An item's place in its list; `None` for one that stands there twice.
type Items<'v> = BTreeMap<PathElement, Option<&'v Value>>;

fn index<'v>(ty: &Type, kind: ListKind, items: &'v [Value]) -> (Vec<PathElement>, Items<'v>) {
    let mut order = Vec::with_capacity(items.len());
    let mut seen = Items::new();
    for item in items {
        // Items without an identity cannot stand in a conforming list.
        let Ok(element) = item_element(ty, kind, item) else {
            continue;
        };
        seen.entry(element.clone())
            .and_modify(|v| *v = None)
            .or_insert(Some(item));
        order.push(element);
    }
    (order, seen)
}

fn lists(ty: &Type, kind: ListKind, base: &[Value], over: &[Value]) -> Vec<Value> {
    let item_type = ty.item().unwrap_or(Type::untyped());
    let (left, in_left) = index(ty, kind, base);
    let (right, in_right) = index(ty, kind, over);
    let mut shared = right
        .iter()
        .filter(|element| in_left.contains_key(*element));
    let mut next_shared = shared.next();
    let mut out = Vec::with_capacity(left.len().max(right.len()));
    let mut merged = std::collections::BTreeSet::new();
    let take = |out: &mut Vec<Value>, element: &PathElement| {
        // One that stands twice in the base is not merged, it is replaced.
        let base = in_left.get(element).copied().flatten();
        let over = in_right.get(element).copied().flatten();
        out.extend(either(&item_type, base, over));
    };
    let (mut l, mut r) = (0, 0);
    while l < left.len() || r < right.len() {
        if let (Some(a), Some(b)) = (left.get(l), right.get(r)) {
            if a == b {
                merged.insert(b);
                take(&mut out, b);
                l += 1;
                r += 1;
                next_shared = shared.next();
                continue;
            }
            if in_right.contains_key(a) && next_shared.is_some_and(|next| next != a) {
                // Shared, but its turn comes later, in the order of the other side.
                l += 1;
                continue;
            }
        }
        if let Some(a) = left.get(l) {
            if !in_right.contains_key(a) {
                out.push(base[l].clone());
                l += 1;
                continue;
            }
            if merged.contains(a) {
                l += 1;
            }
        }
        if let Some(b) = right.get(r) {
            merged.insert(b);
            take(&mut out, b);
            r += 1;
            if next_shared == Some(b) {
                next_shared = shared.next();
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn finalizers(base: &[&str], over: &[&str]) -> Value {
        let ty = Type::object_meta();
        merge(
            &ty,
            &json!({"finalizers": base}),
            &json!({"finalizers": over}),
        )["finalizers"]
            .clone()
    }

    #[test]
    fn lists_keep_the_relative_order_of_both_sides() {
        assert_eq!(
            finalizers(&["a", "b", "c"], &["c", "a", "d"]),
            json!(["b", "c", "a", "d"])
        );
        assert_eq!(
            finalizers(&["b", "c", "a", "d"], &["e", "b", "c"]),
            json!(["e", "b", "c", "a", "d"])
        );
        assert_eq!(finalizers(&["a"], &["b"]), json!(["a", "b"]));
        assert_eq!(finalizers(&[], &["b"]), json!(["b"]));
        assert_eq!(finalizers(&["a"], &[]), json!(["a"]));
    }

    #[test]
    fn nulls_keep_granular_content_and_set_scalars() {
        let ty = Type::of("apps", "v1", "Deployment").expect("known");
        let live = json!({"metadata": {"labels": {"a": "1"}}, "spec": {"replicas": 2}});
        let over = json!({"metadata": {"labels": null}, "spec": {"replicas": null}});
        assert_eq!(
            merge(&ty, &live, &over),
            json!({"metadata": {"labels": {"a": "1"}}, "spec": {"replicas": null}})
        );
        assert_eq!(merge(&ty, &live, &json!({})), live);
    }
}
