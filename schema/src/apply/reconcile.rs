//! Sets that were written under another schema.

use serde_json::Value;

use crate::fields::{FieldSet, Node, PathElement};
use crate::managed::Managers;
use crate::merge::field_set;
use crate::ty::{Shape, Type};

/// Brings every manager's set to the present topology: what has become atomic is owned as a whole,
/// what has become granular is owned field by field.
pub(super) fn reconcile(ty: &Type, live: &Value, managers: &mut Managers) {
    for manager in managers.iter_mut() {
        if let Some(set) = fitted(ty, Some(live), &manager.fields) {
            manager.fields = set;
        }
    }
}

/// The set as the type wants it; `None` when it fits already.
fn fitted(ty: &Type, live: Option<&Value>, set: &FieldSet) -> Option<FieldSet> {
    let mut changed = false;
    let mut out = FieldSet::new();
    for node in set.nodes() {
        let (below, value) = match &node.element {
            PathElement::Field(name) => (
                ty.field(name),
                live.and_then(|live| live.get(name.as_ref())),
            ),
            // Items have no place of their own here: only sets above them can change.
            PathElement::Key(_) => (ty.item(), None),
            PathElement::Value(_) | PathElement::Index(_) => (None, None),
        };
        let Some(below) = below.filter(|ty| ty.shape() != Shape::Untyped) else {
            out.insert_node(node.clone());
            continue;
        };
        if below.is_atomic() {
            changed |= !node.children.is_empty();
            out.insert_node(Node {
                element: node.element.clone(),
                member: true,
                children: FieldSet::new(),
            });
            continue;
        }
        let became_granular = node.member
            && node.children.is_empty()
            && matches!(below.shape(), Shape::Struct { .. } | Shape::List(_))
            && value.is_some_and(|v| !is_empty(v))
            && matches!(node.element, PathElement::Field(_));
        let children = if became_granular {
            changed = true;
            value.map(|value| field_set(&below, value))
        } else {
            let children = fitted(&below, value, &node.children);
            changed |= children.is_some();
            children
        };
        out.insert_node(Node {
            element: node.element.clone(),
            member: node.member,
            children: children.unwrap_or_else(|| node.children.clone()),
        });
    }
    changed.then_some(out)
}

fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null => true,
        Value::Array(items) => items.is_empty(),
        Value::Object(fields) => fields.is_empty(),
        _ => false,
    }
}
