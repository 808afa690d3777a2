//! What was typed before: kept in the state folder, for the user alone, without what may be secret.

use std::fs::{self, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// How many inputs are kept.
const MOST: usize = 1000;

/// What the words of secrets have in them.
const TELLING: [&str; 14] = [
    "secret",
    "passw",
    "token",
    "credential",
    "api_key",
    "apikey",
    "private_key",
    "private key",
    "bearer",
    "authorization",
    "passphrase",
    "_pass",
    "pagerduty(",
    "hooks.slack",
];

/// The file of inputs: each a string of JSON on a line, the newest last.
pub(crate) struct History {
    file: Option<PathBuf>,
    last: String,
}

impl History {
    /// That of a state folder, and what is in it, each input once. What cannot be read is as if it
    /// was not there: a prompt is usable without it.
    pub(crate) fn open(folder: Option<&Path>) -> (Self, Vec<String>) {
        let file = folder.map(|folder| folder.join("history"));
        let text = file.as_ref().and_then(|file| fs::read_to_string(file).ok());
        let text = text.unwrap_or_default();
        let read = |line: &str| serde_json::from_str::<String>(line).ok();
        let all: Vec<String> = text.lines().filter_map(read).collect();
        let mut kept: Vec<String> = Vec::new();
        for input in all.iter().rev() {
            if kept.len() < MOST && !kept.contains(input) {
                kept.push(input.clone());
            }
        }
        kept.reverse();
        let history = Self {
            file,
            last: String::new(),
        };
        if text.lines().count() > 2 * MOST {
            // The next time then.
            let _ = history.rewrite(&kept);
        }
        (history, kept)
    }

    /// Keeps an input, unless it may hold a secret or is the last one again.
    pub(crate) fn add(&mut self, input: &str) {
        let input = input.trim();
        if input.is_empty() || input == self.last || may_be_secret(input) {
            return;
        }
        input.clone_into(&mut self.last);
        if let Some(file) = &self.file {
            // A line that is not kept is no reason to stop.
            let _ = append(file, &line(input));
        }
    }

    fn rewrite(&self, kept: &[String]) -> io::Result<()> {
        let Some(file) = &self.file else {
            return Ok(());
        };
        let next = file.with_extension("new");
        let _ = fs::remove_file(&next);
        let lines: String = kept.iter().map(|input| line(input)).collect();
        append(&next, &lines)?;
        fs::rename(next, file)
    }
}

fn line(input: &str) -> String {
    format!("{}\n", serde_json::Value::from(input))
}

fn append(file: &Path, text: &str) -> io::Result<()> {
    if let Some(folder) = file.parent() {
        fs::create_dir_all(folder)?;
    }
    let mut options = OpenOptions::new();
    options.append(true).create(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(file)?.write_all(text.as_bytes())
}

/// Whether an input looks as if a secret stood in it: by its words, or as a login in an address.
fn may_be_secret(input: &str) -> bool {
    let lower = input.to_lowercase();
    let login = lower.split("://").skip(1).any(|rest| {
        let authority = rest.split(['/', '"', '`', ' ']).next().unwrap_or_default();
        authority.contains('@')
    });
    let setting = input.trim().strip_prefix(":set ").unwrap_or_default();
    let set = setting.split_once('=');
    let looks = |name: &str, value: &str| infra_sdk::analysis::looks_secret(name, value);
    login
        || TELLING.iter().any(|word| lower.contains(word))
        || set.is_some_and(|(name, value)| looks(name.trim(), value.trim()))
        || input.split(['"', '`', '\'']).any(|text| looks("", text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_may_be_secret_is_known_by_its_words() {
        for (input, secret) in [
            ("deployment(\"app\").replicas(3)", false),
            ("secret(\"db\").value(\"key\", \"hunter2\")", true),
            ("app.env(\"DB_PASSWORD\", \"hunter2\")", true),
            (":set apiKey=x", true),
            (":set DB_PWD=hunter2", true),
            (":set db_pass=hunter2", true),
            (":set replicas=3", false),
            ("\"AKIAIOSFODNN7EXAMPLE\"", true),
            ("http(\"https://ghp_0123456789abcdef0123@host/\")", true),
            (".header(\"Authorization\", \"Basic dXNlcjpwYXNz\")", true),
            ("pagerduty(\"e93f\")", true),
            ("http(\"https://me:hunter2@host/\")", true),
            ("http(\"https://host/a:b@c\")", false),
        ] {
            assert_eq!(may_be_secret(input), secret, "{input}");
        }
    }

    #[test]
    fn inputs_are_kept_once_each_and_for_the_user_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let below = folder.path().join("state");
        let (mut history, kept) = History::open(Some(&below));
        assert!(kept.is_empty());
        for input in ["a", "let b = [\n 1\n];", "a", "a", "secret(\"x\")", " "] {
            history.add(input);
        }
        let (_, kept) = History::open(Some(&below));
        assert_eq!(kept, ["let b = [\n 1\n];", "a"]);
        let text = fs::read_to_string(below.join("history")).expect("a file");
        assert_eq!(text.lines().count(), 3, "{text}");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = fs::metadata(below.join("history"))
                .expect("a file")
                .permissions()
                .mode();
            assert_eq!(mode & 0o777, 0o600);
        }
    }

    #[test]
    fn a_file_that_grew_long_is_made_short() {
        let folder = tempfile::tempdir().expect("a folder");
        let many: String = (0..=2 * MOST).map(|n| line(&n.to_string())).collect();
        fs::write(folder.path().join("history"), many).expect("written");
        let (_, kept) = History::open(Some(folder.path()));
        assert_eq!(kept.len(), MOST);
        assert_eq!(kept.last().map(String::as_str), Some("2000"));
        let text = fs::read_to_string(folder.path().join("history")).expect("a file");
        assert_eq!(text.lines().count(), MOST);
    }
}
