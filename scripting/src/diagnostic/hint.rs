//! Errors of the parser, in words that help.

use super::lexer::{Lexeme, LexemeKind, lex};
use super::place::{Place, never_closed, unclosed};
use super::{Diagnostic, did_you_mean, lower};
use crate::session::State;
use rhai::{LexError, ParseError, ParseErrorType};

/// An error of the parser as a diagnostic.
pub(crate) fn parse_error(error: &ParseError, state: &State, name: &str, text: &str) -> Diagnostic {
    let source = state
        .sources
        .get(name)
        .unwrap_or_else(|| state.sources.add(name, text));
    let lexemes: Vec<Lexeme<'_>> = lex(text);
    let place = Place {
        source: &source,
        lexemes: &lexemes,
        position: error.position(),
    };
    if let Some(diagnostic) = open_lexeme(&place) {
        return diagnostic;
    }
    explain(error.err_type(), &place, state)
}

/// A string or comment without its end swallows what follows: nothing else is worth saying.
fn open_lexeme(place: &Place<'_>) -> Option<Diagnostic> {
    let open = place.lexemes.iter().find(|lexeme| lexeme.open)?;
    let span = place.source.word(open.line, open.column);
    Some(match open.kind {
        LexemeKind::Comment => Diagnostic::new("a comment has no end")
            .at(Some(span))
            .help("close it with `*/`"),
        LexemeKind::Char => single_quotes(place, open),
        _ => Diagnostic::new("a string has no end")
            .at(Some(span))
            .label("it starts here")
            .help(if open.text.starts_with('`') {
                "close it with a backtick"
            } else {
                "close it with `\"`; a string of several lines stands in backticks"
            }),
    })
}

fn single_quotes(place: &Place<'_>, lexeme: &Lexeme<'_>) -> Diagnostic {
    let inner = lexeme.text.trim_matches('\'');
    Diagnostic::new("strings stand in double quotes")
        .at(Some(place.source.word(lexeme.line, lexeme.column)))
        .help(format!("write `\"{inner}\"`"))
}

fn explain(kind: &ParseErrorType, place: &Place<'_>, state: &State) -> Diagnostic {
    match kind {
        ParseErrorType::BadInput(error) => bad_input(error, place, state),
        ParseErrorType::UnexpectedEOF => never_closed(place)
            .or_else(|| unclosed(place))
            .unwrap_or_else(|| place.at("the script ends in the middle of something")),
        ParseErrorType::MissingToken(token, purpose) => missing(token, purpose, place),
        ParseErrorType::VariableUndefined(name) => undefined(name, place, state),
        ParseErrorType::ModuleUndefined(name) => place
            .at(format!("there is no module `{name}`"))
            .help(format!("import it: `import \"{name}\" as {name};`")),
        ParseErrorType::Reserved(word) => reserved(word, place, state),
        ParseErrorType::FnDuplicatedDefinition(name, parameters) => place.at(format!(
            "there is a second function `{name}` with {}",
            crate::session::count(*parameters, "parameter")
        )),
        ParseErrorType::AssignmentToConstant(name) => place
            .at(format!("`{name}` is a constant and keeps its value"))
            .help(format!("make it a variable: `let {name} = …`")),
        ParseErrorType::WrongFnDefinition => {
            place.at("a function stands at the top level, not inside a block or another function")
        }
        ParseErrorType::WrongDocComment => place
            .at("a doc comment (`///`) stands before a function")
            .help("an ordinary comment has two slashes: `//`"),
        ParseErrorType::ExprTooDeep => place
            .at("this expression is nested too deeply")
            .help("give its parts names with `let`"),
        ParseErrorType::DuplicatedProperty(name) => {
            place.at(format!("the key `{name}` stands twice in this map"))
        }
        ParseErrorType::LoopBreak => place.at("`break` and `continue` stand inside a loop"),
        ParseErrorType::MismatchedType(expected, found) => {
            place.at(format!("expected {expected}, found {found}"))
        }
        ParseErrorType::PropertyExpected
        | ParseErrorType::FnMissingName
        | ParseErrorType::VariableExpected => expected_name(place, state),
        other => {
            let text = other.to_string().replace('\'', "`");
            place.at(lower(&text))
        }
    }
}

fn bad_input(error: &LexError, place: &Place<'_>, state: &State) -> Diagnostic {
    let near = place
        .lexeme()
        .filter(|lexeme| lexeme.kind == LexemeKind::Char)
        .or_else(|| {
            place
                .before()
                .filter(|lexeme| lexeme.kind == LexemeKind::Char)
        });
    match error {
        LexError::MalformedChar(_) => match near {
            Some(lexeme) => single_quotes(place, lexeme),
            None => place.at("strings stand in double quotes"),
        },
        LexError::UnexpectedInput(text) if [")", "]", "}"].contains(&text.as_str()) => {
            place.at(format!("there is nothing that this `{text}` closes"))
        }
        LexError::UnexpectedInput(text) => {
            let error = place.at(format!("`{text}` cannot stand here"));
            match text.as_str() {
                "," => error.help("is there a value missing before it?"),
                ";" => match unclosed(place) {
                    Some(unclosed) => unclosed,
                    None => error.help("is there a value missing before it?"),
                },
                "=" => error.help("compare with `==`"),
                _ => error,
            }
        }
        LexError::ImproperSymbol(text, _) if text == "eval" || text == "curry" => {
            reserved(text, place, state)
        }
        LexError::ImproperSymbol(text, hint) => {
            let error = place.at(format!("`{text}` is not a symbol of the language"));
            if hint.is_empty() {
                error
            } else {
                error.help(lower(&hint.replace('\'', "`")))
            }
        }
        LexError::MalformedEscapeSequence(text) => place
            .at(format!("`{text}` is not an escape sequence"))
            .help("a backslash itself is `\\\\`"),
        LexError::MalformedNumber(text) => place.at(format!("`{text}` is not a number")).help(
            format!("quantities, times and durations are strings: `\"{text}\"`"),
        ),
        other => place.at(lower(&other.to_string().replace('\'', "`"))),
    }
}

fn missing(token: &str, purpose: &str, place: &Place<'_>) -> Diagnostic {
    match token {
        ";" => {
            if let Some(open) = never_closed(place) {
                return open;
            }
            // Where it is missing is the end of what stands before.
            let next = place.lexeme().map(|lexeme| lexeme.text).unwrap_or_default();
            let error = match place.before() {
                Some(before) => {
                    let lines = before.text.lines().count().max(1) as u32;
                    let last = before
                        .text
                        .lines()
                        .last()
                        .unwrap_or_default()
                        .chars()
                        .count() as u32;
                    let line = before.line + lines - 1;
                    let column = if lines == 1 {
                        before.column + last
                    } else {
                        last + 1
                    };
                    Diagnostic::new("a `;` is missing")
                        .at(Some(place.source.span(line, column.saturating_sub(1), 1)))
                        .label("after this")
                }
                None => place.at("a `;` is missing"),
            };
            match next {
                "++" | "+" if place.before().is_some_and(|before| before.is("+")) => {
                    error.help("count up with `x += 1`")
                }
                _ => error,
            }
        }
        ")" | "]" | "}" | "," => match unclosed(place) {
            Some(diagnostic) => diagnostic,
            None => place.at(format!("expected `{token}` {purpose}")),
        },
        _ => place.at(format!("expected `{token}` {purpose}")),
    }
}

fn undefined(name: &str, place: &Place<'_>, state: &State) -> Diagnostic {
    let error = place.at(format!("there is no variable `{name}`"));
    match name {
        "null" | "nil" | "None" | "undefined" => return error.help("nothing is written `()`"),
        "True" => return error.help("write `true`"),
        "False" => return error.help("write `false`"),
        _ => {}
    }
    let variable = place
        .code()
        .zip(place.code().skip(1))
        .find(|(word, next)| word.text == "let" && next.text == name)
        .map(|(_, next)| place.source.word(next.line, next.column));
    if let Some(at) = variable {
        return error
            .note(format!("`{name}` is a variable of another place"), Some(at))
            .help(format!(
                "a function sees its parameters and the constants of the top level: make it `const {name} = …`, or pass it"
            ));
    }
    let known: Vec<&str> = place
        .code()
        .zip(place.code().skip(1))
        .filter(|(word, _)| ["let", "const", "fn", "for"].contains(&word.text))
        .map(|(_, next)| next.text)
        .collect();
    if let Some(meant) = did_you_mean(name, known.iter().copied()) {
        return error.help(meant);
    }
    if state.vocabulary.functions(name).next().is_some() {
        return error.help(format!("`{name}` is a function: write `{name}(…)`"));
    }
    error
}

fn reserved(word: &str, place: &Place<'_>, state: &State) -> Diagnostic {
    let error = place.at(format!(
        "`{word}` is a word that the language keeps for itself"
    ));
    match word {
        "null" | "nil" => error.help("nothing is written `()`"),
        "eval" => error.help("scripts cannot evaluate text"),
        "curry" => error.help("a closure keeps what it uses: `|x| add(1, x)`"),
        "var" => error.help("define a variable with `let`"),
        _ => match (renamed(word, place), word) {
            (Some(help), _) => error.help(help),
            (None, "match" | "case") => error.help("use `switch`"),
            (None, _) => match longer(word, place, state) {
                Some(name) => error.help(format!("did you mean `{name}`?")),
                None => error,
            },
        },
    }
}

/// A method whose name begins with a word that cannot be one: `for_duration` where `for` stands.
fn longer(word: &str, place: &Place<'_>, state: &State) -> Option<&'static str> {
    place.before().filter(|before| before.text == ".")?;
    let begins = |name: &str| {
        let rest = name.strip_prefix(word);
        rest.is_some_and(|rest| rest.starts_with('_'))
    };
    let mut rows = state.vocabulary.rows();
    rows.find(|row| row.receiver.is_some() && begins(row.name))
        .map(|row| row.name)
}

/// What to write instead of a word of the language where a name should stand.
fn renamed(word: &str, place: &Place<'_>) -> Option<String> {
    let after = place.code().skip_while(|lexeme| {
        let here = place.here();
        (lexeme.line, lexeme.column) <= here
    });
    let after = after.map(|lexeme| lexeme.text).next();
    let before = place.before().map(|lexeme| lexeme.text).unwrap_or_default();
    match (before, after) {
        ("fn", _) => Some("give the function another name".to_owned()),
        ("let" | "const" | "for", _) => Some("give the variable another name".to_owned()),
        ("as", _) => Some("give the module another name".to_owned()),
        ("." | "?.", Some("(")) => None,
        ("." | "?.", _) => Some(format!("a key of a map is also reached by `[\"{word}\"]`")),
        (_, Some(":")) => Some(format!(
            "as a key of a map, write it in quotes: `\"{word}\"`"
        )),
        _ => None,
    }
}

fn expected_name(place: &Place<'_>, state: &State) -> Diagnostic {
    match place.lexeme() {
        Some(lexeme) if lexeme.kind == LexemeKind::Word => reserved(lexeme.text, place, state),
        Some(lexeme) => {
            let text = lexeme.text.lines().next().unwrap_or_default();
            place.at(format!("expected a name, found `{text}`"))
        }
        None => place.at("expected a name"),
    }
}
