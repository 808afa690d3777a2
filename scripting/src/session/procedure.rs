//! Functions of a script that are run on demand against the live cluster.

use super::compile::compile;
use super::engine::engine;
use super::live::{Live, LiveOptions};
use super::reach::Reach;
use super::script::Script;
use super::state::State;
use super::thread::with_jobs;
use crate::diagnostic::{Diagnostic, Translator, did_you_mean};
use crate::table::{Value, Words};
use infra_sdk::object::SecretText;
use rhai::{AST, Dynamic, Engine, EvalAltResult, FnAccess, Module, Scope};
use std::sync::Arc;

/// A function of a script with a doc comment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Procedure {
    /// Its name.
    pub name: String,
    /// The names of its parameters. Arguments are strings.
    pub parameters: Vec<String>,
    /// Its doc comment, without the slashes.
    pub doc: String,
}

/// What a procedure did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    /// What it gave, as text; `None` for `()`.
    pub value: Option<String>,
    /// The changes that it made, or in a dry run would have made.
    pub changes: Vec<String>,
}

/// The documented public functions of a script, in the order of their names.
pub(crate) fn procedures(ast: &AST) -> Vec<Procedure> {
    let mut found: Vec<Procedure> = ast
        .iter_functions()
        .filter(|function| function.access == FnAccess::Public && function.this_type.is_none())
        .filter(|function| !function.comments.is_empty())
        .map(|function| Procedure {
            name: function.name.to_owned(),
            parameters: function
                .params
                .iter()
                .map(|name| (*name).to_owned())
                .collect(),
            doc: plain_doc(&function.comments),
        })
        .collect();
    found.sort_by(|a, b| a.name.cmp(&b.name));
    found
}

/// Doc comments without their marks.
pub(crate) fn plain_doc(comments: &[&str]) -> String {
    let lines = comments
        .iter()
        .flat_map(|comment| comment.lines())
        .map(|line| {
            let line = line.trim();
            let line = line
                .strip_prefix("///")
                .or_else(|| line.strip_prefix("//!"))
                .or_else(|| line.strip_prefix("/**"))
                .or_else(|| line.strip_prefix('*'))
                .unwrap_or(line);
            line.trim_end_matches("*/").trim()
        });
    lines.collect::<Vec<_>>().join("\n").trim().to_owned()
}

impl Script {
    /// Runs a procedure. The future must be polled on the runtime that the cluster's client needs; it
    /// does the procedure's requests itself, while the script waits on a thread of its own.
    pub async fn call(
        &self,
        name: &str,
        arguments: Vec<String>,
        options: LiveOptions,
    ) -> Result<Call, Vec<Diagnostic>> {
        self.check_call(name, arguments.len())
            .map_err(|error| vec![*error])?;
        let environments = self.environments().to_vec();
        let (state, source, text) = (
            Arc::clone(&self.state),
            Arc::clone(&self.name),
            Arc::clone(&self.text),
        );
        let procedure = name.to_owned();
        with_jobs(move |jobs| {
            let live = Arc::new(Live::new(options, jobs, environments, Arc::clone(&state)));
            let value = run(&state, &source, &text, &procedure, arguments, &live);
            state.set_reach(Reach::Nothing);
            value.map(|value| Call {
                value,
                changes: live.changes(),
            })
        })
        .await?
    }

    /// Whether a procedure can be called so: it is there, and takes so many arguments.
    pub fn check_call(&self, name: &str, given: usize) -> Result<(), Box<Diagnostic>> {
        let Some(procedure) = self.procedures.iter().find(|known| known.name == name) else {
            let names = self.procedures.iter().map(|known| known.name.as_str());
            let list: Vec<String> = names.clone().map(|name| format!("`{name}`")).collect();
            let error = Diagnostic::new(format!("`{}` has no procedure `{name}`", self.name));
            let error = match did_you_mean(name, names) {
                Some(meant) => error.help(meant),
                None => error,
            };
            return Err(Box::new(if list.is_empty() {
                error.help("a procedure is a function with a doc comment: `/// What it does.`")
            } else {
                error.help(format!("its procedures are {}", list.join(", ")))
            }));
        };
        let wanted = procedure.parameters.len();
        if wanted == given {
            return Ok(());
        }
        let usage: Vec<String> = procedure
            .parameters
            .iter()
            .map(|name| format!(" {}", name.to_uppercase()))
            .collect();
        Err(Box::new(
            Diagnostic::new(format!(
                "`{name}` takes {}, {given} given",
                count(wanted, "argument")
            ))
            .help(format!(
                "usage: infra run {} {name}{}",
                self.name,
                usage.concat()
            )),
        ))
    }
}

/// "1 argument", "2 arguments".
pub(crate) fn count(number: usize, what: &str) -> String {
    if number == 1 {
        format!("1 {what}")
    } else {
        format!("{number} {what}s")
    }
}

type Answer = Result<Option<String>, Vec<Diagnostic>>;

fn run(
    state: &Arc<State>,
    source: &Arc<str>,
    text: &str,
    name: &str,
    arguments: Vec<String>,
    live: &Arc<Live>,
) -> Answer {
    let words = Words::of(text);
    let engine = engine(state, &words);
    let ast = compile(&engine, state, source, text)?;
    let translator = Translator::new(state, source, &ast);
    let unwound = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| {
        call(&engine, &words, state, &ast, name, arguments, live)
    }));
    if let Some(misuse) = state.take_misuse() {
        return Err(vec![misuse]);
    }
    match unwound {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(Failed::Evaluating(error))) => Err(translator.translate(&error)),
        Ok(Err(Failed::Running(error))) => Err(translator.translate_call(&error)),
        Err(_) => Err(vec![Diagnostic::new(
            "the script engine failed inside: this is a fault of infra",
        )]),
    }
}

/// Where a call failed: at the script's top level, or in the procedure.
enum Failed {
    Evaluating(Box<EvalAltResult>),
    Running(Box<EvalAltResult>),
}

/// Evaluates the script's top level once more, without a cluster, and only then the procedure with
/// one: what the top level makes is the same as in a plan.
fn call(
    engine: &Engine,
    words: &Words<'_>,
    state: &Arc<State>,
    ast: &AST,
    name: &str,
    arguments: Vec<String>,
    live: &Arc<Live>,
) -> Result<Option<String>, Failed> {
    let mut global = engine.new_global_runtime_state();
    let module = Module::eval_ast_as_new_raw(engine, &mut Scope::new(), &mut global, ast)
        .map_err(Failed::Evaluating)?;
    let mut caller = super::engine::engine(state, words);
    caller.register_static_module("script", module.into());
    state.set_reach(Reach::Now(Arc::clone(live)));
    let mut scope = Scope::new();
    let names: Vec<String> = (0..arguments.len())
        .map(|index| format!("a{index}"))
        .collect();
    for (name, argument) in names.iter().zip(arguments) {
        scope.push(name.as_str(), argument);
    }
    let line = format!("script::{name}({})", names.join(", "));
    let value = caller
        .eval_with_scope::<Dynamic>(&mut scope, &line)
        .map_err(Failed::Running)?;
    if value.is_unit() {
        return Ok(None);
    }
    if let Some(secret) = value.read_lock::<Value<SecretText>>() {
        return Ok(Some(secret.get().token()));
    }
    // As `print` would show it: a builder is its name.
    scope.push_dynamic("value", value);
    caller
        .eval_with_scope::<String>(&mut scope, "`${value}`")
        .map(Some)
        .map_err(Failed::Running)
}
