//! Where secret values come from.

use std::io;

/// The caller's environment and files. This crate reads neither by itself.
pub trait SecretSource: Send + Sync {
    /// A variable of the environment (or of an env file); `None` where it is not set.
    fn env(&self, name: &str) -> Option<String>;

    /// The content of a file below the project's root.
    fn file(&self, path: &str) -> io::Result<Vec<u8>>;
}
