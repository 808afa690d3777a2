//! Names that nothing has, and calls that fit nothing: what was probably meant.

use super::names::article;
use super::{Diagnostic, Lexeme, Span, Translator, closest, did_you_mean, lex, lower};
use crate::session::{State, count};
use crate::table::{JOINED_ALONE, Row, ScriptType as _, Vocabulary};
use infra_sdk::object::SecretText;
use rhai::Position;

impl Translator<'_> {
    /// `Unknown property 'x' - a getter is not registered for type 'T'`, and the like for setters.
    pub(super) fn property(&self, text: &str, span: Option<Span>) -> Diagnostic {
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
        if ty == SecretText::NAME {
            return error.help(JOINED_ALONE);
        }
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

    /// A key that a map has not. What keys the map has is not known any more; those that the script
    /// writes are.
    pub(super) fn key(
        &self,
        key: &str,
        source: &str,
        here: impl Fn(String) -> Diagnostic,
    ) -> Diagnostic {
        let error = here(format!("the map has no key `{key}`"));
        let text = self.source(source).map(|source| source.text);
        let lexemes = lex(text.as_deref().unwrap_or_default());
        let is_key = |of: &[Lexeme<'_>]| of[2].is(":") || (of[0].is(".") && of[2].is("="));
        let written = lexemes
            .windows(3)
            .filter(|of| is_key(of))
            .map(|of| of[1].text.trim_matches('"'));
        match did_you_mean(key, written) {
            Some(meant) => error.help(meant),
            None => error,
        }
        .help("where a key may be missing: `map.get(\"key\") ?? default`")
    }

    /// `name (type, type)`: nothing of that name takes such arguments.
    pub(super) fn function(&self, signature: &str, source: &str, position: Position) -> Diagnostic {
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
        let vocabulary = &self.state.vocabulary;
        if types.contains(&SecretText::NAME) && vocabulary.named(name).next().is_none() {
            return here(format!("`{name}` does not work with a secret")).help(JOINED_ALONE);
        }
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
            return self.library_function((module, function), types.len(), source, here);
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
        let lexemes = lex(&source.text);
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
        .filter(|row| row.is_function())
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
    let mut wanted: Vec<usize> = rows.iter().flat_map(|row| row.counts()).collect();
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
