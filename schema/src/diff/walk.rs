//! Field changes by list keys.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::canonical::same;
use crate::fields::{FieldPath, PathElement};
use crate::merge::{child_field, item_element};
use crate::ty::{ListKind, Shape, Type};

/// One field that changes.
#[derive(Debug, Clone, PartialEq)]
pub struct Change {
    /// Where.
    pub path: FieldPath,
    /// What stood there; `None` for what is new.
    pub before: Option<Value>,
    /// What will stand there; `None` for what goes.
    pub after: Option<Value>,
}

/// The changes from `before` to `after`, in the order of their fields. Items of keyed lists and sets
/// are paired by identity, items of other lists by place where both lists are equally long, else
/// such a list is one change. What appears or goes is one change with all that is below it. Values
/// that mean the same (`1000m` and `1`) are no change. When items that both have change their
/// order, the list itself is a change whose values are the items' identities.
pub fn diff(ty: &Type, before: &Value, after: &Value) -> Vec<Change> {
    let mut walk = Walk {
        path: Vec::new(),
        out: Vec::new(),
    };
    walk.both(ty, before, after);
    walk.out
}

struct Walk {
    path: Vec<PathElement>,
    out: Vec<Change>,
}

impl Walk {
    fn change(&mut self, before: Option<&Value>, after: Option<&Value>) {
        let path = FieldPath(self.path.clone());
        self.out.push(Change {
            path,
            before: before.cloned(),
            after: after.cloned(),
        });
    }

    fn below(
        &mut self,
        element: PathElement,
        ty: &Type,
        before: Option<&Value>,
        after: Option<&Value>,
    ) {
        self.path.push(element);
        match (before, after) {
            (Some(before), Some(after)) => self.both(ty, before, after),
            (None, None) => {}
            (before, after) => self.change(before, after),
        }
        self.path.pop();
    }

    fn both(&mut self, ty: &Type, before: &Value, after: &Value) {
        if before == after {
            return;
        }
        match (before, after) {
            (Value::Object(before), Value::Object(after)) => self.objects(ty, before, after),
            (Value::Array(left), Value::Array(right)) => match ty.shape() {
                Shape::List(kind) if kind != ListKind::Atomic => {
                    if !self.keyed(ty, kind, left, right) {
                        self.change(Some(before), Some(after));
                    }
                }
                _ if left.len() == right.len() => {
                    let item = ty.item().unwrap_or(Type::untyped());
                    for (at, (before, after)) in left.iter().zip(right).enumerate() {
                        self.below(PathElement::Index(at), &item, Some(before), Some(after));
                    }
                }
                _ => self.change(Some(before), Some(after)),
            },
            _ if same(ty, before, after) => {}
            _ => self.change(Some(before), Some(after)),
        }
    }

    fn objects(&mut self, ty: &Type, before: &Map<String, Value>, after: &Map<String, Value>) {
        // Both are sorted by name: walk them side by side.
        let (mut left, mut right) = (before.keys().peekable(), after.keys().peekable());
        loop {
            let name = match (left.peek(), right.peek()) {
                (Some(a), Some(b)) => (*a).min(*b),
                (Some(a), None) => a,
                (None, Some(b)) => b,
                (None, None) => return,
            };
            let (name, was, is) = (name.as_str(), before.get(name), after.get(name));
            left.next_if(|a| a.as_str() == name);
            right.next_if(|b| b.as_str() == name);
            if was != is {
                let (element, child) = child_field(ty, name);
                self.below(element, &child.unwrap_or(Type::untyped()), was, is);
            }
        }
    }

    /// False when the items cannot be told apart.
    fn keyed(&mut self, ty: &Type, kind: ListKind, left: &[Value], right: &[Value]) -> bool {
        let item_type = ty.item().unwrap_or(Type::untyped());
        let elements = |items: &[Value]| -> Option<Vec<PathElement>> {
            items
                .iter()
                .map(|item| item_element(ty, kind, item).ok())
                .collect()
        };
        let (Some(was), Some(is)) = (elements(left), elements(right)) else {
            return false;
        };
        let index = |elements: &[PathElement]| -> BTreeMap<PathElement, usize> {
            elements
                .iter()
                .cloned()
                .enumerate()
                .map(|(at, element)| (element, at))
                .collect()
        };
        let (before, after) = (index(&was), index(&is));
        if before.len() != was.len() || after.len() != is.len() {
            return false;
        }
        let shared = |elements: &[PathElement], other: &BTreeMap<PathElement, usize>| {
            elements
                .iter()
                .filter(|e| other.contains_key(*e))
                .cloned()
                .collect::<Vec<_>>()
        };
        if kind == ListKind::Map && shared(&was, &after) != shared(&is, &before) {
            let (was, is) = (identities(&was), identities(&is));
            self.change(Some(&was), Some(&is));
        }
        for (element, item) in was
            .iter()
            .zip(left)
            .filter(|(e, _)| !after.contains_key(*e))
        {
            self.below(element.clone(), &item_type, Some(item), None);
        }
        for (element, item) in is.into_iter().zip(right) {
            let old = before.get(&element).and_then(|at| left.get(*at));
            self.below(element, &item_type, old, Some(item));
        }
        true
    }
}

/// The items of a list by what identifies them: the key's value, or several as an object.
fn identities(elements: &[PathElement]) -> Value {
    elements
        .iter()
        .map(|element| match element {
            PathElement::Key(keys) => match keys.as_slice() {
                [(_, value)] => value.0.clone(),
                many => many
                    .iter()
                    .map(|(name, value)| (name.to_string(), value.0.clone()))
                    .collect(),
            },
            other => Value::from(other.to_string()),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn changes(before: Value, after: Value) -> Vec<String> {
        let ty = Type::of("apps", "v1", "Deployment").expect("known");
        let pod = |spec: Value| json!({"spec": {"template": {"spec": spec}}});
        let show = |value: &Option<Value>| value.as_ref().map_or("-".to_owned(), Value::to_string);
        diff(&ty, &pod(before), &pod(after))
            .iter()
            .map(|change| {
                let path = change.path.to_string();
                let path = path.trim_start_matches(".spec.template.spec").to_owned();
                format!("{path} {} {}", show(&change.before), show(&change.after))
            })
            .collect()
    }

    #[test]
    fn items_are_paired_by_what_identifies_them() {
        assert_eq!(
            changes(
                json!({"containers": [{"name": "a", "image": "x:1"}, {"name": "b"}]}),
                json!({"containers": [{"name": "c"}, {"name": "a", "image": "x:2"}]}),
            ),
            [
                r#".containers[name="b"] {"name":"b"} -"#,
                r#".containers[name="c"] - {"name":"c"}"#,
                r#".containers[name="a"].image "x:1" "x:2""#,
            ]
        );
    }

    #[test]
    fn equal_meaning_is_no_change() {
        let limits = |cpu: &str| json!({"containers": [{"name": "a", "resources": {"limits": {"cpu": cpu}}}]});
        assert!(changes(limits("1000m"), limits("1")).is_empty());
        assert_eq!(changes(limits("1"), limits("2")).len(), 1);
    }

    #[test]
    fn lists_without_keys_are_compared_by_place_or_whole() {
        let args = |args: &[&str]| json!({"containers": [{"name": "a", "args": args}]});
        assert_eq!(
            changes(args(&["a", "b"]), args(&["a", "c"])),
            [r#".containers[name="a"].args[1] "b" "c""#]
        );
        assert_eq!(
            changes(args(&["a"]), args(&["a", "c"])),
            [r#".containers[name="a"].args ["a"] ["a","c"]"#]
        );
    }

    #[test]
    fn a_new_order_is_a_change() {
        let order = |names: &[&str]| {
            let containers: Vec<Value> = names.iter().map(|name| json!({"name": name})).collect();
            json!({"initContainers": containers})
        };
        assert_eq!(
            changes(order(&["a", "b", "c"]), order(&["b", "a", "c"])),
            [r#".initContainers ["a","b","c"] ["b","a","c"]"#]
        );
        assert_eq!(changes(order(&["a", "b"]), order(&["a"])).len(), 1);
    }
}
