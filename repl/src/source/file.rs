//! Secrets from files of the project.

use super::Read;
use infra_sdk::engine::Unread;
use infra_sdk::types::in_words;
use std::io;
use std::path::Path;

pub(super) fn read(root: &Path, path: &str) -> Read {
    let content = content(root, path).map(Into::into);
    content.map_err(|error| unread(path, &error))
}

pub(super) fn unread(path: &str, error: &io::Error) -> Unread {
    Unread::new(format!(
        "the file `{path}` cannot be read: {}",
        in_words(error)
    ))
}

/// The content of a file below the project's root.
pub(super) fn content(root: &Path, path: &str) -> io::Result<Vec<u8>> {
    let path = root.join(path).canonicalize()?;
    if !path.starts_with(root) {
        return Err(io::Error::new(
            io::ErrorKind::PermissionDenied,
            "outside the project",
        ));
    }
    if !path.is_file() {
        // To read a pipe or a device may never end.
        return Err(io::Error::other("it is not a file"));
    }
    std::fs::read(path)
}
