//! Quantities of resources: `500m`, `1Gi`, `2e3`.

mod parse;
mod print;
mod value;

pub use parse::QuantityError;
pub use value::{Format, Quantity};
