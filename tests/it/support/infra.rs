//! Runs the command in a clean place, on the cluster that was chosen.

use super::audit::{self, Request};
use super::cluster::{Access, Api, Target};
use super::door::Door;
use super::loose;
use super::outcome::Outcome;
use http::Method;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Condvar, Mutex, PoisonError};
use std::time::{Duration, Instant};

/// Commands that take the flags of a cluster.
const WITH_CLUSTER: [&str; 6] = ["run", "plan", "destroy", "status", "import", "repl"];

/// The command, an empty project folder to run it in, and a state folder of its own.
pub(crate) struct Infra {
    home: tempfile::TempDir,
    project: PathBuf,
    variables: Vec<(String, String)>,
    place: Option<Place>,
}

/// The test's place on a cluster.
struct Place {
    /// How a real cluster is reached.
    access: Option<Access>,
    /// How the commands reach it, where that differs.
    door: Option<Door>,
    /// What the names of its environments and namespaces begin with, where others are there too.
    prefix: String,
    /// Namespaces that are made by their own names, and are gone when the test ends.
    namespaces: Vec<String>,
    /// Goes last: the next test that makes them finds what this one left behind.
    _taken: Option<Taken>,
}

/// Names that one test at a time may use.
struct Taken(Vec<String>);

/// Those that a test uses now, and who waits for them.
static NAMES: (Mutex<Vec<String>>, Condvar) = (Mutex::new(Vec::new()), Condvar::new());

impl Taken {
    /// Waits until nobody else has any of these.
    fn all(names: &[String]) -> Self {
        let taken = NAMES.0.lock().unwrap_or_else(PoisonError::into_inner);
        let mut taken = NAMES
            .1
            .wait_while(taken, |taken| names.iter().any(|name| taken.contains(name)))
            .unwrap_or_else(PoisonError::into_inner);
        taken.extend_from_slice(names);
        Self(names.to_vec())
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        let mut taken = NAMES.0.lock().unwrap_or_else(PoisonError::into_inner);
        taken.retain(|name| !self.0.contains(name));
        NAMES.1.notify_all();
    }
}

/// A command that runs.
pub(crate) struct Running {
    process: std::process::Child,
    line: String,
    home: String,
    prefix: String,
}

/// The top of the repository.
pub(crate) fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR"))
        .parent()
        .expect("the command's crate stands in the repository")
        .to_owned()
}

impl Infra {
    /// In an empty project, without a cluster.
    pub(crate) fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let project = home.path().join("project");
        std::fs::create_dir(&project).unwrap();
        Self {
            home,
            project,
            variables: Vec::new(),
            place: None,
        }
    }

    /// On the cluster. Where others are on it too, the environments and namespaces of the test's
    /// scripts have a random prefix there, which is not shown.
    pub(crate) fn on_cluster() -> Self {
        let prefix = match Target::get() {
            Target::Sandbox => String::new(),
            Target::ControlPlane { .. } | Target::Own { .. } => random_prefix(),
        };
        Self::at(Place::new(prefix, Vec::new(), None))
    }

    /// On the cluster, with scripts as they are, which make these namespaces: no other test makes
    /// any of them meanwhile.
    pub(crate) fn alone(namespaces: &[impl ToString]) -> Self {
        let namespaces: Vec<String> = namespaces.iter().map(ToString::to_string).collect();
        let taken = Taken::all(&namespaces);
        Self::at(Place::new(String::new(), namespaces, Some(taken)))
    }

    fn at(place: Place) -> Self {
        Self {
            place: Some(place),
            ..Self::new()
        }
    }

    /// With a copy of an example as its project, beside what examples share.
    pub(crate) fn with_copy_of(self, example: &str) -> Self {
        self.with_copy_of_at("examples/platform", "../platform")
            .with_copy_of_at(example, "")
    }

    /// With a copy of a folder of the repository at a place of its project.
    pub(crate) fn with_copy_of_at(self, folder: &str, place: &str) -> Self {
        self.copy(&repository().join(folder), Path::new(place));
        self
    }

    /// Commands come in by another door from now on.
    pub(crate) fn through(mut self, door: Door) -> Self {
        self.place.as_mut().expect("a test on a cluster").door = Some(door);
        self
    }

    /// Commands come in as the administrator again.
    pub(crate) fn through_the_front(mut self) -> Self {
        self.place.as_mut().expect("a test on a cluster").door = None;
        self
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
        let script = path.extension().is_some_and(|end| end == "rhai");
        let text = match self.prefix() {
            "" => text.to_owned(),
            prefix if script => ["environment(\"", "namespace(\""]
                .iter()
                .fold(text.to_owned(), |text, word| {
                    text.replace(word, &format!("{word}{prefix}"))
                }),
            _ => text.to_owned(),
        };
        std::fs::write(path, text).unwrap();
        self
    }

    /// Reads a file of the project.
    pub(crate) fn read(&self, name: &str) -> String {
        let text = std::fs::read_to_string(self.project.join(name)).unwrap();
        without(&text, self.prefix())
    }

    /// What a namespace or an environment of the test's scripts is called on the cluster.
    pub(crate) fn name(&self, name: &str) -> String {
        format!("{}{name}", self.prefix())
    }

    /// Where the command keeps its sandboxes.
    pub(crate) fn sandboxes(&self) -> PathBuf {
        self.home.path().join("sandboxes")
    }

    /// The API of the test's cluster.
    pub(crate) fn api(&self) -> Api {
        let place = self.place.as_ref().expect("a test on a cluster");
        match &place.access {
            None => Api::of_sandbox(&self.sandboxes()),
            Some(access) => Api::of(access),
        }
    }

    /// An object in a namespace, by `plural/name`.
    pub(crate) fn object(
        &self,
        api: &str,
        namespace: &str,
        object: &str,
    ) -> Option<serde_json::Value> {
        self.api().get(&self.path(api, namespace, object))
    }

    /// The objects of a kind in a namespace.
    pub(crate) fn objects(
        &self,
        api: &str,
        namespace: &str,
        plural: &str,
    ) -> Vec<serde_json::Value> {
        self.api().list(&self.path(api, namespace, plural))
    }

    /// Makes a namespace of the test's, as the administrator.
    pub(crate) fn make_namespace(&self, name: &str) -> serde_json::Value {
        let metadata = serde_json::json!({"name": self.name(name)});
        let namespace =
            serde_json::json!({"apiVersion": "v1", "kind": "Namespace", "metadata": metadata});
        self.api().create("/api/v1/namespaces", &namespace)
    }

    /// The requests of the service account behind the test's door in a namespace, up to now.
    pub(crate) fn requests(&self, namespace: &str) -> Vec<Request> {
        let user = format!("system:serviceaccount:{}:engineer", self.name(namespace));
        // What is answered later than what was asked last is in the log by then.
        let last = format!("/livez?exclude={}", self.home().display());
        self.api().ask(&Method::GET, &last, None).unwrap_err();
        audit::requests(&user, self.prefix(), &last)
    }

    /// The path of what is in a namespace of the test's.
    pub(crate) fn path(&self, api: &str, namespace: &str, rest: &str) -> String {
        let root = if api.contains('/') { "apis" } else { "api" };
        format!("/{root}/{api}/namespaces/{}/{rest}", self.name(namespace))
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

    /// Runs `infra` with these words and something piped into it.
    pub(crate) fn run_piped(&self, line: &str, input: &str) -> Outcome {
        let words: Vec<&str> = line.split_whitespace().collect();
        let mut running = self.spawn_with(&words, Stdio::piped());
        let mut stdin = running.process.stdin.take().unwrap();
        // Who does not want it may be gone already.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        running.end()
    }

    /// Starts `infra` with these words and lets it run.
    pub(crate) fn start(&self, line: &str) -> Running {
        let words: Vec<&str> = line.split_whitespace().collect();
        self.spawn(&words)
    }

    /// The command in its place, not started yet.
    pub(crate) fn command(&self, words: &[&str]) -> Command {
        let program = env!("CARGO_BIN_EXE_infra");
        let door = self.place.as_ref().and_then(|place| place.door.as_ref());
        let mut command = match door {
            Some(door) => door.command(program),
            None => Command::new(program),
        };
        command
            .args(self.arguments(words))
            .current_dir(&self.project)
            .env_clear()
            .env("HOME", self.home())
            .env("INFRA_SANDBOX_DIR", self.sandboxes())
            .env("INFRA_SANDBOX_START", "2026-01-26T09:31:00Z")
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        command
    }

    /// The home folder of the commands.
    pub(crate) fn home(&self) -> &Path {
        self.home.path()
    }

    fn spawn(&self, words: &[&str]) -> Running {
        self.spawn_with(words, Stdio::null())
    }

    fn spawn_with(&self, words: &[&str], stdin: Stdio) -> Running {
        let process = self
            .command(words)
            .stdin(stdin)
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        Running {
            process,
            line: format!("infra {}", words.join(" ")),
            home: self.home.path().to_string_lossy().into_owned(),
            prefix: self.prefix().to_owned(),
        }
    }

    /// The words as they are typed on the test's cluster.
    fn arguments(&self, words: &[&str]) -> Vec<String> {
        let mut option = "";
        let mut arguments: Vec<String> = words
            .iter()
            .map(|word| {
                let is_prefixed = match option {
                    "--namespace" | "--environment" => true,
                    "--delete" => word.matches('/').count() == 2,
                    _ => false,
                };
                option = word;
                if is_prefixed {
                    self.name(word)
                } else {
                    (*word).to_owned()
                }
            })
            .collect();
        if let Some(place) = &self.place
            && words
                .first()
                .is_some_and(|word| WITH_CLUSTER.contains(word))
        {
            arguments.extend(place.flags());
        }
        arguments
    }

    fn prefix(&self) -> &str {
        self.place.as_ref().map_or("", |place| &place.prefix)
    }

    fn copy(&self, from: &Path, to: &Path) {
        for entry in std::fs::read_dir(from).unwrap() {
            let entry = entry.unwrap();
            let target = to.join(entry.file_name());
            if entry.file_type().unwrap().is_dir() {
                self.copy(&entry.path(), &target);
            } else {
                let text = std::fs::read_to_string(entry.path()).unwrap();
                self.write(&target.to_string_lossy(), &text);
            }
        }
    }
}

/// What tests make in no namespace.
const WHOLE: [&str; 3] = [
    "/api/v1/persistentvolumes",
    "/apis/storage.k8s.io/v1/storageclasses",
    "/apis/scheduling.k8s.io/v1/priorityclasses",
];

impl Place {
    fn new(prefix: String, namespaces: Vec<String>, taken: Option<Taken>) -> Self {
        let access = Target::get().access().cloned();
        if access.is_some() {
            loose::compare();
        }
        let place = Self {
            access,
            door: None,
            prefix,
            namespaces,
            _taken: taken,
        };
        place.clear();
        place
    }

    fn flags(&self) -> Vec<String> {
        match (&self.door, &self.access) {
            (Some(door), _) => door.flags(),
            (None, None) => vec!["--sandbox".to_owned()],
            (None, Some(access)) => access.flags(),
        }
    }

    /// Deletes the test's namespaces from a real cluster, and what is the whole cluster's and bears
    /// its names, and waits for the namespaces that the next test makes again.
    fn clear(&self) {
        let Some(access) = &self.access else {
            return;
        };
        let api = Api::of(access);
        let mine = |name: &str| {
            self.namespaces.iter().any(|one| one == name)
                || (!self.prefix.is_empty() && name.starts_with(&self.prefix))
        };
        for namespace in api.list("/api/v1/namespaces") {
            let name = namespace["metadata"]["name"].as_str().unwrap_or_default();
            if mine(name) {
                let path = format!("/api/v1/namespaces/{name}");
                api.send(Method::DELETE, &path, None);
                // A namespace takes half the time that its pods ask for their end: theirs are over at once.
                if matches!(Target::get(), Target::ControlPlane { .. }) {
                    let pods = format!("{path}/pods?gracePeriodSeconds=0");
                    api.send(Method::DELETE, &pods, None);
                }
            }
        }
        for collection in WHOLE {
            // Of others' clusters nothing is asked that a test does not need.
            if !matches!(Target::get(), Target::ControlPlane { .. }) {
                break;
            }
            for object in api.list(collection) {
                let name = object["metadata"]["name"].as_str().unwrap_or_default();
                if mine(name) {
                    api.send(Method::DELETE, &format!("{collection}/{name}"), None);
                }
            }
        }
        let end = Instant::now() + Duration::from_mins(2);
        while self
            .namespaces
            .iter()
            .any(|name| api.get(&format!("/api/v1/namespaces/{name}")).is_some())
        {
            assert!(Instant::now() < end, "{:?} do not go", self.namespaces);
            std::thread::sleep(Duration::from_millis(200));
        }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        // A test that failed on a cluster which no longer answers has already said so.
        let cleared = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| self.clear()));
        assert!(cleared.is_ok() || std::thread::panicking());
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

    /// Kills it, as nobody can prevent, and waits for the end.
    pub(crate) fn kill(mut self) -> Outcome {
        self.process.kill().unwrap();
        self.end()
    }

    /// Waits for the end.
    pub(crate) fn end(self) -> Outcome {
        let output = self.process.wait_with_output().unwrap();
        let text = |bytes: Vec<u8>| {
            let text = String::from_utf8(bytes).unwrap().replace(&self.home, "~");
            without(&text, &self.prefix)
        };
        Outcome {
            line: self.line.clone(),
            code: output.status.code().unwrap_or(-1),
            stdout: text(output.stdout),
            stderr: text(output.stderr),
        }
    }
}

/// A text with the plain names.
fn without(text: &str, prefix: &str) -> String {
    if prefix.is_empty() {
        text.to_owned()
    } else {
        text.replace(prefix, "")
    }
}

/// Names that nobody else has.
fn random_prefix() -> String {
    let mut bytes = [0; 4];
    getrandom::fill(&mut bytes).unwrap();
    format!("it-{:08x}-", u32::from_be_bytes(bytes))
}
