//! A script, read and evaluated with what the command line gives it.

use crate::args;
use crate::config::Project;
use crate::failure::Failure;
use crate::inputs::{Variables, parameter_files, parameters};
use crate::source::Sources;
use crate::ui::Ui;
use crate::{exit::Exit, view};
use infra_scripting::diagnostic::Diagnostic;
use infra_scripting::session::{Host, Script, Session};
use infra_sdk::engine::{EngineError, Refusal};
use infra_sdk::environment::{Platform, Problems, Rendered, together};
use infra_sdk::types::{in_words, yaml};
use serde_json::Value;
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A script that was evaluated, and its environments as objects.
pub(crate) struct Loaded {
    ui: Ui,
    /// Its surroundings.
    pub(crate) project: Project,
    /// As the user named it.
    pub(crate) file: String,
    chosen: Vec<String>,
    /// The script.
    pub(crate) script: Script,
    /// Its environments: those that were chosen.
    pub(crate) environments: Vec<Rendered>,
    /// The values of its secrets.
    pub(crate) secrets: Arc<Sources>,
}

impl Loaded {
    /// Reads, evaluates and renders.
    pub(crate) fn read(ui: Ui, script: &args::Script) -> Result<Self, Failure> {
        let (project, variables, loaded) = evaluated(ui, script)?;
        Self::of(ui, project, variables, script, loaded)
    }

    /// Renders what was evaluated.
    pub(crate) fn of(
        ui: Ui,
        project: Project,
        variables: Variables,
        script: &args::Script,
        loaded: Script,
    ) -> Result<Self, Failure> {
        let mut environments = Vec::new();
        let mut problems = Vec::new();
        with_platform(&project, |platform| {
            for environment in loaded.environments() {
                match environment.render_on(platform) {
                    Ok(rendered) => environments.push(rendered),
                    Err(found) => problems.extend(loaded.problems(&found)),
                }
            }
        })?;
        if problems.is_empty() {
            let all = loaded.environments().iter().zip(&environments);
            problems.extend(loaded.problems(&Problems(together(all))));
        }
        if !problems.is_empty() {
            return Err(shown(ui, &problems));
        }
        Ok(Self {
            ui,
            secrets: Arc::new(Sources::new(variables, &project)),
            project,
            file: script.file.display().to_string(),
            chosen: script.environment.clone(),
            script: loaded,
            environments,
        })
    }

    /// How a command on the same environments of the script is typed.
    pub(crate) fn typed(&self, command: &str) -> String {
        let mut words = vec!["infra", command, &self.file];
        words.extend(self.chosen.iter().flat_map(|name| ["--environment", name]));
        words.join(" ")
    }

    /// Stops at a `--namespace` that is not the environments' own.
    pub(crate) fn check_namespace(&self, wanted: Option<&str>) -> Result<(), Failure> {
        for environment in &self.environments {
            if let Some(wanted) = wanted.filter(|wanted| **wanted != environment.namespace) {
                return Err(Failure::usage(format!(
                    "the environment `{}` is for the namespace `{}`, and `--namespace {wanted}` says another",
                    environment.name, environment.namespace
                ))
                .help("the script decides: `.namespace(NAME)` changes it, and makes it another environment"));
            }
        }
        Ok(())
    }

    /// The script's environments; a script without any cannot be planned or applied.
    pub(crate) fn expect_environments(&self) -> Result<&[Rendered], Failure> {
        if self.environments.is_empty() {
            return Err(
                Failure::usage(format!("`{}` gives no environment", self.file))
                    .help("end it with `environment(\"name\", [ … ])`"),
            );
        }
        Ok(&self.environments)
    }

    /// An error of the engine, at the lines that it is about.
    pub(crate) fn engine_failure(&self, error: &EngineError) -> Failure {
        let (exit, refusals) = match error {
            EngineError::Refused(refusals) => (Exit::Failed, refusals),
            EngineError::Secrets(refusals) => (Exit::Usage, refusals),
            EngineError::NothingToDelete { .. }
            | EngineError::NothingToApply { .. }
            | EngineError::AmbiguousTarget { .. } => {
                return Failure {
                    help: error.help(),
                    ..Failure::usage(error.to_string())
                };
            }
            _ => {
                return Failure {
                    help: error.help(),
                    ..Failure::failed(error.to_string())
                };
            }
        };
        let diagnostics: Vec<Diagnostic> = refusals
            .iter()
            .map(|refusal| self.refusal(refusal))
            .collect();
        Failure {
            exit,
            ..shown(self.ui, &diagnostics)
        }
    }

    fn refusal(&self, refusal: &Refusal) -> Diagnostic {
        let field = refusal
            .field
            .as_ref()
            .map_or_else(String::new, |field| format!("{field}: "));
        self.script.diagnose(
            &format!("{}: {field}{}", refusal.id.short(), refusal.message),
            refusal.at.as_ref(),
            refusal.help.as_deref(),
        )
    }
}

/// A script, evaluated, with the environments that were chosen.
pub(crate) fn evaluated(
    ui: Ui,
    script: &args::Script,
) -> Result<(Project, Variables, Script), Failure> {
    let project = Project::of(&script.file)?;
    let variables = Variables::read(&script.env_file)?;
    let session = session(ui, &project, &variables, script)?;
    let shown = |errors: Vec<Diagnostic>| shown(ui, &errors);
    let mut loaded = session.load(&script.file).map_err(shown)?;
    // What is not chosen is not looked at: it may be for another cluster, where other things are.
    loaded.choose(&script.environment).map_err(shown)?;
    Ok((project, variables, loaded))
}

/// Looks at something with what the project's platform provides, whose files are read when they are
/// needed.
pub(crate) fn with_platform<T>(
    project: &Project,
    look: impl FnOnce(&Platform<'_>) -> T,
) -> Result<T, Failure> {
    let broken = RefCell::new(None);
    let platform = Platform::new(|| {
        let files = project.platform.iter().flatten();
        let objects: Result<Vec<Vec<Value>>, Failure> =
            files.map(|file| self::platform(file)).collect();
        let told = |failure| {
            broken.replace(Some(failure));
            Vec::new()
        };
        objects.map_or_else(told, |objects| objects.concat())
    });
    let seen = look(&platform);
    drop(platform);
    broken.into_inner().map_or(Ok(seen), Err)
}

/// A session for a script.
pub(crate) fn session(
    ui: Ui,
    project: &Project,
    variables: &Variables,
    script: &args::Script,
) -> Result<Session, Failure> {
    host(ui, project, variables, script).map(Session::new)
}

/// What the command gives a session.
pub(crate) fn host(
    ui: Ui,
    project: &Project,
    variables: &Variables,
    script: &args::Script,
) -> Result<Host, Failure> {
    let mut host = Host::new(shown_root(&script.file, &project.root));
    host.settings = parameters(&script.set)?;
    host.parameter_files = parameter_files(&script.params)?;
    let variables = variables.clone();
    host.variables = Arc::new(move |name| variables.get(name));
    host.print = Arc::new(move |text| ui.note(&format!("{text}\n")));
    Ok(host)
}

/// The project root as a user at the current folder would name it, so that places in imported files
/// are as short as the script's own.
fn shown_root(script: &Path, root: &Path) -> PathBuf {
    let own = script.parent().unwrap_or(Path::new(""));
    let mut shown = if own.as_os_str().is_empty() {
        PathBuf::from(".")
    } else {
        own.to_owned()
    };
    let absolute = own
        .canonicalize()
        .or_else(|_| Path::new(".").canonicalize())
        .unwrap_or_else(|_| root.to_owned());
    let above = absolute
        .strip_prefix(root)
        .map_or(0, |below| below.components().count());
    for _ in 0..above {
        if !shown.pop() || shown.as_os_str().is_empty() {
            return root.to_owned();
        }
    }
    shown
}

/// Errors of a script, ready to be shown.
pub(crate) fn shown(ui: Ui, diagnostics: &[Diagnostic]) -> Failure {
    Failure::drawn(Exit::Usage, view::diagnostics(ui.err_look(), diagnostics))
}

/// The objects of a file of those that the platform provides.
pub(crate) fn platform(path: &Path) -> Result<Vec<Value>, Failure> {
    let shown = path.display().to_string();
    let broken =
        |place: &str, problem: &str| Failure::usage(format!("cannot use `{place}`: {problem}"));
    let text = std::fs::read_to_string(path).map_err(|error| broken(&shown, &in_words(&error)))?;
    yaml::documents(&text).map_err(|error| broken(&error.place(&shown), &error.message))
}
