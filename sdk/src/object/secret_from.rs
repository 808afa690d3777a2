//! Where a secret value is read from.

use std::fmt;

/// Where a value comes from that only the caller of the program can read.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SecretFrom {
    /// A variable of the caller's environment (or of an `--env-file`).
    Env(String),
    /// A file's content, by its path below the project root.
    File(String),
    /// What is piped into the program, without the line break at its end.
    Stdin,
    /// A value of a file that SOPS encrypted.
    Sops {
        /// The file, by its path below the project root.
        file: String,
        /// The keys above the value and its own, with dots between them: `db.password`.
        key: String,
    },
    /// A key of a secret in HashiCorp Vault's key-value store.
    Vault {
        /// The secret, with the path of its store before it: `secret/shop`.
        path: String,
        /// The key.
        key: String,
    },
}

impl SecretFrom {
    /// How many bytes a script names it with.
    pub fn written(&self) -> usize {
        match self {
            Self::Env(name) | Self::File(name) => name.len(),
            Self::Stdin => 0,
            Self::Sops { file: place, key } | Self::Vault { path: place, key } => {
                place.len() + key.len()
            }
        }
    }
}

impl fmt::Display for SecretFrom {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Env(name) => write!(f, "env {name}"),
            Self::File(path) => write!(f, "file {path}"),
            Self::Stdin => f.write_str("standard input"),
            Self::Sops { file, key } => write!(f, "sops {file} {key}"),
            Self::Vault { path, key } => write!(f, "vault {path} {key}"),
        }
    }
}

/// A key of a Secret that is in the cluster already, and that others made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExistingKey {
    /// Its namespace; that of the environment where it says none.
    pub namespace: Option<String>,
    /// Its name.
    pub name: String,
    /// The key of its `data`.
    pub key: String,
}

impl fmt::Display for ExistingKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("existing ")?;
        if let Some(namespace) = &self.namespace {
            write!(f, "{namespace}/")?;
        }
        write!(f, "{} {}", self.name, self.key)
    }
}

/// A value that is made once, and then kept in the cluster where it stands alone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Generated {
    /// The name under which a script refers to it; equal names are the same value.
    pub name: String,
    /// How many characters.
    pub length: usize,
    /// Which characters.
    pub alphabet: crate::types::Alphabet,
}
