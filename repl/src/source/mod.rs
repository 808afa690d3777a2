//! Where the values of secrets are read: one file for each source.
//!
//! What was read is kept until the command ends, so that a plan and its apply have the same.

mod env;
mod file;
mod stdin;

use crate::inputs::Variables;
use futures::future::BoxFuture;
use infra_sdk::engine::{SecretSource, Unread};
use infra_sdk::object::{SecretBytes, SecretFrom};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

type Read = Result<SecretBytes, Unread>;

/// The caller's secrets.
pub(crate) struct Sources {
    variables: Variables,
    root: PathBuf,
    read: Mutex<BTreeMap<SecretFrom, Read>>,
}

impl Sources {
    /// Those that a script of the project at `root` may use. Nothing is read yet.
    pub(crate) fn new(variables: Variables, root: PathBuf) -> Self {
        Self {
            variables,
            root,
            read: Mutex::default(),
        }
    }

    fn read_now(&self, from: &SecretFrom) -> Read {
        match from {
            SecretFrom::Env(name) => env::read(&self.variables, name),
            SecretFrom::File(path) => file::read(&self.root, path),
            SecretFrom::Stdin => stdin::read(),
        }
    }
}

impl SecretSource for Sources {
    fn read<'a>(&'a self, from: &'a SecretFrom) -> BoxFuture<'a, Read> {
        Box::pin(async move {
            let known = || self.read.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some(read) = known().get(from) {
                return read.clone();
            }
            let read = self.read_now(from);
            known().insert(from.clone(), read.clone());
            read
        })
    }
}
