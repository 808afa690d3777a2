//! Compiling a script.

use super::describe::describe;
use super::state::State;
use crate::diagnostic::{Diagnostic, LexemeKind, lex, parse_error};
use crate::lint::lint;
use rhai::{AST, Engine, Scope};
use std::sync::Arc;

/// Compiles and lints a script.
///
/// The compiler is told the names of the top-level constants, so that functions may use them by
/// their plain names while every other unknown name stays an error.
pub(crate) fn compile(
    engine: &Engine,
    state: &State,
    name: &Arc<str>,
    text: &str,
) -> Result<AST, Vec<Diagnostic>> {
    compile_knowing(engine, state, name, text, Scope::new())
}

/// The same, where names are known that the script does not define.
pub(crate) fn compile_knowing(
    engine: &Engine,
    state: &State,
    name: &Arc<str>,
    text: &str,
    mut known: Scope<'_>,
) -> Result<AST, Vec<Diagnostic>> {
    for constant in constants(text) {
        known.push_constant(constant, ());
    }
    let mut ast = engine
        .compile_with_scope(&known, text)
        .map_err(|error| vec![parse_error(&error, state, name, text)])?;
    ast.set_source(name.as_ref());
    state.parameters.note(describe(&ast).parameters);
    let found = lint(&ast, engine, state, name);
    if found.is_empty() {
        Ok(ast)
    } else {
        Err(found)
    }
}

/// The names of the constants at the top level.
fn constants(text: &str) -> Vec<&str> {
    let mut depth = 0_u32;
    let mut found = Vec::new();
    let mut after_const = false;
    for lexeme in lex(text) {
        match lexeme.kind {
            LexemeKind::Symbol => {
                match lexeme.text {
                    "(" | "[" | "{" | "#{" | "?[" => depth += 1,
                    ")" | "]" | "}" => depth = depth.saturating_sub(1),
                    _ => {}
                }
                after_const = false;
            }
            LexemeKind::Word if after_const => {
                found.push(lexeme.text);
                after_const = false;
            }
            LexemeKind::Word => after_const = depth == 0 && lexeme.text == "const",
            LexemeKind::Comment => {}
            _ => after_const = false,
        }
    }
    found
}
