//! One line: compiled with what is defined, evaluated, and taken over if it did not fail.

use super::super::compile::compile_knowing;
use super::super::earlier::input_name;
use super::super::script::{gather, guarded};
use super::{Inner, Ran, Shown};
use crate::diagnostic::{Diagnostic, Translator};
use rhai::{Dynamic, Scope};
use std::borrow::Cow;

/// The name of the last value.
pub(super) const LAST: &str = "it";

impl Inner {
    /// Evaluates a line, and takes over what it defines.
    pub(super) fn run(&mut self, line: &str) -> Result<Ran, Vec<Diagnostic>> {
        let text = whole(line);
        self.lines += 1;
        let name = input_name(self.lines);
        let name = self.state.sources.add(&name, &text).name;
        let ast = compile_knowing(&self.engine, &self.state, &name, &text, self.known())?;
        let translator = Translator::new(&self.state, &name, &ast);
        let before = self.scope.len();
        let Self { engine, scope, .. } = self;
        let given = guarded(&self.state, &translator, || {
            engine.eval_ast_with_scope::<Dynamic>(scope, &ast)
        });
        let taken = given.and_then(|value| {
            let value = value.flatten();
            self.take_imports(&ast, &name)?;
            self.take_functions(&ast)?;
            Ok(value)
        });
        let value = taken.inspect_err(|_| {
            self.scope.rewind(before);
        })?;
        self.take_variables(before);
        let shown = Shown::of(&value, &self.state);
        let mut environments = Vec::new();
        if gather(value.clone(), &mut environments).is_err() {
            environments.clear();
        }
        if !value.is_unit() {
            self.keep(LAST, value);
        }
        Ok(Ran {
            value: shown,
            environments,
        })
    }

    /// The names that a line may use, as the compiler wants them.
    fn known(&self) -> Scope<'static> {
        let mut known = Scope::new();
        for (name, constant, _) in self.scope.iter_raw() {
            if constant {
                known.push_constant(name, ());
            } else {
                known.push(name, ());
            }
        }
        known
    }

    /// Gives a variable a value, whatever it was.
    fn keep(&mut self, name: &str, value: Dynamic) {
        let before = self.scope.len();
        // A clone: what was a constant is none under this name.
        self.scope.push_dynamic(name, Clone::clone(&value));
        self.take_variables(before);
    }
}

/// A line as it is evaluated: one that begins with a dot goes on from the last value.
fn whole(line: &str) -> Cow<'_, str> {
    let line = line.trim_end();
    let begins = |text: &str| line.trim_start().starts_with(text);
    if (begins(".") && !begins("..")) || begins("?.") {
        Cow::Owned(format!("{LAST}{}", line.trim_start()))
    } else {
        Cow::Borrowed(line)
    }
}

#[cfg(test)]
mod tests {
    use super::whole;

    #[test]
    fn a_line_that_begins_with_a_dot_goes_on() {
        for (line, expected) in [
            (".replicas(3)", "it.replicas(3)"),
            ("  .a\n  .b", "it.a\n  .b"),
            ("?.a", "it?.a"),
            ("..3", "..3"),
            ("a.b", "a.b"),
            ("", ""),
        ] {
            assert_eq!(whole(line), expected);
        }
    }
}
