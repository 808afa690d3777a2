//! Custom resource definitions: kinds, types and rules that a cluster learns while it runs.

mod bounds;
mod check;
mod combine;
mod defaults;
mod definition;
mod fill;
mod pattern;
mod rules;
mod scale;
mod schema;
mod told;

pub use check::{check, check_status};
pub(crate) use defaults::misfits as misfit_defaults;
pub use definition::{Column, CrdError, Definition, Scale, Version};
pub use fill::fill;
pub use rules::{check_update, unchecked};
pub use scale::check_scale;
pub use told::{Told, told};

#[cfg(test)]
mod tests;
