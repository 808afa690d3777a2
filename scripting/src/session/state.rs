//! What the functions of the language share during a session.

use super::earlier::Earlier;
use super::files::{FileError, plain, read_below, regular_below};
use super::host::Host;
use super::inputs::Parameters;
use super::live::Live;
use super::reach::Reach;
use crate::bindings;
use crate::diagnostic::{Diagnostic, Sources};
use crate::table::{Fault, Vocabulary};
use rhai::{Dynamic, EvalAltResult, NativeCallContext};
use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

/// What the functions of the language share during a session.
pub struct State {
    pub(crate) host: Host,
    /// The project root, resolved.
    pub(crate) root: PathBuf,
    pub(crate) sources: Sources,
    pub(crate) vocabulary: Vocabulary,
    pub(crate) parameters: Parameters,
    /// The files behind the names of sources.
    pub(crate) paths: Mutex<Vec<(Arc<str>, PathBuf)>>,
    /// What earlier lines of a session have defined.
    pub(crate) earlier: Earlier,
    reach: Mutex<Reach>,
    /// What ended the run, where Rhai swallows errors; and whether there is something, which is
    /// asked at every step.
    misuse: Mutex<Option<Diagnostic>>,
    misused: AtomicBool,
    /// The project root as it begins the names of files.
    shown_root: Mutex<PathBuf>,
}

#[derive(Clone)]
struct Handle(Arc<State>);

impl State {
    pub(crate) fn new(host: Host, root: PathBuf) -> Result<Arc<Self>, Vec<Diagnostic>> {
        let vocabulary = Self::vocabulary_of(&host);
        let sources = Sources::default();
        let parameters = Parameters::new(&host, &sources)?;
        let shown_root = Mutex::new(host.root.clone());
        Ok(Arc::new(Self {
            host,
            root,
            sources,
            vocabulary,
            parameters,
            paths: Mutex::new(Vec::new()),
            earlier: Earlier::default(),
            reach: Mutex::default(),
            misuse: Mutex::new(None),
            misused: AtomicBool::new(false),
            shown_root,
        }))
    }

    /// The words of the language and of the host.
    pub(crate) fn vocabulary_of(host: &Host) -> Vocabulary {
        let mut tables = host.tables.clone();
        tables.push(bindings::table());
        Vocabulary::new(tables)
    }

    /// The state of the run that a function is called in.
    pub(crate) fn of(context: &NativeCallContext<'_>) -> Result<Arc<Self>, Box<EvalAltResult>> {
        context
            .tag()
            .and_then(|tag| {
                tag.read_lock::<Handle>()
                    .map(|handle| Arc::clone(&handle.0))
            })
            .ok_or_else(|| "a function was called outside a session".into())
    }

    pub(crate) fn tag(self: &Arc<Self>) -> Dynamic {
        Dynamic::from(Handle(Arc::clone(self)))
    }

    /// The cluster, where one may be reached; at a prompt it is opened now.
    pub(crate) fn live(self: &Arc<Self>) -> Result<Arc<Live>, Fault> {
        match self.reach() {
            Reach::Nothing => Err(Fault::Refused),
            Reach::Now(live) => Ok(live),
            Reach::Later(later) => {
                let live = later.open(self)?;
                self.set_reach(Reach::Now(Arc::clone(&live)));
                Ok(live)
            }
        }
    }

    /// What may be reached.
    pub(crate) fn reach(&self) -> Reach {
        self.reach
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    pub(crate) fn set_reach(&self, reach: Reach) {
        *self.reach.lock().unwrap_or_else(PoisonError::into_inner) = reach;
    }

    /// Ends the run at its next step with this error; the first counts.
    pub(crate) fn misuse(&self, diagnostic: Diagnostic) {
        let mut misuse = self.misuse.lock().unwrap_or_else(PoisonError::into_inner);
        misuse.get_or_insert(diagnostic);
        self.misused.store(true, Ordering::Relaxed);
    }

    /// Whether the run is to end.
    pub(crate) fn is_misused(&self) -> bool {
        self.misused.load(Ordering::Relaxed)
    }

    /// What ended the run, if something did.
    pub(crate) fn take_misuse(&self) -> Option<Diagnostic> {
        let mut misuse = self.misuse.lock().unwrap_or_else(PoisonError::into_inner);
        self.misused.store(false, Ordering::Relaxed);
        misuse.take()
    }

    /// Names files as the user named the first one: `shop/a.rhai` imports `shop/lib/b.rhai`, also
    /// where the root is known by its full path.
    pub(crate) fn shown_like(&self, shown: &Path, file: &Path) {
        let Ok(relative) = file.strip_prefix(&self.root) else {
            return;
        };
        if shown.ends_with(relative) {
            let above = relative.components().count();
            let root: PathBuf = {
                let kept = shown.components().count() - above;
                shown.components().take(kept).collect()
            };
            *self
                .shown_root
                .lock()
                .unwrap_or_else(PoisonError::into_inner) = root;
        }
    }

    /// The name of a file below the root.
    pub(crate) fn shown(&self, file: &Path) -> String {
        let root = self
            .shown_root
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let relative = file.strip_prefix(&self.root).unwrap_or(file);
        plain(&root.join(relative)).display().to_string()
    }

    /// Remembers which file a source's name stands for.
    pub(crate) fn note_path(&self, name: &Arc<str>, path: PathBuf) {
        let mut paths = self.paths.lock().unwrap_or_else(PoisonError::into_inner);
        paths.retain(|(known, _)| known != name);
        paths.push((Arc::clone(name), path));
    }

    /// The text of a file below the project root.
    pub(crate) fn read_text(&self, path: &str) -> Result<String, Fault> {
        String::from_utf8(self.read_bytes(path)?)
            .map_err(|_| Fault::new(format!("`{path}` is not text in UTF-8")))
    }

    /// The content of a file below the project root.
    pub(crate) fn read_bytes(&self, path: &str) -> Result<Vec<u8>, Fault> {
        read_below(&self.root, None, path)
            .map(|(_, content)| content)
            .map_err(|error| self.outside(&error))
    }

    /// Whether there is a regular file of that path below the project root.
    pub(crate) fn check_file(&self, path: &str) -> Result<(), Fault> {
        regular_below(&self.root, None, path)
            .map(|_| ())
            .map_err(|error| self.outside(&error))
    }

    fn outside(&self, error: &FileError) -> Fault {
        let root = self.root.display();
        match error {
            FileError::Outside(_) => Fault::with_help(
                error.to_string(),
                format!("scripts and files are read only below the project root, `{root}`"),
            ),
            FileError::Missing(_) => Fault::with_help(
                error.to_string(),
                format!("paths start at the project root, `{root}`"),
            ),
            FileError::Unreadable(..) => Fault::new(error.to_string()),
        }
    }

    /// The file behind a source's name.
    pub(crate) fn path_of(&self, name: &str) -> Option<PathBuf> {
        let paths = self.paths.lock().unwrap_or_else(PoisonError::into_inner);
        paths
            .iter()
            .find(|(known, _)| **known == *name)
            .map(|(_, path)| path.clone())
    }
}

impl std::fmt::Debug for State {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("State")
            .field("root", &self.root)
            .finish_non_exhaustive()
    }
}
