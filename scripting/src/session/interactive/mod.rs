//! A session that goes on from line to line: what a line defines, the next ones have.

mod absorb;
mod complete;
mod completion;
mod line;
mod names;
mod shown;

pub use complete::is_complete;
pub use completion::Candidate;
pub use names::{Name, NameKind};
pub use shown::{Shown, ShownResource};

use super::engine::engine_with;
use super::host::Host;
use super::reach::{Connect, Later, Reach};
use super::resolver::ProjectResolver;
use super::script::{Script, Session, on_thread, open};
use super::state::State;
use super::thread::with_jobs;
use crate::diagnostic::Diagnostic;
use crate::table::{Vocabulary, Words};
use infra_sdk::engine::Stop;
use infra_sdk::environment::Environment;
use rhai::{Engine, Scope};
use std::fmt;
use std::path::Path;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

/// A session that goes on from line to line. Clones are the same session.
///
/// A line is compiled, checked and limited as a script is, and may do what a procedure may. One that
/// fails defines nothing.
#[derive(Clone)]
pub struct Interactive(Arc<Mutex<Inner>>);

/// What a session has gathered.
struct Inner {
    state: Arc<State>,
    engine: Engine,
    resolver: ProjectResolver,
    scope: Scope<'static>,
    /// How many lines there were.
    lines: usize,
    /// The names of imported scripts.
    imports: Vec<String>,
    /// Those of the loaded script.
    environments: Vec<Environment>,
}

/// How a line reaches the cluster, once something in it needs one.
#[derive(Clone)]
pub struct Reaching {
    /// Opens it, or gives what is open; asked for once in a line at most.
    pub connect: Arc<Connect>,
    /// The namespace that it is about where it names none.
    pub namespace: String,
    /// Cancels the line.
    pub stop: Stop,
}

/// What a line gave.
#[derive(Debug)]
pub struct Ran {
    /// Its value.
    pub value: Shown,
    /// The environments in it, where it is one or an array of them.
    pub environments: Vec<Environment>,
}

impl Interactive {
    /// A session in which nothing is defined yet.
    pub fn new(host: Host) -> Result<Self, Vec<Diagnostic>> {
        on_thread(|| {
            let state = Session::new(host).state()?;
            // The first source is what nothing may import again: a prompt is none.
            state.note_path(&"input".into(), state.root.join("input"));
            let resolver = ProjectResolver::new(Arc::clone(&state));
            let engine = engine_with(&state, &Words::All, resolver.clone());
            Ok(Self(Arc::new(Mutex::new(Inner {
                state,
                engine,
                resolver,
                scope: Scope::new(),
                lines: 0,
                imports: Vec::new(),
                environments: Vec::new(),
            }))))
        })
    }

    /// Evaluates a script, without a cluster, and takes over what it defines: variables, constants,
    /// functions and imports, and its environments. What earlier lines defined stays, unless the
    /// script has it too.
    pub fn load(&self, path: &Path) -> Result<Script, Vec<Diagnostic>> {
        on_thread(|| {
            let mut inner = self.inner();
            // What is imported may have changed too.
            inner.renew();
            let (name, text) = open(&inner.state, path)?;
            inner.load(name, &text)
        })
    }

    /// Evaluates a line. The future must be polled on the runtime that the cluster's client needs; it
    /// does the line's requests itself, while the script waits on a thread of its own.
    pub async fn run(&self, line: &str, reaching: Reaching) -> Result<Ran, Vec<Diagnostic>> {
        let (session, line) = (self.clone(), line.to_owned());
        with_jobs(move |jobs| {
            let mut inner = session.inner();
            let later = Later {
                connect: reaching.connect,
                namespace: reaching.namespace,
                stop: reaching.stop,
                jobs,
                environments: inner.environments.clone(),
            };
            inner.state.set_reach(Reach::Later(Arc::new(later)));
            let ran = inner.run(&line);
            inner.state.set_reach(Reach::Nothing);
            ran
        })
        .await?
    }

    /// Gives parameters these values from now on, in the place of those of `--set`.
    pub fn set(&self, settings: &[(String, String)]) {
        self.inner().state.parameters.set(settings);
    }

    /// The words of the language.
    pub fn vocabulary(&self) -> Vocabulary {
        self.inner().state.vocabulary.clone()
    }

    /// What lines and the loaded script have defined, in the order of the names.
    pub fn names(&self) -> Vec<Name> {
        self.inner().names()
    }

    fn inner(&self) -> MutexGuard<'_, Inner> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl fmt::Debug for Interactive {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Interactive").finish_non_exhaustive()
    }
}

impl fmt::Debug for Reaching {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reaching").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
