//! What goes into a script from outside: parameters, and variables of the environment.

use crate::failure::Failure;
use infra_scripting::session::ParameterFile;
use infra_sdk::types::{Seconds, env_lines, in_words};
use std::collections::BTreeMap;
use std::path::PathBuf;
use zeroize::Zeroizing;

/// The variables that a script may use: the caller's environment, and `--env-file` for what is not
/// set there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Variables {
    files: BTreeMap<String, Zeroizing<String>>,
}

impl Variables {
    /// Reads the files. Where two set the same name, the later one wins.
    pub(crate) fn read(paths: &[PathBuf]) -> Result<Self, Failure> {
        let mut files = BTreeMap::new();
        for path in paths {
            let text = std::fs::read_to_string(path).map_err(|error| {
                Failure::usage(format!(
                    "cannot read the environment file `{}`: {}",
                    path.display(),
                    in_words(&error)
                ))
            })?;
            let lines = env_lines(&text).map_err(|error| {
                Failure::usage(format!("cannot use `{}`: {error}", path.display()))
            })?;
            files.extend(
                lines
                    .into_iter()
                    .map(|(name, value)| (name.to_string(), Zeroizing::new(value))),
            );
        }
        Ok(Self { files })
    }

    /// A variable's value.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        std::env::var(name)
            .ok()
            .or_else(|| self.files.get(name).map(|value| value.to_string()))
    }
}

/// The files of `--params`, in the order typed.
pub(crate) fn parameter_files(paths: &[PathBuf]) -> Result<Vec<ParameterFile>, Failure> {
    let read = |path: &PathBuf| {
        let name = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(text) => Ok(ParameterFile { name, text }),
            Err(error) => Err(Failure::usage(format!(
                "cannot read the file of parameters `{name}`: {}",
                in_words(&error)
            ))),
        }
    };
    paths.iter().map(read).collect()
}

/// `--set NAME=VALUE`, in the order typed.
pub(crate) fn parameters(set: &[String]) -> Result<Vec<(String, String)>, Failure> {
    set.iter()
        .map(|text| {
            text.split_once('=')
                .filter(|(name, _)| !name.is_empty())
                .map(|(name, value)| (name.to_owned(), value.to_owned()))
                .ok_or_else(|| Failure::usage(format!("`--set {text}`: expected NAME=VALUE")))
        })
        .collect()
}

/// A duration as Kubernetes writes it, such as `90s`, `5m` or `1h30m`.
pub(crate) fn duration(flag: &str, text: &str) -> Result<std::time::Duration, Failure> {
    text.parse::<Seconds>()
        .map(|seconds| std::time::Duration::from_secs(seconds.get().unsigned_abs().into()))
        .map_err(|error| Failure::usage(format!("`{flag} {text}`: {error}")))
}
