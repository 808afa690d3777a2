//! Errors of a run, in words that help: from the engine's data and our own rows.

use super::names::article;
use super::{Diagnostic, Frame, Source, Span, closest, did_you_mean, parse_error};
use crate::session::{State, count};
use crate::table::{Effect, Fault, Mismatch, Row, Vocabulary};
use rhai::{AST, Dynamic, EvalAltResult, NativeCallContext, ParseError, Position};
use std::sync::Arc;

/// An error of our own, as it travels through the engine.
#[derive(Clone, Debug)]
pub(crate) struct Raised(Arc<Kind>);

#[derive(Debug)]
enum Kind {
    /// A row's call failed: its name as a user writes it, its parameters, its signature.
    Row {
        name: String,
        parameters: Vec<&'static str>,
        signature: String,
        effect: Effect,
        fault: Fault,
    },
    /// Something else failed where the call stands.
    Failed { message: String, help: String },
    /// A map lacks a key.
    Key { key: String, known: Vec<String> },
    /// Errors with their own places.
    Diagnosed(Vec<Diagnostic>),
}

impl Raised {
    fn boxed(kind: Kind, position: Position) -> Box<EvalAltResult> {
        Box::new(EvalAltResult::ErrorRuntime(
            Dynamic::from(Self(Arc::new(kind))),
            position,
        ))
    }

    /// A row's fault, at its call. Rhai itself gives calls of `module::function()` no position.
    pub(crate) fn in_row(
        context: &NativeCallContext<'_>,
        row: &Row,
        fault: Fault,
    ) -> Box<EvalAltResult> {
        match fault {
            Fault::Cancelled => Box::new(EvalAltResult::ErrorTerminated(
                "cancelled".into(),
                context.call_position(),
            )),
            Fault::Diagnosed(diagnostics) => Self::many(diagnostics),
            fault => Self::boxed(
                Kind::Row {
                    name: row.name.to_owned(),
                    parameters: row.arguments.iter().map(|argument| argument.name).collect(),
                    signature: row.signature(),
                    effect: row.effect,
                    fault,
                },
                context.call_position(),
            ),
        }
    }

    pub(crate) fn failed(
        context: &NativeCallContext<'_>,
        message: &str,
        help: &str,
    ) -> Box<EvalAltResult> {
        Self::boxed(
            Kind::Failed {
                message: message.to_owned(),
                help: help.to_owned(),
            },
            context.call_position(),
        )
    }

    pub(crate) fn missing_key(_state: &State, key: &str, known: &[&str]) -> Box<EvalAltResult> {
        Self::boxed(
            Kind::Key {
                key: key.to_owned(),
                known: known.iter().map(|name| (*name).to_owned()).collect(),
            },
            Position::NONE,
        )
    }

    pub(crate) fn diagnosed(diagnostic: Diagnostic) -> Box<EvalAltResult> {
        Self::many(vec![diagnostic])
    }

    pub(crate) fn many(diagnostics: Vec<Diagnostic>) -> Box<EvalAltResult> {
        Self::boxed(Kind::Diagnosed(diagnostics), Position::NONE)
    }

    /// The message, for `catch (error)`.
    pub(crate) fn message(&self) -> String {
        match self.0.as_ref() {
            Kind::Row {
                name,
                parameters,
                fault,
                ..
            } => match fault {
                Fault::Argument(index, mismatch) => argument(name, parameters, *index, mismatch),
                Fault::Failed { message, .. } => message.clone(),
                _ => format!("`{name}` cannot be called here"),
            },
            Kind::Failed { message, .. } => message.clone(),
            Kind::Key { key, .. } => format!("the map has no key `{key}`"),
            Kind::Diagnosed(diagnostics) => diagnostics
                .first()
                .map(|diagnostic| diagnostic.message.clone())
                .unwrap_or_default(),
        }
    }
}

fn argument(name: &str, parameters: &[&str], index: usize, mismatch: &Mismatch) -> String {
    if let Some(sentence) = &mismatch.sentence {
        return sentence.clone();
    }
    let problem = &mismatch.problem;
    let inside = match mismatch.path.as_slice() {
        [] => String::new(),
        path => path
            .iter()
            .rev()
            .fold(String::new(), |text, step| match step.parse::<usize>() {
                Ok(index) => format!("{text}element {} of ", index + 1),
                Err(_) => format!("{text}`{step}` of "),
            }),
    };
    match parameters {
        [only] if name == *only => format!("{inside}`{name}` {problem}"),
        _ => match parameters.get(index) {
            Some(parameter) => format!("{inside}`{parameter}` of `{name}` {problem}"),
            None => format!("an argument of `{name}` {problem}"),
        },
    }
}

/// Turns the engine's errors into diagnostics.
pub(crate) struct Translator<'a> {
    state: &'a State,
    main: Arc<str>,
    /// Functions of the main script by name and number of parameters: an error in a callback is
    /// reported with the wrong source.
    functions: Vec<(String, usize)>,
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

    fn source(&self, name: &str) -> Option<Source> {
        self.state.sources.get(name)
    }

    fn span(&self, source: &str, position: Position) -> Option<Span> {
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
                let text = self.state.secrets.mask(&value.to_string());
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
            EvalAltResult::ErrorPropertyNotFound(name, _) => {
                here(format!("the map has no key `{name}`"))
            }
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
                here(format!("{} has no elements", article(of)))
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
            other => self.limit(other, here),
        };
        vec![one]
    }

    fn limit(&self, error: &EvalAltResult, here: impl Fn(String) -> Diagnostic) -> Diagnostic {
        match error {
            EvalAltResult::ErrorTooManyOperations(_) => {
                here("the script does not end: it did more steps than it may".to_owned())
                    .help("is there a loop without an end? a script may do fifty million steps")
            }
            EvalAltResult::ErrorStackOverflow(_) => {
                here("functions call each other more than 64 levels deep".to_owned())
                    .help("is there a function that calls itself without an end?")
            }
            EvalAltResult::ErrorDataTooLarge(what, _) => {
                let what = lower(&what.replace("Length of ", "").replace("Size of ", ""))
                    .replace("array/blob", "array")
                    .replace("array/BLOB", "array")
                    .replace("object map", "map");
                here(format!("{} grew larger than a script may make it", article(&what))).help(
                    "strings end at 4 MiB, arrays and maps at 100000 elements; a large file can be read with `file`",
                )
            }
            EvalAltResult::ErrorTooManyVariables(_) => here("too many variables".to_owned()),
            EvalAltResult::ErrorTooManyModules(_) => {
                here("the script imports more than 256 scripts".to_owned())
            }
            EvalAltResult::ErrorTerminated(..) => here("cancelled".to_owned()),
            EvalAltResult::ErrorDataRace(..) => {
                here("a value is used while it is being changed".to_owned())
                    .help("copy it before the function that captures it: `let copy = value;`")
            }
            EvalAltResult::ErrorUnboundThis(_) => here("`this` is nothing here".to_owned())
                .help("`this` is the value before the dot when a function is called as a method"),
            other => {
                let text = other.to_string();
                let text = text
                    .rsplit_once(" (line ")
                    .map_or(text.as_str(), |(text, _)| text);
                here(lower(&text.replace('\'', "`")))
            }
        }
    }

    fn raised(&self, raised: &Raised, source: &str, position: Position) -> Vec<Diagnostic> {
        let span = self.span(source, position);
        let message = raised.message();
        let diagnostic = Diagnostic::new(message).at(span);
        vec![match raised.0.as_ref() {
            Kind::Diagnosed(diagnostics) => return diagnostics.clone(),
            Kind::Failed { help, .. } => diagnostic.help(help),
            Kind::Key { key, known } => match did_you_mean(key, known.iter().map(String::as_str)) {
                Some(meant) => diagnostic.help(meant),
                None if known.is_empty() => diagnostic.label("the map is empty"),
                None => diagnostic.help(format!("its keys are `{}`", known.join("`, `"))),
            }
            .help("where a key may be missing: `map.get(\"key\") ?? default`"),
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
                    .or_else(|| source.argument(line, column, index, &mismatch.path))
            });
        let at = place.or_else(|| diagnostic.at.clone());
        let diagnostic = diagnostic.at(at);
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

    /// `Unknown property 'x' - a getter is not registered for type 'T'`, and the like for setters.
    fn property(&self, text: &str, span: Option<Span>) -> Diagnostic {
        let quoted: Vec<&str> = text.split('\'').skip(1).step_by(2).collect();
        let (Some(name), Some(ty)) = (quoted.first(), quoted.get(1)) else {
            return Diagnostic::new(lower(text)).at(span);
        };
        let (name, ty) = (*name, *ty);
        let vocabulary = &self.state.vocabulary;
        let setting = text.starts_with("No writable");
        if let Some(row) = vocabulary.methods(ty, name).next() {
            let error = Diagnostic::new(if setting {
                format!("`{name}` of {} cannot be assigned", article(ty))
            } else {
                format!("`{name}` is a method of {}, not a property", article(ty))
            })
            .at(span);
            return error.help(format!("call it: {}", row.signature()));
        }
        let error = Diagnostic::new(format!("{} has no property `{name}`", article(ty))).at(span);
        let known = vocabulary
            .methods_of(ty)
            .filter(|row| row.property || !setting)
            .map(|row| row.name);
        match did_you_mean(name, known) {
            Some(meant) => error.help(meant),
            None if vocabulary.is_type(ty) => error,
            None => error.help("only maps and the language's own types have properties"),
        }
    }

    /// `name (type, type)`: nothing of that name takes such arguments.
    fn function(&self, signature: &str, source: &str, position: Position) -> Diagnostic {
        let (name, types) = match signature.split_once(" (") {
            Some((name, rest)) => (name, rest.trim_end_matches(')')),
            None => (signature, ""),
        };
        let types: Vec<&str> = if types.is_empty() {
            Vec::new()
        } else {
            types.split(", ").collect()
        };
        let span = self.span(source, position);
        let here = |message: String| Diagnostic::new(message).at(span.clone());
        if !name.starts_with(|c: char| c.is_alphabetic() || c == '_') {
            return operator(name, &types, here);
        }
        if name.starts_with("anon$") {
            return here(format!(
                "this function is called with {}",
                count(types.len(), "argument")
            ))
            .help("write as many parameters between the bars: `|a, b| …`");
        }
        if let Some((module, function)) = name.rsplit_once("::") {
            return here(format!(
                "`{module}` has no function `{function}` with {}",
                count(types.len(), "parameter")
            ));
        }
        let method = self.is_method(source, position);
        match (method, types.split_first()) {
            (true, Some((receiver, arguments))) => unknown_method(
                name,
                receiver,
                arguments.len(),
                &self.state.vocabulary,
                here,
            ),
            _ => self.plain_function(name, types.len(), here),
        }
    }

    fn is_method(&self, source: &str, position: Position) -> bool {
        let Some((source, (line, column))) = self
            .source(source)
            .zip(position.line().zip(position.position()))
        else {
            return false;
        };
        let lexemes = super::lex(&source.text);
        lexemes
            .iter()
            .rposition(|lexeme| (lexeme.line as usize, lexeme.column as usize) < (line, column))
            .is_some_and(|before| lexemes[before].is(".") || lexemes[before].is("?."))
    }

    fn plain_function(
        &self,
        name: &str,
        given: usize,
        here: impl Fn(String) -> Diagnostic,
    ) -> Diagnostic {
        let vocabulary = &self.state.vocabulary;
        let rows: Vec<&Row> = vocabulary.functions(name).collect();
        if !rows.is_empty() {
            return arity(&format!("`{name}`"), &rows, given, here);
        }
        let own: Vec<usize> = self
            .functions
            .iter()
            .filter(|(known, _)| known == name)
            .map(|(_, parameters)| *parameters)
            .collect();
        if let Some(parameters) = own.first() {
            return here(format!(
                "`{name}` takes {}, {given} given",
                count(*parameters, "argument")
            ));
        }
        unknown_function(
            name,
            self.functions.iter().map(|(known, _)| known.as_str()),
            self.state,
        )
        .at(here(String::new()).at)
    }
}

/// A type has no method of that name, or none with so many arguments.
pub(crate) fn unknown_method(
    name: &str,
    receiver: &str,
    given: usize,
    vocabulary: &Vocabulary,
    here: impl Fn(String) -> Diagnostic,
) -> Diagnostic {
    let rows: Vec<&Row> = vocabulary.methods(receiver, name).collect();
    if !rows.is_empty() {
        return arity(
            &format!("`{name}` of {}", article(receiver)),
            &rows,
            given,
            here,
        );
    }
    let error = here(format!("{} has no method `{name}`", article(receiver)));
    let error = match did_you_mean(name, vocabulary.methods_of(receiver).map(|row| row.name)) {
        Some(meant) => return error.help(meant),
        None => error,
    };
    let mut others: Vec<String> = vocabulary
        .named(name)
        .filter_map(|row| row.receiver_name().map(article))
        .collect();
    others.dedup();
    match others.as_slice() {
        [] if vocabulary.functions(name).next().is_some() => {
            error.help(format!("`{name}` is a function of its own: `{name}(…)`"))
        }
        [] => error,
        [one] => error.help(format!("it is a method of {one}")),
        several => error.help(format!("it is a method of {}", several.join(", "))),
    }
}

/// There is no function of that name.
pub(crate) fn unknown_function<'a>(
    name: &str,
    own: impl Iterator<Item = &'a str>,
    state: &State,
) -> Diagnostic {
    let error = Diagnostic::new(format!("there is no function `{name}`"));
    let known: Vec<&str> = state
        .vocabulary
        .rows()
        .filter(|row| row.receiver.is_none())
        .map(|row| row.name)
        .collect();
    let own: Vec<&str> = own.filter(|name| !name.starts_with("anon$")).collect();
    if let Some(meant) = closest(name, known.into_iter().chain(own)) {
        return error.help(format!("did you mean `{meant}`?"));
    }
    match state.vocabulary.named(name).find_map(Row::receiver_name) {
        Some(receiver) => error.help(format!(
            "`{name}` is a method of {}: write `x.{name}(…)`",
            article(receiver)
        )),
        None => error,
    }
}

/// Rows of that name exist, with other numbers of arguments.
pub(crate) fn arity(
    what: &str,
    rows: &[&Row],
    given: usize,
    here: impl Fn(String) -> Diagnostic,
) -> Diagnostic {
    let mut wanted: Vec<usize> = rows.iter().map(|row| row.arguments.len()).collect();
    wanted.sort_unstable();
    wanted.dedup();
    let takes = match wanted.as_slice() {
        [one] => count(*one, "argument"),
        several => {
            let list: Vec<String> = several.iter().map(ToString::to_string).collect();
            format!("{} arguments", list.join(" or "))
        }
    };
    let error = here(format!("{what} takes {takes}, {given} given"));
    rows.iter()
        .fold(error, |error, row| error.help(row.signature()))
}

fn operator(name: &str, types: &[&str], here: impl Fn(String) -> Diagnostic) -> Diagnostic {
    match types {
        [left, right] => {
            let error = here(format!(
                "`{name}` does not work between {} and {}",
                article(left),
                article(right)
            ));
            let number_and_text = [left, right].iter().any(|ty| ty.contains("String"))
                && [left, right].iter().any(|ty| **ty == "i64");
            if number_and_text {
                error.help("read a number from a string with `parse_int(text)`")
            } else {
                error
            }
        }
        [one] => here(format!("`{name}` does not work with {}", article(one))),
        _ => here(format!("`{name}` does not work here")),
    }
}

fn lower(text: &str) -> String {
    let mut chars = text.chars();
    chars
        .next()
        .map(|first| first.to_lowercase().chain(chars).collect())
        .unwrap_or_default()
}
