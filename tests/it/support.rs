//! Runs the command in a clean place and shows everything it did.

use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The command, an empty project folder to run it in, and a state folder of its own.
pub(crate) struct Infra {
    home: tempfile::TempDir,
    project: PathBuf,
    variables: Vec<(String, String)>,
}

/// A command that runs.
pub(crate) struct Running {
    process: std::process::Child,
    line: String,
    home: String,
}

/// Everything that one call of the command did.
pub(crate) struct Outcome {
    pub(crate) line: String,
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// The top of the repository.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the command's crate stands in the repository")
        .to_owned()
}

impl Infra {
    /// In an empty project.
    pub(crate) fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let project = home.path().join("project");
        std::fs::create_dir(&project).unwrap();
        Self {
            home,
            project,
            variables: Vec::new(),
        }
    }

    /// In a copy of a folder of the repository.
    pub(crate) fn copy_of(folder: &str) -> Self {
        let infra = Self::new();
        copy(&repository().join(folder), &infra.project);
        infra
    }

    /// With a variable in the command's environment, which is empty otherwise.
    pub(crate) fn variable(mut self, name: &str, value: &str) -> Self {
        self.variables.push((name.to_owned(), value.to_owned()));
        self
    }

    /// Writes a file of the project.
    pub(crate) fn write(&self, name: &str, text: &str) -> &Self {
        let path = self.project.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self
    }

    /// Reads a file of the project.
    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.project.join(name)).unwrap()
    }

    /// The kept sandbox that commands with `--sandbox` use; they cannot while this lives.
    pub(crate) fn sandbox(&self) -> infra_sandbox::Sandbox {
        let folder = self.home.path().join("sandboxes");
        let start = jiff::Timestamp::UNIX_EPOCH;
        infra_sandbox::Sandbox::open(&folder, "default", start).unwrap()
    }

    /// Runs `infra` with these words.
    pub(crate) fn run(&self, line: &str) -> Outcome {
        let words: Vec<&str> = line.split_whitespace().collect();
        self.run_words(&words)
    }

    /// Runs `infra` with these arguments, as they are.
    pub(crate) fn run_words(&self, words: &[&str]) -> Outcome {
        self.spawn(words).end()
    }

    /// Starts `infra` with these words and lets it run.
    pub(crate) fn start(&self, line: &str) -> Running {
        let words: Vec<&str> = line.split_whitespace().collect();
        self.spawn(&words)
    }

    /// The command in its place, not started yet.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_infra"));
        command
            .args(words)
            .current_dir(&self.project)
            .env_clear()
            .env("HOME", self.home.path())
            .env("INFRA_SANDBOX_DIR", self.home.path().join("sandboxes"))
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    fn spawn(&self, words: &[&str]) -> Running {
        let process = self
            .command(words)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Running {
            process,
            line: format!("infra {}", words.join(" ")),
            home: self.home.path().to_string_lossy().into_owned(),
        }
    }
}

impl Running {
    /// Sends what Ctrl-C sends, and waits for the end.
    pub(crate) fn interrupt(self) -> Outcome {
        let sent = Command::new("kill")
            .args(["-INT", &self.process.id().to_string()])
            .status()
            .unwrap();
        assert!(sent.success());
        self.end()
    }

    /// Waits for the end.
    fn end(self) -> Outcome {
        let output = self.process.wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap().replace(&self.home, "~");
        Outcome {
            line: self.line.clone(),
            code: output.status.code().unwrap_or(-1),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}

impl Outcome {
    /// Stops the test, showing everything, unless the command ended with this code.
    #[track_caller]
    pub(crate) fn ends_with(self, code: i32) -> Self {
        assert!(self.code == code, "expected exit code {code}\n{self}");
        self
    }
}

/// What a person at a terminal would have seen, the streams apart.
impl fmt::Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "$ {}", self.line)?;
        for (name, text) in [("stdout", &self.stdout), ("stderr", &self.stderr)] {
            if !text.is_empty() {
                writeln!(f, "--- {name}")?;
                write!(f, "{text}")?;
                if !text.ends_with('\n') {
                    writeln!(f, "⏎ missing")?;
                }
            }
        }
        write!(f, "--- exit {}", self.code)
    }
}

fn copy(from: &Path, to: &Path) {
    for entry in std::fs::read_dir(from).unwrap() {
        let entry = entry.unwrap();
        let target = to.join(entry.file_name());
        if entry.file_type().unwrap().is_dir() {
            std::fs::create_dir_all(&target).unwrap();
            copy(&entry.path(), &target);
        } else {
            std::fs::copy(entry.path(), target).unwrap();
        }
    }
}
