//! What changes between two versions of an object, for people and for plans.

mod noise;
mod walk;

pub use noise::{BOOK_ANNOTATIONS, SERVER_METADATA};
pub use walk::{Change, diff};
