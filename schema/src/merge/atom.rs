//! How a value is walked: the schema's word, or, without a schema, what the value looks like.

use serde_json::Value;

use crate::ty::{ListKind, Shape, Type};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Atom {
    Scalar,
    List(ListKind),
    Map { atomic: bool },
}

pub(crate) fn atom(ty: &Type, value: &Value) -> Atom {
    match ty.shape() {
        Shape::Scalar(_) => Atom::Scalar,
        Shape::List(kind) => Atom::List(kind),
        Shape::Struct { atomic } | Shape::Map { atomic } => Atom::Map { atomic },
        // Of what has no type in Go one manager owns all, or nothing.
        Shape::Untyped if ty.is_opaque() => Atom::Scalar,
        Shape::Untyped => match value {
            Value::Array(_) => Atom::List(ListKind::Atomic),
            Value::Object(_) | Value::Null => Atom::Map { atomic: false },
            _ => Atom::Scalar,
        },
    }
}
