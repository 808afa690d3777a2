//! What the program around a session gives it.

use crate::table::Table;
use std::{fmt, path::PathBuf, sync::Arc, time::Duration};

/// A lookup of a variable of the caller's environment.
pub type Variables = dyn Fn(&str) -> Option<String> + Send + Sync;

/// Where a script's prints go.
pub type Printer = dyn Fn(&str) + Send + Sync;

/// A file of parameters: a map of their names and values, in YAML or JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ParameterFile {
    /// Its name, as the user wrote it.
    pub name: String,
    /// Its text.
    pub text: String,
}

/// What the program around a session gives it.
#[derive(Clone)]
pub struct Host {
    /// The project root, as the user would name it: the folder of the nearest `infra.toml` above the
    /// script, else the script's own. Imports and files stay below it.
    pub root: PathBuf,
    /// Files of parameters (`--params`), in order. `settings` count more.
    pub parameter_files: Vec<ParameterFile>,
    /// `--set NAME=VALUE`, in order.
    pub settings: Vec<(String, String)>,
    /// The variables of the caller's environment.
    pub variables: Arc<Variables>,
    /// Where `print` goes. Secrets in it are masked already.
    pub print: Arc<Printer>,
    /// Tables of the host's own functions.
    pub tables: Vec<Arc<Table>>,
    /// How many operations a script may do; `None` for the default of fifty million.
    pub max_operations: Option<u64>,
    /// How long a script may be evaluated, procedures apart; `None` for the default of a minute.
    pub max_time: Option<Duration>,
}

impl Host {
    /// A host with a project root, and with no settings, no variables and prints that go nowhere.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self {
            root: root.into(),
            parameter_files: Vec::new(),
            settings: Vec::new(),
            variables: Arc::new(|_| None),
            print: Arc::new(|_| ()),
            tables: Vec::new(),
            max_operations: None,
            max_time: None,
        }
    }

    /// The same, with `--set`.
    #[must_use]
    pub fn set(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.settings.push((name.into(), value.into()));
        self
    }
}

impl fmt::Debug for Host {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Host")
            .field("root", &self.root)
            .finish_non_exhaustive()
    }
}
