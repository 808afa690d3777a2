//! Types: what stands at a path of an object, and how lists and maps there are merged.

mod custom;
mod handle;
mod shape;

pub(crate) use custom::{Custom, CustomField};
pub(crate) use handle::node;
pub use handle::{Field, Patch, Type};
pub use shape::{ListKind, Scalar, Shape};

#[cfg(test)]
mod tests;
