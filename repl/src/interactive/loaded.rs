//! The script of a session, as it was when it was read.

use crate::script::Loaded;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

/// A script that was loaded.
pub(crate) struct Kept {
    /// Its file.
    pub(crate) file: PathBuf,
    /// What it gave.
    pub(crate) loaded: Loaded,
    /// When the file was changed last, before it was read.
    changed: Option<SystemTime>,
}

impl Kept {
    /// What was loaded from a file that was of that time.
    pub(crate) fn new(file: PathBuf, loaded: Loaded, changed: Option<SystemTime>) -> Self {
        Self {
            file,
            loaded,
            changed,
        }
    }

    /// Whether the file has changed since the last time that this was asked.
    pub(crate) fn has_changed(&mut self) -> bool {
        let now = changed_at(&self.file);
        let changed = now.is_some() && now != self.changed;
        if changed {
            self.changed = now;
        }
        changed
    }
}

/// When a file was changed last.
pub(crate) fn changed_at(file: &Path) -> Option<SystemTime> {
    std::fs::metadata(file)
        .and_then(|known| known.modified())
        .ok()
}
