//! The program `sops`, for keys that this command does not know: of clouds, PGP, plugins.

use super::super::Read;
use super::document::{Found, Step};
use infra_sdk::engine::Unread;
use infra_sdk::types::in_words;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

/// Has the program decrypt a value; `None` where it is not installed.
pub(super) fn read(root: &Path, path: &str, found: &Found<'_>) -> Option<Read> {
    let output = Command::new("sops")
        .args(["--decrypt", "--extract", &address(&found.steps), path])
        .current_dir(root)
        .stdin(Stdio::null())
        .output();
    match output {
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => Some(Err(Unread::new(format!(
            "the program `sops` cannot be started: {}",
            in_words(&error)
        )))),
        Ok(output) if output.status.success() => Some(Ok(output.stdout.into())),
        Ok(output) => {
            let told = String::from_utf8_lossy(&output.stderr);
            let told = told.lines().map(str::trim).find(|line| !line.is_empty());
            let told = told.unwrap_or("it says nothing").trim_end_matches('.');
            let problem = format!("`sops` cannot decrypt the file `{path}`: {told}");
            let help = format!("`sops decrypt {path}` says more");
            Some(Err(Unread::new(problem).help(help)))
        }
    }
}

/// How the program is told which value: `["db"]["hosts"][0]`.
fn address(steps: &[Step]) -> String {
    let step = |step: &Step| match step {
        Step::Key(key) => format!("[{}]", serde_json::Value::from(key.as_str())),
        Step::Item(index) => format!("[{index}]"),
    };
    steps.iter().map(step).collect()
}
