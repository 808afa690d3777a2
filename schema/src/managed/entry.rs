//! One entry of `metadata.managedFields`.

use std::fmt;

use serde_json::{Value, json};

use crate::fields::{FieldSet, FieldsError};

/// How a manager came to own its fields. Ordered as entries are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Operation {
    /// By server-side apply.
    Apply,
    /// By create, replace or any other patch.
    Update,
}

impl Operation {
    /// As it is written.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Apply => "Apply",
            Self::Update => "Update",
        }
    }
}

/// A manager and what it owns.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Manager {
    /// Its name.
    pub name: String,
    /// How it owns.
    pub operation: Operation,
    /// Version in which it wrote.
    pub api_version: String,
    /// Subresource that it wrote through; empty for the object itself.
    pub subresource: String,
    /// When it last changed something, RFC 3339 with whole seconds.
    pub time: Option<String>,
    /// The fields.
    pub fields: FieldSet,
}

/// `managedFields` that cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ManagedError {
    /// An entry is not an object.
    #[error("managed fields entry {0} is not an object")]
    NoObject(usize),
    /// Neither `Apply` nor `Update`.
    #[error("operation must be `Apply` or `Update`")]
    Operation,
    /// No `apiVersion`.
    #[error("apiVersion must not be empty")]
    ApiVersion,
    /// No `fieldsType`, or an unknown one.
    #[error("{}", match .0.as_str() { "" => format!("missing fieldsType in managed fields entry {}", .1), other => format!("invalid fieldsType {other:?} in managed fields entry {}", .1) })]
    FieldsType(String, usize),
    /// Fields that are no field set.
    #[error(transparent)]
    Fields(#[from] FieldsError),
}

impl Manager {
    /// A manager that owns nothing yet.
    pub fn new(name: &str, operation: Operation, api_version: &str, subresource: &str) -> Self {
        Self {
            name: if name.is_empty() {
                "unknown".to_owned()
            } else {
                name.to_owned()
            },
            operation,
            api_version: api_version.to_owned(),
            subresource: subresource.to_owned(),
            time: None,
            fields: FieldSet::new(),
        }
    }

    /// What tells managers apart: an applier is the same in every version, an updater is not.
    pub fn identity(&self) -> (Operation, &str, &str, &str) {
        let version = match self.operation {
            Operation::Apply => "",
            Operation::Update => self.api_version.as_str(),
        };
        (self.operation, &self.name, &self.subresource, version)
    }

    /// Whether both are the same manager.
    pub fn is(&self, other: &Manager) -> bool {
        self.identity() == other.identity()
    }

    pub(super) fn from_json(entry: &Value, at: usize) -> Result<Self, ManagedError> {
        let entry = entry.as_object().ok_or(ManagedError::NoObject(at))?;
        let text = |name: &str| entry.get(name).and_then(Value::as_str).unwrap_or_default();
        let operation = match text("operation") {
            "Apply" => Operation::Apply,
            "Update" => Operation::Update,
            _ => return Err(ManagedError::Operation),
        };
        if text("apiVersion").is_empty() {
            return Err(ManagedError::ApiVersion);
        }
        if text("fieldsType") != "FieldsV1" {
            return Err(ManagedError::FieldsType(text("fieldsType").to_owned(), at));
        }
        Ok(Self {
            name: text("manager").to_owned(),
            operation,
            api_version: text("apiVersion").to_owned(),
            subresource: text("subresource").to_owned(),
            time: entry
                .get("time")
                .and_then(Value::as_str)
                .map(ToOwned::to_owned),
            fields: match entry.get("fieldsV1") {
                None | Some(Value::Null) => FieldSet::new(),
                Some(fields) => FieldSet::from_json(fields)?,
            },
        })
    }

    pub(super) fn to_json(&self) -> Value {
        let mut entry = json!({
            "manager": self.name,
            "operation": self.operation.as_str(),
            "apiVersion": self.api_version,
            "fieldsType": "FieldsV1",
            "fieldsV1": self.fields.to_json(),
        });
        if let Some(time) = &self.time {
            entry["time"] = Value::from(time.as_str());
        }
        if !self.subresource.is_empty() {
            entry["subresource"] = Value::from(self.subresource.as_str());
        }
        entry
    }
}

impl fmt::Display for Manager {
    /// As conflicts name it: `"kubectl-create" using apps/v1`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}", self.name)?;
        if !self.subresource.is_empty() {
            write!(f, " with subresource {:?}", self.subresource)?;
        }
        if self.operation == Operation::Update {
            write!(f, " using {}", self.api_version)?;
        }
        Ok(())
    }
}
