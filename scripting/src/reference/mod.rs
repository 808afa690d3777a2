//! The language's reference: what `infra doc`, completion, `scripts/REFERENCE.md` and editors'
//! definition files are made of.

mod definitions;
mod entry;
mod find;
mod library;
mod page;
mod topic;

pub use definitions::definitions;
pub use entry::{Argument, Entry};
pub use find::Answer;
pub use page::page;
pub use topic::{Reference, Topic};

#[cfg(test)]
mod tests;
