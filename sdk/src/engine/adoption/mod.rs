//! Taking over what others made: from whom, and which fields change hands.
//!
//! An object that another tool made has its fields noted as that tool's. Were ours only added, what
//! the script no longer says would stay for good, because the tool still holds it. So the notes are
//! moved first, and the apply after it is as if the object had always been ours.

mod outline;
mod preview;
mod takeover;
mod tool;

pub(crate) use preview::preview;
pub(crate) use takeover::{Leaves, Takeover};
pub(crate) use tool::{Tool, release, tool};

use serde::Serialize;

/// From whom an object is taken over.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Adoption {
    /// Those who have set fields of it so far, controllers aside; empty where nobody is noted.
    pub from: Vec<Former>,
}

/// Who has set fields of an object that is taken over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Former {
    /// The field manager, such as `kubectl-client-side-apply`.
    pub manager: String,
    /// The same in words, such as `kubectl apply`.
    pub tool: String,
    /// What changes hands: fields as the API server writes them, a parent in place of all that
    /// stands in it.
    pub fields: Vec<String>,
    /// What stays with it.
    pub left: Vec<String>,
}
