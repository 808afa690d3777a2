//! Secret values before they are known: where each part comes from, never what it is.

use std::fmt;

/// Where one part of a secret text comes from.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecretPart {
    /// Text that stands in the script. Kept out of every output all the same.
    Text(String),
    /// A variable of the caller's environment (or of an `--env-file`).
    Env(String),
    /// A file's content, by its path below the project root.
    File(String),
    /// Made once (letters and digits), then kept in the cluster where it stands alone.
    Generated {
        /// The name under which a script refers to it; equal names are the same value.
        name: String,
        /// How many characters.
        length: usize,
    },
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

    /// The generated value that this text is, when it is nothing else.
    pub fn alone(&self) -> Option<(&str, usize)> {
        match self.parts.as_slice() {
            [SecretPart::Generated { name, length }] => Some((name, *length)),
            _ => None,
        }
    }

    /// What stands for the text where it must not: its sources, and none of its content.
    pub fn token(&self) -> String {
        let sources: Vec<String> = self
            .parts
            .iter()
            .filter_map(|part| match part {
                SecretPart::Text(_) => None,
                SecretPart::Env(name) => Some(format!("env {name}")),
                SecretPart::File(path) => Some(format!("file {path}")),
                SecretPart::Generated { name, .. } => Some(format!("generated {name}")),
            })
            .collect();
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
