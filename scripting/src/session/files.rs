//! Files below the project root.

use infra_sdk::types::in_words;
use std::io::Read;
use std::path::{Component, Path, PathBuf};

/// Why a file cannot be had.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum FileError {
    #[error("`{0}` is outside the project")]
    Outside(String),
    #[error("`{0}` does not exist")]
    Missing(String),
    #[error("`{0}` cannot be read: {1}")]
    Unreadable(String, String),
}

/// The largest file that a script may read.
const LARGEST: u64 = 16 << 20;

/// The file that `path` names: from `root`, or from `base`'s folder when it starts with `.`.
///
/// Links are followed first, so that none leads out of the root.
pub(crate) fn find_below(
    root: &Path,
    base: Option<&Path>,
    path: &str,
) -> Result<PathBuf, FileError> {
    let named = Path::new(path);
    let relative = path.starts_with("./") || path.starts_with("../");
    let folder = match base.and_then(Path::parent) {
        Some(folder) if relative => folder,
        _ => root,
    };
    // Whatever is there: a path that leaves the root is refused before it is looked at.
    if named.is_absolute() || !plain(&folder.join(named)).starts_with(root) {
        return Err(FileError::Outside(path.to_owned()));
    }
    let file = folder
        .join(named)
        .canonicalize()
        .map_err(|error| match error.kind() {
            std::io::ErrorKind::NotFound | std::io::ErrorKind::NotADirectory => {
                FileError::Missing(path.to_owned())
            }
            _ => FileError::Unreadable(path.to_owned(), in_words(&error)),
        })?;
    if file.starts_with(root) {
        Ok(file)
    } else {
        Err(FileError::Outside(path.to_owned()))
    }
}

/// A path without `.` and `..`, by its words alone.
pub(crate) fn plain(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => {
                plain.pop();
            }
            other => plain.push(other),
        }
    }
    plain
}

/// The regular file that `path` names below the root: to read a pipe or a device may never end.
pub(crate) fn regular_below(
    root: &Path,
    base: Option<&Path>,
    path: &str,
) -> Result<PathBuf, FileError> {
    let file = find_below(root, base, path)?;
    let known = std::fs::metadata(&file)
        .map_err(|error| FileError::Unreadable(path.to_owned(), in_words(&error)))?;
    if !known.is_file() {
        return Err(FileError::Unreadable(
            path.to_owned(),
            "it is not a file".to_owned(),
        ));
    }
    if known.len() > LARGEST {
        return Err(FileError::Unreadable(
            path.to_owned(),
            "it is larger than 16 MiB".to_owned(),
        ));
    }
    Ok(file)
}

/// The content of a file below the root.
pub(crate) fn read_below(
    root: &Path,
    base: Option<&Path>,
    path: &str,
) -> Result<(PathBuf, Vec<u8>), FileError> {
    let file = regular_below(root, base, path)?;
    let unreadable =
        |error: std::io::Error| FileError::Unreadable(path.to_owned(), in_words(&error));
    std::fs::read(&file)
        .map(|content| (file, content))
        .map_err(unreadable)
}

/// The content of a script, which the user may also give as a pipe; it ends somewhere.
pub(crate) fn read_script(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut content = Vec::new();
    std::fs::File::open(path)?
        .take(LARGEST + 1)
        .read_to_end(&mut content)?;
    if content.len() as u64 > LARGEST {
        return Err(std::io::Error::other("it is larger than a script may be"));
    }
    Ok(content)
}

/// A script's text; editors of some systems put a mark before it that is no part of it.
pub(crate) fn script_text(content: Vec<u8>) -> Option<String> {
    let text = String::from_utf8(content).ok()?;
    Some(match text.strip_prefix('\u{feff}') {
        Some(text) => text.to_owned(),
        None => text,
    })
}
