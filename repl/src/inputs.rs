//! What goes into a script from outside: parameters, and variables of the environment.

use crate::config::plain;
use crate::failure::Failure;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// The variables that a script may use: the caller's environment, and `--env-file` for what is not
/// set there.
#[derive(Clone, Debug, Default)]
pub(crate) struct Variables {
    files: BTreeMap<String, String>,
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
                    plain(&error)
                ))
            })?;
            files.extend(parse(&text, path)?);
        }
        Ok(Self { files })
    }

    /// A variable's value.
    pub(crate) fn get(&self, name: &str) -> Option<String> {
        std::env::var(name).ok().or_else(|| self.files.get(name).cloned())
    }
}

/// `NAME=VALUE` lines; blank lines, `#` comments and a leading `export` are passed over, and one
/// pair of quotes around the value is taken off. Values never stand in an error.
fn parse(text: &str, path: &Path) -> Result<BTreeMap<String, String>, Failure> {
    let mut variables = BTreeMap::new();
    for (index, line) in text.lines().enumerate() {
        let line = line.trim();
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let line = line.strip_prefix("export ").unwrap_or(line);
        let wrong = || {
            Failure::usage(format!(
                "{}:{}: expected NAME=VALUE",
                path.display(),
                index + 1
            ))
        };
        let (name, value) = line.split_once('=').ok_or_else(wrong)?;
        let name = name.trim();
        let valid = |c: char| c.is_ascii_alphanumeric() || c == '_';
        if name.is_empty() || !name.chars().all(valid) || name.starts_with(|c: char| c.is_ascii_digit())
        {
            return Err(wrong());
        }
        variables.insert(name.to_owned(), unquoted(value.trim()).to_owned());
    }
    Ok(variables)
}

fn unquoted(value: &str) -> &str {
    ['"', '\'']
        .into_iter()
        .find_map(|quote| value.strip_prefix(quote)?.strip_suffix(quote))
        .unwrap_or(value)
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
    text.parse::<infra_sdk::types::Seconds>()
        .map(|seconds| std::time::Duration::from_secs(seconds.get().unsigned_abs().into()))
        .map_err(|error| Failure::usage(format!("`{flag} {text}`: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_environment_file_is_names_and_values() {
        let text = "# sample\n\nA=1\nexport B = two words \nC=\"quoted = yes\"\nD='x'\nE=\n";
        let variables = parse(text, Path::new("a.env")).unwrap();
        let expected = [("A", "1"), ("B", "two words"), ("C", "quoted = yes"), ("D", "x"), ("E", "")];
        assert_eq!(
            variables.iter().map(|(k, v)| (k.as_str(), v.as_str())).collect::<Vec<_>>(),
            expected
        );
    }

    #[test]
    fn a_line_that_is_none_of_these_is_named_without_its_content() {
        for line in ["hunter2", "=x", "a b=c", "1A=x"] {
            let failure = parse(&format!("A=1\n{line}\n"), Path::new("a.env")).unwrap_err();
            assert_eq!(failure.message, "a.env:2: expected NAME=VALUE");
        }
    }
}
