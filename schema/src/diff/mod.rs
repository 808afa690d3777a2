//! What changes between two versions of an object, for people and for plans.

mod noise;
mod walk;

pub use noise::without_noise;
pub use walk::{Change, diff};
