//! A script's function hides every method of its name: Rhai calls script functions first, with the
//! receiver as `this`.

use super::{Linted, walk};
use crate::diagnostic::{Diagnostic, LexemeKind, article, lex};
use crate::session::ClusterHandle;
use crate::table::{Row, ScriptType as _};
use rhai::Position;

pub(super) fn check(script: &Linted<'_>) -> Vec<Diagnostic> {
    let own = script.functions();
    let mut found: Vec<Diagnostic> = Vec::new();
    let mut reported: Vec<&str> = Vec::new();
    let mut called: Vec<(String, usize)> = Vec::new();
    walk::calls(script.ast, |call| {
        if call.method {
            called.push((call.call.name.to_string(), call.call.args.len()));
        }
    });
    for (name, parameters) in &own {
        let hides = script
            .state
            .vocabulary
            .named(name)
            .find(|row| row.is_method() && row.takes(*parameters));
        let used = called
            .iter()
            .any(|(method, count)| method == name && count == parameters);
        if let Some(row) = hides.filter(|_| used && !reported.contains(name)) {
            reported.push(name);
            let receiver = row.receiver_name().unwrap_or(ClusterHandle::NAME);
            found.push(
                script
                    .at(
                        format!(
                            "the function `{name}` hides the method `{name}` of {}",
                            article(receiver)
                        ),
                        definition(script, name),
                    )
                    .help("give the function another name"),
            );
        }
    }
    let functions = own.iter().filter(|(name, parameters)| {
        script
            .state
            .vocabulary
            .functions(name)
            .any(|row: &Row| row.takes(*parameters))
    });
    for (name, _) in functions {
        found.push(
            script
                .at(
                    format!("`{name}` is a function of the language already"),
                    definition(script, name),
                )
                .help("give yours another name"),
        );
    }
    found
}

/// Where a function's name stands in its definition.
fn definition(script: &Linted<'_>, name: &str) -> Position {
    let Some(source) = script.state.sources.get(script.name) else {
        return Position::NONE;
    };
    let lexemes: Vec<_> = lex(&source.text)
        .into_iter()
        .filter(|lexeme| lexeme.kind == LexemeKind::Word)
        .collect();
    lexemes
        .windows(2)
        .find(|pair| pair[0].text == "fn" && pair[1].text == name)
        .map_or(Position::NONE, |pair| {
            let place = |number: u32| u16::try_from(number).unwrap_or(u16::MAX);
            Position::new(place(pair[1].line), place(pair[1].column))
        })
}
