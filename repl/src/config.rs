//! The project: the folder of the nearest `infra.toml` above a script, and what that file says.

use crate::failure::Failure;
use crate::source::VaultSettings;
use infra_sdk::types::in_words;
use serde::Deserialize;
use std::path::{Path, PathBuf};

/// A script's surroundings.
#[derive(Clone, Debug)]
pub(crate) struct Project {
    /// The folder that scripts and files are read from; nothing outside it is.
    pub(crate) root: PathBuf,
    /// The files of objects that the platform provides, where they are named; a sandbox starts with
    /// them, in this order.
    pub(crate) platform: Option<Vec<PathBuf>>,
    /// Which Vault its secrets come from.
    pub(crate) vault: VaultSettings,
}

/// `infra.toml`.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    platform: Option<Paths>,
    #[serde(default)]
    vault: VaultSettings,
}

/// A path, or several.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a path, or an array of paths")]
enum Paths {
    One(PathBuf),
    Many(Vec<PathBuf>),
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
        Self::around(absolute.parent().unwrap_or(Path::new("/")))
    }

    /// The project of the folder that the command is run in.
    pub(crate) fn here() -> Result<Self, Failure> {
        let folder = std::env::current_dir().map_err(|error| {
            Failure::failed(format!(
                "the current folder cannot be read: {}",
                in_words(&error)
            ))
        })?;
        Self::around(&folder)
    }

    /// The project of a folder.
    fn around(own: &Path) -> Result<Self, Failure> {
        let Some(root) = own.ancestors().find(|folder| folder.join(NAME).is_file()) else {
            return Ok(Self {
                root: own.to_owned(),
                platform: None,
                vault: VaultSettings::default(),
            });
        };
        let path = root.join(NAME);
        let broken = |place: String, message: &str| {
            Failure::usage(format!("cannot use `{}{place}`: {message}", path.display()))
        };
        let text = std::fs::read_to_string(&path)
            .map_err(|error| broken(String::new(), &in_words(&error)))?;
        let file: File = toml::from_str(&text).map_err(|error| {
            let place = error.span().map_or_else(String::new, |span| {
                let (line, column) = line_and_column(&text, span.start);
                format!(":{line}:{column}")
            });
            broken(place, error.message())
        })?;
        Ok(Self {
            platform: file.platform.map(|platform| {
                let paths = match platform {
                    Paths::One(path) => vec![path],
                    Paths::Many(paths) => paths,
                };
                paths.into_iter().map(|path| root.join(path)).collect()
            }),
            vault: file.vault,
            root: root.to_owned(),
        })
    }
}

/// The line and the column, in characters from one, of a byte of a text.
fn line_and_column(text: &str, byte: usize) -> (usize, usize) {
    let before = text.get(..byte).unwrap_or(text);
    let start = before.rfind('\n').map_or(0, |newline| newline + 1);
    (
        before.matches('\n').count() + 1,
        before[start..].chars().count() + 1,
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_count_lines_and_characters() {
        let text = "a = 1\nü = x\n";
        for (byte, expected) in [
            (0, (1, 1)),
            (4, (1, 5)),
            (6, (2, 1)),
            (11, (2, 5)),
            (99, (3, 1)),
        ] {
            assert_eq!(line_and_column(text, byte), expected, "{byte}");
        }
    }
}
