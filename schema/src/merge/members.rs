//! Sets that name their containers.

use crate::fields::{FieldSet, Node, PathElement};
use crate::ty::Type;

/// The set with every declared field that has paths below it: `a` for `a.b.c`, but not `a.b` when
/// that is a free key of a map. Removing such a set takes emptied containers away too.
pub(crate) fn with_named_fields(ty: &Type, set: &FieldSet) -> FieldSet {
    let mut out = FieldSet::new();
    for node in set.nodes() {
        let below = match &node.element {
            PathElement::Field(name) => ty.field(name),
            PathElement::Key(_) => ty.item(),
            PathElement::Value(_) | PathElement::Index(_) => None,
        };
        let named = match &node.element {
            PathElement::Field(name) => !node.children.is_empty() && ty.declares(name),
            _ => false,
        };
        out.insert_node(Node {
            element: node.element.clone(),
            member: node.member || named,
            children: below.map_or_else(
                || node.children.clone(),
                |ty| with_named_fields(&ty, &node.children),
            ),
        });
    }
    out
}
