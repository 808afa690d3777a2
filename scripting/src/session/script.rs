//! Loading a script: reading, compiling, evaluating, and what it gave.

use super::compile::compile;
use super::describe::{Description, describe};
use super::engine::engine;
use super::files::{plain, read_script, script_text};
use super::host::Host;
use super::inputs::Parameter;
use super::procedure::{Procedure, plain_doc, procedures};
use super::state::State;
use super::thread::on_script_thread;
use crate::diagnostic::{Diagnostic, Sources, Span, Translator, article, did_you_mean};
use crate::table::{Value, Vocabulary, Words};
use infra_sdk::environment::{Environment, Problem, Problems};
use infra_sdk::object::Location;
use infra_sdk::types::in_words;
use rhai::{AST, Dynamic, Engine, EvalAltResult, Scope};
use std::{path::Path, sync::Arc};

/// Reads and evaluates scripts for a host.
#[derive(Clone, Debug)]
pub struct Session {
    host: Host,
}

/// A script that was evaluated.
#[derive(Debug)]
pub struct Script {
    pub(crate) state: Arc<State>,
    pub(crate) name: Arc<str>,
    pub(crate) text: Arc<str>,
    pub(crate) procedures: Vec<Procedure>,
    environments: Vec<Environment>,
    doc: String,
}

impl Session {
    /// A session for a host.
    pub fn new(host: Host) -> Self {
        Self { host }
    }

    /// Reads and evaluates a script. Every error that was found is reported, the first first.
    pub fn load(&self, path: &Path) -> Result<Script, Vec<Diagnostic>> {
        on_thread(|| {
            let (state, name, text) = self.open(path)?;
            evaluate(&state, name, &text)
        })
    }

    /// Evaluates a text as if it stood in a file of that name in the project root.
    pub fn load_text(&self, name: &str, text: &str) -> Result<Script, Vec<Diagnostic>> {
        on_thread(|| {
            let state = self.state()?;
            let path = self.host.root.join(name);
            let kept = note(&state, name, text, &path);
            evaluate(&state, kept, text)
        })
    }

    /// What a script has: for `infra list`. It is evaluated for what does not stand in it word for
    /// word; where it cannot be, such as for want of a required parameter, the rest is told.
    pub fn describe(&self, path: &Path) -> Result<Description, Vec<Diagnostic>> {
        let mut quiet = self.clone();
        quiet.host.print = Arc::new(|_| ());
        on_thread(|| {
            let (state, name, text) = quiet.open(path)?;
            let engine = engine(&state, &Words::of(&text));
            let ast = compile(&engine, &state, &name, &text)?;
            let mut description = describe(&ast);
            description.script = name.to_string();
            if let Ok(script) = evaluate(&state, name, &text) {
                let environments = script.environments.iter();
                description.environments = environments.map(|one| one.name().to_owned()).collect();
            }
            description.parameters = state.parameters.known();
            Ok(description)
        })
    }

    /// The words of the language, for documentation, completion and help.
    pub fn vocabulary(&self) -> Vocabulary {
        State::vocabulary_of(&self.host)
    }

    /// The state of a new run.
    pub(super) fn state(&self) -> Result<Arc<State>, Vec<Diagnostic>> {
        let root = if self.host.root.as_os_str().is_empty() {
            Path::new(".")
        } else {
            &self.host.root
        };
        let root = root.canonicalize().unwrap_or_else(|_| root.to_owned());
        State::new(self.host.clone(), root)
    }

    fn open(&self, path: &Path) -> Result<(Arc<State>, Arc<str>, String), Vec<Diagnostic>> {
        let state = self.state()?;
        let (name, text) = open(&state, path)?;
        Ok((state, name, text))
    }
}

/// Reads a script and keeps its text.
pub(super) fn open(state: &Arc<State>, path: &Path) -> Result<(Arc<str>, String), Vec<Diagnostic>> {
    let content = read_script(path).map_err(|error| {
        let message = match error.kind() {
            std::io::ErrorKind::NotFound => format!("`{}` does not exist", path.display()),
            _ => format!("`{}` cannot be read: {}", path.display(), in_words(&error)),
        };
        vec![Diagnostic::new(message)]
    })?;
    let text = script_text(content).ok_or_else(|| {
        vec![Diagnostic::new(format!(
            "`{}` is not text in UTF-8",
            path.display()
        ))]
    })?;
    let name = note(state, &plain(path).display().to_string(), &text, path);
    Ok((name, text))
}

/// Runs it on the script thread, from the first word of the language on: what is allocated on two
/// threads takes twice the pages.
pub(super) fn on_thread<T: Send>(
    body: impl FnOnce() -> Result<T, Vec<Diagnostic>> + Send,
) -> Result<T, Vec<Diagnostic>> {
    on_script_thread(body).unwrap_or_else(|panic| {
        Err(vec![Diagnostic::new(format!(
            "the script engine failed inside (`{panic}`): this is a fault of infra"
        ))])
    })
}

/// Keeps a script's text under the name that the user gave it.
fn note(state: &Arc<State>, shown: &str, text: &str, path: &Path) -> Arc<str> {
    let source = state.sources.add(shown, text);
    let file = path.canonicalize().unwrap_or_else(|_| plain(path));
    state.shown_like(Path::new(shown), &file);
    state.note_path(&source.name, file);
    source.name
}

impl Script {
    /// Its environments, in order.
    pub fn environments(&self) -> &[Environment] {
        &self.environments
    }

    /// Keeps some of its environments.
    pub(super) fn keep(&mut self, wanted: impl FnMut(&Environment) -> bool) {
        self.environments.retain(wanted);
    }

    /// The parameters that it asked for, with their values.
    pub fn parameters(&self) -> Vec<Parameter> {
        self.state.parameters.asked()
    }

    /// What it has, for `infra list`.
    pub fn description(&self) -> Description {
        let environments = self.environments.iter();
        Description {
            script: self.name.to_string(),
            doc: self.doc.clone(),
            environments: environments.map(|one| one.name().to_owned()).collect(),
            parameters: self.state.parameters.known(),
            procedures: self.procedures.clone(),
        }
    }

    /// Its procedures.
    pub fn procedures(&self) -> &[Procedure] {
        &self.procedures
    }

    /// The comment at its top (`//! …`).
    pub fn doc(&self) -> &str {
        &self.doc
    }

    /// Its name, as the user wrote it.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The place in a script, with its line.
    pub fn locate(&self, location: &Location) -> Option<Span> {
        self.state.sources.span(location)
    }

    /// Problems of an environment at the lines that caused them.
    pub fn problems(&self, problems: &Problems) -> Vec<Diagnostic> {
        problem_diagnostics(problems, &self.state.sources)
    }

    /// A message from elsewhere (the engine, the API server) at the line that it is about.
    pub fn diagnose(&self, message: &str, at: Option<&Location>, help: Option<&str>) -> Diagnostic {
        diagnose(message, at, help, &self.state.sources)
    }
}

/// Problems of an environment at the lines that caused them.
pub(crate) fn problem_diagnostics(problems: &Problems, sources: &Sources) -> Vec<Diagnostic> {
    let one = |problem: &Problem| {
        let help = problem.help.as_deref();
        diagnose(&problem.message, problem.at.as_ref(), help, sources)
    };
    problems.0.iter().map(one).collect()
}

fn diagnose(
    message: &str,
    at: Option<&Location>,
    help: Option<&str>,
    sources: &Sources,
) -> Diagnostic {
    let diagnostic = Diagnostic::new(message).at(at.and_then(|at| sources.span(at)));
    match help {
        Some(help) => diagnostic.help(help),
        None => diagnostic,
    }
}

/// A script that was evaluated, with what that left.
pub(super) struct Evaluated {
    pub(super) script: Script,
    pub(super) ast: AST,
    pub(super) scope: Scope<'static>,
}

fn evaluate(state: &Arc<State>, name: Arc<str>, text: &str) -> Result<Script, Vec<Diagnostic>> {
    let engine = engine(state, &Words::of(text));
    evaluate_in(&engine, state, name, text).map(|evaluated| evaluated.script)
}

/// What a run of the engine gave, in our words.
pub(super) fn guarded(
    state: &State,
    translator: &Translator<'_>,
    run: impl FnOnce() -> Result<Dynamic, Box<EvalAltResult>>,
) -> Result<Dynamic, Vec<Diagnostic>> {
    let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(run));
    if let Some(misuse) = state.take_misuse() {
        return Err(vec![misuse]);
    }
    match unwound {
        Ok(given) => given.map_err(|error| translator.translate(&error)),
        Err(_) => Err(vec![Diagnostic::new(
            "the script engine failed inside: this is a fault of infra",
        )]),
    }
}

/// Evaluates a script with an engine.
pub(super) fn evaluate_in(
    engine: &Engine,
    state: &Arc<State>,
    name: Arc<str>,
    text: &str,
) -> Result<Evaluated, Vec<Diagnostic>> {
    let ast = compile(engine, state, &name, text)?;
    let translator = Translator::new(state, &name, &ast);
    let mut scope = Scope::new();
    let value = guarded(state, &translator, || {
        engine.eval_ast_with_scope::<Dynamic>(&mut scope, &ast)
    })?;
    check_settings(state, &name)?;
    let mut environments = Vec::new();
    gather(value, &mut environments).map_err(|found| {
        let given = state
            .vocabulary
            .type_name(found.type_id())
            .unwrap_or_else(|| found.type_name());
        let at = ast.statements().last().and_then(|statement| {
            let position = statement.position();
            let source = state.sources.get(&name)?;
            Some(source.word(position.line()? as u32, position.position()? as u32))
        });
        vec![
            Diagnostic::new(format!(
                "a script gives an environment or an array of them, this one gives {}",
                article(given)
            ))
            .at(at)
            .help("end it with `environment(\"name\", [ … ])`"),
        ]
    })?;
    let script = Script {
        state: Arc::clone(state),
        name,
        text: text.into(),
        procedures: procedures(&ast),
        environments,
        doc: plain_doc(&[ast.doc()]),
    };
    Ok(Evaluated { script, ast, scope })
}

/// The environments in a script's value; what is none comes back as the error.
pub(super) fn gather(value: Dynamic, found: &mut Vec<Environment>) -> Result<(), Dynamic> {
    // By a list of what is left rather than by calls: arrays may be nested without an end.
    let mut left = vec![value];
    while let Some(value) = left.pop() {
        let value = value.flatten();
        if value.is_unit() {
            continue;
        }
        match value.try_cast_result::<rhai::Array>() {
            Ok(array) => left.extend(array.into_iter().rev()),
            Err(value) => {
                let environment = value.try_cast_result::<Value<Environment>>()?;
                found.push(environment.into_inner());
            }
        }
    }
    Ok(())
}

fn check_settings(state: &State, name: &str) -> Result<(), Vec<Diagnostic>> {
    let known = state.parameters.known();
    let mut names: Vec<&str> = known.iter().map(|one| one.name.as_str()).collect();
    names.sort_unstable();
    let errors: Vec<Diagnostic> = state
        .parameters
        .unknown()
        .into_iter()
        .map(|(unknown, at)| {
            let set = if at.is_some() { "" } else { ", which was set" };
            let error =
                Diagnostic::new(format!("`{name}` has no parameter `{unknown}`{set}")).at(at);
            match did_you_mean(&unknown, names.iter().copied()) {
                Some(meant) => error.help(meant),
                None if names.is_empty() => error.help("it has no parameters at all"),
                None => error.help(format!("its parameters are `{}`", names.join("`, `"))),
            }
        })
        .collect();
    if errors.is_empty() {
        Ok(())
    } else {
        Err(errors)
    }
}
