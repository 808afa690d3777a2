//! Secret values before they are known: where each part comes from, never what it is.

use super::{ExistingKey, Generated, SecretFrom};
use crate::types::Alphabet;
use base64::{Engine as _, engine::general_purpose::STANDARD};
use std::fmt;

/// Where one part of a secret text comes from.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecretPart {
    /// Text that stands in the script. Kept out of every output all the same.
    Text(String),
    /// What only the caller can read.
    From(SecretFrom),
    /// A key of a Secret that is in the cluster already.
    Existing(ExistingKey),
    /// A value that was read from a Secret of the cluster: it stands in no script.
    Read(String),
    /// Made once, then kept in the cluster where it stands alone.
    Generated(Generated),
    /// Another secret text as it is written inside this one.
    Encoded {
        /// The text.
        text: SecretText,
        /// How it is written.
        encoding: Encoding,
    },
}

/// How a text is written inside another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Encoding {
    /// As a string of JSON, with its quotation marks.
    Json,
    /// In base64.
    Base64,
}

impl Encoding {
    /// Some bytes as they are written; or why they cannot be.
    pub(crate) fn write(self, bytes: &[u8]) -> Result<String, &'static str> {
        match self {
            Self::Json => std::str::from_utf8(bytes)
                .map(|text| serde_json::Value::from(text).to_string())
                .map_err(|_| "it is no text (UTF-8)"),
            Self::Base64 => Ok(STANDARD.encode(bytes)),
        }
    }
}

/// A text that is secret, as the parts it will be joined from.
///
/// A string joined with a secret is a secret: `"redis://:" + password + "@redis"`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct SecretText {
    parts: Vec<SecretPart>,
}

impl SecretText {
    /// One part.
    pub fn of(part: SecretPart) -> Self {
        Self { parts: vec![part] }
    }

    /// A plain string that is to be treated as a secret.
    pub fn text(text: impl Into<String>) -> Self {
        Self::of(SecretPart::Text(text.into()))
    }

    /// A value that was read from a Secret of the cluster.
    pub fn read(value: impl Into<String>) -> Self {
        Self::of(SecretPart::Read(value.into()))
    }

    /// A variable of the caller's environment.
    pub fn env(name: impl Into<String>) -> Self {
        SecretFrom::Env(name.into()).into()
    }

    /// A file's content, by its path below the project root.
    pub fn file(path: impl Into<String>) -> Self {
        SecretFrom::File(path.into()).into()
    }

    /// Letters and digits that are made once.
    pub fn generated(name: impl Into<String>, length: usize) -> Self {
        Self::of(SecretPart::Generated(Generated {
            name: name.into(),
            length,
            alphabet: Alphabet::default(),
        }))
    }

    /// The parts, in order.
    pub fn parts(&self) -> &[SecretPart] {
        &self.parts
    }

    /// This text followed by another.
    #[must_use]
    pub fn join(mut self, other: Self) -> Self {
        let mut others = other.parts.into_iter().peekable();
        if let Some(SecretPart::Text(text)) = self.parts.last_mut() {
            while let Some(SecretPart::Text(more)) =
                others.next_if(|part| matches!(part, SecretPart::Text(_)))
            {
                text.push_str(&more);
            }
        }
        self.parts.extend(others);
        self
    }

    /// This text as it is written inside another.
    #[must_use]
    pub fn encoded(self, encoding: Encoding) -> Self {
        Self::of(SecretPart::Encoded {
            text: self,
            encoding,
        })
    }

    /// Where its values come from: its parts, and in the place of encoded texts theirs.
    pub fn sources(&self) -> Vec<&SecretPart> {
        let parts = self.parts.iter().flat_map(|part| match part {
            SecretPart::Encoded { text, .. } => text.sources(),
            part => vec![part],
        });
        parts.collect()
    }

    /// The generated value that this text is, when it is nothing else.
    pub fn alone(&self) -> Option<&Generated> {
        match self.parts.as_slice() {
            [SecretPart::Generated(generated)] => Some(generated),
            _ => None,
        }
    }

    /// Whether a value of it is in the cluster and nowhere else.
    pub fn is_in_the_cluster(&self) -> bool {
        let known =
            |part: &&SecretPart| matches!(part, SecretPart::Existing(_) | SecretPart::Generated(_));
        self.sources().iter().any(known)
    }

    /// What stands for the text where it must not: its sources, and none of its content.
    pub fn token(&self) -> String {
        let sources: Vec<String> = self
            .sources()
            .into_iter()
            .filter_map(|part| match part {
                SecretPart::Text(_) | SecretPart::Read(_) | SecretPart::Encoded { .. } => None,
                SecretPart::From(from) => Some(from.to_string()),
                SecretPart::Existing(key) => Some(key.to_string()),
                SecretPart::Generated(generated) => Some(format!("generated {}", generated.name)),
            })
            .fold(Vec::new(), |mut sources, source| {
                if !sources.contains(&source) {
                    sources.push(source);
                }
                sources
            });
        if sources.is_empty() {
            "(secret)".to_owned()
        } else {
            format!("(secret: {})", sources.join(", "))
        }
    }
}

impl fmt::Debug for SecretText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.token())
    }
}

impl fmt::Debug for SecretPart {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&SecretText::of(self.clone()).token())
    }
}

impl From<SecretFrom> for SecretText {
    fn from(from: SecretFrom) -> Self {
        Self::of(SecretPart::From(from))
    }
}

impl From<&str> for SecretText {
    fn from(text: &str) -> Self {
        Self::text(text)
    }
}

impl From<String> for SecretText {
    fn from(text: String) -> Self {
        Self::text(text)
    }
}
