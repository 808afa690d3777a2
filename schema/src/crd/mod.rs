//! Custom resource definitions: kinds, types and rules that a cluster learns while it runs.

mod bounds;
mod check;
mod combine;
mod definition;
mod fill;
mod rules;
mod schema;

pub use check::check;
pub use definition::{Column, CrdError, Definition, Scale, Version};
pub use fill::fill;
pub use rules::check_update;

#[cfg(test)]
mod tests;
