//! `import`: scripts below the project root, once each, and never in a circle.

use super::compile::compile;
use super::files::{FileError, read_below, script_text};
use super::state::State;
use crate::diagnostic::{Diagnostic, Raised};
use rhai::{
    Engine, EvalAltResult, FnNamespace, GlobalRuntimeState, Module, ModuleResolver, Position,
    Scope, Shared,
};
use std::{
    collections::HashMap,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
};

/// Finds and evaluates imported scripts.
///
/// `"./x"` and `"../x"` start at the importing file, anything else at the project root; `.rhai` is
/// appended. A module sees nothing of its importer.
///
/// Clones share what was imported.
#[derive(Clone)]
pub(crate) struct ProjectResolver {
    state: Arc<State>,
    done: Arc<Mutex<Done>>,
    open: Arc<Mutex<Vec<Opened>>>,
}

/// A file that is being imported, and how it is shown.
type Opened = (PathBuf, Arc<str>);

/// The modules of the files that were evaluated.
type Done = HashMap<PathBuf, Shared<Module>>;

type Resolved = Result<Shared<Module>, Box<EvalAltResult>>;

impl ProjectResolver {
    pub(crate) fn new(state: Arc<State>) -> Self {
        Self {
            state,
            done: Arc::default(),
            open: Arc::default(),
        }
    }

    /// The module of a path, as the source that runs in `global` names it.
    pub(super) fn import(
        &self,
        engine: &Engine,
        global: &mut GlobalRuntimeState,
        path: &str,
        position: Position,
    ) -> Resolved {
        let importer = global.source().unwrap_or_default().to_owned();
        let base = self.state.path_of(&importer);
        let name = if Path::new(path).extension().is_some_and(|end| end == "rhai") {
            path.to_owned()
        } else {
            format!("{path}.rhai")
        };
        let (file, content) = read_below(&self.state.root, base.as_deref(), &name)
            .map_err(|error| self.unreadable(&error, &importer, position))?;
        if let Some(module) = self.done().get(&file) {
            return Ok(Shared::clone(module));
        }
        let shown: Arc<str> = self.state.shown(&file).into();
        self.check_circle(&file, &shown, &importer, position)?;
        let text = script_text(content).ok_or_else(|| {
            Raised::diagnosed(self.at(
                &importer,
                position,
                format!("`{shown}` is not text in UTF-8"),
            ))
        })?;
        let source = self.state.sources.add(&shown, &text);
        self.state.note_path(&source.name, file.clone());
        self.open().push((file.clone(), Arc::clone(&shown)));
        let module = self.evaluate(engine, global, &source.name, &text);
        self.open().pop();
        let module = module.map_err(|error| {
            Box::new(EvalAltResult::ErrorInModule(
                shown.to_string(),
                error,
                position,
            ))
        })?;
        self.done().insert(file, Shared::clone(&module));
        Ok(module)
    }

    fn evaluate(
        &self,
        engine: &Engine,
        global: &mut GlobalRuntimeState,
        name: &Arc<str>,
        text: &str,
    ) -> Resolved {
        let ast = compile(engine, &self.state, name, text).map_err(Raised::many)?;
        let mut module = Module::eval_ast_as_new_raw(engine, &mut Scope::new(), global, &ast)?;
        // Since Rhai 1.26 a closure is found by its name alone, so those of a module must be visible
        // where its values go.
        let mut scratch = Module::new();
        for function in ast
            .iter_fn_def()
            .filter(|def| def.name.starts_with("anon$"))
        {
            let hash = scratch.set_script_fn(Shared::clone(function));
            #[allow(deprecated, reason = "Rhai's mark for what may change; it is pinned")]
            module.update_fn_namespace(hash, FnNamespace::Global);
        }
        module.build_index();
        Ok(module.into())
    }

    fn check_circle(
        &self,
        file: &Path,
        shown: &Arc<str>,
        importer: &str,
        position: Position,
    ) -> Result<(), Box<EvalAltResult>> {
        let open = self.open();
        let main = self.state.path_of(importer).filter(|path| path == file);
        let start = open.iter().position(|(path, _)| path == file);
        if main.is_none() && start.is_none() && !self.is_main(file) {
            return Ok(());
        }
        let mut way: Vec<&str> = open[start.unwrap_or(0)..]
            .iter()
            .map(|(_, name)| name.as_ref())
            .collect();
        if start.is_none() {
            way.insert(0, shown);
        }
        way.push(shown);
        let message = format!("scripts import each other in a circle: {}", way.join(" → "));
        drop(open);
        Err(Raised::diagnosed(
            self.at(importer, position, message)
                .help("move what both need into a third script"),
        ))
    }

    fn is_main(&self, file: &Path) -> bool {
        let paths = self
            .state
            .paths
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        paths.first().is_some_and(|(_, main)| main == file)
    }

    #[allow(
        clippy::unnecessary_box_returns,
        reason = "the engine's errors are boxed"
    )]
    fn unreadable(
        &self,
        error: &FileError,
        importer: &str,
        position: Position,
    ) -> Box<EvalAltResult> {
        let diagnostic = self.at(importer, position, error.to_string());
        Raised::diagnosed(match error {
            FileError::Outside(_) => diagnostic.help(format!(
                "scripts and files are read only below the project root, `{}`",
                self.state.root.display()
            )),
            FileError::Missing(path) if !path.starts_with('.') => diagnostic.help(format!(
                "a path without `./` starts at the project root, `{}`",
                self.state.root.display()
            )),
            _ => diagnostic,
        })
    }

    fn at(&self, importer: &str, position: Position, message: String) -> Diagnostic {
        let span = self.state.sources.get(importer).map(|source| {
            let line = position.line().unwrap_or(1) as u32;
            let column = position.position().unwrap_or(1) as u32;
            source.word(line, column)
        });
        Diagnostic::new(message).at(span)
    }

    fn done(&self) -> std::sync::MutexGuard<'_, Done> {
        self.done.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn open(&self) -> std::sync::MutexGuard<'_, Vec<(PathBuf, Arc<str>)>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl ModuleResolver for ProjectResolver {
    fn resolve(
        &self,
        engine: &Engine,
        _source: Option<&str>,
        path: &str,
        position: Position,
    ) -> Resolved {
        self.import(
            engine,
            &mut engine.new_global_runtime_state(),
            path,
            position,
        )
    }

    fn resolve_raw(
        &self,
        engine: &Engine,
        global: &mut GlobalRuntimeState,
        _scope: &mut Scope<'_>,
        path: &str,
        position: Position,
    ) -> Resolved {
        self.import(engine, global, path, position)
    }
}
