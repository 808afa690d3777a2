//! Types that a CRD brings.

use std::sync::Arc;

use serde_json::Value;

use super::{Shape, Type};

/// One node of a structural schema.
#[derive(Debug)]
pub(crate) struct Custom {
    pub(crate) shape: Shape,
    /// Sorted by name.
    pub(crate) fields: Vec<CustomField>,
    /// Items of a list, values of a map, and undeclared fields of a struct.
    pub(crate) rest: Option<Type>,
    /// Key fields of a list, sorted.
    pub(crate) keys: Vec<String>,
    pub(crate) default: Option<Value>,
    pub(crate) nullable: bool,
    /// The schema as it was written: what validation needs.
    pub(crate) schema: Arc<Value>,
}

/// A declared field.
#[derive(Debug)]
pub(crate) struct CustomField {
    pub(crate) name: String,
    pub(crate) required: bool,
    pub(crate) ty: Type,
}
