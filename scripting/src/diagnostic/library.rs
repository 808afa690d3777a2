//! What a library has not, and what was probably meant: the scripts that were read know what theirs
//! have.

use super::{Diagnostic, Lexeme, LexemeKind, Source, Translator, did_you_mean, lex};
use crate::session::count;

impl Translator<'_> {
    /// `module::function` with so many arguments is not there.
    pub(super) fn library_function(
        &self,
        (module, function): (&str, &str),
        given: usize,
        source: &str,
        here: impl Fn(String) -> Diagnostic,
    ) -> Diagnostic {
        let Some(library) = self.library(source, module) else {
            return here(format!("`{module}` has no function `{function}`"));
        };
        let lexemes = lex(&library.text);
        let functions = named_after("fn", &lexemes);
        if let Some(index) = functions
            .iter()
            .find(|index| lexemes[**index].text == function)
        {
            let name = &lexemes[*index];
            let place = Some(library.word(name.line, name.column));
            let is_private = index
                .checked_sub(2)
                .is_some_and(|at| lexemes[at].text == "private");
            return if is_private {
                here(format!("`{function}` of `{module}` is private")).note("it is here", place)
            } else {
                let takes = count(parameters(&lexemes[index + 1..]), "argument");
                here(format!(
                    "`{function}` of `{module}` takes {takes}, {given} given"
                ))
                .note("it is here", place)
            };
        }
        let names: Vec<&str> = functions.iter().map(|index| lexemes[*index].text).collect();
        let error = here(format!("`{module}` has no function `{function}`"));
        match did_you_mean(function, names.iter().copied()) {
            Some(meant) => error.help(meant),
            None if names.is_empty() => error.help(format!("`{}` has none at all", library.name)),
            None => error.help(format!(
                "those of `{}` are `{}`",
                library.name,
                names.join("`, `")
            )),
        }
    }

    /// `module::NAME` is not there.
    pub(super) fn library_constant(
        &self,
        (module, name): (&str, &str),
        source: &str,
        here: impl Fn(String) -> Diagnostic,
    ) -> Diagnostic {
        let error = here(format!("`{module}` has no constant `{name}`"));
        let Some(library) = self.library(source, module) else {
            return error;
        };
        let lexemes = lex(&library.text);
        let constants = named_after("const", &lexemes);
        let found = constants.iter().find(|index| lexemes[**index].text == name);
        if let Some(found) = found.map(|index| &lexemes[*index]) {
            return error
                .note(
                    "it is here, and not exported",
                    Some(library.word(found.line, found.column)),
                )
                .help(format!("export it: `export const {name} = …`"));
        }
        let names = constants.iter().map(|index| lexemes[*index].text);
        match did_you_mean(name, names) {
            Some(meant) => error.help(meant),
            None => error,
        }
    }

    /// The script that another imports under a name.
    fn library(&self, source: &str, module: &str) -> Option<Source> {
        let importer = self.source(source)?;
        let lexemes = lex(&importer.text);
        let import = lexemes
            .windows(4)
            .find(|of| of[0].text == "import" && of[2].text == "as" && of[3].text == module)?;
        let path = import[1].text.trim_matches('"');
        let path = path.trim_start_matches("./").trim_start_matches("../");
        self.state.sources.ending(path.trim_end_matches(".rhai"))
    }
}

/// Where the words stand that follow a word, such as the names of functions.
fn named_after(word: &str, lexemes: &[Lexeme<'_>]) -> Vec<usize> {
    let code: Vec<usize> = (0..lexemes.len())
        .filter(|index| lexemes[*index].kind != LexemeKind::Comment)
        .collect();
    code.windows(2)
        .filter(|pair| {
            lexemes[pair[0]].kind == LexemeKind::Word
                && lexemes[pair[0]].text == word
                && lexemes[pair[1]].kind == LexemeKind::Word
        })
        .map(|pair| pair[1])
        .collect()
}

/// How many parameters stand between the brackets.
fn parameters(lexemes: &[Lexeme<'_>]) -> usize {
    lexemes
        .iter()
        .take_while(|lexeme| !lexeme.is(")"))
        .filter(|lexeme| lexeme.kind == LexemeKind::Word)
        .count()
}
