//! Paths into objects and sets of them: the language of field ownership.

mod json;
mod literal;
mod path;
mod set;

pub use json::FieldsError;
pub use literal::Literal;
pub(crate) use literal::equal;
pub use path::{FieldPath, Name, PathElement};
pub use set::FieldSet;
pub(crate) use set::Node;
