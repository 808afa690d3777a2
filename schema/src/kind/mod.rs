//! Kinds: what can be asked of an API server, and under which names.

mod generation;
mod lookup;
mod model;

pub use model::{Kind, Subresource, Word, Words, split_api_version};
