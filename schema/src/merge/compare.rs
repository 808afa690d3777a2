//! Comparing two objects along their type.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::combine::array;
use super::{Atom, atom, child_field, item_element};
use crate::fields::{FieldSet, PathElement, equal};
use crate::ty::{ListKind, Type};

/// What changed from one object to another.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Comparison {
    /// Paths that only the second has, containers included.
    pub added: FieldSet,
    /// Leaves with another value.
    pub modified: FieldSet,
    /// Paths that only the first has, containers included.
    pub removed: FieldSet,
}

impl Comparison {
    /// Whether nothing changed.
    pub fn is_same(&self) -> bool {
        self.added.is_empty() && self.modified.is_empty() && self.removed.is_empty()
    }

    /// Without the paths of a set and all below them.
    #[must_use]
    pub fn without(&self, ignored: &FieldSet) -> Self {
        Self {
            added: self.added.recursive_difference(ignored),
            modified: self.modified.recursive_difference(ignored),
            removed: self.removed.recursive_difference(ignored),
        }
    }
}

/// Compares `before` with `after`.
pub fn compare(ty: &Type, before: &Value, after: &Value) -> Comparison {
    let mut walk = Walk {
        path: Vec::new(),
        out: Comparison::default(),
    };
    if before != after {
        walk.both(ty, Some(before), Some(after));
    }
    walk.out
}

struct Walk {
    path: Vec<PathElement>,
    out: Comparison,
}

impl Walk {
    fn both(&mut self, ty: &Type, before: Option<&Value>, after: Option<&Value>) {
        let (Some(one), Some(other)) = (before.or(after), after.or(before)) else {
            return;
        };
        let (left, right) = (atom(ty, one), atom(ty, other));
        let leaf = if left == right {
            self.walk(ty, right, before, after)
        } else {
            let first = self.walk(ty, left, before, after);
            self.walk(ty, right, before, after) || first
        };
        if !leaf {
            match (before, after) {
                (None, _) => self.out.added.insert(&self.path),
                (_, None) => self.out.removed.insert(&self.path),
                _ => {}
            }
        }
    }

    /// Compares as one shape; true when the place is a leaf and done with.
    fn walk(
        &mut self,
        ty: &Type,
        shape: Atom,
        before: Option<&Value>,
        after: Option<&Value>,
    ) -> bool {
        match shape {
            Atom::List(kind) if kind != ListKind::Atomic => {
                let (left, right) = (before.map_or(&[][..], array), after.map_or(&[][..], array));
                if left.is_empty() && right.is_empty() {
                    return self.leaf(before, after);
                }
                self.lists(ty, kind, left, right);
                false
            }
            Atom::Map { atomic: false } => {
                let nothing = Map::new();
                let left = before.and_then(Value::as_object).unwrap_or(&nothing);
                let right = after.and_then(Value::as_object).unwrap_or(&nothing);
                if left.is_empty() && right.is_empty() {
                    return self.leaf(before, after);
                }
                for (name, value) in left {
                    self.field(ty, name, Some(value), right.get(name));
                }
                for (name, value) in right {
                    if !left.contains_key(name) {
                        self.field(ty, name, None, Some(value));
                    }
                }
                false
            }
            _ => self.leaf(before, after),
        }
    }

    fn leaf(&mut self, before: Option<&Value>, after: Option<&Value>) -> bool {
        match (before, after) {
            (None, _) => self.out.added.insert(&self.path),
            (_, None) => self.out.removed.insert(&self.path),
            (Some(a), Some(b)) if !equal(a, b) => self.out.modified.insert(&self.path),
            _ => {}
        }
        true
    }

    fn field(&mut self, ty: &Type, name: &str, before: Option<&Value>, after: Option<&Value>) {
        if before == after {
            return;
        }
        let (element, child) = child_field(ty, name);
        self.below(element, &child.unwrap_or(Type::untyped()), before, after);
    }

    fn below(
        &mut self,
        element: PathElement,
        ty: &Type,
        before: Option<&Value>,
        after: Option<&Value>,
    ) {
        self.path.push(element);
        self.both(ty, before, after);
        self.path.pop();
    }

    fn lists(&mut self, ty: &Type, kind: ListKind, left: &[Value], right: &[Value]) {
        let item_type = ty.item().unwrap_or(Type::untyped());
        let mut items: BTreeMap<PathElement, (Vec<&Value>, Vec<&Value>)> = BTreeMap::new();
        for item in left {
            if let Ok(element) = item_element(ty, kind, item) {
                items.entry(element).or_default().0.push(item);
            }
        }
        for item in right {
            if let Ok(element) = item_element(ty, kind, item) {
                items.entry(element).or_default().1.push(item);
            }
        }
        for (element, (before, after)) in items {
            match (before.as_slice(), after.as_slice()) {
                ([] | [_], [] | [_]) => {
                    let (before, after) = (before.first().copied(), after.first().copied());
                    if before != after {
                        self.below(element, &item_type, before, after);
                    }
                }
                // Items that stand twice are compared as one thing.
                (before, after) if before.len() > 1 && after.len() > 1 => {
                    let same = before.len() == after.len()
                        && before.iter().zip(after).all(|(a, b)| equal(a, b));
                    if !same {
                        self.path.push(element);
                        self.out.modified.insert(&self.path);
                        self.path.pop();
                    }
                }
                (before, after) => {
                    let (was_twice, one) = (before.len() > 1, before.first().copied());
                    self.path.push(element);
                    if was_twice {
                        if let Some(now) = after.first() {
                            self.both(&item_type, None, Some(now));
                        }
                        self.out.removed.insert(&self.path);
                    } else {
                        if one.is_some() {
                            self.both(&item_type, one, None);
                        }
                        self.out.added.insert(&self.path);
                    }
                    self.path.pop();
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn containers_that_appear_are_added_themselves() {
        let ty = Type::of("", "v1", "ConfigMap").expect("known");
        let before = json!({"data": {"a": "1", "b": "2"}});
        let after = json!({"data": {"a": "9"}, "metadata": {"labels": {"x": "y"}}});
        let found = compare(&ty, &before, &after);
        assert_eq!(found.modified.to_json(), json!({"f:data": {"f:a": {}}}));
        assert_eq!(found.removed.to_json(), json!({"f:data": {"f:b": {}}}));
        assert_eq!(
            found.added.to_json(),
            json!({"f:metadata": {".": {}, "f:labels": {".": {}, "f:x": {}}}})
        );
        assert!(compare(&ty, &before, &before).is_same());
    }

    #[test]
    fn numbers_are_compared_by_value() {
        let ty = Type::of("apps", "v1", "Deployment").expect("known");
        let before = json!({"spec": {"replicas": 1}});
        assert!(compare(&ty, &before, &json!({"spec": {"replicas": 1.0}})).is_same());
    }
}
