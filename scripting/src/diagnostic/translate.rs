//! Errors of a run, in words that help: from the engine's data and our own rows.

use super::limit::limit;
use super::names::article;
use super::raised::{Kind, Raised};
use super::{Diagnostic, Frame, Source, Span, parse_error};
use crate::session::{State, count};
use crate::table::{Effect, Fault, Mismatch};
use crate::table::{JOINED_ALONE, ScriptType as _};
use infra_sdk::object::SecretText;
use rhai::{AST, EvalAltResult, ParseError, Position};
use std::sync::Arc;

/// Turns the engine's errors into diagnostics.
pub(crate) struct Translator<'a> {
    pub(super) state: &'a State,
    main: Arc<str>,
    /// Functions of the main script by name and number of parameters: an error in a callback is
    /// reported with the wrong source.
    pub(super) functions: Vec<(String, usize)>,
}

impl<'a> Translator<'a> {
    pub(crate) fn new(state: &'a State, main: &Arc<str>, ast: &AST) -> Self {
        Self {
            state,
            main: Arc::clone(main),
            functions: ast
                .iter_functions()
                .map(|function| (function.name.to_owned(), function.params.len()))
                .collect(),
        }
    }

    /// The diagnostics of an error; never none.
    pub(crate) fn translate(&self, error: &EvalAltResult) -> Vec<Diagnostic> {
        self.translate_from(self.main.to_string(), error)
    }

    /// The same for a procedure, whose first call stands in no script.
    pub(crate) fn translate_call(&self, error: &EvalAltResult) -> Vec<Diagnostic> {
        self.translate_from(String::new(), error)
    }

    fn translate_from(&self, start: String, error: &EvalAltResult) -> Vec<Diagnostic> {
        let mut source = start;
        let mut frames: Vec<Frame> = Vec::new();
        let mut error = error;
        let mut at = Position::NONE;
        loop {
            match error {
                EvalAltResult::ErrorInFunctionCall(name, callee, inner, position) => {
                    self.frame(&mut frames, &source, name, *position);
                    if self.functions.iter().any(|(known, _)| known == name) {
                        source = self.main.to_string();
                    } else if !callee.is_empty() {
                        source.clone_from(callee);
                    }
                    at = *position;
                    error = inner;
                }
                EvalAltResult::ErrorInModule(name, inner, position) => {
                    frames.push(Frame {
                        message: format!("imported here, as `{name}`"),
                        at: self.span(&source, *position),
                    });
                    source.clone_from(name);
                    at = Position::NONE;
                    error = inner;
                }
                _ => break,
            }
        }
        let position = match error.position() {
            position if position.is_none() => at,
            position => position,
        };
        frames.reverse();
        let mut found = self.explain(error, &source, position);
        for diagnostic in &mut found {
            diagnostic.frames.extend(frames.iter().cloned());
        }
        found
    }

    fn frame(&self, frames: &mut Vec<Frame>, source: &str, name: &str, position: Position) {
        let Some(span) = self.span(source, position) else {
            return;
        };
        // `map` and `filter` report their closure twice.
        let again = frames
            .last()
            .is_some_and(|last| last.at.as_ref() == Some(&span));
        if !again {
            let message = if name.starts_with("anon$") {
                "called from here".to_owned()
            } else {
                format!("in `{name}`, called from here")
            };
            frames.push(Frame {
                message,
                at: Some(span),
            });
        }
    }

    pub(super) fn source(&self, name: &str) -> Option<Source> {
        self.state.sources.get(name)
    }

    pub(super) fn span(&self, source: &str, position: Position) -> Option<Span> {
        let (line, column) = (position.line()?, position.position().unwrap_or(1));
        Some(self.source(source)?.word(line as u32, column.max(1) as u32))
    }

    fn explain(&self, error: &EvalAltResult, source: &str, position: Position) -> Vec<Diagnostic> {
        let span = self.span(source, position);
        let here = |message: String| Diagnostic::new(message).at(span.clone());
        let one = match error {
            EvalAltResult::ErrorRuntime(value, _) => {
                if let Some(raised) = value.read_lock::<Raised>() {
                    return self.raised(&raised, source, position);
                }
                // What is not the language's own has no text here but the name of its Rust type.
                let text = if value.type_name().contains("::") {
                    String::new()
                } else {
                    value.to_string()
                };
                here(if text.is_empty() { "the script threw an error".to_owned() } else { text })
            }
            EvalAltResult::ErrorParsing(kind, position) => {
                let error = ParseError(Box::new(kind.clone()), *position);
                let text = self.source(source).map(|source| source.text);
                parse_error(&error, self.state, source, text.as_deref().unwrap_or_default())
            }
            EvalAltResult::ErrorFunctionNotFound(signature, _) => {
                self.function(signature, source, position)
            }
            EvalAltResult::ErrorDotExpr(text, _) => self.property(text, span.clone()),
            EvalAltResult::ErrorVariableNotFound(name, _) => self.variable(name, source, here),
            EvalAltResult::ErrorPropertyNotFound(name, _) => self.key(name, source, here),
            EvalAltResult::ErrorModuleNotFound(name, _) => {
                here(format!("there is no module `{name}`"))
                    .help("import it at the top of the script: `import \"…\" as name;`")
            }
            EvalAltResult::ErrorMismatchDataType(expected, found, _)
            | EvalAltResult::ErrorMismatchOutputType(expected, found, _) => here(format!(
                "expected {}, got {}",
                article(expected),
                article(found)
            )),
            EvalAltResult::ErrorIndexingType(text, _) => {
                let of = text.split(" [").next().unwrap_or(text);
                let error = here(format!("{} has no elements", article(of)));
                if of.trim() == SecretText::NAME { error.help(JOINED_ALONE) } else { error }
            }
            EvalAltResult::ErrorFor(_) => here("this cannot be gone through with `for`".to_owned())
                .help("`for` goes through arrays, strings and ranges such as `0..3`; of a map, through `map.keys()`"),
            EvalAltResult::ErrorAssignmentToConstant(name, _) => {
                here(format!("`{name}` is a constant and keeps its value"))
            }
            EvalAltResult::ErrorNonPureMethodCallOnConstant(name, _) => {
                let name = name.trim_start_matches("set$").trim_start_matches("get$");
                here(format!("`{name}` changes a value, and this one is a constant"))
                    .help("copy it first: `let copy = CONSTANT;`")
            }
            EvalAltResult::ErrorArrayBounds(size, index, _) => here(format!(
                "there is no element {index} in an array of {}",
                count(*size, "element")
            )),
            EvalAltResult::ErrorStringBounds(size, index, _) => here(format!(
                "there is no character {index} in a string of {}",
                count(*size, "character")
            )),
            other => limit(other, here),
        };
        vec![one]
    }

    fn raised(&self, raised: &Raised, source: &str, position: Position) -> Vec<Diagnostic> {
        let span = self.span(source, position);
        let message = raised.message();
        let diagnostic = Diagnostic::new(message).at(span);
        vec![match raised.kind() {
            Kind::Diagnosed(diagnostics) => return diagnostics.clone(),
            Kind::Several(errors) => {
                let each = errors.iter();
                let each = each.flat_map(|error| self.translate_from(source.to_owned(), error));
                return each.collect();
            }
            Kind::Failed { help, .. } => diagnostic.help(help),
            Kind::Row {
                name,
                signature,
                effect,
                fault,
                ..
            } => match fault {
                Fault::Argument(index, mismatch) => {
                    let diagnostic = self.argument(diagnostic, source, position, *index, mismatch);
                    if mismatch.sentence.is_some() {
                        diagnostic
                    } else {
                        diagnostic.help(signature)
                    }
                }
                Fault::Failed {
                    help: Some(help), ..
                } => diagnostic.help(help),
                Fault::Refused => {
                    let does = match effect {
                        Effect::Reads => "reads the cluster",
                        Effect::Writes => "changes the cluster",
                        _ => "talks to the world",
                    };
                    let diagnostic = Diagnostic::new(format!(
                        "`{name}` {does}, which a script may do in a procedure alone"
                    ))
                    .at(diagnostic.at);
                    diagnostic.help(format!(
                        "put it into a function with a doc comment and run that: `infra run {} NAME`",
                        self.main
                    ))
                }
                _ => diagnostic,
            },
        }]
    }

    /// The argument itself is shown rather than the function's name, and in a map the key.
    fn argument(
        &self,
        diagnostic: Diagnostic,
        source: &str,
        position: Position,
        index: usize,
        mismatch: &Mismatch,
    ) -> Diagnostic {
        let place = position
            .line()
            .zip(position.position())
            .and_then(|(line, column)| {
                let source = self.source(source)?;
                let (line, column) = (line as u32, column as u32);
                mismatch
                    .key
                    .then(|| source.key(line, column, index, &mismatch.path))
                    .flatten()
                    .map(|key| (key, mismatch.path.len()))
                    .or_else(|| source.inside_argument(line, column, index, &mismatch.path))
            });
        let diagnostic = match place {
            // The value came from elsewhere: what is shown is only what it was taken from.
            Some((at, found)) if mismatch.sentence.is_some() => match &mismatch.path[found..] {
                // What is nested deeper than this tells nothing.
                steps @ [_, ..] if steps.len() <= 3 => {
                    let label = format!("under `{}`", steps.join("."));
                    diagnostic.at(Some(at)).label(label)
                }
                _ => diagnostic.at(Some(at)),
            },
            Some((at, _)) => diagnostic.at(Some(at)),
            None => diagnostic,
        };
        match &mismatch.help {
            Some(help) => diagnostic.help(help),
            None => diagnostic,
        }
    }

    fn variable(
        &self,
        name: &str,
        source: &str,
        here: impl Fn(String) -> Diagnostic,
    ) -> Diagnostic {
        if let Some(parts) = name
            .rsplit_once("::")
            .filter(|(module, _)| *module != "global")
        {
            return self.library_constant(parts, source, here);
        }
        let defined = self.source(source).and_then(|source| {
            let lexemes = super::lex(&source.text);
            let at = lexemes
                .windows(2)
                .find(|pair| pair[0].text == "const" && pair[1].text == name)?;
            Some(source.word(at[1].line, at[1].column))
        });
        match defined {
            Some(at) => here(format!("the constant `{name}` has no value yet"))
                .note("it gets its value only here", Some(at))
                .help("define it before the first call of a function that uses it"),
            None => here(format!("there is no variable `{name}`")),
        }
    }
}
