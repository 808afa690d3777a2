//! Which kubeconfig, and which context of it.

use super::{ConnectError, words::root_cause};
use crate::types::in_words;
use kube::config::Kubeconfig;
use std::{fs, path::Path};

/// Reads and merges the files, the first to name a thing winning, as `kubectl` does. Files of the
/// list that are missing are skipped; that none is there is an error.
pub(crate) fn read(paths: &[impl AsRef<Path>]) -> Result<Kubeconfig, ConnectError> {
    let mut merged: Option<Kubeconfig> = None;
    for path in paths {
        let path = path.as_ref();
        match fs::metadata(path) {
            Ok(_) => {}
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => {
                return Err(ConnectError::Unreadable {
                    path: path.to_owned(),
                    problem: in_words(&error),
                });
            }
        }
        let next = Kubeconfig::read_from(path).map_err(|error| ConnectError::Unreadable {
            path: path.to_owned(),
            problem: first_line(&root_cause(&error)),
        })?;
        merged = Some(match merged {
            None => next,
            Some(before) => before
                .merge(next)
                .map_err(|error| ConnectError::Unreadable {
                    path: path.to_owned(),
                    problem: error.to_string(),
                })?,
        });
    }
    merged.ok_or_else(|| ConnectError::NoKubeconfig {
        looked: paths.iter().map(|path| path.as_ref().to_owned()).collect(),
    })
}

/// The context to use, which must be there.
pub(crate) fn context(config: &Kubeconfig, wanted: Option<&str>) -> Result<String, ConnectError> {
    let known: Vec<String> = config
        .contexts
        .iter()
        .map(|context| context.name.clone())
        .collect();
    let Some(name) = wanted.or(config
        .current_context
        .as_deref()
        .filter(|name| !name.is_empty()))
    else {
        return Err(ConnectError::NoContext { known });
    };
    if known.iter().any(|context| context == name) {
        Ok(name.to_owned())
    } else {
        Err(ConnectError::UnknownContext {
            name: name.to_owned(),
            known,
        })
    }
}

/// A YAML error draws the file, which holds tokens; its first line does not.
fn first_line(text: &str) -> String {
    text.lines().next().unwrap_or_default().trim().to_owned()
}
