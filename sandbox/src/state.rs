//! The kept state: a sandbox that is there again in the next run.

use crate::world::{Kept, Shared};
use flate2::Compression;
use flate2::read::GzDecoder;
use flate2::write::GzEncoder;
use jiff::Timestamp;
use serde_json::Value;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Read, Write};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

/// What went wrong with a kept state.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// The name cannot be one of a file.
    #[error(
        "`{0}` cannot be the name of a sandbox: expected lower-case letters, digits and `-`, at most 63 of them"
    )]
    Name(String),
    /// Another process has it open.
    #[error(
        "the sandbox `{0}` is in use by another process: wait for that to end, or take another name"
    )]
    InUse(String),
    /// The file is not what a sandbox wrote.
    #[error("the state of the sandbox `{name}` in `{}` cannot be read: {why}", path.display())]
    Corrupt {
        /// The sandbox.
        name: String,
        /// The file.
        path: PathBuf,
        /// What is wrong with it.
        why: String,
    },
    /// The file system refused.
    #[error("`{}`: {}", path.display(), words(.source))]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
}

/// The system's words without its number.
fn words(error: &io::Error) -> String {
    let text = error.to_string();
    let words = text.split(" (os error").next().unwrap_or_default();
    words.to_lowercase()
}

/// A sandbox that is kept in a folder.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptSandbox {
    /// Its name.
    pub name: String,
    /// The file with its state.
    pub path: PathBuf,
    /// The size of that file.
    pub bytes: u64,
}

/// The files of one kept sandbox, locked while this lives. The state is written when it goes.
#[derive(Debug)]
pub(crate) struct Keeper {
    path: PathBuf,
    shared: Arc<Shared>,
    /// What was last written.
    written: Mutex<Option<Mark>>,
    _lock: Lock,
}

/// The lock of one kept sandbox, held while this lives.
#[derive(Debug)]
struct Lock(File);

impl Drop for Lock {
    /// Closing the file is not enough: the lock is that of the open file, and a process that
    /// another thread is just starting has a copy of it until its program takes over.
    fn drop(&mut self) {
        let _ = self.0.unlock();
    }
}

/// A moment of a world: nothing changes without a revision or time.
type Mark = (u64, Timestamp);

const STATE: &str = "state";
const LOCK: &str = "lock";

fn file(folder: &Path, name: &str, extension: &str) -> PathBuf {
    folder.join(format!("{name}.{extension}"))
}

fn at<T>(path: &Path, result: io::Result<T>) -> Result<T, StateError> {
    result.map_err(|source| StateError::Io {
        path: path.to_owned(),
        source,
    })
}

/// Checks a name: it becomes that of a file.
fn check(name: &str) -> Result<(), StateError> {
    let fits = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    let valid = (1..=63).contains(&name.len()) && name.bytes().all(fits);
    if valid {
        Ok(())
    } else {
        Err(StateError::Name(name.to_owned()))
    }
}

fn private(options: &mut OpenOptions) -> &mut OpenOptions {
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(options, 0o600);
    options
}

fn make_folder(folder: &Path) -> Result<(), StateError> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    at(folder, builder.create(folder))
}

fn lock(folder: &Path, name: &str) -> Result<Lock, StateError> {
    check(name)?;
    make_folder(folder)?;
    let path = file(folder, name, LOCK);
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    let lock = at(&path, private(&mut options).open(&path))?;
    match lock.try_lock() {
        Ok(()) => Ok(Lock(lock)),
        Err(TryLockError::WouldBlock) => Err(StateError::InUse(name.to_owned())),
        Err(TryLockError::Error(source)) => Err(StateError::Io { path, source }),
    }
}

/// A sandbox's state as it was read: `None` where none was kept.
pub(crate) struct Opened {
    pub(crate) kept: Option<Kept>,
    lock: Lock,
    path: PathBuf,
}

/// Locks a sandbox's files and reads its state.
pub(crate) fn open(folder: &Path, name: &str) -> Result<Opened, StateError> {
    let lock = lock(folder, name)?;
    let path = file(folder, name, STATE);
    let kept = match File::open(&path) {
        Ok(state) => {
            let corrupt = |why: String| StateError::Corrupt {
                name: name.to_owned(),
                path: path.clone(),
                why,
            };
            let value = decode(state).map_err(corrupt)?;
            let kept = Kept::from_json(value);
            Some(kept.map_err(|why| corrupt(why.to_owned()))?)
        }
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(source) => return Err(StateError::Io { path, source }),
    };
    Ok(Opened { kept, lock, path })
}

fn decode(state: File) -> Result<Value, String> {
    let mut text = String::new();
    GzDecoder::new(state)
        .read_to_string(&mut text)
        .map_err(|error| words(&error))?;
    serde_json::from_str(&text).map_err(|error| error.to_string())
}

impl Opened {
    /// Keeps this world from now on, which was made of what was read.
    pub(crate) fn keep(self, shared: Arc<Shared>, written: Option<Mark>) -> Keeper {
        Keeper {
            path: self.path,
            shared,
            written: Mutex::new(written),
            _lock: self.lock,
        }
    }
}

impl Keeper {
    /// Writes the state where it is not as it was written last: whole, or not at all.
    pub(crate) fn save(&self) -> Result<(), StateError> {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let (mark, state) = self.shared.with(|world| {
            let mark = world.mark();
            let changed = *written != Some(mark);
            (mark, changed.then(|| world.to_json()))
        });
        let Some(state) = state else { return Ok(()) };
        let temporary = self.path.with_extension("new");
        at(&temporary, write(&temporary, &state))?;
        at(&self.path, fs::rename(&temporary, &self.path))?;
        *written = Some(mark);
        Ok(())
    }
}

fn write(path: &Path, state: &Value) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(true).write(true);
    let file = private(&mut options).open(path)?;
    let mut encoder = GzEncoder::new(io::BufWriter::new(file), Compression::fast());
    serde_json::to_writer(&mut encoder, state)?;
    let mut buffer = encoder.finish()?;
    buffer.flush()?;
    buffer.get_ref().sync_all()
}

impl Drop for Keeper {
    fn drop(&mut self) {
        // Who wants to know calls `Sandbox::save`; there is nobody here to tell.
        let _ = self.save();
    }
}

/// The sandboxes that are kept in a folder, by name. A folder that is not there has none.
pub(crate) fn list(folder: &Path) -> Result<Vec<KeptSandbox>, StateError> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
        entries => at(folder, entries)?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = at(folder, entry)?.path();
        let name = path.file_stem().and_then(|name| name.to_str());
        let is_state = path.extension().is_some_and(|extension| extension == STATE);
        if let Some(name) = name.filter(|name| is_state && check(name).is_ok()) {
            let bytes = at(&path, fs::metadata(&path))?.len();
            found.push(KeptSandbox {
                name: name.to_owned(),
                path: path.clone(),
                bytes,
            });
        }
    }
    found.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(found)
}

/// Forgets a kept sandbox. Answers whether there was one.
pub(crate) fn reset(folder: &Path, name: &str) -> Result<bool, StateError> {
    check(name)?;
    if !folder.exists() {
        return Ok(false);
    }
    let _lock = lock(folder, name)?;
    let path = file(folder, name, STATE);
    match fs::remove_file(&path) {
        Ok(()) => Ok(true),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
        Err(source) => Err(StateError::Io { path, source }),
    }
}

#[cfg(test)]
mod tests {
    use super::{StateError, lock};

    #[test]
    fn who_lets_go_lets_go_for_the_copies_that_a_starting_process_has() {
        let folder = tempfile::tempdir().unwrap();
        let held = lock(folder.path(), "tour").unwrap();
        let copy = held.0.try_clone().unwrap();
        assert!(matches!(
            lock(folder.path(), "tour"),
            Err(StateError::InUse(_))
        ));
        drop(held);
        lock(folder.path(), "tour").unwrap();
        drop(copy);
    }
}
