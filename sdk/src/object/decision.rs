//! Who sets a field that another field manager sets too.

use crate::types::FieldName;
use serde::Serialize;
use std::fmt;

/// What becomes of a field that another field manager sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Ownership {
    /// It is set here, whoever set it before.
    Take,
    /// It is left out as long as the other sets it.
    Yield,
    /// Both set it, to the same value; another value is an error.
    Share,
}

impl fmt::Display for Ownership {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Take => "take",
            Self::Yield => "yield",
            Self::Share => "share",
        })
    }
}

/// What is decided about a field, whoever else sets it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Decision {
    /// What becomes of it.
    pub ownership: Ownership,
    /// The field.
    pub field: FieldName,
}
