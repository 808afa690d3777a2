//! One thing that is wrong with an object.

use std::fmt;

use serde_json::Value;

/// Kinds of violations, by the reasons of a status' causes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ViolationKind {
    /// A value that the field cannot have.
    Invalid,
    /// Nothing where something must stand.
    Required,
    /// The same twice.
    Duplicate,
    /// A name that leads nowhere.
    NotFound,
    /// None of the values that are allowed.
    NotSupported,
    /// Not allowed here.
    Forbidden,
    /// More text than is allowed.
    TooLong,
    /// More items than are allowed.
    TooMany,
    /// Of another type.
    TypeInvalid,
}

impl ViolationKind {
    /// The reason of the cause.
    pub fn reason(self) -> &'static str {
        match self {
            Self::Invalid => "FieldValueInvalid",
            Self::Required => "FieldValueRequired",
            Self::Duplicate => "FieldValueDuplicate",
            Self::NotFound => "FieldValueNotFound",
            Self::NotSupported => "FieldValueNotSupported",
            Self::Forbidden => "FieldValueForbidden",
            Self::TooLong => "FieldValueTooLong",
            Self::TooMany => "FieldValueTooMany",
            Self::TypeInvalid => "FieldValueTypeInvalid",
        }
    }
}

/// One thing that is wrong. Displays as the server's message for it: `FIELD: MESSAGE`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Violation {
    /// Path as the server writes it: `spec.containers[0].image`.
    pub field: String,
    /// What kind of wrong.
    pub kind: ViolationKind,
    /// The message of the cause: `Invalid value: -1: must be greater than or equal to 0`.
    pub message: String,
}

/// A value as messages show it: JSON.
pub(crate) fn shown(value: &Value) -> String {
    // Of a selector Go tells the labels first.
    match (value.get("matchLabels"), value.get("matchExpressions")) {
        (Some(labels), Some(expressions)) => {
            format!("{{\"matchLabels\":{labels},\"matchExpressions\":{expressions}}}")
        }
        _ => value.to_string(),
    }
}

fn with(head: &str, detail: &str) -> String {
    if detail.is_empty() {
        head.to_owned()
    } else {
        format!("{head}: {detail}")
    }
}

impl Violation {
    pub(crate) fn new(field: &str, kind: ViolationKind, message: String) -> Self {
        // What concerns the whole object has no path of its own.
        let field = if field.is_empty() { "<nil>" } else { field };
        Self {
            field: field.to_owned(),
            kind,
            message,
        }
    }

    /// A value that is not one that is taken here, and why.
    pub fn invalid(field: &str, value: &Value, detail: &str) -> Self {
        let message = with(&format!("Invalid value: {}", shown(value)), detail);
        Self::new(field, ViolationKind::Invalid, message)
    }

    pub(crate) fn required(field: &str, detail: &str) -> Self {
        Self::new(
            field,
            ViolationKind::Required,
            with("Required value", detail),
        )
    }

    pub(crate) fn forbidden(field: &str, detail: &str) -> Self {
        Self::new(field, ViolationKind::Forbidden, with("Forbidden", detail))
    }

    pub(crate) fn duplicate(field: &str, value: &Value) -> Self {
        Self::new(
            field,
            ViolationKind::Duplicate,
            format!("Duplicate value: {}", shown(value)),
        )
    }

    pub(crate) fn not_found(field: &str, value: &Value) -> Self {
        Self::new(
            field,
            ViolationKind::NotFound,
            format!("Not found: {}", shown(value)),
        )
    }

    pub(crate) fn unsupported(
        field: &str,
        value: &Value,
        allowed: impl Iterator<Item = String>,
    ) -> Self {
        let allowed: Vec<String> = allowed.collect();
        let message = format!(
            "Unsupported value: {}: supported values: {}",
            shown(value),
            allowed.join(", ")
        );
        Self::new(field, ViolationKind::NotSupported, message)
    }

    pub(crate) fn too_long(field: &str, most: u64) -> Self {
        let message = format!("Too long: may not be more than {most} bytes");
        Self::new(field, ViolationKind::TooLong, message)
    }

    pub(crate) fn too_many(field: &str, found: u64, most: u64) -> Self {
        let items = if most == 1 { "item" } else { "items" };
        let message = format!("Too many: {found}: must have at most {most} {items}");
        Self::new(field, ViolationKind::TooMany, message)
    }
}

impl fmt::Display for Violation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.field, self.message)
    }
}
