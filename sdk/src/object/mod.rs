//! What a builder becomes: one Kubernetes object as JSON, with its id and its origin.

pub(crate) mod checksum;
mod decision;
mod id;
mod origin;
mod secret_bytes;
mod secret_from;
mod secret_text;

pub use checksum::Checksum;
pub use decision::{Decision, Ownership};
pub use id::{ObjectId, Ref};
pub use origin::{Location, Origin};
pub use secret_bytes::SecretBytes;
pub use secret_from::{ExistingKey, Generated, SecretFrom};
pub use secret_text::{Encoding, SecretPart, SecretText};

use serde_json::Value;
use std::collections::BTreeMap;

/// One Kubernetes object: what is sent to the API server, who it is, and where it came from.
///
/// `value` is complete (`apiVersion`, `kind`, `metadata`, …) except for secrets: a key of a
/// Secret's `data` that holds one stands as [`SecretText::token`] in `value` and as the text itself
/// in `secrets`. It is resolved only when comparing and writing, and then sent base64-encoded.
#[derive(Clone, Debug, PartialEq)]
pub struct Object {
    /// Group, kind, namespace and name.
    pub id: ObjectId,
    /// Where it was made, and where its fields were set.
    pub origin: Origin,
    /// The object as JSON.
    pub value: Value,
    /// The secret texts of a Secret, by the key of `data` that they stand under.
    pub secrets: BTreeMap<String, SecretText>,
    /// The checksums of what its pods read, which stand as annotations of their template.
    pub checksums: Vec<Checksum>,
    /// What is decided about fields that others set too; a later one wins.
    pub decisions: Vec<Decision>,
}

impl Object {
    /// An object without secrets, its id read from `value`.
    ///
    /// `value` must have `apiVersion`, `kind` and `metadata.name`; what is missing reads as empty.
    pub fn new(value: Value, origin: Origin) -> Self {
        Self {
            id: ObjectId::of(&value),
            origin,
            value,
            secrets: BTreeMap::new(),
            checksums: Vec::new(),
            decisions: Vec::new(),
        }
    }

    /// `apiVersion`, such as `apps/v1`.
    pub fn api_version(&self) -> &str {
        self.value["apiVersion"].as_str().unwrap_or_default()
    }
}
