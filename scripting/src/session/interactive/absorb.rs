//! What a line or a script leaves to the lines after it: variables, functions, imports.

use super::super::engine::engine_with;
use super::super::resolver::ProjectResolver;
use super::super::script::{Script, evaluate_in};
use super::Inner;
use crate::diagnostic::{Diagnostic, Translator};
use crate::table::Words;
use rhai::{AST, Engine, EvalAltResult, Expr, Module, Position, Scope, Shared, Stmt};
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

impl Inner {
    /// Evaluates a script and takes over what it defines.
    pub(super) fn load(&mut self, name: Arc<str>, text: &str) -> Result<Script, Vec<Diagnostic>> {
        // An engine of its own: a script has nothing of the session.
        let own = engine_with(&self.state, &Words::of(text), self.resolver.clone());
        let evaluated = evaluate_in(&own, &self.state, Arc::clone(&name), text)?;
        self.take_imports(&evaluated.ast, &name)?;
        self.take_functions(&evaluated.ast)?;
        let mut constants = BTreeMap::new();
        let before = self.scope.len();
        for (variable, value, _) in evaluated.scope {
            if value.is_read_only() {
                constants.insert(variable.clone(), value.clone());
            }
            self.scope.push_dynamic(variable, value);
        }
        self.state.earlier.of_script(&name, constants);
        self.take_variables(before);
        self.environments = evaluated.script.environments().to_vec();
        Ok(evaluated.script)
    }

    /// Imports are found anew from now on, and parameters asked for anew.
    pub(super) fn renew(&mut self) {
        self.state.parameters.forget_asked();
        self.resolver = ProjectResolver::new(Arc::clone(&self.state));
        self.engine.set_module_resolver(self.resolver.clone());
    }

    /// Keeps what was imported at the top level under its name, for later lines and functions.
    pub(super) fn take_imports(
        &mut self,
        ast: &AST,
        source: &Arc<str>,
    ) -> Result<(), Vec<Diagnostic>> {
        for statement in ast.statements() {
            let Stmt::Import(import, position) = statement else {
                continue;
            };
            let (Expr::StringConstant(path, _), alias) = (&import.0, &import.1.name) else {
                continue;
            };
            if alias.is_empty() {
                continue;
            }
            let module = self
                .imported(source, path, *position)
                .map_err(|error| Translator::new(&self.state, source, ast).translate(&error))?;
            self.engine.register_static_module(alias.as_str(), module);
            if !self.imports.iter().any(|known| *known == alias.as_str()) {
                self.imports.push(alias.to_string());
            }
        }
        Ok(())
    }

    /// The module that was imported: the resolver has it.
    fn imported(
        &self,
        source: &Arc<str>,
        path: &str,
        position: Position,
    ) -> Result<Shared<Module>, Box<EvalAltResult>> {
        let mut global = self.engine.new_global_runtime_state();
        global.source = Some(source.as_ref().into());
        self.resolver
            .import(&self.engine, &mut global, path, position)
    }

    /// Keeps functions, closures among them: they stand in a module of their own, which knows where
    /// they were written, and hide those of their name and number of parameters.
    pub(super) fn take_functions(&mut self, ast: &AST) -> Result<(), Vec<Diagnostic>> {
        if !ast.has_functions() {
            return Ok(());
        }
        let module = functions(&self.engine, ast)
            .map_err(|error| vec![Diagnostic::new(error.to_string())])?;
        self.engine.register_global_module(module.into());
        for function in ast.iter_functions() {
            if !function.name.starts_with("anon$") {
                self.state.earlier.function(function.name, &function.params);
            }
        }
        Ok(())
    }

    /// Keeps the variables that stand in the scope from an index on, and drops those that they hide.
    pub(super) fn take_variables(&mut self, from: usize) {
        for (name, value, _) in (&self.scope).into_iter().skip(from) {
            let ty = self.state.vocabulary.type_name(value.type_id());
            let constant = value.is_read_only().then(|| value.clone());
            self.state.earlier.define(name, constant, ty);
        }
        let mut last: HashMap<String, usize> = HashMap::new();
        for (index, (name, _, _)) in (&self.scope).into_iter().enumerate() {
            last.insert(name.to_owned(), index);
        }
        if last.len() == self.scope.len() {
            return;
        }
        let scope = std::mem::take(&mut self.scope);
        for (index, (name, value, _)) in scope.into_iter().enumerate() {
            if last.get(name.as_str()) == Some(&index) {
                self.scope.push_dynamic(name, value);
            }
        }
    }
}

/// The functions of what was evaluated, as a module.
fn functions(engine: &Engine, ast: &AST) -> Result<Module, Box<EvalAltResult>> {
    let alone = ast.clone_functions_only();
    let mut global = engine.new_global_runtime_state();
    Module::eval_ast_as_new_raw(engine, &mut Scope::new(), &mut global, &alone)
}
