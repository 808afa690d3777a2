//! The project: the folder of the nearest `infra.toml` above a script, and what that file says.

use crate::failure::Failure;
use infra_sdk::types::in_words;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// A script's surroundings.
#[derive(Debug)]
pub(crate) struct Project {
    /// The folder that scripts and files are read from; nothing outside it is.
    pub(crate) root: PathBuf,
    /// The file of objects that the platform provides; a sandbox starts with them.
    pub(crate) platform: Option<PathBuf>,
}

/// `infra.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    platform: Option<PathBuf>,
}

const NAME: &str = "infra.toml";

impl Project {
    /// The project of a script: the nearest `infra.toml` above it, else its own folder.
    pub(crate) fn of(script: &Path) -> Result<Self, Failure> {
        let absolute = script.canonicalize().map_err(|error| {
            Failure::usage(format!(
                "cannot read the script `{}`: {}",
                script.display(),
                in_words(&error)
            ))
        })?;
        let own = absolute.parent().unwrap_or(Path::new("/"));
        let Some(root) = own.ancestors().find(|folder| folder.join(NAME).is_file()) else {
            return Ok(Self {
                root: own.to_owned(),
                platform: None,
            });
        };
        let path = root.join(NAME);
        let broken =
            |message: String| Failure::usage(format!("cannot use `{}`: {message}", path.display()));
        let text = std::fs::read_to_string(&path).map_err(|error| broken(in_words(&error)))?;
        let file: File = toml::from_str(&text).map_err(|error| {
            let line = error
                .span()
                .map_or(1, |span| text[..span.start].matches('\n').count() + 1);
            broken(format!("line {line}: {}", error.message()))
        })?;
        Ok(Self {
            platform: file.platform.map(|platform| root.join(platform)),
            root: root.to_owned(),
        })
    }
}
