//! The three patches that are no apply.

mod json;
mod merge;
mod order;
mod strategic;

pub use json::json_patch;
pub use merge::merge_patch;
pub use strategic::strategic_merge_patch;

/// Why a patch cannot be done.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PatchError {
    /// It is no patch; 400.
    #[error("{0}")]
    Malformed(String),
    /// It says what no patch can say; 500.
    #[error("{0}")]
    Impossible(String),
    /// It does not fit the object, or a `test` failed; 422.
    #[error("{0}")]
    Inapplicable(String),
    /// More operations than a server takes; 413.
    #[error("The allowed maximum operations in a JSON patch is 10000, got {0}")]
    TooManyOperations(usize),
}
