//! Why an apply was refused.

use std::fmt;

use crate::fields::FieldPath;
use crate::managed::{ManagedError, Manager};

/// A field that another manager owns with another value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Conflict {
    /// Who owns it; its `fields` are those in conflict.
    pub manager: Manager,
    /// The field.
    pub path: FieldPath,
}

impl Conflict {
    /// `conflict with "x" using v1`: the message of a status cause.
    pub fn message(&self) -> String {
        format!("conflict with {}", self.manager)
    }
}

/// Why an apply was refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ApplyError {
    /// Others own fields that would change; 409 with a cause for each.
    Conflicts(Vec<Conflict>),
    /// The configuration does not fit its type; a server answers 500 without a reason.
    Invalid(String),
    /// The request itself is wrong; 400.
    BadRequest(String),
    /// The live object's managers cannot be read.
    Managers(ManagedError),
}

impl std::error::Error for ApplyError {}

impl fmt::Display for ApplyError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Conflicts(conflicts) => write_conflicts(f, conflicts),
            Self::Invalid(message) | Self::BadRequest(message) => f.write_str(message),
            Self::Managers(error) => write!(f, "failed to decode managed fields: {error}"),
        }
    }
}

fn write_conflicts(f: &mut fmt::Formatter<'_>, conflicts: &[Conflict]) -> fmt::Result {
    if let [one] = conflicts {
        return write!(
            f,
            "Apply failed with 1 conflict: {}: {}",
            one.message(),
            one.path
        );
    }
    write!(f, "Apply failed with {} conflicts: ", conflicts.len())?;
    let mut last: Option<&Manager> = None;
    for conflict in conflicts {
        if !last.is_some_and(|manager| manager.is(&conflict.manager)) {
            let newline = if last.is_some() { "\n" } else { "" };
            write!(f, "{newline}conflicts with {}:", conflict.manager)?;
            last = Some(&conflict.manager);
        }
        write!(f, "\n- {}", conflict.path)?;
    }
    Ok(())
}
