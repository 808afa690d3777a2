//! Short names for long things.

use sha2::{Digest, Sha256};
use std::fmt::Write;

/// Eight hexadecimal digits that tell texts apart.
pub(crate) fn short_hash(text: &str) -> String {
    Sha256::digest(text.as_bytes())
        .iter()
        .take(4)
        .fold(String::new(), |mut hash, byte| {
            let _ = write!(hash, "{byte:02x}");
            hash
        })
}
