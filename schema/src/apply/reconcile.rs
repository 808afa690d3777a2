//! Sets that were written under another schema.

use crate::fields::{FieldSet, Node, PathElement};
use crate::managed::Managers;
use crate::ty::{Shape, Type};

/// Brings every manager's set to the present topology: what has become atomic is owned as a whole.
/// The other way round nothing is done: a struct that is owned as a leaf may as well have been
/// applied empty (`resources: {}`), and expanding the claim would take what others filled in.
pub(super) fn reconcile(ty: &Type, managers: &mut Managers) {
    for manager in managers.iter_mut() {
        if let Some(set) = fitted(ty, &manager.fields) {
            manager.fields = set;
        }
    }
}

/// The set as the type wants it; `None` when it fits already.
fn fitted(ty: &Type, set: &FieldSet) -> Option<FieldSet> {
    let mut out: Option<FieldSet> = None;
    for (at, node) in set.nodes().iter().enumerate() {
        let below = match &node.element {
            PathElement::Field(name) => ty.field(name),
            PathElement::Key(_) => ty.item(),
            PathElement::Value(_) | PathElement::Index(_) => None,
        };
        let fit = match below.filter(|ty| ty.shape() != Shape::Untyped) {
            Some(ty) if ty.is_atomic() && !node.children.is_empty() => Some(Node {
                element: node.element.clone(),
                member: true,
                children: FieldSet::new(),
            }),
            Some(ty) => fitted(&ty, &node.children).map(|children| Node {
                element: node.element.clone(),
                member: node.member,
                children,
            }),
            None => None,
        };
        match (fit, &mut out) {
            (None, None) => {}
            (None, Some(out)) => out.insert_node(node.clone()),
            (Some(fit), out) => {
                let out = out.get_or_insert_with(|| set.first(at));
                out.insert_node(fit);
            }
        }
    }
    out
}
