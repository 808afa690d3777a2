//! What is wrong with a script before it runs: names that do not exist, also where the script does
//! not come by, results that are thrown away, and functions that would hide methods.

mod discarded;
mod hidden;
mod in_place;
mod names;
mod switches;
mod types;
mod walk;

use crate::diagnostic::Diagnostic;
use crate::session::State;
use rhai::{AST, Engine, Position};
use std::sync::Arc;

/// Everything that is wrong, in the order of the lines.
pub(crate) fn lint(ast: &AST, engine: &Engine, state: &State, name: &Arc<str>) -> Vec<Diagnostic> {
    let script = Linted {
        ast,
        engine,
        state,
        name,
        earlier: state.earlier.functions(name),
    };
    let types = types::Types::of(&script);
    let mut found = names::check(&script, &types);
    found.extend(switches::check(&script, &types));
    found.extend(discarded::check(&script));
    found.extend(hidden::check(&script));
    found.extend(in_place::check(&script));
    found.sort_by_key(|diagnostic| diagnostic.at.as_ref().map(|at| (at.line, at.column)));
    found.dedup();
    if found.len() > MOST {
        found.truncate(MOST);
        found.push(Diagnostic::new(format!(
            "there are more errors than these {MOST}"
        )));
    }
    found
}

/// How many errors are told: to look for what was meant takes a while for each, and nobody reads more.
const MOST: usize = 100;

/// The script that is looked at.
struct Linted<'a> {
    ast: &'a AST,
    engine: &'a Engine,
    state: &'a State,
    name: &'a Arc<str>,
    /// Functions that it has without defining them.
    earlier: Vec<(String, usize)>,
}

impl Linted<'_> {
    fn at(&self, message: String, position: Position) -> Diagnostic {
        let span = self.state.sources.get(self.name).and_then(|source| {
            let (line, column) = (position.line()?, position.position()?);
            Some(source.word(line as u32, column as u32))
        });
        Diagnostic::new(message).at(span)
    }

    /// The functions of the script itself, and of earlier lines where it is a line of a session:
    /// names, numbers of parameters.
    fn functions(&self) -> Vec<(&str, usize)> {
        let earlier = self
            .earlier
            .iter()
            .map(|(name, count)| (name.as_str(), *count));
        let own = self.ast.iter_functions();
        own.map(|function| (function.name, function.params.len()))
            .chain(earlier)
            .collect()
    }
}
