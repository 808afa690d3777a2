//! Where the values of secrets are read: one file for each source.
//!
//! What was read is kept until the command ends, so that a plan and its apply have the same.

mod env;
mod file;
mod sops;
mod stdin;
mod vault;

pub(crate) use vault::VaultSettings;

use crate::config::Project;
use crate::inputs::Variables;
use futures::future::BoxFuture;
use infra_sdk::engine::{SecretSource, Unread};
use infra_sdk::object::{SecretBytes, SecretFrom};
use std::collections::BTreeMap;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};
use vault::Vault;

type Read = Result<SecretBytes, Unread>;

/// The caller's secrets.
pub(crate) struct Sources {
    variables: Variables,
    root: PathBuf,
    vault: Vault,
    read: Mutex<BTreeMap<SecretFrom, Read>>,
}

impl Sources {
    /// Those that a script of a project may use. Nothing is read yet.
    pub(crate) fn new(variables: Variables, project: &Project) -> Self {
        Self {
            variables,
            root: project.root.clone(),
            vault: Vault::new(project.vault.clone()),
            read: Mutex::default(),
        }
    }

    async fn read_now(&self, from: &SecretFrom) -> Read {
        match from {
            SecretFrom::Env(name) => env::read(&self.variables, name),
            SecretFrom::File(path) => file::read(&self.root, path),
            SecretFrom::Stdin => stdin::read(),
            SecretFrom::Sops { file, key } => sops::read(&self.variables, &self.root, file, key),
            SecretFrom::Vault { path, key } => self.vault.read(&self.variables, path, key).await,
        }
    }
}

impl SecretSource for Sources {
    fn read<'a>(&'a self, from: &'a SecretFrom) -> BoxFuture<'a, Read> {
        Box::pin(async move {
            let known = || self.read.lock().unwrap_or_else(PoisonError::into_inner);
            let before = known().get(from).cloned();
            if let Some(read) = before {
                return read;
            }
            let read = self.read_now(from).await;
            known().insert(from.clone(), read.clone());
            read
        })
    }
}
